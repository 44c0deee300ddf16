//! From the journal back to auctions: at the start of a node, and after an actor's panic.

use super::{RECORD, STATE};
use gavel_engine::{
    auction::{Auction, Record},
    ids::SaleId,
};
use gavel_storage::{
    journal::{self, Handle, Head, Journal, Kind, ScanVisitor, Start},
    snapshot,
};
use std::{
    collections::BTreeMap,
    ops::{ControlFlow, RangeInclusive},
    path::Path,
};

/// Every auction as it was, and the journal to go on with.
pub struct Recovered {
    /// The states by sale, each with its place in the journal.
    pub auctions: BTreeMap<SaleId, (Auction, Head)>,
    /// Opened and verified.
    pub journal: Box<dyn Journal>,
    /// What opening found.
    pub report: journal::Recovery,
}

/// The journal cannot be brought back to auctions.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal itself.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A record is whole but does not hold what this version writes.
    #[error("record {lsn} of the journal cannot be read: {reason}")]
    Record {
        /// Its place in the journal.
        lsn: u64,
        /// Why.
        reason: String,
    },
}

/// Opens the journal in `directory`, of this kind, from the snapshots where they fit.
///
/// # Errors
/// [`Error`]; a snapshot that does not fit is no error, the journal has everything.
pub fn recover(
    directory: &Path,
    kind: Kind,
    options: &journal::Options,
    snapshots: &dyn snapshot::Snapshots,
) -> Result<Recovered, Error> {
    let (auctions, start) = from_snapshots(snapshots);
    let from_snapshots = start.from_lsn > 1 || !start.heads.is_empty();
    match replay(directory, kind, options, auctions, start) {
        Err(Error::Journal(journal::Error::HeadMismatch { .. })) if from_snapshots => {
            tracing::warn!("the snapshots do not fit the journal; replaying all of it");
            replay(directory, kind, options, BTreeMap::new(), Start::beginning())
        }
        other => other,
    }
}

fn from_snapshots(snapshots: &dyn snapshot::Snapshots) -> (BTreeMap<SaleId, Auction>, Start) {
    let contents = snapshots.load_all().unwrap_or_else(|error| {
        tracing::warn!(%error, "the snapshots cannot be read; replaying the whole journal");
        snapshot::Contents::default()
    });
    let mut start = contents.start();
    let mut auctions = BTreeMap::new();
    for (auction, snapshot) in contents.snapshots {
        match STATE.decode(&snapshot.state) {
            Ok(state) if state.seq() == snapshot.seq => {
                auctions.insert(SaleId(auction), state);
            }
            Ok(_) | Err(_) => {
                tracing::warn!(sale = %SaleId(auction), "a snapshot does not fit this version; replaying the sale");
                start.heads.remove(&auction);
                start.from_lsn = 0;
            }
        }
    }
    (auctions, start)
}

fn replay(
    directory: &Path,
    kind: Kind,
    options: &journal::Options,
    mut auctions: BTreeMap<SaleId, Auction>,
    start: Start,
) -> Result<Recovered, Error> {
    let mut unreadable = None;
    let (journal, report) = journal::open(kind, directory, options, start, &mut |record| {
        if unreadable.is_some() {
            return;
        }
        match decode(record) {
            Ok(decoded) => auctions
                .entry(SaleId(record.auction))
                .or_default()
                .apply(&decoded),
            Err(error) => unreadable = Some(error),
        }
    })?;
    if let Some(error) = unreadable {
        return Err(error);
    }
    let placed = |(sale_id, auction): (SaleId, Auction)| {
        report
            .heads
            .get(&sale_id.0)
            .map(|head| (sale_id, (auction, *head)))
    };
    Ok(Recovered {
        auctions: auctions.into_iter().filter_map(placed).collect(),
        journal,
        report,
    })
}

/// One auction again with the place and hash of its last record, from a running node's journal, after
/// everything that was under way for it has become durable. All its records are within `lsns`. Blocking.
///
/// # Errors
/// [`Error`].
pub(super) fn replay_one(
    handle: &Handle,
    sale_id: SaleId,
    lsns: RangeInclusive<u64>,
) -> Result<(Auction, Option<(u64, journal::Hash)>), Error> {
    let mut head = None;
    let auction = play(
        |visit| handle.replay(sale_id.0, lsns, visit),
        |record, _, _| head = Some((record.lsn, record.hash)),
    )?;
    Ok((auction, head))
}

/// The state that the records of a scan bring about. `each` is given every one of them, with its decision
/// and the state after it.
pub(super) fn play(
    scan: impl FnOnce(&mut ScanVisitor<'_>) -> Result<(), journal::Error>,
    mut each: impl FnMut(&journal::Record<'_>, &Record, &Auction),
) -> Result<Auction, Error> {
    let mut auction = Auction::default();
    let mut unreadable = None;
    scan(&mut |record| match decode(record) {
        Ok(decision) => {
            auction.apply(&decision);
            each(record, &decision, &auction);
            ControlFlow::Continue(())
        }
        Err(error) => {
            unreadable = Some(error);
            ControlFlow::Break(())
        }
    })?;
    unreadable.map_or(Ok(auction), Err)
}

/// The decision in a record of the journal.
fn decode(record: &journal::Record<'_>) -> Result<Record, Error> {
    RECORD.decode(record.payload).map_err(|error| Error::Record {
        lsn: record.lsn,
        reason: error.to_string(),
    })
}
