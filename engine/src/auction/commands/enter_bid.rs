//! A bid entered by the clerk for somebody in the room, on the telephone or in the book.

use super::place_bid;
use crate::{
    Reason, Rejection,
    auction::{Approval, Auction, EnterBid, Event},
    ids::BidderId,
    lot::{BookEntry, Channel, Offer, Phase},
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    enter: &EnterBid,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    place_bid::require_new(auction, enter.bid_id)?;
    let lot = auction.lot_on_sale(enter.lot_id)?;
    place_bid::require_payable(auction, enter.offer, enter.currency)?;
    let (bidder, issued) = bidder_of(auction, enter)?;
    let accepted = match (enter.channel, enter.offer, lot.phase) {
        (Channel::Absentee, Offer::Max(max), Phase::Pending) => {
            // A maximum in the book must belong to somebody who can be found.
            enter.paddle.ok_or(Reason::UnknownPaddle)?;
            let entry = BookEntry {
                bid_id: enter.bid_id,
                bidder,
                max,
                at: now,
                placed: false,
            };
            place_bid::leave(lot, entry)?
        }
        _ => place_bid::accept(lot, enter.bid_id, bidder, enter.channel, enter.offer, now)?,
    };
    Ok(issued.into_iter().chain(accepted).collect())
}

/// Whom the bid counts for, and the event that issues a new number to the room.
fn bidder_of(auction: &Auction, enter: &EnterBid) -> Result<(BidderId, Option<Event>), Reason> {
    // An unnamed room bidder, and the holder of a number issued now, is known by this first bid.
    let newcomer = BidderId(enter.bid_id.0);
    let Some(paddle) = enter.paddle else {
        return Ok((newcomer, None));
    };
    let Some(holder) = auction.holder(paddle) else {
        let standing = Approval::Approved;
        return Ok((
            newcomer,
            Some(Event::Registered {
                bidder: newcomer,
                paddle,
                standing,
            }),
        ));
    };
    match auction
        .registration(holder)
        .map(|registration| registration.standing)
    {
        Some(Approval::Suspended) => Err(Reason::Suspended),
        Some(Approval::Pending) => Err(Reason::PendingApproval),
        Some(Approval::Approved) | None => Ok((holder, None)),
    }
}
