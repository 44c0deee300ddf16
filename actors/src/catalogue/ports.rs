//! What the catalogue needs from whoever holds sales live.

use futures_util::future::LocalBoxFuture;
use gavel_engine::{
    ids::{SaleId, UserId},
    money::{Amount, Currency},
};
use gavel_storage::relational::{PublishedSale, RegistrationRecord};

/// The live side did not take the news. Of registrations it is told again until it does; of sales when
/// it next starts, or when the request is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the live sales cannot be told: {0}")]
pub struct LiveUnavailable(pub String);

/// The sales that are or will be held live. All calls come after the database has committed, may
/// come again with the same content, and must then change nothing.
pub trait LiveSales {
    /// A sale's catalogue is final: it can be held from now on.
    fn publish(&self, sale: PublishedSale) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>>;

    /// A bidder of a published sale has registered, may or may not bid any more, or may go as far as this.
    fn registration_changed(
        &self,
        registration: RegistrationRecord,
    ) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>>;

    /// The bids of a bidder who was suspended before do not count on lots that have not closed.
    fn retract_bids(
        &self,
        sale: SaleId,
        user: UserId,
    ) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>>;

    /// A bidder may go as far as this over all sales in a currency; `None` is without bound.
    fn credit_changed(&self, user: UserId, currency: Currency, limit: Option<Amount>);

    /// What a bidder is bound to by all sales in a currency.
    fn exposure(&self, user: UserId, currency: Currency) -> Amount;
}
