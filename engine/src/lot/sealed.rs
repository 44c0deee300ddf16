//! Sealed bids: first price and Vickrey. Source: the rule vectors' README, section "Sealed".

use super::{Bid, HistoricBid, Lot, Outcome};
use crate::{Reason, Rejection, ids::BidderId, money::Amount, rules::Format};

impl Lot {
    /// Whether bids are hidden from everybody but their own bidders now.
    pub fn hides_bids(&self) -> bool {
        self.rules.format.is_sealed() && self.outcome.is_none()
    }

    /// The sealed bid of a bidder that stands.
    pub(super) fn sealed_bid_of(&self, bidder: BidderId) -> Option<&HistoricBid> {
        let newest_first = self.bids.iter().rev();
        newest_first
            .filter(|historic| historic.stands())
            .find(|historic| historic.bid.bidder == bidder)
    }

    pub(super) fn admit_sealed(&self, bid: &Bid) -> Result<(), Rejection> {
        let least = self.rules.opening_price_minor;
        if bid.offer.ceiling() < least {
            return Err(Reason::BelowMinimum.at_least(least));
        }
        if !self.rules.revisions && self.sealed_bid_of(bid.bidder).is_some() {
            return Err(Reason::AlreadyBid.into());
        }
        Ok(())
    }

    /// The highest bid wins if it reaches the reserve, the earlier on a tie.
    pub(super) fn unseal(&self) -> Outcome {
        let mut best: Option<&Bid> = None;
        let mut second: Option<Amount> = None;
        for historic in self.bids.iter().filter(|historic| historic.stands()) {
            let ceiling = historic.bid.offer.ceiling();
            match best {
                Some(leading) if ceiling <= leading.offer.ceiling() => second = second.max(Some(ceiling)),
                beaten => {
                    second = beaten.map(|bid| bid.offer.ceiling());
                    best = Some(&historic.bid);
                }
            }
        }
        let opening = self.rules.opening_price_minor;
        let least = self
            .rules
            .reserve_price_minor
            .map_or(opening, |reserve| reserve.max(opening));
        match best {
            Some(bid) if bid.offer.ceiling() >= least => Outcome::Sold {
                winner: bid.bidder,
                price: match self.rules.format {
                    Format::Vickrey => second.map_or(least, |second| second.max(least)),
                    _ => bid.offer.ceiling(),
                },
            },
            _ => Outcome::Unsold,
        }
    }
}
