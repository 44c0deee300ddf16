//! What the people in a sale share while the node comes and goes.

use super::{gavel::Gavel, house::House, socket::Socket, witness::Witness};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use tokio::sync::{Notify, watch};

/// Shared by everybody in one sale.
#[derive(Clone)]
pub struct World {
    pub house: Rc<House>,
    /// Where the node listens; empty while it is down.
    address: watch::Receiver<String>,
    /// Nobody starts anything new once this is true.
    closing: watch::Receiver<bool>,
    /// Everything that was shown to anybody.
    pub witness: Rc<RefCell<Witness>>,
    answers: Rc<Answers>,
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
    pub fn new(house: House) -> (Self, Director) {
        let (address, addresses) = watch::channel(String::new());
        let (closing, told) = watch::channel(false);
        let world = Self {
            house: Rc::new(house),
            address: addresses,
            closing: told,
            witness: Rc::default(),
            answers: Rc::default(),
        };
        (world, Director { address, closing })
    }

    /// A connection that follows the sale, as soon as there is one to be had.
    pub async fn follow(&self, token: &str) -> Socket {
        let mut address = self.address.clone();
        loop {
            let at = address.wait_for(|at| !at.is_empty()).await.unwrap().clone();
            if let Some(socket) = Socket::follow(&at, token, &self.house.sale).await {
                return socket;
            }
            address.changed().await.unwrap();
        }
    }

    /// Where the node listened last.
    pub fn address(&self) -> String {
        self.address.borrow().clone()
    }

    pub fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Returns when the day ends.
    pub async fn closing(&self) {
        self.closing.clone().wait_for(|closing| *closing).await.unwrap();
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
    pub fn opened(&self, gavel: &Gavel) {
        self.address.send_replace(gavel.address.clone());
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
