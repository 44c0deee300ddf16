//! What the catalogue is asked; the rights to ask are checked before.

use super::{
    Credit, Error, Lot, LotEdit, LotInput, LotList, Picture, Registration, RegistrationList, ResultList,
    Sale, SaleEdit, SaleInput, SaleList, Viewer,
};
use actix::Message;
use bytes::Bytes;
use gavel_engine::{
    ids::{LotId, SaleId, UserId},
    money::Amount,
};

/// Enters a new draft sale.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Sale, Error>")]
pub struct CreateSale {
    /// What it is.
    pub input: SaleInput,
}

/// Changes a draft sale.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Sale, Error>")]
pub struct EditSale {
    /// Which.
    pub sale_id: SaleId,
    /// The changes.
    pub edit: SaleEdit,
}

/// Makes a sale's catalogue final and the sale known to the public and to the live side. Publishing a
/// published sale again only tells the live side again.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Sale, Error>")]
pub struct PublishSale {
    /// Which.
    pub sale_id: SaleId,
}

/// The latest sales, at most [`SALES_LISTED_MAX`](super::SALES_LISTED_MAX).
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<SaleList, Error>")]
pub struct ListSales {
    /// For whom.
    pub viewer: Viewer,
}

/// One sale with its lots.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Sale, Error>")]
pub struct GetSale {
    /// Which.
    pub sale_id: SaleId,
    /// For whom.
    pub viewer: Viewer,
}

/// Enters a lot of a draft sale.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Lot, Error>")]
pub struct AddLot {
    /// Of which sale.
    pub sale_id: SaleId,
    /// What it is.
    pub input: LotInput,
}

/// Changes a lot of a draft sale.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Lot, Error>")]
pub struct EditLot {
    /// Of which sale.
    pub sale_id: SaleId,
    /// Which.
    pub lot_id: LotId,
    /// The changes.
    pub edit: LotEdit,
}

/// Takes a lot out of a draft sale.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<(), Error>")]
pub struct RemoveLot {
    /// Of which sale.
    pub sale_id: SaleId,
    /// Which.
    pub lot_id: LotId,
}

/// The lots of a sale.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<LotList, Error>")]
pub struct ListLots {
    /// Of which sale.
    pub sale_id: SaleId,
    /// For whom.
    pub viewer: Viewer,
}

/// One lot.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Lot, Error>")]
pub struct GetLot {
    /// Of which sale.
    pub sale_id: SaleId,
    /// Which.
    pub lot_id: LotId,
    /// For whom.
    pub viewer: Viewer,
}

/// Gives a lot of a draft its picture, in place of an earlier one. What it is, is seen from the bytes.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<(), Error>")]
pub struct PutPicture {
    /// Of which sale.
    pub sale_id: SaleId,
    /// Of which lot.
    pub lot_id: LotId,
    /// The content.
    pub bytes: Bytes,
}

/// A lot's picture; of drafts only for staff.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Picture, Error>")]
pub struct GetPicture {
    /// Of which sale.
    pub sale_id: SaleId,
    /// Of which lot.
    pub lot_id: LotId,
    /// For whom.
    pub viewer: Viewer,
    /// The etag that the client has, without quotes.
    pub known_etag: Option<String>,
}

/// Registers a bidder for a published sale; a repeat answers the same registration.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Registration, Error>")]
pub struct Register {
    /// For which sale.
    pub sale_id: SaleId,
    /// Who.
    pub user_id: UserId,
}

/// One bidder's registration.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Registration, Error>")]
pub struct GetRegistration {
    /// For which sale.
    pub sale_id: SaleId,
    /// Whose.
    pub user_id: UserId,
}

/// All registrations for a sale.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<RegistrationList, Error>")]
pub struct ListRegistrations {
    /// For which sale.
    pub sale_id: SaleId,
}

/// One bidder's registrations for all sales, at most [`SALES_LISTED_MAX`](super::SALES_LISTED_MAX).
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<RegistrationList, Error>")]
pub struct ListOwnRegistrations {
    /// Whose.
    pub user_id: UserId,
}

/// Lets a registered bidder bid.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Registration, Error>")]
pub struct ApproveRegistration {
    /// For which sale.
    pub sale_id: SaleId,
    /// Whose.
    pub user_id: UserId,
}

/// Stops a registered bidder from bidding.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Registration, Error>")]
pub struct SuspendRegistration {
    /// For which sale.
    pub sale_id: SaleId,
    /// Whose.
    pub user_id: UserId,
    /// Takes back the bids too, on lots that have not closed.
    pub retract_bids: bool,
}

/// Bounds what a registered bidder may be bound to in a sale at once. A limit below what the bidder is
/// bound to takes nothing back.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<Registration, Error>")]
pub struct SetLimit {
    /// In which sale.
    pub sale_id: SaleId,
    /// Whose.
    pub user_id: UserId,
    /// Minor units of the sale's currency; `None` is without bound.
    pub limit: Option<Amount>,
}

/// How far a bidder may go over all sales in a currency.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Credit, Error>")]
pub struct GetCredit {
    /// Whose.
    pub user_id: UserId,
    /// ISO 4217.
    pub currency: String,
}

/// Bounds what a bidder may be bound to at once over all sales in a currency. A limit below what the
/// bidder is bound to takes nothing back.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<Credit, Error>")]
pub struct SetCredit {
    /// Whose.
    pub user_id: UserId,
    /// ISO 4217.
    pub currency: String,
    /// Minor units.
    pub limit: Amount,
}

/// No bound over all sales in a currency any more; repeating it changes nothing.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<(), Error>")]
pub struct RemoveCredit {
    /// Whose.
    pub user_id: UserId,
    /// ISO 4217.
    pub currency: String,
}

/// How the closed lots of a sale ended.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<ResultList, Error>")]
pub struct ListResults {
    /// Of which sale.
    pub sale_id: SaleId,
    /// For whom.
    pub viewer: Viewer,
}
