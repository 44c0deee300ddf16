//! Events and updates, once for each audience.

use super::{Audience, LotView, Outgoing, SaleView};
use gavel_engine::{
    auction::{Approval, Auction, Event, Record},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Lot, Offer, Outcome, Together},
    money::Amount,
    time::Timestamp,
};
use gavel_storage::relational::BookVisibility;
use serde::Serialize;
use std::collections::BTreeSet;

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
        limit_minor: Option<Amount>,
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
    AbsenteeWithdrawn {
        lot_id: LotId,
    },
    CloseExtended {
        lot_id: LotId,
        closes_at_ms: Timestamp,
    },
    CloseSet {
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
    LotWithdrawn {
        lot_id: LotId,
    },
    HammerStruck {
        lot_id: LotId,
        falls_at_ms: Timestamp,
        sold: bool,
    },
    HammerLifted {
        lot_id: LotId,
        by_bid: bool,
    },
    LotSkipped {
        lot_id: LotId,
    },
    LotReoffered {
        lot_id: LotId,
    },
    LotsGrouped {
        lot_id: LotId,
        together: Together,
        others: &'a [LotId],
    },
    LotsSplit {
        lot_id: LotId,
    },
    ChoiceMade {
        lot_id: LotId,
        taken: &'a [LotId],
        price_minor: Amount,
        winner_paddle: Option<Paddle>,
    },
    BidRetracted {
        lot_id: LotId,
        seq_of_bid: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        bid_id: Option<BidId>,
    },
    BidsRetracted {
        lot_id: LotId,
        paddle: Option<Paddle>,
    },
    LotReopened {
        lot_id: LotId,
    },
}

