//! A disk in memory that can be made to fail.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, DiskDir, DiskFile};

type Bytes = Arc<Mutex<Vec<u8>>>;

/// Files in memory; clones share them.
#[derive(Clone)]
pub struct MemDisk {
    inner: Arc<Inner>,
}

struct Inner {
    files: Mutex<HashMap<PathBuf, Bytes>>,
    free_bytes: AtomicU64,
    fail_writes: AtomicBool,
    fail_syncs: AtomicBool,
    fail_opens: AtomicBool,
    writes: AtomicU64,
    syncs: AtomicU64,
}

impl Default for MemDisk {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                files: Mutex::default(),
                free_bytes: AtomicU64::new(u64::MAX),
                fail_writes: AtomicBool::new(false),
                fail_syncs: AtomicBool::new(false),
                fail_opens: AtomicBool::new(false),
                writes: AtomicU64::new(0),
                syncs: AtomicU64::new(0),
            }),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemDisk {
    /// From now on, new files may take this many bytes in all.
    pub fn set_free_bytes(&self, bytes: u64) {
        self.inner.free_bytes.store(bytes, Ordering::SeqCst);
    }

    /// From now on, writing fails (or works again).
    pub fn set_fail_writes(&self, fail: bool) {
        self.inner.fail_writes.store(fail, Ordering::SeqCst);
    }

    /// From now on, syncing fails (or works again).
    pub fn set_fail_syncs(&self, fail: bool) {
        self.inner.fail_syncs.store(fail, Ordering::SeqCst);
    }

    /// From now on, nothing can be opened or created, as when file descriptors have run out (or works again).
    pub fn set_fail_opens(&self, fail: bool) {
        self.inner.fail_opens.store(fail, Ordering::SeqCst);
    }

    /// Writes since it was made.
    pub fn writes(&self) -> u64 {
        self.inner.writes.load(Ordering::SeqCst)
    }

    /// Syncs of file data since it was made.
    pub fn syncs(&self) -> u64 {
        self.inner.syncs.load(Ordering::SeqCst)
    }

    /// The files there are, by name, with what is in them.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = lock(&self.inner.files);
        let mut files: Vec<_> = files
            .iter()
            .map(|(path, bytes)| (path.clone(), lock(bytes).clone()))
            .collect();
        files.sort();
        files
    }

    /// Puts a file there.
    pub fn put(&self, path: &Path, bytes: Vec<u8>) {
        lock(&self.inner.files).insert(path.to_owned(), Arc::new(Mutex::new(bytes)));
    }

    fn descriptor(&self) -> io::Result<()> {
        if self.inner.fail_opens.load(Ordering::SeqCst) {
            return Err(io::Error::other("too many open files"));
        }
        Ok(())
    }

    fn file(&self, path: &Path) -> io::Result<MemFile> {
        self.descriptor()?;
        let bytes = lock(&self.inner.files).get(path).map(Arc::clone);
        let bytes = bytes.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        Ok(MemFile {
            bytes,
            inner: Arc::clone(&self.inner),
        })
    }
}

impl Disk for MemDisk {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let files = lock(&self.inner.files);
        let names = files
            .keys()
            .filter(|path| path.parent() == Some(dir))
            .filter_map(|path| path.file_name());
        Ok(names.map(|name| name.to_string_lossy().into_owned()).collect())
    }

    fn open(&self, path: &Path, _: bool) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(self.file(path)?))
    }

    fn create_zeroed(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        self.descriptor()?;
        let free = &self.inner.free_bytes;
        let taken = free.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |free| free.checked_sub(bytes));
        taken.map_err(|_| io::Error::from(io::ErrorKind::StorageFull))?;
        self.put(path, vec![0; usize::try_from(bytes).map_err(io::Error::other)?]);
        self.open(path, true)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut files = lock(&self.inner.files);
        let bytes = files
            .remove(from)
            .ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let removed = lock(&self.inner.files).remove(path);
        removed.map(|_| ()).ok_or(io::ErrorKind::NotFound.into())
    }

    fn open_dir(&self, _: &Path) -> io::Result<Box<dyn DiskDir>> {
        self.descriptor()?;
        Ok(Box::new(MemDir {
            inner: Arc::clone(&self.inner),
        }))
    }
}

struct MemDir {
    inner: Arc<Inner>,
}

impl DiskDir for MemDir {
    fn sync(&self) -> io::Result<()> {
        if self.inner.fail_syncs.load(Ordering::SeqCst) {
            return Err(io::Error::other("made to fail"));
        }
        Ok(())
    }
}

struct MemFile {
    bytes: Bytes,
    inner: Arc<Inner>,
}

impl DiskFile for MemFile {
    fn len(&self) -> io::Result<u64> {
        Ok(lock(&self.bytes).len() as u64)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let bytes = lock(&self.bytes);
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let length = buf.len().min(bytes.len() - offset);
        buf[..length].copy_from_slice(&bytes[offset..offset + length]);
        Ok(length)
    }

    fn write_all_at(&self, written: &[u8], offset: u64) -> io::Result<()> {
        if self.inner.fail_writes.load(Ordering::SeqCst) {
            return Err(io::Error::other("made to fail"));
        }
        self.inner.writes.fetch_add(1, Ordering::SeqCst);
        let mut bytes = lock(&self.bytes);
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        if bytes.len() < offset + written.len() {
            bytes.resize(offset + written.len(), 0);
        }
        bytes[offset..offset + written.len()].copy_from_slice(written);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.inner.fail_syncs.load(Ordering::SeqCst) {
            return Err(io::Error::other("made to fail"));
        }
        self.inner.syncs.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
