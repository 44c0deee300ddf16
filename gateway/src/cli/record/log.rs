//! `gavel log`: the history of a sale, from its journal.

use super::{Found, SaleArgs, entry::Entry, print, shown, teller::Teller, unwritten};
use crate::cli::serve::refuse;
use crate::utc::utc;
use gavel_actors::auctions::RecoveryError;
use gavel_engine::{auction::Auction, ids::SaleId, money::Currency, time::Timestamp};
use serde::Serialize;
use std::{io::Write, process::ExitCode};

/// Prints everything that happened in a sale, from its journal, whether a node runs or not.
///
/// What is sealed stays so: of the bids on a sealed lot that has not closed only the place in the
/// history is shown. Maxima on lots that have not closed are shown as far as the house's rules show
/// them to staff.
///
/// Exit code 0: done. 1: there is no such sale, or the journal cannot be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    sale: SaleArgs,
    /// One JSON object for each record, one a line
    #[arg(long)]
    json: bool,
}

/// One record.
#[derive(Serialize)]
struct Line<'a> {
    sale_id: SaleId,
    seq: u64,
    at_ms: Timestamp,
    at: &'a str,
    currency: Option<Currency>,
    events: Vec<Entry>,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        match self.sale.find() {
            Ok(found) => {
                if let Err(reason) = &found.catalogue {
                    warn(&format!("names and numbers are not shown: {reason}"));
                }
                print(|out| write(&found, self.json, out))
            }
            Err(reason) => refuse(&reason),
        }
    }
}

fn write(found: &Found, json: bool, out: &mut impl Write) -> Result<(), String> {
    let Found {
        archive,
        catalogue,
        sale_id,
    } = found;
    let text = |error: RecoveryError| error.to_string();
    // Whether a lot has closed is judged by the end of the history.
    let end = archive.replay(*sale_id, |_, _| ()).map_err(text)?;
    let teller = Teller::new(&end, catalogue.as_ref().ok());
    if !json {
        let title = catalogue
            .as_ref()
            .map_or("", |catalogue| catalogue.title.as_str());
        write_head(&end, *sale_id, title, out)?;
    }
    let mut failed = None;
    archive
        .replay(*sale_id, |record, after| {
            // A node may have gone on since the first time.
            if failed.is_some() || after.seq() > end.seq() {
                return;
            }
            let at = utc(record.at);
            let mut events = record.events.iter().map(|event| teller.tell(event, after));
            let written = if json {
                let line = Line {
                    sale_id: *sale_id,
                    seq: after.seq(),
                    at_ms: record.at,
                    at: &at,
                    currency: after.currency(),
                    events: events.collect(),
                };
                serde_json::to_writer(&mut *out, &line)
                    .map_err(Into::into)
                    .and_then(|()| writeln!(out))
            } else {
                events.try_for_each(|entry| writeln!(out, "{:>7}  {at}  {}", after.seq(), shown(&entry.text)))
            };
            failed = written.err();
        })
        .map_err(text)?;
    failed.map_or(Ok(()), |error| Err(unwritten(&error)))
}

fn write_head(end: &Auction, sale_id: SaleId, title: &str, out: &mut impl Write) -> Result<(), String> {
    let currency = end.currency().map(|currency| currency.to_string());
    let written = writeln!(
        out,
        "{}{}{sale_id}, {}, {} records up to {}",
        shown(title),
        if title.is_empty() { "" } else { ", " },
        currency.unwrap_or_default(),
        end.seq(),
        utc(end.clock()),
    );
    written.map_err(|error| unwritten(&error))
}

#[expect(clippy::print_stderr, reason = "beside the command's result")]
fn warn(text: &str) {
    eprintln!("gavel: {text}");
}
