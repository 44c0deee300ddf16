//! The price of an English lot with proxies. Constant work a bid: the best losing bid is kept
//! beside the leader, so no bid looks at the history.
//!
//! Source of the rules: the rule vectors' README, section "English".

use super::{Bid, Channel, Offer};
use crate::{
    ids::BidderId,
    money::Amount,
    rules::{ReserveRule, RuleSet, TieRule},
};
use serde::{Deserialize, Serialize};

/// What the bids on a lot give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The price, minor units.
    pub price: Amount,
    /// Who leads.
    pub leader: BidderId,
    /// Where the bid came from that gave the leader the present maximum.
    pub channel: Channel,
    /// The leader's maximum (the exact amount, where it was one); hidden; minor units.
    pub leader_max: Amount,
    /// The best losing bid: the highest amount or maximum of anyone but the leader.
    pub second: Option<Amount>,
}

impl Standing {
    /// Of the only bid, at this price.
    pub(super) fn alone(bid: &Bid, price: Amount) -> Self {
        Self {
            price,
            leader: bid.bidder,
            channel: bid.channel,
            leader_max: bid.offer.ceiling(),
            second: None,
        }
    }
}

/// The standing after an accepted bid. Also re-applies bids after one before them was taken back;
/// they are not admitted again then, so cases come up here that [`super::Lot::admit`] refuses.
pub(super) fn settle(before: Option<&Standing>, bid: &Bid, rules: &RuleSet) -> Standing {
    let step_at = |price: Amount| bid.step.unwrap_or_else(|| rules.step_at(price));
    let above = |price: Amount| price.plus(step_at(price));

    let mut after = match before {
        None => first(bid, rules),
        Some(standing) if standing.leader == bid.bidder => raise(*standing, bid, above),
        Some(standing) => rival(*standing, bid, rules, above),
    };
    if let Some(reserve) = rules.reserve_price_minor
        && after.price < reserve
    {
        let met = after.leader_max >= reserve;
        match rules.reserve_rule {
            ReserveRule::Jump if met => after.price = reserve,
            ReserveRule::Hold | ReserveRule::Jump => {}
            ReserveRule::PostInFull => after.price = after.price.max(after.leader_max.min(reserve)),
        }
    }
    after
}

fn first(bid: &Bid, rules: &RuleSet) -> Standing {
    let price = match bid.offer {
        Offer::Amount(amount) | Offer::BuyNow(amount) => amount,
        // Only a retraction can bring about a maximum below the opening price here.
        Offer::Max(max) => bid.ask_met.unwrap_or(rules.opening_price_minor).min(max),
    };
    Standing::alone(bid, price)
}

/// The leader bids again.
fn raise(mut standing: Standing, bid: &Bid, above: impl Fn(Amount) -> Amount) -> Standing {
    if bid.offer.ceiling() > standing.leader_max {
        standing.leader_max = bid.offer.ceiling();
        standing.channel = bid.channel;
    }
    match bid.offer {
        // Only after a retraction: the amount was a rival's bid when it was made.
        Offer::Amount(amount) | Offer::BuyNow(amount) => standing.price = standing.price.max(amount),
        Offer::Max(_) => {
            if let Some(second) = standing.second {
                standing.price = standing.price.max(above(second).min(standing.leader_max));
            }
        }
    }
    standing
}

/// Anyone but the leader bids.
fn rival(mut standing: Standing, bid: &Bid, rules: &RuleSet, above: impl Fn(Amount) -> Amount) -> Standing {
    let ceiling = bid.offer.ceiling();
    let wins_tie = rules.tie_rule == TieRule::Floor
        && bid.channel == Channel::Floor
        && standing.channel != Channel::Floor
        && ceiling == standing.leader_max;
    if ceiling > standing.leader_max || wins_tie {
        let price = match bid.offer {
            Offer::Amount(amount) | Offer::BuyNow(amount) => amount,
            Offer::Max(max) => {
                let answered = above(standing.leader_max).min(max);
                standing.price.max(answered).max(bid.ask_met.unwrap_or(Amount(0)))
            }
        };
        // The old leader's maximum is at least every other losing bid.
        return Standing {
            price,
            leader: bid.bidder,
            channel: bid.channel,
            leader_max: ceiling,
            second: Some(standing.leader_max),
        };
    }
    let second = standing.second.map_or(ceiling, |second| second.max(ceiling));
    standing.second = Some(second);
    standing.price = standing.price.max(above(second).min(standing.leader_max));
    standing
}
