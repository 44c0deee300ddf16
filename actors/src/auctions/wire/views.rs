//! The state as it is shown: the sale, its lots, a bidder's own standing, the absentee book.

use gavel_engine::{
    auction::{Approval, Auction, SalePhase},
    ids::{BidderId, LotId, Paddle},
    lot::{Channel, Lot, Outcome, Phase},
    money::Amount,
    time::Timestamp,
};
use gavel_storage::relational::BookVisibility;
use serde::Serialize;

/// A signed-in bidder who follows the sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Present {
    /// The number in this sale.
    pub paddle: Option<Paddle>,
    /// As others see the bidder.
    pub display_name: String,
}

/// The sale as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SaleView {
    /// Where it is in its life.
    pub status: SalePhase,
    /// The lot opened last.
    pub current_lot_id: Option<LotId>,
    /// The standing message.
    pub message: Option<String>,
}

impl SaleView {
    /// Of this auction.
    pub fn of(auction: &Auction) -> Self {
        Self {
            status: auction.phase(),
            current_lot_id: auction.current_lot(),
            message: auction.message().map(str::to_owned),
        }
    }
}

/// A lot as everybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LotView {
    lot_id: LotId,
    state: &'static str,
    price_minor: Option<Amount>,
    leader: Option<LeaderView>,
    minimum_minor: Option<Amount>,
    ask_minor: Option<Amount>,
    step_minor: Option<Amount>,
    reserve_met: Option<bool>,
    closes_at_ms: Option<Timestamp>,
    fair_warning: bool,
    bid_count: usize,
    extensions: u32,
    outcome: Option<OutcomeView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct LeaderView {
    paddle: Option<Paddle>,
    channel: Channel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct OutcomeView {
    result: &'static str,
    price_minor: Option<Amount>,
    winner_paddle: Option<Paddle>,
}

impl LotView {
    /// Of this lot of this auction.
    pub fn of(auction: &Auction, lot: &Lot) -> Self {
        let takes_bids = matches!(lot.phase, Phase::Open | Phase::Paused(_));
        Self {
            lot_id: lot.lot_id,
            state: match lot.phase {
                Phase::Pending => "pending",
                Phase::Open => "open",
                Phase::Paused(_) => "paused",
                Phase::Closed => "closed",
            },
            price_minor: lot.price(),
            leader: lot.standing.map(|standing| LeaderView {
                paddle: auction.paddle(standing.leader),
                channel: standing.channel,
            }),
            minimum_minor: (takes_bids || lot.phase == Phase::Pending).then(|| lot.minimum()),
            ask_minor: lot.ask,
            step_minor: lot.step,
            reserve_met: lot.reserve_met(),
            closes_at_ms: lot.closes_at,
            fair_warning: lot.fair_warning,
            bid_count: lot.bids.iter().filter(|historic| !historic.retracted).count(),
            extensions: lot.extensions,
            outcome: lot.outcome.map(|outcome| OutcomeView::of(auction, outcome)),
        }
    }
}

impl OutcomeView {
    fn of(auction: &Auction, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Sold { winner, price } => Self {
                result: "sold",
                price_minor: Some(price),
                winner_paddle: auction.paddle(winner),
            },
            Outcome::Unsold => Self {
                result: "unsold",
                price_minor: None,
                winner_paddle: None,
            },
        }
    }
}

/// A bidder's own standing in a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct You {
    paddle: Paddle,
    status: Approval,
    lots: Vec<YourLot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct YourLot {
    lot_id: LotId,
    max_minor: Option<Amount>,
    leading: bool,
    absentee_minor: Option<Amount>,
}

impl You {
    /// Of this bidder; `None` without registration.
    pub fn of(auction: &Auction, bidder: BidderId) -> Option<Self> {
        let registration = auction.registration(bidder)?;
        let lots = auction
            .lots()
            .iter()
            .filter_map(|lot| YourLot::of(lot, bidder))
            .collect();
        Some(Self {
            paddle: registration.paddle,
            status: registration.standing,
            lots,
        })
    }
}

impl YourLot {
    fn of(lot: &Lot, bidder: BidderId) -> Option<Self> {
        let max_minor = own_max(lot, bidder);
        let absentee_minor = lot
            .book
            .iter()
            .find(|entry| entry.bidder == bidder)
            .map(|entry| entry.max);
        if max_minor.is_none() && absentee_minor.is_none() {
            return None;
        }
        let leading = lot.leader() == Some(bidder);
        Some(Self {
            lot_id: lot.lot_id,
            max_minor,
            leading,
            absentee_minor,
        })
    }
}

/// The highest that a bidder has bid on a lot and not been relieved of.
fn own_max(lot: &Lot, bidder: BidderId) -> Option<Amount> {
    lot.bids
        .iter()
        .filter(|historic| historic.bid.bidder == bidder && !historic.retracted)
        .map(|historic| historic.bid.offer.ceiling())
        .max()
}

/// What staff see beyond the public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StaffView {
    book: Vec<BookView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct BookView {
    lot_id: LotId,
    count: usize,
    highest_minor: Option<Amount>,
    entries: Vec<BookEntryView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct BookEntryView {
    paddle: Option<Paddle>,
    max_minor: Amount,
    at_ms: Timestamp,
}

impl StaffView {
    /// The absentee book as far as the house's rules show it.
    pub fn of(auction: &Auction, visibility: BookVisibility) -> Self {
        let shown = auction.lots().iter().filter(|lot| !lot.book.is_empty());
        let book = match visibility {
            BookVisibility::Hidden => Vec::new(),
            BookVisibility::Counts | BookVisibility::Full => {
                shown.map(|lot| BookView::of(auction, lot, visibility)).collect()
            }
        };
        Self { book }
    }
}

impl BookView {
    fn of(auction: &Auction, lot: &Lot, visibility: BookVisibility) -> Self {
        let full = visibility == BookVisibility::Full;
        let entries = lot.book.iter().filter(|_| full).map(|entry| BookEntryView {
            paddle: auction.paddle(entry.bidder),
            max_minor: entry.max,
            at_ms: entry.at,
        });
        Self {
            lot_id: lot.lot_id,
            count: lot.book.len(),
            highest_minor: lot.book.iter().filter(|_| full).map(|entry| entry.max).max(),
            entries: entries.collect(),
        }
    }
}
