//! What opening a journal does: read every record, check that none is missing or changed, cut an interrupted write.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskFile};
use super::frame::{self, END_MARK};
use super::places::{SegmentFile, Segments};
use super::tail::{self, Tail};
use super::window::{Cursor, Window};
use super::{Error, Head, Heads, Record, ZERO_HASH, segment};
use crate::faults::{Fault, planted};

/// Where reading starts.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Records before this LSN are not visited; 0 and 1 mean all. Segments that only have such records are not read.
    pub from_lsn: u64,
    /// The last record that each auction's snapshot covers. Records of an auction up to its head are not visited. Every
    /// auction with a record before `from_lsn` must have a head here.
    pub heads: Heads,
}

impl Start {
    /// Everything, from the first record on.
    pub fn beginning() -> Self {
        Self::default()
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Records visited.
    pub records: u64,
    /// The last LSN; 0 for an empty journal.
    pub last_lsn: u64,
    /// The last record of every auction (those of [`Start::heads`] included).
    pub heads: Heads,
    /// The interrupted write that was cut, if there was one.
    pub torn: Option<Torn>,
}

/// An interrupted write at the end of the journal. None of it had been acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The segment.
    pub file: PathBuf,
    /// Where the cut was made, in bytes.
    pub offset: u64,
    /// How many bytes were set to zero.
    pub bytes: u64,
}

/// Called for every record, in LSN order.
pub type Visitor<'v> = dyn FnMut(&Record<'_>) + 'v;

/// The segment to write on in, and where.
pub(super) struct Position {
    pub path: PathBuf,
    pub file: Box<dyn DiskFile>,
    pub header: segment::Header,
    pub offset: u64,
}

/// Reads the journal in `dir`; `None` for the position if there is no segment yet.
pub(super) fn recover(
    disk: &dyn Disk,
    dir: &Path,
    start: Start,
    visit: &mut Visitor<'_>,
) -> Result<(Recovery, Option<Position>), Error> {
    let segments = Segments::of(disk, dir)?;
    let from_lsn = start.from_lsn.max(1);
    let mut chain = Chain::new(from_lsn, start.heads);
    if segments.is_empty() {
        chain.check_end(0)?;
        return Ok((Recovery::default(), None));
    }
    let first = segments.reach(from_lsn)?;
    let mut recovery = Recovery::default();
    let mut next_lsn = segments.files[first].first_lsn;
    let mut node = None;
    let mut position = None;
    for (index, SegmentFile { first_lsn, .. }) in segments.files.iter().enumerate().skip(first) {
        let following = segments.following(index);
        let (path, file) = segments.open(disk, index, following.is_none())?;
        let header = segment::Header::read(&path, &*file, *first_lsn)?;
        let corrupt = |offset: u64, last_good_lsn: u64, reason: String| Error::Corrupt {
            file: path.clone(),
            offset,
            last_good_lsn,
            reason,
        };
        if *node.get_or_insert(header.node) != header.node {
            return Err(corrupt(0, next_lsn - 1, OTHER_NODE.to_owned()));
        }
        restore_length(&path, &*file, &header, following.is_none())?;
        let window = Window::new(&*file, header.segment_bytes).map_err(Error::io("read", &path))?;
        let mut cursor = Cursor::new(window, header.salt);
        loop {
            let stop = read_frames(
                &mut cursor,
                &path,
                &mut next_lsn,
                &mut chain,
                &mut recovery,
                visit,
            )?;
            if following == Some(next_lsn) {
                break;
            }
            if let Some(following) = following {
                // The next segment is only begun once everything in this one is durable.
                let reason = gap(next_lsn, following, &stop);
                return Err(corrupt(cursor.offset, next_lsn - 1, reason));
            }
            let offset = cursor.offset;
            let judged = tail::judge(&mut cursor.window, offset, next_lsn - 1, header.salt);
            match judged.map_err(Error::io("read", &path))? {
                Tail::Clean => break,
                Tail::Corrupt { .. } if planted(Fault::CutAnyTail) => {
                    let used_end = cursor.window.end();
                    cut(&path, &*file, offset, used_end)?;
                    break;
                }
                Tail::Corrupt { reason } => return Err(corrupt(offset, next_lsn - 1, reason)),
                Tail::Torn { used_end } => {
                    cut(&path, &*file, offset, used_end)?;
                    let bytes = used_end - offset;
                    tracing::warn!(
                        file = %path.display(), offset, bytes, last_lsn = next_lsn - 1,
                        "an interrupted write was cut off the journal; none of it had been acknowledged"
                    );
                    recovery.torn = Some(Torn {
                        file: path.clone(),
                        offset,
                        bytes,
                    });
                    break;
                }
                Tail::Unmarked { mark_offset } => {
                    file.write_all_at(&END_MARK, mark_offset)
                        .map_err(Error::io("write", &path))?;
                    file.sync_data().map_err(Error::io("sync", &path))?;
                    let window = Window::new(&*file, header.segment_bytes);
                    cursor.window = window.map_err(Error::io("read", &path))?;
                }
            }
        }
        let offset = cursor.offset;
        if following.is_none() {
            let last_flush = cursor.last_flush.map_or(offset, |(_, from)| from);
            settle(&path, &*file, last_flush, offset)?;
            position = Some(Position {
                path,
                file,
                header,
                offset,
            });
        }
    }
    recovery.last_lsn = next_lsn - 1;
    chain.check_end(recovery.last_lsn)?;
    recovery.heads = chain.heads;
    Ok((recovery, position))
}

