//! The house bids the absentee book.

use crate::{
    auction::{Approval, Auction, Event},
    lot::{Channel, Lot, Offer},
    time::Timestamp,
};

/// What follows when `change` (an opening, a lower ask, a retraction) may have brought maxima of
/// the book within reach: the house bids every one that the changed lot takes, in the order in
/// which they were left. Those below the minimum wait on, those of bidders whom the house has not
/// approved too.
pub(super) fn bid(auction: &Auction, lot: &Lot, now: Timestamp, change: impl FnOnce(&mut Lot)) -> Vec<Event> {
    if lot.book.iter().all(|entry| entry.placed) {
        return Vec::new();
    }
    let mut lot = lot.clone();
    change(&mut lot);
    let mut events = Vec::new();
    for entry in lot.book.clone() {
        let approved = auction
            .registration(entry.bidder)
            .is_some_and(|registration| registration.standing == Approval::Approved);
        if entry.placed || !approved {
            continue;
        }
        let bid = lot.meet(
            entry.bid_id,
            entry.bidder,
            Channel::Absentee,
            Offer::Max(entry.max),
        );
        let Ok(standing) = lot.admit(&bid) else {
            continue;
        };
        lot.standing = Some(standing);
        lot.ask = None;
        events.push(Event::BidAccepted {
            lot_id: lot.lot_id,
            bid,
            standing,
        });
        if let Some(closes_at) = lot.extended_close(now) {
            lot.closes_at = Some(closes_at);
            lot.extensions += 1;
            events.push(Event::CloseExtended {
                lot_id: lot.lot_id,
                closes_at,
            });
        }
    }
    events
}
