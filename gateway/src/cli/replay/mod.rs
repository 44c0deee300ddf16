//! `gavel replay`: plays recorded auctions of the world through the engine.

mod auction;
mod play;
mod soft_close;
mod table;

use serde::Serialize;
use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Plays recorded auctions through the engine and compares its prices with the recorded ones.
#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    #[command(subcommand)]
    source: Source,
}

/// Whose records.
#[derive(Debug, clap::Subcommand)]
enum Source {
    /// Proxy-bid histories of eBay
    Ebay(EbayArgs),
    /// Auctions whose close moves with late bids
    SoftClose(SoftCloseArgs),
}

/// Plays auctions whose close moves with late bids through the engine: a day from the first bid, steps
/// of a tenth, ten minutes from every late bid.
///
/// Exit code 0: done. 2: rows were malformed or refused, or the file could not be read.
#[derive(Debug, clap::Args)]
pub struct SoftCloseArgs {
    /// CSV with the columns `auction_id`, `seconds_since_first_bid`, bidder, amount, reserve, `final_price`, `final_winner`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// Plays proxy-bid histories of eBay through the engine.
///
/// `close_match` counts the auctions whose final price is the recorded one; `blind_match` those
/// where it is even when the winner's recorded maximum, which carries the final price, is raised
/// beyond reach. Exit code 0: done. 2: rows were malformed, or the file could not be read.
#[derive(Debug, clap::Args)]
pub struct EbayArgs {
    /// CSV with the columns auctionid, bid, bidtime, bidder, bidderrate, openbid, price, item, auction_type
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Print the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// The figures of a run.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Auctions with at least one sound row.
    pub auctions: u64,
    /// Sound rows.
    pub bids: u64,
    /// Auctions whose final price is the recorded one.
    pub close_match: u64,
    /// The same with the winner's maximum raised beyond reach.
    pub blind_match: u64,
    /// Bids that the engine refused as below the minimum.
    pub refused_below_minimum: u64,
    /// Bids that the engine refused as not above the bidder's own maximum.
    pub refused_not_above_own_max: u64,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// The figures of the sound rows.
    pub figures: Figures,
    /// Every malformed row with its line and what is wrong.
    pub malformed: Vec<String>,
}

impl ReplayArgs {
    /// Runs the command on the process's own output streams.
    pub fn run(self) -> ExitCode {
        let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
        let code = match self.source {
            Source::Ebay(ebay) => ebay.execute(&mut out, &mut err),
            Source::SoftClose(soft_close) => soft_close.execute(&mut out, &mut err),
        };
        // A reader that has gone away must not look like success.
        ExitCode::from(code.unwrap_or(2))
    }
}

impl SoftCloseArgs {
    /// Runs the command; the exit code.
    ///
    /// # Errors
    /// When `out` or `err` cannot be written.
    pub fn execute(&self, out: &mut impl io::Write, err: &mut impl io::Write) -> io::Result<u8> {
        let file = self.file.display();
        let replayed = fs::File::open(&self.file).and_then(|file| soft_close::replay(BufReader::new(file)));
        let (figures, malformed) = match replayed {
            Ok(replayed) => replayed,
            Err(error) => {
                writeln!(err, "{file}: {error}")?;
                return Ok(2);
            }
        };
        if self.json {
            serde_json::to_writer(&mut *out, &figures)?;
            writeln!(out)?;
        } else {
            writeln!(
                out,
                "{} auctions, {} bids accepted",
                figures.auctions, figures.bids
            )?;
            writeln!(out, "{} won by the recorded winner", figures.winner_match)?;
            writeln!(out, "{} close at the recorded price", figures.price_match)?;
        }
        complain(&self.file, &malformed, err)
    }
}

/// Names what was malformed; the exit code.
fn complain(file: &Path, malformed: &[String], err: &mut impl io::Write) -> io::Result<u8> {
    let file = file.display();
    for row in malformed {
        writeln!(err, "{file}: {row}")?;
    }
    if malformed.is_empty() {
        return Ok(0);
    }
    writeln!(err, "{file}: {} malformed", malformed.len())?;
    Ok(2)
}

impl EbayArgs {
    /// Runs the command; the exit code.
    ///
    /// # Errors
    /// When `out` or `err` cannot be written.
    pub fn execute(&self, out: &mut impl io::Write, err: &mut impl io::Write) -> io::Result<u8> {
        let file = self.file.display();
        let report = match ebay(&self.file) {
            Ok(report) => report,
            Err(error) => {
                writeln!(err, "{file}: {error}")?;
                return Ok(2);
            }
        };
        if self.json {
            serde_json::to_writer(&mut *out, &report.figures)?;
            writeln!(out)?;
        } else {
            let figures = &report.figures;
            writeln!(out, "{} auctions, {} bids", figures.auctions, figures.bids)?;
            writeln!(out, "{} close at the recorded price", figures.close_match)?;
            writeln!(
                out,
                "{} with the winner's maximum beyond reach",
                figures.blind_match
            )?;
            writeln!(
                out,
                "refused: {} below the minimum, {} not above the own maximum",
                figures.refused_below_minimum, figures.refused_not_above_own_max
            )?;
        }
        complain(&self.file, &report.malformed, err)
    }
}

/// Replays a file of proxy-bid histories.
///
/// # Errors
/// When the file cannot be read, or its first line does not name the columns.
pub fn ebay(file: &Path) -> io::Result<Report> {
    replay(BufReader::new(fs::File::open(file)?))
}

fn replay(from: impl BufRead) -> io::Result<Report> {
    let table = table::read(from)?;
    let mut report = Report {
        figures: Figures::default(),
        malformed: table.malformed,
    };
    let figures = &mut report.figures;
    for (id, rows) in &table.auctions {
        let close = auction::replay(rows, auction::Winner::AsRecorded);
        let blind = auction::replay(rows, auction::Winner::BeyondReach);
        match (close, blind) {
            (Ok(close), Ok(blind)) => {
                figures.auctions += 1;
                figures.bids += rows.len() as u64;
                figures.close_match += u64::from(close.as_recorded);
                figures.blind_match += u64::from(blind.as_recorded);
                figures.refused_below_minimum += close.below_minimum;
                figures.refused_not_above_own_max += close.not_above_own_max;
            }
            (Err(reason), _) | (_, Err(reason)) => {
                report.malformed.push(format!("auction {id}: {}", reason.code()));
            }
        }
    }
    Ok(report)
}
