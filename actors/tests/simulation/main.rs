//! The node in one thread, on a simulated disk and network, with everything that can go wrong: the actors
//! themselves, the journal, credit, timers and clients, driven by a seed. After every run the invariants of
//! the rule book hold, whatever was acknowledged is in the journal once and in order, and what everybody
//! was shown was true.
//!
//! `make simulate SEEDS=2000` runs more seeds than the tests do, `make simulate SEED=17` one of them, with
//! everything that happens in it.

#![allow(missing_docs, reason = "a test")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![allow(
    clippy::print_stdout,
    reason = "what happens in one seed, and how far many have come"
)]

mod clients;
#[path = "../../../engine/tests/model/invariants.rs"]
#[allow(dead_code, reason = "the engine's own tests hold more against them")]
mod invariants;
mod judge;
mod line;
mod memory;
mod node;
mod observed;
mod plan;
mod planted;
mod protocol;
mod seeds;
mod tamper;
mod trace;
mod watched;
mod world;
