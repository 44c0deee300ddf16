//! Time stands still for a lot, and goes on.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    lot::Phase,
    time::Timestamp,
};

pub(in crate::auction) fn pause(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    lot.require_open()?;
    lot.require_english()?;
    Ok(vec![Event::Paused(lot_id)])
}

/// The close moves by the time paused, which is no extension.
pub(in crate::auction) fn resume(
    auction: &Auction,
    lot_id: LotId,
    now: Timestamp,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    let paused_at = match lot.phase {
        Phase::Paused(at) => at,
        Phase::Pending => return Err(Reason::NotOpen),
        Phase::Closed => return Err(Reason::Closed),
        Phase::Open => return Err(Reason::NotPaused),
    };
    let closes_at = lot.closes_at.map(|close| close.plus_ms(now.since_ms(paused_at)));
    Ok(vec![Event::Resumed { lot_id, closes_at }])
}
