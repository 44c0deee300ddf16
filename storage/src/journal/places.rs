//! Where the segments of a journal are: in its directory and, the older ones, in its archive.
//!
//! A file in the directory notes where the archive is, so that whoever has the directory finds all of the journal. It is
//! durable before the first segment leaves.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Disk, DiskFile, OsDisk};
use super::{Error, segment};

/// The file that says where the archive is.
pub(super) const NOTE: &str = "archived-to";
const NOTE_BYTES_MAX: usize = 16 << 10;

/// A segment, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentFile {
    /// Its first record.
    pub first_lsn: u64,
    /// Its file.
    pub path: PathBuf,
    /// The file is in the archive, and not in the journal's directory any more.
    pub is_archived: bool,
}

/// The segments of the journal in `dir`, in order, wherever they are. A segment that leaves for the archive meanwhile is
/// found there by its name.
///
/// # Errors
/// [`Error::ArchiveUnreachable`], [`Error::BehindArchive`], [`Error::Corrupt`] for a note that cannot be read, [`Error::Io`].
pub fn segment_files(dir: &Path) -> Result<Vec<SegmentFile>, Error> {
    let segments = Segments::of(&OsDisk, dir)?;
    segments.reach(1)?;
    Ok(segments.files)
}

/// The segments of a journal.
pub(super) struct Segments {
    /// In order.
    pub files: Vec<SegmentFile>,
    dir: PathBuf,
    archive: Option<PathBuf>,
    /// Why the archive could not be listed.
    unreachable: Option<String>,
}

impl Segments {
    /// Lists them where the note says.
    pub fn of(disk: &dyn Disk, dir: &Path) -> Result<Self, Error> {
        Self::with(disk, dir, read_note(disk, dir)?)
    }

    /// Lists them in the directory and in this archive.
    pub fn with(disk: &dyn Disk, dir: &Path, archive: Option<PathBuf>) -> Result<Self, Error> {
        let mut listed = Self::listed(disk, dir, archive.clone())?;
        // A segment that was closed and archived between the two listings looks like one of a later time. Then the
        // directory has a new one to write in.
        while let Err(behind) = &listed {
            let again = Self::listed(disk, dir, archive.clone())?;
            match &again {
                Err(still) if still.live == behind.live => break,
                _ => listed = again,
            }
        }
        listed.map_err(|behind| Error::BehindArchive {
            dir: dir.to_owned(),
            archive: archive.unwrap_or_default(),
            archived_lsn: behind.archived_lsn,
        })
    }

