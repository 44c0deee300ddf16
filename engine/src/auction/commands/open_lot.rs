//! A lot is opened, and the house bids the absentee maxima that were left for it.

use crate::{
    Reason,
    auction::{Approval, Auction, Event, SalePhase},
    ids::LotId,
    lot::{Channel, Lot, Offer, Phase},
};

pub(in crate::auction) fn decide(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    match lot.phase {
        Phase::Pending => {}
        Phase::Open | Phase::Paused(_) => return Err(Reason::AlreadyOpen),
        Phase::Closed => return Err(Reason::Closed),
    }
    auction.require_free_rostrum()?;
    let started = (auction.phase() == SalePhase::Published).then_some(Event::Started);
    Ok(started.into_iter().chain(open(auction, lot)).collect())
}

/// The next lot of the running order that has not been opened, after the current one first.
pub(in crate::auction) fn next(auction: &Auction) -> Result<Vec<Event>, Reason> {
    let lots = auction.lots();
    let current = lots
        .iter()
        .position(|lot| Some(lot.lot_id) == auction.current_lot());
    let (before, after) = lots.split_at(current.unwrap_or(0));
    let next = after.iter().chain(before).find(|lot| lot.phase == Phase::Pending);
    decide(auction, next.ok_or(Reason::NoNextLot)?.lot_id)
}

pub(super) fn open(auction: &Auction, lot: &Lot) -> Vec<Event> {
    let mut opened = lot.clone();
    opened.phase = Phase::Open;
    let mut events = vec![Event::LotOpened(lot.lot_id)];
    events.extend(bid_the_book(auction, opened));
    events
}

/// The house bids every maximum of the book that the lot takes now, in order of time. Those
/// below the minimum wait for a lower ask.
pub(super) fn bid_the_book(auction: &Auction, mut lot: Lot) -> Vec<Event> {
    let mut events = Vec::new();
    for entry in lot.book.clone() {
        let approved = auction
            .registration(entry.bidder)
            .is_some_and(|registration| registration.standing == Approval::Approved);
        if entry.placed || !approved {
            continue;
        }
        let bid = lot.meet(
            entry.bid_id,
            entry.bidder,
            Channel::Absentee,
            Offer::Max(entry.max),
        );
        if let Ok(standing) = lot.admit(&bid) {
            lot.standing = Some(standing);
            lot.ask = None;
            events.push(Event::BidAccepted {
                lot_id: lot.lot_id,
                bid,
                standing,
            });
        }
    }
    events
}
