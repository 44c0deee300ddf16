//! What paths and queries are made of.

use gavel_engine::ids::{LotId, SaleId, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

/// A sale.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SalePath {
    /// The sale.
    #[param(value_type = Uuid)]
    pub sale_id: SaleId,
}

/// A lot of a sale.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LotPath {
    /// The sale.
    #[param(value_type = Uuid)]
    pub sale_id: SaleId,
    /// The lot.
    #[param(value_type = Uuid)]
    pub lot_id: LotId,
}

/// A bidder's place in a sale.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RegistrationPath {
    /// The sale.
    #[param(value_type = Uuid)]
    pub sale_id: SaleId,
    /// The bidder.
    #[param(value_type = Uuid)]
    pub user_id: UserId,
}

/// A bidder's credit over all sales in a currency.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct CreditPath {
    /// The bidder.
    #[param(value_type = Uuid)]
    pub user_id: UserId,
    /// ISO 4217.
    #[param(example = "EUR")]
    pub currency: String,
}

/// How a bidder is stopped.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuspendQuery {
    /// Takes back the bidder's bids too, on every lot that has not closed.
    #[serde(default)]
    pub retract_bids: bool,
}
