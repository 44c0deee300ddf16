//! A bid by its own bidder.

use crate::{
    Reason, Rejection,
    auction::{Auction, Event, PlaceBid},
    ids::{BidId, BidderId},
    lot::{BookEntry, Channel, Lot, Offer, Phase},
    money::Currency,
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    place: &PlaceBid,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    require_new(auction, place.bid_id)?;
    let lot = auction.lot_on_sale(place.lot_id)?;
    require_payable(auction, place.offer, place.currency)?;
    auction.require_approved(place.bidder)?;
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
    accept(lot, place.bid_id, place.bidder, place.channel, place.offer, now)
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

/// Into the absentee book of a lot that has not been opened.
pub(super) fn leave(lot: &Lot, entry: BookEntry) -> Result<Vec<Event>, Reason> {
    if lot.rules.seller == Some(entry.bidder) {
        return Err(Reason::SellerMayNotBid);
    }
    Ok(vec![Event::AbsenteeLeft {
        lot_id: lot.lot_id,
        entry,
    }])
}

/// The events of a bid that the lot takes.
pub(super) fn accept(
    lot: &Lot,
    bid_id: BidId,
    bidder: BidderId,
    channel: Channel,
    offer: Offer,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let bid = lot.meet(bid_id, bidder, channel, offer);
    let standing = lot.admit(&bid).map_err(|reason| {
        let open = matches!(lot.phase, Phase::Open | Phase::Paused(_));
        Rejection::with_minimum(reason, open.then(|| lot.minimum()))
    })?;
    let mut events = Vec::with_capacity(2);
    events.push(Event::BidAccepted {
        lot_id: lot.lot_id,
        bid,
        standing,
    });
    if let Some(closes_at) = lot.extended_close(now) {
        events.push(Event::CloseExtended {
            lot_id: lot.lot_id,
            closes_at,
        });
    }
    Ok(events)
}
