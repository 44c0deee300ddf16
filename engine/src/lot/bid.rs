//! Bids as a lot keeps them.

use crate::{
    ids::{BidId, BidderId},
    money::Amount,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// Where a bid came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The bidder's own browser or app.
    #[default]
    Online,
    /// The room, entered by the clerk.
    Floor,
    /// A bidder on the telephone, entered by the clerk.
    Phone,
    /// The book: left before the lot was opened, bid by the house.
    Absentee,
    /// The auctioneer for the seller, below the reserve.
    House,
}

/// What a bidder offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// One bid of exactly this.
    Amount(Amount),
    /// A maximum that the house bids for the bidder step by step.
    Max(Amount),
    /// To buy at the lot's fixed price, which the bidder was shown as this.
    BuyNow(Amount),
}

impl Offer {
    /// The most that the bidder is bound to by this offer, for each piece of the lot.
    pub const fn ceiling(self) -> Amount {
        match self {
            Self::Amount(amount) | Self::Max(amount) | Self::BuyNow(amount) => amount,
        }
    }
}

/// An accepted bid, with what it met: enough to re-apply it when an earlier one is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// Made by the client.
    pub bid_id: BidId,
    /// Whom it counts for.
    pub bidder: BidderId,
    /// Where it came from.
    pub channel: Channel,
    /// What was offered.
    pub offer: Offer,
    /// The auctioneer's ask that stood when it was accepted.
    pub ask_met: Option<Amount>,
    /// The step that the auctioneer had set by hand when it was accepted.
    pub step: Option<Amount>,
}

/// A bid in the lot's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoricBid {
    /// The bid.
    pub bid: Bid,
    /// When it was accepted.
    pub at: Timestamp,
    /// The auction's sequence number of its record.
    pub seq: u64,
    /// The price that it gave when it was accepted; of a sealed bid what it offers.
    pub price: Amount,
    /// The auctioneer has taken it back.
    pub retracted: bool,
    /// Its bidder has put another sealed bid in its place.
    pub replaced: bool,
}

impl HistoricBid {
    /// Neither taken back nor replaced.
    pub const fn stands(&self) -> bool {
        !self.retracted && !self.replaced
    }
}

/// A maximum left before the lot was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEntry {
    /// Made by the client.
    pub bid_id: BidId,
    /// Whom it counts for.
    pub bidder: BidderId,
    /// The maximum, minor units.
    pub max: Amount,
    /// When it was left; of equal maxima the earlier leads.
    pub at: Timestamp,
    /// The house has bid it.
    pub placed: bool,
}
