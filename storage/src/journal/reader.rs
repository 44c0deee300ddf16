//! Reads durable records beside the writer.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::Arc;

use super::disk::Disk;
use super::places::{SegmentFile, Segments};
use super::window::{Cursor, Window};
use super::{Error, Hash, Reader, Record, ScanVisitor, segment};

/// The records of one auction that a scan has come by, from wherever it began.
#[derive(Default)]
pub(super) struct History {
    last: Option<(u64, Hash)>,
}

impl History {
    /// Refuses a record that does not follow the one before it; says so.
    pub fn follow(&mut self, record: &Record<'_>) -> Result<(), String> {
        if self
            .last
            .is_some_and(|last| last != (record.seq - 1, record.prev))
        {
            return Err(format!(
                "record {} does not follow its auction's history",
                record.lsn
            ));
        }
        self.last = Some((record.seq, record.hash));
        Ok(())
    }
}

/// Reads the segments of a directory.
pub(super) struct SegmentReader {
    pub disk: Arc<dyn Disk>,
    pub dir: PathBuf,
}

impl Reader for SegmentReader {
    fn scan(
        &self,
        lsns: RangeInclusive<u64>,
        auction: Option<u128>,
        visit: &mut ScanVisitor<'_>,
    ) -> Result<(), Error> {
        let (from_lsn, to_lsn) = (*lsns.start().max(&1), *lsns.end());
        if from_lsn > to_lsn {
            return Ok(());
        }
        let segments = Segments::of(&*self.disk, &self.dir)?;
        let first = segments.reach(from_lsn)?;
        let mut next_lsn = from_lsn;
        let mut history = History::default();
        for (index, SegmentFile { first_lsn, .. }) in segments.files.iter().enumerate().skip(first) {
            if next_lsn > to_lsn {
                break;
            }
            let (path, file) = segments.open(&*self.disk, index, false)?;
            let header = segment::Header::read(&path, &*file, *first_lsn)?;
            let window = Window::new(&*file, header.segment_bytes).map_err(Error::io("read", &path))?;
            let mut cursor = Cursor::new(window, header.salt);
            let end_lsn = segments
                .following(index)
                .map_or(to_lsn, |following| to_lsn.min(following - 1));
            for lsn in *first_lsn..=end_lsn {
                let offset = cursor.offset;
                let corrupt = |reason: String| Error::Corrupt {
                    file: path.clone(),
                    offset,
                    last_good_lsn: lsn - 1,
                    reason,
                };
                let header = cursor.header().map_err(Error::io("read", &path))?;
                let header = header.map_err(|error| corrupt(format!("record {lsn}: {error}")))?;
                if header.lsn != lsn {
                    return Err(corrupt(format!(
                        "record {} found where {lsn} belongs",
                        header.lsn
                    )));
                }
                // What is not asked for is stepped over: its length is covered by the header's checksum.
                if lsn >= from_lsn && auction.is_none_or(|auction| auction == header.auction) {
                    let payload = cursor.payload(&header).map_err(Error::io("read", &path))?;
                    let payload = payload.map_err(|error| corrupt(format!("record {lsn}: {error}")))?;
                    let record = header.record(payload);
                    if auction.is_some() {
                        history.follow(&record).map_err(corrupt)?;
                    }
                    if visit(&record).is_break() {
                        return Ok(());
                    }
                }
                cursor.advance(&header);
                next_lsn = lsn + 1;
            }
        }
        if next_lsn <= to_lsn {
            return Err(Error::Corrupt {
                file: self.dir.clone(),
                offset: 0,
                last_good_lsn: next_lsn - 1,
                reason: format!("records {next_lsn} to {to_lsn} are missing"),
            });
        }
        Ok(())
    }
}
