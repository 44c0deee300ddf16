//! Fair warning: the hammer is about to fall.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
};

pub(in crate::auction) fn decide(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.require_open()?;
    lot.require_english()?;
    Ok(vec![Event::FairlyWarned(lot_id)])
}
