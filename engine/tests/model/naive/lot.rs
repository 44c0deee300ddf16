//! A lot that keeps its bids and nothing that could be computed from them.

use super::{Answer, Bid, bids::ladder_step};
use gavel_engine::{
    Reason,
    ids::{BidId, BidderId, LotId},
    lot::Together,
    rules::{Format, RuleSet},
};

#[derive(Debug, Clone)]
pub struct Left {
    pub(super) id: BidId,
    pub(super) bidder: BidderId,
    pub(super) max: i64,
    pub(super) placed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Pending,
    Open,
    Paused,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Sold(BidderId, i64),
    Unsold,
    Withdrawn,
    With(LotId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    pub at: i64,
    pub falls_at: i64,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub struct Group {
    pub(super) together: Together,
    pub others: Vec<LotId>,
    pub(super) own_rules: RuleSet,
    pub(super) sellers: Vec<BidderId>,
}

#[derive(Debug, Clone)]
pub struct Lot {
    pub id: LotId,
    pub(super) rules: RuleSet,
    /// The rules of the group that a chosen lot was sold by.
    pub(super) sold_by: Option<RuleSet>,
    pub phase: Phase,
    pub(super) paused_at: i64,
    pub(super) opened_at: Option<i64>,
    pub bids: Vec<Bid>,
    pub(super) ask: Option<i64>,
    pub(super) step: Option<i64>,
    pub(super) closes_at: Option<i64>,
    pub(super) extensions: u32,
    pub(super) warned: bool,
    pub(super) strike: Option<Strike>,
    pub outcome: Option<Outcome>,
    pub(super) closed_at: Option<i64>,
    pub(super) skipped: bool,
    pub(super) reoffers: u32,
    pub group: Option<Group>,
    pub(super) led_by: Option<LotId>,
    pub(super) book: Vec<Left>,
    /// The book of the lot alone, while it leads a group.
    pub(super) own_book: Vec<Left>,
    pub(super) chosen: bool,
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
    pub step: Option<i64>,
    pub extensions: u32,
    pub warned: bool,
    pub strike: Option<Strike>,
    pub outcome: Option<Outcome>,
    pub closed_at: Option<i64>,
    pub skipped: bool,
    pub reoffers: u32,
    pub others: Vec<LotId>,
    pub led_by: Option<LotId>,
    pub counting: usize,
    pub waiting_in_book: Vec<BidderId>,
    pub waiting_alone: Vec<BidderId>,
}

impl Lot {
    pub(super) fn new(id: LotId, rules: &RuleSet) -> Self {
        Self {
            id,
            rules: rules.clone(),
            sold_by: None,
            phase: Phase::Pending,
            paused_at: 0,
            opened_at: None,
            bids: Vec::new(),
            ask: None,
            step: None,
            closes_at: rules.closes_at_ms.map(|at| at.0),
            extensions: 0,
            warned: false,
            strike: None,
            outcome: None,
            closed_at: None,
            skipped: false,
            reoffers: 0,
            group: None,
            led_by: None,
            book: Vec::new(),
            own_book: Vec::new(),
            chosen: false,
        }
    }

    pub fn view(&self, now: i64) -> View {
        let result = self.result();
        let waiting = self.book.iter().filter(|left| !left.placed);
        let reserve = self.rules.reserve_price_minor;
        View {
            phase: self.phase,
            price: result.map(|result| result.price),
            leader: result.map(|result| result.leader),
            leader_max: result.map(|result| result.leader_max),
            minimum: self.minimum(now),
            reserve_met: reserve.map(|reserve| result.is_some_and(|result| result.price >= reserve.0)),
            closes_at: self.closes_at,
            ask: self.ask,
            step: self.step,
            extensions: self.extensions,
            warned: self.warned,
            strike: self.strike,
            outcome: self.outcome,
            closed_at: self.closed_at,
            skipped: self.skipped,
            reoffers: self.reoffers,
            others: self
                .group
                .as_ref()
                .map(|group| group.others.clone())
                .unwrap_or_default(),
            led_by: self.led_by,
            counting: self.counting().len(),
            waiting_in_book: waiting.map(|left| left.bidder).collect(),
            waiting_alone: self.own_book.iter().map(|left| left.bidder).collect(),
        }
    }

    pub fn minimum(&self, now: i64) -> i64 {
        let opening = self.rules.opening_price_minor.0;
        match self.rules.format {
            Format::Dutch if self.phase == Phase::Open => self.clock(now).unwrap(),
            Format::Dutch | Format::SealedFirstPrice | Format::Vickrey => opening,
            Format::English => match (self.ask, self.result()) {
                (Some(ask), _) => ask,
                (None, None) => opening,
                (None, Some(result)) => {
                    result.price
                        + self
                            .step
                            .unwrap_or_else(|| ladder_step(&self.rules, result.price))
                }
            },
        }
    }

    /// What the lot binds whom to.
    pub fn holds(&self) -> Vec<(BidderId, i64)> {
        let pieces = i64::from(self.rules.quantity);
        match (self.phase, self.outcome) {
            (Phase::Closed, Some(Outcome::Sold(winner, price))) => vec![(winner, price * pieces)],
            (Phase::Open | Phase::Paused, _) if self.rules.format.is_sealed() => {
                let bids = self.counting().into_iter();
                bids.map(|bid| (bid.bidder, bid.ceiling * pieces)).collect()
            }
            (Phase::Open | Phase::Paused, _) => {
                let Some(result) = self.result() else {
                    return Vec::new();
                };
                match self.strike.map(|strike| strike.outcome) {
                    Some(Outcome::Sold(winner, price)) if winner != result.leader => {
                        vec![(winner, price * pieces)]
                    }
                    _ => vec![(result.leader, result.leader_max * pieces)],
                }
            }
            _ => Vec::new(),
        }
    }

    pub fn fixed_price(&self) -> Option<i64> {
        self.rules.buy_now_price_minor.map(|price| price.0)
    }

    pub fn choice_is_due(&self) -> bool {
        let choice = self
            .group
            .as_ref()
            .is_some_and(|group| group.together == Together::Choice);
        choice && matches!(self.outcome, Some(Outcome::Sold(..)))
    }

    pub fn running(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Paused)
    }

    pub(super) fn sold_for(&self, bidder: BidderId) -> bool {
        let group = self.group.as_ref();
        self.rules.seller == Some(bidder) || group.is_some_and(|group| group.sellers.contains(&bidder))
    }

    pub(super) fn takes_bids(&self) -> Answer {
        match self.phase {
            Phase::Pending => Err(Reason::NotOpen.into()),
            Phase::Open => Ok(()),
            Phase::Paused => Err(Reason::Paused.into()),
            Phase::Closed => Err(Reason::Closed.into()),
        }
    }

    /// Open, the hammer up, and English: what the auctioneer does needs all three.
    pub(super) fn at_the_rostrum(&self) -> Answer {
        self.takes_bids()?;
        self.hammer_is_up()?;
        if self.rules.format == Format::English {
            Ok(())
        } else {
            Err(Reason::WrongFormat.into())
        }
    }

    pub(super) fn hammer_is_up(&self) -> Answer {
        match self.strike {
            None => Ok(()),
            Some(_) => Err(Reason::HammerFalling.into()),
        }
    }

    pub(super) fn close(&mut self, outcome: Outcome, at: i64) {
        self.phase = Phase::Closed;
        self.outcome = Some(outcome);
        self.closed_at = Some(at);
        self.strike = None;
        self.warned = false;
    }

    /// Pending as on the first day, but for the book, the group, and that it was offered before.
    pub(super) fn start_over(&mut self) {
        let gone: Vec<BidId> = self
            .bids
            .iter()
            .filter(|bid| bid.retracted)
            .map(|bid| bid.id)
            .collect();
        let mut book = self.book.clone();
        book.retain(|left| !gone.contains(&left.id));
        for left in &mut book {
            left.placed = false;
        }
        *self = Self {
            book,
            own_book: self.own_book.clone(),
            group: self.group.clone(),
            led_by: self.led_by,
            reoffers: self.reoffers + 1,
            ..Self::new(self.id, &self.rules)
        };
    }
}
