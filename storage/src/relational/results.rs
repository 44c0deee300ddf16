//! What became of lots and sales: told by the live side, in the order of each auction's events, perhaps
//! more than once.

use super::entities::{applied_cursors, lots, results, sales};
use super::registrations::paddle_from_row;
use super::{Error, LotResult, SaleStatus, Store};
use gavel_engine::ids::{LotId, Paddle, SaleId, UserId};
use gavel_engine::{money::Amount, time::Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;

/// How a lot ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Sold or not.
    pub result: LotResult,
    /// The hammer price in minor units, when sold.
    pub price_minor: Option<Amount>,
    /// The winner's number, when sold to one who has one.
    pub winner_paddle: Option<Paddle>,
    /// The winner's account, when sold to one who has one.
    pub winner_user_id: Option<UserId>,
    /// Unix milliseconds.
    pub closed_at_ms: Timestamp,
}

/// Something that the live side tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A lot closed, or (`None`) was opened again.
    Lot {
        /// Which.
        lot_id: LotId,
        /// How it ended.
        outcome: Option<Outcome>,
    },
    /// The sale goes on.
    Sale {
        /// Where it stands.
        status: SaleStatus,
        /// The lot that is being sold.
        current_lot_id: Option<LotId>,
    },
}

/// A closed lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRecord {
    /// The lot.
    pub lot_id: LotId,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// The results of a [`Store`].
#[derive(Debug)]
pub struct Results<'a>(pub(super) &'a Store);

impl Results<'_> {
    /// Applies what event `seq` of an auction means and notes that `consumer` has come so far, both or
    /// neither. An event that was applied before changes nothing; whether it was new. Seqs may be left out.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NoSuchLot`].
    pub async fn apply(
        &self,
        consumer: &str,
        sale: SaleId,
        seq: u64,
        changes: &[Change],
    ) -> Result<bool, Error> {
        self.advance(consumer, sale, seq, changes, true).await
    }

    /// As [`apply`](Self::apply), of everything that the auction amounts to as of event `seq`. It makes up for
    /// events before that were left out, so it counts although `seq` itself was applied.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NoSuchLot`].
    pub async fn apply_whole(
        &self,
        consumer: &str,
        sale: SaleId,
        seq: u64,
        changes: &[Change],
    ) -> Result<bool, Error> {
        self.advance(consumer, sale, seq, changes, false).await
    }

    async fn advance(
        &self,
        consumer: &str,
        sale: SaleId,
        seq: u64,
        changes: &[Change],
        only_if_newer: bool,
    ) -> Result<bool, Error> {
        let row_seq = seq_to_row(seq)?;
        let cursor = Expr::col((applied_cursors::Entity, applied_cursors::Column::Seq));
        let moves = if only_if_newer {
            cursor.lt(row_seq)
        } else {
            cursor.lte(row_seq)
        };
        let transaction = self.0.begin().await?;
        let advanced = applied_cursors::Entity::insert(
            applied_cursors::Model {
                consumer: consumer.to_owned(),
                sale_id: sale.into(),
                seq: row_seq,
            }
            .into_active_model(),
        )
        .on_conflict(
            OnConflict::columns([applied_cursors::Column::Consumer, applied_cursors::Column::SaleId])
                .update_column(applied_cursors::Column::Seq)
                .action_and_where(moves)
                .to_owned(),
        )
        .exec_without_returning(&transaction)
        .await?;
        if advanced == 0 {
            return Ok(false);
        }
        write(&transaction, sale, row_seq, changes).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The closed lots of a sale in the order of their numbers; none for an unknown sale.
    pub async fn of_sale(&self, sale: SaleId) -> Result<Vec<ResultRecord>, Error> {
        let mut outcomes: HashMap<LotId, results::Model> = results::Entity::find()
            .filter(results::Column::SaleId.eq(Uuid::from(sale)))
            .filter(results::Column::Result.is_not_null())
            .all(&self.0.read)
            .await?
            .into_iter()
            .map(|row| (row.lot_id.into(), row))
            .collect();
        let mut closed = Vec::with_capacity(outcomes.len());
        for lot in super::lots::of_sale(&self.0.read, sale).await? {
            if let Some(row) = outcomes.remove(&lot.id) {
                closed.push(ResultRecord {
                    lot_id: lot.id,
                    number: lot.number.to_string(),
                    title: lot.title,
                    outcome: outcome_from_row(&row)?,
                });
            }
        }
        Ok(closed)
    }
}

