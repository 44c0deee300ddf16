//! What an operator's tools do with a data directory: look into every corner of it, copy it while its node runs, bring a copy
//! back, and give up the end of a damaged journal. Everything here blocks.

mod back_up;
mod examine;
mod repair;
mod restore;

pub use back_up::back_up;
pub use examine::{Examined, ExaminedSale, Finding, Part, SnapshotsFound, examine};
pub use repair::{GivenUp, Plan, Repaired};
pub use restore::restore;

use gavel_engine::ids::SaleId;
use gavel_storage::{backup, data_dir, journal, relational};
use std::path::PathBuf;

/// Why a tool does not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing of a node there.
    #[error("{path} is neither a data directory nor a backup: there is no journal in it", path = path.display())]
    NothingThere {
        /// The directory.
        path: PathBuf,
    },
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] data_dir::Error),
    /// The files of a backup.
    #[error(transparent)]
    Backup(#[from] backup::Error),
    /// The journal cannot be read at all.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] relational::Error),
    /// What is there does not hold.
    #[error("{path} does not hold what it should:\n{findings}", path = path.display(), findings = lines(findings))]
    Findings {
        /// The directory or backup.
        path: PathBuf,
        /// What was found.
        findings: Vec<Finding>,
    },
    /// One directory lies in the other.
    #[error("{inner} lies within {outer}; choose a place outside of it", inner = inner.display(), outer = outer.display())]
    Within {
        /// Where the copy was to go.
        inner: PathBuf,
        /// What was to be copied.
        outer: PathBuf,
    },
    /// Database and journal were changed in a way that does not fit, each time they were copied.
    #[error(
        "database and journal do not fit together after {tries} tries: {reason}; try again at a quieter moment"
    )]
    NeverFits {
        /// How often it was tried.
        tries: u32,
        /// What did not fit the last time.
        reason: String,
    },
    /// A sled journal.
    #[error("only a journal of segments can be cut, and this is one of sled: restore a backup instead")]
    NotSegments,
    /// Nothing that a repair could mend.
    #[error("nothing was found that a repair would mend; nothing is given up")]
    NothingToRepair,
    /// What was found is not mended by giving up records.
    #[error("giving up records does not mend this; restore a backup instead:\n{findings}", findings = lines(findings))]
    BeyondRepair {
        /// What was found.
        findings: Vec<Finding>,
    },
    /// There is no such record to keep.
    #[error(
        "record {lsn} cannot be the last one that is kept: only the records up to {last_good_lsn} are intact"
    )]
    NotIntact {
        /// What was asked for.
        lsn: u64,
        /// The last one that can be kept.
        last_good_lsn: u64,
    },
    /// A sale would be gone that has been live.
    #[error(
        "sale {sale_id} ({title}) was live up to record {live_seq}, and nothing of it would be left. Restore a backup; or, \
         if there is none, say --back-to-draft {sale_id}: it will then be a draft without bids or results, that \
         somebody has to publish again"
    )]
    SaleGone {
        /// The sale.
        sale_id: SaleId,
        /// Its title.
        title: String,
        /// The last record that the database knows of.
        live_seq: u64,
    },
    /// A sale that was to become a draft again would not be gone.
    #[error("sale {sale_id} does not lose all of its records here, so it does not become a draft again")]
    SaleKept {
        /// The sale.
        sale_id: SaleId,
    },
}

fn lines(findings: &[Finding]) -> String {
    let lines: Vec<_> = findings
        .iter()
        .map(|finding| format!("  {}", finding.message))
        .collect();
    lines.join("\n")
}

/// Refuses a copy that would lie in what is copied.
fn require_apart(from: &std::path::Path, to: &std::path::Path) -> Result<(), Error> {
    // What is not there yet lies where the nearest directory above it lies.
    let above = to
        .ancestors()
        .find_map(|above| above.canonicalize().ok())
        .or_else(|| std::env::current_dir().ok());
    let from_at = from.canonicalize().ok();
    match (from_at, above) {
        (Some(outer), Some(inner)) if inner.starts_with(&outer) => Err(Error::Within {
            inner: to.to_owned(),
            outer,
        }),
        _ => Ok(()),
    }
}
