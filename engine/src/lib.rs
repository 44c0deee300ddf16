//! The rules of Gavel as pure, deterministic state machines.
//!
//! `decide(&State, Command, now) -> Result<Vec<Event>, Rejection>` says what a command means,
//! `apply(&mut State, at, &Event)` is total and the only way state changes. The crate knows no
//! clock, no randomness, no I/O and no async runtime: the same log always gives the same state.
//!
//! - [`lot`]: one lot and its price rules,
//! - [`auction`]: a sale as it is held: running order, paddles, absentee book, answers to bids,
//! - [`credit`]: what bidders may be bound to over all sales,
//! - [`rules`]: a lot's rule set, which is data,
//! - [`money`], [`ids`], [`time`], [`rejection`]: the vocabulary.

pub mod auction;
pub mod credit;
pub mod ids;
pub mod lot;
pub mod money;
pub mod rejection;
pub mod rules;
pub mod time;

pub use rejection::{Reason, Rejection, WouldTake};
