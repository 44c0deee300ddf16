//! Fair warning: the hammer is about to fall.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
};

pub(in crate::auction) fn decide(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    auction.lot_on_sale(lot_id)?.require_open()?;
    Ok(vec![Event::FairlyWarned(lot_id)])
}
