//! The sale as a whole: taken over, begun, ended, spoken to.

use super::open_lot;
use crate::{
    Reason,
    auction::{Auction, Event, LotSetup, MESSAGE_CHARS_MAX, SaleKind, SalePhase, Setup},
    lot::{Lot, Phase},
    time::Timestamp,
};
use std::collections::BTreeSet;

pub(in crate::auction) fn create(auction: &Auction, setup: &Setup) -> Result<Vec<Event>, Reason> {
    if auction.sale_id().is_some() {
        return Err(Reason::AlreadyCreated);
    }
    let mut ids = BTreeSet::new();
    let sound = |lot: &LotSetup| lot.rules.validate_in(setup.currency).is_empty();
    if setup.lots.iter().all(|lot| ids.insert(lot.lot_id) && sound(lot)) {
        Ok(vec![Event::Created(Box::new(setup.clone()))])
    } else {
        Err(Reason::InvalidSetup)
    }
}

/// A timed sale of which single lots were opened by hand before still gets the others opened.
pub(in crate::auction) fn start(auction: &Auction, now: Timestamp) -> Result<Vec<Event>, Reason> {
    let started = match auction.phase() {
        SalePhase::Ended => return Err(Reason::SaleEnded),
        SalePhase::Live => None,
        SalePhase::Published => Some(Event::Started),
    };
    let mut events = Vec::from_iter(started);
    if auction.kind() == Some(SaleKind::Timed) {
        let pending = |lot: &&Lot| lot.phase == Phase::Pending && lot.led_by.is_none();
        for lot in auction.lots().iter().filter(pending) {
            events.extend(open_lot::open(lot, now));
        }
    }
    if events.is_empty() {
        Err(Reason::AlreadyStarted)
    } else {
        Ok(events)
    }
}

pub(in crate::auction) fn end(auction: &Auction) -> Result<Vec<Event>, Reason> {
    if auction.phase() == SalePhase::Ended {
        return Err(Reason::SaleEnded);
    }
    if auction.lots().iter().any(|lot| lot.phase.is_running()) {
        return Err(Reason::AnotherLotOpen);
    }
    if auction.lots().iter().any(Lot::choice_is_due) {
        return Err(Reason::ChoicePending);
    }
    Ok(vec![Event::Ended])
}

pub(in crate::auction) fn say(text: &str) -> Result<Vec<Event>, Reason> {
    if text.chars().count() > MESSAGE_CHARS_MAX {
        return Err(Reason::TextTooLong);
    }
    Ok(vec![Event::Said(text.to_owned())])
}
