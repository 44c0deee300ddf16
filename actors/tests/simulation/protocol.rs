//! What goes over the simulated network: one JSON text a line.

use gavel_engine::{
    auction::Answer,
    ids::{BidId, BidderId, LotId, SaleId},
    lot::Offer,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What a client asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Whether the node is there.
    Ping,
    Create(SaleId),
    Register(SaleId, BidderId),
    Bid {
        sale_id: SaleId,
        lot_id: LotId,
        bidder: BidderId,
        bid_id: BidId,
        offer: Offer,
    },
    Status {
        sale_id: SaleId,
        bidder: BidderId,
        bid_id: BidId,
    },
    Follow {
        sale_id: SaleId,
        viewer: BidderId,
        last_seq: Option<u64>,
    },
    Tell(SaleId, Word),
}

/// The auctioneer's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    Start,
    End,
    OpenNext,
    Warn(LotId),
    Hammer(LotId, bool),
    Pause(LotId),
    Resume(LotId),
    Retract(LotId, BidId),
    Reopen(LotId),
}

/// A numbered question.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    pub number: u64,
    pub ask: Ask,
}

/// What the node says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Said {
    Reply {
        number: u64,
        reply: Reply,
    },
    /// What a follower of a sale receives.
    Update(Box<RawValue>),
    /// Updates were lost.
    Lagged,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// The bid has this answer.
    Bid { answer: Answer, repeated: bool },
    /// The command stands in this record.
    Done(u64),
    /// The engine's refusal.
    Rejected(String),
    /// Not now; nothing has happened, unless it is said that nobody knows.
    Refused(String),
    /// What a follower starts from: this record, and the messages that follow as updates.
    Following(u64),
}
