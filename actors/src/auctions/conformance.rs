//! Whatever leaves a journal behind can be held against this: replaying gives the same bytes.

#![allow(clippy::missing_panics_doc, reason = "checks of tests fail by panicking")]
#![allow(clippy::expect_used, reason = "checks of tests fail by panicking")]

use super::{Archive, STATE};
use gavel_engine::{auction::Auction, ids::SaleId};
use gavel_storage::snapshot::{self, Snapshots as _};
use std::{fs, path::Path};

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
    let snapshots = snapshots(&data.join("snapshots"));
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

/// Read from a copy: opening the store changes it, and keeps a running node's out.
fn snapshots(directory: &Path) -> snapshot::Contents {
    if !directory.exists() {
        return snapshot::Contents::default();
    }
    let place = std::env::temp_dir().join(format!("gavel-{}", uuid::Uuid::new_v4()));
    let copy = place.join("snapshots");
    copy_into(directory, &copy);
    let store = snapshot::Store::open(&copy, snapshot::Options::default()).expect("a store can be opened");
    let contents = store.load_all();
    drop(store);
    // Best effort: it is the directory for what may be left behind.
    let _ = fs::remove_dir_all(&place);
    // A copy of what is being written may be torn, and is none then.
    contents.unwrap_or_default()
}

fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory can be made");
    for entry in fs::read_dir(from).expect("it is a directory").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_into(&entry.path(), &to);
        } else {
            // It may be gone by now.
            let _ = fs::copy(entry.path(), to);
        }
    }
}
