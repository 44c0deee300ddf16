//! Giving up the end of a journal, for an operator who has decided to.

use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::places::Segments;
use super::recovery::cut;
use super::window::{Cursor, Window};
use super::{Error, segment};

/// What a cut after a record takes; nothing of it is done yet.
#[derive(Debug)]
pub struct Truncation {
    dir: PathBuf,
    /// The segment that is cut, and where.
    cut: Option<(PathBuf, u64)>,
    /// Those after it, in order.
    given_up: Vec<PathBuf>,
}

impl Truncation {
    /// Looks up what removing every record after `lsn` from the segments in `dir` takes; 0 removes all.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the records up to `lsn` do not hold in its segment or are not there,
    /// [`Error::InArchive`], [`Error::UnknownFormat`], [`Error::Io`].
    pub fn after(disk: &dyn Disk, dir: &Path, lsn: u64) -> Result<Self, Error> {
        let segments = Segments::of(disk, dir)?;
        let kept = segments.files.iter().rposition(|file| file.first_lsn <= lsn);
        let cut = match kept {
            None if lsn > 0 => {
                return Err(Error::Corrupt {
                    file: dir.to_owned(),
                    offset: 0,
                    last_good_lsn: 0,
                    reason: format!("there is no segment with record {lsn}"),
                });
            }
            None => None,
            Some(kept) => {
                let file = &segments.files[kept];
                Some((file.path.clone(), end_of(disk, &file.path, file.first_lsn, lsn)?))
            }
        };
        let touched = &segments.files[kept.unwrap_or(0)..];
        if let Some(archived) = touched.iter().find(|file| file.is_archived) {
            return Err(Error::InArchive {
                lsn,
                file: archived.path.clone(),
            });
        }
        let given_up = touched.iter().skip(usize::from(kept.is_some()));
        Ok(Self {
            dir: dir.to_owned(),
            cut,
            given_up: given_up.map(|file| file.path.clone()).collect(),
        })
    }

    /// Does it; nobody has the journal open.
    ///
    /// Later segments go first, the last one first of all, and the first record that is given up is the first to be
    /// overwritten: interrupted anywhere, the journal is refused, or it ends where it should already. A new one after
    /// the same record completes it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn carry_out(&self, disk: &dyn Disk) -> Result<(), Error> {
        let dir = &self.dir;
        let open_dir = disk.open_dir(dir).map_err(Error::io("open", dir))?;
        for path in self.given_up.iter().rev() {
            disk.remove(path).map_err(Error::io("remove", path))?;
            // One by one: a gap in the middle would be there after a power cut otherwise.
            open_dir.sync().map_err(Error::io("sync", dir))?;
        }
        if let Some((path, end)) = &self.cut {
            let file = disk.open(path, true).map_err(Error::io("open", path))?;
            let length = file.len().map_err(Error::io("read", path))?;
            cut(path, &*file, *end, length)?;
        }
        Ok(())
    }
}

