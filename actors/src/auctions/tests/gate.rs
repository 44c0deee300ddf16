//! A disk that tests hold up.

use super::support::{Node, start_with};
use crate::auctions::AuctionHandle;
use gavel_engine::rules::RuleSet;
use gavel_storage::journal::{self, Heads, Journal, Pending, Reader, Room, WriterOptions};
use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex},
};
use tokio::sync::Notify;

/// Holds up a disk.
#[derive(Default)]
pub struct Gate {
    shut: Mutex<bool>,
    changed: Condvar,
    /// Something waits before it.
    pub reached: Notify,
}

impl Gate {
    pub fn set(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.changed.notify_all();
    }

    fn pass(&self) {
        let shut = self.shut.lock().unwrap();
        if *shut {
            self.reached.notify_one();
        }
        drop(self.changed.wait_while(shut, |shut| *shut).unwrap());
    }
}

/// A journal behind a gate.
struct Gated {
    inner: Box<dyn Journal>,
    gate: Arc<Gate>,
}

impl Journal for Gated {
    fn append_batch(&mut self, batch: &[Pending]) -> Result<(), journal::Error> {
        self.gate.pass();
        self.inner.append_batch(batch)
    }
    fn next_lsn(&self) -> u64 {
        self.inner.next_lsn()
    }
    fn heads(&self) -> &Heads {
        self.inner.heads()
    }
    fn payload_bytes_max(&self) -> usize {
        self.inner.payload_bytes_max()
    }
    fn room(&self) -> Arc<Room> {
        self.inner.room()
    }
    fn reader(&self) -> Arc<dyn Reader> {
        self.inner.reader()
    }
}

/// A node with a sale, and what holds up its disk.
pub async fn on_a_gated_disk(dir: &Path, rules: RuleSet) -> (Node, AuctionHandle, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let gated = Arc::clone(&gate);
    let node = start_with(dir, WriterOptions::default(), |inner| {
        Box::new(Gated { inner, gate: gated })
    })
    .await;
    let auction = node.open_sale(rules).await;
    (node, auction, gate)
}
