//! A bid is taken back anywhere in the history. A standing ask, extensions and the close stay.

use super::book;
use crate::{
    Reason,
    auction::{Auction, Event},
    ids::{BidId, LotId},
    lot::Phase,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    bid_id: BidId,
    now: Timestamp,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.standing_bid(bid_id).ok_or(Reason::UnknownBid)?;
    if lot.phase == Phase::Closed {
        return Err(Reason::Closed);
    }
    let standing = lot.standing_without(bid_id);
    let mut events = vec![Event::BidRetracted {
        lot_id,
        bid_id,
        standing,
    }];
    // Maxima of the book that the price had left behind may be within reach again. On a paused
    // lot they are bid when it is resumed.
    events.extend(book::bid(auction, lot, now, |lot| lot.standing = standing));
    Ok(events)
}
