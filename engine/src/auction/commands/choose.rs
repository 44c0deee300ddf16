//! The winner of a choice takes one or more of the group at the hammer price each; what is
//! left of two or more is a choice again.

use super::group;
use crate::{
    Reason, Rejection,
    auction::{Auction, Event},
    credit::Credit,
    ids::LotId,
    lot::{Outcome, Together},
};
use std::collections::BTreeSet;

pub(in crate::auction) fn decide(
    auction: &Auction,
    lot_id: LotId,
    taken: &[LotId],
    credit: &impl Credit,
) -> Result<Vec<Event>, Rejection> {
    let lot = auction.lot_on_sale(lot_id)?;
    let (Some(choice), Some(Outcome::Sold { winner, price }), true) =
        (&lot.group, lot.outcome, lot.choice_is_due())
    else {
        return Err(Reason::NotAChoice.into());
    };
    let distinct: BTreeSet<LotId> = taken.iter().copied().collect();
    let offered = |lot_id: &LotId| *lot_id == lot.lot_id || choice.others.contains(lot_id);
    if distinct.is_empty() || distinct.len() != taken.len() || !distinct.iter().all(offered) {
        return Err(Reason::NotAChoice.into());
    }
    // One of them is held already, since the winner led.
    let count = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
    auction.require_cover(lot, winner, price.times(count), credit)?;
    let left: Vec<_> = [(lot_id, &choice.own_rules)]
        .into_iter()
        .chain(choice.others.iter().filter_map(|other| {
            let lot = auction.lot(*other)?;
            Some((*other, &lot.rules))
        }))
        .filter(|(lot_id, _)| !distinct.contains(lot_id))
        .collect();
    let made = Event::ChoiceMade {
        lot_id,
        taken: distinct.iter().copied().collect(),
        left: left.iter().map(|(lot_id, _)| *lot_id).collect(),
        winner,
        price,
    };
    let again = if left.len() > 1 {
        Some(group::grouped(Together::Choice, None, &left)?)
    } else {
        None
    };
    Ok([made].into_iter().chain(again).collect())
}