impl<'a> EventView<'a> {
    /// What this audience sees of an event, if anything. `after` is the state after its record.
    /// Nobody sees a sealed bid before its lot has closed, nor that there is one.
    pub fn of(
        event: &'a Event,
        after: &Auction,
        audience: Audience,
        visibility: BookVisibility,
    ) -> Option<Self> {
        let staff = audience == Audience::Staff;
        let counts_book = staff && visibility != BookVisibility::Hidden;
        let hidden = |lot_id: &LotId| after.lot(*lot_id).is_some_and(Lot::hides_bids);
        Some(match event {
            Event::Started => Self::SaleStarted,
            Event::Ended => Self::SaleEnded,
            Event::Said(text) => Self::Message { text },
            Event::Registered {
                bidder,
                paddle,
                standing,
                limit,
            } if staff => Self::RegistrationChanged {
                paddle: *paddle,
                user_id: *bidder,
                status: *standing,
                limit_minor: *limit,
            },
            Event::AbsenteeLeft { lot_id, .. } if counts_book && !hidden(lot_id) => {
                Self::AbsenteeLeft { lot_id: *lot_id }
            }
            Event::AbsenteeWithdrawn { lot_id, .. } if counts_book && !hidden(lot_id) => {
                Self::AbsenteeWithdrawn { lot_id: *lot_id }
            }
            Event::Registered { .. }
            | Event::AbsenteeLeft { .. }
            | Event::AbsenteeWithdrawn { .. }
            | Event::BookRead(_)
            | Event::Created(_)
            | Event::BidRefused { .. }
            | Event::BidVoided { .. }
            | Event::BidAccepted { standing: None, .. } => return None,
            Event::BidRetracted { lot_id, .. } | Event::BidsRetracted { lot_id, .. } if hidden(lot_id) => {
                return None;
            }
            Event::LotOpened(lot_id) => Self::LotOpened { lot_id: *lot_id },
            Event::BidAccepted {
                lot_id,
                bid,
                standing: Some(standing),
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
            Event::CloseSet { lot_id, closes_at } => Self::CloseSet {
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
                outcome: Outcome::Withdrawn,
                ..
            } => Self::LotWithdrawn { lot_id: *lot_id },
            Event::LotClosed { lot_id, .. } => Self::LotUnsold { lot_id: *lot_id },
            Event::HammerStruck { lot_id, strike } => Self::HammerStruck {
                lot_id: *lot_id,
                falls_at_ms: strike.falls_at,
                sold: matches!(strike.outcome, Outcome::Sold { .. }),
            },
            Event::HammerLifted { lot_id, by } => Self::HammerLifted {
                lot_id: *lot_id,
                by_bid: by.is_some(),
            },
            Event::LotSkipped(lot_id) => Self::LotSkipped { lot_id: *lot_id },
            Event::LotReoffered { lot_id, .. } => Self::LotReoffered { lot_id: *lot_id },
            Event::LotsGrouped { lot_id, group, .. } => Self::LotsGrouped {
                lot_id: *lot_id,
                together: group.together,
                others: &group.others,
            },
            Event::LotsSplit { lot_id, .. } => Self::LotsSplit { lot_id: *lot_id },
            Event::ChoiceMade {
                lot_id,
                taken,
                winner,
                price,
                ..
            } => Self::ChoiceMade {
                lot_id: *lot_id,
                taken,
                price_minor: *price,
                winner_paddle: after.paddle(*winner),
            },
            Event::BidRetracted { lot_id, bid_id, .. } => Self::BidRetracted {
                lot_id: *lot_id,
                seq_of_bid: seq_of(after, *lot_id, *bid_id),
                bid_id: staff.then_some(*bid_id),
            },
            Event::BidsRetracted { lot_id, bidder, .. } => Self::BidsRetracted {
                lot_id: *lot_id,
                paddle: after.paddle(*bidder),
            },
            Event::LotReopened { lot_id, .. } => Self::LotReopened { lot_id: *lot_id },
        })
    }
}

/// `"bid"` for an exact amount, `"max"` for a maximum, `"buy_now"` at the fixed price.
pub const fn offer_kind(offer: Offer) -> &'static str {
    match offer {
        Offer::Amount(_) => "bid",
        Offer::Max(_) => "max",
        Offer::BuyNow(_) => "buy_now",
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

/// The lots that look different after a record. `after` is the state after it.
pub fn changed_lots(record: &Record, after: &Auction) -> BTreeSet<LotId> {
    let lots = record.events.iter().flat_map(|event| lots_of(event, after));
    lots.collect()
}

/// An update for one audience; `None` when the audience sees nothing of the record. `changed` are its
/// [`changed_lots`].
pub fn update(
    sale_id: SaleId,
    after_seq: u64,
    record: &Record,
    after: &Auction,
    changed: &BTreeSet<LotId>,
    audience: Audience,
    visibility: BookVisibility,
) -> Option<bytes::Bytes> {
    let events: Vec<_> = record
        .events
        .iter()
        .filter_map(|event| EventView::of(event, after, audience, visibility))
        .collect();
    if events.is_empty() {
        return None;
    }
    let lots = changed.iter().filter_map(|lot_id| after.lot(*lot_id));
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

/// The lots that an event changes, as far as they are shown. `after` is the state after its record.
fn lots_of(event: &Event, after: &Auction) -> Vec<LotId> {
    match event {
        Event::LotOpened(lot_id)
        | Event::BidAccepted { lot_id, .. }
        | Event::CloseExtended { lot_id, .. }
        | Event::CloseSet { lot_id, .. }
        | Event::AskSet(lot_id, _)
        | Event::StepSet(lot_id, _)
        | Event::FairlyWarned(lot_id)
        | Event::Paused(lot_id)
        | Event::Resumed { lot_id, .. }
        | Event::HammerStruck { lot_id, .. }
        | Event::HammerLifted { lot_id, .. }
        | Event::LotSkipped(lot_id)
        | Event::LotReoffered { lot_id, .. }
        | Event::BidRetracted { lot_id, .. }
        | Event::BidsRetracted { lot_id, .. } => vec![*lot_id],
        // What is combined with a lot shares its end.
        Event::LotClosed { lot_id, .. } | Event::LotReopened { lot_id, .. } => {
            let group = after.lot(*lot_id).and_then(|lot| lot.group.as_ref());
            let others = group.map(|group| group.others.as_slice()).unwrap_or_default();
            [*lot_id].into_iter().chain(others.iter().copied()).collect()
        }
        Event::LotsGrouped { lot_id, group, .. } => [*lot_id]
            .into_iter()
            .chain(group.others.iter().copied())
            .collect(),
        Event::LotsSplit { lot_id, others } => [*lot_id].into_iter().chain(others.iter().copied()).collect(),
        Event::ChoiceMade { taken, left, .. } => taken.iter().chain(left).copied().collect(),
        Event::Created(_)
        | Event::Started
        | Event::Ended
        | Event::Registered { .. }
        | Event::BidRefused { .. }
        | Event::BidVoided { .. }
        | Event::AbsenteeLeft { .. }
        | Event::AbsenteeWithdrawn { .. }
        | Event::BookRead(_)
        | Event::Said(_) => Vec::new(),
    }
}

fn changes_sale(event: &Event) -> bool {
    matches!(
        event,
        Event::Started | Event::Ended | Event::Said(_) | Event::LotOpened(_) | Event::LotReopened { .. }
    )
}
