//! Records as entries of sled, and back, with whatever sled does on the way turned into a clear error.
//!
//! | key (integers big-endian) | value |
//! | --- | --- |
//! | LSN (8 bytes), part (2) | the record's frame ([`frame`]), or this part of it: [`PART_BYTES`] each, the last one less |
//! | `meta` | salt of the frames' checksums (4 bytes), node (16), BLAKE3 of these |
//!
//! Long frames are divided because sled puts what is longer than an eighth of a megabyte into files of their own, which it
//! never syncs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::frame::{self, Header};
use super::super::{Error, Pending};
use crate::durable_sled::{self, caught, text};

/// A leaf of sled's tree has up to 17 entries; it has to stay below an eighth of a megabyte.
const PART_BYTES: usize = 4096;
const KEY_BYTES: usize = 10;
const META_KEY: &[u8] = b"meta";
/// sled's one file of entries.
const FILE: &str = "db";

/// The same in every record of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meta {
    pub salt: u32,
    pub node: u128,
}

impl Meta {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = self.salt.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.node.to_le_bytes());
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(check.as_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (fields, check) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(fields).as_bytes() != check {
            return None;
        }
        let (salt, node) = fields.split_first_chunk()?;
        Some(Self {
            salt: u32::from_le_bytes(*salt),
            node: u128::from_le_bytes(node.try_into().ok()?),
        })
    }
}

/// An open sled.
pub(super) struct Store {
    dir: PathBuf,
    /// `None` only while it is dropped.
    db: Option<sled::Db>,
    /// Open for life: making a batch durable must not need a file descriptor.
    file: File,
    failed: AtomicBool,
}

impl Store {
    /// Opens the sled in `dir`, or makes it. What it holds is durable when this returns.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<Self, Error> {
        let said = |reason: String| Error::Sled {
            action: "open",
            dir: dir.to_owned(),
            reason,
        };
        let db = match durable_sled::open(dir, cache_bytes) {
            Ok(db) => db,
            Err(reason) if durable_sled::is_locked(&reason) => {
                return Err(Error::InUse { dir: dir.to_owned() });
            }
            Err(reason) => return Err(said(reason)),
        };
        if let Err(reason) = caught(|| durable_sled::make_durable(&db, dir)) {
            std::mem::forget(db);
            return Err(said(reason));
        }
        let path = dir.join(FILE);
        let file = File::open(&path).map_err(Error::io("open", &path))?;
        Ok(Self {
            dir: dir.to_owned(),
            db: Some(db),
            file,
            failed: AtomicBool::new(false),
        })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs an operation on sled.
    fn run<T>(
        &self,
        action: &'static str,
        operation: impl FnOnce(&sled::Db) -> Result<T, String>,
    ) -> Result<T, Error> {
        let done = match &self.db {
            Some(db) => caught(|| operation(db)),
            None => Err("it is closed".to_owned()),
        };
        done.map_err(|reason| {
            self.failed.store(true, Ordering::Release);
            Error::Sled {
                action,
                dir: self.dir.clone(),
                reason,
            }
        })
    }

    /// What is the same in every record; `None` if nothing was ever written.
    pub fn meta(&self) -> Result<Option<Meta>, Error> {
        let found = self.run("read", |db| db.get(META_KEY).map_err(text))?;
        let Some(bytes) = found else {
            return Ok(None);
        };
        let meta = Meta::decode(&bytes).ok_or_else(|| Error::Damaged {
            dir: self.dir.clone(),
            last_good_lsn: 0,
            reason: "the entry that the records' checksums start from does not match its hash".to_owned(),
        });
        meta.map(Some)
    }

