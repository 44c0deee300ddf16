//! The auctioneer's next asking price.

use super::open_lot;
use crate::{
    Reason, Rejection,
    auction::{Auction, Event},
    ids::LotId,
    money::Amount,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    ask: Amount,
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
    // Before the first bid a lower ask can bring in the book.
    if lot.standing.is_none() && lot.book.iter().any(|entry| !entry.placed) {
        let mut asked = lot.clone();
        asked.ask = Some(ask);
        events.extend(open_lot::bid_the_book(auction, asked));
    }
    Ok(events)
}
