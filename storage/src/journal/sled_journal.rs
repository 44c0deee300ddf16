//! The second journal: records as entries of sled, with Gavel's own chain and a mark of what was acknowledged around it.
//!
//! sled by itself keeps no promise here: its `flush` does not reach the disk, and after a changed byte it panics or comes up
//! without records that it had. So every batch is synced, every start reads the journal whole, and what was acknowledged
//! is written beside it ([`seal`]). A record that is missing or bad below that mark is refused, never passed over.
//!
//! ```text
//! DIR/sealed     the mark, made first
//! DIR/sled/      sled's own files
//! ```

mod gauge;
mod seal;
mod store;

use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

pub use gauge::FreeBytes;
use gauge::{Gauge, Measure};
use seal::{Mark, Seal};
use store::{Found, Meta, Store};

use super::order::Order;
use super::reader::History;
use super::recovery::{Chain, Recovery, Start, Visitor};
use super::{Error, Hash, Heads, Journal, PAYLOAD_BYTES_MAX, Pending, Reader, Room, ScanVisitor, ZERO_HASH};

/// sled's own files are here.
pub(super) const DIR: &str = "sled";
/// The mark is here.
pub(super) const SEAL: &str = seal::NAME;

/// How a [`SledJournal`] works.
#[derive(Clone)]
pub struct SledOptions {
    /// Memory for sled's cache, in bytes. 64 MiB.
    pub cache_bytes: u64,
    /// Free bytes of the file system below which nothing is promised. 64 MiB.
    pub reserve_bytes: u64,
    /// How often free bytes are measured while nothing is written. One second.
    pub measure_every: Duration,
    /// How they are measured.
    pub free_bytes: FreeBytes,
}

impl Default for SledOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            reserve_bytes: 64 << 20,
            measure_every: Duration::from_secs(1),
            free_bytes: Arc::new(gauge::free_bytes),
        }
    }
}

impl fmt::Debug for SledOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledOptions")
            .field("cache_bytes", &self.cache_bytes)
            .field("reserve_bytes", &self.reserve_bytes)
            .finish_non_exhaustive()
    }
}

/// A journal in sled. See [`store`] for the entries.
pub struct SledJournal {
    store: Arc<Store>,
    meta: Meta,
    seal: Seal,
    measure: Measure,
    _gauge: Gauge,
    order: Order,
}

impl SledJournal {
    /// Opens the journal in an existing directory that nobody else writes to, or begins it; reads all of it, and visits
    /// the records that `start` asks for. Records above the mark were never acknowledged: those that follow on are kept,
    /// anything after a gap is removed.
    ///
    /// # Errors
    /// [`Error::Damaged`], [`Error::Corrupt`], [`Error::BehindSnapshot`], [`Error::Sled`]: refuse to start.
    /// [`Error::HeadMismatch`]: `start` does not fit; open again from the beginning.
    /// [`Error::InUse`], [`Error::Io`].
    pub fn open(
        dir: &Path,
        options: SledOptions,
        start: Start,
        visit: &mut Visitor<'_>,
    ) -> Result<(Self, Recovery), Error> {
        let Opened {
            store,
            meta,
            mut seal,
            mark,
        } = if let Some(opened) = Opened::existing(dir, options.cache_bytes)? {
            opened
        } else {
            // What snapshots were made of is not begun anew.
            Chain::new(1, start.heads.clone()).check_end(0)?;
            Opened::begin(dir, options.cache_bytes)?
        };
        let mut walk = Walk::of(start);
        if let Some(reason) = walk.read(&store, &meta, &mark, visit)? {
            tracing::warn!(
                reason,
                last_lsn = walk.next_lsn - 1,
                "an interrupted write is cut off the sled journal; none of it had been acknowledged"
            );
            store.remove_from(walk.next_lsn)?;
        }
        // They count from now on, acknowledged or not.
        if walk.next_lsn - 1 > mark.lsn {
            seal.set(&Mark {
                lsn: walk.next_lsn - 1,
                hash: walk.last_hash,
                ..mark
            })?;
        }
        let recovery = walk.ended()?;
        let room = Arc::new(Room::new(0));
        // What does not fit here does not fit by waiting, either.
        room.set_failing(true);
        let measure = Measure {
            dir: dir.to_owned(),
            reserve_bytes: options.reserve_bytes,
            free_bytes: options.free_bytes,
            room,
        };
        measure.take();
        let journal = Self {
            store: Arc::new(store),
            meta,
            seal,
            _gauge: Gauge::start(measure.clone(), options.measure_every)?,
            measure,
            order: Order::after(recovery.last_lsn, recovery.heads.clone()),
        };
        Ok((journal, recovery))
    }

