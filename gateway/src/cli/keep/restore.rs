//! `gavel restore`: a data directory from a backup.

use super::{counted, run, tell};
use crate::cli::serve::refuse;
use gavel_actors::auctions::keep::restore;
use std::{path::PathBuf, process::ExitCode};

/// Makes a data directory from a backup, after checking all of it; a node can be started on it then.
///
/// What happened after the backup was made is not in it: bids that were answered since are gone, and clients that
/// ask for their fate are told that they never arrived. So restore the latest one.
///
/// Never run two nodes from one backup: both would sell the same lots and sign in the same people with the same keys, and
/// nothing brings them together again. Stop the old node for good before the restored one is started.
///
/// Exit code 0: restored, read back and checked. 1: not; a directory that was only begun is refused by every start.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What `gavel backup` has made
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// The data directory to make: one that is not there yet, or an empty one
    #[arg(value_name = "DIR")]
    data: PathBuf,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        match run(restore(&self.backup, &self.data)) {
            Ok(restored) => {
                let text = format!(
                    "{} up to LSN {} of {}: {}\n",
                    counted(restored.journal.records, "record"),
                    restored.journal.last_lsn,
                    counted(restored.sales.len() as u64, "sale"),
                    self.data.display()
                );
                tell(&text, ExitCode::SUCCESS)
            }
            Err(reason) => refuse(&reason),
        }
    }
}
