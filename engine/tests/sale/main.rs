//! A sale command by command: what each may bring, and every refusal and event there is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]
#![allow(clippy::needless_pass_by_value, reason = "commands are written in place")]

mod book;
mod closes;
mod dutch;
mod flows;
mod foresee;
mod groups;
mod hammer;
mod house;
mod limits;
mod reached;
mod refusals;
mod room;
mod rule_sets;
mod sealed;
mod support;
mod window;
