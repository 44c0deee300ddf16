//! What leaves an auction for sockets: the JSON of the WebSocket contract (`docs/asyncapi.yaml`).
//! An update is encoded once for each audience, however many sockets it goes to.

use gavel_engine::{
    Rejection,
    auction::{Approval, Auction, Event, Record, SalePhase},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Lot, Offer, Outcome, Phase},
    money::Amount,
    time::Timestamp,
};
use gavel_storage::relational::BookVisibility;
use serde::Serialize;
use std::collections::BTreeSet;

/// For whom a view is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Those who run the sale.
    Staff,
}

/// Every message that an auction sends.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outgoing<'a> {
    /// The whole state, to start from.
    Snapshot {
        /// Which sale.
        sale_id: SaleId,
        /// The last record that it contains.
        seq: u64,
        /// The node's clock.
        server_time_ms: Timestamp,
        /// The sale.
        sale: SaleView,
        /// Its lots in running order.
        lots: Vec<LotView>,
        /// The viewer's own standing.
        you: Option<You>,
        /// For staff.
        staff: Option<StaffView>,
    },
    /// The updates missed since `from_seq` follow.
    Resumed {
        /// Which sale.
        sale_id: SaleId,
        /// What the client had.
        from_seq: u64,
        /// What it has after the updates that follow.
        seq: u64,
    },
    /// Something happened.
    Update {
        /// Which sale.
        sale_id: SaleId,
        /// The update before this one for the same audience: whoever has less has missed something.
        after_seq: u64,
        /// Number of the record.
        seq: u64,
        /// When it happened.
        at_ms: Timestamp,
        /// What.
        events: Vec<EventView<'a>>,
        /// The sale, when it changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        sale: Option<SaleView>,
        /// The lots that changed, as they are now.
        lots: Vec<LotView>,
    },
    /// The viewer's own standing changed.
    You {
        /// Which sale.
        sale_id: SaleId,
        /// Number of the record.
        seq: u64,
        /// The standing.
        you: You,
    },
    /// A bid counts.
    BidAccepted {
        /// Made by the client.
        bid_id: BidId,
        /// Which sale.
        sale_id: SaleId,
        /// Which lot.
        lot_id: LotId,
        /// Number of the record.
        seq: u64,
        /// When it was accepted.
        at_ms: Timestamp,
        /// Whether its bidder led right after it.
        leading: bool,
        /// The price right after it; null in the absentee book.
        price_minor: Option<Amount>,
        /// The lowest acceptable bid right after it.
        minimum_minor: Option<Amount>,
        /// The bidder's own maximum on the lot now.
        max_minor: Option<Amount>,
        /// This is the first answer again.
        repeated: bool,
    },
    /// A bid does not count.
    BidRefused {
        /// Made by the client.
        bid_id: BidId,
        /// Which sale.
        sale_id: SaleId,
        /// Which lot, where known.
        lot_id: Option<LotId>,
        /// Why.
        code: &'a str,
        /// Why, in English.
        message: &'a str,
        /// What would be accepted.
        minimum_minor: Option<Amount>,
        /// The same id will never be accepted.
        #[serde(rename = "final")]
        is_final: bool,
        /// This is the first answer again.
        repeated: bool,
    },
    /// A command was carried out.
    CommandDone {
        /// Made by the client.
        command_id: &'a str,
        /// Which sale.
        sale_id: SaleId,
        /// Number of its record.
        seq: u64,
    },
    /// A command was refused.
    CommandRefused {
        /// Made by the client.
        command_id: &'a str,
        /// Which sale.
        sale_id: SaleId,
        /// Why.
        code: &'a str,
        /// Why, in English.
        message: &'a str,
        /// What would be accepted.
        minimum_minor: Option<Amount>,
    },
    /// Who is there; for staff.
    Presence {
        /// Which sale.
        sale_id: SaleId,
        /// Sockets that follow the sale.
        watchers: usize,
        /// Signed-in bidders among them.
        online: Vec<Present>,
    },
}

