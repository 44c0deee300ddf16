//! A sale of naive lots.

use super::{Lot, Outcome, Phase};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Hammer, PlaceBid, SaleKind, Setup},
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Channel, Offer},
    money::Currency,
    time::Timestamp,
};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Sale {
    kind: SaleKind,
    currency: Currency,
    started: bool,
    ended: bool,
    pub lots: Vec<Lot>,
    current: Option<usize>,
    pub paddles: BTreeMap<u32, (BidderId, Approval)>,
    used: Vec<BidId>,
}

type Answer = Result<(), Reason>;

impl Sale {
    pub fn new(setup: &Setup) -> Self {
        Self {
            kind: setup.kind,
            currency: setup.currency,
            started: false,
            ended: false,
            lots: setup
                .lots
                .iter()
                .map(|lot| Lot::new(lot.lot_id, &lot.rules))
                .collect(),
            current: None,
            paddles: BTreeMap::new(),
            used: Vec::new(),
        }
    }

    /// Lots whose time is up close.
    pub fn time_passes(&mut self, now: i64) {
        for lot in &mut self.lots {
            if lot.phase == Phase::Open && lot.closes_at.is_some_and(|close| close <= now) {
                let reserve = lot.rules.reserve_price_minor.map_or(0, |reserve| reserve.0);
                let sold = lot.result().filter(|result| result.price >= reserve);
                lot.phase = Phase::Closed;
                lot.warned = false;
                lot.outcome = Some(match sold {
                    Some(result) => Outcome::Sold(result.leader, result.price),
                    None => Outcome::Unsold,
                });
            }
        }
    }

    fn approval(&self, bidder: BidderId) -> Option<Approval> {
        let (_, standing) = self.paddles.values().find(|(holder, _)| *holder == bidder)?;
        Some(*standing)
    }

    fn may_bid(&self, bidder: BidderId) -> Answer {
        match self.approval(bidder) {
            None => Err(Reason::NotRegistered),
            Some(Approval::Pending) => Err(Reason::PendingApproval),
            Some(Approval::Suspended) => Err(Reason::Suspended),
            Some(Approval::Approved) => Ok(()),
        }
    }

    fn approved(&self) -> Vec<BidderId> {
        let approved = self
            .paddles
            .values()
            .filter(|(_, standing)| *standing == Approval::Approved);
        approved.map(|(holder, _)| *holder).collect()
    }

    fn find(&self, id: LotId) -> Result<usize, Reason> {
        let index = self.lots.iter().position(|lot| lot.id == id);
        match index {
            None => Err(Reason::UnknownLot),
            Some(_) if self.ended => Err(Reason::SaleEnded),
            Some(index) => Ok(index),
        }
    }

    fn any_open(&self) -> bool {
        self.lots
            .iter()
            .any(|lot| matches!(lot.phase, Phase::Open | Phase::Paused))
    }

    fn payable(&self, id: BidId, offer: Offer, currency: Currency) -> Answer {
        let (Offer::Amount(amount) | Offer::Max(amount) | Offer::BuyNow(amount)) = offer;
        if self.used.contains(&id) {
            unreachable!("checked before");
        } else if currency != self.currency {
            Err(Reason::WrongCurrency)
        } else if amount.0 < 1 || amount.0 > 1_000_000_000_000_000 {
            Err(Reason::AmountOutOfRange)
        } else {
            Ok(())
        }
    }

    /// The command; a refusal changes nothing.
    pub fn command(&mut self, command: &Command, now: Timestamp) -> Answer {
        let before = self.clone();
        let answer = self.try_command(command, now.0);
        if answer.is_err() {
            *self = before;
        }
        answer
    }

