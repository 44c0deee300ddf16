//! Events and updates, once for each audience.

use super::{Audience, LotView, Outgoing, SaleView};
use gavel_engine::{
    auction::{Approval, Auction, Event, Record},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer, Outcome},
    money::Amount,
    time::Timestamp,
};
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
