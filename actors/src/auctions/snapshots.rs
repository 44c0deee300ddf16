//! Snapshots of auctions, made off the bidding path, so that a start need not replay everything.

use super::STATE;
use gavel_engine::auction::Auction;
use gavel_storage::{
    journal,
    snapshot::{Snapshot, Store},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};
use tokio::sync::oneshot;

/// A snapshot is offered after this many records of an auction.
const EVERY_RECORDS: u64 = 2000;

/// Snapshots that may wait to be written; more are left out, and made at a later record.
const WAITING_MAX: usize = 8;

enum Job {
    Save {
        auction: u128,
        head: (u64, journal::Hash),
        state: Box<Auction>,
    },
    /// Everything up to this LSN is in a snapshot; whoever waits is told once it is written.
    Covered(u64, oneshot::Sender<()>),
}

/// Takes states and writes them in a thread of its own.
#[derive(Clone)]
pub struct Snapshotter {
    jobs: SyncSender<Job>,
    /// The seq of each auction's last snapshot.
    last: Arc<Mutex<HashMap<u128, u64>>>,
}

impl Snapshotter {
    /// Starts the thread; it ends when the last clone is gone.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(store: Store) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job>(WAITING_MAX);
        thread::Builder::new()
            .name("gavel-snapshots".to_owned())
            .spawn(move || {
                for job in waiting {
                    if let Err(error) = write(&store, job) {
                        // Nothing is lost: the journal has it all, only the next start takes longer.
                        tracing::warn!(error, "a snapshot was not written");
                    }
                }
            })?;
        Ok(Self {
            jobs,
            last: Arc::default(),
        })
    }

    /// Offers a durable state with the head of its journal; it is taken when enough has happened
    /// since the last one.
    pub(super) fn offer(&self, state: &Auction, head: (u64, journal::Hash)) {
        let Some(sale_id) = state.sale_id() else { return };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let since = last.entry(sale_id.0).or_insert(0);
        if state.seq() < *since + EVERY_RECORDS {
            return;
        }
        let job = Job::Save {
            auction: sale_id.0,
            head,
            state: Box::new(state.clone()),
        };
        if self.jobs.try_send(job).is_ok() {
            *since = state.seq();
        }
    }

    /// Saves the last state of an auction that stops; waits for its turn.
    pub(super) fn keep(&self, state: &Auction, head: (u64, journal::Hash)) {
        if let Some(sale_id) = state.sale_id() {
            let job = Job::Save {
                auction: sale_id.0,
                head,
                state: Box::new(state.clone()),
            };
            // The thread ends only after this sender is gone.
            let _ = self.jobs.send(job);
        }
    }

    /// Says that every auction has stopped and was kept, so that the next start reads the journal
    /// from `lsn` on only.
    pub(super) async fn all_kept(&self, lsn: u64) {
        let (written, told) = oneshot::channel();
        if self.jobs.send(Job::Covered(lsn, written)).is_ok() {
            let _ = told.await;
        }
    }
}

fn write(store: &Store, job: Job) -> Result<(), String> {
    let saved = match job {
        Job::Save {
            auction,
            head: (lsn, hash),
            state,
        } => {
            let bytes = STATE.encode(&state).map_err(|error| error.to_string())?;
            let snapshot = Snapshot {
                lsn,
                seq: state.seq(),
                hash,
                format: 1,
                state: bytes,
            };
            store.save(&[(auction, snapshot)], None)
        }
        Job::Covered(lsn, written) => {
            let saved = store.save(&[], Some(lsn));
            let _ = written.send(());
            saved
        }
    };
    saved.map_err(|error| error.to_string())
}
