//! Bids, from wherever they come.

use super::{Answer, Bid, Lot, Outcome, Phase, Refusal, Sale, lot::Left, sale::Registered};
use gavel_engine::{
    Reason,
    auction::{Approval, EnterBid, PlaceBid},
    ids::{BidId, BidderId, Paddle},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Format, OffIncrement, RunsFrom},
};

const MOST: i64 = 1_000_000_000_000_000;

fn ceiling(offer: Offer) -> i64 {
    let (Offer::Amount(amount) | Offer::Max(amount) | Offer::BuyNow(amount)) = offer;
    amount.0
}

impl Sale {
    fn payable(&self, offer: Offer, currency: Currency) -> Answer {
        if currency != self.currency {
            Err(Reason::WrongCurrency.into())
        } else if !(1..=MOST).contains(&ceiling(offer)) {
            Err(Reason::AmountOutOfRange.into())
        } else {
            Ok(())
        }
    }

    fn use_id(&mut self, id: BidId) -> Answer {
        if self.used.insert(id) {
            Ok(())
        } else {
            Err(Reason::BidIdReused.into())
        }
    }

    pub(super) fn place(&mut self, place: &PlaceBid, now: i64) -> Answer {
        self.use_id(place.bid_id)?;
        let index = self.find(place.lot_id)?;
        self.payable(place.offer, place.currency)?;
        self.may_bid(place.bidder)?;
        if place.channel == Channel::House {
            return Err(Reason::HouseMayNotBid.into());
        }
        match place.offer {
            Offer::Max(max) if place.book_if_pending && self.lots[index].phase == Phase::Pending => {
                self.leave(index, place.bid_id, place.bidder, max)
            }
            offer => {
                let from = (place.bidder, place.channel);
                self.bid(index, place.bid_id, from, offer, now, place.sent_before_ms)
            }
        }
    }

    pub(super) fn enter(&mut self, enter: &EnterBid, now: i64) -> Answer {
        self.use_id(enter.bid_id)?;
        let index = self.find(enter.lot_id)?;
        self.payable(enter.offer, enter.currency)?;
        let bidder = self.whose(enter.bid_id, enter.paddle, enter.channel)?;
        match enter.offer {
            Offer::Max(max)
                if enter.channel == Channel::Absentee && self.lots[index].phase == Phase::Pending =>
            {
                self.leave(index, enter.bid_id, bidder, max)
            }
            offer => self.bid(index, enter.bid_id, (bidder, enter.channel), offer, now, None),
        }
    }

    /// Whom the clerk bids for; a free number is given to a newcomer.
    fn whose(&mut self, id: BidId, paddle: Option<Paddle>, channel: Channel) -> Result<BidderId, Refusal> {
        if channel == Channel::House {
            return Ok(BidderId::HOUSE);
        }
        if let Some(registered) = paddle.and_then(|paddle| self.paddles.get(&paddle.0).copied()) {
            self.may_bid(registered.bidder)?;
            return Ok(registered.bidder);
        }
        if channel == Channel::Absentee || paddle.is_some_and(|paddle| paddle.0 > 999) {
            return Err(Reason::UnknownPaddle.into());
        }
        let bidder = BidderId(id.0);
        if self.registered(bidder).is_some() {
            return Err(Reason::BidIdReused.into());
        }
        if let Some(paddle) = paddle {
            self.register(
                paddle.0,
                Registered {
                    bidder,
                    standing: Approval::Approved,
                    limit: None,
                },
            );
        }
        Ok(bidder)
    }

    /// Into the book of a pending lot.
    fn leave(&mut self, index: usize, id: BidId, bidder: BidderId, max: Amount) -> Answer {
        let lot = &mut self.lots[index];
        if lot.rules.format == Format::Dutch {
            return Err(Reason::WrongFormat.into());
        }
        if lot.led_by.is_some() {
            return Err(Reason::InAGroup.into());
        }
        if lot.sold_for(bidder) {
            return Err(Reason::SellerMayNotBid.into());
        }
        lot.book.retain(|left| left.bidder != bidder);
        lot.book.push(Left {
            id,
            bidder,
            max: max.0,
            placed: false,
        });
        Ok(())
    }

    /// The house looks at every book that something has happened to, in running order.
    pub(super) fn read_books(&mut self, now: i64) {
        while let Some(index) = self.due.pop_first() {
            for nth in 0..self.lots[index].book.len() {
                let left = self.lots[index].book[nth].clone();
                if left.placed || self.may_bid(left.bidder).is_err() {
                    continue;
                }
                let from = (left.bidder, Channel::Absentee);
                let taken = self.bid(index, left.id, from, Offer::Max(Amount(left.max)), now, None);
                self.lots[index].book[nth].placed = taken.is_ok();
            }
        }
    }

