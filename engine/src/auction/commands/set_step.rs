//! A step set by hand instead of the ladder's.

use super::book;
use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    money::Amount,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    step: Option<Amount>,
    now: Timestamp,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.require_open()?;
    if step.is_some_and(|step| !step.is_payable()) {
        return Err(Reason::AmountOutOfRange);
    }
    let mut events = vec![Event::StepSet(lot_id, step)];
    // A smaller step lowers the minimum, which can bring in the book.
    events.extend(book::bid(auction, lot, now, |lot| lot.step = step));
    Ok(events)
}
