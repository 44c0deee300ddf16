//! A bid by its own bidder.

use super::taking;
use crate::{
    Reason, Rejection,
    auction::{Auction, Event, PlaceBid},
    credit::Credit,
    ids::BidId,
    lot::{BookEntry, Channel, Lot, Offer, Phase},
    money::Currency,
    rules::Format,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    place: &PlaceBid,
    now: Timestamp,
    credit: &impl Credit,
) -> Result<Vec<Event>, Rejection> {
    require_new(auction, place.bid_id)?;
    let lot = auction.lot_on_sale(place.lot_id)?;
    require_payable(auction, place.offer, place.currency)?;
    auction.require_approved(place.bidder)?;
    if place.channel == Channel::House {
        return Err(Reason::HouseMayNotBid.into());
    }
    if place.book_if_pending
        && lot.phase == Phase::Pending
        && let Offer::Max(max) = place.offer
    {
        let entry = BookEntry {
            bid_id: place.bid_id,
            bidder: place.bidder,
            max,
            at: now,
            placed: false,
        };
        return leave(lot, entry).map_err(Rejection::from);
    }
    let bid = lot.meet(place.bid_id, place.bidder, place.channel, place.offer);
    let standing = taking::admit(auction, lot, &bid, now, place.sent_before_ms, credit)?;
    Ok(taking::events_of(
        auction,
        lot,
        bid,
        standing,
        now,
        place.sent_before_ms,
    ))
}

/// A bid id stands for one bid.
pub(super) fn require_new(auction: &Auction, bid_id: BidId) -> Result<(), Reason> {
    if auction.answer(bid_id).is_some() {
        Err(Reason::BidIdReused)
    } else {
        Ok(())
    }
}

/// An amount that can be paid, in the sale's currency.
pub(super) fn require_payable(auction: &Auction, offer: Offer, currency: Currency) -> Result<(), Reason> {
    if auction.currency() != Some(currency) {
        return Err(Reason::WrongCurrency);
    }
    if offer.ceiling().is_payable() {
        Ok(())
    } else {
        Err(Reason::AmountOutOfRange)
    }
}

/// Into the absentee book of a lot that has not been opened. The Dutch clock has none: nobody
/// stops it before it runs.
pub(super) fn leave(lot: &Lot, entry: BookEntry) -> Result<Vec<Event>, Reason> {
    if lot.rules.format == Format::Dutch {
        return Err(Reason::WrongFormat);
    }
    if lot.led_by.is_some() {
        return Err(Reason::InAGroup);
    }
    if lot.is_sold_for(entry.bidder) {
        return Err(Reason::SellerMayNotBid);
    }
    Ok(vec![Event::AbsenteeLeft {
        lot_id: lot.lot_id,
        entry,
    }])
}
