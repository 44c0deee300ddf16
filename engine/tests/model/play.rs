//! Plays a sale with the engine and the naive model side by side.

use super::{
    cases::{Action, BIDDERS, Happening},
    invariants::{ELSEWHERE, Engine, I7},
    meaning,
    naive::{self, Answer, View},
};
use gavel_engine::{
    auction::{Approval, Command, Event, Record, Register, Setup},
    ids::{BidId, BidderId, Paddle},
    lot::{Lot, Outcome, Phase},
    money::{Amount, Currency},
    time::Timestamp,
};
use proptest::{prelude::*, test_runner::TestCaseError};

const USD: Currency = Currency::USD;

fn outcome(outcome: Outcome) -> naive::Outcome {
    match outcome {
        Outcome::Sold { winner, price } => naive::Outcome::Sold(winner, price.0),
        Outcome::Unsold => naive::Outcome::Unsold,
        Outcome::Withdrawn => naive::Outcome::Withdrawn,
        Outcome::SoldWith(lead) => naive::Outcome::With(lead),
    }
}

fn view(lot: &Lot, now: Timestamp) -> View {
    let group = lot.group.as_ref();
    let waiting = lot.book.iter().filter(|entry| !entry.placed);
    View {
        phase: match lot.phase {
            Phase::Pending => naive::Phase::Pending,
            Phase::Open => naive::Phase::Open,
            Phase::Paused(_) => naive::Phase::Paused,
            Phase::Closed => naive::Phase::Closed,
        },
        price: lot.price().map(Amount::minor),
        leader: lot.leader(),
        leader_max: lot.standing.map(|standing| standing.leader_max.0),
        minimum: lot.minimum(now).0,
        reserve_met: lot.reserve_met(),
        closes_at: lot.closes_at.map(Timestamp::as_ms),
        ask: lot.ask.map(Amount::minor),
        step: lot.step.map(Amount::minor),
        extensions: lot.extensions,
        warned: lot.fair_warning,
        strike: lot.strike.map(|strike| naive::Strike {
            at: strike.at.0,
            falls_at: strike.falls_at.0,
            outcome: outcome(strike.outcome),
        }),
        outcome: lot.outcome.map(outcome),
        closed_at: lot.closed_at.map(Timestamp::as_ms),
        skipped: lot.skipped,
        reoffers: lot.reoffers,
        others: group.map(|group| group.others.clone()).unwrap_or_default(),
        led_by: lot.led_by,
        counting: lot.bids_standing as usize,
        waiting_in_book: waiting.map(|entry| entry.bidder).collect(),
        waiting_alone: lot.own_book.iter().map(|entry| entry.bidder).collect(),
    }
}

impl Engine {
    /// Whatever is due, and nothing else, happens before a command.
    fn time_passes(&mut self, now: Timestamp) -> Result<(), TestCaseError> {
        let events = self.state.due(now);
        for event in &events {
            let Event::LotClosed {
                lot_id, by_hammer, ..
            } = event
            else {
                return Err(TestCaseError::fail(format!("due: {event:?}")));
            };
            let lot = self.state.lot(*lot_id).unwrap();
            let ends = lot.strike.map(|strike| strike.falls_at).or(lot.closes_at);
            prop_assert_eq!(*by_hammer, lot.strike.is_some());
            prop_assert!(ends.is_some_and(|ends| ends <= now), "closed early");
        }
        if !events.is_empty() {
            let before = self.state.clone();
            self.record(Record { at: now, events })?;
            self.compare(&before, &Command::Tick)?;
        }
        prop_assert!(self.state.next_due().is_none_or(|next| next > now));
        Ok(())
    }

    /// A command, and what the house bids for its books then.
    fn command(&mut self, command: &Command, now: Timestamp) -> Result<Answer, TestCaseError> {
        let before = self.state.clone();
        let credit = self.ledger.in_currency(USD);
        let decided = self.state.decide(command, now, &credit);
        prop_assert_eq!(&decided, &self.state.decide(command, now, &credit), "{}", I7);
        prop_assert!(before == self.state, "{}: {:?}", I7, command);
        match decided {
            Err(rejection) => return Ok(Err(rejection.into())),
            Ok(events) => {
                self.heard(command);
                if !events.is_empty() {
                    self.record(Record { at: now, events })?;
                }
            }
        }
        loop {
            let credit = self.ledger.in_currency(USD);
            let events = self.state.book_bids_due(now, &credit);
            if events.is_empty() {
                break;
            }
            self.record(Record { at: now, events })?;
        }
        prop_assert!(!self.state.owes_book_bids());
        self.compare(&before, command)?;
        Ok(Ok(()))
    }
}

/// The first step at which they differ, or at which an invariant does not hold.
pub fn play(setup: &Setup, happenings: &[Happening]) -> Result<(), TestCaseError> {
    log_of(setup, happenings).map(drop)
}

/// Plays a sale; what the engine logged.
pub fn log_of(setup: &Setup, happenings: &[Happening]) -> Result<Vec<Record>, TestCaseError> {
    let mut engine = Engine::default();
    let mut naive = naive::Sale::new(setup);
    let mut now = Timestamp(0);
    let create = Command::Create(Box::new(setup.clone()));
    prop_assert_eq!(engine.command(&create, now)?, Ok(()));
    for who in 1..=BIDDERS {
        let register = Command::Register(Register {
            bidder: BidderId(who),
            paddle: Paddle(who as u32),
            standing: Approval::Approved,
            limit: None,
        });
        prop_assert_eq!(engine.command(&register, now)?, naive.command(&register, now));
    }
    for (number, (action, target, after_ms)) in (1000..).zip(happenings) {
        now = now.plus_ms(*after_ms);
        engine.time_passes(now)?;
        naive.time_passes(now.0);
        let Some(command) = meaning::command(action, *target, &naive, BidId(number), now.0) else {
            outside(action, &mut engine, &mut naive);
            continue;
        };
        let answer = engine.command(&command, now)?;
        prop_assert_eq!(answer, naive.command(&command, now), "{:?}", &command);
        for (lot, naive) in engine.state.lots().iter().zip(&naive.lots) {
            prop_assert_eq!(view(lot, now), naive.view(now.0), "after {:?}", &command);
        }
        engine.holds(&naive.exposures(), &naive.elsewhere)?;
        prop_assert_eq!(engine.state.current_lot(), naive.current());
        prop_assert_eq!(engine.state.registrations().count(), naive.paddles());
        prop_assert_eq!(engine.state.seq(), engine.log.len() as u64);
    }
    engine.replays()?;
    Ok(engine.log)
}

/// Another sale, and the house's word on credit.
fn outside(action: &Action, engine: &mut Engine, naive: &mut naive::Sale) {
    match *action {
        Action::Credit(who, limit) => {
            let bidder = BidderId(who);
            engine.ledger.set_limit(bidder, USD, limit.map(Amount));
            naive.credit.remove(&bidder);
            naive.credit.extend(limit.map(|limit| (bidder, limit)));
        }
        Action::Elsewhere(who, amount) => {
            let bidder = BidderId(who);
            engine.ledger.hold(ELSEWHERE, USD, bidder, Amount(amount));
            naive.elsewhere.insert(bidder, amount);
        }
        _ => unreachable!("a command"),
    }
}