/// What is wrong with a segment whose header names another journal.
pub(super) const OTHER_NODE: &str = "the segment belongs to another journal";

/// A segment ends before the next one begins.
pub(super) fn gap(next_lsn: u64, following: u64, stop: &frame::Error) -> String {
    format!(
        "records {next_lsn} to {} are bad or missing: {stop}",
        following - 1
    )
}

/// Reads frames until one does not check, which is what is returned.
pub(super) fn read_frames(
    cursor: &mut Cursor<'_>,
    path: &Path,
    next_lsn: &mut u64,
    chain: &mut Chain,
    recovery: &mut Recovery,
    visit: &mut Visitor<'_>,
) -> Result<frame::Error, Error> {
    loop {
        let header = match cursor.header().map_err(Error::io("read", path))? {
            Ok(header) => header,
            Err(stop) => return Ok(stop),
        };
        let offset = cursor.offset;
        let payload = match cursor.payload(&header).map_err(Error::io("read", path))? {
            Ok(payload) => payload,
            Err(stop) => return Ok(stop),
        };
        let corrupt = |reason: String| Error::Corrupt {
            file: path.to_owned(),
            offset,
            last_good_lsn: *next_lsn - 1,
            reason,
        };
        if header.lsn != *next_lsn {
            return Err(corrupt(format!(
                "record {} found where {next_lsn} belongs",
                header.lsn
            )));
        }
        if header.lsn >= chain.from_lsn {
            recovery.records += u64::from(chain.take(&header.record(payload), visit, corrupt)?);
        }
        cursor.advance(&header);
        *next_lsn += 1;
    }
}

/// What a record is to the history of its auction.
enum Link {
    Follows,
    Covered,
    Broken(String),
    Mismatch(String),
}

/// Follows the history of every auction.
pub(super) struct Chain {
    pub from_lsn: u64,
    pub heads: Heads,
    /// Given heads whose own record was not seen yet.
    unseen: HashMap<u128, u64>,
}

impl Chain {
    pub fn new(from_lsn: u64, heads: Heads) -> Self {
        let unseen = heads.iter().map(|(auction, head)| (*auction, head.lsn)).collect();
        Self {
            from_lsn,
            heads,
            unseen,
        }
    }

    /// Takes the next record, and visits it unless a given head covers it; whether it was visited. `broken` is the error
    /// of one that does not follow.
    pub fn take(
        &mut self,
        record: &Record<'_>,
        visit: &mut Visitor<'_>,
        broken: impl FnOnce(String) -> Error,
    ) -> Result<bool, Error> {
        match self.follow(record) {
            Link::Follows => {
                visit(record);
                Ok(true)
            }
            Link::Covered => Ok(false),
            Link::Broken(reason) => Err(broken(reason)),
            Link::Mismatch(reason) => Err(Error::HeadMismatch {
                auction: record.auction,
                reason,
            }),
        }
    }

