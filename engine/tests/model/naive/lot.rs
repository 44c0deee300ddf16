//! A lot that keeps its bids and nothing that could be computed from them.

use gavel_engine::{
    Reason,
    ids::{BidId, BidderId, LotId},
    lot::{Channel, Offer},
    money::Amount,
    rules::{OffIncrement, ReserveRule, RuleSet, TieRule},
};

#[derive(Debug, Clone)]
pub struct Bid {
    pub id: BidId,
    pub bidder: BidderId,
    channel: Channel,
    exact: bool,
    pub ceiling: i64,
    ask_met: Option<i64>,
    step: Option<i64>,
    pub retracted: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Left {
    id: BidId,
    bidder: BidderId,
    max: i64,
    placed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Pending,
    Open,
    Paused,
    Closed,
}

#[derive(Debug, Clone)]
pub struct Lot {
    pub id: LotId,
    pub(super) rules: RuleSet,
    pub(super) phase: Phase,
    pub(super) paused_at: i64,
    pub bids: Vec<Bid>,
    pub(super) ask: Option<i64>,
    pub(super) step: Option<i64>,
    pub(super) closes_at: Option<i64>,
    extensions: u32,
    pub(super) warned: bool,
    pub(super) outcome: Option<Outcome>,
    book: Vec<Left>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Sold(BidderId, i64),
    Unsold,
}

/// What there is to compare.
#[derive(Debug, PartialEq, Eq)]
pub struct View {
    pub phase: Phase,
    pub price: Option<i64>,
    pub leader: Option<BidderId>,
    pub leader_max: Option<i64>,
    pub minimum: i64,
    pub reserve_met: Option<bool>,
    pub closes_at: Option<i64>,
    pub ask: Option<i64>,
    pub extensions: u32,
    pub warned: bool,
    pub outcome: Option<Outcome>,
    pub surviving: usize,
    pub waiting_in_book: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Result {
    pub(super) price: i64,
    pub(super) leader: BidderId,
    leader_max: i64,
}

impl Lot {
    pub(super) fn new(id: LotId, rules: &RuleSet) -> Self {
        Self {
            id,
            rules: rules.clone(),
            phase: Phase::Pending,
            paused_at: 0,
            bids: Vec::new(),
            ask: None,
            step: None,
            closes_at: rules.closes_at_ms.map(|at| at.0),
            extensions: 0,
            warned: false,
            outcome: None,
            book: Vec::new(),
        }
    }

    pub fn view(&self) -> View {
        let result = self.result();
        View {
            phase: self.phase,
            price: result.map(|result| result.price),
            leader: result.map(|result| result.leader),
            leader_max: result.map(|result| result.leader_max),
            minimum: self.minimum(),
            reserve_met: self
                .rules
                .reserve_price_minor
                .map(|reserve| result.is_some_and(|result| result.price >= reserve.0)),
            closes_at: self.closes_at,
            ask: self.ask,
            extensions: self.extensions,
            warned: self.warned,
            outcome: self.outcome,
            surviving: self.bids.iter().filter(|bid| !bid.retracted).count(),
            waiting_in_book: self.book.iter().filter(|left| !left.placed).count(),
        }
    }

    /// The step of the last band that begins at or below the price, else of the first.
    fn ladder_step(&self, price: i64) -> i64 {
        let bands = &self.rules.increments;
        let reached = bands.iter().rev().find(|band| band.from_minor.0 <= price);
        reached.unwrap_or(&bands[0]).step_minor.0
    }

    pub fn minimum(&self) -> i64 {
        match (self.ask, self.result()) {
            (Some(ask), _) => ask,
            (None, None) => self.rules.opening_price_minor.0,
            (None, Some(result)) => {
                result.price + self.step.unwrap_or_else(|| self.ladder_step(result.price))
            }
        }
    }

