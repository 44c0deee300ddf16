//! What a run comes to.

use serde::Serialize;

/// The figures of a run.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// SIGKILLs of a node that was up.
    pub kills: u64,
    /// Answers and outcomes of commands that clients received and that were held against the journal.
    pub acknowledged: u64,
    /// Of everything that anybody was told, what is not there any more.
    pub lost: u64,
    /// What is there twice.
    pub duplicated: u64,
    /// What has another place than was told.
    pub reordered: u64,
    /// What is there, but says something else.
    pub changed: u64,
    /// What nothing here explains: errors, unclean ends, bids that nobody sent.
    pub unexpected: u64,
    /// Starts that did not come to listen.
    pub failed_starts: u64,
    /// The longest that a start took, milliseconds.
    pub max_start_ms: u64,
    /// SIGKILLs of a node that was still starting.
    pub kills_at_start: u64,
    /// SIGTERMs.
    pub stops: u64,
    /// Bids that count.
    pub accepted: u64,
    /// Bids that were refused.
    pub refused: u64,
    /// Bids that a kill kept from arriving.
    pub not_received: u64,
    /// Commands that were carried out.
    pub commands: u64,
    /// Updates and snapshots that were broadcast, and held against the journal.
    pub shown: u64,
    /// Answers, updates and snapshots that came more than once and were compared.
    pub repeats: u64,
    /// Starts that found an unfinished write at the journal's end.
    pub torn_tails: u64,
    /// Starts that read a part of the journal only.
    pub starts_from_snapshots: u64,
    /// Where all chance comes from.
    pub seed: u64,
}

impl Figures {
    /// The node kept its word.
    pub fn is_clean(&self) -> bool {
        let faults = [
            self.lost,
            self.duplicated,
            self.reordered,
            self.changed,
            self.unexpected,
            self.failed_starts,
        ];
        faults.iter().all(|count| *count == 0)
    }
}
