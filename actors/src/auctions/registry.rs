//! Finds the actor of a sale, starts it, and replays it from the journal after a panic.

use super::{
    actor::{AuctionActor, MAILBOX_MAX, Parts},
    credit::CreditBook,
    handle::AuctionHandle,
    messages::{CommandReply, Refused, Stop, TellStanding},
    obituary::Obituary,
    projector::Projector,
    recovery,
    snapshots::Snapshotter,
    topic::Topic,
};
use crate::clock::SharedClock;
use actix::{Actor, Addr, Arbiter, ArbiterHandle};
use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, Register, Setup},
    ids::{BidderId, SaleId, UserId},
};
use gavel_storage::{
    journal::{Handle, Hash, Head, Heads},
    relational::BookVisibility,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, Semaphore, oneshot};

/// After this many restarts in a row without a quiet second between them, the registry waits
/// between attempts.
const RESTARTS_AT_ONCE_MAX: u32 = 3;

/// The wait between attempts then.
const RESTART_PAUSE_MS: u64 = 1000;

/// What auctions are run with.
pub struct Settings {
    /// The node's journal.
    pub journal: Handle,
    /// The time.
    pub clock: SharedClock,
    /// Credit over all sales.
    pub credit: CreditBook,
    /// Where results go.
    pub projector: Projector,
    /// Where snapshots go.
    pub snapshots: Snapshotter,
    /// Threads that auctions are spread over; with none they all run on the one that starts them.
    pub threads: usize,
}

/// Where an actor goes on from.
#[derive(Default)]
struct StartFrom {
    state: Auction,
    head: Option<(u64, Hash)>,
}

struct Entry {
    addr: Addr<AuctionActor>,
    /// One for each request under way.
    places: Arc<Semaphore>,
    topic: Arc<Topic>,
    visibility: BookVisibility,
    dead: Arc<AtomicBool>,
    restarts: u32,
    /// None of the sale's records is before this one.
    first_lsn: u64,
}

struct Inner {
    settings: Settings,
    arbiters: Vec<ArbiterHandle>,
    next_arbiter: AtomicUsize,
    entries: Mutex<BTreeMap<SaleId, Entry>>,
    notify: Arc<Notify>,
    stopping: AtomicBool,
}

/// All live auctions of this node. Cheap to clone.
#[derive(Clone)]
pub struct AuctionRegistry {
    inner: Arc<Inner>,
}

impl AuctionRegistry {
    /// Starts the auctions that were recovered, and the supervision of all. Needs a running actix
    /// system.
    pub fn start(
        settings: Settings,
        recovered: BTreeMap<SaleId, (Auction, Head)>,
        visibility: impl Fn(SaleId) -> BookVisibility,
    ) -> Self {
        let arbiters = (0..settings.threads).map(|_| Arbiter::new().handle()).collect();
        let registry = Self {
            inner: Arc::new(Inner {
                settings,
                arbiters,
                next_arbiter: AtomicUsize::new(0),
                entries: Mutex::default(),
                notify: Arc::new(Notify::new()),
                stopping: AtomicBool::new(false),
            }),
        };
        registry.hold_all(&recovered);
        let mut entries = registry.entries();
        for (sale_id, (state, head)) in recovered {
            let start = StartFrom {
                state,
                head: Some((head.lsn, head.hash)),
            };
            let entry = registry.run(sale_id, start, visibility(sale_id), Arc::default(), 0);
            entries.insert(sale_id, entry);
        }
        drop(entries);
        actix::spawn(registry.clone().supervise());
        registry
    }

    /// Credit is held for every recovered sale before the first of them goes on.
    fn hold_all(&self, recovered: &BTreeMap<SaleId, (Auction, Head)>) {
        let credit = &self.inner.settings.credit;
        for (sale_id, (state, _)) in recovered {
            credit.hold_all(*sale_id, state);
        }
    }

    /// The auction of a sale, if the sale is published.
    pub fn find(&self, sale_id: SaleId) -> Option<AuctionHandle> {
        let entries = self.entries();
        let entry = entries.get(&sale_id)?;
        Some(AuctionHandle::new(
            sale_id,
            entry.addr.clone(),
            Arc::clone(&entry.topic),
            Arc::clone(&entry.places),
        ))
    }

