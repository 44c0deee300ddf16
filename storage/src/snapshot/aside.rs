//! A store out of the way, and a store looked at without touching it.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{Contents, Error, Options, Snapshots as _, Store};

/// Damaged stores kept; older ones are removed, they can be rebuilt.
const DAMAGED_MAX: usize = 3;

/// Gives the directory of a store that is of no use the next free name for such.
///
/// # Errors
/// What the file system says.
pub fn move_aside(dir: &Path) -> io::Result<PathBuf> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let parent = dir.parent().unwrap_or(Path::new("."));
    let prefix = format!("{name}.damaged-");
    let mut numbers = Vec::new();
    for found in fs::read_dir(parent)? {
        let found = found?.file_name();
        let number = found.to_str().and_then(|found| found.strip_prefix(&prefix));
        numbers.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    let next = numbers.last().map_or(1, |last| last + 1);
    for old in numbers.iter().rev().skip(DAMAGED_MAX - 1) {
        fs::remove_dir_all(parent.join(format!("{prefix}{old}")))?;
    }
    let moved_to = parent.join(format!("{prefix}{next}"));
    fs::rename(dir, &moved_to)?;
    File::open(parent)?.sync_all()?;
    Ok(moved_to)
}

/// The snapshots of a store that nobody has open, read from a copy among the temporary files: opening a store changes
/// it. The copy is private and removed again. A store that was never made is empty.
///
/// # Errors
/// What makes the store, or a copy that was made while somebody wrote, of no use.
pub fn read_copy(dir: &Path) -> Result<Contents, String> {
    if !dir.exists() {
        return Ok(Contents::default());
    }
    let place = Place(std::env::temp_dir().join(format!("gavel-{}", Uuid::new_v4())));
    let copy = place.0.join("snapshots");
    copy_into(dir, &copy).map_err(|error| format!("they cannot be copied: {error}"))?;
    let store = Store::open(&copy, Options::default()).map_err(|error| error.to_string())?;
    let damage = store.damage();
    let contents = store.load_all();
    drop(store);
    if let Some(damage) = damage.into_iter().next() {
        return Err(damage.reason);
    }
    contents.map_err(|error| match error {
        Error::Damaged(damage) => damage.reason,
        unusable @ Error::Unusable { .. } => unusable.to_string(),
    })
}

/// Removed when it is of no more use.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        // Best effort: it is the directory for what may be left behind.
        let _ = fs::remove_dir_all(&self.0);
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
