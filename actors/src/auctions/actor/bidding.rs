//! Bids: recognised, decided or refused; the answer waits for the disk.

use super::AuctionActor;
use crate::auctions::{
    Refused,
    messages::{Arrival, Bid, BidStatus, Offered},
    outstanding::Waiting,
};
use actix::Handler;
use gavel_engine::{
    Reason, Rejection,
    auction::{Auction, Command, EnterBid, Event, PlaceBid, Record, Repeat},
    ids::{BidId, BidderId, LotId},
    lot::Offer,
    time::Timestamp,
};
use gavel_storage::faults::{Fault, planted};

impl AuctionActor {
    /// One bid: decided, refused or recognised; its answer waits for the disk.
    fn bid(&mut self, bid: Bid) {
        let Bid { offered, reply } = bid;
        let (now, round_trip_ms) = match &offered {
            Offered::Own(_, arrival) => (self.when_received(*arrival), arrival.round_trip_ms),
            Offered::Entered(_) => (self.now(), None),
        };
        match self.try_bid(offered, now, round_trip_ms) {
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
                self.answer_when_durable(waiting);
            }
        }
    }

    /// A bid counts from when the node received it, not from when its turn came; time never goes
    /// back for it.
    fn when_received(&self, arrival: Arrival) -> Timestamp {
        arrival
            .received_at
            .min(self.clock.now())
            .max(self.speculative.clock())
    }

    fn try_bid(
        &mut self,
        offered: Offered,
        now: Timestamp,
        round_trip_ms: Option<u32>,
    ) -> Result<BidAnswer, Refused> {
        self.advance(now)?;
        let asked = Asked::of(&offered, &self.speculative);
        let bid_id = asked.bid_id;
        let repeat = self
            .speculative
            .repeat(bid_id, asked.known_bidder, asked.lot_id, asked.offer);
        match repeat {
            Repeat::Same(_) if !planted(Fault::ForgetBidIds) => {
                return Ok(BidAnswer::Remembered {
                    bid_id,
                    repeated: true,
                });
            }
            Repeat::Reused => return Ok(BidAnswer::Rejected(Reason::BidIdReused.into())),
            Repeat::New | Repeat::Same(_) => {}
        }
        let command = match offered {
            Offered::Own(place, _) => Command::PlaceBid(PlaceBid {
                sent_before_ms: self.sent_before_ms(place.lot_id, round_trip_ms),
                ..place
            }),
            Offered::Entered(enter) => Command::EnterBid(enter),
        };
        if let Err(rejection) = self.decide(&command, now)? {
            self.refuse(&asked, rejection, now)?;
        }
        Ok(BidAnswer::Remembered {
            bid_id,
            repeated: false,
        })
    }

    fn refuse(&mut self, asked: &Asked, rejection: Rejection, now: Timestamp) -> Result<(), Refused> {
        let refused = Event::BidRefused {
            lot_id: asked.lot_id,
            bid_id: asked.bid_id,
            bidder: asked.bidder,
            offer: asked.offer,
            rejection,
        };
        let record = Record {
            at: now,
            events: vec![refused],
        };
        let permit = self.reserve()?;
        let credit = self.credit.clone();
        self.record(permit, record, &mut credit.lock())
    }

    /// How long after the hammer was struck a bid from a connection was still sent before it could
    /// be heard there: until the hammer was told, and the way there and back. What was not told yet
    /// nobody has heard.
    fn sent_before_ms(&self, lot_id: LotId, round_trip_ms: Option<u32>) -> Option<i64> {
        let lot = self.speculative.lot(lot_id)?;
        let strike = lot.strike?;
        let before_ms = match self.strikes_told.get(&lot_id) {
            None => i64::MAX,
            Some(told_at) => told_at.since_ms(strike.at).max(0) + i64::from(round_trip_ms?),
        };
        Some(before_ms.min(lot.rules.hammer_window_ms))
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
    fn of(offered: &Offered, auction: &Auction) -> Self {
        match offered {
            Offered::Own(bid, _) => Self {
                bid_id: bid.bid_id,
                lot_id: bid.lot_id,
                offer: bid.offer,
                bidder: bid.bidder,
                known_bidder: Some(bid.bidder),
            },
            Offered::Entered(bid) => Self {
                bid_id: bid.bid_id,
                lot_id: bid.lot_id,
                offer: bid.offer,
                bidder: entered_for(bid, auction),
                known_bidder: None,
            },
        }
    }
}

fn entered_for(bid: &EnterBid, auction: &Auction) -> BidderId {
    let holder = bid.paddle.and_then(|paddle| auction.holder(paddle));
    holder.unwrap_or(BidderId(bid.bid_id.0))
}

impl Handler<Bid> for AuctionActor {
    type Result = ();
    fn handle(&mut self, bid: Bid, ctx: &mut Self::Context) {
        self.bid(bid);
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
        self.answer_when_durable(waiting);
        self.schedule(ctx);
    }
}
