//! A closed lot goes on from where it stood: bids, ask, extensions. One that was taken in a choice
//! goes on by itself and without bids: those were for the choice, and bind nobody to this lot.

use crate::{
    Reason, Rejection,
    auction::{Auction, Event},
    credit::Credit,
    ids::LotId,
    lot::{Outcome, Phase},
    time::Timestamp,
};

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    closes_at: Option<Timestamp>,
    credit: &impl Credit,
) -> Result<Vec<Event>, Rejection> {
    let lot = auction.lot_on_sale(lot_id)?;
    if lot.phase != Phase::Closed {
        return Err(Reason::NotClosed.into());
    }
    lot.require_english()?;
    if matches!(lot.outcome, Some(Outcome::SoldWith(_))) {
        return Err(Reason::InAGroup.into());
    }
    // A choice that is due is undone by reopening what it was won by.
    if !lot.choice_is_due() {
        auction.require_free_rostrum()?;
    }
    let reopened = Event::LotReopened { lot_id, closes_at };
    if lot.chosen {
        return Ok(vec![Event::LotReoffered { lot_id, closes_at }, reopened]);
    }
    if let Some(leading) = lot.standing {
        let bound = lot.rules.times_the_money(leading.leader_max);
        auction.require_cover(lot, leading.leader, bound, credit)?;
    }
    Ok(vec![reopened])
}
