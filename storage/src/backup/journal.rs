//! The journal in a backup.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::{Error, FileEntry, copy_file, sync_dir};
use crate::journal::{segment, segment_files};

/// Where the last record of a copy ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The first record of its segment.
    pub segment: u64,
    /// The bytes of the segment up to its end.
    pub bytes: u64,
}

/// Copies the segments of the journal in `from`, up to `end`, those in its archive as well, beside the node that writes it.
/// Full segments are never written again, and the last one is cut where the last record ends: opening it fills it up with
/// zeros again.
///
/// # Errors
/// [`Error::Journal`], [`Error::Io`].
pub fn copy_journal(from: &Path, to: &Path, end: End) -> Result<BTreeMap<String, FileEntry>, Error> {
    let mut copied = BTreeMap::new();
    for found in segment_files(from)? {
        if found.first_lsn > end.segment {
            break;
        }
        let target = segment::path(to, found.first_lsn);
        let bytes_max = if found.first_lsn == end.segment {
            end.bytes
        } else {
            u64::MAX
        };
        let entry = match copy_file(&found.path, &target, bytes_max) {
            // It has just left for the archive, where it has the same name.
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound && !found.is_archived => {
                let again = segment_files(from)?;
                let moved = again.iter().find(|file| file.first_lsn == found.first_lsn);
                copy_file(moved.map_or(&found.path, |file| &file.path), &target, bytes_max)?
            }
            copied => copied?,
        };
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
