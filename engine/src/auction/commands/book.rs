//! The house bids the absentee book.

use super::taking;
use crate::{
    auction::{Approval, Auction, Event},
    credit::Credit,
    lot::{Channel, Lot, Offer},
    time::Timestamp,
};

/// The most bids that the house makes in one record, which bounds its size.
const BIDS_MAX: usize = 500;

/// What is due when an opening, a lower ask or step, a retraction or an approval may have brought
/// maxima of the book within reach: the house bids every one that the lot takes, in the order in
/// which they were left. Those below the minimum wait on; so do those of bidders whom the house
/// has not approved, or whose limit does not cover them.
pub(in crate::auction) fn read(
    auction: &Auction,
    lot: &Lot,
    now: Timestamp,
    credit: &impl Credit,
) -> Vec<Event> {
    let mut lot = lot.clone();
    let mut events = Vec::new();
    let mut bids = 0;
    let mut moved = false;
    for entry in lot.book.clone() {
        let approved = auction
            .registration(entry.bidder)
            .is_some_and(|registration| registration.standing == Approval::Approved);
        if entry.placed || !approved {
            continue;
        }
        if bids == BIDS_MAX {
            return events;
        }
        let offer = Offer::Max(entry.max);
        let bid = lot.meet(entry.bid_id, entry.bidder, Channel::Absentee, offer);
        let Ok(standing) = taking::admit(auction, &lot, &bid, now, None, credit) else {
            continue;
        };
        events.push(Event::BidAccepted {
            lot_id: lot.lot_id,
            bid,
            standing,
        });
        // One instant moves the close once, however many bids it brings; a clock that its first bid
        // has started can be moved by the second.
        if !moved {
            let moves = taking::close_after_bid(auction, &lot, now);
            match moves.first() {
                Some(Event::CloseSet { closes_at, .. }) => lot.closes_at = Some(*closes_at),
                _ => moved = true,
            }
            events.extend(moves);
        }
        lot.stand(standing);
        bids += 1;
    }
    events.push(Event::BookRead(lot.lot_id));
    events
}
