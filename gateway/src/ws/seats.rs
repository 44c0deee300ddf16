//! Who may be connected. Seats are bounded for everybody together and for each address; beyond them
//! a few are kept for staff, who have to show within a moment that they are.

use crate::{limits::network, serve::Capacity};
use futures_util::Stream;
use std::{
    cell::Cell,
    collections::HashMap,
    net::IpAddr,
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

/// Connections of one address that may at once be on a seat for staff without having shown that
/// they are staff.
const UNPROVEN_PER_ADDRESS_MAX: usize = 4;

/// The seats of a node. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seats {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    capacity: Capacity,
    taken: Mutex<Taken>,
}

/// Addresses without a connection are not kept, so there are no more of them than connections.
#[derive(Debug, Default)]
struct Taken {
    public: usize,
    staff: usize,
    public_of: HashMap<IpAddr, usize>,
    unproven_of: HashMap<IpAddr, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Public,
    /// For staff, by somebody who may be anybody.
    Unproven,
    Staff,
}

/// One connection's seat, free again when it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    network: IpAddr,
    kind: Cell<Kind>,
}

impl Seats {
    /// All of them free.
    pub fn new(capacity: Capacity) -> Self {
        Self {
            inner: Arc::new(Inner {
                capacity,
                taken: Mutex::default(),
            }),
        }
    }

    /// A seat for a connection from there; `None` when all are taken.
    pub fn take(&self, address: IpAddr) -> Option<Seat> {
        let network = network(address);
        let capacity = &self.inner.capacity;
        let mut taken = self.taken();
        let of = |counts: &HashMap<IpAddr, usize>| counts.get(&network).copied().unwrap_or(0);
        let kind = if taken.public < capacity.sockets && of(&taken.public_of) < capacity.sockets_per_address {
            taken.public += 1;
            *taken.public_of.entry(network).or_default() += 1;
            Kind::Public
        } else if taken.staff < capacity.staff_sockets && of(&taken.unproven_of) < UNPROVEN_PER_ADDRESS_MAX {
            taken.staff += 1;
            *taken.unproven_of.entry(network).or_default() += 1;
            Kind::Unproven
        } else {
            return None;
        };
        Some(Seat {
            seats: self.clone(),
            network,
            kind: Cell::new(kind),
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Whoever panics while counting leaves at worst a seat too few.
        self.inner.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Whether only staff may go on sitting here.
    pub fn is_for_staff(&self) -> bool {
        self.kind.get() != Kind::Public
    }

    /// Whether it still has to be shown that staff sit here.
    pub fn is_unproven(&self) -> bool {
        self.kind.get() == Kind::Unproven
    }

    /// Staff sit here.
    pub fn prove(&self) {
        if self.is_unproven() {
            self.kind.set(Kind::Staff);
            one_less(&mut self.seats.taken().unproven_of, self.network);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        match self.kind.get() {
            Kind::Public => {
                taken.public -= 1;
                one_less(&mut taken.public_of, self.network);
            }
            Kind::Unproven => {
                taken.staff -= 1;
                one_less(&mut taken.unproven_of, self.network);
            }
            Kind::Staff => taken.staff -= 1,
        }
    }
}

/// What is sent to a connection, and the seat that it has as long as something may be sent.
pub struct Seated<S> {
    stream: S,
    _seat: Rc<Seat>,
}

impl<S> Seated<S> {
    /// Both.
    pub fn new(stream: S, seat: Rc<Seat>) -> Self {
        Self { stream, _seat: seat }
    }
}

impl<S: Stream + Unpin> Stream for Seated<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        Pin::new(&mut self.stream).poll_next(context)
    }
}

fn one_less(counts: &mut HashMap<IpAddr, usize>, network: IpAddr) {
    if let Some(count) = counts.get_mut(&network) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&network);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(sockets: usize, per_address: usize, staff_sockets: usize) -> Seats {
        Seats::new(Capacity {
            connections: 100,
            sockets,
            staff_sockets,
            sockets_per_address: per_address,
        })
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn nobody_takes_all_and_what_is_left_is_for_staff() {
        let seats = seats(3, 2, 2);
        let jane: Vec<_> = (0..2).map(|_| seats.take(address(1)).unwrap()).collect();
        assert!(jane.iter().all(|seat| !seat.is_for_staff()));
        let third = seats.take(address(1)).unwrap();
        assert!(third.is_for_staff() && third.is_unproven(), "one address has two");
        let john = seats.take(address(2)).unwrap();
        assert!(!john.is_for_staff());
        let console = seats.take(address(2)).unwrap();
        assert!(console.is_unproven(), "all public ones are taken");
        console.prove();
        assert!(console.is_for_staff() && !console.is_unproven());
        assert!(seats.take(address(3)).is_none());
        drop(john);
        assert!(!seats.take(address(3)).unwrap().is_for_staff());
        drop((jane, third, console));
        let taken = seats.taken();
        assert_eq!((taken.public, taken.staff), (0, 0));
        assert!(taken.public_of.is_empty() && taken.unproven_of.is_empty());
    }

    #[test]
    fn strangers_of_one_address_do_not_hold_the_seats_of_staff() {
        let seats = seats(0, 1, 10);
        let strangers: Vec<_> = std::iter::from_fn(|| seats.take(address(1))).collect();
        assert_eq!(strangers.len(), UNPROVEN_PER_ADDRESS_MAX);
        let auctioneer = seats.take(address(2)).unwrap();
        // Those who are staff may have as many as there are.
        strangers[0].prove();
        assert!(seats.take(address(1)).is_some());
        drop(auctioneer);
    }
}
