//! A store out of the way, and a store looked at without touching it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::private_copy::PrivateCopy;

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
    let copy = PrivateCopy::of(dir).map_err(|error| format!("they cannot be copied: {error}"))?;
    let store = Store::open(copy.path(), Options::default()).map_err(|error| error.to_string())?;
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
