//! A lot's rule set: data that is stored with the lot, versioned, and validated when it is saved.
//! Sources: the rule vectors' README; where rules of houses differ, the difference is a field.

use crate::{ids::BidderId, money::Amount, time::Timestamp};
use serde::{Deserialize, Serialize};

/// The version of the layout of [`RuleSet`] that this engine writes.
pub const RULES_VERSION: u16 = 1;

/// The longest ladder of increments that is accepted. Houses use about a dozen bands; with this many,
/// the rules of 2,000 lots fit one record of the journal.
pub const BANDS_MAX: usize = 24;

/// How a lot is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Open ascending bids with proxies, in the room or timed.
    English,
}

/// What the reserve does to the price of an English lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReserveRule {
    /// The reserve never moves the price.
    #[default]
    Hold,
    /// Once the leader's maximum reaches the reserve, a price below it becomes the reserve.
    Jump,
    /// A price below the reserve becomes the lower of the leader's maximum and the reserve.
    PostInFull,
}

/// Who leads on equal amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieRule {
    /// The earlier bid.
    #[default]
    Earliest,
    /// The room, unless the leader's own bid came from it.
    Floor,
}

/// What happens to an exact bid between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffIncrement {
    /// Any amount from the minimum on is taken.
    #[default]
    Accept,
    /// Only the minimum and amounts on the ladder are taken.
    Reject,
}

/// One band of the ladder: from this price on, bids rise by this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lowest price of the band, minor units.
    pub from_minor: Amount,
    /// The step, minor units.
    pub step_minor: Amount,
}

/// A late bid moves the close, so that nobody wins by a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftClose {
    /// A bid this near to the close (or nearer) moves it, milliseconds.
    pub window_ms: i64,
    /// The close moves to the bid's time plus this, milliseconds, and never earlier.
    pub extend_ms: i64,
    /// How often it may move; `None` is without bound.
    #[serde(default)]
    pub max_extensions: Option<u32>,
}

/// The rules of one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Layout version, [`RULES_VERSION`].
    pub version: u16,
    /// How the lot is sold.
    pub format: Format,
    /// Lowest first bid, unless the auctioneer asks for another; minor units.
    pub opening_price_minor: Amount,
    /// The ladder, sorted by `from_minor`.
    pub increments: Vec<Band>,
    /// Hidden price below which the lot is not sold by itself; minor units.
    #[serde(default)]
    pub reserve_price_minor: Option<Amount>,
    /// What the reserve does to the price.
    #[serde(default)]
    pub reserve_rule: ReserveRule,
    /// Who leads on equal amounts.
    #[serde(default)]
    pub tie_rule: TieRule,
    /// What happens to amounts between two steps.
    #[serde(default)]
    pub off_increment: OffIncrement,
    /// The lot closes by itself at this instant.
    #[serde(default)]
    pub closes_at_ms: Option<Timestamp>,
    /// Late bids move the close.
    #[serde(default)]
    pub soft_close: Option<SoftClose>,
    /// The consignor, who may not bid.
    #[serde(default)]
    pub seller: Option<BidderId>,
}

/// A field of a rule set makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// Path of the field, as in the JSON form: `increments[2].step_minor`.
    pub field: String,
    /// What would be accepted.
    pub message: String,
}

impl RuleSet {
    /// The step that follows `price`: that of the last band that begins at or below it, and of
    /// the first band below all of them.
    pub fn step_at(&self, price: Amount) -> Amount {
        self.band_of(price).map_or(Amount(1), |band| band.step_minor)
    }

    /// The band that `price` lies in; `None` only for an empty ladder, which `validate` refuses.
    pub fn band_of(&self, price: Amount) -> Option<&Band> {
        let after = self.increments.partition_point(|band| band.from_minor <= price);
        self.increments.get(after.saturating_sub(1))
    }

    /// Every field that makes no sense; an empty list is a rule set that can be used.
    pub fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut refuse = |field: &str, message: &str| {
            errors.push(FieldError {
                field: field.to_owned(),
                message: message.to_owned(),
            });
        };
        if self.version != RULES_VERSION {
            refuse("version", "must be 1");
        }
        if !self.opening_price_minor.is_payable() {
            refuse("opening_price_minor", "must be more than zero and at most 10^15");
        }
        if self.increments.is_empty() || self.increments.len() > BANDS_MAX {
            refuse("increments", "needs 1 to 24 bands");
        }
        for (index, band) in self.increments.iter().enumerate() {
            if band.from_minor.0 < 0 || band.from_minor > Amount::MAX {
                refuse(
                    &format!("increments[{index}].from_minor"),
                    "must be from 0 to 10^15",
                );
            }
            if !band.step_minor.is_payable() {
                refuse(
                    &format!("increments[{index}].step_minor"),
                    "must be more than zero and at most 10^15",
                );
            }
            if index > 0 && self.increments[index - 1].from_minor >= band.from_minor {
                refuse(
                    &format!("increments[{index}].from_minor"),
                    "must be above that of the band before it",
                );
            }
        }
        if self
            .reserve_price_minor
            .is_some_and(|reserve| !reserve.is_payable())
        {
            refuse(
                "reserve_price_minor",
                "must be more than zero and at most 10^15, or absent",
            );
        }
        if self.closes_at_ms.is_some_and(|close| close.0 < 0) {
            refuse("closes_at_ms", "must not be negative");
        }
        if let Some(soft) = self.soft_close {
            const DAY_MS: i64 = 86_400_000;
            if !(0..=DAY_MS).contains(&soft.window_ms) {
                refuse("soft_close.window_ms", "must be from 0 to one day");
            }
            if !(1..=DAY_MS).contains(&soft.extend_ms) {
                refuse("soft_close.extend_ms", "must be from 1 ms to one day");
            }
            if self.closes_at_ms.is_none() {
                refuse("soft_close", "needs closes_at_ms");
            }
        }
        errors
    }
}
