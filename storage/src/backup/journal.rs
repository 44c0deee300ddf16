//! The journal in a backup.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Error, FileEntry, copy_file, sync_dir};
use crate::journal::segment;

/// Where the last record of a copy ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first record of its segment.
    pub segment: u64,
    /// The bytes of the segment up to its end.
    pub bytes: u64,
}

/// Copies the segments `first_lsns` of a journal, up to `end`, beside the node that writes it. Full segments are never
/// written again, and the last one is cut where the last record ends: opening it fills it up with zeros again.
///
/// # Errors
/// [`Error::Io`].
pub fn copy_journal(
    from: &Path,
    to: &Path,
    first_lsns: &[u64],
    end: End,
) -> Result<BTreeMap<String, FileEntry>, Error> {
    let mut copied = BTreeMap::new();
    for first_lsn in first_lsns.iter().filter(|first_lsn| **first_lsn <= end.segment) {
        let source = segment::path(from, *first_lsn);
        let target = segment::path(to, *first_lsn);
        let bytes_max = if *first_lsn == end.segment {
            end.bytes
        } else {
            u64::MAX
        };
        let entry = copy_file(&source, &target, bytes_max)?;
        let name = target
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        copied.insert(name, entry);
    }
    sync_dir(to)?;
    Ok(copied)
}
