//! `gavel backup`: a copy of a data directory that can be restored, made while its node runs.

use super::{counted, json, now, run, tell};
use crate::cli::serve::refuse;
use gavel_actors::auctions::keep::back_up;
use std::{path::PathBuf, process::ExitCode};

/// Copies a data directory, whether a node runs on it or not, so that it can be restored.
///
/// The backup has every record up to one of them, the database as it fits them, and the keys that access tokens are
/// signed with. Everything that was answered before the command was given is in it. Snapshots are left out: the first
/// start makes them again. It is read back and checked as `gavel verify` does before this ends.
///
/// A backup holds password hashes, sign-in keys and sealed bids: nobody but the owner may read its files, and so it
/// should stay where it goes.
///
/// Exit code 0: the backup is whole and on disk. 1: there is none; what is left in DEST is refused by `gavel verify` and
/// `gavel restore`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The node's data directory
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// Where the backup goes: a directory that is not there yet, or an empty one
    #[arg(value_name = "DEST")]
    to: PathBuf,
    /// The backup's manifest as one JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let manifest = match run(back_up(&self.data, &self.to, now())) {
            Ok(manifest) => manifest,
            Err(reason) => return refuse(&reason),
        };
        if self.json {
            return tell(&json(&manifest), ExitCode::SUCCESS);
        }
        let bytes = manifest.files.values().map(|file| file.bytes).sum();
        let text = format!(
            "{} up to LSN {} of {}, {} in {}: {}\n",
            counted(manifest.last_lsn, "record"),
            manifest.last_lsn,
            counted(manifest.sales.len() as u64, "sale"),
            counted(bytes, "byte"),
            counted(manifest.files.len() as u64, "file"),
            self.to.display()
        );
        tell(&text, ExitCode::SUCCESS)
    }
}
