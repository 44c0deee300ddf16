//! The auctioneer's next asking price.

use super::book;
use crate::{
    Reason, Rejection,
    auction::{Auction, Event},
    ids::LotId,
    money::Amount,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    ask: Amount,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.require_open()?;
    if !ask.is_payable() {
        return Err(Reason::AmountOutOfRange.into());
    }
    if let Some(price) = lot.price()
        && ask <= price
    {
        return Err(Rejection::with_minimum(
            Reason::BelowMinimum,
            Some(price.plus(Amount(1))),
        ));
    }
    let mut events = vec![Event::AskSet(lot_id, ask)];
    // A lower ask can bring in the book.
    events.extend(book::bid(auction, lot, now, |lot| lot.ask = Some(ask)));
    Ok(events)
}
