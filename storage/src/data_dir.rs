//! The data directory: where a node keeps everything, and the lock that makes it the only one there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

const LOCK: &str = "LOCK";

/// In a directory that is being filled from a backup.
const RESTORING: &str = "RESTORING";

/// How often the lock is tried: whoever only asks whether somebody has it takes it for an instant.
const LOCK_TRIES_MAX: u32 = 5;

/// The wait between.
const LOCK_RETRY: Duration = Duration::from_millis(5);

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has it open.
    #[error("{path} is in use by {holder}", path = path.display(), holder = holder_text(*pid))]
    InUse {
        /// The directory.
        path: PathBuf,
        /// The holder, if it could be read.
        pid: Option<u32>,
    },
    /// A restore into it was interrupted.
    #[error(
        "a backup was not restored wholly into {path}: remove the directory and restore the backup again",
        path = path.display()
    )]
    Incomplete {
        /// The directory.
        path: PathBuf,
    },
    /// It lies on a read-only file system.
    #[error("{path} is read-only", path = path.display())]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// Something else is in its place.
    #[error("{path} is not a directory", path = path.display())]
    NotADirectory {
        /// What is in the way.
        path: PathBuf,
    },
    /// This user may not write there.
    #[error("no permission to use {path}", path = path.display())]
    NoPermission {
        /// What may not be used.
        path: PathBuf,
    },
    /// The file system is full.
    #[error("no space left for {path}", path = path.display())]
    Full {
        /// What could not be written.
        path: PathBuf,
    },
    /// Anything else.
    #[error("cannot use {path}: {source}", path = path.display())]
    Io {
        /// What could not be used.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

fn holder_text(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl Error {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => Self::NotADirectory { path },
            ErrorKind::PermissionDenied => Self::NoPermission { path },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full { path },
            _ => Self::Io { path, source },
        }
    }
}

/// An open data directory; nobody else can open it while this lives.
#[derive(Debug)]
pub struct DataDir {
    root: PathBuf,
    journal: PathBuf,
    snapshots: PathBuf,
    keys: PathBuf,
    // Held, not read: closing it gives the lock back, also when the process is killed.
    _lock: File,
}

impl DataDir {
    /// Opens a data directory; makes it, readable by this user only, if it is not there.
    ///
    /// # Errors
    /// [`Error`]; nothing is left half-made that a later try would stumble over.
    pub fn open(root: &Path) -> Result<Self, Error> {
        create_dir(root)?;
        let lock = lock(root, &root.join(LOCK))?;
        if is_incomplete(root) {
            return Err(Error::Incomplete {
                path: root.to_owned(),
            });
        }
        let opened = Self::with_layout(root, lock)?;
        warn_if_open_to_others(root)?;
        Ok(opened)
    }

    /// Makes a data directory that nobody can open until it is [`completed`](Self::complete).
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn begin(root: &Path) -> Result<Self, Error> {
        create_dir(root)?;
        // First of all: without it, what is there could be taken for everything.
        let marker = root.join(RESTORING);
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&marker);
        made.map_err(Error::at(&marker))?;
        sync(root)?;
        let lock = lock(root, &root.join(LOCK))?;
        Self::with_layout(root, lock)
    }

    /// Says that a directory that was [begun](Self::begin) holds everything, and that durably.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn complete(&self) -> Result<(), Error> {
        let marker = self.root.join(RESTORING);
        sync(&self.root)?;
        fs::remove_file(&marker).map_err(Error::at(&marker))?;
        sync(&self.root)
    }

    fn with_layout(root: &Path, lock: File) -> Result<Self, Error> {
        let journal = root.join("journal");
        let snapshots = root.join("snapshots");
        let keys = root.join("keys");
        for dir in [&journal, &snapshots, &keys] {
            create_dir(dir)?;
        }
        sync(root)?;
        Ok(Self {
            root: root.to_owned(),
            journal,
            snapshots,
            keys,
            _lock: lock,
        })
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the journal's segments are.
    pub fn journal(&self) -> &Path {
        &self.journal
    }

    /// Where the snapshot store is.
    pub fn snapshots(&self) -> &Path {
        &self.snapshots
    }

    /// Where signing keys are.
    pub fn keys(&self) -> &Path {
        &self.keys
    }
}

/// Whether somebody has the data directory `root` open, without opening it: nothing is written there.
///
/// # Errors
/// [`Error::Io`] and its kin.
pub fn is_open(root: &Path) -> Result<bool, Error> {
    let path = root.join(LOCK);
    let lock = match File::open(&path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Error::at(&path)(error)),
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(Error::at(&path)(error)),
    }
}

/// Whether a restore into `root` was begun and not completed.
pub fn is_incomplete(root: &Path) -> bool {
    root.join(RESTORING).exists()
}

fn sync(dir: &Path) -> Result<(), Error> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(Error::at(dir))
}

/// Makes a directory and those above it, and its name durable.
fn create_dir(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => {
            return Err(Error::NotADirectory {
                path: path.to_owned(),
            });
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::at(path)(error)),
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(Error::at(path))?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    sync(parent)
}

