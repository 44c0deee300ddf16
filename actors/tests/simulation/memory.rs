//! Snapshots and results that are kept on the machine, without files.

use gavel_actors::auctions::Results;
use gavel_engine::ids::{LotId, SaleId};
use gavel_storage::{
    journal::{Head, Heads},
    relational::{Change, Outcome, SaleStatus},
    snapshot::{Contents, Error, Snapshot, Snapshots},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// What is saved is there at once and for good: sled's part is tested with real files.
#[derive(Clone, Default)]
pub struct MemorySnapshots(Arc<Mutex<Contents>>);

impl Snapshots for MemorySnapshots {
    fn save(&self, snapshots: &[(u128, Snapshot)]) -> Result<(), Error> {
        self.0.lock().unwrap().snapshots.extend(snapshots.iter().cloned());
        Ok(())
    }

    fn cover(&self, lsn: u64, heads: &Heads) -> Result<bool, Error> {
        let mut contents = self.0.lock().unwrap();
        let covers = |(auction, head): (&u128, &Head)| {
            contents
                .snapshots
                .get(auction)
                .is_some_and(|snapshot| snapshot.head() == *head)
        };
        let covered = heads.iter().all(covers);
        if covered {
            contents.covered_lsn = lsn;
        }
        Ok(covered)
    }

    fn load_all(&self) -> Result<Contents, Error> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// The lists of what was sold, as the relational store keeps them.
#[derive(Clone, Default)]
pub struct MemoryResults(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    cursors: BTreeMap<SaleId, u64>,
    outcomes: BTreeMap<LotId, Outcome>,
    statuses: BTreeMap<SaleId, SaleStatus>,
}

impl MemoryResults {
    pub fn outcomes(&self) -> BTreeMap<LotId, Outcome> {
        self.0.lock().unwrap().outcomes.clone()
    }

    pub fn status(&self, sale_id: SaleId) -> Option<SaleStatus> {
        self.0.lock().unwrap().statuses.get(&sale_id).copied()
    }
}

impl Results for MemoryResults {
    type Error = std::convert::Infallible;

    async fn apply(
        &self,
        sale_id: SaleId,
        seq: u64,
        changes: &[Change],
        is_whole: bool,
    ) -> Result<(), Self::Error> {
        let mut lists = self.0.lock().unwrap();
        let cursor = lists.cursors.entry(sale_id).or_default();
        // What is whole replaces what was told before, also of the same record.
        if *cursor > seq || (*cursor == seq && !is_whole) {
            return Ok(());
        }
        *cursor = seq;
        for change in changes {
            match change {
                Change::Lot { lot_id, outcome } => match outcome {
                    Some(outcome) => {
                        lists.outcomes.insert(*lot_id, *outcome);
                    }
                    None => {
                        lists.outcomes.remove(lot_id);
                    }
                },
                Change::Sale { status, .. } => {
                    lists.statuses.insert(sale_id, *status);
                }
            }
        }
        Ok(())
    }
}
