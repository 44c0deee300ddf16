//! What one bidder has sent, and was told.

use super::finding::{Fault, Findings};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// A bid and what became of it.
#[derive(Debug)]
pub struct Placed {
    /// The message as it was sent.
    pub request: Value,
    /// Which connection it was first sent over; `None` when it was sent again over another.
    pub connection: Option<u32>,
    /// The first certain answer, without what may differ in a repeat.
    pub fate: Option<Value>,
}

/// Everything a bidder has sent, in that order, and was told.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The bids.
    pub bids: Vec<Placed>,
    index: HashMap<String, usize>,
    /// Fates that were told more than once, and compared.
    pub compared: u64,
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The first certain one to its bid.
    Certain,
    /// It was known.
    Again,
    /// The same bid has to be sent again.
    NotTaken,
}

/// What is the same in every answer to one bid: all but whether it is a repeat, and the bidder's
/// maximum, which is today's.
pub fn essence(answer: &Value) -> Value {
    let mut essence = answer.clone();
    if let Some(fields) = essence.as_object_mut() {
        fields.remove("repeated");
        fields.remove("max_minor");
        if fields.get("code").is_some_and(|code| code == "not_received") {
            // Who asks for the fate of a bid that nobody knows is not told a lot.
            fields.remove("lot_id");
        }
    }
    essence
}

/// What it is when two answers to one bid differ.
pub fn difference(before: &Value, after: &Value) -> Fault {
    let accepted = |answer: &Value| answer["type"] == "bid_accepted";
    if accepted(before) != accepted(after) {
        Fault::Lost
    } else if before["seq"] != after["seq"] {
        Fault::Reordered
    } else {
        Fault::Changed
    }
}

impl Ledger {
    /// A bid goes out.
    pub fn place(&mut self, request: Value, connection: u32) {
        let bid_id = request["bid_id"].as_str().unwrap_or_default().to_owned();
        self.index.insert(bid_id, self.bids.len());
        self.bids.push(Placed {
            request,
            connection: Some(connection),
            fate: None,
        });
    }

    /// The place of a bid.
    pub fn find(&self, bid_id: &Value) -> Option<usize> {
        self.index.get(bid_id.as_str()?).copied()
    }

    /// Takes an answer.
    pub fn take(&mut self, answer: &Value, findings: &mut Findings) -> Taken {
        let Some(index) = self.find(&answer["bid_id"]) else {
            findings.note(
                Fault::Unexpected,
                format!("an answer to what was never asked: {answer}"),
            );
            return Taken::Again;
        };
        if answer["final"] == false {
            return Taken::NotTaken;
        }
        let fate = essence(answer);
        let placed = &mut self.bids[index];
        if let Some(before) = &placed.fate {
            self.compared += 1;
            if *before != fate {
                let what = format!("the answer was {before}, then {fate}");
                findings.note(difference(before, &fate), what);
            }
            return Taken::Again;
        }
        placed.fate = Some(fate);
        Taken::Certain
    }

    /// Bids without a certain answer.
    pub fn in_flight(&self) -> Vec<usize> {
        let bids = self.bids.iter().enumerate();
        let open = bids.filter(|(_, placed)| placed.fate.is_none());
        open.map(|(index, _)| index).collect()
    }

    /// Every certain answer.
    pub fn fates(&self) -> impl Iterator<Item = &Value> {
        self.bids.iter().filter_map(|placed| placed.fate.as_ref())
    }

    /// Bids that went over one connection took effect in the order in which they were sent, sale by sale.
    pub fn hold_order(&self, findings: &mut Findings) {
        let mut last: BTreeMap<(u32, &str), u64> = BTreeMap::new();
        for placed in &self.bids {
            let seq = placed.fate.as_ref().and_then(|fate| fate["seq"].as_u64());
            let sale = placed.request["sale_id"].as_str().unwrap_or_default();
            if let (Some(connection), Some(seq)) = (placed.connection, seq)
                && let Some(before) = last.insert((connection, sale), seq)
                && before >= seq
            {
                let what = format!("sent after record {before}, counted before: {:?}", placed.fate);
                findings.note(Fault::Reordered, what);
            }
        }
    }
}
