//! Reads a journal that another process may be writing: nothing is opened for writing, cut or mended.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::disk::{Disk, OsDisk};
use super::places::Segments;
use super::reader::SegmentReader;
use super::recovery::{self, Chain, Recovery, Torn, read_frames};
use super::tail::{self, Tail};
use super::window::{Cursor, Window};
use super::{Error, Heads, Kind, Reader, Record, ScanVisitor, frame, segment, sled_journal};

/// How often the same bytes are read again before they count as damage: a frame may be caught while it is written, with
/// its end there before its beginning.
const READS_MAX: u32 = 20;

/// The wait between.
const READ_AGAIN_MS: u64 = 5;

/// A journal as it was at one moment, read and checked from its first record on.
pub struct Survey {
    heads: Heads,
    last_lsn: u64,
    /// `None` for a journal without a record.
    reader: Option<Arc<dyn Reader>>,
}

impl Survey {
    /// Reads the journal in `dir`, of whichever kind it is. Where a record is being written, or was when its node was
    /// killed, the survey ends.
    ///
    /// Segments can be read while a node writes them. A sled journal cannot: it is taken for as long as the survey lives.
    ///
    /// # Errors
    /// [`Error::InUse`] for a sled journal that a node has open. [`Error::Corrupt`], [`Error::Damaged`], [`Error::Sled`],
    /// [`Error::UnknownFormat`], [`Error::BothKinds`], [`Error::Io`].
    pub fn of(dir: &Path) -> Result<Self, Error> {
        match Kind::of(dir)? {
            Some(Kind::Sled) => {
                let (found, reader) = sled_journal::survey(dir)?;
                Ok(Self {
                    heads: found.heads,
                    last_lsn: found.last_lsn,
                    reader,
                })
            }
            Some(Kind::Segments) | None => Self::on(Arc::new(OsDisk), dir),
        }
    }

    /// The same for segments on any disk.
    ///
    /// # Errors
    /// As [`Survey::of`].
    pub fn on(disk: Arc<dyn Disk>, dir: &Path) -> Result<Self, Error> {
        let mut walk = Walk::default();
        walk.all(&*disk, dir, &mut |_, _| {})?;
        Ok(Self {
            last_lsn: walk.next_lsn - 1,
            heads: walk.chain.heads,
            reader: Some(Arc::new(SegmentReader {
                disk,
                dir: dir.to_owned(),
            })),
        })
    }

    /// The last record of every auction.
    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// Visits the records of an auction up to the moment of the survey, in order.
    ///
    /// # Errors
    /// [`Error::Corrupt`], [`Error::Io`].
    pub fn scan(&self, auction: u128, visit: &mut ScanVisitor<'_>) -> Result<(), Error> {
        let (Some(head), Some(reader)) = (self.heads.get(&auction), &self.reader) else {
            return Ok(());
        };
        debug_assert!(head.lsn <= self.last_lsn);
        reader.scan(1..=head.lsn, Some(auction), &mut |record| {
            if record.lsn > head.lsn {
                return ControlFlow::Break(());
            }
            visit(record)
        })
    }
}

/// Where a record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'p> {
    /// The segment.
    pub file: &'p Path,
    /// Where its frame starts, in bytes.
    pub offset: u64,
    /// The length of its frame in bytes.
    pub bytes: u64,
}

/// Called for every record, in LSN order.
pub(super) type WalkVisitor<'v> = dyn FnMut(&Record<'_>, Place<'_>) + 'v;

/// A way through all segments, record by record.
pub(super) struct Walk {
    next_lsn: u64,
    chain: Chain,
    node: Option<u128>,
    /// Segments gone through, the last one perhaps not to its end.
    pub segments: u64,
    /// The interrupted write at the end, if there is one.
    pub torn: Option<Torn>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            next_lsn: 1,
            chain: Chain::new(1, Heads::new()),
            node: None,
            segments: 0,
            torn: None,
        }
    }
}

impl Walk {
    /// Goes through the journal in `dir`; what was gone through before an error was visited.
    pub fn all(&mut self, disk: &dyn Disk, dir: &Path, visit: &mut WalkVisitor<'_>) -> Result<(), Error> {
        let segments = Segments::of(disk, dir)?;
        segments.reach(1)?;
        for index in 0..segments.files.len() {
            self.segments += 1;
            self.segment(disk, &segments, index, visit)?;
        }
        Ok(())
    }