    fn bid(
        &mut self,
        index: usize,
        id: BidId,
        (bidder, channel): (BidderId, Channel),
        offer: Offer,
        now: i64,
        sent_before_ms: Option<i64>,
    ) -> Answer {
        let lot = &self.lots[index];
        let pieces = i64::from(lot.rules.quantity);
        lot.takes_bids()?;
        if let Some(strike) = lot.strike
            && now - strike.at >= sent_before_ms.unwrap_or(0)
        {
            return Err(Reason::AfterHammer.into());
        }
        let english = lot.rules.format == Format::English;
        if !english && (channel == Channel::House || matches!(offer, Offer::BuyNow(_))) {
            return Err(Reason::WrongFormat.into());
        }
        if lot.sold_for(bidder) {
            return Err(Reason::SellerMayNotBid.into());
        }
        let mut bound = ceiling(offer);
        match lot.rules.format {
            Format::English => lot.takes_english(bidder, channel, offer)?,
            Format::Dutch => {
                let clock = lot.minimum(now);
                if ceiling(offer) < clock {
                    return Err(Refusal::at_least(Reason::BelowMinimum, clock));
                }
                bound = clock;
            }
            Format::SealedFirstPrice | Format::Vickrey => {
                let opening = lot.rules.opening_price_minor.0;
                if ceiling(offer) < opening {
                    return Err(Refusal::at_least(Reason::BelowMinimum, opening));
                }
                let again = lot.counting().iter().any(|bid| bid.bidder == bidder);
                if again && !lot.rules.revisions {
                    return Err(Reason::AlreadyBid.into());
                }
            }
        }
        if bound * pieces > MOST {
            return Err(Reason::AmountOutOfRange.into());
        }
        self.covers(index, bidder, bound * pieces)?;

        let lot = &mut self.lots[index];
        let first_ever = lot.bids.is_empty();
        lot.bids.push(Bid {
            id,
            bidder,
            channel,
            exact: !matches!(offer, Offer::Max(_)),
            ceiling: ceiling(offer),
            at: now,
            ask_met: lot.ask,
            step: lot.step,
            retracted: false,
        });
        lot.ask = None;
        lot.warned = false;
        self.move_closes(index, first_ever, now);
        let lot = &mut self.lots[index];
        if lot.strike.take().is_some() {
            self.book_is_due(index);
        }
        let lot = &self.lots[index];
        if lot.rules.format == Format::Dutch || matches!(offer, Offer::BuyNow(_)) {
            let price = if english { ceiling(offer) } else { bound };
            self.close(index, Outcome::Sold(bidder, price), now);
        }
        Ok(())
    }

    /// The first bid may start the clock; a late one moves it, also those of the group.
    fn move_closes(&mut self, index: usize, first_ever: bool, now: i64) {
        let lot = &mut self.lots[index];
        let Some(close) = lot.closes_at else {
            if let Some(runs) = lot
                .rules
                .runs
                .filter(|runs| runs.from == RunsFrom::FirstBid && first_ever)
            {
                lot.closes_at = Some(now + runs.duration_ms);
            }
            return;
        };
        let Some(soft) = lot.rules.soft_close else {
            return;
        };
        if close <= now || close - now > soft.window_ms {
            return;
        }
        let id = lot.id;
        for other in &mut self.lots {
            let own = other.rules.soft_close;
            let with = soft.group.is_some() && own.and_then(|own| own.group) == soft.group;
            let may = own.is_some_and(|own| own.max_extensions.is_none_or(|most| other.extensions < most));
            let sooner = other.closes_at.is_some_and(|close| close < now + soft.extend_ms);
            if (other.id == id || with) && may && sooner && other.phase == Phase::Open {
                other.closes_at = Some(now + soft.extend_ms);
                other.extensions += 1;
            }
        }
    }
}

impl Lot {
    fn takes_english(&self, bidder: BidderId, channel: Channel, offer: Offer) -> Answer {
        let amount = ceiling(offer);
        let reserve = self.rules.reserve_price_minor.map(|reserve| reserve.0);
        if channel == Channel::House {
            let Some(reserve) = reserve.filter(|_| self.rules.house_bids) else {
                return Err(Reason::HouseMayNotBid.into());
            };
            if amount >= reserve || !matches!(offer, Offer::Amount(_)) {
                return Err(Refusal::at_most(Reason::NotBelowReserve, reserve - 1));
            }
        }
        let (minimum, result) = (self.minimum(0), self.result());
        if let Offer::BuyNow(_) = offer {
            return match self.rules.buy_now_price_minor {
                Some(price) if result.is_none() && price.0 == amount => Ok(()),
                Some(price) if result.is_none() => Err(Refusal {
                    reason: Reason::PriceMoved,
                    least: Some(price.0),
                    most: Some(price.0),
                }),
                _ => Err(Refusal::at_least(Reason::NoBuyNow, minimum)),
            };
        }
        let exact = matches!(offer, Offer::Amount(_));
        if let Some(result) = result.filter(|result| result.leader == bidder) {
            if !exact {
                return if amount <= result.leader_max {
                    Err(Refusal::at_least(Reason::NotAboveOwnMax, result.leader_max + 1))
                } else {
                    Ok(())
                };
            }
            if !self.rules.self_raise || bidder == BidderId::HOUSE {
                return Err(Refusal::at_least(Reason::AlreadyLeading, minimum));
            }
        }
        if amount < minimum {
            return Err(Refusal::at_least(Reason::BelowMinimum, minimum));
        }
        if exact && self.rules.off_increment == OffIncrement::Reject && amount != minimum {
            let bands = &self.rules.increments;
            let band = bands.iter().rev().find(|band| band.from_minor.0 <= amount);
            let band = band.unwrap_or(&bands[0]);
            let off = match self.step {
                Some(step) => (amount - minimum) % step,
                None => (amount - band.from_minor.0) % band.step_minor.0,
            };
            if off != 0 {
                return Err(Refusal::at_least(Reason::OffIncrement, minimum));
            }
        }
        Ok(())
    }
}
