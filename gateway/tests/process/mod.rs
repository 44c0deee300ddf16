//! The real program as a process of its own, and clients that speak to it as the world does.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

pub mod bidder;
pub mod console;
pub mod gavel;
pub mod house;
pub mod socket;
pub mod tree;
pub mod witness;
pub mod world;

use serde_json::Value;

/// The text in a JSON value.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}
