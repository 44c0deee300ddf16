//! Rows held against other writers, for changes that must see the latest state.

use super::entities::sales;
use super::{Error, SaleStatus};
use gavel_engine::ids::SaleId;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};

/// The sale's row, held against other writers until the transaction ends.
pub(super) async fn lock(transaction: &DatabaseTransaction, id: SaleId) -> Result<sales::Model, Error> {
    sales::Entity::find_by_id(id)
        .lock_exclusive()
        .one(transaction)
        .await?
        .ok_or(Error::NoSuchSale)
}

/// As [`lock`], for changes to the catalogue.
pub(super) async fn lock_draft(transaction: &DatabaseTransaction, id: SaleId) -> Result<sales::Model, Error> {
    let row = lock(transaction, id).await?;
    if row.status == SaleStatus::Draft {
        Ok(row)
    } else {
        Err(Error::NotDraft)
    }
}
