//! The sale as a whole: taken over, begun, ended, spoken to.

use super::open_lot;
use crate::{
    Reason,
    auction::{Auction, Event, MESSAGE_CHARS_MAX, SaleKind, SalePhase, Setup},
    lot::Phase,
};

pub(in crate::auction) fn create(auction: &Auction, setup: &Setup) -> Result<Vec<Event>, Reason> {
    if auction.sale_id().is_some() {
        return Err(Reason::AlreadyCreated);
    }
    Ok(vec![Event::Created(Box::new(setup.clone()))])
}

pub(in crate::auction) fn start(auction: &Auction) -> Result<Vec<Event>, Reason> {
    let kind = auction.kind().ok_or(Reason::UnknownSale)?;
    match auction.phase() {
        SalePhase::Ended => return Err(Reason::SaleEnded),
        SalePhase::Live => return Err(Reason::AlreadyStarted),
        SalePhase::Published => {}
    }
    let mut events = vec![Event::Started];
    if kind == SaleKind::Timed {
        for lot in auction.lots().iter().filter(|lot| lot.phase == Phase::Pending) {
            events.extend(open_lot::open(auction, lot));
        }
    }
    Ok(events)
}

pub(in crate::auction) fn end(auction: &Auction) -> Result<Vec<Event>, Reason> {
    if auction.phase() == SalePhase::Ended {
        return Err(Reason::SaleEnded);
    }
    if auction
        .lots()
        .iter()
        .any(|lot| matches!(lot.phase, Phase::Open | Phase::Paused(_)))
    {
        return Err(Reason::AnotherLotOpen);
    }
    Ok(vec![Event::Ended])
}

pub(in crate::auction) fn say(text: &str) -> Result<Vec<Event>, Reason> {
    if text.chars().count() > MESSAGE_CHARS_MAX {
        return Err(Reason::TextTooLong);
    }
    Ok(vec![Event::Said(text.to_owned())])
}