impl Outgoing<'_> {
    /// The JSON text.
    pub fn encode(&self) -> bytes::Bytes {
        // Plain structs with string keys: serialising them into memory has no way to fail; an
        // empty message would still be a visible one.
        serde_json::to_vec(self).map(Into::into).unwrap_or_default()
    }
}

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
pub fn own_max(lot: &Lot, bidder: BidderId) -> Option<Amount> {
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

/// One event for one audience.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are the contract's, which documents them")]
pub enum EventView<'a> {
    SaleStarted,
    SaleEnded,
    Message {
        text: &'a str,
    },
    RegistrationChanged {
        paddle: Paddle,
        user_id: BidderId,
        status: Approval,
    },
    LotOpened {
        lot_id: LotId,
    },
    BidAccepted {
        lot_id: LotId,
        paddle: Option<Paddle>,
        channel: Channel,
        price_minor: Amount,
        took_lead: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        bid_id: Option<BidId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        offer: Option<&'static str>,
    },
    AbsenteeLeft {
        lot_id: LotId,
    },
    CloseExtended {
        lot_id: LotId,
        closes_at_ms: Timestamp,
    },
    AskSet {
        lot_id: LotId,
        ask_minor: Amount,
    },
    StepSet {
        lot_id: LotId,
        step_minor: Option<Amount>,
    },
    FairWarning {
        lot_id: LotId,
    },
    Paused {
        lot_id: LotId,
    },
    Resumed {
        lot_id: LotId,
    },
    LotSold {
        lot_id: LotId,
        price_minor: Amount,
        winner_paddle: Option<Paddle>,
    },
    LotUnsold {
        lot_id: LotId,
    },
    BidRetracted {
        lot_id: LotId,
        seq_of_bid: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        bid_id: Option<BidId>,
    },
    LotReopened {
        lot_id: LotId,
    },
}

impl<'a> EventView<'a> {
    /// What this audience sees of an event, if anything. `after` is the state after its record.
    pub fn of(event: &'a Event, after: &Auction, audience: Audience) -> Option<Self> {
        let staff = audience == Audience::Staff;
        Some(match event {
            Event::Started => Self::SaleStarted,
            Event::Ended => Self::SaleEnded,
            Event::Said(text) => Self::Message { text },
            Event::Registered {
                bidder,
                paddle,
                standing,
            } if staff => Self::RegistrationChanged {
                paddle: *paddle,
                user_id: *bidder,
                status: *standing,
            },
            Event::AbsenteeLeft { lot_id, .. } if staff => Self::AbsenteeLeft { lot_id: *lot_id },
            Event::Registered { .. }
            | Event::AbsenteeLeft { .. }
            | Event::Created(_)
            | Event::BidRefused { .. }
            | Event::BidVoided { .. } => return None,
            Event::LotOpened(lot_id) => Self::LotOpened { lot_id: *lot_id },
            Event::BidAccepted {
                lot_id,
                bid,
                standing,
            } => Self::BidAccepted {
                lot_id: *lot_id,
                paddle: after.paddle(bid.bidder),
                channel: bid.channel,
                price_minor: standing.price,
                took_lead: standing.leader == bid.bidder,
                bid_id: staff.then_some(bid.bid_id),
                offer: staff.then_some(offer_kind(bid.offer)),
            },
            Event::CloseExtended { lot_id, closes_at } => Self::CloseExtended {
                lot_id: *lot_id,
                closes_at_ms: *closes_at,
            },
            Event::AskSet(lot_id, ask) => Self::AskSet {
                lot_id: *lot_id,
                ask_minor: *ask,
            },
            Event::StepSet(lot_id, step) => Self::StepSet {
                lot_id: *lot_id,
                step_minor: *step,
            },
            Event::FairlyWarned(lot_id) => Self::FairWarning { lot_id: *lot_id },
            Event::Paused(lot_id) => Self::Paused { lot_id: *lot_id },
            Event::Resumed { lot_id, .. } => Self::Resumed { lot_id: *lot_id },
            Event::LotClosed {
                lot_id,
                outcome: Outcome::Sold { winner, price },
                ..
            } => Self::LotSold {
                lot_id: *lot_id,
                price_minor: *price,
                winner_paddle: after.paddle(*winner),
            },
            Event::LotClosed {
                lot_id,
                outcome: Outcome::Unsold,
                ..
            } => Self::LotUnsold { lot_id: *lot_id },
            Event::BidRetracted { lot_id, bid_id, .. } => Self::BidRetracted {
                lot_id: *lot_id,
                seq_of_bid: seq_of(after, *lot_id, *bid_id),
                bid_id: staff.then_some(*bid_id),
            },
            Event::LotReopened { lot_id, .. } => Self::LotReopened { lot_id: *lot_id },
        })
    }
}

/// `"bid"` for an exact amount, `"max"` for a maximum.
pub const fn offer_kind(offer: Offer) -> &'static str {
    match offer {
        Offer::Amount(_) => "bid",
        Offer::Max(_) => "max",
    }
}

