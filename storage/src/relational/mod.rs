//! Everything that is not bidding: accounts, sessions, the catalogue, registrations and results, in a
//! relational database. SQLite in a file of the data directory; types and statements are those that
//! PostgreSQL understands too.
//!
//! [`Store`] is the way in, one repository for each aggregate. Racing writers are told apart by
//! constraints and row locks in the database, never by looking first.

mod credit_lines;
mod entities;
mod error;
mod kinds;
mod locks;
mod lot_number;
mod lots;
mod migrations;
mod pictures;
mod registrations;
mod results;
mod sales;
mod store;
#[cfg(test)]
mod tests;
mod tokens;
mod upkeep;
mod users;

pub use credit_lines::{CreditLine, CreditLines};
pub use error::Error;
pub use kinds::{BookVisibility, Locale, LotResult, RegistrationStatus, Role, SaleKind, SaleStatus};
pub use lot_number::{LotNumber, ParseLotNumberError};
pub use lots::{LOTS_MAX, LotRecord, Lots};
pub use pictures::{PictureRecord, Pictures};
pub use registrations::{FIRST_ONLINE_PADDLE, RegistrationRecord, Registrations};
pub use results::{Change, Outcome, ResultRecord, Results};
pub use sales::{PublishedSale, SaleOverview, SaleRecord, Sales, StaggeredCloses};
pub use store::{FILE_NAME, Store};
pub use tokens::{LOST_ANSWER_MS, Rotation, TokenRecord, Tokens};
pub use upkeep::Progress;
pub use users::{UserRecord, Users};