    /// Takes over a published sale. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`Refused`] when the journal takes nothing now or the node is stopping; the sale is then not live.
    pub async fn create(&self, setup: Setup, visibility: BookVisibility) -> Result<(), Refused> {
        let sale_id = setup.sale_id;
        {
            let mut entries = self.entries();
            if self.is_stopping() {
                return Err(Refused::Unavailable);
            }
            entries.entry(sale_id).or_insert_with(|| {
                let first_lsn = self.inner.settings.journal.durable_lsn() + 1;
                let entry = self.run(sale_id, StartFrom::default(), visibility, Arc::default(), 0);
                Entry { first_lsn, ..entry }
            });
        }
        let handle = self.find(sale_id).ok_or(Refused::Unavailable)?;
        match handle.command(Command::Create(Box::new(setup))).await? {
            Ok(_) => Ok(()),
            Err(rejection) if rejection.reason == Reason::AlreadyCreated => Ok(()),
            Err(rejection) => {
                tracing::error!(sale = %sale_id, code = rejection.reason.code(), "a sale cannot go live");
                Err(Refused::Unavailable)
            }
        }
    }

    /// The house's word on a bidder. Saying it again changes nothing.
    ///
    /// # Errors
    /// [`Refused`] when the journal takes nothing now, or the sale is not live.
    pub async fn register(&self, sale_id: SaleId, register: Register) -> CommandReply {
        let handle = self.find(sale_id).ok_or(Refused::Unavailable)?;
        handle.command(Command::Register(register)).await
    }

    /// No further bids from a bidder, and those made are taken back on lots that have not closed.
    /// Saying it again changes nothing.
    ///
    /// # Errors
    /// [`Refused`] when the journal takes nothing now, or the sale is not live.
    pub async fn suspend_and_retract(&self, sale_id: SaleId, bidder: BidderId) -> CommandReply {
        let handle = self.find(sale_id).ok_or(Refused::Unavailable)?;
        let suspend = Command::Suspend {
            bidder,
            retract_bids: true,
        };
        handle.command(suspend).await
    }

    /// Credit over all sales.
    pub(super) fn credit(&self) -> &CreditBook {
        &self.inner.settings.credit
    }

    /// Has every sale tell a bidder how things stand. A sale too busy for that tells it with the next
    /// change to the bidder's standing.
    pub(super) fn tell_standing(&self, user: UserId) {
        for entry in self.entries().values() {
            let _ = entry.addr.try_send(TellStanding { user });
        }
    }

    /// Whether the auctions drain or have drained: what they refuse now is taken elsewhere.
    pub fn is_stopping(&self) -> bool {
        self.inner.stopping.load(Ordering::Acquire)
    }

    /// Drains every auction: what is under way is answered, nothing more is taken.
    pub async fn stop(&self) {
        let addrs: Vec<_> = {
            let entries = self.entries();
            // Under the lock: whatever goes live or is revived after this is refused.
            self.inner.stopping.store(true, Ordering::Release);
            entries.values().map(|entry| entry.addr.clone()).collect()
        };
        self.inner.notify.notify_one();
        let mut drained = Vec::with_capacity(addrs.len());
        for addr in addrs {
            let (done, told) = oneshot::channel();
            // Past the mailbox's bound: stopping must not be refused, and comes once.
            addr.do_send(Stop { done });
            drained.push(told);
        }
        for told in drained {
            // An actor that is gone has nothing to drain, and was not kept: its sale is found wanting below.
            let _ = told.await;
        }
        match self.after_all(|lsn, heads| (lsn, heads.clone())).await {
            Ok((lsn, heads)) => self.inner.settings.snapshots.cover(lsn, heads).await,
            Err(error) => tracing::warn!(error, "the next start reads more of the journal"),
        }
    }

    fn run(
        &self,
        sale_id: SaleId,
        start: StartFrom,
        visibility: BookVisibility,
        topic: Arc<Topic>,
        restarts: u32,
    ) -> Entry {
        let settings = &self.inner.settings;
        let dead = Arc::new(AtomicBool::new(false));
        let obituary = Obituary::new(Arc::clone(&dead), Arc::clone(&self.inner.notify));
        let parts = Parts {
            sale_id,
            state: start.state,
            head: start.head,
            visibility,
            journal: settings.journal.clone(),
            clock: Arc::clone(&settings.clock),
            credit: settings.credit.clone(),
            topic: Arc::clone(&topic),
            projector: settings.projector.for_auction(),
            snapshots: settings.snapshots.clone(),
            obituary,
        };
        let turn = self.inner.next_arbiter.fetch_add(1, Ordering::Relaxed);
        let addr = match self.inner.arbiters.as_slice() {
            [] => AuctionActor::create(move |ctx| AuctionActor::new(parts, ctx)),
            arbiters => AuctionActor::start_in_arbiter(&arbiters[turn % arbiters.len()], move |ctx| {
                AuctionActor::new(parts, ctx)
            }),
        };
        Entry {
            addr,
            places: Arc::new(Semaphore::new(MAILBOX_MAX)),
            topic,
            visibility,
            dead,
            restarts,
            first_lsn: 1,
        }
    }

