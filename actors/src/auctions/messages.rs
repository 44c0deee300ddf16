//! What an auction's actor is asked. Every request brings its own way back, because the answer
//! leaves only when it is durable.

use super::wire::{Audience, BidView, LotView};
use actix::Message;
use bytes::Bytes;
use gavel_engine::{
    Rejection,
    auction::{Answer, Command, EnterBid, PlaceBid},
    ids::{BidId, BidderId, LotId, UserId},
    money::Amount,
    time::Timestamp,
};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// A request that has no answer of the auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The auction has as much to do as it may. Nothing has happened; the same request may be sent again.
    #[error("the sale is busy, try again in a moment")]
    Busy,
    /// The journal takes nothing more: its disk is nearly full, or the node is stopping. Nothing has
    /// happened.
    #[error("bids cannot be recorded at the moment")]
    Unavailable,
    /// The auction's actor died with the request under way: it may have happened or not, which the state
    /// shows once the auction is back.
    #[error("it is not known whether this happened, look at the sale first")]
    UnknownFate,
}

impl Refused {
    /// The stable code of the wire contract.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::UnknownFate => "unknown_fate",
        }
    }
}

/// The fate of a bid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BidFate {
    /// The first answer.
    pub answer: Answer,
    /// The bidder's maximum on the lot after it.
    pub own_max: Option<Amount>,
    /// The bid had been answered before.
    pub repeated: bool,
}

/// How a request to bid ended.
pub type BidReply = Result<Result<BidFate, Rejection>, Refused>;

/// How a command ended: the seq of the last record that it stands on.
pub type CommandReply = Result<Result<u64, Rejection>, Refused>;

/// How a bid came to the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it was received.
    pub received_at: Timestamp,
    /// The round trip of its connection as the node measured it, milliseconds.
    pub round_trip_ms: Option<u32>,
}

/// Whose bid it is.
#[derive(Debug)]
pub(super) enum Offered {
    /// By its own bidder.
    Own(PlaceBid, Arrival),
    /// Entered by the clerk.
    Entered(EnterBid),
}

/// The way back to whoever asks, with the place that the request takes among those that the auction
/// has under way. The place is free again when the answer leaves or the request is let go of, not
/// when the asker stops waiting.
#[derive(Debug)]
pub struct Reply<T> {
    answer: oneshot::Sender<T>,
    place: OwnedSemaphorePermit,
}

impl<T> Reply<T> {
    pub(super) fn new(answer: oneshot::Sender<T>, place: OwnedSemaphorePermit) -> Self {
        Self { answer, place }
    }

    /// Answers; `Err` when nobody waits any more.
    pub(super) fn send(self, answer: T) -> Result<(), T> {
        // First: whoever has the answer may ask again.
        drop(self.place);
        self.answer.send(answer)
    }
}

/// A bid, by its bidder or entered by the clerk.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Bid {
    /// The bid.
    pub offered: Offered,
    /// The way back.
    pub reply: Reply<BidReply>,
}

/// The fate of a bid is asked for; one that is not known is void from now on.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct BidStatus {
    /// Who asks.
    pub bidder: BidderId,
    /// Which bid.
    pub bid_id: BidId,
    /// The way back.
    pub reply: Reply<BidReply>,
}

/// Any other command.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Direct {
    /// The command.
    pub command: Command,
    /// The way back.
    pub reply: Reply<CommandReply>,
}

/// The state to start from, for one viewer.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Follow {
    /// As whom.
    pub audience: Audience,
    /// The viewer, when signed in.
    pub viewer: Option<UserId>,
    /// The last seq that the viewer has, to be sent only what was missed.
    pub last_seq: Option<u64>,
    /// The way back.
    pub reply: Reply<Followed>,
}

/// See [`Follow`].
#[derive(Debug)]
pub struct Followed {
    /// What the messages below amount to.
    pub seq: u64,
    /// A snapshot, or `resumed` and the updates missed.
    pub messages: Vec<Bytes>,
}

/// What a command would bring to a lot, by running it on a copy.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Foresee {
    /// Which lot is looked at.
    pub lot_id: LotId,
    /// The command.
    pub command: Command,
    /// The way back.
    pub reply: Reply<Result<Foreseen, Rejection>>,
}

/// See [`Foresee`].
#[derive(Debug)]
pub struct Foreseen {
    /// The last record that it was computed from.
    pub seq: u64,
    /// The lot as it is.
    pub before: LotView,
    /// The lot as it would be.
    pub after: LotView,
}

/// A lot's bids.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct History {
    /// Which lot.
    pub lot_id: LotId,
    /// As whom.
    pub audience: Audience,
    /// The viewer, when signed in.
    pub viewer: Option<UserId>,
    /// The way back; `None` for a lot that is not in the sale.
    pub reply: Reply<Option<Vec<BidView>>>,
}

/// What a bidder may still do has changed by nothing that happened in the sale.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub(super) struct TellStanding {
    /// Who.
    pub user: UserId,
}

/// The journal has made records durable.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub(super) struct Durable {
    /// All records up to this one.
    pub seq: u64,
    /// Place of the last of them in the journal.
    pub lsn: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// The journal has refused a record: this actor and its journal disagree.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub(super) struct Misplaced {
    /// The record that was refused.
    pub seq: u64,
    /// What the journal expected.
    pub expected_seq: u64,
}

/// Drain and stop: everything under way is answered first.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Stop {
    /// Told when all is durable and answered.
    pub done: oneshot::Sender<()>,
}

/// What an actor says that panics because it was told to.
#[cfg(any(test, feature = "simulation"))]
pub const PANIC: &str = "asked to";

/// Only for tests of supervision: the actor panics at this message.
#[cfg(any(test, feature = "simulation"))]
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(super) struct Panic;
