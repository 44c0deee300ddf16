//! Copies that are on disk when they are said to be.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;

/// Files are read and written in pieces of this size.
const PIECE_BYTES: usize = 1 << 20;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its length in bytes.
    pub bytes: u64,
    /// BLAKE3 of them, in hexadecimal digits.
    pub blake3: String,
}

/// A directory that was copied as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopiedTree {
    /// Files.
    pub files: u64,
    /// Bytes in them.
    pub bytes: u64,
}

/// Refuses a place that holds anything but an empty directory.
///
/// # Errors
/// [`Error::NotEmpty`], [`Error::Io`].
pub fn require_vacant(path: &Path) -> Result<(), Error> {
    let not_empty = || Error::NotEmpty {
        path: path.to_owned(),
    };
    match fs::read_dir(path) {
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| Err(not_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => Err(not_empty()),
        Err(error) => Err(Error::io("list", path)(error)),
    }
}

/// Makes a directory that only its owner may use, and those above it; its name is durable.
///
/// # Errors
/// [`Error::Io`].
pub fn create_dir(path: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(Error::io("make", path))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_dir(parent.unwrap_or(Path::new(".")))
}

/// Makes the names in a directory durable.
///
/// # Errors
/// [`Error::Io`].
pub fn sync_dir(path: &Path) -> Result<(), Error> {
    let synced = File::open(path).and_then(|dir| dir.sync_all());
    synced.map_err(Error::io("sync", path))
}

/// Copies the first `bytes_max` bytes of a file into a new one that only its owner may read, and syncs it.
///
/// # Errors
/// [`Error::Io`].
pub fn copy_file(from: &Path, to: &Path, bytes_max: u64) -> Result<FileEntry, Error> {
    let source = File::open(from).map_err(Error::io("read", from))?;
    let mut target = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(Error::io("make", to))?;
    let entry = pour(source.take(bytes_max), |piece| target.write_all(piece));
    let entry = entry.map_err(|failed| match failed {
        Failed::Read(error) => Error::io("read", from)(error),
        Failed::Took(error) => Error::io("write", to)(error),
    })?;
    target.sync_all().map_err(Error::io("sync", to))?;
    Ok(entry)
}

impl FileEntry {
    /// What a file holds now.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn of(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io("read", path))?;
        pour(file, |_| Ok(())).map_err(|failed| match failed {
            Failed::Read(error) | Failed::Took(error) => Error::io("read", path)(error),
        })
    }

    /// As [`of`](Self::of), of a file that was just made: it and its permissions are made durable.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn synced(path: &Path) -> Result<Self, Error> {
        let synced = File::open(path).and_then(|file| file.sync_all());
        synced.map_err(Error::io("sync", path))?;
        Self::of(path)
    }
}

enum Failed {
    Read(io::Error),
    Took(io::Error),
}

fn pour(mut from: impl Read, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> Result<FileEntry, Failed> {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = 0;
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failed::Read(error)),
        };
        hasher.update(&piece[..read]);
        take(&piece[..read]).map_err(Failed::Took)?;
        bytes += read as u64;
    }
    Ok(FileEntry {
        bytes,
        blake3: hasher.finalize().to_hex().to_string(),
    })
}

/// Copies every file of a directory that nobody changes meanwhile, and of those below, into one that is there.
/// Gives what they hold by their names from there on.
///
/// # Errors
/// [`Error::Io`].
pub fn copy_files(from: &Path, to: &Path) -> Result<BTreeMap<String, FileEntry>, Error> {
    let mut copied = BTreeMap::new();
    for (name, kind) in files(from)? {
        let target = to.join(&name);
        match kind {
            Kind::Directory => create_dir(&target)?,
            Kind::File => {
                let entry = copy_file(&from.join(&name), &target, u64::MAX)?;
                copied.insert(name.to_string_lossy().into_owned(), entry);
                sync_dir(target.parent().unwrap_or(to))?;
            }
        }
    }
    Ok(copied)
}

/// Copies everything in a directory that nobody changes meanwhile into a new one, syncs it, and compares what then reads
/// back on both sides.
///
/// # Errors
/// [`Error::NotEmpty`], [`Error::Differs`], [`Error::Io`].
pub fn copy_tree(from: &Path, to: &Path) -> Result<CopiedTree, Error> {
    require_vacant(to)?;
    let files = files(from)?;
    create_dir(to)?;
    let mut dirs: Vec<PathBuf> = Vec::new();
    let mut copied = CopiedTree::default();
    for (name, kind) in &files {
        let target = to.join(name);
        match kind {
            Kind::Directory => {
                create_dir(&target)?;
                dirs.push(target);
            }
            Kind::File => {
                let entry = copy_file(&from.join(name), &target, u64::MAX)?;
                copied.files += 1;
                copied.bytes += entry.bytes;
            }
        }
    }
    for dir in dirs.iter().map(PathBuf::as_path).chain([to]) {
        sync_dir(dir)?;
    }
    for (name, _) in files.iter().filter(|(_, kind)| **kind == Kind::File) {
        let target = to.join(name);
        if FileEntry::of(&target)? != FileEntry::of(&from.join(name))? {
            return Err(Error::Differs { path: target });
        }
    }
    Ok(copied)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    File,
}

/// Everything below a directory, by its name from there on; a directory comes before what is in it.
pub(super) fn files(root: &Path) -> Result<BTreeMap<PathBuf, Kind>, Error> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        let dir = root.join(&below);
        let failed = |error| Error::io("list", &dir)(error);
        for entry in fs::read_dir(&dir).map_err(failed)? {
            let name = below.join(entry.map_err(failed)?.file_name());
            let path = root.join(&name);
            // What a link leads to is what the node uses.
            let metadata = fs::metadata(&path).map_err(Error::io("read", &path))?;
            if metadata.is_dir() {
                waiting.push(name.clone());
                found.insert(name, Kind::Directory);
            } else if metadata.is_file() {
                found.insert(name, Kind::File);
            }
        }
    }
    Ok(found)
}
