//! A lot is opened.

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
    if lot.led_by.is_some() {
        return Err(Reason::InAGroup);
    }
    auction.require_free_rostrum()?;
    let started = (auction.phase() == SalePhase::Published).then_some(Event::Started);
    Ok(started.into_iter().chain(open(lot, now)).collect())
}

/// The next lot of the running order that has not been opened, after the current one first; those
/// that the auctioneer skipped when no other is left.
pub(in crate::auction) fn next(auction: &Auction, now: Timestamp) -> Result<Vec<Event>, Reason> {
    if auction.phase() == SalePhase::Ended {
        return Err(Reason::SaleEnded);
    }
    let lots = auction.lots();
    let current = lots
        .iter()
        .position(|lot| Some(lot.lot_id) == auction.current_lot());
    let (before, after) = lots.split_at(current.unwrap_or(0));
    let waiting = || {
        let order = after.iter().chain(before);
        order.filter(|lot| lot.phase == Phase::Pending && lot.led_by.is_none())
    };
    let skipped_at_last = || {
        lots.iter()
            .filter(|lot| lot.phase == Phase::Pending && lot.skipped)
    };
    let next = waiting()
        .find(|lot| !lot.skipped)
        .or_else(|| skipped_at_last().next());
    decide(auction, next.ok_or(Reason::NoNextLot)?.lot_id, now)
}

/// Opens a pending lot.
pub(super) fn open(lot: &Lot, now: Timestamp) -> impl Iterator<Item = Event> {
    let lot_id = lot.lot_id;
    let close = lot
        .close_by_opening(now)
        .map(|closes_at| Event::CloseSet { lot_id, closes_at });
    [Event::LotOpened(lot_id)].into_iter().chain(close)
}