    pub(super) fn result(&self) -> Option<Result> {
        let bids: Vec<&Bid> = self.bids.iter().filter(|bid| !bid.retracted).collect();
        let mut price = 0;
        // The bid that leads: it took the lead, or raised the leader's maximum.
        let mut lead: Option<&Bid> = None;
        for (count, bid) in bids.iter().enumerate() {
            let so_far = &bids[..count];
            let highest = so_far.iter().map(|bid| bid.ceiling).max();
            let next = |amount: i64| amount + bid.step.unwrap_or_else(|| self.ladder_step(amount));
            match (lead, highest) {
                (None, _) | (_, None) => {
                    let shown = bid.ask_met.unwrap_or(self.rules.opening_price_minor.0);
                    price = if bid.exact {
                        bid.ceiling
                    } else {
                        shown.min(bid.ceiling)
                    };
                    lead = Some(bid);
                }
                (Some(leading), Some(highest)) if leading.bidder == bid.bidder => {
                    let highest = highest.max(bid.ceiling);
                    let rivals = so_far.iter().filter(|rival| rival.bidder != bid.bidder);
                    let second = rivals.map(|rival| rival.ceiling).max();
                    if bid.exact {
                        price = price.max(bid.ceiling);
                    } else if let Some(second) = second {
                        price = price.max(highest.min(next(second)));
                    }
                    if bid.ceiling > leading.ceiling {
                        lead = Some(bid);
                    }
                }
                (Some(leading), Some(highest)) => {
                    let floor_takes_ties = self.rules.tie_rule == TieRule::Floor
                        && bid.channel == Channel::Floor
                        && leading.channel != Channel::Floor;
                    let takes = bid.ceiling > highest || floor_takes_ties && bid.ceiling == highest;
                    if takes {
                        price = if bid.exact {
                            bid.ceiling
                        } else {
                            let answered = bid.ceiling.min(next(highest));
                            *[price, answered, bid.ask_met.unwrap_or(0)].iter().max().unwrap()
                        };
                        lead = Some(bid);
                    } else {
                        let rivals = bids[..=count]
                            .iter()
                            .filter(|rival| rival.bidder != leading.bidder);
                        let second = rivals.map(|rival| rival.ceiling).max().unwrap();
                        price = price.max(highest.min(next(second)));
                    }
                }
            }
            if let Some(reserve) = self.rules.reserve_price_minor.map(|reserve| reserve.0) {
                let highest = bids[..=count].iter().map(|bid| bid.ceiling).max().unwrap();
                match self.rules.reserve_rule {
                    ReserveRule::Jump if highest >= reserve => price = price.max(reserve),
                    ReserveRule::Hold | ReserveRule::Jump => {}
                    ReserveRule::PostInFull => price = price.max(reserve.min(highest)),
                }
            }
        }
        let leader = lead?.bidder;
        let leader_max = bids.iter().map(|bid| bid.ceiling).max()?;
        Some(Result {
            price,
            leader,
            leader_max,
        })
    }

    pub(super) fn open_for_bids(&self) -> std::result::Result<(), Reason> {
        match self.phase {
            Phase::Pending => Err(Reason::NotOpen),
            Phase::Open => Ok(()),
            Phase::Paused => Err(Reason::Paused),
            Phase::Closed => Err(Reason::Closed),
        }
    }

    pub(super) fn offer(
        &mut self,
        id: BidId,
        bidder: BidderId,
        channel: Channel,
        offer: Offer,
        now: i64,
    ) -> std::result::Result<(), Reason> {
        self.open_for_bids()?;
        if self.rules.seller == Some(bidder) {
            return Err(Reason::SellerMayNotBid);
        }
        let (exact, ceiling) = match offer {
            Offer::Amount(amount) | Offer::BuyNow(amount) => (true, amount.0),
            Offer::Max(max) => (false, max.0),
        };
        let result = self.result();
        if let Some(result) = result.filter(|result| result.leader == bidder) {
            if exact {
                return Err(Reason::AlreadyLeading);
            }
            if ceiling <= result.leader_max {
                return Err(Reason::NotAboveOwnMax);
            }
        } else {
            let minimum = self.minimum();
            if ceiling < minimum {
                return Err(Reason::BelowMinimum);
            }
            if exact && self.rules.off_increment == OffIncrement::Reject && ceiling != minimum {
                let bands = &self.rules.increments;
                let band = bands.iter().rev().find(|band| band.from_minor.0 <= ceiling);
                let band = band.unwrap_or(&bands[0]);
                let off = match self.step {
                    Some(step) => (ceiling - minimum) % step,
                    None => (ceiling - band.from_minor.0) % band.step_minor.0,
                };
                if off != 0 {
                    return Err(Reason::OffIncrement);
                }
            }
        }
        self.bids.push(Bid {
            id,
            bidder,
            channel,
            exact,
            ceiling,
            ask_met: self.ask,
            step: self.step,
            retracted: false,
        });
        self.ask = None;
        self.warned = false;
        if let (Some(soft), Some(close)) = (self.rules.soft_close, self.closes_at) {
            let may_move = soft.max_extensions.is_none_or(|most| self.extensions < most);
            if may_move && close > now && close - now <= soft.window_ms && now + soft.extend_ms > close {
                self.closes_at = Some(now + soft.extend_ms);
                self.extensions += 1;
            }
        }
        Ok(())
    }

    pub(super) fn bid_the_book(&mut self, approved: &[BidderId], now: i64) {
        for index in 0..self.book.len() {
            let left = self.book[index].clone();
            if !left.placed && approved.contains(&left.bidder) {
                let max = Offer::Max(Amount(left.max));
                self.book[index].placed = self
                    .offer(left.id, left.bidder, Channel::Absentee, max, now)
                    .is_ok();
            }
        }
    }

    pub(super) fn leave(&mut self, id: BidId, bidder: BidderId, max: i64) -> std::result::Result<(), Reason> {
        if self.rules.seller == Some(bidder) {
            return Err(Reason::SellerMayNotBid);
        }
        self.book.retain(|left| left.bidder != bidder);
        self.book.push(Left {
            id,
            bidder,
            max,
            placed: false,
        });
        Ok(())
    }
}
