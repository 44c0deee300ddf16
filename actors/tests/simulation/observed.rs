//! What clients have seen: every answer, every update, and what they make of it at the end.

use super::{line::View, trace::Trace};
use gavel_engine::{
    auction::Answer,
    ids::{BidId, BidderId, LotId, SaleId},
    lot::Offer,
};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// A bid and what was heard of it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub sale_id: SaleId,
    pub lot_id: LotId,
    pub bidder: BidderId,
    pub offer: Offer,
    /// Where in the order of everything it was first sent.
    pub sent: u64,
    /// Every answer, with where in the order of everything it was received.
    pub answers: Vec<(u64, Answer)>,
}

/// One step of the history of the watched lot.
#[derive(Debug, Clone)]
pub enum Step {
    Sent { thread: u64, bidder: BidderId, max: i64 },
    Heard { thread: u64, answer: Answer },
}

/// See the module's documentation.
pub struct Observed {
    pub trace: Rc<Trace>,
    pub bids: RefCell<BTreeMap<BidId, Asked>>,
    /// Updates and snapshots by sale and record.
    pub told: RefCell<BTreeMap<(SaleId, u64, bool), Value>>,
    pub watched: RefCell<Vec<Step>>,
    /// What clients show at the end.
    pub views: RefCell<Vec<(String, SaleId, View)>>,
    pub violations: RefCell<Vec<String>>,
    /// Clients that have come to the end of what they wanted to do.
    pub finished: RefCell<Vec<String>>,
}

impl Observed {
    pub fn new(trace: Rc<Trace>) -> Self {
        Self {
            trace,
            bids: RefCell::default(),
            told: RefCell::default(),
            watched: RefCell::default(),
            views: RefCell::default(),
            violations: RefCell::default(),
            finished: RefCell::default(),
        }
    }

    pub fn violation(&self, text: String) {
        self.trace.note(|| format!("VIOLATION {text}"));
        self.violations.borrow_mut().push(text);
    }

    /// A client was told this. The same record is told to everybody in the same words, at any time.
    pub fn told(&self, client: &str, sale_id: SaleId, told: &Value) {
        let seq = told["seq"].as_u64().unwrap_or_default();
        let is_update = told["type"] == "update";
        self.trace
            .note(|| format!("{client} hears of record {seq} of {sale_id}: {}", told["type"]));
        let mut known = self.told.borrow_mut();
        match known.get(&(sale_id, seq, is_update)) {
            Some(before) if is_update && before["events"] != told["events"] => {
                let text = format!("record {seq} of {sale_id} was told as {before} and as {told}");
                drop(known);
                self.violation(text);
            }
            Some(before) if before["lots"] != told["lots"] => {
                let text =
                    format!("the lots after record {seq} of {sale_id} were told as {before} and as {told}");
                drop(known);
                self.violation(text);
            }
            _ => {
                known.insert((sale_id, seq, is_update), told.clone());
            }
        }
    }

    /// A bid is sent, perhaps once more.
    pub fn sent(&self, bid_id: BidId, asked: Asked) {
        self.trace.note(|| {
            format!(
                "{:?} sends {bid_id:?} on {:?}: {:?}",
                asked.bidder, asked.lot_id, asked.offer
            )
        });
        let mut bids = self.bids.borrow_mut();
        bids.entry(bid_id).or_insert(asked).sent = self.trace.order();
    }

    /// A bid is answered.
    pub fn heard(&self, bid_id: BidId, answer: Answer) {
        self.trace.note(|| format!("{bid_id:?} is answered: {answer:?}"));
        if let Some(asked) = self.bids.borrow_mut().get_mut(&bid_id) {
            asked.answers.push((self.trace.order(), answer));
        }
    }

    /// The last bid on a lot, by its id, that has an answer.
    pub fn last_answered(&self, lot_id: LotId) -> Option<BidId> {
        let bids = self.bids.borrow();
        let mut answered = bids
            .iter()
            .filter(|(_, asked)| asked.lot_id == lot_id && !asked.answers.is_empty());
        answered.next_back().map(|(bid_id, _)| *bid_id)
    }

    pub fn step(&self, step: Step) {
        self.watched.borrow_mut().push(step);
    }
}
