//! Snapshots of auctions, made off the bidding path, so that a start need not replay everything.

use super::STATE;
use gavel_engine::auction::Auction;
use gavel_storage::{
    journal::{self, Heads},
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
    /// The last job: every record up to `lsn` should be in a snapshot by now.
    Cover {
        lsn: u64,
        heads: Heads,
        done: oneshot::Sender<()>,
    },
}

/// Takes states and writes them in a thread of its own.
#[derive(Clone)]
pub struct Snapshotter {
    jobs: SyncSender<Job>,
    /// The seq of each auction's last snapshot.
    last: Arc<Mutex<HashMap<u128, u64>>>,
}

impl Snapshotter {
    /// Starts the thread; it ends when the last clone is gone, or after [`cover`](Self::cover).
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(store: Store) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel::<Job>(WAITING_MAX);
        thread::Builder::new()
            .name("gavel-snapshots".to_owned())
            .spawn(move || {
                for job in waiting {
                    match job {
                        Job::Save { auction, head, state } => save(&store, auction, head, &state),
                        Job::Cover { lsn, heads, done } => {
                            cover(&store, lsn, &heads);
                            // The last thing that is done: the store is closed before that is said.
                            drop(store);
                            let _ = done.send(());
                            return;
                        }
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

    /// Lets the next start read the journal after `lsn` only, if every auction was kept at its last
    /// record up to there: `heads` are the journal's own. Nothing is taken after this.
    pub(super) async fn cover(&self, lsn: u64, heads: Heads) {
        let (done, told) = oneshot::channel();
        if self.jobs.send(Job::Cover { lsn, heads, done }).is_ok() {
            let _ = told.await;
        }
    }
}

fn save(store: &Store, auction: u128, (lsn, hash): (u64, journal::Hash), state: &Auction) {
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

fn cover(store: &Store, lsn: u64, heads: &Heads) {
    match store.cover(lsn, heads) {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            lsn,
            "not every sale was kept; the next start reads more of the journal"
        ),
        Err(error) => tracing::warn!(%error, "the next start reads more of the journal"),
    }
}
