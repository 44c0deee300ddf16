//! What can go wrong with a journal.

use std::io;
use std::path::{Path, PathBuf};

use super::Kind;

/// Why a journal could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Bytes that were durable have changed or are gone. Nothing is repaired by itself.
    #[error(
        "journal is corrupt: {file} at byte {offset}: {reason}; records up to LSN {last_good_lsn} are intact",
        file = file.display()
    )]
    Corrupt {
        /// The segment.
        file: PathBuf,
        /// Where in it, in bytes.
        offset: u64,
        /// Every record up to here was read and checks.
        last_good_lsn: u64,
        /// What does not hold.
        reason: String,
    },
    /// Records of a sled journal that had been acknowledged are missing or bad. Nothing is repaired by itself.
    #[error("the sled journal in {dir} is corrupt: {reason}; records up to LSN {last_good_lsn} are intact", dir = dir.display())]
    Damaged {
        /// Where it is.
        dir: PathBuf,
        /// Every record up to here was read and checks.
        last_good_lsn: u64,
        /// What does not hold.
        reason: String,
    },
    /// sled failed or panicked.
    #[error("cannot {action} the sled journal in {dir}: {reason}", dir = dir.display())]
    Sled {
        /// What was tried.
        action: &'static str,
        /// Where it is.
        dir: PathBuf,
        /// What sled said.
        reason: String,
    },
    /// Another process has the sled journal open.
    #[error("the sled journal in {dir} is in use: it can be read only while no node runs on it", dir = dir.display())]
    InUse {
        /// Where it is.
        dir: PathBuf,
    },
    /// A cut would change segments that are in the archive, which nothing does.
    #[error(
        "the journal cannot be cut after record {lsn}: {file} is in the archive, and only what is in the journal's directory is cut",
        file = file.display()
    )]
    InArchive {
        /// The last record that was to be kept.
        lsn: u64,
        /// The first archived segment that would have to change.
        file: PathBuf,
    },
    /// The directory holds a journal of another kind than the one that was asked for.
    #[error(
        "{dir} holds a journal of the kind {found}, not {asked}: use `--journal {found}`, or another data directory",
        dir = dir.display()
    )]
    OtherKind {
        /// Where it is.
        dir: PathBuf,
        /// What is there.
        found: Kind,
        /// What was asked for.
        asked: Kind,
    },
    /// The directory holds journals of both kinds: nobody can say which of them goes on.
    #[error("{dir} holds both segments and a sled journal; move one of them away", dir = dir.display())]
    BothKinds {
        /// Where they are.
        dir: PathBuf,
    },
    /// Records that were moved to the archive are needed, and the archive cannot be read.
    #[error(
        "records {first_lsn} to {last_lsn} are in the archive {archive}, which cannot be read: {reason}",
        archive = archive.display()
    )]
    ArchiveUnreachable {
        /// Where it should be.
        archive: PathBuf,
        /// The first record that is not in the journal's directory.
        first_lsn: u64,
        /// The last one.
        last_lsn: u64,
        /// What the file system said.
        reason: String,
    },
    /// The archive holds what the journal's directory has not come to: the directory is an older one, or the archive is
    /// another journal's.
    #[error(
        "the archive {archive} has a segment that starts at record {archived_lsn}, but the journal in {dir} is not that far:          it is older than its archive, or the archive is another journal's",
        archive = archive.display(), dir = dir.display()
    )]
    BehindArchive {
        /// The journal's directory.
        dir: PathBuf,
        /// The archive.
        archive: PathBuf,
        /// The first record of the last segment in the archive.
        archived_lsn: u64,
    },
    /// The journal ends before a record that a snapshot was made from: acknowledged records are missing.
    #[error(
        "journal ends at LSN {last_lsn}, but a snapshot of auction {auction:032x} was made at LSN {snapshot_lsn}"
    )]
    BehindSnapshot {
        /// The auction.
        auction: u128,
        /// What its snapshot covers.
        snapshot_lsn: u64,
        /// The last record found.
        last_lsn: u64,
    },
    /// A given head does not belong to this journal's history. The journal may be well: open from the beginning.
    #[error("the given head of auction {auction:032x} does not match the journal: {reason}")]
    HeadMismatch {
        /// The auction.
        auction: u128,
        /// What differs.
        reason: String,
    },
    /// A segment of a format this version cannot read.
    #[error("{file} has journal format {version}, this version reads {supported}", file = file.display())]
    UnknownFormat {
        /// The segment.
        file: PathBuf,
        /// Its format.
        version: u32,
        /// The format this version reads and writes.
        supported: u32,
    },
    /// A record that does not follow the one before it was given to [`append_batch`](super::Journal::append_batch).
    #[error("record {lsn} of auction {auction:032x} seq {seq} does not follow its predecessor: {reason}")]
    OutOfOrder {
        /// Its LSN.
        lsn: u64,
        /// Its auction.
        auction: u128,
        /// Its place in the auction.
        seq: u64,
        /// What differs.
        reason: &'static str,
    },
    /// A payload longer than the journal takes.
    #[error("payload of {bytes} bytes, at most {bytes_max} are allowed")]
    PayloadTooLarge {
        /// Its length.
        bytes: usize,
        /// The longest allowed.
        bytes_max: usize,
    },
    /// No space for another segment.
    #[error("no room for another journal segment in {dir}: {source}", dir = dir.display())]
    Full {
        /// Where.
        dir: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A file operation failed.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// An earlier write failed; what is on disk is unknown until the journal is opened again.
    #[error("the journal failed earlier and takes no more records")]
    Failed,
    /// The options make no sense.
    #[error("journal options: {0}")]
    Options(&'static str),
    /// The writer thread panicked.
    #[error("the journal's writer panicked: {0}")]
    WriterPanicked(String),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}
