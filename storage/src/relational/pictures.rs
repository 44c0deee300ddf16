//! Pictures of lots.

use super::entities::{lot_pictures, lots};
use super::locks::lock_draft;
use super::lots::find;
use super::{Error, Store};
use gavel_engine::ids::{LotId, SaleId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureRecord {
    /// As in `Content-Type`.
    pub media_type: String,
    /// Changes with the content.
    pub etag: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The pictures of a [`Store`].
#[derive(Debug)]
pub struct Pictures<'a>(pub(super) &'a Store);

impl Pictures<'_> {
    /// Gives a lot of a draft its picture, in place of an earlier one.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NotDraft`], [`Error::NoSuchLot`].
    pub async fn put(&self, sale: SaleId, lot: LotId, picture: PictureRecord) -> Result<(), Error> {
        let transaction = self.0.begin().await?;
        lock_draft(&transaction, sale).await?;
        let marked = lots::Entity::update_many()
            .col_expr(lots::Column::PictureEtag, Expr::value(picture.etag.clone()))
            .filter(lots::Column::Id.eq(Uuid::from(lot)))
            .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
            .exec(&transaction)
            .await?;
        if marked.rows_affected == 0 {
            return Err(Error::NoSuchLot);
        }
        let PictureRecord {
            media_type,
            etag,
            bytes,
        } = picture;
        let row = lot_pictures::Model {
            lot_id: lot.into(),
            media_type,
            etag,
            bytes,
        };
        lot_pictures::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::column(lot_pictures::Column::LotId)
                    .update_columns([
                        lot_pictures::Column::MediaType,
                        lot_pictures::Column::Etag,
                        lot_pictures::Column::Bytes,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The etag of a lot's picture, when it has one: enough for a client that has the picture already.
    ///
    /// # Errors
    /// [`Error::NoSuchLot`].
    pub async fn etag(&self, sale: SaleId, lot: LotId) -> Result<Option<String>, Error> {
        let lot = find(&self.0.read, sale, lot).await?.ok_or(Error::NoSuchLot)?;
        Ok(lot.picture_etag)
    }

    /// A lot's picture, when it has one.
    pub async fn of_lot(&self, lot: LotId) -> Result<Option<PictureRecord>, Error> {
        let row = lot_pictures::Entity::find_by_id(lot).one(&self.0.read).await?;
        Ok(row.map(|row| PictureRecord {
            media_type: row.media_type,
            etag: row.etag,
            bytes: row.bytes,
        }))
    }
}
