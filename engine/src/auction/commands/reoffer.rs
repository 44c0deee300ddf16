//! An unsold or withdrawn lot is pending again, without the bids that it had. Maxima of its book
//! count again.

use crate::{
    Reason,
    auction::{Auction, Event},
    ids::LotId,
    lot::{Outcome, Phase},
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    closes_at: Option<Timestamp>,
) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    match (lot.phase, lot.outcome) {
        (Phase::Closed, Some(Outcome::Unsold | Outcome::Withdrawn)) => Ok(vec![Event::LotReoffered {
            lot_id,
            closes_at: closes_at.or(lot.rules.closes_at_ms),
        }]),
        (Phase::Closed, _) => Err(Reason::AlreadySold),
        _ => Err(Reason::NotClosed),
    }
}
