//! What is decided but not durable yet, and who waits for it.

use super::messages::{BidFate, BidReply, CommandReply, Reply};
use gavel_engine::{
    Rejection,
    auction::{Auction, Record, Verdict},
    ids::BidId,
    lot::Lot,
};
use std::collections::VecDeque;

/// An answer that leaves once everything that it reveals is durable.
#[derive(Debug)]
pub(super) enum Waiting {
    /// For the first answer to a bid.
    Bid {
        bid_id: BidId,
        repeated: bool,
        reply: Reply<BidReply>,
    },
    /// For a bid that is refused without being remembered.
    BidRejected {
        rejection: Rejection,
        reply: Reply<BidReply>,
    },
    /// For a command.
    Command {
        result: Result<(), Rejection>,
        reply: Reply<CommandReply>,
    },
}

impl Waiting {
    /// Answers from the durable state. Nobody may be waiting any more, which is no error.
    pub(super) fn answer(self, stable: &Auction) {
        match self {
            Self::Bid {
                bid_id,
                repeated,
                reply,
            } => {
                // The answer of a refused bid gives way to newer ones only after this one has left.
                if let Some(answer) = stable.answer(bid_id).copied() {
                    let own_max = match (answer.verdict, answer.asked) {
                        (Verdict::Refused(_), _) | (_, None) => None,
                        (_, Some((lot_id, offer))) => {
                            let standing = stable.lot(lot_id).and_then(|lot: &Lot| lot.standing);
                            let leading = standing.filter(|standing| standing.leader == answer.bidder);
                            Some(leading.map_or(offer.ceiling(), |standing| standing.leader_max))
                        }
                    };
                    let _ = reply.send(Ok(Ok(BidFate {
                        answer,
                        own_max,
                        repeated,
                    })));
                }
            }
            Self::BidRejected { rejection, reply } => {
                let _ = reply.send(Ok(Err(rejection)));
            }
            Self::Command { result, reply } => {
                let _ = reply.send(Ok(result.map(|()| stable.seq())));
            }
        }
    }
}

/// One record on its way to the disk.
#[derive(Debug)]
struct InFlight {
    seq: u64,
    record: Record,
    waiting: Vec<Waiting>,
}

/// Records on their way to the disk, oldest first. As many as the journal has admitted: its permits
/// are the bound.
#[derive(Debug, Default)]
pub(super) struct Outstanding {
    queue: VecDeque<InFlight>,
}

impl Outstanding {
    pub(super) fn push(&mut self, seq: u64, record: Record) {
        self.queue.push_back(InFlight {
            seq,
            record,
            waiting: Vec::new(),
        });
    }

    /// Answers when all that is decided by now is durable; at once when it is.
    pub(super) fn answer_after_all(&mut self, waiting: Waiting, stable: &Auction) {
        match self.queue.back_mut() {
            Some(last) => last.waiting.push(waiting),
            None => waiting.answer(stable),
        }
    }

    /// The next record that is durable when everything up to `seq` is.
    pub(super) fn pop_durable(&mut self, seq: u64) -> Option<(Record, Vec<Waiting>)> {
        let durable = self.queue.front().is_some_and(|first| first.seq <= seq);
        if !durable {
            return None;
        }
        self.queue
            .pop_front()
            .map(|in_flight| (in_flight.record, in_flight.waiting))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
