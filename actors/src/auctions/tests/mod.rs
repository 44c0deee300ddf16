//! The actor behind a real journal: durability before everything, answers that stay, revival.

mod durability;
mod gate;
mod hammer;
mod many_lots;
mod revival;
mod stopping;
pub(super) mod support;
mod time;
