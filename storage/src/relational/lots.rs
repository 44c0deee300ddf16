//! Lots of sales.

use super::entities::lots;
use super::error::{is_foreign_key_violation, is_unique_violation};
use super::locks::lock_draft;
use super::{Error, LotNumber, Store};
use gavel_engine::ids::{LotId, SaleId, UserId};
use gavel_engine::{money::Amount, rules::RuleSet};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder,
};
use uuid::Uuid;

/// The most lots that a sale may have.
pub const LOTS_MAX: u64 = 2000;

/// A lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotRecord {
    /// The lot.
    pub id: LotId,
    /// Its sale.
    pub sale_id: SaleId,
    /// Number in the catalogue; unique in the sale, and the running order.
    pub number: LotNumber,
    /// Its title.
    pub title: String,
    /// Who made it.
    pub artist: String,
    /// What it is.
    pub description: String,
    /// Minor units.
    pub estimate_low_minor: Option<Amount>,
    /// Minor units.
    pub estimate_high_minor: Option<Amount>,
    /// How it is sold.
    pub rules: RuleSet,
    /// The consignor's account.
    pub seller_id: Option<UserId>,
    /// Of its picture, when it has one.
    pub picture_etag: Option<String>,
}

impl TryFrom<lots::Model> for LotRecord {
    type Error = Error;

    fn try_from(row: lots::Model) -> Result<Self, Error> {
        let bad = |error: &dyn std::fmt::Display| Error::BadValue(format!("lot {}: {error}", row.id));
        Ok(Self {
            number: row.number.parse().map_err(|error| bad(&error))?,
            rules: serde_json::from_value(row.rules).map_err(|error| bad(&error))?,
            id: row.id.into(),
            sale_id: row.sale_id.into(),
            title: row.title,
            artist: row.artist,
            description: row.description,
            estimate_low_minor: row.estimate_low_minor.map(Amount),
            estimate_high_minor: row.estimate_high_minor.map(Amount),
            seller_id: row.seller_id.map(UserId::from),
            picture_etag: row.picture_etag,
        })
    }
}

impl TryFrom<LotRecord> for lots::Model {
    type Error = Error;

    fn try_from(lot: LotRecord) -> Result<Self, Error> {
        Ok(Self {
            rules: serde_json::to_value(&lot.rules)
                .map_err(|error| Error::BadValue(format!("lot {}: {error}", lot.id)))?,
            id: lot.id.into(),
            sale_id: lot.sale_id.into(),
            sort_key: lot.number.sort_key(),
            number: lot.number.to_string(),
            title: lot.title,
            artist: lot.artist,
            description: lot.description,
            estimate_low_minor: lot.estimate_low_minor.map(Amount::minor),
            estimate_high_minor: lot.estimate_high_minor.map(Amount::minor),
            seller_id: lot.seller_id.map(Uuid::from),
            picture_etag: lot.picture_etag,
        })
    }
}

/// The lots of a [`Store`].
#[derive(Debug)]
pub struct Lots<'a>(pub(super) &'a Store);

impl Lots<'_> {
    /// Adds a lot to a draft sale.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NotDraft`], [`Error::LotNumberTaken`], [`Error::UnknownSeller`],
    /// [`Error::TooManyLots`].
    pub async fn insert(&self, lot: LotRecord) -> Result<(), Error> {
        let transaction = self.0.begin().await?;
        lock_draft(&transaction, lot.sale_id).await?;
        let of_sale = lots::Entity::find().filter(lots::Column::SaleId.eq(Uuid::from(lot.sale_id)));
        if of_sale.count(&transaction).await? >= LOTS_MAX {
            return Err(Error::TooManyLots);
        }
        let row = lots::Model::try_from(lot)?.into_active_model();
        lots::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await
            .map_err(refused)?;
        Ok(transaction.commit().await?)
    }

    /// Changes a lot of a draft sale by `edit`, which sees the latest state and may refuse. Ids and
    /// picture stay as they are.
    ///
    /// # Errors
    /// What `edit` refuses with, and those of [`Lots::insert`]; [`Error::NoSuchLot`].
    pub async fn edit<E: From<Error>>(
        &self,
        sale: SaleId,
        lot: LotId,
        edit: impl FnOnce(LotRecord) -> Result<LotRecord, E>,
    ) -> Result<LotRecord, E> {
        let transaction = self.0.begin().await?;
        lock_draft(&transaction, sale).await?;
        let current = find(&transaction, sale, lot).await?.ok_or(Error::NoSuchLot)?;
        let picture_etag = current.picture_etag.clone();
        let edited = LotRecord {
            id: lot,
            sale_id: sale,
            picture_etag,
            ..edit(current)?
        };
        update(&transaction, edited.clone()).await?;
        transaction.commit().await.map_err(Error::from)?;
        Ok(edited)
    }

    /// Takes a lot and its picture out of a draft sale.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NotDraft`], [`Error::NoSuchLot`].
    pub async fn remove(&self, sale: SaleId, lot: LotId) -> Result<(), Error> {
        let transaction = self.0.begin().await?;
        lock_draft(&transaction, sale).await?;
        let removed = lots::Entity::delete_many()
            .filter(lots::Column::Id.eq(Uuid::from(lot)))
            .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
            .exec(&transaction)
            .await?;
        if removed.rows_affected == 0 {
            return Err(Error::NoSuchLot);
        }
        Ok(transaction.commit().await?)
    }

    /// The lots of a sale in the order of their numbers; none for an unknown sale.
    pub async fn of_sale(&self, sale: SaleId) -> Result<Vec<LotRecord>, Error> {
        of_sale(&self.0.read, sale).await
    }

    /// One lot, and its place in the running order, from 1.
    pub async fn by_id(&self, sale: SaleId, lot: LotId) -> Result<Option<(LotRecord, u64)>, Error> {
        let Some(record) = find(&self.0.read, sale, lot).await? else {
            return Ok(None);
        };
        let position = lots::Entity::find()
            .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
            .filter(lots::Column::SortKey.lte(record.number.sort_key()))
            .count(&self.0.read)
            .await?;
        Ok(Some((record, position)))
    }
}

/// Writes a lot in place of what it was.
pub(super) async fn update(connection: &impl ConnectionTrait, lot: LotRecord) -> Result<(), Error> {
    let row = lots::Model::try_from(lot)?.into_active_model().reset_all();
    let updated = lots::Entity::update(row).exec(connection).await;
    updated.map(|_| ()).map_err(refused)
}

pub(super) async fn of_sale(
    connection: &impl ConnectionTrait,
    sale: SaleId,
) -> Result<Vec<LotRecord>, Error> {
    lots::Entity::find()
        .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
        .order_by_asc(lots::Column::SortKey)
        .all(connection)
        .await?
        .into_iter()
        .map(LotRecord::try_from)
        .collect()
}

pub(super) async fn find(
    connection: &impl ConnectionTrait,
    sale: SaleId,
    lot: LotId,
) -> Result<Option<LotRecord>, Error> {
    lots::Entity::find_by_id(lot)
        .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
        .one(connection)
        .await?
        .map(LotRecord::try_from)
        .transpose()
}

/// Ids are random and the sale is locked, so only the number can collide and only the seller be unknown.
fn refused(error: DbErr) -> Error {
    if is_unique_violation(&error) {
        Error::LotNumberTaken
    } else if is_foreign_key_violation(&error) {
        Error::UnknownSeller
    } else {
        error.into()
    }
}
