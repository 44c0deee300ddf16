//! From event to state: total, and the only place where state changes.

use super::{
    Answer, Auction, Event, Header, REFUSALS_KEPT, Record, Registration, SaleKind, SalePhase, Setup, Verdict,
};
use crate::{
    Reason, Rejection,
    ids::{BidId, BidderId, LotId},
    lot::{Bid, BookEntry, HistoricBid, Lot, Offer, Phase, Standing},
    time::Timestamp,
};
use std::collections::btree_map::Entry;

impl Auction {
    /// Applies one decision. Never fails: whatever an event names that is not there is ignored,
    /// which [`Auction::decide`] never produces.
    pub fn apply(&mut self, record: &Record) {
        self.seq += 1;
        self.clock = self.clock.max(record.at);
        for event in &record.events {
            self.apply_event(event);
        }
    }

    fn apply_event(&mut self, event: &Event) {
        match event {
            Event::Created(setup) => self.create(setup),
            Event::Started => self.phase = SalePhase::Live,
            Event::Ended => self.phase = SalePhase::Ended,
            Event::Said(text) => self.message = (!text.is_empty()).then(|| text.clone()),
            Event::Registered {
                bidder,
                paddle,
                standing,
            } => {
                let registration = Registration {
                    paddle: *paddle,
                    standing: *standing,
                };
                if let Some(before) = self.registrations.insert(*bidder, registration) {
                    self.paddles.remove(&before.paddle);
                }
                self.paddles.insert(*paddle, *bidder);
            }
            Event::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection,
            } => {
                self.remember_refusal(*bid_id, *bidder, Some((*lot_id, *offer)), *rejection);
            }
            Event::BidVoided { bid_id, bidder } => {
                self.remember_refusal(*bid_id, *bidder, None, Reason::NotReceived.into());
            }
            Event::AbsenteeLeft { lot_id, entry } => {
                let asked = Some((*lot_id, Offer::Max(entry.max)));
                self.remember(entry.bid_id, entry.bidder, asked, Verdict::Booked);
                self.change(*lot_id, |lot| enter_in_book(lot, *entry));
            }
            Event::BidAccepted {
                lot_id,
                bid,
                standing,
            } => self.accept(*lot_id, bid, standing),
            Event::LotOpened(lot_id) => {
                self.look_at(*lot_id);
                self.change(*lot_id, |lot| lot.phase = Phase::Open);
            }
            Event::CloseExtended { lot_id, closes_at } => self.change(*lot_id, |lot| {
                lot.closes_at = Some(*closes_at);
                lot.extensions += 1;
            }),
            Event::AskSet(lot_id, ask) => self.change(*lot_id, |lot| {
                lot.ask = Some(*ask);
                lot.fair_warning = false;
            }),
            Event::StepSet(lot_id, step) => self.change(*lot_id, |lot| lot.step = *step),
            Event::FairlyWarned(lot_id) => self.change(*lot_id, |lot| lot.fair_warning = true),
            Event::Paused(lot_id) => {
                let at = self.clock;
                self.change(*lot_id, |lot| lot.phase = Phase::Paused(at));
            }
            Event::Resumed { lot_id, closes_at } => self.change(*lot_id, |lot| {
                lot.phase = Phase::Open;
                lot.closes_at = *closes_at;
            }),
            Event::LotClosed {
                lot_id,
                outcome,
                by_hammer,
            } => {
                let at = self.clock;
                self.change(*lot_id, |lot| {
                    lot.phase = Phase::Closed;
                    lot.fair_warning = false;
                    lot.outcome = Some(*outcome);
                    lot.closed_at = lot.closes_at.filter(|_| !by_hammer).or(Some(at));
                });
            }
            Event::BidRetracted {
                lot_id,
                bid_id,
                standing,
            } => self.change(*lot_id, |lot| {
                lot.standing = *standing;
                lot.fair_warning = false;
                for historic in lot
                    .bids
                    .iter_mut()
                    .filter(|historic| historic.bid.bid_id == *bid_id)
                {
                    historic.retracted = true;
                }
            }),
            Event::LotReopened { lot_id, closes_at } => {
                self.look_at(*lot_id);
                self.change(*lot_id, |lot| {
                    lot.phase = Phase::Open;
                    lot.closes_at = *closes_at;
                    lot.outcome = None;
                    lot.closed_at = None;
                });
            }
        }
    }

    fn create(&mut self, setup: &Setup) {
        self.setup = Some(Header {
            sale_id: setup.sale_id,
            currency: setup.currency,
            kind: setup.kind,
        });
        self.lots = setup
            .lots
            .iter()
            .map(|lot| Lot::new(lot.lot_id, lot.rules.clone()))
            .collect();
        self.lot_index = (0_u32..)
            .zip(&self.lots)
            .map(|(index, lot)| (lot.lot_id, index))
            .collect();
    }

    /// In the room everybody looks at one lot; of a timed sale's open lots none is the current one.
    fn look_at(&mut self, lot_id: LotId) {
        if self.kind() == Some(SaleKind::Room) {
            self.current = Some(lot_id);
        }
    }

    fn accept(&mut self, lot_id: LotId, bid: &Bid, standing: &Standing) {
        let (at, seq) = (self.clock, self.seq);
        self.change(lot_id, |lot| {
            lot.bids.push(HistoricBid {
                bid: *bid,
                at,
                seq,
                price: standing.price,
                retracted: false,
            });
            lot.standing = Some(*standing);
            lot.ask = None;
            lot.fair_warning = false;
            for entry in lot.book.iter_mut().filter(|entry| entry.bid_id == bid.bid_id) {
                entry.placed = true;
            }
        });
        let Some(minimum) = self.lot(lot_id).map(Lot::minimum) else {
            return;
        };
        let verdict = Verdict::Accepted {
            price: standing.price,
            leading: standing.leader == bid.bidder,
            minimum,
        };
        self.remember(bid.bid_id, bid.bidder, Some((lot_id, bid.offer)), verdict);
    }

    /// Keeps the first answer to a bid; whether this was it.
    fn remember(
        &mut self,
        bid_id: BidId,
        bidder: BidderId,
        asked: Option<(LotId, Offer)>,
        verdict: Verdict,
    ) -> bool {
        let Entry::Vacant(first) = self.answers.entry(bid_id) else {
            return false;
        };
        first.insert(Answer {
            bidder,
            asked,
            at: self.clock,
            seq: self.seq,
            verdict,
        });
        true
    }

    /// Refusals are many and cheap to cause, so only the latest are kept. One that was not the
    /// first answer to its bid must not push that first answer out either.
    fn remember_refusal(
        &mut self,
        bid_id: BidId,
        bidder: BidderId,
        asked: Option<(LotId, Offer)>,
        rejection: Rejection,
    ) {
        if !self.remember(bid_id, bidder, asked, Verdict::Refused(rejection)) {
            return;
        }
        self.refusals.push_back(bid_id);
        if self.refusals.len() > REFUSALS_KEPT
            && let Some(oldest) = self.refusals.pop_front()
        {
            self.answers.remove(&oldest);
        }
    }

    /// Changes a lot and keeps the order of closings in step.
    fn change(&mut self, lot_id: LotId, change: impl FnOnce(&mut Lot)) {
        let Some(index) = self.lot_index.get(&lot_id).copied() else {
            return;
        };
        let Some(lot) = self.lots.get_mut(index as usize) else {
            return;
        };
        let before = closing(lot);
        change(lot);
        let after = closing(lot);
        if before != after {
            if let Some(at) = before {
                self.closings.remove(&(at, index));
            }
            if let Some(at) = after {
                self.closings.insert((at, index));
            }
        }
    }
}

/// When the lot closes if nothing else happens; a paused lot does not close by time.
fn closing(lot: &Lot) -> Option<Timestamp> {
    lot.closes_at.filter(|_| lot.phase == Phase::Open)
}

/// A bidder has one entry in the book of a lot; a new one takes its own, later place in time.
fn enter_in_book(lot: &mut Lot, entry: BookEntry) {
    lot.book.retain(|other| other.bidder != entry.bidder);
    lot.book.push(entry);
}
