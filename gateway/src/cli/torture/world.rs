//! What the people in the sales share while the node comes and goes.

use super::{finding::Findings, house::House, witness::Witness};
use crate::client::socket::Socket;
use std::{
    cell::{Cell, RefCell, RefMut},
    collections::BTreeMap,
    rc::Rc,
};
use tokio::sync::{Notify, watch};

/// Shared by everybody.
#[derive(Clone)]
pub struct World {
    /// Who and what there is.
    pub house: Rc<House>,
    /// Where the node listens; empty while it is down.
    address: watch::Receiver<String>,
    /// Nobody starts anything new once this is true.
    closing: watch::Receiver<bool>,
    witnesses: Rc<RefCell<BTreeMap<String, Witness>>>,
    findings: Rc<RefCell<Findings>>,
    answers: Rc<Answers>,
}

/// A connection that follows sales.
pub struct Connection {
    /// The connection.
    pub socket: Socket,
    floors: BTreeMap<String, u64>,
}

impl Connection {
    /// The record of a sale that it may not start before: the last that anybody was shown when the node
    /// was last killed before it was begun.
    pub fn floor_seq(&self, sale: &str) -> u64 {
        self.floors.get(sale).copied().unwrap_or(0)
    }
}

/// Counts what the node has answered for certain.
#[derive(Default)]
struct Answers {
    count: Cell<u64>,
    more: Notify,
}

/// The other side of a [`World`]: says when the node is up and when the day ends.
pub struct Director {
    address: watch::Sender<String>,
    closing: watch::Sender<bool>,
}

impl World {
    /// Of this house, with its node down.
    pub fn new(house: House, findings: Rc<RefCell<Findings>>) -> (Self, Director) {
        let (address, addresses) = watch::channel(String::new());
        let (closing, told) = watch::channel(false);
        let world = Self {
            house: Rc::new(house),
            address: addresses,
            closing: told,
            witnesses: Rc::default(),
            findings,
            answers: Rc::default(),
        };
        (world, Director { address, closing })
    }

    /// A connection that follows these sales, each from its last record that is known on, as soon as there
    /// is one to be had; `None` when nobody directs any more.
    pub async fn follow(&self, token: &str, sales: &[(&str, Option<u64>)]) -> Option<Connection> {
        let mut address = self.address.clone();
        loop {
            let at = address.wait_for(|at| !at.is_empty()).await.ok()?.clone();
            // Before it is begun: the node may be killed while it is.
            let floor =
                |(sale, _): &(&str, Option<u64>)| ((*sale).to_owned(), self.witness(sale).settled_seq());
            let floors = sales.iter().map(floor).collect();
            if let Some(socket) = Socket::follow(&at, token, sales).await {
                return Some(Connection { socket, floors });
            }
            // The node has gone, or is full for a moment.
            let moved = address.wait_for(|now| *now != at);
            let _ = tokio::time::timeout(std::time::Duration::from_millis(20), moved).await;
        }
    }

    /// Everything that was shown of a sale to anybody.
    pub fn witness(&self, sale: &str) -> RefMut<'_, Witness> {
        RefMut::map(self.witnesses.borrow_mut(), |witnesses| {
            witnesses.entry(sale.to_owned()).or_default()
        })
    }

    /// The node has gone: nothing that was shown may be missing when it is back.
    pub fn settle(&self) {
        self.witnesses.borrow_mut().values_mut().for_each(Witness::settle);
    }

    /// What is wrong.
    pub fn findings(&self) -> RefMut<'_, Findings> {
        self.findings.borrow_mut()
    }

    /// Whether the day ends.
    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Returns when the day ends.
    pub async fn closing(&self) {
        // An error is its end, too.
        let _ = self.closing.clone().wait_for(|closing| *closing).await;
    }

    /// One more certain answer.
    pub fn answered(&self) {
        self.answers.count.set(self.answers.count.get() + 1);
        self.answers.more.notify_waiters();
    }

    /// Certain answers so far.
    pub fn answers(&self) -> u64 {
        self.answers.count.get()
    }

    /// Returns when there were so many.
    pub async fn answers_reach(&self, count: u64) {
        while self.answers() < count {
            self.answers.more.notified().await;
        }
    }
}

impl Director {
    /// The node is up.
    pub fn opened(&self, address: &str) {
        self.address.send_replace(address.to_owned());
    }

    /// The node is about to go.
    pub fn going(&self) {
        self.address.send_replace(String::new());
    }

    /// Nobody starts anything new.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}
