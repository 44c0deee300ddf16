//! The real program as a process of its own, and clients that speak to it as the world does.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]
#![allow(clippy::print_stdout, reason = "shown when a test fails")]

pub mod bids;
pub mod gavel;
pub mod house;
pub mod secrets;
pub mod socket;
pub mod tools;
pub mod tree;
pub mod used;

use serde_json::Value;
use std::time::{Duration, Instant};

/// The text in a JSON value.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// The seed of this run: `GAVEL_TEST_SEED`, or a new one.
pub fn seed() -> u64 {
    let given = std::env::var("GAVEL_TEST_SEED").ok();
    let seed = given.map_or_else(rand::random, |seed| seed.parse().unwrap());
    println!("GAVEL_TEST_SEED={seed}");
    seed
}

/// What a run comes to; one that takes longer than `patience` waits for ever.
pub async fn within<T>(patience: Duration, run: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let outcome = tokio::time::timeout(patience, run).await;
    println!("it took {:?}", began.elapsed());
    outcome.expect("somebody waits for ever")
}
