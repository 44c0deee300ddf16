//! A lot is opened.

use super::book;
use crate::{
    Reason,
    auction::{Auction, Event, SalePhase},
    ids::LotId,
    lot::{Lot, Phase},
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    now: Timestamp,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    match lot.phase {
        Phase::Pending => {}
        Phase::Open | Phase::Paused(_) => return Err(Reason::AlreadyOpen),
        Phase::Closed => return Err(Reason::Closed),
    }
    auction.require_free_rostrum()?;
    let started = (auction.phase() == SalePhase::Published).then_some(Event::Started);
    Ok(started.into_iter().chain(open(auction, lot, now)).collect())
}

/// The next lot of the running order that has not been opened, after the current one first.
pub(in crate::auction) fn next(auction: &Auction, now: Timestamp) -> Result<Vec<Event>, Reason> {
    if auction.phase() == SalePhase::Ended {
        return Err(Reason::SaleEnded);
    }
    let lots = auction.lots();
    let current = lots
        .iter()
        .position(|lot| Some(lot.lot_id) == auction.current_lot());
    let (before, after) = lots.split_at(current.unwrap_or(0));
    let next = after.iter().chain(before).find(|lot| lot.phase == Phase::Pending);
    decide(auction, next.ok_or(Reason::NoNextLot)?.lot_id, now)
}

/// Opens a pending lot; the house bids the maxima that were left for it.
pub(super) fn open(auction: &Auction, lot: &Lot, now: Timestamp) -> Vec<Event> {
    let mut events = vec![Event::LotOpened(lot.lot_id)];
    events.extend(book::bid(auction, lot, now, |lot| lot.phase = Phase::Open));
    events
}
