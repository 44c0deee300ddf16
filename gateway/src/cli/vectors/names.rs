//! Numbers for the names of a vector: the same vector gives the same ids.

use gavel_engine::ids::{BidId, BidderId, LotId, Paddle};
use std::collections::BTreeMap;

/// A bidder whom the clerk enters without a number is known by the id of the bid, so ids of bids lie
/// apart from those of bidders.
const BIDS_FROM: u128 = 1 << 64;

/// How the house's own bids show as a leader.
pub const HOUSE: &str = "house";

/// The lot of a vector that has one, and names none.
pub const ONLY: LotId = LotId(1);

/// Who and what a vector names, numbered in order of appearance.
#[derive(Debug, Default)]
pub struct Names {
    lots: Vec<String>,
    bidders: BTreeMap<String, u128>,
    bids: BTreeMap<String, u128>,
    bids_seen: u128,
}

impl Names {
    /// A lot of the running order; `None` when the name is used already.
    pub fn add_lot(&mut self, name: &str) -> Option<LotId> {
        if self.lots.iter().any(|lot| lot == name) {
            return None;
        }
        self.lots.push(name.to_owned());
        Some(LotId(self.lots.len() as u128))
    }

    /// A lot that was named before.
    pub fn lot(&self, name: &str) -> Option<LotId> {
        let index = self.lots.iter().position(|lot| lot == name)?;
        Some(LotId(index as u128 + 1))
    }

    /// The name of a lot.
    pub fn name_of_lot(&self, lot_id: LotId) -> Option<&str> {
        let index = usize::try_from(lot_id.0.checked_sub(1)?).ok()?;
        self.lots.get(index).map(String::as_str)
    }

    /// Somebody who bids, is registered, or consigns.
    pub fn bidder(&mut self, name: &str) -> BidderId {
        let next = self.bidders.len() as u128 + 1;
        BidderId(*self.bidders.entry(name.to_owned()).or_insert(next))
    }

    /// Somebody who was named before.
    pub fn known_bidder(&self, name: &str) -> Option<BidderId> {
        self.bidders.get(name).copied().map(BidderId)
    }

    /// A bid; one without a name is a new one.
    pub fn bid(&mut self, name: Option<&str>) -> BidId {
        let next = self.bids_seen + 1;
        let number = match name {
            None => next,
            Some(name) => *self.bids.entry(name.to_owned()).or_insert(next),
        };
        self.bids_seen = self.bids_seen.max(number);
        BidId(BIDS_FROM + number)
    }

    /// Everybody who appears, by number.
    pub fn bidders(&self) -> impl Iterator<Item = BidderId> {
        (1..=self.bidders.len() as u128).map(BidderId)
    }

    /// The name of a bidder; of one without a number, the id of the first bid.
    pub fn name_of(&self, bidder: BidderId) -> Option<&str> {
        if bidder == BidderId::HOUSE {
            return Some(HOUSE);
        }
        let (names, number) = match bidder.0.checked_sub(BIDS_FROM) {
            Some(bid) => (&self.bids, bid),
            None => (&self.bidders, bidder.0),
        };
        let (name, _) = names.iter().find(|(_, known)| **known == number)?;
        Some(name)
    }
}

/// The number that a bidder holds in the sale.
pub fn paddle_of(bidder: BidderId) -> Paddle {
    // There are as many as a vector names, which is what fits a file.
    Paddle(u32::try_from(bidder.0).unwrap_or(u32::MAX))
}
