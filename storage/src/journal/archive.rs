//! Moves closed segments to an archive, in a thread of its own: nothing waits for it, and nothing it cannot do is fatal.
//!
//! A segment leaves the journal's directory only when a copy of it is in the archive under its name, synced, read back,
//! whole, and the same. Without an archive nothing ever leaves.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::disk::{Disk, DiskFile};
use super::places::{self, Segments};
use super::window::{Cursor, Window};
use super::{Error, Hash, segment};

/// Copies are made in pieces of this size; between two of them the thread looks whether it is to end.
const PIECE_BYTES: usize = 1 << 20;
const COPYING: &str = ".copying";

/// What stays in the journal's directory, and where the rest goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// An existing directory, absolute, of this journal only. Closed segments are copied here.
    pub archive: PathBuf,
    /// Closed segments that stay in the journal's directory as well.
    pub keep_segments: usize,
    /// How often the thread looks for closed segments, and tries again what did not work. Five seconds.
    pub every: Duration,
}

impl Retention {
    /// With this archive.
    pub fn new(archive: PathBuf, keep_segments: usize) -> Self {
        Self {
            archive,
            keep_segments,
            every: Duration::from_secs(5),
        }
    }
}

/// Notes the archive in the journal's directory. One that is noted already may be replaced by another only if that
/// has what is not in the directory.
pub(super) fn note(disk: &dyn Disk, dir: &Path, archive: &Path) -> Result<(), Error> {
    let noted = places::read_note(disk, dir)?;
    if noted.as_deref() == Some(archive) {
        return Ok(());
    }
    let segments = Segments::with(disk, dir, Some(archive.to_owned()))?;
    if noted.is_some() {
        segments.reach(1)?;
    }
    places::write_note(disk, dir, archive)
}

/// The thread.
pub(super) struct Archiver {
    stopped: Arc<AtomicBool>,
    wake: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Archiver {
    pub fn start(disk: Arc<dyn Disk>, dir: &Path, retention: Retention) -> Result<Self, Error> {
        let (wake, woken) = mpsc::channel::<()>();
        let stopped = Arc::new(AtomicBool::new(false));
        let every = retention.every;
        let mut work = Work {
            disk,
            dir: dir.to_owned(),
            retention,
            same: BTreeSet::new(),
            stopped: Arc::clone(&stopped),
        };
        let thread = thread::Builder::new()
            .name("journal-archiver".to_owned())
            .spawn(move || {
                let mut is_failing = false;
                loop {
                    match work.pass() {
                        Ok(()) if is_failing => {
                            tracing::info!("the archive of the journal can be written again");
                            is_failing = false;
                        }
                        Ok(()) => {}
                        Err(error) => {
                            // Said once, not every time.
                            if !std::mem::replace(&mut is_failing, true) {
                                tracing::error!(%error, "segments cannot be archived; they stay where they are, and it is tried again");
                            }
                        }
                    }
                    if woken.recv_timeout(every) == Err(RecvTimeoutError::Disconnected) {
                        return;
                    }
                }
            });
        let thread = thread.map_err(Error::io("start a thread for", dir))?;
        Ok(Self {
            stopped,
            wake: Some(wake),
            thread: Some(thread),
        })
    }
}

impl Drop for Archiver {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened; there is nothing left to do about it.
            let _ = thread.join();
        }
    }
}

struct Work {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    retention: Retention,
    /// First LSNs of segments that were found to be the same in both places.
    same: BTreeSet<u64>,
    stopped: Arc<AtomicBool>,
}

impl Work {
    /// Archives what is closed, and removes what need not stay.
    fn pass(&mut self) -> Result<(), Error> {
        let archive = self.retention.archive.clone();
        let segments = Segments::with(&*self.disk, &self.dir, Some(archive.clone()))?;
        let here: Vec<_> = segments.files.iter().filter(|file| !file.is_archived).collect();
        // A segment is closed when the next one has its name for good: until then it may be written on after a power cut.
        let open_dir = self
            .disk
            .open_dir(&self.dir)
            .map_err(Error::io("open", &self.dir))?;
        open_dir.sync().map_err(Error::io("sync", &self.dir))?;
        let names = self.disk.list(&archive).map_err(Error::io("list", &archive))?;
        let closed = here.len().saturating_sub(1);
        for (index, pair) in here.windows(2).enumerate() {
            let [file, following] = pair else { continue };
            if self.stopped.load(Ordering::Acquire) {
                return Ok(());
            }
            let archived = segment::path(&archive, file.first_lsn);
            let name = archived.file_name().unwrap_or_default().to_string_lossy();
            if !names.iter().any(|there| **there == *name) {
                if !self.copy(&file.path, &archived, (file.first_lsn, following.first_lsn))? {
                    return Ok(());
                }
                self.same.insert(file.first_lsn);
            }
            if index + self.retention.keep_segments >= closed {
                continue;
            }
            if !self.same.contains(&file.first_lsn) {
                self.compare(&file.path, &archived)?;
                self.same.insert(file.first_lsn);
            }
            self.disk
                .remove(&file.path)
                .map_err(Error::io("remove", &file.path))?;
            self.same.remove(&file.first_lsn);
            tracing::info!(
                segment = %archived.display(),
                first_lsn = file.first_lsn,
                last_lsn = following.first_lsn - 1,
                "a segment is in the archive only now"
            );
        }
        open_dir.sync().map_err(Error::io("sync", &self.dir))
    }

