//! The layout of version 1: English lots only, no limits. Never change it.

use gavel_engine::{
    Reason,
    auction::{self, Approval, SaleKind},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{self, Bid, BookEntry, Offer, Standing},
    money::{Amount, Currency},
    rules::{self, Format, OffIncrement, ReserveRule, RuleSet, TieRule},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    at: Timestamp,
    events: Vec<Event>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Setup {
    sale_id: SaleId,
    currency: Currency,
    kind: SaleKind,
    lots: Vec<LotSetup>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LotSetup {
    lot_id: LotId,
    rules: Rules,
}

#[derive(Debug, Serialize, Deserialize)]
struct Rules {
    version: u16,
    format: Format,
    opening_price_minor: Amount,
    increments: Vec<Band>,
    reserve_price_minor: Option<Amount>,
    reserve_rule: ReserveRule,
    tie_rule: TieRule,
    off_increment: OffIncrement,
    closes_at_ms: Option<Timestamp>,
    soft_close: Option<SoftClose>,
    seller: Option<BidderId>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Band {
    from_minor: Amount,
    step_minor: Amount,
}

#[derive(Debug, Serialize, Deserialize)]
struct SoftClose {
    window_ms: i64,
    extend_ms: i64,
    max_extensions: Option<u32>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Rejection {
    reason: Reason,
    minimum_minor: Option<Amount>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Outcome {
    Sold { winner: BidderId, price: Amount },
    Unsold,
}

#[derive(Debug, Serialize, Deserialize)]
enum Event {
    Created(Box<Setup>),
    Started,
    Ended,
    Registered {
        bidder: BidderId,
        paddle: Paddle,
        standing: Approval,
    },
    LotOpened(LotId),
    BidAccepted {
        lot_id: LotId,
        bid: Bid,
        standing: Standing,
    },
    BidRefused {
        lot_id: LotId,
        bid_id: BidId,
        bidder: BidderId,
        offer: Offer,
        rejection: Rejection,
    },
    BidVoided {
        bid_id: BidId,
        bidder: BidderId,
    },
    AbsenteeLeft {
        lot_id: LotId,
        entry: BookEntry,
    },
    CloseExtended {
        lot_id: LotId,
        closes_at: Timestamp,
    },
    AskSet(LotId, Amount),
    StepSet(LotId, Option<Amount>),
    FairlyWarned(LotId),
    Paused(LotId),
    Resumed {
        lot_id: LotId,
        closes_at: Option<Timestamp>,
    },
    LotClosed {
        lot_id: LotId,
        outcome: Outcome,
        by_hammer: bool,
    },
    BidRetracted {
        lot_id: LotId,
        bid_id: BidId,
        standing: Option<Standing>,
    },
    LotReopened {
        lot_id: LotId,
        closes_at: Option<Timestamp>,
    },
    Said(String),
}

impl From<Record> for auction::Record {
    fn from(record: Record) -> Self {
        Self {
            at: record.at,
            events: record.events.into_iter().map(auction::Event::from).collect(),
        }
    }
}

impl From<Event> for auction::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Created(setup) => Self::Created(Box::new((*setup).into())),
            Event::Started => Self::Started,
            Event::Ended => Self::Ended,
            Event::Registered {
                bidder,
                paddle,
                standing,
            } => Self::Registered {
                bidder,
                paddle,
                standing,
                limit: None,
            },
            Event::LotOpened(lot_id) => Self::LotOpened(lot_id),
            Event::BidAccepted {
                lot_id,
                bid,
                standing,
            } => Self::BidAccepted {
                lot_id,
                bid,
                standing: Some(standing),
            },
            Event::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection:
                    Rejection {
                        reason,
                        minimum_minor,
                    },
            } => Self::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection: minimum_minor.map_or_else(|| reason.into(), |minimum| reason.at_least(minimum)),
            },
            Event::BidVoided { bid_id, bidder } => Self::BidVoided { bid_id, bidder },
            Event::AbsenteeLeft { lot_id, entry } => Self::AbsenteeLeft { lot_id, entry },
            Event::CloseExtended { lot_id, closes_at } => Self::CloseExtended { lot_id, closes_at },
            Event::AskSet(lot_id, ask) => Self::AskSet(lot_id, ask),
            Event::StepSet(lot_id, step) => Self::StepSet(lot_id, step),
            Event::FairlyWarned(lot_id) => Self::FairlyWarned(lot_id),
            Event::Paused(lot_id) => Self::Paused(lot_id),
            Event::Resumed { lot_id, closes_at } => Self::Resumed { lot_id, closes_at },
            Event::LotClosed {
                lot_id,
                outcome,
                by_hammer,
            } => Self::LotClosed {
                lot_id,
                outcome: match outcome {
                    Outcome::Sold { winner, price } => lot::Outcome::Sold { winner, price },
                    Outcome::Unsold => lot::Outcome::Unsold,
                },
                by_hammer,
            },
            Event::BidRetracted {
                lot_id,
                bid_id,
                standing,
            } => Self::BidRetracted {
                lot_id,
                bid_id,
                standing,
            },
            Event::LotReopened { lot_id, closes_at } => Self::LotReopened { lot_id, closes_at },
            Event::Said(text) => Self::Said(text),
        }
    }
}

impl From<Setup> for auction::Setup {
    fn from(setup: Setup) -> Self {
        let lots = setup.lots.into_iter().map(|lot| auction::LotSetup {
            lot_id: lot.lot_id,
            rules: lot.rules.into(),
        });
        Self {
            sale_id: setup.sale_id,
            currency: setup.currency,
            kind: setup.kind,
            lots: lots.collect(),
        }
    }
}

impl From<Rules> for RuleSet {
    fn from(rules: Rules) -> Self {
        let bands = rules.increments.into_iter().map(|band| rules::Band {
            from_minor: band.from_minor,
            step_minor: band.step_minor,
            step_bp: None,
        });
        Self {
            version: rules.version,
            format: rules.format,
            reserve_price_minor: rules.reserve_price_minor,
            reserve_rule: rules.reserve_rule,
            tie_rule: rules.tie_rule,
            off_increment: rules.off_increment,
            closes_at_ms: rules.closes_at_ms,
            soft_close: rules.soft_close.map(|soft| rules::SoftClose {
                window_ms: soft.window_ms,
                extend_ms: soft.extend_ms,
                max_extensions: soft.max_extensions,
                group: None,
            }),
            seller: rules.seller,
            ..Self::english(rules.opening_price_minor, bands.collect())
        }
    }
}
