//! Recorded auctions whose close moves with late bids. Amounts are integers in millionths, times are
//! seconds since the first bid.

use super::play::{self, LOT};
use gavel_engine::{
    Reason,
    ids::BidderId,
    lot::{Channel, Offer, Outcome},
    money::Amount,
    rules::{Band, RuleSet, Runs, RunsFrom, SoftClose},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

const COLUMNS: [&str; 7] = [
    "auction_id",
    "seconds_since_first_bid",
    "bidder",
    "amount",
    "reserve",
    "final_price",
    "final_winner",
];

/// The first bid starts a clock of a day.
const RUNS_MS: i64 = 86_400_000;

/// A bid this near to the close moves it to as long after the bid.
const WINDOW_MS: i64 = 600_000;

/// A bid is at least a tenth above the last one.
const STEP_BP: u32 = 1_000;

/// The figures of a run.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Auctions with at least one sound row.
    pub auctions: u64,
    /// Bids that the engine accepted.
    pub bids: u64,
    /// Auctions that the recorded winner won.
    pub winner_match: u64,
    /// Auctions that closed at the recorded price.
    pub price_match: u64,
}

#[derive(Debug, Deserialize)]
struct Row {
    auction_id: u64,
    seconds_since_first_bid: u32,
    bidder: String,
    amount: u64,
    reserve: u64,
    final_price: u64,
    final_winner: String,
}

/// Plays a file; the figures, and every malformed row with its line and what is wrong.
///
/// # Errors
/// When the file cannot be read, or its first line does not name the columns.
pub fn replay(from: impl BufRead) -> io::Result<(Figures, Vec<String>)> {
    let (auctions, mut malformed) = read(from)?;
    let mut figures = Figures::default();
    for (id, rows) in &auctions {
        match play_one(rows) {
            Ok(played) => {
                figures.auctions += 1;
                figures.bids += played.accepted;
                figures.winner_match += u64::from(played.winner_as_recorded);
                figures.price_match += u64::from(played.price_as_recorded);
                malformed.extend(
                    played
                        .refused
                        .into_iter()
                        .map(|why| format!("auction {id}: {why}")),
                );
            }
            Err(reason) => malformed.push(format!("auction {id}: {}", reason.code())),
        }
    }
    Ok((figures, malformed))
}

type Auctions = BTreeMap<u64, Vec<Row>>;

fn read(from: impl BufRead) -> io::Result<(Auctions, Vec<String>)> {
    let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(from);
    let header = table.headers()?;
    if header != &csv::StringRecord::from(COLUMNS.to_vec()) {
        let columns = COLUMNS.join(",");
        return Err(io::Error::other(format!(
            "line 1: expected the columns {columns}"
        )));
    }
    let header = header.clone();
    let (mut auctions, mut malformed) = (Auctions::new(), Vec::new());
    for record in table.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        match record {
            Ok(record) => match sound(&record, &header) {
                Ok(row) => auctions.entry(row.auction_id).or_default().push(row),
                Err(why) => malformed.push(format!("line {}: {why}", line(record.position()))),
            },
            Err(error) if error.is_io_error() => return Err(io::Error::other(error)),
            Err(error) => malformed.push(format!("line {}: not UTF-8", line(error.position()))),
        }
    }
    Ok((auctions, malformed))
}

fn sound(record: &csv::StringRecord, header: &csv::StringRecord) -> Result<Row, String> {
    if record.len() != COLUMNS.len() {
        return Err(format!("{} columns instead of {}", record.len(), COLUMNS.len()));
    }
    let row: Row = record
        .deserialize(Some(header))
        .map_err(|error| match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => {
                let column = err
                    .field()
                    .and_then(|field| COLUMNS.get(usize::try_from(field).ok()?));
                format!("{}: {}", column.unwrap_or(&"row"), err.kind())
            }
            _ => error.to_string(),
        })?;
    for (column, amount) in [
        ("amount", row.amount),
        ("reserve", row.reserve),
        ("final_price", row.final_price),
    ] {
        if !i64::try_from(amount).is_ok_and(|minor| Amount(minor).is_payable()) {
            return Err(format!("{column}: {amount} is not an amount"));
        }
    }
    if row.bidder.is_empty() {
        return Err("bidder: empty".to_owned());
    }
    Ok(row)
}

/// What came of one auction.
struct Played {
    accepted: u64,
    refused: Vec<String>,
    winner_as_recorded: bool,
    price_as_recorded: bool,
}

fn play_one(rows: &[Row]) -> Result<Played, Reason> {
    let first = rows.first().ok_or(Reason::NoBids)?;
    let bidders = play::numbered(rows.iter().map(|row| row.bidder.as_str()));
    let mut sale = play::opened(rules(minor(first.reserve)), bidders.values().copied())?;
    let (mut accepted, mut refused) = (0, Vec::new());
    for (number, row) in (1..).zip(rows) {
        let at = Timestamp(i64::from(row.seconds_since_first_bid) * 1_000);
        play::time_passes(&mut sale, at);
        let bidder = bidders
            .get(row.bidder.as_str())
            .copied()
            .ok_or(Reason::NotRegistered)?;
        let bid = play::bid(number, bidder, Channel::Online, Offer::Amount(minor(row.amount)));
        match play::submit(&mut sale, &bid, at) {
            Ok(()) => accepted += 1,
            Err(reason) => refused.push(format!(
                "the bid at {} s is refused: {}",
                row.seconds_since_first_bid,
                reason.code()
            )),
        }
    }
    // Long after the last possible close.
    play::time_passes(&mut sale, Timestamp(i64::MAX));
    let outcome = sale.lot(LOT).and_then(|lot| lot.outcome);
    let recorded: Option<&BidderId> = bidders.get(first.final_winner.as_str());
    let (winner, price) = match outcome {
        Some(Outcome::Sold { winner, price }) => (Some(winner), Some(price)),
        _ => (None, None),
    };
    Ok(Played {
        accepted,
        refused,
        winner_as_recorded: winner.is_some() && winner.as_ref() == recorded,
        price_as_recorded: price == Some(minor(first.final_price)),
    })
}

/// Only amounts that passed [`sound`] come here.
fn minor(millionths: u64) -> Amount {
    Amount(i64::try_from(millionths).unwrap_or(i64::MAX))
}

fn rules(opening_price: Amount) -> RuleSet {
    let tenth = Band {
        step_bp: Some(STEP_BP),
        ..Band::default()
    };
    RuleSet {
        runs: Some(Runs {
            from: RunsFrom::FirstBid,
            duration_ms: RUNS_MS,
        }),
        soft_close: Some(SoftClose {
            window_ms: WINDOW_MS,
            extend_ms: WINDOW_MS,
            max_extensions: None,
            group: None,
        }),
        // The chain takes whatever is high enough, from whomever.
        self_raise: true,
        ..RuleSet::english(opening_price, vec![tenth])
    }
}
