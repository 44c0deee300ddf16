//! The auctioneer comes back to a lot when the running order is through.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    lot::Phase,
};

pub(in crate::auction) fn decide(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    match lot.phase {
        Phase::Pending if lot.led_by.is_some() => Err(Reason::InAGroup),
        Phase::Pending if lot.skipped => Ok(Vec::new()),
        Phase::Pending => Ok(vec![Event::LotSkipped(lot_id)]),
        Phase::Open | Phase::Paused(_) => Err(Reason::AlreadyOpen),
        Phase::Closed => Err(Reason::Closed),
    }
}
