//! A second reading of the rule book, written to be obvious instead of fast: it keeps the bids and
//! what people said, and recomputes leader, price, minimum and every exposure from them each time.
//! It shares with the engine the words of commands and refusals, and no code.

mod bidding;
mod bids;
mod commands;
mod flows;
mod lot;
mod sale;

pub use bids::Bid;
pub use lot::{Lot, Outcome, Phase, Strike, View};
pub use sale::Sale;

use gavel_engine::{Reason, Rejection};

/// Why not, and the lowest and highest amount that would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub reason: Reason,
    pub least: Option<i64>,
    pub most: Option<i64>,
}

pub type Answer = Result<(), Refusal>;

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            least: None,
            most: None,
        }
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self {
            reason: rejection.reason,
            least: rejection.minimum().map(|amount| amount.0),
            most: rejection.maximum().map(|amount| amount.0),
        }
    }
}

impl Refusal {
    fn at_least(reason: Reason, least: i64) -> Self {
        Self {
            least: Some(least),
            ..reason.into()
        }
    }

    fn at_most(reason: Reason, most: i64) -> Self {
        Self {
            most: Some(most),
            ..reason.into()
        }
    }
}