    fn segment(
        &mut self,
        disk: &dyn Disk,
        segments: &Segments,
        index: usize,
        visit: &mut WalkVisitor<'_>,
    ) -> Result<(), Error> {
        let first_lsn = segments.files[index].first_lsn;
        let following = segments.following(index);
        let (path, file) = segments.open(disk, index, false)?;
        let header = segment::Header::read(&path, &*file, first_lsn)?;
        let corrupt = |offset: u64, last_good_lsn: u64, reason: String| Error::Corrupt {
            file: path.clone(),
            offset,
            last_good_lsn,
            reason,
        };
        if *self.node.get_or_insert(header.node) != header.node {
            return Err(corrupt(0, self.next_lsn - 1, recovery::OTHER_NODE.to_owned()));
        }
        let mut offset = segment::HEADER_BYTES as u64;
        let mut reads = 0;
        loop {
            let from_lsn = self.next_lsn;
            // New each time: what an earlier one has read is as of then.
            let window = Window::new(&*file, header.segment_bytes).map_err(Error::io("read", &path))?;
            let mut cursor = Cursor::new(window, header.salt);
            cursor.offset = offset;
            // All records are visited, and frames lie one behind the other.
            let mut at = offset;
            let stop = read_frames(
                &mut cursor,
                &path,
                &mut self.next_lsn,
                &mut self.chain,
                &mut Recovery::default(),
                &mut |record| {
                    let bytes = frame::frame_bytes(record.payload.len()) as u64;
                    let place = Place {
                        file: &path,
                        offset: at,
                        bytes,
                    };
                    visit(record, place);
                    at += bytes;
                },
            )?;
            offset = cursor.offset;
            let last_good_lsn = self.next_lsn - 1;
            if following == Some(self.next_lsn) {
                return Ok(());
            }
            if let Some(following) = following {
                return Err(corrupt(
                    offset,
                    last_good_lsn,
                    recovery::gap(self.next_lsn, following, &stop),
                ));
            }
            let judged = tail::judge(&mut cursor.window, offset, last_good_lsn, header.salt);
            let judged = judged.map_err(Error::io("read", &path))?;
            match judged {
                Tail::Clean | Tail::Torn { .. } | Tail::Unmarked { .. } => {
                    let used_end = match judged {
                        Tail::Torn { used_end } => Some(used_end),
                        Tail::Unmarked { mark_offset } => Some(mark_offset),
                        Tail::Clean | Tail::Corrupt { .. } => None,
                    };
                    self.torn = used_end.map(|used_end| Torn {
                        file: path.clone(),
                        offset,
                        bytes: used_end - offset,
                    });
                    // What was read may not be durable yet; nothing is shown that a power cut could take back.
                    return file.sync_data().map_err(Error::io("sync", &path));
                }
                Tail::Corrupt { reason } => {
                    reads = if self.next_lsn > from_lsn { 0 } else { reads + 1 };
                    if reads == READS_MAX {
                        return Err(corrupt(offset, last_good_lsn, reason));
                    }
                    thread::sleep(Duration::from_millis(READ_AGAIN_MS));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::conformance::{fill, payload};
    use crate::journal::frame::HEADER_BYTES;
    use crate::journal::mem_disk::MemDisk;
    use crate::journal::{Head, Journal, Options, Pending, SegmentJournal, Start};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};
    use tempfile::TempDir;

    fn open(disk: Arc<dyn Disk>, dir: &Path) -> SegmentJournal {
        let options = Options {
            segment_bytes: 16 << 10,
            disk,
            ..Options::default()
        };
        SegmentJournal::open(dir, options, Start::beginning(), &mut |_| {})
            .unwrap()
            .0
    }

    fn dir() -> PathBuf {
        PathBuf::from("/journal")
    }

    /// A journal of several segments on a disk in memory, closed, and what it holds.
    fn filled() -> (MemDisk, Heads) {
        let disk = MemDisk::default();
        let mut journal = open(Arc::new(disk.clone()), &dir());
        fill(&mut journal, 300);
        let heads = journal.heads().clone();
        (disk, heads)
    }

    fn survey(disk: &MemDisk) -> Result<Survey, Error> {
        Survey::on(Arc::new(disk.clone()), &dir())
    }

    /// The segment that was written last, and where its records end.
    fn last_segment(disk: &MemDisk) -> (PathBuf, Vec<u8>, usize) {
        let (path, bytes) = disk
            .files()
            .into_iter()
            .rfind(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"))
            .unwrap();
        let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
        (path, bytes, end)
    }

    #[test]
    fn everything_is_read_and_nothing_is_written() {
        let (disk, heads) = filled();
        let (files, writes) = (disk.files(), disk.writes());
        assert!(files.len() > 3, "several segments");
        let survey = survey(&disk).unwrap();
        assert_eq!(survey.heads(), &heads);
        for (auction, head) in &heads {
            let mut last = (0, [0; 32]);
            let visited = survey.scan(*auction, &mut |record| {
                assert_eq!(record.seq, last.0 + 1);
                last = (record.seq, record.hash);
                ControlFlow::Continue(())
            });
            visited.unwrap();
            assert_eq!(last, (head.seq, head.hash));
        }
        let mut nothing = true;
        let unknown = survey.scan(u128::MAX, &mut |_| {
            nothing = false;
            ControlFlow::Continue(())
        });
        unknown.unwrap();
        assert!(nothing);
        assert_eq!((disk.files(), disk.writes()), (files, writes));
    }

    #[test]
    fn an_empty_journal_is_no_error_and_a_missing_one_is() {
        let disk = MemDisk::default();
        drop(open(Arc::new(disk.clone()), &dir()));
        assert!(survey(&disk).unwrap().heads().is_empty());
        let missing = TempDir::new().unwrap().path().join("journal");
        assert!(matches!(Survey::of(&missing), Err(Error::Io { .. })));
    }

    #[test]
    fn a_record_that_is_being_written_ends_it() {
        let (disk, heads) = filled();
        let (path, whole, end) = last_segment(&disk);
        let last_lsn = heads.values().map(|head| head.lsn).max().unwrap();
        for missing in [1, 9, 40] {
            let mut bytes = whole.clone();
            bytes[end - missing..].fill(0);
            disk.put(&path, bytes.clone());
            let survey = survey(&disk).unwrap();
            assert_eq!(survey.last_lsn, last_lsn - 1);
            assert_eq!(last_segment(&disk).1, bytes, "left as it is");
        }
    }

    #[test]
    fn damage_is_named() {
        let (disk, _) = filled();
        let (path, whole, _) = last_segment(&disk);
        let mut bytes = whole.clone();
        bytes[segment::HEADER_BYTES + HEADER_BYTES + 3] ^= 1;
        disk.put(&path, bytes);
        assert!(matches!(survey(&disk), Err(Error::Corrupt { file, .. }) if file == path));
        disk.put(&path, whole);
        disk.remove(&segment::path(&dir(), 1)).unwrap();
        assert!(matches!(survey(&disk), Err(Error::Corrupt { reason, .. }) if reason.contains("missing")));
    }

    #[test]
    fn it_works_beside_a_writer() {
        let directory = TempDir::new().unwrap();
        let mut journal = open(Arc::new(OsDisk), directory.path());
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut head: Option<Head> = None;
                for batch in 0..400 {
                    let mut records = Vec::new();
                    for lsn in journal.next_lsn()..journal.next_lsn() + 1 + batch % 5 {
                        let record = Pending::chained(head.as_ref(), lsn, 7, payload(lsn, 3_000));
                        head = Some(record.head());
                        records.push(record);
                    }
                    journal.append_batch(&records).unwrap();
                }
                done.store(true, Ordering::Release);
            });
            let mut last_lsn = 0;
            while !done.load(Ordering::Acquire) {
                let survey = Survey::of(directory.path()).unwrap();
                assert!(survey.last_lsn >= last_lsn);
                last_lsn = survey.last_lsn;
                let mut seen = 0;
                let scanned = survey.scan(7, &mut |record| {
                    assert_eq!(record.payload, payload(record.lsn, 3_000));
                    seen = record.lsn;
                    ControlFlow::Continue(())
                });
                scanned.unwrap();
                assert_eq!(seen, last_lsn);
            }
        });
        let survey = Survey::of(directory.path()).unwrap();
        assert_eq!(survey.last_lsn + 1, journal.next_lsn());
    }
}
