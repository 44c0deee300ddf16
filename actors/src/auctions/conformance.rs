//! Whatever leaves a journal behind can be held against this: replaying gives the same bytes.

#![allow(clippy::missing_panics_doc, reason = "checks of tests fail by panicking")]
#![allow(clippy::expect_used, reason = "checks of tests fail by panicking")]

use super::{Archive, STATE};
use gavel_engine::{auction::Auction, ids::SaleId};
use gavel_storage::snapshot;
use std::path::Path;

/// How a node left its data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// In the middle of its work, or it runs.
    Somehow,
    /// By a clean stop: the last state of every sale was kept.
    Cleanly,
}

/// What was replayed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Sales in the journal.
    pub sales: usize,
    /// Their records.
    pub records: u64,
    /// Snapshots that their states were compared with.
    pub snapshots: usize,
}

/// Replays every sale of the journal in `data` from its records alone, twice, and from its snapshot: the
/// encoded states are the same, byte for byte, and the snapshot, which the sale's actor made, is what
/// the records gave when it was made. Changes nothing in the directory; what was never made is empty.
pub fn replay_is_exact(data: &Path, left: Left) -> Replayed {
    let mut replayed = Replayed::default();
    let journal = data.join("journal");
    if !journal.exists() {
        return replayed;
    }
    // First: what is in a snapshot is in the journal by then.
    // A copy of what is being written may be torn, and is none then.
    let snapshots = snapshot::read_copy(&data.join("snapshots")).unwrap_or_default();
    let archive = Archive::read(&journal).expect("the journal is whole");
    for sale in archive.sales() {
        let snapshot = snapshots.snapshots.get(&sale.0);
        let state = exact(&archive, sale, snapshot);
        assert!(
            left == Left::Somehow || snapshot.is_some_and(|snapshot| snapshot.seq == state.seq()),
            "the last state of {sale} was not kept"
        );
        replayed.sales += 1;
        replayed.records += state.seq();
        replayed.snapshots += usize::from(snapshot.is_some());
    }
    replayed
}

fn exact(archive: &Archive, sale: SaleId, snapshot: Option<&snapshot::Snapshot>) -> Auction {
    let replay = |visit: &mut dyn FnMut(&gavel_engine::auction::Record, &Auction)| {
        archive.replay(sale, visit).expect("every record is readable")
    };
    let mut from_snapshot = None;
    let once = replay(&mut |record, auction| {
        let Some(snapshot) = snapshot else { return };
        match from_snapshot.as_mut() {
            None if auction.seq() == snapshot.seq => {
                let made = snapshot.state.clone();
                assert!(
                    encoded(auction) == made,
                    "{sale} was not what its records say when it was kept"
                );
                from_snapshot = Some(STATE.decode(&made).expect("a snapshot is readable"));
            }
            None => {}
            Some(state) => Auction::apply(state, record),
        }
    });
    let again = replay(&mut |_, _| ());
    let bytes = encoded(&once);
    assert!(encoded(&again) == bytes, "{sale} is not the same twice");
    assert_eq!(
        from_snapshot.is_some(),
        snapshot.is_some(),
        "{sale} was kept at a record it does not have"
    );
    if let Some(state) = from_snapshot {
        assert!(
            encoded(&state) == bytes,
            "{sale} is another one from its snapshot"
        );
    }
    once
}

fn encoded(auction: &Auction) -> Vec<u8> {
    STATE.encode(auction).expect("a state can be encoded")
}
