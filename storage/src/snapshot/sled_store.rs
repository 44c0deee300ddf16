//! The store, on sled.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::covered::Covered;
use super::{Contents, Damage, Error, Snapshot, Snapshots, aside, entry};
use crate::durable_sled::{self, caught, text};
use crate::journal::Heads;

/// The key of what is covered. Auctions have 16 bytes.
const COVERED_KEY: &[u8] = b"covered";

/// How a [`Store`] works.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory for sled's cache, in bytes. 16 MiB.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: 16 << 20,
        }
    }
}

/// The snapshots of all auctions of a node. All calls block.
pub struct Store {
    dir: PathBuf,
    options: Options,
    state: Mutex<State>,
}

struct State {
    /// `None` while not even an empty store can be made.
    db: Option<sled::Db>,
    damage: Vec<Damage>,
}

impl Store {
    /// Opens the store in `dir`; a damaged one is moved aside, see [`damage`](Self::damage).
    ///
    /// # Errors
    /// [`Error::Unusable`].
    pub fn open(dir: &Path, options: Options) -> Result<Self, Error> {
        let store = Self {
            dir: dir.to_owned(),
            options,
            state: Mutex::new(State {
                db: None,
                damage: Vec::new(),
            }),
        };
        match store.run(|_| Ok(())) {
            Ok(()) | Err(Error::Damaged(_)) => Ok(store),
            Err(error @ Error::Unusable { .. }) => Err(error),
        }
    }

    /// What was found damaged since the store was opened.
    pub fn damage(&self) -> Vec<Damage> {
        self.lock().damage.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs an operation on the open store; whatever goes wrong in it is taken for damage.
    fn run<T>(&self, operation: impl FnOnce(&sled::Db) -> Result<T, String>) -> Result<T, Error> {
        let mut state = self.lock();
        let db = if let Some(db) = &state.db {
            db.clone()
        } else {
            match durable_sled::open(&self.dir, self.options.cache_bytes) {
                Ok(db) => state.db.insert(db).clone(),
                Err(reason) => return Err(self.replace(&mut state, reason)),
            }
        };
        match caught(|| operation(&db)) {
            Ok(value) => Ok(value),
            Err(reason) => {
                // Closing a damaged sled writes to it and may panic: its memory is given up instead.
                std::mem::forget(db);
                Err(self.replace(&mut state, reason))
            }
        }
    }

    /// Moves a damaged store aside and opens an empty one.
    fn replace(&self, state: &mut State, reason: String) -> Error {
        if let Some(db) = state.db.take() {
            std::mem::forget(db);
        }
        let moved_to = match aside::move_aside(&self.dir) {
            Ok(moved_to) => moved_to,
            Err(error) => {
                return Error::Unusable {
                    dir: self.dir.clone(),
                    reason: format!("{reason}; {error}"),
                };
            }
        };
        tracing::error!(reason, moved_to = %moved_to.display(), "the snapshot store is damaged; it was moved aside");
        let damage = Damage { reason, moved_to };
        state.damage.push(damage.clone());
        match durable_sled::open(&self.dir, self.options.cache_bytes) {
            Ok(db) => {
                state.db = Some(db);
                Error::Damaged(damage)
            }
            Err(reason) => Error::Unusable {
                dir: self.dir.clone(),
                reason,
            },
        }
    }
}

impl Snapshots for Store {
    fn save(&self, snapshots: &[(u128, Snapshot)]) -> Result<(), Error> {
        self.run(|db| {
            let mut batch = sled::Batch::default();
            for (auction, snapshot) in snapshots {
                batch.insert(&auction.to_be_bytes(), entry::encode(*auction, snapshot));
            }
            db.apply_batch(batch).map_err(text)?;
            durable_sled::make_durable(db, &self.dir)
        })
    }

    /// The snapshots are read back for it.
    fn cover(&self, lsn: u64, heads: &Heads) -> Result<bool, Error> {
        self.run(|db| {
            for (auction, head) in heads {
                let Some(bytes) = db.get(auction.to_be_bytes()).map_err(text)? else {
                    return Ok(false);
                };
                if entry::decode(*auction, &bytes)?.head() != *head {
                    return Ok(false);
                }
            }
            let covered = Covered {
                lsn,
                heads: heads.clone(),
            };
            db.insert(COVERED_KEY, covered.encode()).map_err(text)?;
            durable_sled::make_durable(db, &self.dir)?;
            Ok(true)
        })
    }

    fn load_all(&self) -> Result<Contents, Error> {
        self.run(|db| {
            let mut covered = None;
            let mut snapshots = HashMap::new();
            for pair in db.iter() {
                let (key, value) = pair.map_err(text)?;
                if key == COVERED_KEY {
                    let said = Covered::decode(&value);
                    covered = Some(said.ok_or("what is said to be covered does not match its hash")?);
                    continue;
                }
                let auction = key.as_ref().try_into().map_err(|_| "a key has a wrong length")?;
                let auction = u128::from_be_bytes(auction);
                snapshots.insert(auction, entry::decode(auction, &value)?);
            }
            let covered = covered.filter(|covered| {
                let holds = covered.holds_for(&snapshots);
                if !holds {
                    tracing::warn!("snapshots are missing; the whole journal has to be read");
                }
                holds
            });
            Ok(Contents {
                covered_lsn: covered.map_or(0, |covered| covered.lsn),
                snapshots,
            })
        })
    }
}
