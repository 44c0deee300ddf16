//! What strangers, disks and clerks may hand to Gavel, as arbitrary bytes: each module is one fuzz
//! target, whose `run` panics when a promise does not hold.
//!
//! `make fuzz` runs them; `tests/corpus.rs` replays what was found worth keeping, in every run of
//! the tests. `corpus/TARGET` holds the inputs that reach the most code, `findings/TARGET` those that
//! once broke something.

pub mod commands;
pub mod frame;
pub mod message;
pub mod payload;
pub mod rules;

/// A target.
pub type Target = (&'static str, fn(&[u8]));

/// All targets by name.
pub const TARGETS: [Target; 5] = [
    ("frame", frame::run),
    ("payload", payload::run),
    ("message", message::run),
    ("rules", rules::run),
    ("commands", commands::run),
];