    fn listed(disk: &dyn Disk, dir: &Path, archive: Option<PathBuf>) -> Result<Result<Self, Behind>, Error> {
        // First: what leaves the directory is in the archive by then.
        let names = disk.list(dir).map_err(Error::io("list", dir))?;
        let mut files = files(&names, dir, false);
        let live = files.iter().map(|file| file.first_lsn).max();
        let mut unreachable = None;
        if let Some(archive) = &archive {
            match disk.list(archive) {
                Ok(names) => {
                    let archived = self::files(&names, archive, true);
                    // Only what is closed is archived.
                    let last = archived.iter().map(|file| file.first_lsn).max();
                    if let Some(archived_lsn) = last
                        && live.is_none_or(|live| archived_lsn >= live)
                    {
                        return Ok(Err(Behind { live, archived_lsn }));
                    }
                    files.extend(archived);
                }
                Err(error) => unreachable = Some(error.to_string()),
            }
        }
        // Those in the directory first: they count.
        files.sort_by_key(|file| (file.first_lsn, file.is_archived));
        files.dedup_by_key(|file| file.first_lsn);
        Ok(Ok(Self {
            files,
            dir: dir.to_owned(),
            archive,
            unreachable,
        }))
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Where the segment with this record is in the list.
    ///
    /// # Errors
    /// [`Error::ArchiveUnreachable`], [`Error::Corrupt`]: the journal starts later.
    pub fn reach(&self, lsn: u64) -> Result<usize, Error> {
        if let Some(index) = self.files.iter().rposition(|file| file.first_lsn <= lsn) {
            return Ok(index);
        }
        let Some(first) = self.files.first() else {
            return Ok(0);
        };
        match (&self.archive, &self.unreachable) {
            (Some(archive), Some(reason)) => Err(Error::ArchiveUnreachable {
                archive: archive.clone(),
                first_lsn: lsn,
                last_lsn: first.first_lsn - 1,
                reason: reason.clone(),
            }),
            (archive, _) => {
                let places = archive.as_ref().map_or_else(String::new, |archive| {
                    format!(
                        ", in {} and in the archive {}",
                        self.dir.display(),
                        archive.display()
                    )
                });
                Err(Error::Corrupt {
                    file: first.path.clone(),
                    offset: 0,
                    last_good_lsn: 0,
                    reason: format!(
                        "the journal starts at record {}; segments before it are missing{places}",
                        first.first_lsn
                    ),
                })
            }
        }
    }

    /// The first record of the segment after this one.
    pub fn following(&self, index: usize) -> Option<u64> {
        self.files.get(index + 1).map(|file| file.first_lsn)
    }

    /// Opens a segment, which may have left for the archive meanwhile; gives where it is as well.
    pub fn open(
        &self,
        disk: &dyn Disk,
        index: usize,
        writable: bool,
    ) -> Result<(PathBuf, Box<dyn DiskFile>), Error> {
        let file = &self.files[index];
        match disk.open(&file.path, writable) {
            Ok(opened) => Ok((file.path.clone(), opened)),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !file.is_archived => {
                let Some(archive) = read_note(disk, &self.dir)? else {
                    return Err(Error::io("open", &file.path)(error));
                };
                let path = segment::path(&archive, file.first_lsn);
                let opened = disk.open(&path, false).map_err(Error::io("open", &path))?;
                Ok((path, opened))
            }
            Err(error) => Err(Error::io("open", &file.path)(error)),
        }
    }
}

/// The archive has a segment that the directory has not come to.
struct Behind {
    /// The last segment in the directory.
    live: Option<u64>,
    archived_lsn: u64,
}

fn files(names: &[String], dir: &Path, is_archived: bool) -> Vec<SegmentFile> {
    let first_lsns = names.iter().filter_map(|name| segment::first_lsn_of(name));
    first_lsns
        .map(|first_lsn| SegmentFile {
            first_lsn,
            path: segment::path(dir, first_lsn),
            is_archived,
        })
        .collect()
}

/// Where the archive is, by the note in `dir`.
pub(super) fn read_note(disk: &dyn Disk, dir: &Path) -> Result<Option<PathBuf>, Error> {
    let path = dir.join(NOTE);
    let file = match disk.open(&path, false) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::io("open", &path)(error)),
    };
    let mut bytes = vec![0; NOTE_BYTES_MAX];
    let read = file.read_at(&mut bytes, 0).map_err(Error::io("read", &path))?;
    bytes.truncate(read);
    let archive = decode_note(&bytes);
    archive.map(Some).ok_or(Error::Corrupt {
        file: path,
        offset: 0,
        last_good_lsn: 0,
        reason: "the note of where the archive is does not match its hash".to_owned(),
    })
}

/// Notes where the archive is; durable when this returns. The note before it is replaced in one step.
pub(super) fn write_note(disk: &dyn Disk, dir: &Path, archive: &Path) -> Result<(), Error> {
    let path = dir.join(NOTE);
    let new = dir.join(format!("{NOTE}.new"));
    let text = archive.to_str().filter(|_| archive.is_absolute());
    let text = text.ok_or(Error::Options("the archive must be an absolute path in UTF-8"))?;
    let note = format!("{text}\n{}\n", blake3::hash(text.as_bytes()).to_hex());
    if note.len() > NOTE_BYTES_MAX {
        return Err(Error::Options("the archive's path is too long"));
    }
    match disk.remove(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::io("remove", &new)(error));
        }
        _ => {}
    }
    let file = disk.create_zeroed(&new, 0).map_err(Error::io("create", &new))?;
    file.write_all_at(note.as_bytes(), 0)
        .map_err(Error::io("write", &new))?;
    file.sync_data().map_err(Error::io("sync", &new))?;
    disk.rename(&new, &path).map_err(Error::io("rename", &new))?;
    let open_dir = disk.open_dir(dir).map_err(Error::io("open", dir))?;
    open_dir.sync().map_err(Error::io("sync", dir))
}

fn decode_note(bytes: &[u8]) -> Option<PathBuf> {
    let text = str::from_utf8(bytes).ok()?;
    let (path, check) = text.strip_suffix('\n')?.split_once('\n')?;
    (blake3::hash(path.as_bytes()).to_hex().as_str() == check).then(|| PathBuf::from(path))
}
