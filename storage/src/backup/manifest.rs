//! What makes a directory of files a backup.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::files::{self, Kind};
use super::{Error, FileEntry, sync_dir};
use crate::journal::Head;

/// The manifest's file in a backup.
pub const MANIFEST: &str = "manifest.json";

/// Where in a backup the data directory is.
pub const DATA: &str = "data";

/// The format that this version writes and reads.
const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of this format.
    pub format: u32,
    /// The version of Gavel that made it.
    pub gavel: String,
    /// When, Unix milliseconds.
    pub made_at_ms: i64,
    /// The last record in it.
    pub last_lsn: u64,
    /// The last record of every sale, by the sale's id.
    pub sales: BTreeMap<String, HeadEntry>,
    /// Every file, by its path in [`DATA`].
    pub files: BTreeMap<String, FileEntry>,
    /// BLAKE3 of all the above, as it is written without this.
    #[serde(default)]
    check: String,
}

/// The last record of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadEntry {
    /// Its global log sequence number.
    pub lsn: u64,
    /// Its place in the sale.
    pub seq: u64,
    /// Its BLAKE3 hash, in hexadecimal digits.
    pub hash: String,
}

impl From<Head> for HeadEntry {
    fn from(Head { lsn, seq, hash }: Head) -> Self {
        Self {
            lsn,
            seq,
            hash: blake3::Hash::from_bytes(hash).to_hex().to_string(),
        }
    }
}

impl Manifest {
    /// Of a backup that is made now, by this version.
    pub fn new(
        made_at_ms: i64,
        last_lsn: u64,
        sales: BTreeMap<String, HeadEntry>,
        files: BTreeMap<String, FileEntry>,
    ) -> Self {
        Self {
            format: FORMAT,
            gavel: env!("CARGO_PKG_VERSION").to_owned(),
            made_at_ms,
            last_lsn,
            sales,
            files,
            check: String::new(),
        }
    }

    fn checksum(&self) -> Result<String, serde_json::Error> {
        let unchecked = Self {
            check: String::new(),
            ..self.clone()
        };
        Ok(blake3::hash(&serde_json::to_vec(&unchecked)?)
            .to_hex()
            .to_string())
    }

    /// Writes it into a backup whose files are all durable, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(mut self, backup: &Path) -> Result<(), Error> {
        let path = backup.join(MANIFEST);
        let aside = path.with_extension("new");
        let failed = |error: serde_json::Error| Error::io("write", &path)(error.into());
        self.check = self.checksum().map_err(failed)?;
        let mut text = serde_json::to_vec_pretty(&self).map_err(failed)?;
        text.push(b'\n');
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)
            .and_then(|mut file| {
                file.write_all(&text)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&aside, &path));
        written.map_err(Error::io("write", &path))?;
        sync_dir(backup)
    }

    /// Reads the manifest of a backup; `None` for a directory that is no backup, nor the beginning of one.
    ///
    /// # Errors
    /// [`Error::Unfinished`], [`Error::Manifest`], [`Error::NewerFormat`], [`Error::Io`].
    pub fn read(backup: &Path) -> Result<Option<Self>, Error> {
        #[derive(Deserialize)]
        struct Versioned {
            format: u32,
        }
        let path = backup.join(MANIFEST);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if backup.join(DATA).is_dir() {
                    return Err(Error::Unfinished {
                        path: backup.to_owned(),
                    });
                }
                return Ok(None);
            }
            Err(error) => return Err(Error::io("read", &path)(error)),
        };
        let damaged = |reason: String| Error::Manifest {
            path: path.clone(),
            reason,
        };
        let versioned: Versioned =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if versioned.format > FORMAT {
            return Err(Error::NewerFormat {
                path,
                format: versioned.format,
                supported: FORMAT,
            });
        }
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        let checksum = manifest.checksum().map_err(|error| damaged(error.to_string()))?;
        if checksum != manifest.check {
            return Err(damaged("it does not match its own hash".to_owned()));
        }
        Ok(Some(manifest))
    }

    /// What the files in `data` are otherwise than it says: nothing for a whole backup or restored directory.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn differences(&self, data: &Path) -> Result<Vec<String>, Error> {
        let mut differences = Vec::new();
        for (name, wanted) in &self.files {
            let path = data.join(name);
            let differs = match FileEntry::of(&path) {
                Ok(found) if found == *wanted => continue,
                Ok(found) if found.bytes != wanted.bytes => {
                    format!("has {} bytes instead of {}", found.bytes, wanted.bytes)
                }
                Ok(_) => "does not match its hash".to_owned(),
                Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                    "is missing".to_owned()
                }
                Err(error) => return Err(error),
            };
            differences.push(format!("{} {differs}", path.display()));
        }
        for (name, _) in files::files(data)?
            .iter()
            .filter(|(_, kind)| **kind == Kind::File)
        {
            if name.to_str().is_none_or(|name| !self.files.contains_key(name)) {
                differences.push(format!(
                    "{} does not belong to the backup",
                    data.join(name).display()
                ));
            }
        }
        Ok(differences)
    }
}