fn seq_of(auction: &Auction, lot_id: LotId, bid_id: BidId) -> u64 {
    let bids = auction
        .lot(lot_id)
        .map(|lot| lot.bids.as_slice())
        .unwrap_or_default();
    bids.iter()
        .find(|historic| historic.bid.bid_id == bid_id)
        .map_or(0, |historic| historic.seq)
}

/// A bid of a lot's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BidView {
    /// Number of its record.
    pub seq: u64,
    /// When it was accepted.
    pub at_ms: Timestamp,
    /// The bidder's number.
    pub paddle: Option<Paddle>,
    /// Where it came from.
    pub channel: Channel,
    /// The price that it gave.
    pub amount_minor: Amount,
    /// `bid` or `max`.
    pub kind: &'static str,
    /// The auctioneer has taken it back.
    pub retracted: bool,
    /// It is the viewer's own.
    pub mine: bool,
    /// For staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_id: Option<BidId>,
    /// The maximum, for its own bidder, and for staff as far as the house's rules show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_minor: Option<Amount>,
}

/// A lot's bids, newest first, as one viewer may see them.
pub fn history(
    auction: &Auction,
    lot: &Lot,
    audience: Audience,
    viewer: Option<BidderId>,
    visibility: BookVisibility,
) -> Vec<BidView> {
    let staff = audience == Audience::Staff;
    let newest_first = lot.bids.iter().rev();
    newest_first
        .map(|historic| {
            let bid = historic.bid;
            let mine = viewer == Some(bid.bidder);
            let shown = mine
                || staff
                    && (visibility == BookVisibility::Full
                        || matches!(bid.channel, Channel::Floor | Channel::Phone));
            BidView {
                seq: historic.seq,
                at_ms: historic.at,
                paddle: auction.paddle(bid.bidder),
                channel: bid.channel,
                amount_minor: historic.price,
                kind: offer_kind(bid.offer),
                retracted: historic.retracted,
                mine,
                bid_id: staff.then_some(bid.bid_id),
                max_minor: shown.then_some(bid.offer.ceiling()),
            }
        })
        .collect()
}

/// An update for one audience; `None` when the audience sees nothing of the record.
pub fn update(
    sale_id: SaleId,
    after_seq: u64,
    record: &Record,
    after: &Auction,
    audience: Audience,
) -> Option<bytes::Bytes> {
    let events: Vec<_> = record
        .events
        .iter()
        .filter_map(|event| EventView::of(event, after, audience))
        .collect();
    if events.is_empty() {
        return None;
    }
    let changed: BTreeSet<LotId> = record.events.iter().filter_map(lot_of).collect();
    let lots = changed.into_iter().filter_map(|lot_id| after.lot(lot_id));
    let update = Outgoing::Update {
        sale_id,
        after_seq,
        seq: after.seq(),
        at_ms: record.at,
        events,
        sale: record
            .events
            .iter()
            .any(changes_sale)
            .then(|| SaleView::of(after)),
        lots: lots.map(|lot| LotView::of(after, lot)).collect(),
    };
    Some(update.encode())
}

fn lot_of(event: &Event) -> Option<LotId> {
    match event {
        Event::LotOpened(lot_id)
        | Event::BidAccepted { lot_id, .. }
        | Event::CloseExtended { lot_id, .. }
        | Event::AskSet(lot_id, _)
        | Event::StepSet(lot_id, _)
        | Event::FairlyWarned(lot_id)
        | Event::Paused(lot_id)
        | Event::Resumed { lot_id, .. }
        | Event::LotClosed { lot_id, .. }
        | Event::BidRetracted { lot_id, .. }
        | Event::LotReopened { lot_id, .. } => Some(*lot_id),
        Event::Created(_)
        | Event::Started
        | Event::Ended
        | Event::Registered { .. }
        | Event::BidRefused { .. }
        | Event::BidVoided { .. }
        | Event::AbsenteeLeft { .. }
        | Event::Said(_) => None,
    }
}

fn changes_sale(event: &Event) -> bool {
    matches!(
        event,
        Event::Started | Event::Ended | Event::Said(_) | Event::LotOpened(_) | Event::LotReopened { .. }
    )
}

/// A refusal of a bid.
pub fn bid_refused<'a>(
    sale_id: SaleId,
    lot_id: Option<LotId>,
    bid_id: BidId,
    rejection: &Rejection,
    repeated: bool,
) -> Outgoing<'a> {
    Outgoing::BidRefused {
        bid_id,
        sale_id,
        lot_id,
        code: rejection.reason.code(),
        message: rejection.reason.message(),
        minimum_minor: rejection.minimum_minor,
        is_final: true,
        repeated,
    }
}