/// Writes what record `row_seq` of a sale has changed.
pub(super) async fn write(
    transaction: &DatabaseTransaction,
    sale: SaleId,
    row_seq: i64,
    changes: &[Change],
) -> Result<(), Error> {
    for change in changes {
        match *change {
            Change::Lot { lot_id, outcome } => upsert(transaction, sale, lot_id, row_seq, outcome).await?,
            Change::Sale {
                status,
                current_lot_id,
            } => set_live_state(transaction, sale, row_seq, status, current_lot_id).await?,
        }
    }
    Ok(())
}

/// Sets how a lot ended (`None`: it was opened again) as of event `seq`; what a later event said stays.
async fn upsert(
    transaction: &DatabaseTransaction,
    sale: SaleId,
    lot: LotId,
    seq: i64,
    outcome: Option<Outcome>,
) -> Result<(), Error> {
    require_lot(transaction, sale, lot).await?;
    let row = results::Model {
        lot_id: lot.into(),
        sale_id: sale.into(),
        seq,
        result: outcome.map(|outcome| outcome.result),
        price_minor: outcome.and_then(|outcome| outcome.price_minor).map(Amount::minor),
        winner_paddle: outcome
            .and_then(|outcome| outcome.winner_paddle)
            .map(paddle_to_row)
            .transpose()?,
        winner_user_id: outcome.and_then(|outcome| outcome.winner_user_id).map(Uuid::from),
        closed_at_ms: outcome.map(|outcome| outcome.closed_at_ms.as_ms()),
    };
    results::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(results::Column::LotId)
                .update_columns([
                    results::Column::Seq,
                    results::Column::Result,
                    results::Column::PriceMinor,
                    results::Column::WinnerPaddle,
                    results::Column::WinnerUserId,
                    results::Column::ClosedAtMs,
                ])
                .action_and_where(Expr::col((results::Entity, results::Column::Seq)).lt(seq))
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn require_lot(connection: &impl ConnectionTrait, sale: SaleId, lot: LotId) -> Result<(), Error> {
    let known: Option<Uuid> = lots::Entity::find_by_id(lot)
        .select_only()
        .column(lots::Column::Id)
        .filter(lots::Column::SaleId.eq(Uuid::from(sale)))
        .into_tuple()
        .one(connection)
        .await?;
    known.map(|_| ()).ok_or(Error::NoSuchLot)
}

async fn set_live_state(
    transaction: &DatabaseTransaction,
    sale: SaleId,
    seq: i64,
    status: SaleStatus,
    current_lot_id: Option<LotId>,
) -> Result<(), Error> {
    let row = super::locks::lock(transaction, sale).await?;
    if row.live_seq > seq {
        return Ok(());
    }
    sales::Entity::update_many()
        .col_expr(sales::Column::Status, Expr::value(status.as_str()))
        .col_expr(
            sales::Column::CurrentLotId,
            Expr::value(current_lot_id.map(Uuid::from)),
        )
        .col_expr(sales::Column::LiveSeq, Expr::value(seq))
        .filter(sales::Column::Id.eq(Uuid::from(sale)))
        .exec(transaction)
        .await?;
    Ok(())
}

fn outcome_from_row(row: &results::Model) -> Result<Outcome, Error> {
    let (Some(result), Some(closed_at_ms)) = (row.result, row.closed_at_ms) else {
        return Err(Error::BadValue(format!("result of lot {}", row.lot_id)));
    };
    Ok(Outcome {
        result,
        price_minor: row.price_minor.map(Amount),
        winner_paddle: row.winner_paddle.map(paddle_from_row).transpose()?,
        winner_user_id: row.winner_user_id.map(UserId::from),
        closed_at_ms: Timestamp(closed_at_ms),
    })
}

fn paddle_to_row(paddle: Paddle) -> Result<i32, Error> {
    i32::try_from(paddle.0).map_err(|_| Error::BadValue(format!("paddle {paddle}")))
}

pub(super) fn seq_to_row(seq: u64) -> Result<i64, Error> {
    i64::try_from(seq).map_err(|_| Error::BadValue(format!("seq {seq}")))
}
