//! One file per command: what it means now, or why it is refused.

mod book;
pub(super) mod choose;
pub(super) mod enter_bid;
pub(super) mod group;
pub(super) mod hammer;
pub(super) mod leave_book;
pub(super) mod open_lot;
pub(super) mod pause;
pub(super) mod place_bid;
pub(super) mod register;
pub(super) mod reoffer;
pub(super) mod reopen;
pub(super) mod retract;
pub(super) mod sale;
pub(super) mod set_ask;
pub(super) mod set_step;
pub(super) mod skip;
pub(super) mod suspend;
mod taking;
pub(super) mod void_bid;
pub(super) mod warn_fairly;
pub(super) mod withdraw;

pub(super) use book::read as read_book;
