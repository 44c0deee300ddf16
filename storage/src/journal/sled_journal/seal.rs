//! The mark beside sled: up to which record everything was acknowledged.
//!
//! sled may come up without records that it had, at the end, too; nothing inside it can tell. So each batch ends with its
//! last LSN written here, after its records are durable and before anybody is told:
//!
//! * a power cut before the mark leaves records above it: they were never acknowledged, and may stay or go;
//! * a power cut in the middle of the mark leaves the other slot, which has the batch before;
//! * a mark above the last record means that acknowledged records are gone.
//!
//! The file has two slots, each in a block of its own, written in turns. All integers are little-endian.
//!
//! | offset | bytes | field |
//! | ---: | ---: | --- |
//! | 0 | 8 | magic |
//! | 8 | 16 | node: the random id that sled's own meta entry has, too |
//! | 24 | 8 | LSN; 0 before the first record |
//! | 32 | 32 | the hash of that record; zero for none |
//! | 64 | 32 | BLAKE3 of bytes 0..64 |

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::super::{Error, Hash, ZERO_HASH};

/// The name of the file.
pub(in super::super) const NAME: &str = "sealed";

const MAGIC: [u8; 8] = *b"GvlSeal\x01";
const SLOT_BYTES: usize = 96;
/// Slots are this far apart: a torn write of one cannot reach the other.
const BLOCK_BYTES: usize = 4096;
const SLOTS: [u64; 2] = [0, BLOCK_BYTES as u64];

/// Everything up to `lsn` was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub node: u128,
    pub lsn: u64,
    pub hash: Hash,
}

impl Mark {
    fn encode(&self) -> [u8; SLOT_BYTES] {
        let mut bytes = [0; SLOT_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..24].copy_from_slice(&self.node.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.lsn.to_le_bytes());
        bytes[32..64].copy_from_slice(&self.hash);
        let check = blake3::hash(&bytes[..64]);
        bytes[64..].copy_from_slice(check.as_bytes());
        bytes
    }

    fn decode(bytes: &[u8; SLOT_BYTES]) -> Option<Self> {
        let (fields, check) = bytes.split_first_chunk::<64>()?;
        let (magic, fields) = fields.split_first_chunk::<8>()?;
        let (node, fields) = fields.split_first_chunk()?;
        let (lsn, hash) = fields.split_first_chunk()?;
        (*magic == MAGIC && blake3::hash(&bytes[..64]).as_bytes() == check).then_some(Self {
            node: u128::from_le_bytes(*node),
            lsn: u64::from_le_bytes(*lsn),
            hash: hash.try_into().ok()?,
        })
    }
}

/// The open file.
pub(super) struct Seal {
    path: PathBuf,
    file: File,
    /// Where the next mark goes: not onto the last one.
    next_slot: usize,
}

impl Seal {
    /// Begins a journal: nothing is acknowledged. The file is whole and durable, or not there.
    pub fn create(dir: &Path, node: u128) -> Result<(), Error> {
        let path = dir.join(NAME);
        let new = dir.join("sealed.new");
        let mark = Mark {
            node,
            lsn: 0,
            hash: ZERO_HASH,
        };
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(&new).map_err(Error::io("create", &new))?;
        let mut block = mark.encode().to_vec();
        block.resize(BLOCK_BYTES, 0);
        let bytes = block.repeat(SLOTS.len());
        file.write_all_at(&bytes, 0)
            .and_then(|()| file.sync_all())
            .map_err(Error::io("write", &new))?;
        fs::rename(&new, &path).map_err(Error::io("rename", &new))?;
        sync_dir(dir)
    }

    /// Opens the file in `dir` and reads the last mark; `None` if there is no file.
    pub fn open(dir: &Path) -> Result<Option<(Self, Mark)>, Error> {
        let path = dir.join(NAME);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("open", &path)(error)),
        };
        let mut last: Option<(usize, Mark)> = None;
        for (slot, offset) in SLOTS.into_iter().enumerate() {
            let mut bytes = [0; SLOT_BYTES];
            match file.read_exact_at(&mut bytes, offset) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(error) => return Err(Error::io("read", &path)(error)),
            }
            match Mark::decode(&bytes) {
                Some(mark) if last.is_some_and(|(_, last)| last.lsn >= mark.lsn) => {}
                Some(mark) => last = Some((slot, mark)),
                // The write of a mark that nobody was told of, or damage to one of the two.
                None => {
                    tracing::warn!(file = %path.display(), offset, "a mark of the sled journal cannot be read; the other one counts");
                }
            }
        }
        let Some((slot, mark)) = last else {
            return Err(Error::Corrupt {
                file: path,
                offset: 0,
                last_good_lsn: 0,
                reason: "neither of the two marks of what was acknowledged can be read".to_owned(),
            });
        };
        let seal = Self {
            path,
            file,
            next_slot: 1 - slot,
        };
        Ok(Some((seal, mark)))
    }

    /// Says that everything up to the mark is about to be acknowledged; durable when this returns.
    pub fn set(&mut self, mark: &Mark) -> Result<(), Error> {
        self.file
            .write_all_at(&mark.encode(), SLOTS[self.next_slot])
            .map_err(Error::io("write", &self.path))?;
        self.file.sync_data().map_err(Error::io("sync", &self.path))?;
        self.next_slot = 1 - self.next_slot;
        Ok(())
    }
}

pub(super) fn sync_dir(dir: &Path) -> Result<(), Error> {
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(Error::io("sync", dir))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn mark(lsn: u64) -> Mark {
        Mark {
            node: 7,
            lsn,
            hash: [3; 32],
        }
    }

    #[test]
    fn the_last_mark_counts_and_the_one_before_it_if_that_was_torn() {
        let dir = TempDir::new().unwrap();
        assert!(Seal::open(dir.path()).unwrap().is_none());
        Seal::create(dir.path(), 7).unwrap();
        for lsn in 1..6 {
            let (mut seal, _) = Seal::open(dir.path()).unwrap().unwrap();
            let before = fs::read(dir.path().join(NAME)).unwrap();
            seal.set(&mark(lsn)).unwrap();
            assert_eq!(Seal::open(dir.path()).unwrap().unwrap().1, mark(lsn));
            let after = fs::read(dir.path().join(NAME)).unwrap();
            assert_eq!(before.len(), after.len(), "it never grows");
            let written: Vec<usize> = (0..after.len()).filter(|at| before[*at] != after[*at]).collect();
            // However much of the write came through, the mark is this one or the one before.
            for cut in 0..written.len() {
                let mut torn = before.clone();
                for at in &written[..cut] {
                    torn[*at] = after[*at];
                }
                fs::write(dir.path().join(NAME), &torn).unwrap();
                let found = Seal::open(dir.path()).unwrap().unwrap().1;
                assert_eq!(found.lsn, lsn - 1, "{cut} bytes");
            }
            fs::write(dir.path().join(NAME), &after).unwrap();
        }
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let bytes = mark(9).encode();
        for bit in 0..SLOT_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Mark::decode(&changed), None, "bit {bit}");
        }
        assert_eq!(Mark::decode(&bytes), Some(mark(9)));
    }

    #[test]
    fn without_a_mark_nothing_is_opened() {
        let dir = TempDir::new().unwrap();
        Seal::create(dir.path(), 7).unwrap();
        fs::write(dir.path().join(NAME), [0; 5]).unwrap();
        assert!(
            matches!(Seal::open(dir.path()).map(|_| ()), Err(Error::Corrupt { file, .. }) if file.ends_with(NAME))
        );
    }
}
