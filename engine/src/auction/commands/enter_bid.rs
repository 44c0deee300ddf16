//! A bid entered by the clerk for somebody in the room, on the telephone or in the book.

use super::{place_bid, taking};
use crate::{
    Reason, Rejection,
    auction::{Approval, Auction, EnterBid, Event},
    credit::Credit,
    ids::{BidderId, Paddle},
    lot::{BookEntry, Channel, Offer, Phase},
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    enter: &EnterBid,
    now: Timestamp,
    credit: &impl Credit,
) -> Result<Vec<Event>, Rejection> {
    place_bid::require_new(auction, enter.bid_id)?;
    let lot = auction.lot_on_sale(enter.lot_id)?;
    place_bid::require_payable(auction, enter.offer, enter.currency)?;
    let (bidder, issued) = bidder_of(auction, enter)?;
    let booked = enter.channel == Channel::Absentee && lot.phase == Phase::Pending;
    let accepted = if let (true, Offer::Max(max)) = (booked, enter.offer) {
        let entry = BookEntry {
            bid_id: enter.bid_id,
            bidder,
            max,
            at: now,
            placed: false,
        };
        place_bid::leave(lot, entry)?
    } else {
        let bid = lot.meet(enter.bid_id, bidder, enter.channel, enter.offer);
        let standing = taking::admit(auction, lot, &bid, now, None, credit)?;
        taking::events_of(auction, lot, bid, standing, now, None)
    };
    Ok(issued.into_iter().chain(accepted).collect())
}

/// Whom the bid counts for, and the event that issues a new number to the room.
fn bidder_of(auction: &Auction, enter: &EnterBid) -> Result<(BidderId, Option<Event>), Reason> {
    if enter.channel == Channel::House {
        return Ok((BidderId::HOUSE, None));
    }
    let holder = enter.paddle.and_then(|paddle| auction.holder(paddle));
    if let Some(holder) = holder {
        auction.require_approved(holder)?;
        return Ok((holder, None));
    }
    // Whoever is not present must be somebody who can be found afterwards.
    if enter.channel == Channel::Absentee || enter.paddle.is_some_and(|paddle| paddle > Paddle::ROOM_MAX) {
        return Err(Reason::UnknownPaddle);
    }
    // An unnamed room bidder, and the holder of a number issued now, is known by this first bid.
    let newcomer = BidderId(enter.bid_id.0);
    if newcomer == BidderId::HOUSE || auction.registration(newcomer).is_some() {
        return Err(Reason::BidIdReused);
    }
    let issued = enter.paddle.map(|paddle| Event::Registered {
        bidder: newcomer,
        paddle,
        standing: Approval::Approved,
        limit: None,
    });
    Ok((newcomer, issued))
}
