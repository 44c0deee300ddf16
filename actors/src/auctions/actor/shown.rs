//! What is shown of a sale with many lots, kept from one time to the next: most of what happens
//! touches one lot and one bidder.

use crate::auctions::wire::LotView;
use gavel_engine::{
    auction::{Auction, Event, Record},
    ids::{BidderId, LotId},
};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// The lots as snapshots show them. Only those that have changed are encoded again.
#[derive(Default)]
pub(super) struct ShownLots {
    lots: BTreeMap<LotId, Box<RawValue>>,
    /// All of them in running order, and the record that they are as of.
    whole: Option<(u64, Box<RawValue>)>,
}

impl ShownLots {
    /// These look different from now on.
    pub(super) fn change(&mut self, changed: &BTreeSet<LotId>) {
        for lot_id in changed {
            self.lots.remove(lot_id);
        }
    }

    /// The lots of the auction, whose changes have all been told.
    pub(super) fn of(&mut self, auction: &Auction) -> &RawValue {
        let seq = auction.seq();
        if self.whole.as_ref().is_none_or(|(at, _)| *at != seq) {
            let encoded = self.encode(auction);
            debug_assert_eq!(
                encoded.as_deref().map(RawValue::get),
                Self::default().encode(auction).as_deref().map(RawValue::get),
                "a lot has changed and nobody said so"
            );
            self.whole = encoded.map(|lots| (seq, lots));
        }
        self.whole.as_ref().map_or(RawValue::NULL, |(_, lots)| lots)
    }

    fn encode(&mut self, auction: &Auction) -> Option<Box<RawValue>> {
        for lot in auction.lots() {
            if let Entry::Vacant(place) = self.lots.entry(lot.lot_id) {
                place.insert(to_raw_value(&LotView::of(auction, lot)).ok()?);
            }
        }
        let shown = auction.lots().iter().map(|lot| self.lots.get(&lot.lot_id));
        to_raw_value(&shown.collect::<Vec<_>>()).ok()
    }
}

/// The lots that each bidder has bid on or left a maximum for.
#[derive(Default)]
pub(super) struct Involved(BTreeMap<BidderId, BTreeSet<LotId>>);

impl Involved {
    /// As the state says.
    pub(super) fn of(auction: &Auction) -> Self {
        let mut involved = Self::default();
        for lot in auction.lots() {
            let bids = lot.bids.iter().map(|historic| historic.bid.bidder);
            let book = lot.book.iter().chain(&lot.own_book);
            for bidder in bids.chain(book.map(|entry| entry.bidder)) {
                involved.add(bidder, lot.lot_id);
            }
        }
        involved
    }

    /// Notes what a record adds.
    pub(super) fn note(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::BidAccepted { lot_id, bid, .. } => self.add(bid.bidder, *lot_id),
                Event::AbsenteeLeft { lot_id, entry } => self.add(entry.bidder, *lot_id),
                _ => {}
            }
        }
    }

    /// Those of one bidder.
    pub(super) fn lots_of(&self, bidder: BidderId) -> impl Iterator<Item = LotId> {
        self.0.get(&bidder).into_iter().flatten().copied()
    }

    fn add(&mut self, bidder: BidderId, lot_id: LotId) {
        self.0.entry(bidder).or_default().insert(lot_id);
    }
}
