//! What the house and the auctioneer say, lot by lot.

use super::{Answer, Outcome, Phase, Refusal, Sale, lot::Strike, sale::Registered};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Hammer, Register, SaleKind},
    ids::{BidId, BidderId},
    rules::{Format, RunsFrom},
    time::Timestamp,
};

const MOST: i64 = 1_000_000_000_000_000;

impl Sale {
    /// The command, and then the house's bids from the books; a refusal changes nothing.
    pub fn command(&mut self, command: &Command, now: Timestamp) -> Answer {
        let before = self.clone();
        let answer = self.try_command(command, now.0);
        if answer.is_err() {
            *self = before;
        } else {
            self.read_books(now.0);
        }
        answer
    }

    /// What waits in a lot's book for this bidder is gone.
    fn strike_out(&mut self, index: usize, bidder: BidderId) -> Answer {
        let lot = &mut self.lots[index];
        let before = lot.book.len() + lot.own_book.len();
        lot.book.retain(|left| left.placed || left.bidder != bidder);
        lot.own_book.retain(|left| left.bidder != bidder);
        if lot.book.len() + lot.own_book.len() == before {
            Err(Reason::UnknownBid.into())
        } else {
            Ok(())
        }
    }

    fn try_command(&mut self, command: &Command, now: i64) -> Answer {
        match command {
            Command::Create(_) => Err(Reason::AlreadyCreated.into()),
            Command::Start => self.start(now),
            Command::End => self.end(),
            Command::Register(register) => self.approve(register),
            Command::Suspend { bidder, retract_bids } => self.suspend(*bidder, *retract_bids),
            Command::PlaceBid(place) => self.place(place, now),
            Command::EnterBid(enter) => self.enter(enter, now),
            Command::VoidBid { bid_id, .. } => {
                self.used.insert(*bid_id);
                Ok(())
            }
            Command::LeaveBook { lot_id, bidder } => {
                let index = self.find(*lot_id)?;
                self.strike_out(index, *bidder)
            }
            Command::TakeFromBook { lot_id, paddle } => {
                let index = self.find(*lot_id)?;
                if self.lots[index].rules.format.is_sealed() {
                    return Err(Reason::WrongFormat.into());
                }
                let holder = self.paddles.get(&paddle.0).ok_or(Reason::UnknownPaddle)?;
                self.strike_out(index, holder.bidder)
            }
            Command::OpenLot(id) => {
                let index = self.find(*id)?;
                self.open(index, now)
            }
            Command::OpenNextLot => self.open_next(now),
            Command::SetAsk(id, ask) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.at_the_rostrum()?;
                if !(1..=MOST).contains(&ask.0) {
                    return Err(Reason::AmountOutOfRange.into());
                }
                if let Some(result) = lot.result().filter(|result| ask.0 <= result.price) {
                    return Err(Refusal::at_least(Reason::BelowMinimum, result.price + 1));
                }
                lot.ask = Some(ask.0);
                lot.warned = false;
                self.book_is_due(index);
                Ok(())
            }
            Command::SetStep(id, step) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.at_the_rostrum()?;
                if step.is_some_and(|step| !(1..=MOST).contains(&step.0)) {
                    return Err(Reason::AmountOutOfRange.into());
                }
                lot.step = step.map(|step| step.0);
                self.book_is_due(index);
                Ok(())
            }
            Command::WarnFairly(id) => {
                let index = self.find(*id)?;
                self.lots[index].at_the_rostrum()?;
                self.lots[index].warned = true;
                Ok(())
            }
            Command::Hammer(hammer) => self.hammer(hammer, now),
            Command::LiftHammer(id) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.takes_bids()?;
                lot.strike.take().ok_or(Reason::NotStruck)?;
                self.book_is_due(index);
                Ok(())
            }
            Command::Retract(id, bid) => {
                let index = self.find(*id)?;
                self.retract(index, *bid)
            }
            Command::Pause(id) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.at_the_rostrum()?;
                lot.phase = Phase::Paused;
                lot.paused_at = now;
                Ok(())
            }
            Command::Resume(id) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                match lot.phase {
                    Phase::Paused => {}
                    Phase::Open => return Err(Reason::NotPaused.into()),
                    Phase::Pending | Phase::Closed => return lot.takes_bids(),
                }
                lot.phase = Phase::Open;
                lot.closes_at = lot.closes_at.map(|close| close + now - lot.paused_at);
                self.book_is_due(index);
                Ok(())
            }
            Command::Say(text) if text.chars().count() > 280 => Err(Reason::TextTooLong.into()),
            Command::Say(_) | Command::Tick => Ok(()),
            Command::Reopen { .. }
            | Command::Withdraw(_)
            | Command::Skip(_)
            | Command::Reoffer { .. }
            | Command::Group(_)
            | Command::Split(_)
            | Command::Choose { .. } => self.flow(command, now),
        }
    }

    fn start(&mut self, now: i64) -> Answer {
        if self.ended {
            return Err(Reason::SaleEnded.into());
        }
        let timed = self.kind == SaleKind::Timed;
        let waiting = |index: &usize| {
            let lot = &self.lots[*index];
            timed && lot.phase == Phase::Pending && lot.led_by.is_none()
        };
        let waiting: Vec<usize> = (0..self.lots.len()).filter(waiting).collect();
        if self.started && waiting.is_empty() {
            return Err(Reason::AlreadyStarted.into());
        }
        self.started = true;
        for index in waiting {
            self.opened(index, now);
        }
        Ok(())
    }

    fn end(&mut self) -> Answer {
        if self.ended {
            return Err(Reason::SaleEnded.into());
        }
        if self.any_running() {
            return Err(Reason::AnotherLotOpen.into());
        }
        if self.lots.iter().any(super::Lot::choice_is_due) {
            return Err(Reason::ChoicePending.into());
        }
        self.ended = true;
        Ok(())
    }

    fn approve(&mut self, register: &Register) -> Answer {
        let wanted = Registered {
            bidder: register.bidder,
            standing: register.standing,
            limit: register.limit.map(|limit| limit.0),
        };
        let paddle = register.paddle.0;
        if let Some((own, is)) = self.registered(register.bidder)
            && own == paddle
            && is.standing == wanted.standing
            && is.limit == wanted.limit
        {
            return Ok(());
        }
        if wanted.limit.is_some_and(|limit| !(0..=MOST).contains(&limit)) {
            return Err(Reason::AmountOutOfRange.into());
        }
        let holder = self.paddles.get(&paddle);
        if holder.is_some_and(|holder| holder.bidder != register.bidder) {
            return Err(Reason::UnknownPaddle.into());
        }
        self.register(paddle, wanted);
        Ok(())
    }

    fn suspend(&mut self, bidder: BidderId, retract_bids: bool) -> Answer {
        let (paddle, registered) = self.registered(bidder).ok_or(Reason::NotRegistered)?;
        if registered.standing != Approval::Suspended {
            let standing = Approval::Suspended;
            self.register(
                paddle,
                Registered {
                    standing,
                    ..registered
                },
            );
        }
        for index in 0..self.lots.len() {
            let lot = &self.lots[index];
            let theirs = lot.counting().iter().any(|bid| bid.bidder == bidder);
            if retract_bids && lot.running() && theirs {
                self.lots[index].strike = None;
                self.take_back(index, |id_of| id_of == bidder);
            }
        }
        Ok(())
    }

    fn retract(&mut self, index: usize, id: BidId) -> Answer {
        let lot = &mut self.lots[index];
        if !lot.counting().iter().any(|bid| bid.id == id) {
            return Err(Reason::UnknownBid.into());
        }
        if lot.phase == Phase::Closed {
            return Err(Reason::Closed.into());
        }
        lot.hammer_is_up()?;
        let leader = lot.result().map(|result| result.leader);
        lot.bids
            .iter_mut()
            .filter(|bid| bid.id == id)
            .for_each(|bid| bid.retracted = true);
        self.let_lapse(index, leader);
        Ok(())
    }

    fn take_back(&mut self, index: usize, whose: impl Fn(BidderId) -> bool) {
        let lot = &mut self.lots[index];
        let leader = lot.result().map(|result| result.leader);
        let theirs = lot.bids.iter_mut().filter(|bid| whose(bid.bidder));
        theirs.for_each(|bid| bid.retracted = true);
        self.let_lapse(index, leader);
    }

    /// A new leader who is not good for the own maximum is taken back too, and so on.
    fn let_lapse(&mut self, index: usize, led_before: Option<BidderId>) {
        while let Some(result) = self.lots[index].result() {
            let good = self.left(result.leader).is_none_or(|left| left >= 0);
            if good || Some(result.leader) == led_before {
                break;
            }
            let bids = self.lots[index].bids.iter_mut();
            bids.filter(|bid| bid.bidder == result.leader)
                .for_each(|bid| bid.retracted = true);
        }
        self.lots[index].warned = false;
        self.book_is_due(index);
    }

    fn open_next(&mut self, now: i64) -> Answer {
        if self.ended {
            return Err(Reason::SaleEnded.into());
        }
        let count = self.lots.len();
        let from = self.current.unwrap_or(0);
        let waits = |index: &usize, skipped| {
            let lot = &self.lots[*index];
            lot.phase == Phase::Pending && lot.led_by.is_none() && lot.skipped == skipped
        };
        let mut order = (0..count).map(|offset| (from + offset) % count);
        let next = order
            .find(|index| waits(index, false))
            .or_else(|| (0..count).find(|index| waits(index, true)));
        self.open(next.ok_or(Reason::NoNextLot)?, now)
    }

    fn open(&mut self, index: usize, now: i64) -> Answer {
        match self.lots[index].phase {
            Phase::Pending => {}
            Phase::Open | Phase::Paused => return Err(Reason::AlreadyOpen.into()),
            Phase::Closed => return Err(Reason::Closed.into()),
        }
        if self.lots[index].led_by.is_some() {
            return Err(Reason::InAGroup.into());
        }
        self.rostrum_is_free()?;
        self.started = true;
        self.opened(index, now);
        Ok(())
    }

    fn opened(&mut self, index: usize, now: i64) {
        self.look_at(index);
        let lot = &mut self.lots[index];
        lot.phase = Phase::Open;
        lot.opened_at = Some(now);
        lot.skipped = false;
        if let (Format::Dutch, Some(clock)) = (lot.rules.format, lot.rules.dutch) {
            let mut at = now;
            while lot.clock(at).unwrap() > clock.floor_minor.0 {
                at += clock.every_ms;
            }
            lot.closes_at = Some(at + clock.every_ms);
        } else if let Some(runs) = lot.rules.runs.filter(|runs| runs.from == RunsFrom::Opening) {
            lot.closes_at = Some(now + runs.duration_ms);
        }
        self.book_is_due(index);
    }

    pub(super) fn look_at(&mut self, index: usize) {
        if self.kind == SaleKind::Room {
            self.current = Some(index);
        }
    }

    fn hammer(&mut self, hammer: &Hammer, now: i64) -> Answer {
        let index = self.find(hammer.lot_id)?;
        self.lots[index].at_the_rostrum()?;
        let outcome = if hammer.sold {
            self.knocked_down(index, hammer)?
        } else {
            Outcome::Unsold
        };
        let lot = &mut self.lots[index];
        match lot.rules.hammer_window_ms {
            0 => self.close(index, outcome, now),
            window_ms => {
                let end = now + window_ms;
                lot.strike = Some(Strike {
                    at: now,
                    falls_at: lot.closes_at.unwrap_or(end).min(end),
                    outcome,
                });
            }
        }
        Ok(())
    }

    fn knocked_down(&mut self, index: usize, hammer: &Hammer) -> Result<Outcome, Refusal> {
        let lot = &self.lots[index];
        let result = lot.result().ok_or(Reason::NoBids)?;
        let price = result.price;
        if hammer.price_seen.is_some_and(|seen| seen.0 != price) {
            return Err(Refusal {
                reason: Reason::PriceMoved,
                least: Some(price),
                most: Some(price),
            });
        }
        let reserve = lot.rules.reserve_price_minor.map_or(0, |reserve| reserve.0);
        if price < reserve && !hammer.override_reserve {
            return Err(Reason::ReserveNotMet.into());
        }
        if result.leader == BidderId::HOUSE {
            return Err(Reason::HouseLeads.into());
        }
        let Some(shown) = hammer.paddle.map(|paddle| paddle.0) else {
            return Ok(Outcome::Sold(result.leader, price));
        };
        let own = self.registered(result.leader).map(|(paddle, _)| paddle);
        let holder = self.paddles.get(&shown).map(|registered| registered.bidder);
        match (own, holder) {
            (Some(own), _) if own == shown => Ok(Outcome::Sold(result.leader, price)),
            (Some(_), _) => Err(Reason::UnknownPaddle.into()),
            (None, Some(holder)) if lot.sold_for(holder) => Err(Reason::SellerMayNotBid.into()),
            (None, Some(holder)) => {
                self.may_bid(holder)?;
                self.covers(index, holder, price * i64::from(lot.rules.quantity))?;
                Ok(Outcome::Sold(holder, price))
            }
            (None, None) => {
                let winner = Registered {
                    bidder: result.leader,
                    standing: Approval::Approved,
                    limit: None,
                };
                self.register(shown, winner);
                Ok(Outcome::Sold(result.leader, price))
            }
        }
    }
}
