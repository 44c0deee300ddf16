//! What has happened. Events carry results, not intentions: a log that an older engine wrote
//! gives the same state under a newer one.
//!
//! The order of variants and fields is the journal's format: append only.

use super::{Approval, Setup};
use crate::{
    Rejection,
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Bid, BookEntry, Offer, Outcome, Standing},
    money::Amount,
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
    },
    /// The lot takes bids.
    LotOpened(LotId),
    /// A bid was accepted.
    BidAccepted {
        /// On which lot.
        lot_id: LotId,
        /// The bid with what it met.
        bid: Bid,
        /// What the bids on the lot give from now on.
        standing: Standing,
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
}

/// One decision as it stands in the journal: its events become durable together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was decided; never earlier than the record before it.
    pub at: Timestamp,
    /// What happened, in order.
    pub events: Vec<Event>,
}
