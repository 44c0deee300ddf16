//! Sales: drafts that change, and published ones whose catalogue is final.

use super::entities::{lots, registrations, sales};
use super::locks::{lock, lock_draft};
use super::registrations::FIRST_ONLINE_PADDLE;
use super::{
    BookVisibility, Error, LotRecord, RegistrationRecord, SaleKind, SaleStatus, Store,
    lots as lots_repository, registrations as registrations_repository,
};
use gavel_engine::ids::{LotId, SaleId};
use gavel_engine::{money::Currency, time::Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use std::collections::HashMap;
use uuid::Uuid;

/// When the lots of a timed sale close that say nothing themselves: one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaggeredCloses {
    /// The first of them.
    pub first_at_ms: Timestamp,
    /// How long after the one before each of the others closes; 0: all at once.
    pub every_ms: i64,
}

impl StaggeredCloses {
    /// When the lot closes that has so many of them before it.
    pub fn after(self, lots: usize) -> Timestamp {
        let lots = i64::try_from(lots).unwrap_or(i64::MAX);
        self.first_at_ms.plus_ms(lots.saturating_mul(self.every_ms))
    }
}

/// A sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRecord {
    /// The sale.
    pub id: SaleId,
    /// Its title.
    pub title: String,
    /// What is sold, and how.
    pub description: String,
    /// Where it is held.
    pub location: String,
    /// How it is held.
    pub kind: SaleKind,
    /// Of all its prices.
    pub currency: Currency,
    /// Unix milliseconds.
    pub starts_at_ms: Timestamp,
    /// Registrations need no approval.
    pub auto_approve: bool,
    /// What staff see of absentee maxima.
    pub book_visibility: BookVisibility,
    /// For the lots of a timed sale that do not say themselves when they close.
    pub closes: Option<StaggeredCloses>,
    /// Where it stands, as far as the live side has told.
    pub status: SaleStatus,
    /// The lot that is being sold, as far as the live side has told.
    pub current_lot_id: Option<LotId>,
}

impl TryFrom<sales::Model> for SaleRecord {
    type Error = Error;

    fn try_from(row: sales::Model) -> Result<Self, Error> {
        Ok(Self {
            currency: row
                .currency
                .parse()
                .map_err(|error| Error::BadValue(format!("sale {}: {error}", row.id)))?,
            id: row.id.into(),
            title: row.title,
            description: row.description,
            location: row.location,
            kind: row.kind,
            starts_at_ms: Timestamp(row.starts_at_ms),
            auto_approve: row.auto_approve,
            book_visibility: row.book_visibility,
            closes: row
                .first_close_at_ms
                .zip(row.close_every_ms)
                .map(|(first_at_ms, every_ms)| StaggeredCloses {
                    first_at_ms: Timestamp(first_at_ms),
                    every_ms,
                }),
            status: row.status,
            current_lot_id: row.current_lot_id.map(LotId::from),
        })
    }
}

/// A sale with what lists show of its lots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleOverview {
    /// The sale.
    pub sale: SaleRecord,
    /// How many lots it has.
    pub lot_count: u64,
    /// The first lot with a picture.
    pub cover_lot_id: Option<LotId>,
}

/// All that the live side has to know of a published sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSale {
    /// The sale.
    pub sale: SaleRecord,
    /// In the order of their numbers.
    pub lots: Vec<LotRecord>,
    /// In the order of paddles.
    pub registrations: Vec<RegistrationRecord>,
    /// The last of its records that the live side has told of; 0 when it never has.
    pub live_seq: u64,
}

/// The sales of a [`Store`].
#[derive(Debug)]
pub struct Sales<'a>(pub(super) &'a Store);

