//! One recorded auction, played through the engine as a timed lot with proxies.

use super::{
    play::{self, LOT},
    table::Row,
};
use gavel_engine::{
    Reason,
    lot::{Channel, Offer},
    money::Amount,
    rules::{Band, RuleSet},
    time::Timestamp,
};
use std::cmp::Reverse;

/// The house's increments: from this price on, this step, both in cents.
const INCREMENTS: [(i64, i64); 10] = [
    (0, 5),
    (100, 25),
    (500, 50),
    (2_500, 100),
    (10_000, 250),
    (25_000, 500),
    (50_000, 1_000),
    (100_000, 2_500),
    (250_000, 5_000),
    (500_000, 10_000),
];

/// What to take for the winner's maximum. The record hides it: the winner's row carries the final
/// price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// The row as it stands.
    AsRecorded,
    /// More than anybody bids, so that the price comes from the losers alone.
    BeyondReach,
}

/// What came of one auction.
#[derive(Debug, Default)]
pub struct Result {
    /// The final price is the recorded one.
    pub as_recorded: bool,
    pub below_minimum: u64,
    pub not_above_own_max: u64,
}

/// Plays the rows of one auction.
///
/// # Errors
/// The reason of a refusal that no sound row can cause.
pub fn replay(rows: &[Row], winner: Winner) -> std::result::Result<Result, Reason> {
    let mut result = Result::default();
    let Some(first) = rows.first() else {
        return Ok(result);
    };
    let mut bids: Vec<&Row> = rows.iter().collect();
    // Stable: what is equal stays in the order of the file.
    bids.sort_by(|a, b| (&a.time, Reverse(a.bid)).cmp(&(&b.time, Reverse(b.bid))));

    let bidders = play::numbered(bids.iter().map(|row| row.bidder.as_str()));
    let mut sale = play::opened(rules(first.opening_price), bidders.values().copied())?;
    let top = top_bid(&bids);
    for (number, row) in (1..).zip(&bids) {
        let is_top = top == Some((row.bidder.as_str(), row.bid));
        let max = if is_top && winner == Winner::BeyondReach {
            Amount::MAX
        } else {
            row.bid
        };
        let bidder = bidders
            .get(row.bidder.as_str())
            .copied()
            .ok_or(Reason::NotRegistered)?;
        let command = play::bid(number, bidder, Channel::Online, Offer::Max(max));
        match play::submit(&mut sale, &command, Timestamp(row.time.as_ms())) {
            Ok(()) => {}
            Err(Reason::BelowMinimum) => result.below_minimum += 1,
            Err(Reason::NotAboveOwnMax) => result.not_above_own_max += 1,
            Err(other) => return Err(other),
        }
    }
    let price = sale.lot(LOT).and_then(gavel_engine::lot::Lot::price);
    result.as_recorded = price == Some(first.final_price);
    Ok(result)
}

/// Without a close: the end is that of the record, whose bids were all in time.
fn rules(opening_price: Amount) -> RuleSet {
    let increments = INCREMENTS.iter().map(|(from, step)| Band {
        from_minor: Amount(*from),
        step_minor: Amount(*step),
        step_bp: None,
    });
    RuleSet::english(opening_price, increments.collect())
}

/// The highest bid, and the bidder whose it was first.
fn top_bid<'a>(bids: &[&'a Row]) -> Option<(&'a str, Amount)> {
    let highest = bids.iter().map(|row| row.bid).max()?;
    let first = bids.iter().find(|row| row.bid == highest)?;
    Some((&first.bidder, highest))
}
