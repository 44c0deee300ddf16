//! A closed lot goes on from where it stood: bids, ask, extensions.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    lot::Phase,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    closes_at: Option<Timestamp>,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    if lot.phase != Phase::Closed {
        return Err(Reason::NotClosed);
    }
    auction.require_free_rostrum()?;
    Ok(vec![Event::LotReopened { lot_id, closes_at }])
}