/// Where record `lsn` ends in its segment, in bytes.
fn end_of(disk: &dyn Disk, path: &Path, first_lsn: u64, lsn: u64) -> Result<u64, Error> {
    let file = disk.open(path, false).map_err(Error::io("open", path))?;
    let header = segment::Header::read(path, &*file, first_lsn)?;
    let window = Window::new(&*file, header.segment_bytes).map_err(Error::io("read", path))?;
    let mut cursor = Cursor::new(window, header.salt);
    for expected in first_lsn..=lsn {
        let offset = cursor.offset;
        let corrupt = |reason: String| Error::Corrupt {
            file: path.to_owned(),
            offset,
            last_good_lsn: expected - 1,
            reason: format!("record {expected}: {reason}"),
        };
        let header = cursor.header().map_err(Error::io("read", path))?;
        let header = header.map_err(|error| corrupt(error.to_string()))?;
        if header.lsn != expected {
            return Err(corrupt(format!("record {} is in its place", header.lsn)));
        }
        let payload = cursor.payload(&header).map_err(Error::io("read", path))?;
        payload.map_err(|error| corrupt(error.to_string()))?;
        cursor.advance(&header);
    }
    Ok(cursor.offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::check::check_on;
    use crate::journal::conformance::fill;
    use crate::journal::mem_disk::MemDisk;
    use crate::journal::{Checked, Journal, Options, SegmentJournal, Start};
    use std::path::PathBuf;
    use std::sync::Arc;

    fn dir() -> PathBuf {
        PathBuf::from("/journal")
    }

    fn open(disk: &MemDisk) -> (SegmentJournal, u64) {
        let options = Options {
            segment_bytes: 16 << 10,
            disk: Arc::new(disk.clone()),
            ..Options::default()
        };
        let mut visited = 0;
        let opened = SegmentJournal::open(&dir(), options, Start::beginning(), &mut |_| visited += 1);
        (opened.unwrap().0, visited)
    }

    fn filled() -> MemDisk {
        let disk = MemDisk::default();
        fill(&mut open(&disk).0, 300);
        disk
    }

    fn truncate(disk: &MemDisk, dir: &Path, lsn: u64) -> Result<(), Error> {
        Truncation::after(disk, dir, lsn)?.carry_out(disk)
    }

    fn copy(disk: &MemDisk) -> MemDisk {
        let copy = MemDisk::default();
        for (path, bytes) in disk.files() {
            copy.put(&path, bytes);
        }
        copy
    }

    fn checked(disk: &MemDisk) -> Checked {
        check_on(&Arc::new(disk.clone()), &dir(), &mut |_, _| Ok(())).unwrap()
    }

    #[test]
    fn cut_at_any_record_it_ends_there_and_goes_on() {
        let whole = filled();
        let last_lsn = checked(&whole).last_lsn;
        assert!(whole.files().len() > 3, "several segments");
        for lsn in 0..=last_lsn {
            let disk = copy(&whole);
            truncate(&disk, &dir(), lsn).unwrap();
            let cut = checked(&disk);
            assert_eq!((cut.last_lsn, cut.records), (lsn, lsn));
            assert_eq!((cut.torn, cut.damage), (None, None));
            let (mut journal, visited) = open(&disk);
            assert_eq!((visited, journal.next_lsn()), (lsn, lsn + 1));
            fill(&mut journal, 3);
            assert_eq!(checked(&disk).last_lsn + 1, journal.next_lsn());
        }
    }

    #[test]
    fn damage_after_the_cut_goes_with_it() {
        let whole = filled();
        for (path, bytes) in whole.files() {
            // A segment's header, a frame in its middle.
            for at in [20, bytes.len() / 2] {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x11;
                let disk = copy(&whole);
                disk.put(&path, damaged);
                let Some(damage) = checked(&disk).damage else {
                    // Nothing was ever written there.
                    assert_eq!(bytes[at], 0);
                    continue;
                };
                for lsn in [damage.last_good_lsn, damage.last_good_lsn / 2] {
                    let disk = copy(&disk);
                    truncate(&disk, &dir(), lsn).unwrap();
                    let cut = checked(&disk);
                    assert_eq!((cut.last_lsn, cut.torn, cut.damage), (lsn, None, None));
                }
            }
        }
    }

    #[test]
    fn what_does_not_hold_is_not_cut_at() {
        let disk = filled();
        let last_lsn = checked(&disk).last_lsn;
        let files = disk.files();
        let refused = |lsn: u64| {
            let error = truncate(&disk, &dir(), lsn).unwrap_err();
            assert!(matches!(error, Error::Corrupt { .. }), "{error}");
            assert_eq!(disk.files(), files);
        };
        refused(last_lsn + 1);
        refused(u64::MAX);
        let (path, mut bytes) = files[1].clone();
        bytes[segment::HEADER_BYTES + 50] ^= 1;
        disk.put(&path, bytes);
        let files = disk.files();
        let damage = checked(&disk).damage.unwrap();
        let error = truncate(&disk, &dir(), damage.last_good_lsn + 1).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        assert_eq!(disk.files(), files);
    }

    #[test]
    fn a_cut_that_fails_in_the_middle_is_completed_by_the_next() {
        let disk = filled();
        let lsn = 40;
        disk.set_fail_syncs(true);
        truncate(&disk, &dir(), lsn).unwrap_err();
        disk.set_fail_syncs(false);
        truncate(&disk, &dir(), lsn).unwrap();
        let cut = checked(&disk);
        assert_eq!((cut.last_lsn, cut.torn, cut.damage), (lsn, None, None));
    }
}
