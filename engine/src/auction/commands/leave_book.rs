//! A maximum in the absentee book is not wanted any more.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::{BidderId, LotId},
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    bidder: BidderId,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    let mut waiting = lot.book.iter().chain(&lot.own_book).filter(|entry| !entry.placed);
    if waiting.any(|entry| entry.bidder == bidder) {
        Ok(vec![Event::AbsenteeWithdrawn { lot_id, bidder }])
    } else {
        Err(Reason::UnknownBid)
    }
}