    fn follow(&mut self, record: &Record<'_>) -> Link {
        let head = self.heads.get(&record.auction);
        if let Some(head) = head
            && record.lsn <= head.lsn
        {
            if record.lsn < head.lsn {
                return Link::Covered;
            }
            if record.seq != head.seq || record.hash != head.hash {
                return Link::Mismatch(format!("record {} is not the one it names", record.lsn));
            }
            self.unseen.remove(&record.auction);
            return Link::Covered;
        }
        let (seq, prev) = head.map_or((1, ZERO_HASH), |head| (head.seq + 1, head.hash));
        let follows = record.seq == seq && record.prev == prev;
        if !follows && !planted(Fault::DropChainCheck) {
            let reason = if record.seq == seq {
                format!(
                    "record {} does not name the hash of its auction's record before it",
                    record.lsn
                )
            } else {
                format!("record {} has seq {} where {seq} belongs", record.lsn, record.seq)
            };
            // Without a head that was seen on disk, it may be the caller's head that is wrong.
            let from_caller =
                self.unseen.contains_key(&record.auction) || (head.is_none() && self.from_lsn > 1);
            return if from_caller {
                Link::Mismatch(reason)
            } else {
                Link::Broken(reason)
            };
        }
        self.unseen.remove(&record.auction);
        self.heads.insert(
            record.auction,
            Head {
                lsn: record.lsn,
                seq: record.seq,
                hash: record.hash,
            },
        );
        Link::Follows
    }

    /// Every given head must lie within the journal, and be there if its place was read.
    pub fn check_end(&self, last_lsn: u64) -> Result<(), Error> {
        for (auction, lsn) in &self.unseen {
            if *lsn > last_lsn {
                return Err(Error::BehindSnapshot {
                    auction: *auction,
                    snapshot_lsn: *lsn,
                    last_lsn,
                });
            }
            if *lsn >= self.from_lsn {
                let reason = format!("record {lsn} is of another auction");
                return Err(Error::HeadMismatch {
                    auction: *auction,
                    reason,
                });
            }
        }
        Ok(())
    }
}

/// A last segment that a copy or a file system cut short gets its zeros back.
fn restore_length(
    path: &Path,
    file: &dyn DiskFile,
    header: &segment::Header,
    is_last: bool,
) -> Result<(), Error> {
    let length = file.len().map_err(Error::io("read", path))?;
    if length > header.segment_bytes {
        return Err(Error::Corrupt {
            file: path.to_owned(),
            offset: header.segment_bytes,
            last_good_lsn: header.first_lsn - 1,
            reason: format!(
                "the segment is longer than the {} bytes it was made with",
                header.segment_bytes
            ),
        });
    }
    if is_last && length < header.segment_bytes {
        cut(path, file, length, header.segment_bytes)?;
    }
    Ok(())
}

/// Makes the last flush durable, from which records may be that a killed process had only written: they count from now
/// on. Written once more, because a sync may have failed before: then the kernel takes for clean what is only in its
/// memory, and another sync would do nothing and say that all is well.
fn settle(path: &Path, file: &dyn DiskFile, from: u64, to: u64) -> Result<(), Error> {
    if !planted(Fault::TrustPageCache) {
        let mut bytes = vec![0; usize::try_from(to - from).unwrap_or(0)];
        let read = file.read_at(&mut bytes, from).map_err(Error::io("read", path))?;
        file.write_all_at(&bytes[..read], from)
            .map_err(Error::io("write", path))?;
    }
    file.sync_data().map_err(Error::io("sync", path))
}

/// Writes zeros and makes them durable.
pub(super) fn cut(path: &Path, file: &dyn DiskFile, from: u64, to: u64) -> Result<(), Error> {
    let zeros = vec![0; 1 << 16];
    let mut at = from;
    while at < to {
        let length = usize::try_from(to - at).unwrap_or(zeros.len()).min(zeros.len());
        file.write_all_at(&zeros[..length], at)
            .map_err(Error::io("cut", path))?;
        at += length as u64;
    }
    file.sync_data().map_err(Error::io("sync", path))
}

#[cfg(test)]
mod tests;