    /// Copies a segment with these records (the end not included); `false` if it is time to end.
    fn copy(&self, from: &Path, to: &Path, records: (u64, u64)) -> Result<bool, Error> {
        let new = to.with_extension(&COPYING[1..]);
        match self.disk.remove(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &new)(error));
            }
            _ => {}
        }
        let source = self.disk.open(from, false).map_err(Error::io("open", from))?;
        let copy = self
            .disk
            .create_zeroed(&new, 0)
            .map_err(Error::io("create", &new))?;
        let mut at = 0;
        let hash = self.read(from, &*source, &mut |piece| {
            let written = copy.write_all_at(piece, at);
            at += piece.len() as u64;
            written.map_err(Error::io("write", &new))
        })?;
        let Some(hash) = hash else {
            return Ok(false);
        };
        copy.sync_data().map_err(Error::io("sync", &new))?;
        drop(copy);
        let copy = self.disk.open(&new, false).map_err(Error::io("open", &new))?;
        match self.read(&new, &*copy, &mut |_| Ok(()))? {
            Some(read_back) if read_back == hash => {}
            Some(_) => return Err(differs(from, &new)),
            None => return Ok(false),
        }
        check(from, &*copy, records)?;
        self.disk.rename(&new, to).map_err(Error::io("rename", &new))?;
        let archive = &self.retention.archive;
        let open_dir = self.disk.open_dir(archive).map_err(Error::io("open", archive))?;
        open_dir.sync().map_err(Error::io("sync", archive))?;
        Ok(true)
    }

    /// Compares a segment with what is in the archive under its name.
    fn compare(&self, here: &Path, archived: &Path) -> Result<(), Error> {
        let mut hashes = Vec::new();
        for path in [here, archived] {
            let file = self.disk.open(path, false).map_err(Error::io("open", path))?;
            // Comparing is not broken off: a segment is read in a moment.
            hashes.push(hash_of(path, &*file, &mut |_| Ok(true))?);
        }
        if hashes[0].is_none() || hashes[0] != hashes[1] {
            return Err(differs(here, archived));
        }
        Ok(())
    }

    /// Reads a file through; its hash, or `None` if it is time to end.
    fn read(
        &self,
        path: &Path,
        file: &dyn DiskFile,
        each: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<Option<Hash>, Error> {
        hash_of(path, file, &mut |piece| {
            each(piece)?;
            Ok(!self.stopped.load(Ordering::Acquire))
        })
    }
}

/// Reads a file through for as long as `each` says `true`; its hash.
fn hash_of(
    path: &Path,
    file: &dyn DiskFile,
    each: &mut dyn FnMut(&[u8]) -> Result<bool, Error>,
) -> Result<Option<Hash>, Error> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE_BYTES];
    let mut at = 0;
    loop {
        let read = file.read_at(&mut piece, at).map_err(Error::io("read", path))?;
        if read == 0 {
            return Ok(Some(*hasher.finalize().as_bytes()));
        }
        hasher.update(&piece[..read]);
        at += read as u64;
        if !each(&piece[..read])? {
            return Ok(None);
        }
    }
}

fn differs(here: &Path, archived: &Path) -> Error {
    Error::Corrupt {
        file: archived.to_owned(),
        offset: 0,
        last_good_lsn: 0,
        reason: format!("it is not the same as {}", here.display()),
    }
}

/// Whether a copy of the segment at `path` has all its records, and nothing else.
fn check(path: &Path, copy: &dyn DiskFile, (first_lsn, end_lsn): (u64, u64)) -> Result<(), Error> {
    let header = segment::Header::read(path, copy, first_lsn)?;
    let window = Window::new(copy, header.segment_bytes).map_err(Error::io("read", path))?;
    let mut cursor = Cursor::new(window, header.salt);
    let mut lsn = first_lsn;
    let corrupt = |offset, lsn: u64, reason| Error::Corrupt {
        file: path.to_owned(),
        offset,
        last_good_lsn: lsn - 1,
        reason,
    };
    while lsn < end_lsn {
        let frame = cursor.header().map_err(Error::io("read", path))?;
        let frame = frame.map_err(|error| corrupt(cursor.offset, lsn, format!("record {lsn}: {error}")))?;
        let body = cursor.payload(&frame).map_err(Error::io("read", path))?;
        if let Err(error) = body {
            return Err(corrupt(cursor.offset, lsn, format!("record {lsn}: {error}")));
        }
        if frame.lsn != lsn {
            return Err(corrupt(
                cursor.offset,
                lsn,
                format!("record {} found where {lsn} belongs", frame.lsn),
            ));
        }
        cursor.advance(&frame);
        lsn += 1;
    }
    let used = cursor
        .window
        .last_used(cursor.offset)
        .map_err(Error::io("read", path))?;
    if used > cursor.offset {
        let reason = "something follows the last record".to_owned();
        return Err(corrupt(cursor.offset, lsn, reason));
    }
    Ok(())
}