    pub fn set_meta(&self, meta: &Meta) -> Result<(), Error> {
        self.run("write", |db| {
            db.insert(META_KEY, meta.encode()).map_err(text)?;
            durable_sled::make_durable(db, &self.dir)
        })
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> Result<bool, Error> {
        let first = self.run("read", |db| db.range(..META_KEY).next().transpose().map_err(text))?;
        Ok(first.is_none())
    }

    /// Writes a batch; durable when this returns.
    pub fn append(&self, batch: &[Pending], salt: u32) -> Result<(), Error> {
        let Some(flush_lsn) = batch.first().map(|record| record.lsn) else {
            return Ok(());
        };
        self.run("write", |db| {
            let mut entries = sled::Batch::default();
            let mut bytes = Vec::new();
            for record in batch {
                bytes.clear();
                frame::encode(record, flush_lsn, salt, &mut bytes);
                for (part, value) in (0..).zip(bytes.chunks(PART_BYTES)) {
                    entries.insert(&key(record.lsn, part), value);
                }
            }
            db.apply_batch(entries).map_err(text)?;
            db.flush().map(|_| ()).map_err(text)
        })?;
        let path = self.dir.join(FILE);
        self.file.sync_data().map_err(Error::io("sync", &path))
    }

    /// Removes every record from `lsn` on; durable when this returns. `true` if there were any.
    pub fn remove_from(&self, lsn: u64) -> Result<bool, Error> {
        self.run("cut", |db| {
            let mut entries = sled::Batch::default();
            let mut found = false;
            for row in db.range(&key(lsn, 0)[..]..META_KEY) {
                entries.remove(row.map_err(text)?.0);
                found = true;
            }
            if found {
                db.apply_batch(entries).map_err(text)?;
                durable_sled::make_durable(db, &self.dir)?;
            }
            Ok(found)
        })
    }

    /// Reads records in order, from `lsn` on.
    pub fn frames(&self, lsn: u64, salt: u32) -> Result<Frames<'_>, Error> {
        let rows = self.run("read", |db| Ok(db.range(&key(lsn, 0)[..]..META_KEY)))?;
        Ok(Frames {
            store: self,
            rows,
            salt,
            frame: Vec::new(),
        })
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Some(db) = self.db.take() else { return };
        if self.failed.load(Ordering::Acquire) {
            // Closing a damaged sled writes to it and may panic: its memory is given up instead.
            std::mem::forget(db);
        } else if let Err(reason) = caught(|| {
            drop(db);
            Ok(())
        }) {
            tracing::warn!(
                reason,
                "sled was not closed cleanly; what was acknowledged is durable"
            );
        }
    }
}

fn key(lsn: u64, part: u16) -> [u8; KEY_BYTES] {
    let mut key = [0; KEY_BYTES];
    key[..8].copy_from_slice(&lsn.to_be_bytes());
    key[8..].copy_from_slice(&part.to_be_bytes());
    key
}

/// What is found where a record belongs.
pub(super) enum Found {
    /// It, with its payload.
    Record(Header),
    /// Nothing, nor anything after it.
    End,
    /// Something else.
    Bad(String),
}

/// Goes through the records.
pub(super) struct Frames<'s> {
    store: &'s Store,
    rows: sled::Iter,
    salt: u32,
    frame: Vec<u8>,
}

impl Frames<'_> {
    /// Reads record `lsn`, which must be the next.
    pub fn next(&mut self, lsn: u64) -> Result<Found, Error> {
        self.frame.clear();
        if let Some(found) = self.part(lsn, 0)? {
            return Ok(found);
        }
        let header = match frame::decode_header(&self.frame, self.salt) {
            Ok(header) if header.lsn == lsn => header,
            Ok(header) => {
                return Ok(Found::Bad(format!(
                    "record {} found where {lsn} belongs",
                    header.lsn
                )));
            }
            Err(error) => return Ok(Found::Bad(format!("record {lsn}: {error}"))),
        };
        let parts = header.frame_bytes().div_ceil(PART_BYTES);
        for part in 1..parts {
            let part = u16::try_from(part).unwrap_or(u16::MAX);
            match self.part(lsn, part)? {
                None => {}
                Some(Found::End) => {
                    return Ok(Found::Bad(format!("record {lsn}: its end is missing")));
                }
                Some(found) => return Ok(found),
            }
        }
        if self.frame.len() != header.frame_bytes() {
            return Ok(Found::Bad(format!(
                "record {lsn} has {} bytes, not {}",
                self.frame.len(),
                header.frame_bytes()
            )));
        }
        Ok(match header.check_body(&self.frame, self.salt) {
            Ok(_) => Found::Record(header),
            Err(error) => Found::Bad(format!("record {lsn}: {error}")),
        })
    }

    /// The payload of the record that was read last.
    pub fn payload(&self, header: &Header) -> &[u8] {
        self.frame
            .get(frame::HEADER_BYTES..frame::HEADER_BYTES + header.payload_bytes)
            .unwrap_or_default()
    }

    /// Appends a part to the frame; what is there instead if it is not the next.
    fn part(&mut self, lsn: u64, part: u16) -> Result<Option<Found>, Error> {
        let rows = &mut self.rows;
        let Some((found, value)) = self
            .store
            .run("read", |_| rows.next().transpose().map_err(text))?
        else {
            return Ok(Some(Found::End));
        };
        if *found == key(lsn, part) {
            self.frame.extend_from_slice(&value);
            return Ok(None);
        }
        let found_lsn = found.first_chunk().map(|lsn| u64::from_be_bytes(*lsn));
        Ok(Some(Found::Bad(match found_lsn {
            Some(found) if found > lsn && part == 0 => format!("{} missing", range(lsn, found - 1)),
            _ => format!("an entry of record {lsn} is missing"),
        })))
    }
}

/// Records in words, as the subject of a sentence.
pub(super) fn range(first_lsn: u64, last_lsn: u64) -> String {
    if first_lsn == last_lsn {
        format!("record {first_lsn} is")
    } else {
        format!("records {first_lsn} to {last_lsn} are")
    }
}
