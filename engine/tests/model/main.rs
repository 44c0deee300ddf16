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
mod play;

use cases::{sales, setups};
use gavel_engine::auction::SaleKind;
use play::{log_of, play};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::{collections::BTreeSet, sync::Mutex};

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
