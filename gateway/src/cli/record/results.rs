//! `gavel results`: prices realised, from the journal.

use super::{Found, SaleArgs, print, unwritten};
use crate::cli::serve::refuse;
use crate::utc::utc;
use gavel_engine::{
    auction::{Auction, SalePhase},
    ids::{LotId, Paddle, SaleId},
    lot::{Lot, Outcome, Phase},
    money::{Amount, Currency},
    time::Timestamp,
};
use serde::Serialize;
use std::{io::Write, process::ExitCode};

/// Prints what became of each lot of a sale, from its journal, whether a node runs or not.
///
/// Amounts are decimal numbers in CSV and minor units in JSON. Texts that a spreadsheet would take for
/// formulas get an apostrophe before them in CSV.
///
/// Exit code 0: done. 1: there is no such sale, or the data directory cannot be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    sale: SaleArgs,
    /// How
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One row for each lot, with a header
    Csv,
    /// One object
    Json,
}

#[derive(Debug, Serialize)]
struct Results<'a> {
    sale_id: SaleId,
    title: &'a str,
    status: SalePhase,
    currency: Currency,
    /// The last record that counts here.
    seq: u64,
    /// In running order.
    lots: Vec<LotResult<'a>>,
}

#[derive(Debug, Serialize)]
struct LotResult<'a> {
    lot_id: LotId,
    number: &'a str,
    title: &'a str,
    /// How it ended, or what state it is in.
    result: &'static str,
    /// The lot that it was sold with.
    with_number: Option<&'a str>,
    /// The hammer price, for each piece.
    price_minor: Option<Amount>,
    quantity: u32,
    total_minor: Option<Amount>,
    winner_paddle: Option<Paddle>,
    closed_at_ms: Option<Timestamp>,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let found = match self.sale.find() {
            Ok(found) => found,
            Err(reason) => return refuse(&reason),
        };
        let replayed = found.archive.replay(found.sale_id, |_, _| ());
        match replayed.map_err(|error| error.to_string()) {
            Ok(end) => print(|out| write(&found, &end, self.format, out)),
            Err(reason) => refuse(&reason),
        }
    }
}

fn write(found: &Found, end: &Auction, format: Format, out: &mut impl Write) -> Result<(), String> {
    let catalogue = found.catalogue.as_ref().map_err(Clone::clone)?;
    let currency = end.currency().ok_or("the sale was never set up")?;
    let name = |lot_id: LotId| {
        let lot = catalogue.lots.get(&lot_id);
        lot.map_or(("", ""), |(number, title)| (number.as_str(), title.as_str()))
    };
    let results = Results {
        sale_id: found.sale_id,
        title: &catalogue.title,
        status: end.phase(),
        currency,
        seq: end.seq(),
        lots: end
            .lots()
            .iter()
            .map(|lot| LotResult::of(end, lot, name))
            .collect(),
    };
    match format {
        Format::Json => serde_json::to_writer_pretty(&mut *out, &results)
            .map_err(Into::into)
            .and_then(|()| writeln!(out))
            .map_err(|error| unwritten(&error)),
        Format::Csv => csv(&results, out).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) => unwritten(&error),
            other => format!("{other:?}"),
        }),
    }
}

impl<'a> LotResult<'a> {
    fn of(end: &Auction, lot: &Lot, name: impl Fn(LotId) -> (&'a str, &'a str)) -> Self {
        let (number, title) = name(lot.lot_id);
        let quantity = lot.rules.quantity;
        let unsold = Self {
            lot_id: lot.lot_id,
            number,
            title,
            result: match lot.phase {
                Phase::Pending => "pending",
                Phase::Open => "open",
                Phase::Paused(_) => "paused",
                Phase::Closed => "unsold",
            },
            with_number: None,
            price_minor: None,
            quantity,
            total_minor: None,
            winner_paddle: None,
            closed_at_ms: lot.closed_at,
        };
        match lot.outcome {
            None | Some(Outcome::Unsold) => unsold,
            Some(Outcome::Withdrawn) => Self {
                result: "withdrawn",
                ..unsold
            },
            Some(Outcome::SoldWith(lead)) => Self {
                result: "sold_with",
                with_number: Some(name(lead).0),
                ..unsold
            },
            Some(Outcome::Sold { winner, price }) => Self {
                result: "sold",
                price_minor: Some(price),
                total_minor: Some(price.times(quantity)),
                winner_paddle: end.paddle(winner),
                ..unsold
            },
        }
    }
}

fn csv(results: &Results<'_>, out: &mut impl Write) -> Result<(), csv::Error> {
    let mut rows = csv::Writer::from_writer(out);
    rows.write_record([
        "lot",
        "title",
        "result",
        "sold_with",
        "hammer_price",
        "quantity",
        "total",
        "winner_paddle",
        "currency",
        "closed_at",
    ])?;
    let amount = |amount: Option<Amount>| {
        amount.map_or_else(String::new, |amount| results.currency.format_amount(amount))
    };
    for lot in &results.lots {
        rows.write_record([
            harmless(lot.number),
            harmless(lot.title),
            lot.result.to_owned(),
            harmless(lot.with_number.unwrap_or_default()),
            amount(lot.price_minor),
            lot.quantity.to_string(),
            amount(lot.total_minor),
            lot.winner_paddle
                .map_or_else(String::new, |paddle| paddle.to_string()),
            results.currency.to_string(),
            lot.closed_at_ms.map_or_else(String::new, utc),
        ])?;
    }
    rows.flush()?;
    Ok(())
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']);
    if is_formula {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_no_formulas() {
        let lot = |number: &'static str, title: &'static str| LotResult {
            lot_id: LotId(1),
            number,
            title,
            result: "sold",
            with_number: None,
            price_minor: Some(Amount(123_456)),
            quantity: 3,
            total_minor: Some(Amount(370_368)),
            winner_paddle: Some(Paddle(12)),
            closed_at_ms: Some(Timestamp(1_790_000_000_123)),
        };
        let results = Results {
            sale_id: SaleId(1),
            title: "Evening",
            status: SalePhase::Ended,
            currency: "KWD".parse().unwrap(),
            seq: 7,
            lots: vec![
                lot("1", "A \"chair\", blue"),
                lot("2", "=HYPERLINK(\"http://x\")"),
                lot("3", " @SUM(1)"),
                lot("4", "-2+3"),
                lot("5", "Two\nlines"),
                lot("6", "A = B"),
            ],
        };
        let mut out = Vec::new();
        csv(&results, &mut out).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        assert!(
            text.contains(
                "\n1,\"A \"\"chair\"\", blue\",sold,,123.456,3,370.368,12,KWD,2026-09-21T14:13:20.123Z\n"
            ),
            "{text}"
        );
        let mut rows = csv::Reader::from_reader(out.as_slice());
        let titles: Vec<_> = rows.records().map(|row| row.unwrap()[1].to_owned()).collect();
        let expected = [
            "A \"chair\", blue",
            "'=HYPERLINK(\"http://x\")",
            "' @SUM(1)",
            "'-2+3",
            "Two\nlines",
            "A = B",
        ];
        assert_eq!(titles, expected);
    }
}
