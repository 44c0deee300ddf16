//! A sale of naive lots: who may do what, who is bound to what, and what time brings.

use super::{Answer, Lot, Outcome, Phase, Refusal};
use gavel_engine::{
    Reason,
    auction::{Approval, SaleKind, Setup},
    ids::{BidId, BidderId, LotId},
    money::Currency,
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy)]
pub struct Registered {
    pub bidder: BidderId,
    pub standing: Approval,
    pub limit: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Sale {
    pub(super) kind: SaleKind,
    pub(super) currency: Currency,
    pub(super) started: bool,
    pub(super) ended: bool,
    pub lots: Vec<Lot>,
    pub(super) current: Option<usize>,
    pub(super) paddles: BTreeMap<u32, Registered>,
    pub(super) used: BTreeSet<BidId>,
    /// Lots whose book the house looks at when the command is done.
    pub(super) due: BTreeSet<usize>,
    /// Limits over all sales, and what is held in others.
    pub credit: BTreeMap<BidderId, i64>,
    pub elsewhere: BTreeMap<BidderId, i64>,
}

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
            used: BTreeSet::new(),
            due: BTreeSet::new(),
            credit: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
        }
    }

    pub fn current(&self) -> Option<LotId> {
        self.current.map(|index| self.lots[index].id)
    }

    pub fn registered(&self, bidder: BidderId) -> Option<(u32, Registered)> {
        let mut all = self.paddles.iter();
        all.find(|(_, registered)| registered.bidder == bidder)
            .map(|(paddle, registered)| (*paddle, *registered))
    }

    pub fn paddles(&self) -> usize {
        self.paddles.len()
    }

    /// Everybody who is bound to something by this sale.
    pub fn exposures(&self) -> BTreeMap<BidderId, i64> {
        let mut exposures = BTreeMap::new();
        for (bidder, amount) in self.lots.iter().flat_map(Lot::holds) {
            *exposures.entry(bidder).or_insert(0) += amount;
        }
        exposures
    }

    /// Below zero when somebody is bound to more than the limits allow; `None` without limits.
    pub fn left(&self, bidder: BidderId) -> Option<i64> {
        if bidder == BidderId::HOUSE {
            return None;
        }
        let here = self.exposures().get(&bidder).copied().unwrap_or(0);
        let elsewhere = self.elsewhere.get(&bidder).copied().unwrap_or(0);
        let limit = self
            .registered(bidder)
            .and_then(|(_, registered)| registered.limit);
        let of_sale = limit.map(|limit| limit - here);
        let of_all = self.credit.get(&bidder).map(|limit| limit - here - elsewhere);
        [of_sale, of_all].into_iter().flatten().min()
    }

    /// Refuses what would bind to more than is left and is held for the lot already.
    pub(super) fn covers(&self, index: usize, bidder: BidderId, bound: i64) -> Answer {
        let Some(left) = self.left(bidder) else {
            return Ok(());
        };
        let holds = self.lots[index].holds();
        let held: i64 = holds
            .iter()
            .filter(|(holder, _)| *holder == bidder)
            .map(|(_, amount)| amount)
            .sum();
        let most = left.max(0) + held;
        if bound <= most {
            Ok(())
        } else {
            let pieces = i64::from(self.lots[index].rules.quantity);
            Err(Refusal::at_most(Reason::OverLimit, most / pieces))
        }
    }

    pub(super) fn may_bid(&self, bidder: BidderId) -> Answer {
        let reason = match self.registered(bidder).map(|(_, registered)| registered.standing) {
            Some(Approval::Approved) => return Ok(()),
            None => Reason::NotRegistered,
            Some(Approval::Pending) => Reason::PendingApproval,
            Some(Approval::Suspended) => Reason::Suspended,
        };
        Err(reason.into())
    }

    pub(super) fn register(&mut self, paddle: u32, registered: Registered) {
        self.paddles.retain(|_, other| other.bidder != registered.bidder);
        self.paddles.insert(paddle, registered);
        for index in 0..self.lots.len() {
            let mut waiting = self.lots[index].book.iter().filter(|left| !left.placed);
            if waiting.any(|left| left.bidder == registered.bidder) {
                self.book_is_due(index);
            }
        }
    }

    pub(super) fn book_is_due(&mut self, index: usize) {
        if self.lots[index].phase == Phase::Open {
            self.due.insert(index);
        }
    }

    pub(super) fn find(&self, id: LotId) -> Result<usize, Refusal> {
        match self.lots.iter().position(|lot| lot.id == id) {
            None => Err(Reason::UnknownLot.into()),
            Some(_) if self.ended => Err(Reason::SaleEnded.into()),
            Some(index) => Ok(index),
        }
    }

    pub(super) fn index(&self, id: LotId) -> usize {
        self.lots.iter().position(|lot| lot.id == id).unwrap()
    }

    pub(super) fn any_running(&self) -> bool {
        self.lots.iter().any(Lot::running)
    }

    pub(super) fn rostrum_is_free(&self) -> Answer {
        if self.lots.iter().any(Lot::choice_is_due) {
            Err(Reason::ChoicePending.into())
        } else if self.kind == SaleKind::Room && self.any_running() {
            Err(Reason::AnotherLotOpen.into())
        } else {
            Ok(())
        }
    }

    /// Lots whose time is up, or whose hammer has fallen, close.
    pub fn time_passes(&mut self, now: i64) {
        for index in 0..self.lots.len() {
            let lot = &self.lots[index];
            if lot.phase != Phase::Open {
                continue;
            }
            let ends = lot.strike.map(|strike| strike.falls_at).or(lot.closes_at);
            if let Some(at) = ends.filter(|at| *at <= now) {
                let outcome = lot
                    .strike
                    .map_or_else(|| lot.by_itself(), |strike| strike.outcome);
                self.close(index, outcome, at);
            }
        }
    }

    /// A lot ends, and with it what is combined with it when it is sold.
    pub(super) fn close(&mut self, index: usize, outcome: Outcome, at: i64) {
        self.lots[index].close(outcome, at);
        if matches!(outcome, Outcome::Sold(..)) {
            let lead = self.lots[index].id;
            for other in self.combined_with(index) {
                self.lots[other].close(Outcome::With(lead), at);
            }
        }
    }
}
