//! A lot is taken out of the sale, before or while it is sold.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    lot::{Outcome, Phase},
};

pub(in crate::auction) fn decide(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    if lot.phase == Phase::Closed {
        return Err(Reason::Closed);
    }
    lot.require_raised_hammer()?;
    if lot.led_by.is_some() || lot.group.is_some() {
        return Err(Reason::InAGroup);
    }
    Ok(vec![Event::LotClosed {
        lot_id,
        outcome: Outcome::Withdrawn,
        by_hammer: true,
    }])
}
