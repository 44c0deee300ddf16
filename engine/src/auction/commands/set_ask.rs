//! The auctioneer's next asking price.

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
    lot.require_english()?;
    if !ask.is_payable() {
        return Err(Reason::AmountOutOfRange.into());
    }
    if let Some(price) = lot.price()
        && ask <= price
    {
        return Err(Reason::BelowMinimum.at_least(price.plus(Amount(1))));
    }
    Ok(vec![Event::AskSet(lot_id, ask)])
}