impl Sales<'_> {
    /// Adds a draft; status and current lot of `sale` are not looked at.
    pub async fn insert_draft(&self, sale: SaleRecord) -> Result<(), Error> {
        let row = sales::Model {
            id: sale.id.into(),
            title: sale.title,
            description: sale.description,
            location: sale.location,
            kind: sale.kind,
            currency: sale.currency.code().to_owned(),
            starts_at_ms: sale.starts_at_ms.as_ms(),
            auto_approve: sale.auto_approve,
            book_visibility: sale.book_visibility,
            status: SaleStatus::Draft,
            current_lot_id: None,
            live_seq: 0,
            next_paddle: FIRST_ONLINE_PADDLE,
            first_close_at_ms: sale.closes.map(|closes| closes.first_at_ms.as_ms()),
            close_every_ms: sale.closes.map(|closes| closes.every_ms),
        };
        sales::Entity::insert(row.into_active_model())
            .exec_without_returning(&self.0.write)
            .await?;
        Ok(())
    }

    /// Changes a draft by `edit`, which sees the latest state and may refuse. Id, status and current lot
    /// stay as they are.
    ///
    /// # Errors
    /// What `edit` refuses with, [`Error::NoSuchSale`], [`Error::NotDraft`].
    pub async fn edit_draft<E: From<Error>>(
        &self,
        id: SaleId,
        edit: impl FnOnce(SaleRecord) -> Result<SaleRecord, E>,
    ) -> Result<SaleRecord, E> {
        let transaction = self.0.begin().await?;
        let row = lock_draft(&transaction, id).await?;
        let edited = edit(SaleRecord::try_from(row.clone())?)?;
        let mut row = row.into_active_model();
        row.title = Set(edited.title);
        row.description = Set(edited.description);
        row.location = Set(edited.location);
        row.kind = Set(edited.kind);
        row.currency = Set(edited.currency.code().to_owned());
        row.starts_at_ms = Set(edited.starts_at_ms.as_ms());
        row.auto_approve = Set(edited.auto_approve);
        row.book_visibility = Set(edited.book_visibility);
        row.first_close_at_ms = Set(edited.closes.map(|closes| closes.first_at_ms.as_ms()));
        row.close_every_ms = Set(edited.closes.map(|closes| closes.every_ms));
        let row = row.update(&transaction).await.map_err(Error::from)?;
        transaction.commit().await.map_err(Error::from)?;
        Ok(row.try_into()?)
    }

    /// Makes a draft's catalogue final, when `complete` has nothing against it; the lots that it answers
    /// are put in the place of those that they were. A sale that is published already, but not yet live,
    /// stays as it is.
    ///
    /// # Errors
    /// What `complete` refuses with, [`Error::NoSuchSale`], [`Error::NotDraft`], [`Error::NoLots`].
    pub async fn publish<E: From<Error>>(
        &self,
        id: SaleId,
        complete: impl FnOnce(&SaleRecord, &[LotRecord]) -> Result<Vec<LotRecord>, E>,
    ) -> Result<PublishedSale, E> {
        let transaction = self.0.begin().await?;
        let row = lock(&transaction, id).await?;
        if row.status == SaleStatus::Draft {
            let sale = SaleRecord::try_from(row.clone())?;
            let lots = lots_repository::of_sale(&transaction, id).await?;
            if lots.is_empty() {
                return Err(Error::NoLots.into());
            }
            for lot in complete(&sale, &lots)? {
                lots_repository::update(&transaction, lot).await?;
            }
            let mut row = row.into_active_model();
            row.status = Set(SaleStatus::Published);
            row.update(&transaction).await.map_err(Error::from)?;
        } else if row.status != SaleStatus::Published {
            return Err(Error::NotDraft.into());
        }
        let published = published_sale(&transaction, lock(&transaction, id).await?).await?;
        transaction.commit().await.map_err(Error::from)?;
        Ok(published)
    }

    /// One sale.
    pub async fn by_id(&self, id: SaleId) -> Result<Option<SaleRecord>, Error> {
        sales::Entity::find_by_id(id)
            .one(&self.0.read)
            .await?
            .map(SaleRecord::try_from)
            .transpose()
    }

    /// The sales that start last, at most `limit`, the latest first.
    pub async fn list(&self, with_drafts: bool, limit: u64) -> Result<Vec<SaleOverview>, Error> {
        let drafts = (!with_drafts).then(|| sales::Column::Status.ne(SaleStatus::Draft));
        let rows = sales::Entity::find()
            .filter(Condition::all().add_option(drafts))
            .order_by_desc(sales::Column::StartsAtMs)
            .order_by_asc(sales::Column::Id)
            .limit(limit)
            .all(&self.0.read)
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut counts = lot_counts(&self.0.read, &ids).await?;
        let mut covers = cover_lots(&self.0.read, &ids).await?;
        rows.into_iter()
            .map(|row| {
                let lot_count = counts.remove(&row.id).unwrap_or(0);
                let cover_lot_id = covers.remove(&row.id).map(LotId::from);
                Ok(SaleOverview {
                    sale: row.try_into()?,
                    lot_count,
                    cover_lot_id,
                })
            })
            .collect()
    }

    /// A sale that is not a draft, with lots and registrations.
    pub async fn published_by_id(&self, id: SaleId) -> Result<Option<PublishedSale>, Error> {
        let row = sales::Entity::find_by_id(id)
            .filter(sales::Column::Status.ne(SaleStatus::Draft))
            .one(&self.0.read)
            .await?;
        match row {
            Some(row) => published_sale(&self.0.read, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The ids of all sales that are not drafts, the earliest start first: with
    /// [`Sales::published_by_id`] the live side compares what it knows, one sale in memory at a time.
    pub async fn published_ids(&self) -> Result<Vec<SaleId>, Error> {
        let ids: Vec<Uuid> = sales::Entity::find()
            .select_only()
            .column(sales::Column::Id)
            .filter(sales::Column::Status.ne(SaleStatus::Draft))
            .order_by_asc(sales::Column::StartsAtMs)
            .order_by_asc(sales::Column::Id)
            .into_tuple()
            .all(&self.0.read)
            .await?;
        Ok(ids.into_iter().map(SaleId::from).collect())
    }
}

async fn published_sale(
    connection: &impl ConnectionTrait,
    row: sales::Model,
) -> Result<PublishedSale, Error> {
    let id = row.id.into();
    Ok(PublishedSale {
        live_seq: row.live_seq.unsigned_abs(),
        sale: row.try_into()?,
        lots: lots_repository::of_sale(connection, id).await?,
        registrations: registrations_repository::find(
            connection,
            registrations::Column::SaleId.eq(Uuid::from(id)),
        )
        .await?,
    })
}

async fn lot_counts(connection: &impl ConnectionTrait, sales: &[Uuid]) -> Result<HashMap<Uuid, u64>, Error> {
    let counts: Vec<(Uuid, i64)> = lots::Entity::find()
        .select_only()
        .column(lots::Column::SaleId)
        .column_as(lots::Column::Id.count(), "lot_count")
        .filter(lots::Column::SaleId.is_in(sales.iter().copied()))
        .group_by(lots::Column::SaleId)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(counts
        .into_iter()
        .map(|(sale, count)| (sale, count.unsigned_abs()))
        .collect())
}

/// For each sale the first lot that has a picture.
async fn cover_lots(connection: &impl ConnectionTrait, sales: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Error> {
    let first_pictured = Query::select()
        .column(lots::Column::SaleId)
        .expr(Func::min(Expr::col(lots::Column::SortKey)))
        .from(lots::Entity)
        .and_where(lots::Column::SaleId.is_in(sales.iter().copied()))
        .and_where(lots::Column::PictureEtag.is_not_null())
        .group_by_col(lots::Column::SaleId)
        .take();
    let place = Expr::tuple([Expr::col(lots::Column::SaleId), Expr::col(lots::Column::SortKey)]);
    let covers: Vec<(Uuid, Uuid)> = lots::Entity::find()
        .select_only()
        .column(lots::Column::SaleId)
        .column(lots::Column::Id)
        .filter(place.in_subquery(first_pictured))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(covers.into_iter().collect())
}
