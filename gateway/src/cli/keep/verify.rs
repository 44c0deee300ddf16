//! `gavel verify`: everything that a data directory or a backup holds, checked.

use super::{counted, hex, json, run, tell, title};
use crate::{cli::serve::refuse, utc::utc};
use gavel_actors::auctions::keep::{Examined, Finding, SnapshotsFound, examine};
use gavel_engine::{ids::SaleId, time::Timestamp};
use serde::Serialize;
use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

/// Checks everything that a data directory or a backup holds, whether a node runs on it or not.
///
/// Reads every record of the journal (checksums, numbers, hash chains), replays every sale, compares the
/// snapshots with that, checks the database and how far it has come, the keys, and for a backup every file against
/// its manifest. Snapshots are left out while a node runs. Nothing is written there.
///
/// Exit code 0: all of it holds. 1: something does not, or cannot be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A data directory or a backup
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let examined = match run(examine(&self.directory)) {
            Ok(examined) => examined,
            Err(reason) => return refuse(&reason),
        };
        let code = if examined.findings.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
        let report = Report::of(&examined);
        tell(&if self.json { json(&report) } else { text(&report) }, code)
    }
}

#[derive(Serialize)]
struct Report<'a> {
    directory: String,
    /// `data_directory` or `backup`.
    kind: &'static str,
    is_whole: bool,
    /// A node, or another tool, has it open.
    is_open: bool,
    backup: Option<Made<'a>>,
    journal: Journal,
    sales: Vec<Head>,
    snapshots: SnapshotsFound,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct Made<'a> {
    made_at_ms: i64,
    gavel: &'a str,
}

#[derive(Serialize)]
struct Journal {
    records: u64,
    bytes: u64,
    segments: u64,
    last_lsn: u64,
    /// An interrupted write, or one that is under way.
    torn: Option<Torn>,
    damage: Option<Damage>,
}

#[derive(Serialize)]
struct Torn {
    file: String,
    offset: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct Damage {
    file: String,
    offset: u64,
    reason: String,
    last_good_lsn: u64,
    /// Whole records that can still be made out beyond it.
    beyond: Vec<Beyond>,
}

#[derive(Serialize)]
struct Beyond {
    sale_id: SaleId,
    title: Option<String>,
    records: u64,
    first_seq: u64,
    last_seq: u64,
}

/// A sale and its last record.
#[derive(Serialize)]
struct Head {
    sale_id: SaleId,
    title: Option<String>,
    /// How many records it has.
    seq: u64,
    lsn: u64,
    /// Of the last one, which vouches for all before it.
    hash: String,
}

impl<'a> Report<'a> {
    fn of(examined: &'a Examined) -> Self {
        let checked = &examined.journal;
        let torn = checked.torn.as_ref().map(|torn| Torn {
            file: torn.file.display().to_string(),
            offset: torn.offset,
            bytes: torn.bytes,
        });
        let damage = checked.damage.as_ref().map(|damage| Damage {
            file: damage.file.display().to_string(),
            offset: damage.offset,
            reason: damage.reason.clone(),
            last_good_lsn: damage.last_good_lsn,
            beyond: damage
                .beyond
                .iter()
                .map(|(auction, beyond)| Beyond {
                    sale_id: SaleId(*auction),
                    title: title(examined, SaleId(*auction)),
                    records: beyond.records,
                    first_seq: beyond.first_seq,
                    last_seq: beyond.last_seq,
                })
                .collect(),
        });
        let sales = examined.sales.iter().map(|(sale_id, sale)| Head {
            sale_id: *sale_id,
            title: title(examined, *sale_id),
            seq: sale.head.seq,
            lsn: sale.head.lsn,
            hash: hex(&sale.head.hash),
        });
        Self {
            directory: examined.data.display().to_string(),
            kind: examined.manifest.as_ref().map_or("data_directory", |_| "backup"),
            is_whole: examined.findings.is_empty(),
            is_open: examined.is_open,
            backup: examined.manifest.as_ref().map(|manifest| Made {
                made_at_ms: manifest.made_at_ms,
                gavel: &manifest.gavel,
            }),
            journal: Journal {
                records: checked.records,
                bytes: checked.bytes,
                segments: checked.segments,
                last_lsn: checked.last_lsn,
                torn,
                damage,
            },
            sales: sales.collect(),
            snapshots: examined.snapshots,
            findings: &examined.findings,
        }
    }
}

fn text(report: &Report<'_>) -> String {
    let mut lines = vec![report.directory.clone()];
    if let Some(made) = &report.backup {
        let at = utc(Timestamp(made.made_at_ms));
        lines.push(format!("backup     made at {at} by Gavel {}", made.gavel));
    }
    if report.is_open {
        lines.push("in use     a node has it open; what it writes meanwhile is not looked at".to_owned());
    }
    let journal = &report.journal;
    lines.push(format!(
        "journal    {}, {} in {}, up to LSN {}",
        counted(journal.records, "record"),
        counted(journal.bytes, "byte"),
        counted(journal.segments, "segment"),
        journal.last_lsn
    ));
    if let Some(torn) = &journal.torn {
        lines.push(format!(
            "           after them the beginning of a write that nobody was told of, {} at byte {} of {}; the next start \
             cuts it off",
            counted(torn.bytes, "byte"),
            torn.offset,
            torn.file
        ));
    }
    lines.push(format!(
        "snapshots  {}",
        match report.snapshots {
            SnapshotsFound::Equal(0) => "none".to_owned(),
            SnapshotsFound::Equal(count) => format!("{count}, each what its records add up to"),
            SnapshotsFound::InUse =>
                "not looked at while a node runs; they follow from the journal".to_owned(),
            SnapshotsFound::Unfit => "they do not hold".to_owned(),
        }
    ));
    lines.push(format!("sales      {}", report.sales.len()));
    for sale in &report.sales {
        lines.push(format!(
            "  {}  seq {}  LSN {}  {}  {}",
            sale.sale_id,
            sale.seq,
            sale.lsn,
            sale.hash,
            sale.title.as_deref().unwrap_or_default()
        ));
    }
    lines.push(String::new());
    if report.is_whole {
        lines.push("All of it holds.".to_owned());
    } else {
        lines.push(format!("{}:", counted(report.findings.len() as u64, "finding")));
        lines.extend(
            report
                .findings
                .iter()
                .map(|finding| format!("  {}", finding.message)),
        );
    }
    if let Some(damage) = &journal.damage {
        lines.push(String::new());
        lines.push(beyond(damage));
    }
    let mut text = String::new();
    for line in lines {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn beyond(damage: &Damage) -> String {
    if damage.beyond.is_empty() {
        return "Nothing can be made out beyond the damage, so nobody can say which sales it affects."
            .to_owned();
    }
    let mut text =
        "Beyond the damage these records can still be made out; others may be hidden by it:".to_owned();
    for sale in &damage.beyond {
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "\n  {}  {}, seq {} to {}  {}",
            sale.sale_id,
            counted(sale.records, "record"),
            sale.first_seq,
            sale.last_seq,
            sale.title.as_deref().unwrap_or_default()
        );
    }
    text
}
