//! From event to state: total, and the only place where state changes.

use super::{
    Answer, Auction, Event, Header, REFUSALS_KEPT, Record, Registration, SaleKind, SalePhase, Setup, Verdict,
};
use crate::{
    Reason, Rejection,
    ids::{BidId, BidderId, LotId},
    lot::{Bid, BookEntry, Group, HistoricBid, Lot, Offer, Outcome, Phase, Standing, Together},
    money::Amount,
    rules::RuleSet,
    time::Timestamp,
};
use std::collections::btree_map::Entry;

impl Auction {
    /// Applies one decision. Never fails: whatever an event names that is not there is ignored,
    /// which [`Auction::decide`] never produces.
    pub fn apply(&mut self, record: &Record) {
        self.apply_telling(record, |_, _| {});
    }

    /// Applies one decision and tells every exposure that it changes: whose, and what it is now.
    pub fn apply_telling(&mut self, record: &Record, exposed: impl FnMut(BidderId, Amount)) {
        self.seq += 1;
        self.clock = self.clock.max(record.at);
        let mut change = Change {
            auction: self,
            exposed,
        };
        for event in &record.events {
            change.apply(event);
        }
    }
}

/// One record on its way into the state.
struct Change<'a, F> {
    auction: &'a mut Auction,
    exposed: F,
}

