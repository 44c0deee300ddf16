//! What can be asked of an auction. A refusal of any of them changes nothing.

use super::Setup;
use crate::{
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Channel, Offer, Together},
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
    /// No further bids from this bidder; those made stay, or are all taken back.
    Suspend {
        /// Whom.
        bidder: BidderId,
        /// Takes back every bid of theirs on lots that have not closed.
        retract_bids: bool,
    },
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
    /// A maximum in the absentee book is not wanted any more.
    LeaveBook {
        /// Of which lot.
        lot_id: LotId,
        /// Whose.
        bidder: BidderId,
    },
    /// The clerk takes a bidder's maximum out of the absentee book.
    TakeFromBook {
        /// Of which lot.
        lot_id: LotId,
        /// The bidder's number.
        paddle: Paddle,
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
    /// The hammer was struck and has not fallen yet: bidding goes on.
    LiftHammer(LotId),
    /// Takes a lot out of the sale.
    Withdraw(LotId),
    /// Comes back to a pending lot when the running order is through.
    Skip(LotId),
    /// An unsold or withdrawn lot is pending again.
    Reoffer {
        /// Which lot.
        lot_id: LotId,
        /// When it closes by itself, instead of what its rules say.
        closes_at: Option<Timestamp>,
    },
    /// Lots that are not sold are offered together, led by the first of the running order.
    Group(GroupLots),
    /// What is offered together is offered by itself again.
    Split(LotId),
    /// The winner of a choice takes these of the group.
    Choose {
        /// The leading lot.
        lot_id: LotId,
        /// One or more of the group, the leading one too if it is wanted.
        taken: Vec<LotId>,
    },
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
    /// What the bidder may be bound to in this sale at once, minor units; `None` is without bound.
    pub limit: Option<Amount>,
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
    /// How long after the hammer was struck a bid of this connection was still sent before it
    /// could be heard, milliseconds: the measured round trip, and how long the hammer took to
    /// leave. `None` counts as heard at once.
    pub sent_before_ms: Option<i64>,
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
    /// The price that the auctioneer saw; another one is not sold at. Minor units.
    pub price_seen: Option<Amount>,
}

/// See [`Command::Group`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLots {
    /// How they are offered.
    pub together: Together,
    /// Two or more pending or unsold lots.
    pub lots: Vec<LotId>,
    /// The opening price of the group; `None` is the sum of those of combined lots, and the
    /// leading lot's for a choice. Minor units.
    pub opening_price: Option<Amount>,
}
