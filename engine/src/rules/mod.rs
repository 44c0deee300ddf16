//! A lot's rule set: data that is stored with the lot, versioned, and validated when it is saved.
//! Sources: the rule vectors' README; where rules of houses differ, the difference is a field.

mod dutch;
mod validate;

pub use dutch::DutchClock;
pub use validate::FieldError;

use crate::{
    ids::BidderId,
    money::{Amount, Currency},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// The version of the layout of [`RuleSet`] that this engine writes. Version 1 knew English lots
/// only; what it says means the same in version 2.
pub const RULES_VERSION: u16 = 2;

/// The longest window that a lot may hold for bids under way when the hammer is struck.
pub const HAMMER_WINDOW_MS_MAX: i64 = 2_000;

/// The window that new sales are given.
pub const HAMMER_WINDOW_MS_USUAL: i64 = 400;

/// The most pieces that one lot can be sold as, times the money.
pub const QUANTITY_MAX: u32 = 1_000;

/// The longest ladder of increments that is accepted. Houses use about a dozen bands; with this many,
/// the rules of 2,000 lots fit one record of the journal.
pub const BANDS_MAX: usize = 24;

/// How a lot is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Open ascending bids with proxies, in the room or timed.
    English,
    /// A falling clock; the first to stop it buys.
    Dutch,
    /// Hidden bids; the highest wins and pays itself.
    SealedFirstPrice,
    /// Hidden bids; the highest wins and pays the second highest.
    Vickrey,
}

impl Format {
    /// Bids are hidden until the lot has closed.
    pub const fn is_sealed(self) -> bool {
        matches!(self, Self::SealedFirstPrice | Self::Vickrey)
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lowest price of the band, minor units.
    pub from_minor: Amount,
    /// The step, minor units; beside `step_bp`, the least that the step may be.
    #[serde(default)]
    pub step_minor: Amount,
    /// The step as a part of the price in basis points (100 = 1 %), rounded up to the minor unit.
    #[serde(default)]
    pub step_bp: Option<u32>,
}

impl Band {
    /// The step that follows `price`, which lies in this band.
    fn step_at(&self, price: Amount) -> Amount {
        match self.step_bp {
            None => self.step_minor,
            Some(bp) => self.step_minor.max(price.part_up(bp)),
        }
    }
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
    /// Lots of one number move together: a late bid on one of them moves the close of every open
    /// one that would come sooner.
    #[serde(default)]
    pub group: Option<u32>,
}

/// When the time of [`Runs`] begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunsFrom {
    /// When the lot is opened.
    #[default]
    Opening,
    /// With the first accepted bid.
    FirstBid,
}

/// A close that follows from something that happens, instead of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runs {
    /// What starts the clock.
    #[serde(default)]
    pub from: RunsFrom,
    /// How long it runs then, milliseconds.
    pub duration_ms: i64,
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
    /// The falling clock of a Dutch lot.
    #[serde(default)]
    pub dutch: Option<DutchClock>,
    /// Sealed formats: a bidder may replace the bid.
    #[serde(default)]
    pub revisions: bool,
    /// Instead of `closes_at_ms`: the lot closes by itself some time after it was opened or after
    /// its first bid.
    #[serde(default)]
    pub runs: Option<Runs>,
    /// How long after the hammer was struck bids still count that were sent before it could be
    /// heard, milliseconds; 0 is not at all.
    #[serde(default)]
    pub hammer_window_ms: i64,
    /// The lot can be bought at this price until the first bid; minor units.
    #[serde(default)]
    pub buy_now_price_minor: Option<Amount>,
    /// Times the money: bids are for one piece, and the winner buys so many.
    #[serde(default = "one")]
    pub quantity: u32,
    /// The auctioneer may bid for the seller below the reserve.
    #[serde(default)]
    pub house_bids: bool,
    /// The currency that the reserve was agreed in, where the agreement names one; must be the
    /// sale's.
    #[serde(default)]
    pub reserve_currency: Option<Currency>,
    /// The leader may raise the price with exact amounts, instead of being told that there is no need
    /// to. As on-chain auctions and some houses take them.
    #[serde(default)]
    pub self_raise: bool,
}

const fn one() -> u32 {
    1
}

impl RuleSet {
    /// An English lot that opens at `opening_price_minor` and rises by these bands; everything else
    /// is as if the JSON form did not mention it.
    pub const fn english(opening_price_minor: Amount, increments: Vec<Band>) -> Self {
        Self {
            version: RULES_VERSION,
            format: Format::English,
            opening_price_minor,
            increments,
            reserve_price_minor: None,
            reserve_rule: ReserveRule::Hold,
            tie_rule: TieRule::Earliest,
            off_increment: OffIncrement::Accept,
            closes_at_ms: None,
            soft_close: None,
            seller: None,
            dutch: None,
            revisions: false,
            runs: None,
            hammer_window_ms: 0,
            buy_now_price_minor: None,
            quantity: 1,
            house_bids: false,
            reserve_currency: None,
            self_raise: false,
        }
    }

    /// What the winner pays at this hammer price, minor units: once for every piece.
    pub fn times_the_money(&self, price: Amount) -> Amount {
        price.times(self.quantity)
    }

    /// The step that follows `price`: that of the last band that begins at or below it, and of
    /// the first band below all of them.
    pub fn step_at(&self, price: Amount) -> Amount {
        self.band_of(price).map_or(Amount(1), |band| band.step_at(price))
    }

    /// The band that `price` lies in; `None` only for an empty ladder, which `validate` refuses.
    pub fn band_of(&self, price: Amount) -> Option<&Band> {
        let after = self.increments.partition_point(|band| band.from_minor <= price);
        self.increments.get(after.saturating_sub(1))
    }
}
