//! A step set by hand instead of the ladder's.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    money::Amount,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    step: Option<Amount>,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.require_open()?;
    lot.require_english()?;
    if step.is_some_and(|step| !step.is_payable()) {
        return Err(Reason::AmountOutOfRange);
    }
    Ok(vec![Event::StepSet(lot_id, step)])
}
