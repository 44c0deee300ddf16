//! Fan-out of one auction: an update is encoded once for each audience and handed to one hub for
//! each gateway worker, which passes it to its sockets. Nothing here waits for anybody.

use super::warnings::{Shown, WarningSeen, Warnings};
use bytes::Bytes;
use gavel_engine::ids::{LotId, SaleId, UserId};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};
use tokio::sync::mpsc;

/// Updates that may wait for a hub. A hub that falls behind loses some and has the sockets that follow
/// their sales start again from a snapshot.
pub const HUB_QUEUE_MAX: usize = 1024;

/// What one record means to those who follow the auction.
#[derive(Debug)]
pub struct Update {
    /// Which sale.
    pub sale_id: SaleId,
    /// Number of the record; `None` for what is not part of the history, such as presence.
    pub seq: Option<u64>,
    /// For everybody but staff.
    pub public: Option<Bytes>,
    /// For staff.
    pub staff: Option<Bytes>,
    /// For all sockets of single users.
    pub personal: Vec<(UserId, Bytes)>,
}

/// Sales of which updates were lost.
type Lagged = Arc<Mutex<BTreeSet<SaleId>>>;

/// The sending side of a hub.
#[derive(Debug, Clone)]
pub struct HubSender {
    queue: mpsc::Sender<Arc<Update>>,
    lagged: Lagged,
}

/// The receiving side of a hub.
#[derive(Debug)]
pub struct HubReceiver {
    queue: mpsc::Receiver<Arc<Update>>,
    lagged: Lagged,
    /// Received, but a loss is told before it.
    next: Option<Arc<Update>>,
}

/// What a hub receives.
#[derive(Debug)]
pub enum Received {
    /// The next update.
    Update(Arc<Update>),
    /// Updates of these sales were lost: whoever follows one of them through this hub needs a snapshot.
    Lagged(BTreeSet<SaleId>),
}

/// A hub's two sides.
pub fn hub() -> (HubSender, HubReceiver) {
    let (sender, receiver) = mpsc::channel(HUB_QUEUE_MAX);
    let lagged = Lagged::default();
    (
        HubSender {
            queue: sender,
            lagged: Arc::clone(&lagged),
        },
        HubReceiver {
            queue: receiver,
            lagged,
            next: None,
        },
    )
}

impl HubReceiver {
    /// The next thing to pass on; `None` when every auction has let go of the hub.
    pub async fn next(&mut self) -> Option<Received> {
        if let Some(update) = self.next.take() {
            return Some(Received::Update(update));
        }
        let update = self.queue.recv().await?;
        // A loss is told with the update that follows it, so that the snapshot is newer than both.
        let lagged = mem::take(&mut *lock(&self.lagged));
        if lagged.is_empty() {
            return Some(Received::Update(update));
        }
        self.next = Some(update);
        Some(Received::Lagged(lagged))
    }
}

/// A follower who is signed in, as presence counts it.
#[derive(Debug, Clone)]
struct Follower {
    display_name: String,
    registered: bool,
    sockets: usize,
}

#[derive(Debug, Default)]
struct Followers {
    hubs: Vec<HubSender>,
    watchers: usize,
    online: BTreeMap<UserId, Follower>,
    presence_changed: bool,
    /// Whoever has registered for the sale, online or not.
    registered: BTreeSet<UserId>,
    warnings: Warnings,
}

/// Those who follow one auction. Outlives the auction's actor, so that a restarted one goes on
/// talking to the same sockets.
#[derive(Debug, Default)]
pub struct Topic {
    followers: Mutex<Followers>,
}

impl Topic {
    /// Adds a worker's hub; the same hub again changes nothing.
    pub fn attach(&self, hub: &HubSender) {
        let mut followers = self.lock();
        if !followers
            .hubs
            .iter()
            .any(|known| Arc::ptr_eq(&known.lagged, &hub.lagged))
        {
            followers.hubs.push(hub.clone());
        }
    }

    /// Hands an update to every hub.
    pub fn send(&self, update: Update) {
        let update = Arc::new(update);
        self.lock()
            .hubs
            .retain(|hub| match hub.queue.try_send(Arc::clone(&update)) {
                Ok(()) => true,
                Err(mpsc::error::TrySendError::Full(_)) => {
                    lock(&hub.lagged).insert(update.sale_id);
                    true
                }
                Err(mpsc::error::TrySendError::Closed(_)) => false,
            });
    }