    fn write(&mut self, batch: &[Pending]) -> Result<(), Error> {
        let Some(last) = batch.last() else { return Ok(()) };
        self.store.append(batch, self.meta.salt)?;
        // Only now: a mark above what is durable would refuse a journal that lost nothing.
        self.seal.set(&Mark {
            node: self.meta.node,
            lsn: last.lsn,
            hash: last.hash,
        })
    }
}

impl Journal for SledJournal {
    fn append_batch(&mut self, batch: &[Pending]) -> Result<(), Error> {
        let bytes_max = self.payload_bytes_max();
        self.order.check(batch, bytes_max)?;
        let written = self.write(batch);
        self.order.note(batch, written)?;
        self.measure.take();
        Ok(())
    }

    fn next_lsn(&self) -> u64 {
        self.order.next_lsn()
    }

    fn heads(&self) -> &Heads {
        self.order.heads()
    }

    fn payload_bytes_max(&self) -> usize {
        PAYLOAD_BYTES_MAX
    }

    fn room(&self) -> Arc<Room> {
        Arc::clone(&self.measure.room)
    }

    fn reader(&self) -> Arc<dyn Reader> {
        Arc::new(SledReader {
            store: Arc::clone(&self.store),
            salt: self.meta.salt,
        })
    }
}

/// What is on disk, opened and not read yet.
struct Opened {
    store: Store,
    meta: Meta,
    seal: Seal,
    mark: Mark,
}

impl Opened {
    /// The journal in `dir`; `None` if nothing was ever acknowledged there.
    fn existing(dir: &Path, cache_bytes: u64) -> Result<Option<Self>, Error> {
        let sled_dir = dir.join(DIR);
        let is_there = sled_dir.try_exists().map_err(Error::io("find", &sled_dir))?;
        let damaged = |reason: String| Error::Damaged {
            dir: sled_dir.clone(),
            last_good_lsn: 0,
            reason,
        };
        let Some((seal, mark)) = Seal::open(dir)? else {
            return if is_there {
                // It is made first.
                Err(damaged(format!(
                    "{} is missing, which says what was acknowledged",
                    dir.join(SEAL).display()
                )))
            } else {
                Ok(None)
            };
        };
        if mark.lsn == 0 && !is_there {
            return Ok(None);
        }
        if !is_there {
            let missing = store::range(1, mark.lsn);
            return Err(damaged(format!("{missing} missing, which had been acknowledged")));
        }
        let store = Store::open(&sled_dir, cache_bytes)?;
        match store.meta()? {
            Some(meta) if meta.node == mark.node => Ok(Some(Self {
                store,
                meta,
                seal,
                mark,
            })),
            Some(_) => Err(damaged(format!(
                "{} belongs to another journal",
                dir.join(SEAL).display()
            ))),
            // Begun, and interrupted.
            None if mark.lsn == 0 && store.is_empty()? => Ok(None),
            None => Err(damaged(
                "the entry that the records' checksums start from is missing".to_owned(),
            )),
        }
    }

    /// Begins a journal; whatever is there of an interrupted beginning is made again.
    fn begin(dir: &Path, cache_bytes: u64) -> Result<Self, Error> {
        let random = Uuid::new_v4().as_u128();
        #[expect(clippy::cast_possible_truncation, reason = "any 32 random bits will do")]
        let meta = Meta {
            salt: Uuid::new_v4().as_u128() as u32,
            node: random,
        };
        Seal::create(dir, meta.node)?;
        let store = Store::open(&dir.join(DIR), cache_bytes)?;
        store.set_meta(&meta)?;
        seal::sync_dir(dir)?;
        let opened = Seal::open(dir)?;
        let (seal, mark) = opened.ok_or(Error::Failed)?;
        Ok(Self {
            store,
            meta,
            seal,
            mark,
        })
    }
}

