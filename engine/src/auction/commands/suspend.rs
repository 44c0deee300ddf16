//! No further bids from a bidder. What was bid stays, or is taken back by the auctioneer's word.

use super::retract;
use crate::{
    Reason,
    auction::{Approval, Auction, Event},
    credit::Credit,
    ids::BidderId,
    lot::{Bid, Lot},
    money::Amount,
};
use std::collections::BTreeMap;

pub(in crate::auction) fn decide(
    auction: &Auction,
    bidder: BidderId,
    retract_bids: bool,
    credit: &impl Credit,
) -> Result<Vec<Event>, Reason> {
    let registration = auction.registration(bidder).ok_or(Reason::NotRegistered)?;
    let suspended = (registration.standing != Approval::Suspended).then_some(Event::Registered {
        bidder,
        paddle: registration.paddle,
        standing: Approval::Suspended,
        limit: registration.limit,
    });
    let mut events = Vec::from_iter(suspended);
    if retract_bids {
        let with_bids = auction.lots().iter().filter(|lot| has_bids_of(lot, bidder));
        // Whoever leads several lots by this must be good for all of them.
        let mut bound = BTreeMap::new();
        for lot in with_bids {
            events.extend(take_back(auction, lot, bidder, &mut bound, credit));
        }
    }
    Ok(events)
}

fn has_bids_of(lot: &Lot, bidder: BidderId) -> bool {
    let mut standing = lot.bids.iter().filter(|historic| historic.stands());
    lot.phase.is_running() && standing.any(|historic| historic.bid.bidder == bidder)
}

fn take_back(
    auction: &Auction,
    lot: &Lot,
    bidder: BidderId,
    bound: &mut BTreeMap<BidderId, Amount>,
    credit: &impl Credit,
) -> Vec<Event> {
    let lot_id = lot.lot_id;
    let theirs = |bid: &Bid| bid.bidder == bidder;
    let standing = lot.standing_without(theirs);
    // The hammer was struck on bids that do not all count any more.
    let lifted = lot.strike.map(|_| Event::HammerLifted { lot_id, by: None });
    let retracted = Event::BidsRetracted {
        lot_id,
        bidder,
        standing,
    };
    let lapsed = retract::lapse(auction, lot, standing, theirs, vec![bidder], bound, credit);
    lifted.into_iter().chain([retracted]).chain(lapsed).collect()
}