    /// A socket follows the auction.
    pub fn join(&self, who: Option<(UserId, String)>) {
        let mut followers = self.lock();
        followers.watchers += 1;
        followers.presence_changed = true;
        if let Some((user, display_name)) = who {
            let registered = followers.registered.contains(&user);
            let follower = followers.online.entry(user).or_insert(Follower {
                display_name,
                registered,
                sockets: 0,
            });
            follower.sockets += 1;
            followers.warnings.touch();
        }
    }

    /// A socket has stopped following; `who` as it joined.
    pub fn leave(&self, who: Option<UserId>) {
        let mut followers = self.lock();
        followers.watchers = followers.watchers.saturating_sub(1);
        followers.presence_changed = true;
        let Some(user) = who else { return };
        if let Some(follower) = followers.online.get_mut(&user) {
            follower.sockets = follower.sockets.saturating_sub(1);
            if follower.sockets == 0 {
                followers.online.remove(&user);
                followers.warnings.touch();
            }
        }
    }

    /// These have registered for the sale.
    pub(super) fn register(&self, users: impl IntoIterator<Item = UserId>) {
        let mut followers = self.lock();
        for user in users {
            followers.registered.insert(user);
            if let Some(follower) = followers.online.get_mut(&user) {
                follower.registered = true;
                followers.warnings.touch();
            }
        }
    }

    /// A bidder's client has a fair warning on display. Counts once for each registered bidder who
    /// follows the sale, while the warning stands; everything else changes nothing.
    pub fn warning_shown(&self, shown: Shown) {
        let mut followers = self.lock();
        let follower = followers.online.get(&shown.user_id);
        if follower.is_some_and(|follower| follower.registered) {
            followers.warnings.shown(shown);
        }
    }

    /// See [`Warnings::settle`].
    pub(super) fn settle_warnings(
        &self,
        seq: u64,
        warned: &[LotId],
        stands: impl Fn(LotId) -> bool,
    ) -> Vec<WarningSeen> {
        self.lock().warnings.settle(seq, warned, stands, Instant::now())
    }

    /// Whether a fair warning stands.
    pub(super) fn has_warnings(&self) -> bool {
        !self.lock().warnings.is_empty()
    }

    /// How every warning that stands was seen so far.
    pub(super) fn warnings_seen(&self) -> Vec<WarningSeen> {
        self.lock().warnings.seen()
    }

    /// The same, of those with news since this was last asked.
    pub(super) fn take_warnings_changed(&self) -> Vec<WarningSeen> {
        self.lock().warnings.take_changed()
    }

    /// Registered bidders who follow the sale.
    pub(super) fn bidders_online(&self) -> usize {
        let followers = self.lock();
        let registered = followers.online.values().filter(|follower| follower.registered);
        registered.count()
    }

    /// Sockets, and signed-in users among them with the names that others see.
    pub fn presence(&self) -> (usize, Vec<(UserId, String)>) {
        let followers = self.lock();
        let online = followers
            .online
            .iter()
            .map(|(user, follower)| (*user, follower.display_name.clone()));
        (followers.watchers, online.collect())
    }

    /// Whether presence has changed since this was last asked.
    pub fn take_presence_changed(&self) -> bool {
        mem::take(&mut self.lock().presence_changed)
    }

    fn lock(&self) -> MutexGuard<'_, Followers> {
        lock(&self.followers)
    }
}

/// Every critical section leaves what it guards whole, so a panic elsewhere does not spoil it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn update(sale_id: SaleId, seq: u64) -> Update {
        Update {
            sale_id,
            seq: Some(seq),
            public: None,
            staff: None,
            personal: Vec::new(),
        }
    }

    #[test]
    fn a_loss_names_its_sale_and_costs_no_other_anything() {
        let (sender, mut receiver) = hub();
        let (busy, quiet) = (Topic::default(), Topic::default());
        busy.attach(&sender);
        quiet.attach(&sender);
        for seq in 0..=HUB_QUEUE_MAX as u64 {
            busy.send(update(SaleId(1), seq));
        }
        let mut next = || receiver.next().now_or_never().flatten();
        assert!(matches!(next(), Some(Received::Lagged(sales)) if sales == BTreeSet::from([SaleId(1)])));
        quiet.send(update(SaleId(2), 7));
        let mut received = Vec::new();
        while let Some(Received::Update(update)) = next() {
            received.push((update.sale_id, update.seq));
        }
        assert_eq!(received.len(), HUB_QUEUE_MAX + 1);
        assert_eq!(received[0], (SaleId(1), Some(0)));
        assert_eq!(received.last(), Some(&(SaleId(2), Some(7))));
    }
}
