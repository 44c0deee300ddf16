//! What has happened. Events carry results, not intentions: a log that an older engine wrote
//! gives the same state under a newer one.
//!
//! The order of variants and fields is the journal's format: append only.

use super::{Approval, Setup};
use crate::{
    Rejection,
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Bid, BookEntry, Group, Offer, Outcome, Standing, Strike},
    money::Amount,
    rules::RuleSet,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// A fact of an auction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The sale was taken over with its lots and rules.
    Created(Box<Setup>),
    /// The sale began.
    Started,
    /// The sale is over.
    Ended,
    /// A bidder has this paddle and this standing with the house.
    Registered {
        /// Whom.
        bidder: BidderId,
        /// The number in this sale.
        paddle: Paddle,
        /// What the house says.
        standing: Approval,
        /// What the bidder may be bound to in this sale at once, minor units.
        limit: Option<Amount>,
    },
    /// The lot takes bids.
    LotOpened(LotId),
    /// A bid was accepted.
    BidAccepted {
        /// On which lot.
        lot_id: LotId,
        /// The bid with what it met.
        bid: Bid,
        /// What the bids on the lot give from now on; sealed bids give nothing to see.
        standing: Option<Standing>,
    },
    /// A bid was refused; kept so that a repeat gets the same answer.
    BidRefused {
        /// On which lot.
        lot_id: LotId,
        /// Made by the client.
        bid_id: BidId,
        /// Who bid.
        bidder: BidderId,
        /// What was offered.
        offer: Offer,
        /// Why, and what would have been accepted.
        rejection: Rejection,
    },
    /// The sender asked for the fate of a bid that had not arrived: it is void.
    BidVoided {
        /// Made by the client.
        bid_id: BidId,
        /// Who asked.
        bidder: BidderId,
    },
    /// A maximum was left for a lot before it was opened; it replaces the bidder's earlier one.
    AbsenteeLeft {
        /// For which lot.
        lot_id: LotId,
        /// The entry.
        entry: BookEntry,
    },
    /// A late bid moved the close.
    CloseExtended {
        /// Of which lot.
        lot_id: LotId,
        /// To when.
        closes_at: Timestamp,
    },
    /// The auctioneer asks for this.
    AskSet(LotId, Amount),
    /// The auctioneer set the step by hand, or returned to the ladder.
    StepSet(LotId, Option<Amount>),
    /// Fair warning was given.
    FairlyWarned(LotId),
    /// No bids for now.
    Paused(LotId),
    /// The lot goes on.
    Resumed {
        /// Which lot.
        lot_id: LotId,
        /// Its close, moved by the time paused.
        closes_at: Option<Timestamp>,
    },
    /// The lot ended, by the hammer or by time.
    LotClosed {
        /// Which lot.
        lot_id: LotId,
        /// How.
        outcome: Outcome,
        /// By the auctioneer's hammer, not by time.
        by_hammer: bool,
    },
    /// A bid was taken back.
    BidRetracted {
        /// On which lot.
        lot_id: LotId,
        /// Which.
        bid_id: BidId,
        /// What the surviving bids give.
        standing: Option<Standing>,
    },
    /// A closed lot goes on.
    LotReopened {
        /// Which lot.
        lot_id: LotId,
        /// When it closes by itself, if it does.
        closes_at: Option<Timestamp>,
    },
    /// A message to everybody who follows the sale; empty clears it.
    Said(String),
    /// The house has bid what it could of a lot's absentee book.
    BookRead(LotId),
    /// Every bid of a bidder on a lot was taken back.
    BidsRetracted {
        /// On which lot.
        lot_id: LotId,
        /// Whose.
        bidder: BidderId,
        /// What the surviving bids give.
        standing: Option<Standing>,
    },
    /// The close follows from the opening or from the first bid.
    CloseSet {
        /// Of which lot.
        lot_id: LotId,
        /// When it closes by itself.
        closes_at: Timestamp,
    },
    /// The hammer was struck; bids that are under way are waited for.
    HammerStruck {
        /// On which lot.
        lot_id: LotId,
        /// Until when, and how the lot ends then.
        strike: Strike,
    },
    /// The hammer did not fall: bidding goes on.
    HammerLifted {
        /// On which lot.
        lot_id: LotId,
        /// The bid that was sent before the hammer could be heard; `None`: the auctioneer's word.
        by: Option<LateBid>,
    },
    /// A maximum was taken out of the absentee book by its owner.
    AbsenteeWithdrawn {
        /// Of which lot.
        lot_id: LotId,
        /// Whose.
        bidder: BidderId,
    },
    /// The auctioneer comes back to this lot later.
    LotSkipped(LotId),
    /// A lot that was not sold is pending again, without the bids it had; so is, before it is
    /// reopened, one that was taken in a choice.
    LotReoffered {
        /// Which lot.
        lot_id: LotId,
        /// When it closes by itself, if it does.
        closes_at: Option<Timestamp>,
    },
    /// Lots are offered together from now on.
    LotsGrouped {
        /// The leading one, which takes the bids.
        lot_id: LotId,
        /// The others.
        group: Box<Group>,
        /// The rules that the group is sold by.
        rules: Box<RuleSet>,
    },
    /// Lots that were offered together are offered each by itself again.
    LotsSplit {
        /// The leading one.
        lot_id: LotId,
        /// The others.
        others: Vec<LotId>,
    },
    /// The winner of a choice took some of the group; the rest is pending again.
    ChoiceMade {
        /// The leading lot.
        lot_id: LotId,
        /// What was taken.
        taken: Vec<LotId>,
        /// What was not.
        left: Vec<LotId>,
        /// By whom.
        winner: BidderId,
        /// At which price each, minor units.
        price: Amount,
    },
}

/// See [`Event::HammerLifted`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateBid {
    /// Which bid.
    pub bid_id: BidId,
    /// How long after the hammer was struck it arrived, milliseconds.
    pub after_ms: i64,
    /// Until how long after the hammer was struck it counted, milliseconds.
    pub sent_before_ms: i64,
}

/// One decision as it stands in the journal: its events become durable together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was decided; never earlier than the record before it.
    pub at: Timestamp,
    /// What happened, in order.
    pub events: Vec<Event>,
}
