//! What is wrong, by what kind of wrong it is.

use serde::Serialize;
use std::collections::BTreeMap;

/// Findings that are told in words; all are counted.
const TOLD_MAX: usize = 40;

/// How a node broke its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Something that somebody was told is not there any more.
    Lost,
    /// Something is there twice.
    Duplicated,
    /// Something has another place in the history than was told.
    Reordered,
    /// Something is there, but says something else.
    Changed,
    /// The node said or did something that nothing here explains.
    Unexpected,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Findings {
    counts: BTreeMap<Fault, u64>,
    told: Vec<(Fault, String)>,
}

impl Findings {
    /// One more.
    pub fn note(&mut self, fault: Fault, what: impl Into<String>) {
        *self.counts.entry(fault).or_default() += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push((fault, what.into()));
        }
    }

    /// How many of one kind.
    pub fn count(&self, fault: Fault) -> u64 {
        self.counts.get(&fault).copied().unwrap_or(0)
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The first of them, in words.
    pub fn told(&self) -> &[(Fault, String)] {
        &self.told
    }
}