    fn try_command(&mut self, command: &Command, now: i64) -> Answer {
        match command {
            Command::Create(_) => Err(Reason::AlreadyCreated),
            Command::Start => self.start(now),
            Command::End | Command::OpenNextLot if self.ended => Err(Reason::SaleEnded),
            Command::End if self.any_open() => Err(Reason::AnotherLotOpen),
            Command::End => {
                self.ended = true;
                Ok(())
            }
            Command::Register(register) => {
                let wanted = register.paddle.0;
                if self
                    .paddles
                    .get(&wanted)
                    .is_some_and(|(holder, _)| *holder != register.bidder)
                {
                    return Err(Reason::UnknownPaddle);
                }
                self.paddles.retain(|_, (holder, _)| *holder != register.bidder);
                self.paddles.insert(wanted, (register.bidder, register.standing));
                Ok(())
            }
            Command::PlaceBid(place) => self.place(place, now),
            Command::EnterBid(enter) => self.enter(
                enter.bid_id,
                enter.lot_id,
                enter.paddle,
                enter.channel,
                enter.offer,
                enter.currency,
                now,
            ),
            Command::VoidBid { bid_id, .. } => {
                self.used.push(*bid_id);
                Ok(())
            }
            Command::OpenLot(id) => {
                let index = self.find(*id)?;
                self.open(index, now)
            }
            Command::OpenNextLot => {
                let count = self.lots.len();
                let from = self.current.unwrap_or(0);
                let mut order = (0..count).map(|offset| (from + offset) % count);
                let next = order.find(|index| self.lots[*index].phase == Phase::Pending);
                self.open(next.ok_or(Reason::NoNextLot)?, now)
            }
            Command::SetAsk(id, ask) => {
                let approved = self.approved();
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.open_for_bids()?;
                if ask.0 < 1 || ask.0 > 1_000_000_000_000_000 {
                    return Err(Reason::AmountOutOfRange);
                }
                if lot.result().is_some_and(|result| ask.0 <= result.price) {
                    return Err(Reason::BelowMinimum);
                }
                lot.ask = Some(ask.0);
                lot.warned = false;
                lot.bid_the_book(&approved, now);
                Ok(())
            }
            Command::SetStep(id, step) => {
                let approved = self.approved();
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.open_for_bids()?;
                if step.is_some_and(|step| step.0 < 1 || step.0 > 1_000_000_000_000_000) {
                    return Err(Reason::AmountOutOfRange);
                }
                lot.step = step.map(|step| step.0);
                lot.bid_the_book(&approved, now);
                Ok(())
            }
            Command::WarnFairly(id) => {
                let index = self.find(*id)?;
                self.lots[index].open_for_bids()?;
                self.lots[index].warned = true;
                Ok(())
            }
            Command::Hammer(hammer) => self.hammer(hammer),
            Command::Retract(id, bid) => {
                let approved = self.approved();
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                let found = lot
                    .bids
                    .iter_mut()
                    .find(|made| made.id == *bid && !made.retracted);
                found.ok_or(Reason::UnknownBid)?.retracted = true;
                if lot.phase == Phase::Closed {
                    return Err(Reason::Closed);
                }
                lot.warned = false;
                lot.bid_the_book(&approved, now);
                Ok(())
            }
            Command::Reopen { lot_id, closes_at } => {
                let index = self.find(*lot_id)?;
                if self.lots[index].phase != Phase::Closed {
                    return Err(Reason::NotClosed);
                }
                if self.kind == SaleKind::Room && self.any_open() {
                    return Err(Reason::AnotherLotOpen);
                }
                self.look_at(index);
                let lot = &mut self.lots[index];
                lot.phase = Phase::Open;
                lot.outcome = None;
                lot.closes_at = closes_at.map(|at| at.0);
                Ok(())
            }
            Command::Pause(id) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                lot.open_for_bids()?;
                lot.phase = Phase::Paused;
                lot.paused_at = now;
                Ok(())
            }
            Command::Resume(id) => {
                let approved = self.approved();
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                match lot.phase {
                    Phase::Pending => return Err(Reason::NotOpen),
                    Phase::Closed => return Err(Reason::Closed),
                    Phase::Open => return Err(Reason::NotPaused),
                    Phase::Paused => {}
                }
                lot.phase = Phase::Open;
                lot.closes_at = lot.closes_at.map(|close| close + now - lot.paused_at);
                lot.bid_the_book(&approved, now);
                Ok(())
            }
            Command::Say(text) if text.chars().count() > 280 => Err(Reason::TextTooLong),
            Command::Say(_) | Command::Tick => Ok(()),
            _ => unreachable!("not drawn"),
        }
    }

    fn start(&mut self, now: i64) -> Answer {
        if self.ended {
            return Err(Reason::SaleEnded);
        }
        let first = !self.started;
        let waiting: Vec<usize> = (0..self.lots.len())
            .filter(|index| self.kind == SaleKind::Timed && self.lots[*index].phase == Phase::Pending)
            .collect();
        if !first && waiting.is_empty() {
            return Err(Reason::AlreadyStarted);
        }
        self.started = true;
        for index in waiting {
            self.open(index, now)?;
        }
        Ok(())
    }

    fn look_at(&mut self, index: usize) {
        if self.kind == SaleKind::Room {
            self.current = Some(index);
        }
    }

    fn open(&mut self, index: usize, now: i64) -> Answer {
        match self.lots[index].phase {
            Phase::Pending => {}
            Phase::Open | Phase::Paused => return Err(Reason::AlreadyOpen),
            Phase::Closed => return Err(Reason::Closed),
        }
        if self.kind == SaleKind::Room && self.any_open() {
            return Err(Reason::AnotherLotOpen);
        }
        self.started = true;
        self.look_at(index);
        let approved = self.approved();
        self.lots[index].phase = Phase::Open;
        self.lots[index].bid_the_book(&approved, now);
        Ok(())
    }

    fn place(&mut self, place: &PlaceBid, now: i64) -> Answer {
        if self.used.contains(&place.bid_id) {
            return Err(Reason::BidIdReused);
        }
        let index = self.find(place.lot_id)?;
        self.payable(place.bid_id, place.offer, place.currency)?;
        self.may_bid(place.bidder)?;
        self.used.push(place.bid_id);
        let lot = &mut self.lots[index];
        match place.offer {
            Offer::Max(max) if place.book_if_pending && lot.phase == Phase::Pending => {
                lot.leave(place.bid_id, place.bidder, max.0)
            }
            offer => lot.offer(place.bid_id, place.bidder, place.channel, offer, now),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "what the clerk types in")]
    fn enter(
        &mut self,
        id: BidId,
        lot: LotId,
        paddle: Option<Paddle>,
        channel: Channel,
        offer: Offer,
        currency: Currency,
        now: i64,
    ) -> Answer {
        if self.used.contains(&id) {
            return Err(Reason::BidIdReused);
        }
        let index = self.find(lot)?;
        self.payable(id, offer, currency)?;
        let newcomer = BidderId(id.0);
        let bidder = match paddle.map(|paddle| (paddle, self.paddles.get(&paddle.0).copied())) {
            Some((_, Some((holder, _)))) => {
                self.may_bid(holder)?;
                holder
            }
            _ if channel == Channel::Absentee => return Err(Reason::UnknownPaddle),
            _ if self.approval(newcomer).is_some() => return Err(Reason::BidIdReused),
            Some((paddle, None)) => {
                self.paddles.insert(paddle.0, (newcomer, Approval::Approved));
                newcomer
            }
            None => newcomer,
        };
        self.used.push(id);
        let lot = &mut self.lots[index];
        match offer {
            Offer::Max(max) if channel == Channel::Absentee && lot.phase == Phase::Pending => {
                lot.leave(id, bidder, max.0)
            }
            offer => lot.offer(id, bidder, channel, offer, now),
        }
    }

    fn hammer(&mut self, hammer: &Hammer) -> Answer {
        let index = self.find(hammer.lot_id)?;
        let lot = &self.lots[index];
        lot.open_for_bids()?;
        let mut outcome = Outcome::Unsold;
        if hammer.sold {
            let result = lot.result().ok_or(Reason::NoBids)?;
            let reserve = lot.rules.reserve_price_minor.map_or(0, |reserve| reserve.0);
            if result.price < reserve && !hammer.override_reserve {
                return Err(Reason::ReserveNotMet);
            }
            let mut winner = result.leader;
            if let Some(shown) = hammer.paddle {
                let own = self.paddles.iter().find(|(_, (holder, _))| *holder == winner);
                let holder = self.paddles.get(&shown.0).map(|(holder, _)| *holder);
                match (own, holder) {
                    (Some((own, _)), _) if *own == shown.0 => {}
                    (Some(_), _) => return Err(Reason::UnknownPaddle),
                    (None, Some(holder)) if lot.rules.seller == Some(holder) => {
                        return Err(Reason::SellerMayNotBid);
                    }
                    (None, Some(holder)) => {
                        self.may_bid(holder)?;
                        winner = holder;
                    }
                    (None, None) => {
                        self.paddles.insert(shown.0, (winner, Approval::Approved));
                    }
                }
            }
            outcome = Outcome::Sold(winner, result.price);
        }
        let lot = &mut self.lots[index];
        lot.phase = Phase::Closed;
        lot.warned = false;
        lot.outcome = Some(outcome);
        Ok(())
    }
}