/// Reads a journal from its first record on.
struct Walk {
    chain: Chain,
    records: u64,
    next_lsn: u64,
    last_hash: Hash,
}

impl Walk {
    fn of(start: Start) -> Self {
        Self {
            chain: Chain::new(start.from_lsn.max(1), start.heads),
            records: 0,
            next_lsn: 1,
            last_hash: ZERO_HASH,
        }
    }

    /// Reads until the end, or until something above the mark does not follow on, which is answered.
    fn read(
        &mut self,
        store: &Store,
        meta: &Meta,
        mark: &Mark,
        visit: &mut Visitor<'_>,
    ) -> Result<Option<String>, Error> {
        let mut frames = store.frames(1, meta.salt)?;
        loop {
            let lsn = self.next_lsn;
            let acknowledged = lsn <= mark.lsn;
            let damaged = |reason: String| Error::Damaged {
                dir: store.dir().to_owned(),
                last_good_lsn: lsn - 1,
                reason,
            };
            let header = match frames.next(lsn)? {
                Found::Record(header) => header,
                Found::End if acknowledged => {
                    let missing = store::range(lsn, mark.lsn);
                    return Err(damaged(format!("{missing} missing, which had been acknowledged")));
                }
                Found::Bad(reason) if acknowledged => return Err(damaged(reason)),
                Found::End => return Ok(None),
                Found::Bad(reason) => return Ok(Some(reason)),
            };
            let record = header.record(frames.payload(&header));
            if lsn == mark.lsn && record.hash != mark.hash {
                return Err(damaged(format!(
                    "record {lsn} is not the one that was acknowledged"
                )));
            }
            if lsn >= self.chain.from_lsn {
                self.records += u64::from(self.chain.take(&record, visit, damaged)?);
            }
            self.last_hash = record.hash;
            self.next_lsn += 1;
        }
    }

    fn ended(self) -> Result<Recovery, Error> {
        let last_lsn = self.next_lsn - 1;
        self.chain.check_end(last_lsn)?;
        Ok(Recovery {
            records: self.records,
            last_lsn,
            heads: self.chain.heads,
            torn: None,
        })
    }
}

/// Reads the journal in `dir` without a change of its records, for a survey: its heads and a reader.
pub(super) fn survey(dir: &Path) -> Result<(Recovery, Option<Arc<dyn Reader>>), Error> {
    let Some(opened) = Opened::existing(dir, SledOptions::default().cache_bytes)? else {
        return Ok((Recovery::default(), None));
    };
    let mut walk = Walk::of(Start::beginning());
    walk.read(&opened.store, &opened.meta, &opened.mark, &mut |_| {})?;
    let reader = SledReader {
        store: Arc::new(opened.store),
        salt: opened.meta.salt,
    };
    Ok((walk.ended()?, Some(Arc::new(reader))))
}

/// Reads beside the writer: both use the same sled.
struct SledReader {
    store: Arc<Store>,
    salt: u32,
}

impl Reader for SledReader {
    fn scan(
        &self,
        lsns: RangeInclusive<u64>,
        auction: Option<u128>,
        visit: &mut ScanVisitor<'_>,
    ) -> Result<(), Error> {
        let (from_lsn, to_lsn) = (*lsns.start().max(&1), *lsns.end());
        let mut frames = self.store.frames(from_lsn, self.salt)?;
        let mut history = History::default();
        for lsn in from_lsn..=to_lsn {
            let damaged = |reason: String| Error::Damaged {
                dir: self.store.dir().to_owned(),
                last_good_lsn: lsn - 1,
                reason,
            };
            let header = match frames.next(lsn)? {
                Found::Record(header) => header,
                Found::End => return Err(damaged(format!("{} missing", store::range(lsn, to_lsn)))),
                Found::Bad(reason) => return Err(damaged(reason)),
            };
            if auction.is_some_and(|auction| auction != header.auction) {
                continue;
            }
            let record = header.record(frames.payload(&header));
            if auction.is_some() {
                history.follow(&record).map_err(damaged)?;
            }
            if visit(&record).is_break() {
                return Ok(());
            }
        }
        Ok(())
    }
}