fn lock(root: &Path, path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    let opened = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    let mut file = opened.map_err(Error::at(path))?;
    let mut locked = file.try_lock();
    for _ in 1..LOCK_TRIES_MAX {
        if !matches!(locked, Err(TryLockError::WouldBlock)) {
            break;
        }
        thread::sleep(LOCK_RETRY);
        locked = file.try_lock();
    }
    match locked {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // Only for the message: the holder may be writing it at this moment.
            let _ = file.read_to_string(&mut text);
            return Err(Error::InUse {
                path: root.to_owned(),
                pid: text.trim().parse().ok(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(Error::at(path)(error)),
    }
    file.set_len(0).map_err(Error::at(path))?;
    writeln!(file, "{}", std::process::id()).map_err(Error::at(path))?;
    Ok(file)
}

/// A directory that was there before may be open to others. That may be meant, so it is said and not changed.
fn warn_if_open_to_others(root: &Path) -> Result<(), Error> {
    let mode = Permissions::mode(&fs::metadata(root).map_err(Error::at(root))?.permissions());
    if mode & 0o077 != 0 {
        tracing::warn!(dir = %root.display(), mode = format!("{:o}", mode & 0o777), "the data directory is open to others");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn makes_a_private_directory_with_its_layout() {
        let temp = TempDir::new().unwrap();
        let root = temp.path().join("a/b");
        let dir = DataDir::open(&root).unwrap();
        for path in [dir.root(), dir.journal(), dir.snapshots(), dir.keys()] {
            let metadata = fs::metadata(path).unwrap();
            assert!(metadata.is_dir());
            assert_eq!(metadata.permissions().mode() & 0o777, 0o700, "{}", path.display());
        }
        assert_eq!(
            fs::metadata(root.join(LOCK)).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_second_one_is_refused_until_the_first_is_gone() {
        let temp = TempDir::new().unwrap();
        let first = DataDir::open(temp.path()).unwrap();
        let error = DataDir::open(temp.path()).unwrap_err();
        let pid = std::process::id();
        assert!(
            matches!(&error, Error::InUse { pid: Some(holder), .. } if *holder == pid),
            "{error}"
        );
        assert!(
            error
                .to_string()
                .ends_with(&format!("is in use by process {pid}")),
            "{error}"
        );
        drop(first);
        DataDir::open(temp.path()).unwrap();
    }

    #[test]
    fn whether_somebody_has_it_is_found_out_without_a_trace() {
        let temp = TempDir::new().unwrap();
        assert!(!is_open(&temp.path().join("nowhere")).unwrap());
        assert!(!is_open(temp.path()).unwrap());
        assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
        let dir = DataDir::open(temp.path()).unwrap();
        assert!(is_open(temp.path()).unwrap());
        assert_eq!(
            fs::read_to_string(temp.path().join(LOCK)).unwrap(),
            format!("{}\n", std::process::id())
        );
        drop(dir);
        assert!(!is_open(temp.path()).unwrap());
    }

    #[test]
    fn one_that_was_begun_cannot_be_opened_until_it_is_complete() {
        let temp = TempDir::new().unwrap();
        let root = temp.path().join("data");
        let begun = DataDir::begin(&root).unwrap();
        assert!(matches!(DataDir::open(&root), Err(Error::InUse { .. })));
        drop(begun);
        assert!(matches!(DataDir::open(&root), Err(Error::Incomplete { path }) if path == root));
        fs::remove_dir_all(&root).unwrap();
        let begun = DataDir::begin(&root).unwrap();
        begun.complete().unwrap();
        drop(begun);
        DataDir::open(&root).unwrap();
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let temp = TempDir::new().unwrap();
        let file = temp.path().join("data");
        fs::write(&file, "").unwrap();
        assert!(matches!(DataDir::open(&file), Err(Error::NotADirectory { path }) if path == file));
        assert!(matches!(
            DataDir::open(&file.join("below")),
            Err(Error::NotADirectory { .. })
        ));
        let root = temp.path().join("root");
        fs::create_dir(&root).unwrap();
        fs::write(root.join("journal"), "").unwrap();
        let error = DataDir::open(&root).unwrap_err();
        assert!(
            matches!(&error, Error::NotADirectory { path } if *path == root.join("journal")),
            "{error}"
        );
    }

    #[test]
    fn a_place_that_cannot_be_written_is_refused() {
        // The kernel refuses this to root, too.
        let error = DataDir::open(Path::new("/sys/gavel-data")).unwrap_err();
        assert!(
            matches!(error, Error::NoPermission { .. } | Error::ReadOnly { .. }),
            "{error}"
        );
    }

    #[test]
    fn refusals_of_the_file_system_are_told_apart() {
        let at = |kind: ErrorKind| Error::at(Path::new("data"))(kind.into());
        assert!(matches!(
            at(ErrorKind::ReadOnlyFilesystem),
            Error::ReadOnly { .. }
        ));
        assert!(matches!(at(ErrorKind::StorageFull), Error::Full { .. }));
        assert!(matches!(
            at(ErrorKind::PermissionDenied),
            Error::NoPermission { .. }
        ));
        assert!(matches!(at(ErrorKind::TimedOut), Error::Io { .. }));
    }
}
