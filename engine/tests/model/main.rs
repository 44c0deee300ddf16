//! Random sales, played by the engine and by the naive model side by side.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cases;
mod naive;

use cases::{Action, BIDDERS, LOTS, actions, command, setups};
use gavel_engine::{
    credit::Unlimited,
    Reason,
    auction::{Approval, Auction, Command, Event, Record, Register, Setup},
    ids::{BidId, BidderId, LotId, Paddle},
    lot::{Lot, Outcome, Phase},
    money::Amount,
    time::Timestamp,
};
use naive::View;
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError},
};

fn view(lot: &Lot) -> View {
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
        minimum: lot.minimum(Timestamp(0)).0,
        reserve_met: lot.reserve_met(),
        closes_at: lot.closes_at.map(Timestamp::as_ms),
        ask: lot.ask.map(Amount::minor),
        extensions: lot.extensions,
        warned: lot.fair_warning,
        outcome: lot.outcome.map(|outcome| match outcome {
            Outcome::Sold { winner, price } => naive::Outcome::Sold(winner, price.0),
            Outcome::Unsold | Outcome::Withdrawn | Outcome::SoldWith(_) => naive::Outcome::Unsold,
        }),
        surviving: lot.bids.iter().filter(|bid| !bid.retracted).count(),
        waiting_in_book: lot.book.iter().filter(|entry| !entry.placed).count(),
    }
}

/// The engine under test with its log.
#[derive(Default)]
struct Engine {
    state: Auction,
    log: Vec<Record>,
}

impl Engine {
    fn record(&mut self, at: Timestamp, events: Vec<Event>) {
        let record = Record { at, events };
        self.state.apply(&record);
        self.log.push(record);
    }

    /// Whatever is due, and nothing else, happens before a command.
    fn time_passes(&mut self, now: Timestamp) -> Result<(), TestCaseError> {
        let due = self.state.due(now);
        for event in &due {
            let Event::LotClosed {
                lot_id, by_hammer, ..
            } = event
            else {
                return Err(TestCaseError::fail(format!("due: {event:?}")));
            };
            let close = self.state.lot(*lot_id).unwrap().closes_at;
            prop_assert!(
                !by_hammer && close.is_some_and(|close| close <= now),
                "closed early"
            );
        }
        if !due.is_empty() {
            self.record(now, due);
        }
        prop_assert!(self.state.next_due().is_none_or(|next| next > now));
        Ok(())
    }

    fn command(&mut self, command: &Command, now: Timestamp) -> Result<Result<(), Reason>, TestCaseError> {
        let before = self.state.clone();
        let decided = self.state.decide(command, now, &Unlimited);
        prop_assert_eq!(&decided, &self.state.decide(command, now, &Unlimited), "not deterministic");
        prop_assert_eq!(&before, &self.state, "decide changed the state");
        match decided {
            Err(rejection) => return Ok(Err(rejection.reason)),
            Ok(events) if events.is_empty() => {}
            Ok(events) => self.record(now, events),
        }
        loop {
            let events = self.state.book_bids_due(now, &Unlimited);
            if events.is_empty() {
                break;
            }
            self.record(now, events);
        }
        let taken_back = matches!(command, Command::Retract(..));
        let reopened = |lot: &Lot| matches!(command, Command::Reopen { lot_id, .. } if *lot_id == lot.lot_id);
        for (was, is) in before.lots().iter().zip(self.state.lots()) {
            prop_assert!(taken_back || was.price() <= is.price(), "the price fell");
            let kept = was.outcome.is_none() || was.outcome == is.outcome;
            prop_assert!(kept || reopened(was), "a closed lot's outcome changed");
            prop_assert_eq!(is.outcome.is_some(), is.phase == Phase::Closed);
        }
        Ok(Ok(()))
    }
}

fn bytes(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn play(setup: &Setup, actions: &[(Action, u128, i64)]) -> Result<(), TestCaseError> {
    let mut engine = Engine::default();
    let mut naive = naive::Sale::new(setup);
    let mut now = Timestamp(0);
    let create = Command::Create(Box::new(setup.clone()));
    prop_assert_eq!(engine.command(&create, now)?, Ok(()));
    for who in 1..=BIDDERS {
        let register = Command::Register(Register {
            bidder: BidderId(who),
            paddle: Paddle(u32::try_from(who).unwrap()),
            standing: Approval::Approved,
            limit: None,
        });
        prop_assert_eq!(engine.command(&register, now)?, naive.command(&register, now));
    }
    for (number, (action, lot, after_ms)) in (1000..).zip(actions) {
        now = now.plus_ms(*after_ms);
        engine.time_passes(now)?;
        naive.time_passes(now.0);
        let command = command(action, LotId(*lot), &naive, BidId(number), now.0);
        let answer = engine.command(&command, now)?;
        prop_assert_eq!(answer, naive.command(&command, now), "{:?}", &command);
        for (lot, naive) in engine.state.lots().iter().zip(&naive.lots) {
            prop_assert_eq!(view(lot), naive.view(), "after {:?}", &command);
            let surviving = lot.bids.iter().filter(|bid| !bid.retracted);
            let highest = surviving.map(|bid| bid.bid.offer.ceiling()).max();
            prop_assert_eq!(lot.standing.map(|standing| standing.leader_max), highest);
        }
        prop_assert_eq!(engine.state.seq(), engine.log.len() as u64);
    }

    // The log alone gives the same state again, also after a trip through text.
    let mut replayed = Auction::default();
    for record in &engine.log {
        let read: Record = serde_json::from_slice(&bytes(record)).unwrap();
        prop_assert_eq!(&read, record);
        replayed.apply(&read);
    }
    prop_assert_eq!(&replayed, &engine.state);
    prop_assert_eq!(bytes(&replayed), bytes(&engine.state));
    // And so does a snapshot.
    let snapshot: Auction = serde_json::from_slice(&bytes(&engine.state)).unwrap();
    prop_assert_eq!(&snapshot, &engine.state);
    Ok(())
}

/// Few enough for every run; `PROPTEST_CASES` raises it.
fn config() -> Config {
    // A failing sale is printed in full, and becomes a test by hand.
    let mut config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 256;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn engine_and_naive_model_agree_on_everything(
        setup in setups(),
        // Most things happen on the first lot; the last number is no lot at all.
        actions in prop::collection::vec(
            (actions(), prop_oneof![20 => Just(1), 6 => 2..=LOTS, 1 => Just(LOTS + 1)], 0..40_i64),
            1..60,
        ),
    ) {
        play(&setup, &actions)?;
    }
}
