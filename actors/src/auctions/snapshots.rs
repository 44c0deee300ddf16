//! Snapshots of auctions, made off the bidding path, so that a start need not replay everything.

use super::STATE;
use gavel_engine::auction::Auction;
use gavel_storage::{
    journal::{self, Heads},
    snapshot::{Snapshot, Snapshots},
};
use std::{
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// An auction has its first snapshot after this many records.
const FIRST_RECORDS: u64 = 2000;

/// The next one is made when the auction has grown by one part in this many. A state grows with its
/// records, so all its snapshots together cost a few times the last one, however long the sale.
const GROWN_BY: u64 = 2;

/// Snapshots that may wait to be written; more are left out, and made at a later record.
const WAITING_MAX: usize = 8;

enum Job {
    Save {
        auction: u128,
        head: (u64, journal::Hash),
        state: Box<Auction>,
        /// Held until it is written; one that is made at a stop waits its turn without.
        place: Option<OwnedSemaphorePermit>,
    },
    /// The last job: every record up to `lsn` should be in a snapshot by now.
    Cover {
        lsn: u64,
        heads: Heads,
        done: oneshot::Sender<()>,
    },
}

/// Takes states and writes them in a thread of its own. Each clone is for one auction.
#[derive(Clone)]
pub struct Snapshotter {
    jobs: SyncSender<Job>,
    /// One for each snapshot that may wait.
    places: Arc<Semaphore>,
    /// An auction has its first snapshot after this many records.
    first_records: u64,
    /// The seq of the last snapshot that was taken through this clone.
    last_seq: u64,
}

impl Job {
    /// Does it; whoever waits for the last one is to be told.
    fn run(self, store: &dyn Snapshots) -> Option<oneshot::Sender<()>> {
        match self {
            Self::Save {
                auction,
                head,
                state,
                place,
            } => {
                save(store, auction, head, &state);
                drop(place);
                None
            }
            Self::Cover { lsn, heads, done } => {
                cover(store, lsn, &heads);
                Some(done)
            }
        }
    }
}

impl Snapshotter {
    /// Starts the thread; it ends when the last clone is gone, or after [`cover`](Self::cover).
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(store: impl Snapshots + 'static) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job>(WAITING_MAX);
        thread::Builder::new()
            .name("gavel-snapshots".to_owned())
            .spawn(move || {
                for job in waiting {
                    if let Some(done) = job.run(&store) {
                        // The last thing that is done: the store is closed before that is said.
                        drop(store);
                        let _ = done.send(());
                        return;
                    }
                }
            })?;
        Ok(Self::new(jobs, FIRST_RECORDS))
    }

    /// The same without a thread: what is to be written waits until the returned step is taken. An auction
    /// has its first snapshot after `first_records`.
    #[cfg(feature = "simulation")]
    pub fn stepped(store: impl Snapshots + 'static, first_records: u64) -> (Self, impl FnMut()) {
        // A stop waits for room in the queue, which nobody would make.
        const QUEUE_MAX: usize = 1024;
        let (jobs, waiting) = sync_channel::<Job>(QUEUE_MAX);
        let step = move || {
            while let Ok(job) = waiting.try_recv() {
                if let Some(done) = job.run(&store) {
                    let _ = done.send(());
                }
            }
        };
        (Self::new(jobs, first_records), step)
    }

    fn new(jobs: SyncSender<Job>, first_records: u64) -> Self {
        Self {
            jobs,
            places: Arc::new(Semaphore::new(WAITING_MAX)),
            first_records,
            last_seq: 0,
        }
    }

    /// Offers a durable state with the head of its journal; it is taken when enough has happened
    /// since the last one.
    pub(super) fn offer(&mut self, state: &Auction, head: (u64, journal::Hash)) {
        let Some(sale_id) = state.sale_id() else { return };
        let Some(place) = self.place_for(state.seq()) else {
            return;
        };
        // Only now, as a copy of a large state holds up its bidders.
        let job = Job::Save {
            auction: sale_id.0,
            head,
            state: Box::new(state.clone()),
            place: Some(place),
        };
        if self.jobs.try_send(job).is_ok() {
            self.last_seq = state.seq();
        }
    }

    /// A place for a snapshot at `seq`, when one is due and there is room.
    fn place_for(&self, seq: u64) -> Option<OwnedSemaphorePermit> {
        if seq < self.last_seq + self.first_records.max(self.last_seq / GROWN_BY) {
            return None;
        }
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Saves the last state of an auction that stops; waits for its turn.
    pub(super) fn keep(&self, state: &Auction, head: (u64, journal::Hash)) {
        if let Some(sale_id) = state.sale_id() {
            let job = Job::Save {
                auction: sale_id.0,
                head,
                state: Box::new(state.clone()),
                place: None,
            };
            // The thread ends only after this sender is gone.
            let _ = self.jobs.send(job);
        }
    }

    /// Lets the next start read the journal after `lsn` only, if every auction was kept at its last
    /// record up to there: `heads` are the journal's own. Nothing is taken after this.
    pub(super) async fn cover(&self, lsn: u64, heads: Heads) {
        let (done, told) = oneshot::channel();
        if self.jobs.send(Job::Cover { lsn, heads, done }).is_ok() {
            let _ = told.await;
        }
    }
}

fn save(store: &dyn Snapshots, auction: u128, (lsn, hash): (u64, journal::Hash), state: &Auction) {
    let saved = STATE
        .encode(state)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            let snapshot = Snapshot {
                lsn,
                seq: state.seq(),
                hash,
                state: bytes,
            };
            let saved = store.save(&[(auction, snapshot)]);
            saved.map_err(|error| error.to_string())
        });
    if let Err(error) = saved {
        // Nothing is lost: the journal has it all, only the next start takes longer.
        tracing::warn!(error, "a snapshot was not written");
    }
}

fn cover(store: &dyn Snapshots, lsn: u64, heads: &Heads) {
    match store.cover(lsn, heads) {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            lsn,
            "not every sale was kept; the next start reads more of the journal"
        ),
        Err(error) => tracing::warn!(%error, "the next start reads more of the journal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshotter(places: usize) -> Snapshotter {
        let (jobs, _) = sync_channel(1);
        Snapshotter {
            places: Arc::new(Semaphore::new(places)),
            ..Snapshotter::new(jobs, FIRST_RECORDS)
        }
    }

    #[test]
    fn a_long_sale_is_copied_a_few_times_over_and_no_more() {
        const RECORDS: u64 = 1_000_000;
        let mut snapshots = snapshotter(1);
        let mut copied = 0;
        for seq in 1..=RECORDS {
            if snapshots.place_for(seq).is_some() {
                copied += seq;
                snapshots.last_seq = seq;
            }
        }
        assert!(snapshots.last_seq > RECORDS / 2, "the last one is old");
        assert!(copied < 4 * RECORDS, "{copied} records were copied");
    }

    #[test]
    fn nothing_is_copied_for_a_queue_that_is_full() {
        let snapshots = snapshotter(1);
        assert!(snapshots.place_for(FIRST_RECORDS - 1).is_none(), "too early");
        let place = snapshots.place_for(FIRST_RECORDS);
        assert!(place.is_some());
        assert!(snapshots.clone().place_for(FIRST_RECORDS).is_none());
        drop(place);
        assert!(snapshots.clone().place_for(FIRST_RECORDS + 1).is_some());
    }
}
