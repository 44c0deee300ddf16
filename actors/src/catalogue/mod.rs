//! The catalogue: sales, lots, pictures and who is registered. It validates and stores; rights are
//! checked by the caller, and bidding happens elsewhere.

mod actor;
mod add_lot;
mod approve_registration;
mod create_sale;
mod dto;
mod edit_lot;
mod edit_sale;
mod error;
mod get_credit;
mod get_lot;
mod get_picture;
mod get_registration;
mod get_sale;
mod list_lots;
mod list_own_registrations;
mod list_registrations;
mod list_results;
mod list_sales;
mod messages;
mod picture;
mod ports;
mod publish_sale;
mod put_picture;
mod register;
mod remove_credit;
mod remove_lot;
mod rules_input;
mod schema;
mod set_credit;
mod set_limit;
mod suspend_registration;
mod svg;
mod validation;
mod view;

pub use actor::{Catalogue, CatalogueActor};
pub use dto::*;
pub use error::Error;
pub use messages::*;
pub use ports::{LiveSales, LiveUnavailable};
pub use rules_input::RulesInput;

/// The most sales that are listed, and registrations of one bidder.
pub const SALES_LISTED_MAX: u64 = 500;

/// The largest picture, bytes.
pub const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;
