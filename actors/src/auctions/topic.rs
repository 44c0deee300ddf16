//! Fan-out of one auction: an update is encoded once for each audience and handed to one hub for
//! each gateway worker, which passes it to its sockets. Nothing here waits for anybody.

use bytes::Bytes;
use gavel_engine::ids::{SaleId, UserId};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc;

/// Updates that may wait for a hub. A hub that falls behind loses them and has its sockets start
/// again from a snapshot.
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

/// The sending side of a hub.
#[derive(Debug, Clone)]
pub struct HubSender {
    queue: mpsc::Sender<Arc<Update>>,
    lagged: Arc<AtomicBool>,
}

/// The receiving side of a hub.
#[derive(Debug)]
pub struct HubReceiver {
    queue: mpsc::Receiver<Arc<Update>>,
    lagged: Arc<AtomicBool>,
}

/// What a hub receives.
#[derive(Debug)]
pub enum Received {
    /// The next update.
    Update(Arc<Update>),
    /// Updates were lost: whoever follows any auction through this hub needs a snapshot.
    Lagged,
}

/// A hub's two sides.
pub fn hub() -> (HubSender, HubReceiver) {
    let (sender, receiver) = mpsc::channel(HUB_QUEUE_MAX);
    let lagged = Arc::new(AtomicBool::new(false));
    (
        HubSender {
            queue: sender,
            lagged: Arc::clone(&lagged),
        },
        HubReceiver {
            queue: receiver,
            lagged,
        },
    )
}

impl HubReceiver {
    /// The next thing to pass on; `None` when every auction has let go of the hub.
    pub async fn next(&mut self) -> Option<Received> {
        let update = self.queue.recv().await?;
        // A loss is told with the update that follows it, so that the snapshot is newer than both.
        if self.lagged.swap(false, Ordering::AcqRel) {
            return Some(Received::Lagged);
        }
        Some(Received::Update(update))
    }
}

/// A follower who is signed in, as presence counts it.
#[derive(Debug, Clone)]
struct Follower {
    display_name: String,
    sockets: usize,
}

#[derive(Debug, Default)]
struct Followers {
    hubs: Vec<HubSender>,
    watchers: usize,
    online: BTreeMap<UserId, Follower>,
    presence_changed: bool,
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
                    hub.lagged.store(true, Ordering::Release);
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
            let follower = followers.online.entry(user).or_insert(Follower {
                display_name,
                sockets: 0,
            });
            follower.sockets += 1;
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
            }
        }
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
        std::mem::take(&mut self.lock().presence_changed)
    }

    fn lock(&self) -> MutexGuard<'_, Followers> {
        // Every critical section leaves the counts whole, so a panic elsewhere does not spoil them.
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
