//! What bidders are bound to by a lot: the holds on their credit.

use super::{Lot, Offer, Outcome, Phase, Together};
use crate::{ids::BidderId, money::Amount};

/// The bidders bound by one lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Nobody.
    None,
    /// The leader or winner.
    One(BidderId, Amount),
    /// Everybody with a sealed bid: that only the leader were bound would tell who leads.
    Many(Vec<(BidderId, Amount)>),
}

impl Holds {
    pub(crate) fn each(&self, mut f: impl FnMut(BidderId, Amount)) {
        match self {
            Self::None => {}
            Self::One(bidder, amount) => f(*bidder, *amount),
            Self::Many(many) => many.iter().for_each(|(bidder, amount)| f(*bidder, *amount)),
        }
    }
}

impl Lot {
    /// Who is bound by this lot to what: the leader to the own maximum, the winner to the hammer
    /// price, times the pieces. Invariant HOLDS: an auction's exposures are the sum of these.
    ///
    /// `only` asks for one bidder of a sealed lot, instead of going through all bids.
    pub(crate) fn holds(&self, only: Option<BidderId>) -> Holds {
        match (self.phase, self.outcome) {
            (Phase::Closed, Some(Outcome::Sold { winner, price })) => {
                Holds::One(winner, self.rules.times_the_money(price))
            }
            (Phase::Open | Phase::Paused(_), _) if self.rules.format.is_sealed() => {
                if let Some(bidder) = only {
                    let bid = self.sealed_bid_of(bidder);
                    return bid.map_or(Holds::None, |historic| {
                        Holds::One(bidder, self.bound_by(historic.bid.offer))
                    });
                }
                let standing = self.bids.iter().filter(|historic| historic.stands());
                Holds::Many(
                    standing
                        .map(|historic| (historic.bid.bidder, self.bound_by(historic.bid.offer)))
                        .collect(),
                )
            }
            (Phase::Open | Phase::Paused(_), _) => match (&self.standing, self.falls_for()) {
                // An unnamed leader has shown the number of somebody else.
                (Some(standing), Some((winner, price))) if winner != standing.leader => {
                    Holds::One(winner, self.rules.times_the_money(price))
                }
                (Some(standing), _) => {
                    Holds::One(standing.leader, self.rules.times_the_money(standing.leader_max))
                }
                (None, _) => Holds::None,
            },
            _ => Holds::None,
        }
    }

    /// For whom the hammer is falling, and at which price.
    fn falls_for(&self) -> Option<(BidderId, Amount)> {
        match self.strike?.outcome {
            Outcome::Sold { winner, price } => Some((winner, price)),
            _ => None,
        }
    }

    /// What a bidder is bound to by this lot.
    pub fn hold_of(&self, bidder: BidderId) -> Amount {
        match self.holds(Some(bidder)) {
            Holds::One(holder, amount) if holder == bidder => amount,
            _ => Amount(0),
        }
    }

    /// What an offer on this lot binds its bidder to.
    pub fn bound_by(&self, offer: Offer) -> Amount {
        self.rules.times_the_money(offer.ceiling())
    }

    /// Whether the winner of this lot is to choose from a group now.
    pub fn choice_is_due(&self) -> bool {
        let choice = self
            .group
            .as_ref()
            .is_some_and(|group| group.together == Together::Choice);
        choice && self.phase == Phase::Closed && matches!(self.outcome, Some(Outcome::Sold { .. }))
    }
}
