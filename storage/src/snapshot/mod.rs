//! Snapshots: what each auction's records add up to, so that starting does not read all of them again.
//!
//! Everything here is derived from the journal. So damage is never fatal: the store is moved aside
//! (`snapshots.damaged-1`, …), an empty one takes its place, the caller is told and reads the journal instead. Nothing
//! that comes out of the store is trusted unless its hash matches.
//!
//! Kept in sled 0.34; its `flush` is made durable and its panics are caught (`durable_sled`).

mod aside;
mod covered;
mod entry;
mod sled_store;

use std::collections::HashMap;
use std::path::PathBuf;

use crate::journal::{Hash, Head, Heads, Start};

pub use aside::{move_aside, read_copy};
pub use sled_store::{Options, Store};

/// The state of an auction after one of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The record's LSN.
    pub lsn: u64,
    /// The record's place in the auction.
    pub seq: u64,
    /// The record's hash.
    pub hash: Hash,
    /// The state, in bytes that are the owner's affair.
    pub state: Vec<u8>,
}

impl Snapshot {
    /// The record it was made after.
    pub fn head(&self) -> Head {
        Head {
            lsn: self.lsn,
            seq: self.seq,
            hash: self.hash,
        }
    }
}

/// All snapshots of a store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Every record up to this LSN is covered by a snapshot in the store; 0 if that was never said or is not so.
    pub covered_lsn: u64,
    /// The snapshot of each auction.
    pub snapshots: HashMap<u128, Snapshot>,
}

impl Contents {
    /// Where reading the journal starts, given these.
    pub fn start(&self) -> Start {
        Start {
            from_lsn: self.covered_lsn + 1,
            heads: self
                .snapshots
                .iter()
                .map(|(auction, snapshot)| (*auction, snapshot.head()))
                .collect(),
        }
    }
}

/// Where snapshots are kept. What is kept may be lost; what comes out is what went in.
pub trait Snapshots: Send {
    /// Saves snapshots, all or none; durable when this returns.
    ///
    /// # Errors
    /// [`Error`]: nothing is saved.
    fn save(&self, snapshots: &[(u128, Snapshot)]) -> Result<(), Error>;

    /// Says that reading the journal may start after `lsn` from now on; `heads` are the last records that it has up to
    /// there, of every auction. `false`, and nothing is said, unless there is a snapshot of each head.
    ///
    /// # Errors
    /// [`Error`].
    fn cover(&self, lsn: u64, heads: &Heads) -> Result<bool, Error>;

    /// All snapshots.
    ///
    /// # Errors
    /// [`Error`]: as if there were none.
    fn load_all(&self) -> Result<Contents, Error>;
}

/// A store that was found damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What was found.
    pub reason: String,
    /// Where the damaged store is now.
    pub moved_to: PathBuf,
}

/// Why an operation on the store did not succeed. The journal is not affected.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store was damaged; it was moved aside and is empty now.
    #[error(
        "the snapshot store was damaged ({reason}) and moved to {moved_to}",
        reason = .0.reason, moved_to = .0.moved_to.display()
    )]
    Damaged(Damage),
    /// Not even an empty store can be made; the next operation tries again.
    #[error("the snapshot store in {dir} cannot be used: {reason}", dir = dir.display())]
    Unusable {
        /// The store's directory.
        dir: PathBuf,
        /// What went wrong.
        reason: String,
    },
}
