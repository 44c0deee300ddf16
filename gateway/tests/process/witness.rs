//! Remembers everything that a sale's sockets were shown: nothing of it may ever be taken back.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// For whom an update was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    Public,
    Staff,
}

/// What was shown, by the number of the record.
#[derive(Debug, Default)]
pub struct Witness {
    shown: BTreeMap<(Audience, u64), Value>,
    newest_seq: u64,
    /// What the node may not fall behind after a restart.
    settled_seq: u64,
    compared: usize,
}

impl Witness {
    /// An `update`: whoever is shown a record, whenever, is shown the same.
    pub fn update(&mut self, audience: Audience, update: &Value) {
        let seq = update["seq"].as_u64().unwrap();
        let content = json!({
            "at_ms": update["at_ms"], "events": update["events"], "sale": update["sale"], "lots": update["lots"],
        });
        self.newest_seq = self.newest_seq.max(seq);
        match self.shown.get(&(audience, seq)) {
            Some(before) => {
                assert_eq!(*before, content, "record {seq} was shown otherwise before");
                self.compared += 1;
            }
            None => {
                self.shown.insert((audience, seq), content);
            }
        }
    }

    /// A `snapshot` or `resumed`: never older than what anybody was shown before the last restart.
    pub fn start(&mut self, message: &Value) {
        let seq = message["seq"].as_u64().unwrap();
        let settled_seq = self.settled_seq;
        assert!(
            seq >= settled_seq,
            "the sale has gone back from {settled_seq} to {seq}"
        );
    }

    /// The node has gone: what was shown until now is what it has to come back with.
    pub fn settle(&mut self) {
        self.settled_seq = self.newest_seq;
    }

    /// A command that was answered with this record had these events, if anybody saw them.
    pub fn assert_shown(&self, seq: u64, kind: &str) {
        if let Some(content) = self.shown.get(&(Audience::Staff, seq)) {
            let mut events = content["events"].as_array().unwrap().iter();
            assert!(
                events.any(|event| event["kind"] == kind),
                "no {kind} in record {seq}: {content}"
            );
        }
    }

    /// Records seen, and how often one was seen again.
    pub fn counts(&self) -> (usize, usize) {
        (self.shown.len(), self.compared)
    }
}