    /// Replays and restarts every auction whose actor has died.
    async fn supervise(self) {
        loop {
            self.inner.notify.notified().await;
            if self.is_stopping() {
                return;
            }
            let dead: Vec<_> = self
                .entries()
                .iter()
                .filter(|(_, entry)| entry.dead.load(Ordering::Acquire))
                .map(|(sale_id, entry)| (*sale_id, entry.restarts))
                .collect();
            for (sale_id, restarts) in dead {
                actix::spawn(self.clone().revive(sale_id, restarts));
            }
        }
    }

    async fn revive(self, sale_id: SaleId, restarts: u32) {
        // Only one attempt at a time: the flag is taken before anything else.
        let taken = self
            .entries()
            .get(&sale_id)
            .is_some_and(|entry| entry.dead.swap(false, Ordering::AcqRel));
        if !taken {
            return;
        }
        if restarts >= RESTARTS_AT_ONCE_MAX {
            actix::clock::sleep(Duration::from_millis(RESTART_PAUSE_MS)).await;
        }
        let start = loop {
            match self.replay(sale_id).await {
                Ok(start) => break start,
                Err(_) if self.is_stopping() => return,
                Err(error) => {
                    tracing::error!(sale = %sale_id, error, "a sale cannot be replayed; trying again");
                    actix::clock::sleep(Duration::from_millis(RESTART_PAUSE_MS)).await;
                }
            }
        };
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(&sale_id).filter(|_| !self.is_stopping()) else {
            return;
        };
        tracing::warn!(sale = %sale_id, seq = start.state.seq(), "a sale's actor has died and was replayed from the journal");
        let (topic, first_lsn) = (Arc::clone(&entry.topic), entry.first_lsn);
        let revived = self.run(sale_id, start, entry.visibility, topic, restarts + 1);
        *entry = Entry { first_lsn, ..revived };
        drop(entries);
        let registry = self.clone();
        actix::spawn(async move {
            actix::clock::sleep(Duration::from_millis(RESTART_PAUSE_MS)).await;
            if let Some(entry) = registry.entries().get_mut(&sale_id)
                && !entry.dead.load(Ordering::Acquire)
            {
                entry.restarts = 0;
            }
        });
    }

    /// Waits for what the dead actor had under way, then reads the sale back.
    async fn replay(&self, sale_id: SaleId) -> Result<StartFrom, String> {
        let first_lsn = self.entries().get(&sale_id).map_or(1, |entry| entry.first_lsn);
        // What other sales have before and after it need not be read.
        let last = move |lsn, heads: &Heads| heads.get(&sale_id.0).map_or(lsn, |head| head.lsn);
        let last_lsn = self.after_all(last).await?;
        let handle = self.inner.settings.journal.clone();
        let replay = move || recovery::replay_one(&handle, sale_id, first_lsn..=last_lsn);
        let replayed = if self.inner.settings.threads == 0 {
            replay()
        } else {
            tokio::task::spawn_blocking(replay)
                .await
                .map_err(|error| error.to_string())?
        };
        let (state, head) = replayed.map_err(|error| error.to_string())?;
        Ok(StartFrom { state, head })
    }

    /// Once everything that was handed to the journal is durable, what it says then: the last LSN and
    /// the last record of every auction.
    async fn after_all<T: Send + 'static>(
        &self,
        look: impl FnOnce(u64, &Heads) -> T + Send + 'static,
    ) -> Result<T, String> {
        let (durable, told) = oneshot::channel();
        let barrier = Box::new(move |lsn, heads: &Heads| {
            let _ = durable.send(look(lsn, heads));
        });
        let handle = &self.inner.settings.journal;
        handle.barrier(barrier).map_err(|refusal| refusal.to_string())?;
        told.await.map_err(|_| "the journal has stopped".to_owned())
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<SaleId, Entry>> {
        // What is changed under the lock is changed by single map operations, so a panic leaves it whole.
        self.inner.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The house's word, as the catalogue says it.
pub(super) const fn approval(status: gavel_storage::relational::RegistrationStatus) -> Approval {
    use gavel_storage::relational::RegistrationStatus as Status;
    match status {
        Status::Pending => Approval::Pending,
        Status::Approved => Approval::Approved,
        Status::Suspended => Approval::Suspended,
    }
}
