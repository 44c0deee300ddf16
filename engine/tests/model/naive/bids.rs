//! What the bids on a lot give, from all of them every time.

use super::{Lot, Outcome};
use gavel_engine::{
    ids::{BidId, BidderId},
    lot::Channel,
    rules::{Format, ReserveRule, RuleSet, TieRule},
};

#[derive(Debug, Clone)]
pub struct Bid {
    pub id: BidId,
    pub bidder: BidderId,
    pub(super) channel: Channel,
    pub(super) exact: bool,
    pub ceiling: i64,
    pub(super) at: i64,
    pub(super) ask_met: Option<i64>,
    pub(super) step: Option<i64>,
    pub retracted: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct Result {
    pub price: i64,
    pub leader: BidderId,
    pub leader_max: i64,
}

impl Lot {
    /// The bids that count: not taken back and, of sealed ones, the newest of each bidder.
    pub fn counting(&self) -> Vec<&Bid> {
        let replaced = |index: usize, bid: &Bid| {
            let mut later = self.bids.iter().skip(index + 1);
            self.rules.format.is_sealed() && later.any(|other| other.bidder == bid.bidder)
        };
        let all = self.bids.iter().enumerate();
        all.filter(|(index, bid)| !bid.retracted && !replaced(*index, bid))
            .map(|(_, bid)| bid)
            .collect()
    }

    pub fn result(&self) -> Option<Result> {
        match self.rules.format {
            Format::English => self.english(),
            Format::Dutch => {
                let bid = *self.counting().first()?;
                Some(Result {
                    price: self.clock(bid.at)?,
                    leader: bid.bidder,
                    leader_max: bid.ceiling,
                })
            }
            Format::SealedFirstPrice | Format::Vickrey => None,
        }
    }

    /// What the Dutch clock shows, counted down step by step.
    pub(super) fn clock(&self, now: i64) -> Option<i64> {
        let (clock, mut at) = (self.rules.dutch?, self.opened_at?);
        let mut price = clock.start_minor.0;
        while at + clock.every_ms <= now && price > clock.floor_minor.0 {
            at += clock.every_ms;
            price = (price - clock.step_minor.0).max(clock.floor_minor.0);
        }
        Some(price)
    }

    /// How the lot ends when nobody says anything.
    pub(super) fn by_itself(&self) -> Outcome {
        let reserve = self.rules.reserve_price_minor.map_or(0, |reserve| reserve.0);
        match self.rules.format {
            Format::Dutch => Outcome::Unsold,
            Format::English => match self.english() {
                Some(result) if result.price >= reserve && result.leader != BidderId::HOUSE => {
                    Outcome::Sold(result.leader, result.price)
                }
                _ => Outcome::Unsold,
            },
            Format::SealedFirstPrice | Format::Vickrey => {
                let mut bids = self.counting();
                // Stable: of equal bids the earlier comes first.
                bids.sort_by_key(|bid| std::cmp::Reverse(bid.ceiling));
                let least = reserve.max(self.rules.opening_price_minor.0);
                match bids[..] {
                    [best, ref rest @ ..] if best.ceiling >= least => {
                        let second = rest.first().map_or(0, |bid| bid.ceiling);
                        let price = if self.rules.format == Format::Vickrey {
                            second.max(least)
                        } else {
                            best.ceiling
                        };
                        Outcome::Sold(best.bidder, price)
                    }
                    _ => Outcome::Unsold,
                }
            }
        }
    }

    fn english(&self) -> Option<Result> {
        let rules = self.sold_by.as_ref().unwrap_or(&self.rules);
        let bids = self.counting();
        let mut price = 0;
        // The bid that leads: it took the lead, or raised the leader's maximum.
        let mut lead: Option<&Bid> = None;
        for (count, bid) in bids.iter().enumerate() {
            let so_far = &bids[..count];
            let highest = so_far.iter().map(|bid| bid.ceiling).max();
            let next = |amount: i64| amount + bid.step.unwrap_or_else(|| ladder_step(rules, amount));
            match (lead, highest) {
                (None, _) | (_, None) => {
                    let shown = bid.ask_met.unwrap_or(rules.opening_price_minor.0);
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
                    let floor_takes_ties = rules.tie_rule == TieRule::Floor
                        && bid.channel == Channel::Floor
                        && leading.channel != Channel::Floor;
                    if bid.ceiling > highest || floor_takes_ties && bid.ceiling == highest {
                        price = if bid.exact {
                            bid.ceiling
                        } else {
                            let answered = bid.ceiling.min(next(highest));
                            price.max(answered).max(bid.ask_met.unwrap_or(0))
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
            if let Some(reserve) = rules.reserve_price_minor.map(|reserve| reserve.0) {
                let highest = bids[..=count].iter().map(|bid| bid.ceiling).max().unwrap();
                match rules.reserve_rule {
                    ReserveRule::Jump if highest >= reserve => price = price.max(reserve),
                    ReserveRule::Hold | ReserveRule::Jump => {}
                    ReserveRule::PostInFull => price = price.max(reserve.min(highest)),
                }
            }
        }
        Some(Result {
            price,
            leader: lead?.bidder,
            leader_max: bids.iter().map(|bid| bid.ceiling).max()?,
        })
    }
}

/// The step of the last band that begins at or below the price, else of the first.
pub(super) fn ladder_step(rules: &RuleSet, price: i64) -> i64 {
    let bands = &rules.increments;
    let reached = bands.iter().rev().find(|band| band.from_minor.0 <= price);
    let band = reached.unwrap_or(&bands[0]);
    let hundredths = band.step_bp.map_or(0, |bp| price * i64::from(bp));
    let part = hundredths / 10_000 + i64::from(hundredths % 10_000 != 0);
    part.max(band.step_minor.0)
}
