//! A directory that is looked at by somebody who would change it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A copy among the temporary files that only its owner may read; removed when it is of no more use.
pub(crate) struct PrivateCopy {
    place: PathBuf,
    copy: PathBuf,
}

impl PrivateCopy {
    pub fn of(dir: &Path) -> io::Result<Self> {
        let place = std::env::temp_dir().join(format!("gavel-{}", Uuid::new_v4()));
        let copied = Self {
            copy: place.join("copy"),
            place,
        };
        copy_into(dir, &copied.copy)?;
        Ok(copied)
    }

    pub fn path(&self) -> &Path {
        &self.copy
    }
}

impl Drop for PrivateCopy {
    fn drop(&mut self) {
        // Best effort: it is the directory for what may be left behind.
        let _ = fs::remove_dir_all(&self.place);
    }
}

fn copy_into(from: &Path, to: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_into(&entry.path(), &to)?;
        } else if let Err(error) = fs::copy(entry.path(), to)
            // sled removes old files of its own at any time.
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    Ok(())
}