impl<F: FnMut(BidderId, Amount)> Change<'_, F> {
    fn apply(&mut self, event: &Event) {
        let at = self.auction.clock;
        match event {
            Event::Created(setup) => self.create(setup),
            Event::Started => self.auction.phase = SalePhase::Live,
            Event::Ended => self.auction.phase = SalePhase::Ended,
            Event::Said(text) => self.auction.message = (!text.is_empty()).then(|| text.clone()),
            Event::Registered {
                bidder,
                paddle,
                standing,
                limit,
            } => {
                let registration = Registration {
                    paddle: *paddle,
                    standing: *standing,
                    limit: *limit,
                };
                self.register(*bidder, registration);
            }
            Event::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection,
            } => {
                let asked = Some((*lot_id, *offer));
                self.remember_refusal(*bid_id, *bidder, asked, *rejection);
            }
            Event::BidVoided { bid_id, bidder } => {
                self.remember_refusal(*bid_id, *bidder, None, Reason::NotReceived.into());
            }
            Event::AbsenteeLeft { lot_id, entry } => {
                let asked = Some((*lot_id, Offer::Max(entry.max)));
                self.remember(entry.bid_id, entry.bidder, asked, Verdict::Booked);
                self.change(*lot_id, |lot| enter_in_book(lot, *entry));
            }
            Event::AbsenteeWithdrawn { lot_id, bidder } => self.change(*lot_id, |lot| {
                lot.book.retain(|entry| entry.placed || entry.bidder != *bidder);
                lot.own_book.retain(|entry| entry.bidder != *bidder);
            }),
            Event::BookRead(lot_id) => {
                if let Some(index) = self.auction.lot_index.get(lot_id) {
                    self.auction.books_due.remove(index);
                }
            }
            Event::BidAccepted {
                lot_id,
                bid,
                standing,
            } => self.accept(*lot_id, bid, *standing),
            Event::LotOpened(lot_id) => {
                self.look_at(*lot_id);
                self.change(*lot_id, |lot| {
                    lot.phase = Phase::Open;
                    lot.opened_at = Some(at);
                    lot.skipped = false;
                });
                self.book_is_due(*lot_id);
            }
            Event::CloseSet { lot_id, closes_at } => {
                self.change(*lot_id, |lot| lot.closes_at = Some(*closes_at));
            }
            Event::CloseExtended { lot_id, closes_at } => self.change(*lot_id, |lot| {
                lot.closes_at = Some(*closes_at);
                lot.extensions += 1;
            }),
            Event::AskSet(lot_id, ask) => {
                self.change(*lot_id, |lot| {
                    lot.ask = Some(*ask);
                    lot.fair_warning = false;
                });
                self.book_is_due(*lot_id);
            }
            Event::StepSet(lot_id, step) => {
                self.change(*lot_id, |lot| lot.step = *step);
                self.book_is_due(*lot_id);
            }
            Event::FairlyWarned(lot_id) => self.change(*lot_id, |lot| lot.fair_warning = true),
            Event::Paused(lot_id) => self.change(*lot_id, |lot| lot.phase = Phase::Paused(at)),
            Event::Resumed { lot_id, closes_at } => {
                self.change(*lot_id, |lot| {
                    lot.phase = Phase::Open;
                    lot.closes_at = *closes_at;
                });
                // A retraction during the pause may have brought maxima of the book within reach.
                self.book_is_due(*lot_id);
            }
            Event::HammerStruck { lot_id, strike } => {
                self.change(*lot_id, |lot| lot.strike = Some(*strike));
            }
            Event::HammerLifted { lot_id, .. } => {
                self.change(*lot_id, |lot| lot.strike = None);
                self.book_is_due(*lot_id);
            }
            Event::LotClosed {
                lot_id,
                outcome,
                by_hammer,
            } => {
                self.change(*lot_id, |lot| close(lot, *outcome, *by_hammer, at));
                self.close_combined(*lot_id, *outcome);
            }
            Event::BidRetracted {
                lot_id,
                bid_id,
                standing,
            } => self.retract(*lot_id, *standing, |bid| bid.bid_id == *bid_id),
            Event::BidsRetracted {
                lot_id,
                bidder,
                standing,
            } => self.retract(*lot_id, *standing, |bid| bid.bidder == *bidder),
            Event::LotReopened { lot_id, closes_at } => {
                self.look_at(*lot_id);
                self.change(*lot_id, |lot| {
                    lot.phase = Phase::Open;
                    lot.closes_at = *closes_at;
                    lot.outcome = None;
                    lot.closed_at = None;
                });
                self.reopen_combined(*lot_id);
                // Who was approved in the meantime may have a maximum within reach.
                self.book_is_due(*lot_id);
            }
            Event::LotSkipped(lot_id) => self.change(*lot_id, |lot| lot.skipped = true),
            Event::LotReoffered { lot_id, closes_at } => self.change(*lot_id, |lot| {
                lot.offer_again();
                lot.closes_at = *closes_at;
            }),
            Event::LotsGrouped { lot_id, group, rules } => self.group(*lot_id, group, rules),
            Event::LotsSplit { lot_id, .. } => {
                self.split(*lot_id);
                // Bids for all of the lots bind nobody to one of them.
                self.change(*lot_id, pend);
            }
            Event::ChoiceMade {
                lot_id,
                taken,
                winner,
                price,
                ..
            } => self.choose(*lot_id, taken, *winner, *price),
        }
    }

    fn create(&mut self, setup: &Setup) {
        let auction = &mut *self.auction;
        auction.setup = Some(Header {
            sale_id: setup.sale_id,
            currency: setup.currency,
            kind: setup.kind,
        });
        auction.lots = setup
            .lots
            .iter()
            .map(|lot| Lot::new(lot.lot_id, lot.rules.clone()))
            .collect();
        auction.lot_index = (0_u32..)
            .zip(&auction.lots)
            .map(|(index, lot)| (lot.lot_id, index))
            .collect();
    }

    fn register(&mut self, bidder: BidderId, registration: Registration) {
        let auction = &mut *self.auction;
        let before = auction.registrations.insert(bidder, registration);
        if let Some(before) = before {
            auction.paddles.remove(&before.paddle);
        }
        auction.paddles.insert(registration.paddle, bidder);
        let wanting = |lot: &Lot| lot.phase == Phase::Open && waits_in_book(lot, bidder);
        let due = (0_u32..).zip(&auction.lots).filter(|(_, lot)| wanting(lot));
        auction.books_due.extend(due.map(|(index, _)| index));
    }

    /// In the room everybody looks at one lot; of a timed sale's open lots none is the current one.
    fn look_at(&mut self, lot_id: LotId) {
        if self.auction.kind() == Some(SaleKind::Room) {
            self.auction.current = Some(lot_id);
        }
    }

    fn accept(&mut self, lot_id: LotId, bid: &Bid, standing: Option<Standing>) {
        let (at, seq) = (self.auction.clock, self.auction.seq);
        let historic = HistoricBid {
            bid: *bid,
            at,
            seq,
            price: standing.map_or(bid.offer.ceiling(), |standing| standing.price),
            retracted: false,
            replaced: false,
        };
        self.change_for(lot_id, Some(bid.bidder), |lot| lot.take(historic, standing));
        let Some(lot) = self.auction.lot(lot_id) else {
            return;
        };
        let verdict = match standing {
            None => Verdict::Sealed,
            Some(standing) => Verdict::Accepted {
                price: standing.price,
                leading: standing.leader == bid.bidder,
                minimum: lot.minimum(at),
            },
        };
        self.remember(bid.bid_id, bid.bidder, Some((lot_id, bid.offer)), verdict);
    }

    fn retract(&mut self, lot_id: LotId, standing: Option<Standing>, taken_back: impl Fn(&Bid) -> bool) {
        self.change(lot_id, |lot| {
            lot.standing = standing;
            lot.fair_warning = false;
            for historic in lot.bids.iter_mut().filter(|historic| taken_back(&historic.bid)) {
                historic.retracted = true;
            }
            lot.count_bids();
        });
        self.book_is_due(lot_id);
    }

    /// What is combined with a lot shares its end.
    fn close_combined(&mut self, lot_id: LotId, outcome: Outcome) {
        if !matches!(outcome, Outcome::Sold { .. }) {
            return;
        }
        let ended_at = self.auction.lot(lot_id).and_then(|lot| lot.closed_at);
        let at = ended_at.unwrap_or(self.auction.clock);
        for other in self.others_of(lot_id, Together::Combined) {
            self.change(other, |lot| close(lot, Outcome::SoldWith(lot_id), true, at));
        }
    }

    fn reopen_combined(&mut self, lot_id: LotId) {
        for other in self.others_of(lot_id, Together::Combined) {
            self.change(other, |lot| {
                lot.phase = Phase::Pending;
                lot.outcome = None;
                lot.closed_at = None;
            });
        }
    }

    fn others_of(&self, lot_id: LotId, together: Together) -> Vec<LotId> {
        let group = self.auction.lot(lot_id).and_then(|lot| lot.group.as_ref());
        let others = group.filter(|group| group.together == together);
        others.map(|group| group.others.clone()).unwrap_or_default()
    }

    /// All lots of the group are pending, and the others follow the leading one.
    fn group(&mut self, lot_id: LotId, group: &Group, rules: &RuleSet) {
        self.change(lot_id, |lot| {
            pend(lot);
            lot.rules = rules.clone();
            lot.group = Some(Box::new(group.clone()));
            // A maximum is for what its bidder knew to be offered; none was left for the group yet.
            lot.own_book = std::mem::take(&mut lot.book);
        });
        for other in &group.others {
            self.change(*other, |lot| {
                pend(lot);
                lot.led_by = Some(lot_id);
            });
        }
    }

    /// The others are pending by themselves; the leading lot has its own rules and book again.
    fn split(&mut self, lot_id: LotId) {
        let Some(group) = self.auction.lot(lot_id).and_then(|lot| lot.group.clone()) else {
            return;
        };
        let Group {
            others, own_rules, ..
        } = *group;
        self.change(lot_id, |lot| {
            lot.group = None;
            lot.rules = own_rules;
            lot.book = std::mem::take(&mut lot.own_book);
        });
        for other in &others {
            self.change(*other, |lot| lot.led_by = None);
        }
    }

    /// What was taken is sold; the rest is pending, each by itself.
    fn choose(&mut self, lot_id: LotId, taken: &[LotId], winner: BidderId, price: Amount) {
        let at = self.auction.clock;
        self.split(lot_id);
        for other in taken.iter().filter(|taken| **taken != lot_id) {
            self.change(*other, |lot| {
                close(lot, Outcome::Sold { winner, price }, true, at);
                lot.chosen = true;
            });
        }
        if taken.contains(&lot_id) {
            self.change(lot_id, |lot| lot.chosen = true);
        } else {
            self.change(lot_id, Lot::offer_again);
        }
    }

    /// Keeps the first answer to a bid; whether this was it.
    fn remember(
        &mut self,
        bid_id: BidId,
        bidder: BidderId,
        asked: Option<(LotId, Offer)>,
        verdict: Verdict,
    ) -> bool {
        let auction = &mut *self.auction;
        let Entry::Vacant(first) = auction.answers.entry(bid_id) else {
            return false;
        };
        first.insert(Answer {
            bidder,
            asked,
            at: auction.clock,
            seq: auction.seq,
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
        let auction = &mut *self.auction;
        auction.refusals.push_back(bid_id);
        if auction.refusals.len() > REFUSALS_KEPT
            && let Some(oldest) = auction.refusals.pop_front()
        {
            auction.answers.remove(&oldest);
        }
    }

    /// The house looks at the book of an open lot where maxima wait.
    fn book_is_due(&mut self, lot_id: LotId) {
        let auction = &mut *self.auction;
        if let Some(index) = auction.lot_index.get(&lot_id).copied()
            && let Some(lot) = auction.lots.get(index as usize)
            && lot.phase == Phase::Open
            && lot.book.iter().any(|entry| !entry.placed)
        {
            auction.books_due.insert(index);
        }
    }

    fn change(&mut self, lot_id: LotId, change: impl FnOnce(&mut Lot)) {
        self.change_for(lot_id, None, change);
    }

    /// Changes a lot, and keeps the order of closings and the exposures in step. `sealed` is the
    /// only bidder whose hold a sealed bid can change.
    fn change_for(&mut self, lot_id: LotId, sealed: Option<BidderId>, change: impl FnOnce(&mut Lot)) {
        let auction = &mut *self.auction;
        let Some(index) = auction.lot_index.get(&lot_id).copied() else {
            return;
        };
        let Some(lot) = auction.lots.get_mut(index as usize) else {
            return;
        };
        let (ends, held) = (lot.ends_by_itself(), lot.holds(sealed));
        change(lot);
        let (ends_now, holds_now) = (lot.ends_by_itself(), lot.holds(sealed));
        if ends != ends_now {
            if let Some(at) = ends {
                auction.closings.remove(&(at, index));
            }
            if let Some(at) = ends_now {
                auction.closings.insert((at, index));
            }
        }
        if held != holds_now {
            let mut changed = Vec::with_capacity(2);
            held.each(|bidder, amount| {
                auction.bind(bidder, Amount(0).minus(amount));
                changed.push(bidder);
            });
            holds_now.each(|bidder, amount| {
                auction.bind(bidder, amount);
                changed.push(bidder);
            });
            for bidder in changed {
                (self.exposed)(bidder, self.auction.exposure(bidder));
            }
        }
    }
}

impl Auction {
    fn bind(&mut self, bidder: BidderId, more: Amount) {
        let exposure = self.exposures.entry(bidder).or_default();
        *exposure = exposure.plus(more);
        if exposure.0 == 0 {
            self.exposures.remove(&bidder);
        }
    }
}

/// A lot ends: when its time was up, when its hammer had fallen, or now.
fn close(lot: &mut Lot, outcome: Outcome, by_hammer: bool, at: Timestamp) {
    let fallen = lot.strike.map(|strike| strike.falls_at);
    let time_up = lot.closes_at.filter(|close| !by_hammer && *close <= at);
    lot.phase = Phase::Closed;
    lot.strike = None;
    lot.fair_warning = false;
    lot.outcome = Some(outcome);
    lot.closed_at = fallen.or(time_up).or(Some(at));
}

/// Pending, as if it had not been offered before.
fn pend(lot: &mut Lot) {
    if lot.phase != Phase::Pending {
        lot.offer_again();
        lot.closes_at = lot.rules.closes_at_ms;
    }
    lot.skipped = false;
}

/// A bidder has one entry in the book of a lot; a new one takes its own, later place in time.
fn enter_in_book(lot: &mut Lot, entry: BookEntry) {
    lot.book.retain(|other| other.bidder != entry.bidder);
    lot.book.push(entry);
}

fn waits_in_book(lot: &Lot, bidder: BidderId) -> bool {
    let mut waiting = lot.book.iter().filter(|entry| !entry.placed);
    waiting.any(|entry| entry.bidder == bidder)
}
