//! The state as it is shown: the sale, its lots, a bidder's own standing, the absentee book.

use gavel_engine::{
    auction::{Approval, Auction, SalePhase},
    ids::{BidderId, LotId, Paddle},
    lot::{Channel, Lot, Outcome, Phase, Strike, Together},
    money::Amount,
    rules::{DutchClock, Format},
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
    format: Format,
    state: &'static str,
    price_minor: Option<Amount>,
    leader: Option<LeaderView>,
    minimum_minor: Option<Amount>,
    ask_minor: Option<Amount>,
    step_minor: Option<Amount>,
    reserve_met: Option<bool>,
    closes_at_ms: Option<Timestamp>,
    fair_warning: bool,
    /// Null while bids are sealed.
    bid_count: Option<u32>,
    extensions: u32,
    outcome: Option<OutcomeView>,
    quantity: u32,
    buy_now_minor: Option<Amount>,
    clock: Option<ClockView>,
    hammer: Option<StrikeView>,
    skipped: bool,
    reoffers: u32,
    group: Option<GroupView>,
    led_by: Option<LotId>,
    choice_due: bool,
}

/// The running clock of a Dutch lot: what it shows follows from the node's time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ClockView {
    opened_at_ms: Timestamp,
    start_minor: Amount,
    step_minor: Amount,
    every_ms: i64,
    floor_minor: Amount,
}

impl ClockView {
    fn of(clock: DutchClock, opened_at: Timestamp) -> Self {
        Self {
            opened_at_ms: opened_at,
            start_minor: clock.start_minor,
            step_minor: clock.step_minor,
            every_ms: clock.every_ms,
            floor_minor: clock.floor_minor,
        }
    }
}

/// The hammer was struck, and bids under way are waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct StrikeView {
    struck_at_ms: Timestamp,
    falls_at_ms: Timestamp,
    sold: bool,
}

impl StrikeView {
    fn of(strike: Strike) -> Self {
        Self {
            struck_at_ms: strike.at,
            falls_at_ms: strike.falls_at,
            sold: matches!(strike.outcome, Outcome::Sold { .. }),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct GroupView {
    together: Together,
    others: Vec<LotId>,
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
    with_lot_id: Option<LotId>,
}

impl LotView {
    /// Of this lot of this auction.
    pub fn of(auction: &Auction, lot: &Lot) -> Self {
        let takes_bids = lot.phase.is_running() || lot.phase == Phase::Pending;
        let ticks = lot.rules.format == Format::Dutch;
        let clock = lot
            .rules
            .dutch
            .zip(lot.opened_at)
            .filter(|_| lot.phase == Phase::Open);
        Self {
            lot_id: lot.lot_id,
            format: lot.rules.format,
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
            minimum_minor: (takes_bids && !ticks).then(|| lot.minimum(auction.clock())),
            ask_minor: lot.ask,
            step_minor: lot.step,
            reserve_met: lot.reserve_met(),
            closes_at_ms: lot.closes_at,
            fair_warning: lot.fair_warning,
            bid_count: (!lot.hides_bids()).then_some(lot.bids_standing),
            extensions: lot.extensions,
            outcome: lot.outcome.map(|outcome| OutcomeView::of(auction, outcome)),
            quantity: lot.rules.quantity,
            buy_now_minor: lot
                .rules
                .buy_now_price_minor
                .filter(|_| takes_bids && lot.standing.is_none()),
            clock: clock.map(|(clock, opened_at)| ClockView::of(clock, opened_at)),
            hammer: lot.strike.map(StrikeView::of),
            skipped: lot.skipped,
            reoffers: lot.reoffers,
            group: lot.group.as_ref().map(|group| GroupView {
                together: group.together,
                others: group.others.clone(),
            }),
            led_by: lot.led_by,
            choice_due: lot.choice_is_due(),
        }
    }
}

impl OutcomeView {
    fn of(auction: &Auction, outcome: Outcome) -> Self {
        let of = |result| Self {
            result,
            price_minor: None,
            winner_paddle: None,
            with_lot_id: None,
        };
        match outcome {
            Outcome::Sold { winner, price } => Self {
                price_minor: Some(price),
                winner_paddle: auction.paddle(winner),
                ..of("sold")
            },
            Outcome::Unsold => of("unsold"),
            Outcome::Withdrawn => of("withdrawn"),
            Outcome::SoldWith(lead) => Self {
                with_lot_id: Some(lead),
                ..of("sold_with")
            },
        }
    }
}

/// A bidder's own standing in a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct You {
    paddle: Paddle,
    status: Approval,
    limit_minor: Option<Amount>,
    exposure_minor: Amount,
    left_minor: Option<Amount>,
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
    /// Of this bidder; `None` without registration. `credit_left` is what the credit over all sales
    /// leaves; `involved` are the lots that the bidder may have anything to do with.
    pub fn of(
        auction: &Auction,
        bidder: BidderId,
        credit_left: Option<Amount>,
        involved: impl Iterator<Item = LotId>,
    ) -> Option<Self> {
        let registration = auction.registration(bidder)?;
        let exposure = auction.exposure(bidder);
        let here = registration.limit.map(|limit| limit.minus(exposure));
        let left = match (here, credit_left) {
            (Some(here), Some(everywhere)) => Some(here.min(everywhere)),
            (here, everywhere) => here.or(everywhere),
        };
        let lots = involved.filter_map(|lot_id| YourLot::of(auction.lot(lot_id)?, bidder));
        let lots = lots.collect();
        Some(Self {
            paddle: registration.paddle,
            status: registration.standing,
            limit_minor: registration.limit,
            exposure_minor: exposure,
            left_minor: left.map(|left| left.max(Amount(0))),
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
        .filter(|historic| historic.bid.bidder == bidder && historic.stands())
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
        // What lies in the book of a sealed lot is as hidden as its bids.
        let shown = auction
            .lots()
            .iter()
            .filter(|lot| !lot.book.is_empty() && !lot.hides_bids());
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
