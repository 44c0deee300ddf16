//! Random sales, played by the engine and by the naive model side by side.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "numbers of lots and bidders are small"
)]

mod cases;
mod invariants;
mod meaning;
mod naive;

use cases::{Action, BIDDERS, Happening, sales, setups};
use gavel_engine::{
    auction::{Approval, Command, Event, Record, Register, SaleKind, Setup},
    ids::{BidId, BidderId, Paddle},
    lot::{Lot, Outcome, Phase},
    money::{Amount, Currency},
    time::Timestamp,
};
use invariants::{ELSEWHERE, Engine, I7};
use naive::{Answer, View};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use std::{collections::BTreeSet, sync::Mutex};

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

fn play(setup: &Setup, happenings: &[Happening]) -> Result<(), TestCaseError> {
    log_of(setup, happenings).map(drop)
}

/// Plays a sale; what the engine logged.
fn log_of(setup: &Setup, happenings: &[Happening]) -> Result<Vec<Record>, TestCaseError> {
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

/// All tests together play a thousand sales, ten thousand in continuous integration;
/// `GAVEL_MODEL_CASES` says how many.
fn config() -> Config {
    let wanted = std::env::var("GAVEL_MODEL_CASES").ok();
    let usual = if std::env::var_os("CI").is_some() {
        10_000
    } else {
        1_000
    };
    let cases: u32 = wanted.map_or(usual, |cases| {
        cases.parse().expect("GAVEL_MODEL_CASES is a number")
    });
    // A failing sale is printed in full, and becomes a test by hand.
    Config {
        cases: cases.div_ceil(4),
        failure_persistence: None,
        // Half of the time went into random numbers that nobody has to be unable to guess.
        rng_algorithm: RngAlgorithm::XorShift,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn engine_and_naive_model_agree_on_room_sales(
        setup in setups(SaleKind::Room, false), happenings in sales(SaleKind::Room, false)
    ) {
        play(&setup, &happenings)?;
    }

    #[test]
    fn engine_and_naive_model_agree_on_timed_sales(
        setup in setups(SaleKind::Timed, false), happenings in sales(SaleKind::Timed, false)
    ) {
        play(&setup, &happenings)?;
    }

    #[test]
    fn engine_and_naive_model_agree_on_hall_sales(
        setup in setups(SaleKind::Room, true), happenings in sales(SaleKind::Room, true)
    ) {
        play(&setup, &happenings)?;
    }

    #[test]
    fn engine_and_naive_model_agree_on_timed_sales_with_groups(
        setup in setups(SaleKind::Timed, true), happenings in sales(SaleKind::Timed, true)
    ) {
        play(&setup, &happenings)?;
    }
}

/// Without this the tests above could agree on sales in which nothing happens.
#[test]
fn the_random_sales_bring_about_every_event() {
    let seen = Mutex::new(BTreeSet::new());
    for (kind, hall) in [(SaleKind::Room, true), (SaleKind::Timed, false)] {
        // The same sales in every run.
        let mut runner = TestRunner::new_with_rng(
            Config {
                cases: 200,
                ..config()
            },
            TestRng::deterministic_rng(RngAlgorithm::XorShift),
        );
        runner
            .run(&(setups(kind, hall), sales(kind, hall)), |(setup, happenings)| {
                for event in log_of(&setup, &happenings)?
                    .iter()
                    .flat_map(|record| &record.events)
                {
                    let text = format!("{event:?}");
                    let name: String = text
                        .chars()
                        .take_while(|letter| letter.is_alphanumeric())
                        .collect();
                    seen.lock().unwrap().insert(name);
                }
                Ok(())
            })
            .unwrap();
    }
    let seen = seen.into_inner().unwrap();
    // Of the 30 there are, only the refusal of a bid is nothing that a command brings about.
    assert_eq!(seen.len(), 29, "{seen:?}");
}
