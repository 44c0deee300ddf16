//! Lots are offered together: combined into one, or for the winner to choose from.

use crate::{
    Reason,
    auction::{Auction, Event, GroupLots},
    ids::LotId,
    lot::{GROUP_MAX, Group, Lot, Outcome, Phase, Together},
    money::Amount,
    rules::RuleSet,
};
use std::collections::BTreeSet;

pub(in crate::auction) fn join(auction: &Auction, command: &GroupLots) -> Result<Vec<Event>, Reason> {
    let wanted: BTreeSet<LotId> = command.lots.iter().copied().collect();
    if wanted.len() != command.lots.len() || !(2..=GROUP_MAX).contains(&wanted.len()) {
        return Err(Reason::NoGroup);
    }
    for lot_id in &wanted {
        require_free(auction.lot_on_sale(*lot_id)?)?;
    }
    if command.opening_price.is_some_and(|price| !price.is_payable()) {
        return Err(Reason::AmountOutOfRange);
    }
    let in_order: Vec<&Lot> = auction
        .lots()
        .iter()
        .filter(|lot| wanted.contains(&lot.lot_id))
        .collect();
    let own_rules: Vec<_> = in_order.iter().map(|lot| (lot.lot_id, &lot.rules)).collect();
    Ok(vec![grouped(
        command.together,
        command.opening_price,
        &own_rules,
    )?])
}

/// Lots in running order, with the rules that each has by itself, offered together.
pub(super) fn grouped(
    together: Together,
    opening_price: Option<Amount>,
    lots: &[(LotId, &RuleSet)],
) -> Result<Event, Reason> {
    let ((lead, own_rules), others) = lots.split_first().ok_or(Reason::NoGroup)?;
    let rules = rules_of(
        together,
        opening_price,
        lots.iter().map(|(_, rules)| *rules),
        own_rules,
    );
    // Sums of prices can be more than there is.
    if !rules.validate().is_empty() {
        return Err(Reason::AmountOutOfRange);
    }
    Ok(Event::LotsGrouped {
        lot_id: *lead,
        group: Box::new(Group {
            together,
            others: others.iter().map(|(lot_id, _)| *lot_id).collect(),
            sellers: others.iter().filter_map(|(_, rules)| rules.seller).collect(),
            own_rules: (*own_rules).clone(),
        }),
        rules: Box::new(rules),
    })
}

pub(in crate::auction) fn split(auction: &Auction, lot_id: LotId) -> Result<Vec<Event>, Reason> {
    let lot = auction.lot_on_sale(lot_id)?;
    let group = lot.group.as_ref().ok_or(Reason::NoGroup)?;
    match (lot.phase, lot.outcome) {
        (Phase::Open | Phase::Paused(_), _) => Err(Reason::AlreadyOpen),
        (Phase::Closed, Some(Outcome::Sold { .. })) => Err(Reason::AlreadySold),
        _ => Ok(vec![Event::LotsSplit {
            lot_id,
            others: group.others.clone(),
        }]),
    }
}

/// Pending or unsold, sold one piece at a time by open bids, and not in a group already.
fn require_free(lot: &Lot) -> Result<(), Reason> {
    match (lot.phase, lot.outcome) {
        (Phase::Open | Phase::Paused(_), _) => return Err(Reason::AlreadyOpen),
        (Phase::Closed, Some(Outcome::Unsold)) | (Phase::Pending, _) => {}
        (Phase::Closed, Some(Outcome::Withdrawn)) => return Err(Reason::Closed),
        (Phase::Closed, _) => return Err(Reason::AlreadySold),
    }
    lot.require_english()?;
    if lot.rules.quantity != 1 {
        return Err(Reason::WrongFormat);
    }
    if lot.led_by.is_some() || lot.group.is_some() {
        return Err(Reason::InAGroup);
    }
    Ok(())
}

/// The leading lot's rules. No consignor's reserve is undercut: combined lots need the sum of the
/// reserves, and a choice the highest, because any of the lots may be taken.
fn rules_of<'a>(
    together: Together,
    opening_price: Option<Amount>,
    all: impl Iterator<Item = &'a RuleSet> + Clone,
    lead: &RuleSet,
) -> RuleSet {
    let reserves = all.clone().filter_map(|rules| rules.reserve_price_minor);
    let (opening, reserve) = match together {
        Together::Combined => {
            let openings = all.map(|rules| rules.opening_price_minor);
            (
                openings.fold(Amount(0), Amount::plus),
                reserves.reduce(Amount::plus),
            )
        }
        Together::Choice => (lead.opening_price_minor, reserves.max()),
    };
    RuleSet {
        opening_price_minor: opening_price.unwrap_or(opening),
        reserve_price_minor: reserve,
        buy_now_price_minor: None,
        house_bids: lead.house_bids && reserve.is_some(),
        ..lead.clone()
    }
}
