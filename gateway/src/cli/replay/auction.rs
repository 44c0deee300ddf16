//! One recorded auction, played through the engine as a timed lot with proxies.

use super::table::Row;
use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, RuleSet},
    time::Timestamp,
};
use std::{cmp::Reverse, collections::BTreeMap};

const LOT: LotId = LotId(1);

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

    let mut sale = opened(first.opening_price, &bids)?;
    let bidders = numbered(&bids);
    let top = top_bid(&bids);
    for (number, row) in (1..).zip(&bids) {
        let is_top = top == Some((row.bidder.as_str(), row.bid));
        let max = if is_top && winner == Winner::BeyondReach {
            Amount::MAX
        } else {
            row.bid
        };
        let command = Command::PlaceBid(PlaceBid {
            bid_id: BidId(number),
            lot_id: LOT,
            bidder: bidders
                .get(row.bidder.as_str())
                .copied()
                .ok_or(Reason::NotRegistered)?,
            channel: Channel::Online,
            offer: Offer::Max(max),
            currency: Currency::USD,
            book_if_pending: false,
            sent_before_ms: None,
        });
        match submit(&mut sale, &command, Timestamp(row.time.as_ms())) {
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

/// A sale of one open lot with every bidder approved.
fn opened(opening_price: Amount, bids: &[&Row]) -> std::result::Result<Auction, Reason> {
    let increments = INCREMENTS.iter().map(|(from, step)| Band {
        from_minor: Amount(*from),
        step_minor: Amount(*step),
        step_bp: None,
    });
    // Without a close: the end is that of the record, whose bids were all in time.
    let rules = RuleSet::english(opening_price, increments.collect());
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind: SaleKind::Timed,
        lots: vec![LotSetup { lot_id: LOT, rules }],
    };
    let mut sale = Auction::default();
    let registrations = numbered(bids).into_values().zip(1..).map(|(bidder, number)| {
        Command::Register(Register {
            bidder,
            paddle: Paddle(number),
            standing: Approval::Approved,
            limit: None,
        })
    });
    let create = [Command::Create(Box::new(setup))];
    for command in create.into_iter().chain(registrations).chain([Command::Start]) {
        submit(&mut sale, &command, Timestamp(0))?;
    }
    Ok(sale)
}

fn submit(sale: &mut Auction, command: &Command, at: Timestamp) -> std::result::Result<(), Reason> {
    let events = sale
        .decide(command, at, &Unlimited)
        .map_err(|rejection| rejection.reason)?;
    sale.apply(&Record { at, events });
    Ok(())
}

/// Numbers for the bidders, in the order of their names.
fn numbered<'a>(bids: &[&'a Row]) -> BTreeMap<&'a str, BidderId> {
    let mut bidders: BTreeMap<&str, BidderId> = bids
        .iter()
        .map(|row| (row.bidder.as_str(), BidderId(0)))
        .collect();
    for (bidder, number) in bidders.values_mut().zip(1..) {
        *bidder = BidderId(number);
    }
    bidders
}

/// The highest bid, and the bidder whose it was first.
fn top_bid<'a>(bids: &[&'a Row]) -> Option<(&'a str, Amount)> {
    let highest = bids.iter().map(|row| row.bid).max()?;
    let first = bids.iter().find(|row| row.bid == highest)?;
    Some((&first.bidder, highest))
}
