//! The catalogue: sales, lots, pictures and who is registered. It validates and stores; rights are
//! checked by the caller, and bidding happens elsewhere.

mod error;
mod messages;
mod ports;
mod schema;

pub use error::Error;
pub use messages::*;
pub use ports::{LiveSales, LiveUnavailable};

/// The most sales that are listed.
pub const SALES_LISTED_MAX: u64 = 500;

/// The largest picture.
pub const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;
