//! A bid is taken back anywhere in the history. A standing ask, extensions and the close stay.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::{BidId, LotId},
    lot::Phase,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    bid_id: BidId,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.standing_bid(bid_id).ok_or(Reason::UnknownBid)?;
    if lot.phase == Phase::Closed {
        return Err(Reason::Closed);
    }
    Ok(vec![Event::BidRetracted {
        lot_id,
        bid_id,
        standing: lot.standing_without(bid_id),
    }])
}
