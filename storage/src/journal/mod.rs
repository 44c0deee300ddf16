//! The write-ahead journal: what a sale's history is, on disk.
//!
//! One journal per node, shared by all auctions. A record is the opaque payload of one decided command; it carries a
//! global log sequence number (LSN), its auction, its place in that auction (`seq`, from 1) and the hash of the
//! auction's record before it, so that nobody can remove or change a record without being noticed.
//!
//! ```text
//! Handle::append ─ queue ─ writer thread ─ chain hashes ─ Journal::append_batch: one write, one fdatasync
//!                                                └ DurableSink::durable
//! ```
//!
//! * [`check`]: all of it held against its promises; [`Truncation`]: an operator gives up its end.
//! * [`frame`], [`segment`]: the bytes. * [`recovery`]: what opening does with them. * [`SegmentJournal`]: the default
//!   [`Journal`]. * [`SledJournal`]: the other one; [`open`] opens either, by its [`Kind`]. * [`Survey`]: the same bytes, read beside whoever writes them. * [`Writer`]: the thread that owns it, [`Handle`]: what everybody else holds.
//! * `conformance`: what every [`Journal`] must do (feature `conformance`).
//!
//! Nothing here knows what a payload means.

mod admission;
mod archive;
pub mod check;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod counters;
pub mod disk;
mod error;
pub mod frame;
mod kind;
#[cfg(any(test, feature = "conformance"))]
pub mod mem_disk;
mod order;
mod places;
mod preparer;
mod reader;
pub mod recovery;
mod room;
pub mod segment;
mod segment_journal;
#[cfg(feature = "simulation")]
pub mod sim_disk;
mod sled_journal;
mod survey;
mod tail;
mod truncate;
mod window;
mod writer;

use std::collections::HashMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

pub use admission::{Permit, Refusal};
pub use archive::Retention;
pub use check::{Beyond, Checked, Damage};
pub use counters::Counters;
pub use error::Error;
pub use kind::{Kind, open};
pub use places::{SegmentFile, segment_files};
pub use recovery::{Recovery, Start, Torn};
pub use room::Room;
pub use segment_journal::{Options, SegmentJournal};
pub use sled_journal::{FreeBytes, SledJournal, SledOptions};
pub use survey::{Place, Survey};
pub use truncate::Truncation;
#[cfg(feature = "simulation")]
pub use writer::SteppedWriter;
pub use writer::{Append, AppendError, Barrier, DurableSink, Fatal, Handle, Writer, WriterOptions};

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// What the first record of an auction names as the hash of the record before it.
pub const ZERO_HASH: Hash = [0; 32];

/// The longest payload a record may have, in bytes. The longest there is takes over a sale of 2,000 lots.
pub const PAYLOAD_BYTES_MAX: usize = 2 << 20;

/// The last record of an auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its global log sequence number.
    pub lsn: u64,
    /// Its place in the auction, from 1.
    pub seq: u64,
    /// Its hash ([`record_hash`]).
    pub hash: Hash,
}

/// The last record of every auction.
pub type Heads = HashMap<u128, Head>;

/// A record read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Global log sequence number, from 1, without gaps.
    pub lsn: u64,
    /// The auction it belongs to.
    pub auction: u128,
    /// Its place in the auction, from 1, without gaps.
    pub seq: u64,
    /// The hash of the auction's record before it; [`ZERO_HASH`] for the first.
    pub prev: Hash,
    /// Its own hash ([`record_hash`]).
    pub hash: Hash,
    /// The payload as appended.
    pub payload: &'a [u8],
}

/// A record about to be written: numbered and chained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Global log sequence number: one more than the record before it.
    pub lsn: u64,
    /// The auction it belongs to.
    pub auction: u128,
    /// Its place in the auction, from 1.
    pub seq: u64,
    /// The hash of the auction's record before it.
    pub prev: Hash,
    /// Its own hash ([`record_hash`]).
    pub hash: Hash,
    /// Opaque bytes, at most [`Journal::payload_bytes_max`].
    pub payload: Vec<u8>,
}

