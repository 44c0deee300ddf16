//! Giving up the end of a damaged journal, so that its node starts again.
//!
//! The order is such that a repair that is interrupted can be done again, and that no node starts in between with a database
//! that is ahead of its journal: database first, then snapshots, the journal last. Until its end is cut off the
//! journal is refused.

use super::{Error, Examined, ExaminedSale, Finding, Part, examine::examine_own, require_apart};
use crate::auctions::{RECORD, projector::Projection};
use gavel_engine::{auction::Auction, ids::SaleId, time::Timestamp};
use gavel_storage::{
    backup::{CopiedTree, copy_tree, require_vacant},
    data_dir::{self, DataDir},
    journal::{self, Head, Kind, Record, Truncation, disk::OsDisk, segment},
    relational::{Progress, Store},
    snapshot,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

/// A repair that has been thought through. While it lives nobody else opens the directory.
#[derive(Debug)]
pub struct Plan {
    directory: DataDir,
    /// The last record that is kept.
    last_lsn: u64,
    found: Vec<Finding>,
    /// Every sale as of that record.
    sales: BTreeMap<SaleId, ExaminedSale>,
    given_up: BTreeMap<SaleId, GivenUp>,
    /// Sales that the database knows more of than is kept.
    rewound: BTreeMap<SaleId, Progress>,
    back_to_draft: BTreeSet<SaleId>,
    truncation: Truncation,
    unreadable: bool,
}

/// Records of a sale that are given up and can still be made out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUp {
    /// The sale's title, when the database knows it.
    pub title: Option<String>,
    /// How many; 0 when only the database knows that there were some.
    pub records: u64,
    /// When the first and the last of those that can be read happened.
    pub times: Option<(Timestamp, Timestamp)>,
    /// The last record of the sale that is kept; 0 when none is.
    pub kept_seq: u64,
    /// The last record that is known to have been, from the journal or from the database.
    pub known_seq: u64,
}

/// What a repair has done.
#[derive(Debug)]
pub struct Repaired {
    /// The directory as it was.
    pub backup: CopiedTree,
    /// Where the snapshots are now that were ahead of the journal, or of no use.
    pub snapshots_moved_to: Option<PathBuf>,
    /// The directory as it is.
    pub examined: Examined,
}

impl Plan {
    /// Opens the data directory and finds out what it means to keep the records up to `last_lsn` only. Nothing is
    /// changed. The sales in `back_to_draft` may lose all of their records although they were live.
    ///
    /// # Errors
    /// [`Error`]: why there is nothing to repair, or not in this way.
    pub async fn make(data: &Path, last_lsn: u64, back_to_draft: &[SaleId]) -> Result<Self, Error> {
        if !data.join("journal").is_dir() {
            return Err(Error::NothingThere {
                path: data.to_owned(),
            });
        }
        if Kind::of(&data.join("journal"))? == Some(Kind::Sled) {
            return Err(Error::NotSegments);
        }
        let directory = DataDir::open(data)?;
        let examined = examine_own(data).await?;
        let (found, others): (Vec<_>, Vec<_>) = examined
            .findings
            .into_iter()
            .partition(|finding| finding.repairable);
        // Damaged snapshots are made again, and a key has nothing to do with records.
        let beyond: Vec<_> = others
            .into_iter()
            .filter(|finding| matches!(finding.part, Part::Journal | Part::Database))
            .collect();
        if !beyond.is_empty() {
            return Err(Error::BeyondRepair { findings: beyond });
        }
        if found.is_empty() {
            return Err(Error::NothingToRepair);
        }
        let last_good_lsn = examined.journal.last_lsn;
        if last_lsn > last_good_lsn {
            return Err(Error::NotIntact {
                lsn: last_lsn,
                last_good_lsn,
            });
        }
        // Before anything is changed: what cannot be cut needs no other preparation.
        let truncation = Truncation::after(&OsDisk, directory.journal(), last_lsn)?;
        let mut plan = Self {
            directory,
            last_lsn,
            found,
            sales: BTreeMap::new(),
            given_up: BTreeMap::new(),
            rewound: BTreeMap::new(),
            back_to_draft: back_to_draft.iter().copied().collect(),
            truncation,
            unreadable: examined.journal.damage.is_some(),
        };
        plan.read(examined.journal.damage.as_ref())?;
        plan.weigh(&examined.told)?;
        Ok(plan)
    }

    /// Goes through the journal: what is kept, and what lies behind it.
    fn read(&mut self, damage: Option<&journal::Damage>) -> Result<(), Error> {
        let (last_lsn, journal) = (self.last_lsn, self.directory.journal().to_owned());
        let mut states: BTreeMap<SaleId, (Auction, Head)> = BTreeMap::new();
        let given_up = &mut self.given_up;
        journal::check::check(&journal, &mut |record, _| {
            let decided = RECORD.decode(record.payload).map_err(|error| error.to_string())?;
            if record.lsn > last_lsn {
                give_up(given_up, record);
                return Ok(());
            }
            let head = Head {
                lsn: record.lsn,
                seq: record.seq,
                hash: record.hash,
            };
            let (state, at) = states
                .entry(SaleId(record.auction))
                .or_insert_with(|| (Auction::default(), head));
            state.apply(&decided);
            *at = head;
            Ok(())
        })?;
        if let Some(damage) = damage {
            let name = damage.file.file_name().unwrap_or_default().to_string_lossy();
            let first_lsn = segment::first_lsn_of(&name).unwrap_or(1);
            journal::check::salvage(&OsDisk, &journal, first_lsn, damage.offset, &mut |record| {
                give_up(given_up, record);
                ControlFlow::Continue(())
            })?;
        }
        let placed = |(sale_id, (state, head))| (sale_id, ExaminedSale { head, state });
        self.sales = states.into_iter().map(placed).collect();
        Ok(())
    }

