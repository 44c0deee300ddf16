//! Whoever is affected when something is undone is told what it means to them.

use crate::auctions::wire::{Affected, Outgoing};
use gavel_engine::{
    auction::{Auction, Event, Record},
    ids::{BidderId, LotId, UserId},
    lot::{Lot, Outcome},
    money::Amount,
};
use std::collections::BTreeMap;

/// A lot on which a record undoes something, as it was before.
struct Before {
    lot_id: LotId,
    leader: Option<BidderId>,
    winner: Option<BidderId>,
    price: Option<Amount>,
    /// Whose bids are taken back.
    retracted: Vec<BidderId>,
}

/// What a record undoes.
pub(super) struct Undone(Vec<Before>);

impl Undone {
    /// To be asked before `record` is applied to `auction`.
    pub(super) fn before(auction: &Auction, record: &Record) -> Self {
        let mut lots: BTreeMap<LotId, Before> = BTreeMap::new();
        for event in &record.events {
            let (lot_id, retracted) = match event {
                Event::BidRetracted { lot_id, bid_id, .. } => {
                    let bids = auction.lot(*lot_id).map(|lot| lot.bids.as_slice());
                    let mut bids = bids.unwrap_or_default().iter().map(|historic| historic.bid);
                    let bid = bids.find(|bid| bid.bid_id == *bid_id);
                    (lot_id, bid.map(|bid| bid.bidder))
                }
                Event::BidsRetracted { lot_id, bidder, .. } => (lot_id, Some(*bidder)),
                Event::LotReopened { lot_id, .. } => (lot_id, None),
                _ => continue,
            };
            let Some(lot) = auction.lot(*lot_id) else { continue };
            let before = lots.entry(*lot_id).or_insert_with(|| Before::of(lot));
            before.retracted.extend(retracted);
        }
        Self(lots.into_values().collect())
    }

    /// One notice for each bidder affected on each lot. `auction` is the state after the record.
    pub(super) fn notices(&self, auction: &Auction) -> Vec<(UserId, bytes::Bytes)> {
        let mut notices = Vec::new();
        let Some(sale_id) = auction.sale_id() else {
            return notices;
        };
        for before in &self.0 {
            let Some(lot) = auction.lot(before.lot_id) else {
                continue;
            };
            // A sealed lot says nothing but that a bid is gone.
            let price_minor = lot.price();
            for (bidder, notice) in before.affected(lot) {
                let message = Outgoing::Notice {
                    sale_id,
                    seq: auction.seq(),
                    lot_id: before.lot_id,
                    notice,
                    price_minor,
                    leading: lot.leader() == Some(bidder),
                };
                notices.push((UserId(bidder.0), message.encode()));
            }
        }
        notices
    }
}

impl Before {
    fn of(lot: &Lot) -> Self {
        Self {
            lot_id: lot.lot_id,
            leader: lot.leader(),
            winner: match lot.outcome {
                Some(Outcome::Sold { winner, .. }) => Some(winner),
                _ => None,
            },
            price: lot.price(),
            retracted: Vec::new(),
        }
    }

    /// Of several things that happen to a bidder the most telling one.
    fn affected(&self, after: &Lot) -> BTreeMap<BidderId, Affected> {
        let mut affected = BTreeMap::new();
        if let Some(leader) = after.leader() {
            if self.leader != Some(leader) {
                affected.insert(leader, Affected::LeadGained);
            } else if self.price != after.price() {
                affected.insert(leader, Affected::PriceChanged);
            }
        }
        if let Some(leader) = self.leader.filter(|leader| after.leader() != Some(*leader)) {
            affected.insert(leader, Affected::LeadLost);
        }
        for bidder in &self.retracted {
            affected.insert(*bidder, Affected::BidRetracted);
        }
        if let Some(winner) = self.winner {
            affected.insert(winner, Affected::LotReopened);
        }
        affected
    }
}