impl Pending {
    /// Chains a payload to `head`, the last record of its auction (`None`: it is the first).
    pub fn chained(head: Option<&Head>, lsn: u64, auction: u128, payload: Vec<u8>) -> Self {
        let (seq, prev) = head.map_or((1, ZERO_HASH), |head| (head.seq + 1, head.hash));
        let hash = record_hash(auction, seq, &prev, &payload);
        Self {
            lsn,
            auction,
            seq,
            prev,
            hash,
            payload,
        }
    }

    /// The head that its auction has once this record is written.
    pub fn head(&self) -> Head {
        Head {
            lsn: self.lsn,
            seq: self.seq,
            hash: self.hash,
        }
    }
}

/// The hash that chains an auction's records: BLAKE3 over auction (16 bytes), seq (8), previous hash (32) and payload,
/// integers little-endian.
///
/// The LSN is left out on purpose: an auction's chain stays the same when its records move to another node's journal.
pub fn record_hash(auction: u128, seq: u64, prev: &Hash, payload: &[u8]) -> Hash {
    let mut prefix = [0; 56];
    prefix[..16].copy_from_slice(&auction.to_le_bytes());
    prefix[16..24].copy_from_slice(&seq.to_le_bytes());
    prefix[24..].copy_from_slice(prev);
    *blake3::Hasher::new()
        .update(&prefix)
        .update(payload)
        .finalize()
        .as_bytes()
}

/// Called for each record of a scan; breaking ends the scan early.
pub type ScanVisitor<'v> = dyn FnMut(&Record<'_>) -> ControlFlow<()> + 'v;

/// An append-only store of records. [`conformance`](self) holds every implementation to the same promises.
pub trait Journal: Send {
    /// Makes a batch durable: when this returns `Ok`, every record of it survives a power cut.
    ///
    /// After an error the journal accepts nothing more: what is on disk is known again only after reopening.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`] for a record that does not follow its predecessor (nothing of the batch is written),
    /// [`Error::PayloadTooLarge`], [`Error::Full`], [`Error::Io`], [`Error::Failed`] after an earlier error.
    fn append_batch(&mut self, batch: &[Pending]) -> Result<(), Error>;

    /// The LSN the next record must have.
    fn next_lsn(&self) -> u64;

    /// The last record of every auction.
    fn heads(&self) -> &Heads;

    /// The longest payload accepted, in bytes.
    fn payload_bytes_max(&self) -> usize;

    /// How much may still be promised; shared, kept current by the journal.
    fn room(&self) -> Arc<Room>;

    /// What its own threads do ahead of need, for a journal that was opened without them.
    fn prepare(&mut self) {}

    /// A reader of durable records that works beside the writer.
    fn reader(&self) -> Arc<dyn Reader>;

    /// Visits every record from `from_lsn` on, in order.
    ///
    /// # Errors
    /// Those of [`Reader::scan`].
    fn scan(&self, from_lsn: u64, visit: &mut ScanVisitor<'_>) -> Result<(), Error> {
        let last_lsn = self.next_lsn() - 1;
        if from_lsn > last_lsn {
            return Ok(());
        }
        self.reader().scan(from_lsn..=last_lsn, None, visit)
    }
}

/// Reads durable records while the journal is being written.
pub trait Reader: Send + Sync {
    /// Visits the records of a range of LSNs in order, of one auction or of all. The range must not go beyond what is
    /// durable. Records are checked (checksum, LSN, and the chain of the one auction) before they are visited.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when a record of the range is missing or bad, [`Error::Io`].
    fn scan(
        &self,
        lsns: RangeInclusive<u64>,
        auction: Option<u128>,
        visit: &mut ScanVisitor<'_>,
    ) -> Result<(), Error>;
}
