//! What can be asked of an auction. A refusal of any of them changes nothing.

use super::Setup;
use crate::{
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    time::Timestamp,
};

/// A command. Who may give which is decided before it reaches the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Takes over a published sale: its rules and lots are copied into the log.
    Create(Box<Setup>),
    /// The sale begins; a timed sale opens every lot.
    Start,
    /// The sale is over; nothing may be open.
    End,
    /// The house's word on a bidder.
    Register(Register),
    /// A bid by its own bidder.
    PlaceBid(PlaceBid),
    /// A bid entered by the clerk.
    EnterBid(EnterBid),
    /// Its sender asks for the fate of a bid; one that is not known is void from now on.
    VoidBid {
        /// Who asks.
        bidder: BidderId,
        /// Which bid.
        bid_id: BidId,
    },
    /// Opens this lot.
    OpenLot(LotId),
    /// Opens the next pending lot of the running order.
    OpenNextLot,
    /// The auctioneer's next asking price.
    SetAsk(LotId, Amount),
    /// A step set by hand instead of the ladder's; `None` returns to the ladder.
    SetStep(LotId, Option<Amount>),
    /// Fair warning.
    WarnFairly(LotId),
    /// The auctioneer ends the lot.
    Hammer(Hammer),
    /// Takes back a bid anywhere in the history.
    Retract(LotId, BidId),
    /// A closed lot goes on from where it stood.
    Reopen {
        /// Which lot.
        lot_id: LotId,
        /// When it closes by itself from now on; `None`: it does not.
        closes_at: Option<Timestamp>,
    },
    /// No bids until it is resumed; time stands still.
    Pause(LotId),
    /// Goes on; the close moves by the time paused.
    Resume(LotId),
    /// A message to everybody who follows the sale; empty clears it.
    Say(String),
    /// Only time passes.
    Tick,
}

/// See [`Command::Register`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Whom.
    pub bidder: BidderId,
    /// The number in this sale.
    pub paddle: Paddle,
    /// What the house says.
    pub standing: super::Approval,
}

/// See [`Command::PlaceBid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceBid {
    /// Made by the client.
    pub bid_id: BidId,
    /// Which lot.
    pub lot_id: LotId,
    /// Who bids.
    pub bidder: BidderId,
    /// Where it came from.
    pub channel: Channel,
    /// What is offered.
    pub offer: Offer,
    /// The currency that the bidder's client showed.
    pub currency: Currency,
    /// A maximum for a pending lot goes into the absentee book instead of being refused.
    pub book_if_pending: bool,
}

/// See [`Command::EnterBid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnterBid {
    /// Made by the console.
    pub bid_id: BidId,
    /// Which lot.
    pub lot_id: LotId,
    /// The bidder's number. A new number is issued to the room; `None` is a bidder without one,
    /// each time a new one.
    pub paddle: Option<Paddle>,
    /// Where it came from.
    pub channel: Channel,
    /// What is offered.
    pub offer: Offer,
    /// The currency that the console showed.
    pub currency: Currency,
}

/// See [`Command::Hammer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hammer {
    /// Which lot.
    pub lot_id: LotId,
    /// Sold, or passed whatever the bids.
    pub sold: bool,
    /// Sell below the reserve.
    pub override_reserve: bool,
    /// The winner's number, where the leading room bidder had none yet.
    pub paddle: Option<Paddle>,
}
