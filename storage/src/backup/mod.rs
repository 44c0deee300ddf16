//! Backups of data directories, as files: what they are made of, and that it is all there.
//!
//! ```text
//! DEST/manifest.json      written last, synced, with the length and BLAKE3 of every other file: without it there is no backup
//! DEST/data/journal/      segments up to one record; the last one ends with it
//! DEST/data/gavel.sqlite  one file, without a log beside it
//! DEST/data/keys/         what access tokens are signed with
//! ```
//!
//! Snapshots are left out: they are derived, and the first start makes them again. Directories are 0700 and files 0600. What
//! fits together is decided by whoever knows what records mean.

mod files;
mod journal;
mod manifest;

use std::io;
use std::path::{Path, PathBuf};

pub use files::{
    CopiedTree, FileEntry, copy_file, copy_files, copy_tree, create_dir, require_vacant, sync_dir,
};
pub use journal::{End, copy_journal};
pub use manifest::{DATA, HeadEntry, MANIFEST, Manifest};

/// Why a backup cannot be made, read or restored.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is something in the place where a new directory is to be made.
    #[error("{path} is not empty; name a directory that is not there yet, or an empty one", path = path.display())]
    NotEmpty {
        /// The place.
        path: PathBuf,
    },
    /// A backup that was never finished.
    #[error("{path} is a backup that was not finished: it has no {MANIFEST}; remove it and make another one", path = path.display())]
    Unfinished {
        /// The backup.
        path: PathBuf,
    },
    /// Something else than a backup.
    #[error("{path} is not a backup: it has no {MANIFEST}", path = path.display())]
    NotABackup {
        /// What it was taken for.
        path: PathBuf,
    },
    /// The manifest does not hold.
    #[error("{path} is damaged: {reason}", path = path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What does not hold.
        reason: String,
    },
    /// Written by a newer version.
    #[error("{path} has backup format {format}, this version reads {supported}: use the newer version that wrote it", path = path.display())]
    NewerFormat {
        /// The manifest.
        path: PathBuf,
        /// Its format.
        format: u32,
        /// The newest that is known here.
        supported: u32,
    },
    /// A copy does not have the bytes that were copied.
    #[error("{path} was not copied as it is: the copy reads back otherwise", path = path.display())]
    Differs {
        /// The copy.
        path: PathBuf,
    },
    /// The journal's segments cannot be found.
    #[error(transparent)]
    Journal(#[from] crate::journal::Error),
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
}

impl Error {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests;
