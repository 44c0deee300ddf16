//! What waits to be written to one socket. Bounded: a socket that does not read has its stale
//! updates replaced by one fresh snapshot, and is cut off when it stays behind.

use bytes::Bytes;
use futures_util::Stream;
use gavel_engine::ids::SaleId;
use std::{
    cell::RefCell,
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};
use tokio::{sync::Notify, time::Instant};

/// Updates that may wait; one more, and all of that sale are dropped for a snapshot.
pub const UPDATES_MAX: usize = 128;

/// Answers that may wait; one more, and the socket is cut off.
pub const ANSWERS_MAX: usize = 256;

enum Waiting {
    Answer(Bytes),
    Update(SaleId, Bytes),
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    /// It waits to be written.
    Queued,
    /// It and the sale's updates before it were dropped: the sale needs a snapshot.
    Conflated,
}

struct Inner {
    queue: VecDeque<Waiting>,
    updates: usize,
    /// When something was last taken, or put into an empty queue.
    progressed_at: Instant,
    ended: bool,
    waker: Option<Waker>,
    /// Told once when everything has been taken.
    drained: Option<Rc<Notify>>,
}

/// The queue of one socket; its worker's thread alone touches it.
#[derive(Clone)]
pub struct Outbox {
    inner: Rc<RefCell<Inner>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let inner = Inner {
            queue: VecDeque::new(),
            updates: 0,
            progressed_at: Instant::now(),
            ended: false,
            waker: None,
            drained: None,
        };
        Self {
            inner: Rc::new(RefCell::new(inner)),
        }
    }
}

impl Outbox {
    /// Queues the answer to a request. Answers are never dropped while the socket lives: when too
    /// many wait, the socket ends.
    pub fn answer(&self, frame: Bytes) {
        let mut inner = self.inner.borrow_mut();
        if inner.queue.len() - inner.updates >= ANSWERS_MAX {
            inner.end();
            return;
        }
        inner.push(Waiting::Answer(frame));
    }

    /// Queues an update of a sale.
    pub fn update(&self, sale_id: SaleId, frame: Bytes) -> Offered {
        let mut inner = self.inner.borrow_mut();
        if inner.updates < UPDATES_MAX {
            inner.updates += 1;
            inner.push(Waiting::Update(sale_id, frame));
            return Offered::Queued;
        }
        inner
            .queue
            .retain(|waiting| !matches!(waiting, Waiting::Update(stale, _) if *stale == sale_id));
        inner.updates = inner
            .queue
            .iter()
            .filter(|waiting| matches!(waiting, Waiting::Update(..)))
            .count();
        Offered::Conflated
    }

    /// Writes a last frame and ends the stream once everything has been taken.
    pub fn finish(&self, frame: Bytes) {
        let mut inner = self.inner.borrow_mut();
        if !inner.ended {
            inner.push(Waiting::Answer(frame));
            inner.end();
        }
    }

    /// Nothing more is taken in.
    pub fn has_ended(&self) -> bool {
        self.inner.borrow().ended
    }

    /// Whether all has been taken; if not, `notify` is told when it has.
    pub fn is_drained_or(&self, notify: &Rc<Notify>) -> bool {
        let mut inner = self.inner.borrow_mut();
        let drained = inner.queue.is_empty();
        if !drained {
            inner.drained = Some(Rc::clone(notify));
        }
        drained
    }

    /// Since when nothing was taken although something waits.
    pub fn stuck_since(&self) -> Option<Instant> {
        let inner = self.inner.borrow();
        (!inner.queue.is_empty()).then_some(inner.progressed_at)
    }
}

impl Inner {
    fn push(&mut self, waiting: Waiting) {
        if self.ended {
            return;
        }
        if self.queue.is_empty() {
            self.progressed_at = Instant::now();
        }
        self.queue.push_back(waiting);
        self.wake();
    }

    fn end(&mut self) {
        self.ended = true;
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The body of the upgraded response: it is polled when the socket can be written to.
impl Stream for Outbox {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.inner.borrow_mut();
        match inner.queue.pop_front() {
            Some(waiting) => {
                inner.progressed_at = Instant::now();
                Poll::Ready(Some(Ok(match waiting {
                    Waiting::Answer(frame) => frame,
                    Waiting::Update(_, frame) => {
                        inner.updates -= 1;
                        frame
                    }
                })))
            }
            None if inner.ended => Poll::Ready(None),
            None => {
                if let Some(notify) = inner.drained.take() {
                    notify.notify_one();
                }
                inner.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};

    const SALE: SaleId = SaleId(1);

    fn take(outbox: &mut Outbox) -> Vec<Bytes> {
        let mut taken = Vec::new();
        while let Some(Some(Ok(frame))) = outbox.next().now_or_never() {
            taken.push(frame);
        }
        taken
    }

    #[test]
    fn a_reader_gets_everything_in_order() {
        let mut outbox = Outbox::default();
        assert!(outbox.stuck_since().is_none());
        outbox.answer(Bytes::from_static(b"a"));
        assert_eq!(outbox.update(SALE, Bytes::from_static(b"b")), Offered::Queued);
        outbox.finish(Bytes::from_static(b"c"));
        outbox.answer(Bytes::from_static(b"too late"));
        assert!(outbox.stuck_since().is_some());
        assert_eq!(take(&mut outbox), ["a", "b", "c"]);
        assert!(outbox.stuck_since().is_none());
        assert_eq!(outbox.next().now_or_never(), Some(None), "ended");
    }

    #[test]
    fn stale_updates_of_one_sale_give_way_and_answers_stay() {
        let mut outbox = Outbox::default();
        let other = SaleId(2);
        assert_eq!(
            outbox.update(other, Bytes::from_static(b"other")),
            Offered::Queued
        );
        outbox.answer(Bytes::from_static(b"ack"));
        for _ in 1..UPDATES_MAX {
            assert_eq!(outbox.update(SALE, Bytes::from_static(b"stale")), Offered::Queued);
        }
        assert_eq!(
            outbox.update(SALE, Bytes::from_static(b"one more")),
            Offered::Conflated
        );
        assert_eq!(take(&mut outbox), ["other", "ack"]);
    }

    #[test]
    fn too_many_answers_end_the_socket() {
        let mut outbox = Outbox::default();
        for _ in 0..=ANSWERS_MAX {
            outbox.answer(Bytes::from_static(b"ack"));
        }
        assert!(outbox.has_ended());
        assert_eq!(take(&mut outbox).len(), ANSWERS_MAX);
    }
}
