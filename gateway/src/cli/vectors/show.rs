//! What there is to see of a lot, in the form of a vector.

use super::{
    forms::{BIDDERS, FLAG, Form, INTEGER, LOT, LOTS, MONEY, OUTCOME, TEXT},
    names::Names,
};
use gavel_engine::{
    WouldTake,
    ids::LotId,
    lot::{Lot, Outcome, Phase},
    money::{Amount, Currency},
    time::Timestamp,
};
use serde_json::{Value, json};

/// Something about a lot that a vector can expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    State,
    Price,
    Leader,
    Minimum,
    ReserveMet,
    ClosesAt,
    Ask,
    Extensions,
    FairWarning,
    HammerFallsAt,
    Bids,
    Book,
    OfferedWith,
    LedBy,
    Outcome,
}

impl Field {
    pub const ALL: &[Self] = &[
        Self::State,
        Self::Price,
        Self::Leader,
        Self::Minimum,
        Self::ReserveMet,
        Self::ClosesAt,
        Self::Ask,
        Self::Extensions,
        Self::FairWarning,
        Self::HammerFallsAt,
        Self::Bids,
        Self::Book,
        Self::OfferedWith,
        Self::LedBy,
        Self::Outcome,
    ];

    /// Its key, what is accepted there, and how that is read.
    pub const fn form(self) -> (&'static str, &'static str, Form) {
        match self {
            Self::State => ("state", "a text", TEXT),
            Self::Price => ("price", "an amount or null", MONEY),
            Self::Leader => ("leader", "a name or null", TEXT),
            Self::Minimum => ("minimum", "an amount or null", MONEY),
            Self::ReserveMet => ("reserve_met", "true, false or null", FLAG),
            Self::ClosesAt => ("closes_at_ms", "an integer or null", INTEGER),
            Self::Ask => ("ask", "an amount or null", MONEY),
            Self::Extensions => ("extensions", "an integer", INTEGER),
            Self::FairWarning => ("fair_warning", "true or false", FLAG),
            Self::HammerFallsAt => ("hammer_falls_at_ms", "an integer or null", INTEGER),
            Self::Bids => ("bids", "an integer", INTEGER),
            Self::Book => ("book", "an array of names", BIDDERS),
            Self::OfferedWith => ("offered_with", "an array of lots", LOTS),
            Self::LedBy => ("led_by", "one of the lots or null", LOT),
            Self::Outcome => ("outcome", "an outcome or null", OUTCOME),
        }
    }

    /// Its value at `now`.
    pub fn of(self, lot: &Lot, now: Timestamp, names: &Names, currency: Currency) -> Value {
        match self {
            Self::State => state(lot).into(),
            Self::Price => money(currency, lot.price().or_else(|| lot.clock_price(now))),
            Self::Leader => lot.leader().and_then(|leader| names.name_of(leader)).into(),
            Self::Minimum => money(currency, lot.phase.is_running().then(|| lot.minimum(now))),
            Self::ReserveMet => lot.reserve_met().into(),
            Self::ClosesAt => lot.closes_at.map(Timestamp::as_ms).into(),
            Self::Ask => money(currency, lot.ask),
            Self::Extensions => lot.extensions.into(),
            Self::FairWarning => lot.fair_warning.into(),
            Self::HammerFallsAt => lot.strike.map(|strike| strike.falls_at.as_ms()).into(),
            Self::Bids => lot.bids_standing.into(),
            Self::Book => {
                let waiting = lot.book.iter().filter(|entry| !entry.placed);
                waiting.map(|entry| names.name_of(entry.bidder)).collect()
            }
            Self::OfferedWith => {
                let others = lot.group.iter().flat_map(|group| &group.others);
                others.map(|other| names.name_of_lot(*other)).collect()
            }
            Self::LedBy => lot.led_by.and_then(|lead| names.name_of_lot(lead)).into(),
            Self::Outcome => lot
                .outcome
                .map_or(Value::Null, |outcome| ended(outcome, names, currency)),
        }
    }
}

/// The name of the lot at the rostrum.
pub fn current(lot_id: Option<LotId>, names: &Names) -> Value {
    lot_id.and_then(|lot_id| names.name_of_lot(lot_id)).into()
}

/// An amount, or none.
pub fn money(currency: Currency, amount: Option<Amount>) -> Value {
    amount.map(|amount| currency.format_amount(amount)).into()
}

/// What a refusal says would have been taken.
pub fn would_take(would_take: Option<WouldTake>, currency: Currency) -> Value {
    let (key, amount) = match would_take {
        None => return Value::Null,
        Some(WouldTake::AtLeast(amount)) => ("at_least", amount),
        Some(WouldTake::AtMost(amount)) => ("at_most", amount),
        Some(WouldTake::Exactly(amount)) => ("exactly", amount),
    };
    json!({ key: currency.format_amount(amount) })
}

fn ended(outcome: Outcome, names: &Names, currency: Currency) -> Value {
    let to_nobody = |result: &str| json!({"result": result, "winner": null, "price": null});
    match outcome {
        Outcome::Sold { winner, price } => json!({
            "result": "sold",
            "winner": names.name_of(winner),
            "price": money(currency, Some(price)),
        }),
        Outcome::Unsold => to_nobody("unsold"),
        Outcome::Withdrawn => to_nobody("withdrawn"),
        Outcome::SoldWith(lead) => {
            let mut outcome = to_nobody("sold_with");
            outcome["lot"] = names.name_of_lot(lead).into();
            outcome
        }
    }
}

fn state(lot: &Lot) -> &'static str {
    match lot.phase {
        Phase::Pending => "pending",
        Phase::Open => "open",
        Phase::Paused(_) => "paused",
        Phase::Closed => "closed",
    }
}
