//! A maximum in the absentee book is not wanted any more.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::{BidderId, LotId, Paddle},
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

/// By the bidder's number. Who has left something for a sealed lot the clerk does not learn this way
/// either.
pub(in crate::auction) fn by_clerk(
    auction: &Auction,
    lot_id: LotId,
    paddle: Paddle,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    if lot.rules.format.is_sealed() {
        return Err(Reason::WrongFormat);
    }
    let bidder = auction.holder(paddle).ok_or(Reason::UnknownPaddle)?;
    decide(auction, lot_id, bidder)
}
