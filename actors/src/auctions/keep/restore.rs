//! A data directory from a backup.

use super::{
    Error, Examined,
    examine::{examine, examine_own},
    require_apart,
};
use gavel_storage::{
    backup::{self, FileEntry, copy_file, create_dir, require_vacant, sync_dir},
    data_dir::DataDir,
};
use std::{collections::BTreeSet, path::Path};

/// Makes the data directory `data` from a backup that is whole. A directory that this does not bring to its end cannot
/// be opened by a node.
///
/// # Errors
/// [`Error`]; nothing is made unless the backup is whole and `data` is not there or empty.
pub async fn restore(backup: &Path, data: &Path) -> Result<Examined, Error> {
    require_vacant(data)?;
    require_apart(backup, data)?;
    let whole = |path: &Path, examined: Examined| {
        if examined.findings.is_empty() {
            return Ok(examined);
        }
        Err(Error::Findings {
            path: path.to_owned(),
            findings: examined.findings,
        })
    };
    let source = whole(backup, examine(backup).await?)?;
    let Some(manifest) = &source.manifest else {
        return Err(backup::Error::NotABackup {
            path: backup.to_owned(),
        }
        .into());
    };
    let directory = DataDir::begin(data)?;
    let mut dirs = BTreeSet::new();
    for (name, wanted) in &manifest.files {
        let target = data.join(name);
        if let Some(parent) = target.parent()
            && dirs.insert(parent.to_owned())
            && !parent.exists()
        {
            create_dir(parent)?;
        }
        let copied = copy_file(&source.data.join(name), &target, u64::MAX)?;
        // Read back: what was written is not yet what is there.
        if copied != *wanted || FileEntry::of(&target)? != *wanted {
            return Err(backup::Error::Differs { path: target }.into());
        }
    }
    for dir in &dirs {
        sync_dir(dir)?;
    }
    let restored = whole(data, examine_own(data).await?)?;
    directory.complete()?;
    Ok(restored)
}
