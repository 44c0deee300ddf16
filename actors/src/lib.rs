//! The services of Gavel: one folder each, with its actor, its messages and its adapters.
//!
//! - [`auctions`]: live sales, the core: bids, the auctioneer's commands, broadcasts,
//! - [`bus`]: how services reach each other,
//! - [`catalogue`]: sales, lots, pictures, registrations,
//! - [`users`]: accounts, passwords, tokens.
//!
//! Nothing here knows HTTP.

pub mod auctions;
pub mod bus;
pub mod catalogue;
pub mod clock;
pub mod service;
mod text;
pub mod users;
