//! Bids, questions for their fate, and commands.

use super::{Ended, Session, UNDER_WAY_MAX};
use crate::ws::{
    answers::{self, Fault},
    incoming::{BidRequest, COMMAND_ID_BYTES_MAX, Order, StaffCommand},
};
use gavel_actors::auctions::{Arrival, BidReply, Refused};
use gavel_engine::{
    Reason,
    auction::{Command, PlaceBid, Verdict},
    ids::{BidId, LotId, SaleId},
    lot::Channel,
    money::Currency,
};
use std::{rc::Rc, time::Duration};

impl Session {
    /// Places a bid.
    pub(super) fn bid(self: &Rc<Self>, bid: BidRequest) -> Result<(), Ended> {
        let user_id = self.user_id()?;
        let offer = bid.offer().ok_or(Ended(Fault::Malformed))?;
        let BidRequest {
            bid_id,
            sale_id,
            lot_id,
            currency,
            ..
        } = bid;
        let round_trip_ms = self.round_trip_ms();
        tracing::debug!(sale = %sale_id, bid = %bid_id, bidder = %user_id, round_trip_ms, "a bid has come in");
        if let Err(wait) = self.shared.limits.bid(user_id) {
            self.put_off(sale_id, Some(lot_id), bid_id, wait);
            return Ok(());
        }
        let refuse = |reason| {
            let answer = answers::unknown(sale_id, Some(lot_id), bid_id, reason);
            self.outbox.answer(answer);
        };
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            refuse(Reason::UnknownSale);
            return Ok(());
        };
        let Ok(currency) = currency.parse::<Currency>() else {
            refuse(Reason::WrongCurrency);
            return Ok(());
        };
        let place = PlaceBid {
            bid_id,
            lot_id,
            bidder: user_id.into(),
            channel: Channel::Online,
            offer,
            currency,
            book_if_pending: true,
            sent_before_ms: None,
        };
        let arrival = Arrival {
            received_at: self.shared.clock.now(),
            round_trip_ms,
        };
        self.under_way(async move |session| {
            let reply = auction.place_bid(place, arrival).await;
            session.answer_bid(sale_id, Some(lot_id), bid_id, reply);
        })
    }

    /// Too often: the same may be asked again.
    fn put_off(&self, sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, wait: Duration) {
        let message = format!("Too often; the next one is taken in {} ms.", wait.as_millis());
        let answer = answers::not_taken(sale_id, lot_id, bid_id, "rate_limited", &message);
        self.outbox.answer(answer);
    }

    /// Asks for the fate of a bid.
    pub(super) fn bid_status(self: &Rc<Self>, sale_id: SaleId, bid_id: BidId) -> Result<(), Ended> {
        let user_id = self.user_id()?;
        // An unknown bid becomes void, which is a record on disk as a bid is.
        if let Err(wait) = self.shared.limits.bid_status(user_id) {
            self.put_off(sale_id, None, bid_id, wait);
            return Ok(());
        }
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            self.outbox
                .answer(answers::unknown(sale_id, None, bid_id, Reason::UnknownSale));
            return Ok(());
        };
        self.under_way(async move |session| {
            let reply = auction.bid_status(user_id.into(), bid_id).await;
            session.answer_bid(sale_id, None, bid_id, reply);
        })
    }

    fn answer_bid(&self, sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, reply: BidReply) {
        self.outbox.answer(match reply {
            Ok(Ok(fate)) => answers::fate(sale_id, lot_id, bid_id, &fate),
            Ok(Err(rejection)) => answers::refused(sale_id, lot_id, bid_id, &rejection, false),
            Err(refused) => {
                let refused = self.as_of_now(refused);
                answers::not_taken(sale_id, lot_id, bid_id, refused.code(), &refused.to_string())
            }
        });
    }

    /// A node that stops is not merely busy: trying again in a moment will not do.
    fn as_of_now(&self, refused: Refused) -> Refused {
        match refused {
            Refused::Busy if self.shared.auctions.is_stopping() => Refused::Unavailable,
            refused => refused,
        }
    }

    /// Carries out a command of staff.
    pub(super) fn command(
        self: &Rc<Self>,
        command_id: String,
        sale_id: SaleId,
        command: StaffCommand,
    ) -> Result<(), Ended> {
        self.carry_out(command_id, sale_id, command.into())
    }

    /// Takes the own maximum out of an absentee book.
    pub(super) fn leave_book(
        self: &Rc<Self>,
        command_id: String,
        sale_id: SaleId,
        lot_id: LotId,
    ) -> Result<(), Ended> {
        let bidder = self.user_id()?.into();
        let leave = Command::LeaveBook { lot_id, bidder };
        self.carry_out(command_id, sale_id, Order::Command(leave))
    }

    fn carry_out(self: &Rc<Self>, command_id: String, sale_id: SaleId, order: Order) -> Result<(), Ended> {
        if command_id.len() > COMMAND_ID_BYTES_MAX {
            return Err(Ended(Fault::Malformed));
        }
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            let refused = Ok(Err(Reason::UnknownSale.into()));
            self.outbox
                .answer(answers::command(sale_id, &command_id, refused));
            return Ok(());
        };
        self.under_way(async move |session| {
            let result = match order {
                Order::Foresee(lot_id, command) => {
                    let foreseen = auction.foresee(lot_id, command).await;
                    let answer = answers::foresight(sale_id, &command_id, foreseen);
                    session.outbox.answer(answer);
                    return;
                }
                Order::Bid(bid) => auction.enter_bid(bid).await.map(|reply| {
                    reply.and_then(|fate| match fate.answer.verdict {
                        Verdict::Refused(rejection) => Err(rejection),
                        Verdict::Accepted { .. } | Verdict::Booked | Verdict::Sealed => Ok(fate.answer.seq),
                    })
                }),
                Order::Command(command) => auction.command(command).await,
                Order::UnknownCurrency => Ok(Err(Reason::WrongCurrency.into())),
            };
            let result = result.map_err(|refused| session.as_of_now(refused));
            session
                .outbox
                .answer(answers::command(sale_id, &command_id, result));
        })
    }

    /// Runs a request beside the others; requests reach their auction in the order they came in.
    fn under_way(self: &Rc<Self>, request: impl AsyncFnOnce(&Rc<Self>) + 'static) -> Result<(), Ended> {
        if self.under_way.get() >= UNDER_WAY_MAX {
            return Err(Ended(Fault::TooFrequent));
        }
        self.under_way.set(self.under_way.get() + 1);
        let session = Rc::clone(self);
        actix_web::rt::spawn(async move {
            request(&session).await;
            session.under_way.set(session.under_way.get() - 1);
        });
        Ok(())
    }
}
