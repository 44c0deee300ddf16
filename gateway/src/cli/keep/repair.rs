//! `gavel repair`: giving up the end of a damaged journal.

use super::{counted, run, shown, tell};
use crate::{cli::serve::refuse, utc::utc};
use gavel_actors::auctions::keep::{Plan, Repaired};
use gavel_engine::ids::SaleId;
use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _, Read as _},
    path::PathBuf,
    process::ExitCode,
};
use uuid::Uuid;

/// More than anybody types as a confirmation.
const ANSWER_BYTES_MAX: u64 = 256;

/// Gives up the records after one of them, where the journal is damaged and no backup can be restored.
///
/// `gavel verify DIR` says what is damaged and which records are intact. Restoring a backup is better nearly always:
/// what is given up here was acknowledged, and is gone. No node may run on the directory.
///
/// First it says what will be given up, as far as it can still be made out, and asks. Then a copy of the directory as it is goes
/// to DEST. Then the results that the database has from records that are given up are taken back, snapshots that
/// were made of such records are moved aside, and the journal is cut. A repair that is interrupted can be given again,
/// with another DEST.
///
/// Exit code 0: the directory holds, and a node starts on it. 1: it was not repaired.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The node's data directory
    #[arg(value_name = "DIR")]
    data: PathBuf,
    /// The last record that is kept, at most the last one that is intact; everything after it goes
    #[arg(long, value_name = "LSN")]
    truncate_at: u64,
    /// Where a copy of the directory as it is goes first: a directory that is not there yet, or an empty one
    #[arg(long, value_name = "DEST")]
    backup: PathBuf,
    /// A sale that was live and of which no record would be left: it becomes a draft that somebody has to publish again; may
    /// be given more than once
    #[arg(long, value_name = "SALE")]
    back_to_draft: Vec<Uuid>,
    /// Does it without asking
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let back_to_draft: Vec<_> = self.back_to_draft.iter().copied().map(SaleId::from).collect();
        let plan = match run(Plan::make(&self.data, self.truncate_at, &back_to_draft)) {
            Ok(plan) => plan,
            Err(reason) => return refuse(&reason),
        };
        let told = tell(&announcement(&plan, self.truncate_at), ExitCode::SUCCESS);
        if told != ExitCode::SUCCESS {
            return told;
        }
        let records: u64 = plan.given_up().values().map(|given_up| given_up.records).sum();
        if !self.yes
            && let Err(reason) = ask(&format!("give up {}", counted(records, "record")))
        {
            return refuse(&reason);
        }
        match run(plan.carry_out(&self.backup)) {
            Ok(repaired) => tell(&conclusion(&repaired, &self.backup), ExitCode::SUCCESS),
            Err(reason) => refuse(&reason),
        }
    }
}

fn announcement(plan: &Plan, last_lsn: u64) -> String {
    let mut text = String::new();
    for finding in plan.found() {
        // Writing to a text does not fail, here and below.
        let _ = writeln!(text, "{}", finding.message);
    }
    let _ = writeln!(
        text,
        "\nThe records up to LSN {last_lsn} are kept. Given up will be:"
    );
    for (sale_id, given_up) in plan.given_up() {
        let when = given_up.times.map_or_else(String::new, |(first, last)| {
            format!(", from {} to {}", utc(first), utc(last))
        });
        let _ = writeln!(
            text,
            "  {sale_id}  {}: {} that can be made out{when}; it keeps {} of at least {}",
            given_up.title.as_deref().map(shown).unwrap_or_default(),
            counted(given_up.records, "record"),
            given_up.kept_seq,
            given_up.known_seq,
        );
    }
    if plan.given_up().is_empty() {
        let _ = writeln!(text, "  no record that can be made out");
    }
    if plan.hides_more() {
        let _ = writeln!(
            text,
            "  and whatever the damage hides, of these sales or of others"
        );
    }
    text
}

fn conclusion(repaired: &Repaired, backup: &std::path::Path) -> String {
    let mut text = format!(
        "\nThe directory as it was is in {}: {}, {}.\n",
        backup.display(),
        counted(repaired.backup.files, "file"),
        counted(repaired.backup.bytes, "byte"),
    );
    if let Some(moved_to) = &repaired.snapshots_moved_to {
        // Writing to a text does not fail, here and below.
        let _ = writeln!(text, "The snapshots were moved to {}.", moved_to.display());
    }
    let _ = writeln!(
        text,
        "The journal ends at LSN {} now, and holds; a node can be started.",
        repaired.examined.journal.last_lsn
    );
    for finding in &repaired.examined.findings {
        let _ = writeln!(text, "Still to be looked after: {}", finding.message);
    }
    text
}

/// Has the person at the terminal type what is meant.
fn ask(phrase: &str) -> Result<(), String> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Err("nothing was changed; say --yes to do it".to_owned());
    }
    question(phrase);
    let mut answer = String::new();
    let read = io::BufRead::read_line(&mut input.lock().take(ANSWER_BYTES_MAX), &mut answer);
    read.map_err(|error| format!("the answer cannot be read: {error}"))?;
    if answer.trim() == phrase {
        Ok(())
    } else {
        Err("nothing was changed".to_owned())
    }
}

#[expect(clippy::print_stderr, reason = "a question to the person at the terminal")]
fn question(phrase: &str) {
    eprint!("\nType `{phrase}` to do it: ");
}
