//! Bids: recognised, decided or refused; the answer waits for the disk.

use super::AuctionActor;
use crate::auctions::{
    BidReply, Refused,
    messages::{Bid, BidStatus, Reply},
    outstanding::Waiting,
};
use actix::Handler;
use gavel_engine::{
    Reason, Rejection,
    auction::{Auction, Command, Event, Record, Repeat},
    ids::{BidId, BidderId, LotId},
    lot::Offer,
    time::Timestamp,
};

impl AuctionActor {
    /// One bid: decided, refused or recognised; its answer waits for the disk.
    fn bid(&mut self, command: &Command, reply: Reply<BidReply>) {
        let now = self.now();
        match self.try_bid(command, now) {
            Err(refused) => {
                let _ = reply.send(Err(refused));
            }
            Ok(answer) => {
                let waiting = match answer {
                    BidAnswer::Remembered { bid_id, repeated } => Waiting::Bid {
                        bid_id,
                        repeated,
                        reply,
                    },
                    BidAnswer::Rejected(rejection) => Waiting::BidRejected { rejection, reply },
                };
                self.outstanding.answer_after_all(waiting, &self.stable);
            }
        }
    }

    fn try_bid(&mut self, command: &Command, now: Timestamp) -> Result<BidAnswer, Refused> {
        self.advance(now)?;
        let Some(asked) = Asked::of(command, &self.speculative) else {
            return Ok(BidAnswer::Rejected(Reason::WrongFormat.into()));
        };
        match self
            .speculative
            .repeat(asked.bid_id, asked.known_bidder, asked.lot_id, asked.offer)
        {
            Repeat::Same(_) => {
                return Ok(BidAnswer::Remembered {
                    bid_id: asked.bid_id,
                    repeated: true,
                });
            }
            Repeat::Reused => return Ok(BidAnswer::Rejected(Reason::BidIdReused.into())),
            Repeat::New => {}
        }
        if let Err(rejection) = self.decide(command, now)? {
            let Asked {
                bid_id,
                lot_id,
                offer,
                bidder,
                ..
            } = asked;
            let refused = Event::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection,
            };
            let permit = self.reserve()?;
            self.record(
                permit,
                Record {
                    at: now,
                    events: vec![refused],
                },
            )?;
        }
        Ok(BidAnswer::Remembered {
            bid_id: asked.bid_id,
            repeated: false,
        })
    }
}

/// How the answer to a bid is found.
enum BidAnswer {
    /// In the state, under its id.
    Remembered { bid_id: BidId, repeated: bool },
    /// Here; nothing is remembered.
    Rejected(Rejection),
}

/// What a request to bid is about.
struct Asked {
    bid_id: BidId,
    lot_id: LotId,
    offer: Offer,
    /// Whom a refusal is noted for.
    bidder: BidderId,
    /// Whom a repeat must come from; bids that the clerk enters come from the house.
    known_bidder: Option<BidderId>,
}

impl Asked {
    fn of(command: &Command, auction: &Auction) -> Option<Self> {
        match command {
            Command::PlaceBid(bid) => Some(Self {
                bid_id: bid.bid_id,
                lot_id: bid.lot_id,
                offer: bid.offer,
                bidder: bid.bidder,
                known_bidder: Some(bid.bidder),
            }),
            Command::EnterBid(bid) => Some(Self {
                bid_id: bid.bid_id,
                lot_id: bid.lot_id,
                offer: bid.offer,
                bidder: bid
                    .paddle
                    .and_then(|paddle| auction.holder(paddle))
                    .unwrap_or(BidderId(bid.bid_id.0)),
                known_bidder: None,
            }),
            _ => None,
        }
    }
}

impl Handler<Bid> for AuctionActor {
    type Result = ();
    fn handle(&mut self, bid: Bid, ctx: &mut Self::Context) {
        self.bid(&bid.command, bid.reply);
        self.schedule(ctx);
    }
}

impl Handler<BidStatus> for AuctionActor {
    type Result = ();
    fn handle(&mut self, status: BidStatus, ctx: &mut Self::Context) {
        let BidStatus {
            bidder,
            bid_id,
            reply,
        } = status;
        let now = self.now();
        let known = self.speculative.answer(bid_id).copied();
        let waiting = match known {
            Some(answer) if answer.bidder != bidder => Waiting::BidRejected {
                rejection: Reason::BidIdReused.into(),
                reply,
            },
            Some(_) => Waiting::Bid {
                bid_id,
                repeated: true,
                reply,
            },
            None => match self.decide(&Command::VoidBid { bidder, bid_id }, now) {
                Ok(_) => Waiting::Bid {
                    bid_id,
                    repeated: false,
                    reply,
                },
                Err(refused) => {
                    let _ = reply.send(Err(refused));
                    return;
                }
            },
        };
        self.outstanding.answer_after_all(waiting, &self.stable);
        self.schedule(ctx);
    }
}