    /// What the database makes of it.
    fn weigh(&mut self, told: &BTreeMap<SaleId, Progress>) -> Result<(), Error> {
        for (sale_id, progress) in told {
            let kept_seq = self.sales.get(sale_id).map_or(0, |sale| sale.head.seq);
            if let Some(given_up) = self.given_up.get_mut(sale_id) {
                given_up.title = Some(progress.title.clone());
            }
            if progress.seq <= kept_seq {
                continue;
            }
            if kept_seq == 0 && progress.live_seq > 0 && !self.back_to_draft.contains(sale_id) {
                return Err(Error::SaleGone {
                    sale_id: *sale_id,
                    title: progress.title.clone(),
                    live_seq: progress.live_seq,
                });
            }
            let given_up = self.given_up.entry(*sale_id).or_insert_with(|| GivenUp {
                title: Some(progress.title.clone()),
                records: 0,
                times: None,
                kept_seq,
                known_seq: progress.seq,
            });
            given_up.known_seq = given_up.known_seq.max(progress.seq);
            self.rewound.insert(*sale_id, progress.clone());
        }
        for (sale_id, given_up) in &mut self.given_up {
            given_up.kept_seq = self.sales.get(sale_id).map_or(0, |sale| sale.head.seq);
        }
        let kept =
            |sale_id: &&SaleId| self.sales.contains_key(sale_id) || !self.rewound.contains_key(sale_id);
        match self.back_to_draft.iter().find(kept) {
            Some(sale_id) => Err(Error::SaleKept { sale_id: *sale_id }),
            None => Ok(()),
        }
    }

    /// What is wrong now.
    pub fn found(&self) -> &[Finding] {
        &self.found
    }

    /// What is given up, sale by sale, as far as it can be made out.
    pub fn given_up(&self) -> &BTreeMap<SaleId, GivenUp> {
        &self.given_up
    }

    /// Whether there are bytes that nothing can be made of, and so perhaps more records.
    pub fn hides_more(&self) -> bool {
        self.unreadable
    }

    /// Does it, after a copy of everything as it is was made in `backup`.
    ///
    /// # Errors
    /// [`Error`]. Nothing is changed before the copy is complete; after that it can be done again.
    pub async fn carry_out(self, backup: &Path) -> Result<Repaired, Error> {
        let data = self.directory.root();
        require_apart(data, backup)?;
        require_vacant(backup)?;
        let copied = copy_tree(data, backup)?;
        let store = Store::open(data).await?;
        let rewound = self.rewind(&store).await;
        store.close().await?;
        rewound?;
        let snapshots_moved_to = self.free_snapshots()?;
        self.truncation.carry_out(&OsDisk)?;
        let examined = examine_own(data).await?;
        if examined.findings.iter().any(|finding| finding.repairable) {
            return Err(Error::Findings {
                path: data.to_owned(),
                findings: examined.findings,
            });
        }
        Ok(Repaired {
            backup: copied,
            snapshots_moved_to,
            examined,
        })
    }

    async fn rewind(&self, store: &Store) -> Result<(), Error> {
        for sale_id in self.rewound.keys() {
            let results = store.results();
            if self.back_to_draft.contains(sale_id) {
                results.back_to_draft(*sale_id).await?;
                continue;
            }
            let sale = self.sales.get(sale_id);
            let seq = sale.map_or(0, |sale| sale.head.seq);
            let whole = sale.and_then(|sale| Projection::whole(&sale.state));
            let changes = whole.map(Projection::into_changes).unwrap_or_default();
            results.rewind(*sale_id, seq, &changes).await?;
        }
        Ok(())
    }

    /// Moves snapshots aside that were made of records that are given up, or that cannot be read.
    fn free_snapshots(&self) -> Result<Option<PathBuf>, Error> {
        let dir = self.directory.snapshots();
        let fits = snapshot::read_copy(dir).is_ok_and(|contents| {
            let mut lsns = contents.snapshots.values().map(|snapshot| snapshot.lsn);
            contents.covered_lsn <= self.last_lsn && lsns.all(|lsn| lsn <= self.last_lsn)
        });
        if fits {
            return Ok(None);
        }
        let moved = snapshot::move_aside(dir);
        moved.map(Some).map_err(|source| {
            let path = dir.to_owned();
            data_dir::Error::Io { path, source }.into()
        })
    }
}

fn give_up(given_up: &mut BTreeMap<SaleId, GivenUp>, record: &Record<'_>) {
    let at = RECORD.decode(record.payload).ok().map(|decided| decided.at);
    let of_sale = given_up.entry(SaleId(record.auction)).or_insert(GivenUp {
        title: None,
        records: 0,
        times: None,
        kept_seq: 0,
        known_seq: 0,
    });
    of_sale.records += 1;
    of_sale.known_seq = of_sale.known_seq.max(record.seq);
    if let Some(at) = at {
        let (first, last) = of_sale.times.unwrap_or((at, at));
        of_sale.times = Some((first.min(at), last.max(at)));
    }
}
