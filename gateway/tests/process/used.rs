//! A data directory with something in it that may not be lost.

use super::{
    bids::Bids,
    gavel::{Gavel, Launch},
    house::{self, House},
    tree::{self, differences, tree},
};
use rustix::process::Signal;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A running node with a sale whose first lot is open.
pub struct Selling {
    pub directory: TempDir,
    pub data: PathBuf,
    pub launch: Launch,
    pub node: Gavel,
    pub house: House,
}

impl Selling {
    pub async fn begin(lots: usize, bidders: usize) -> Self {
        Self::by(lots, bidders, |_, launch| launch).await
    }

    /// By a node that is started otherwise than usual.
    pub async fn by(lots: usize, bidders: usize, arrange: impl FnOnce(&Path, Launch) -> Launch) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (data, launch) = house::open(directory.path()).await;
        let launch = arrange(directory.path(), launch);
        let node = launch.start().await;
        let house = House::prepare(&node.address, lots, bidders).await;
        house.open_first_lot(&node.address).await;
        Self {
            directory,
            data,
            launch,
            node,
            house,
        }
    }
}

/// A data directory in which a sale has been held and that was closed cleanly.
pub struct Used {
    pub directory: TempDir,
    pub data: PathBuf,
    pub launch: Launch,
    pub house: House,
    /// The first lot's bids.
    pub history: Vec<Value>,
    pub last_lsn: u64,
}

impl Used {
    pub async fn directory() -> Self {
        let Selling {
            directory,
            data,
            launch,
            node: gavel,
            house,
        } = Selling::begin(2, 2).await;
        let mut bids = Bids::new(&house);
        for _ in 0..60 {
            assert_eq!(bids.next(&gavel.address).await["type"], "bid_accepted");
        }
        let history = house.first_lots_history(&gavel.address).await;
        assert_eq!(history.len(), 60);
        gavel.signal(Signal::TERM);
        gavel.ended().await;
        let gavel = launch.start().await;
        let last_lsn = gavel.output().logged("the journal was read")[0]["last_lsn"]
            .as_u64()
            .unwrap();
        gavel.signal(Signal::TERM);
        gavel.ended().await;
        Self {
            directory,
            data,
            launch,
            house,
            history,
            last_lsn,
        }
    }

    /// It refuses to start and names what is in the way; nothing but the lock's holder has changed.
    pub async fn refuses(&self, wanted: &[&str]) {
        let before = content(&self.data);
        let ended = self.launch.refused().await;
        ended.assert_reason(wanted);
        assert_eq!(differences(&before, &content(&self.data)), [""; 0]);
    }

    /// It starts and has everything.
    pub async fn starts(&self) -> Gavel {
        let gavel = self.launch.start().await;
        assert_eq!(self.house.first_lots_history(&gavel.address).await, self.history);
        gavel
    }

    /// The segment that was written last, and where its records end.
    pub fn last_segment(&self) -> (PathBuf, u64) {
        let mut names = tree(&self.data.join("journal")).into_iter();
        let (name, bytes) = names.rfind(|(name, _)| is_segment(name)).unwrap();
        (self.data.join("journal").join(name), written(&bytes.unwrap()))
    }
}

/// Where the records in a segment end.
pub fn written(segment: &[u8]) -> u64 {
    segment.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1
}

pub fn is_segment(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "seg")
}

/// What a directory holds, but for who holds its lock, and what sqlite and sled note for themselves
/// whenever they are opened.
fn content(data: &Path) -> tree::Tree {
    let mut content = tree(data);
    let notes = ["LOCK", "gavel.sqlite-wal", "gavel.sqlite-shm"];
    content.retain(|name, _| !notes.contains(&name.as_str()) && !name.starts_with("snapshots/snap."));
    content
}
