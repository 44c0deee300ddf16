//! Remembers everything that a sale's sockets were shown: nothing of it may ever be taken back.

use super::finding::{Fault, Findings};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// For whom an update was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Those who run the sale.
    Staff,
}

/// What was shown, by the number of the record.
#[derive(Debug, Default)]
pub struct Witness {
    shown: BTreeMap<(Audience, u64), Value>,
    /// The sale and its lots, as snapshots have them.
    states: BTreeMap<u64, Value>,
    newest_seq: u64,
    /// What the node may not fall behind after a restart.
    settled_seq: u64,
    compared: u64,
}

/// What is the same in an update whoever gets it, and whenever.
pub fn content(update: &Value) -> Value {
    json!({
        "at_ms": update["at_ms"], "events": update["events"], "sale": update["sale"], "lots": update["lots"],
    })
}

impl Witness {
    /// An `update`: whoever is shown a record, whenever, is shown the same.
    pub fn update(&mut self, audience: Audience, update: &Value, findings: &mut Findings) {
        let Some(seq) = update["seq"].as_u64() else {
            return findings.note(Fault::Unexpected, format!("an update without a number: {update}"));
        };
        let content = content(update);
        self.newest_seq = self.newest_seq.max(seq);
        match self.shown.get(&(audience, seq)) {
            Some(before) => {
                self.compared += 1;
                if *before != content {
                    let what = format!("record {seq} was shown as {before}, then as {content}");
                    findings.note(Fault::Changed, what);
                }
            }
            None => {
                self.shown.insert((audience, seq), content);
            }
        }
    }

    /// A `snapshot` or `resumed`: never older than `floor_seq`, which is [`settled_seq`](Self::settled_seq)
    /// at the time when its connection was begun. What a node has sent before it was killed may be read
    /// long after.
    pub fn start(&mut self, message: &Value, floor_seq: u64, findings: &mut Findings) {
        let Some(seq) = message["seq"].as_u64() else {
            return findings.note(Fault::Unexpected, format!("a start without a number: {message}"));
        };
        if seq < floor_seq {
            let what = format!("the sale has gone back from {floor_seq} to {seq}");
            findings.note(Fault::Lost, what);
        }
        if message["type"] != "snapshot" {
            return;
        }
        self.newest_seq = self.newest_seq.max(seq);
        let state = json!({"sale": message["sale"], "lots": message["lots"]});
        match self.states.get(&seq) {
            Some(before) => {
                self.compared += 1;
                if *before != state {
                    let what = format!("the sale at record {seq} was {before}, then {state}");
                    findings.note(Fault::Changed, what);
                }
            }
            None => {
                self.states.insert(seq, state);
            }
        }
    }

    /// The node has gone: what was shown until now is what it has to come back with.
    pub fn settle(&mut self) {
        self.settled_seq = self.newest_seq;
    }

    /// The last record that anybody was shown before the last restart.
    pub fn settled_seq(&self) -> u64 {
        self.settled_seq
    }

    /// Every record that was shown, and as what.
    pub fn shown(&self) -> impl Iterator<Item = (Audience, u64, &Value)> {
        let shown = self.shown.iter();
        shown.map(|((audience, seq), content)| (*audience, *seq, content))
    }

    /// Every state that was shown, by the number of its last record.
    pub fn states(&self) -> &BTreeMap<u64, Value> {
        &self.states
    }

    /// How often something was seen again.
    pub fn compared(&self) -> u64 {
        self.compared
    }
}
