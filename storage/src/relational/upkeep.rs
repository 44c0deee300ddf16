//! What an operator's tools ask of the database: is it whole, how far has it come, a copy of it, and what records that
//! were given up have told it taken back.

use super::entities::{applied_cursors, results, sales};
use super::results::{seq_to_row, write};
use super::store::FILE_NAME;
use super::{Change, Error, Results, SaleStatus, Store};
use gavel_engine::ids::{LotId, SaleId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Statement};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::SystemTime;
use uuid::Uuid;

/// Findings that are told; a damaged database may have thousands.
const FINDINGS_MAX: usize = 20;

/// What the database was told of a sale by its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The sale's title.
    pub title: String,
    /// The last record that the database knows of in any way; 0 for none.
    pub seq: u64,
    /// The last record that told where the sale stands; 0 when none ever did: it was not live yet.
    pub live_seq: u64,
}

impl Store {
    /// Reads all of the database; what does not hold, nothing for one that is whole.
    ///
    /// # Errors
    /// [`Error::Damaged`] when not even that can be found out.
    pub async fn findings(&self) -> Result<Vec<String>, Error> {
        let backend = self.read.get_database_backend();
        let integrity = format!("PRAGMA integrity_check({FINDINGS_MAX})");
        let mut findings = Vec::new();
        for row in self
            .read
            .query_all_raw(Statement::from_string(backend, integrity))
            .await?
        {
            let said: String = row.try_get_by_index(0)?;
            if said != "ok" {
                findings.push(said);
            }
        }
        let references = Statement::from_string(backend, "PRAGMA foreign_key_check");
        for row in self.read.query_all_raw(references).await? {
            let (table, parent): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
            findings.push(format!(
                "a row of {table} refers to one of {parent} that is not there"
            ));
            if findings.len() >= FINDINGS_MAX {
                break;
            }
        }
        Ok(findings)
    }

    /// How far the database knows each sale.
    pub async fn progress(&self) -> Result<BTreeMap<SaleId, Progress>, Error> {
        let sales: Vec<(Uuid, String, i64)> = sales::Entity::find()
            .select_only()
            .columns([sales::Column::Id, sales::Column::Title, sales::Column::LiveSeq])
            .into_tuple()
            .all(&self.read)
            .await?;
        let results: Vec<(Uuid, i64)> = results::Entity::find()
            .select_only()
            .column(results::Column::SaleId)
            .column_as(results::Column::Seq.max(), "seq")
            .group_by(results::Column::SaleId)
            .into_tuple()
            .all(&self.read)
            .await?;
        let cursors: Vec<(Uuid, i64)> = applied_cursors::Entity::find()
            .select_only()
            .column(applied_cursors::Column::SaleId)
            .column_as(applied_cursors::Column::Seq.max(), "seq")
            .group_by(applied_cursors::Column::SaleId)
            .into_tuple()
            .all(&self.read)
            .await?;
        let mut progress: BTreeMap<SaleId, Progress> = sales
            .into_iter()
            .map(|(id, title, live_seq)| {
                let live_seq = live_seq.unsigned_abs();
                let seq = live_seq;
                (id.into(), Progress { title, seq, live_seq })
            })
            .collect();
        for (id, seq) in results.into_iter().chain(cursors) {
            if let Some(progress) = progress.get_mut(&SaleId::from(id)) {
                progress.seq = Ord::max(progress.seq, seq.unsigned_abs());
            }
        }
        Ok(progress)
    }

    /// Writes what is committed in `directory`'s database at one moment into the new file `to`, beside a node that
    /// goes on writing or while none runs. The file is readable by its owner only; it is not synced.
    ///
    /// # Errors
    /// [`Error::Busy`] when a node started in the middle of it: to be tried again, after removing the file.
    /// [`Error::CannotOpen`] and others for what cannot be read or written.
    pub async fn copy(directory: &Path, to: &Path) -> Result<(), Error> {
        let path = directory.join(FILE_NAME);
        let refused = |reason: String| Error::CannotOpen {
            path: to.to_owned(),
            reason,
        };
        let to_text = to
            .to_str()
            .ok_or_else(|| refused("its name is not UTF-8".to_owned()))?;
        // SQLite takes an empty file for none, and leaves its permissions.
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(to);
        made.map_err(|error| refused(error.to_string()))?;
        let before = unattended(&path);
        let store = Self::open_to_read(directory).await?;
        let backend = store.read.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, "VACUUM INTO ?", [to_text.into()]);
        let copied = store.read.execute_raw(statement).await;
        store.close().await?;
        copied.map_err(|error| Error::from(error).naming(&path))?;
        // A database that nobody has open is read without its locks.
        if before.is_some() && unattended(&path) != before {
            return Err(Error::Busy);
        }
        Ok(())
    }
}

/// When a database that has no log beside it, and so nobody who writes, was changed last.
fn unattended(path: &Path) -> Option<(SystemTime, u64)> {
    if path.with_extension("sqlite-wal").exists() {
        return None;
    }
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

impl Results<'_> {
    /// Takes back what records after `seq` have told of a sale, and tells what it amounts to as of `seq`: records that
    /// get these numbers later count again. Both or neither; a second time changes nothing.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`], [`Error::NoSuchLot`].
    pub async fn rewind(&self, sale: SaleId, seq: u64, changes: &[Change]) -> Result<(), Error> {
        let row_seq = seq_to_row(seq)?;
        let id = Uuid::from(sale);
        let transaction = self.0.begin().await?;
        super::locks::lock(&transaction, sale).await?;
        results::Entity::delete_many()
            .filter(results::Column::SaleId.eq(id))
            .filter(results::Column::Seq.gt(row_seq))
            .exec(&transaction)
            .await?;
        applied_cursors::Entity::update_many()
            .col_expr(applied_cursors::Column::Seq, Expr::value(row_seq))
            .filter(applied_cursors::Column::SaleId.eq(id))
            .filter(applied_cursors::Column::Seq.gt(row_seq))
            .exec(&transaction)
            .await?;
        let live_seq = Expr::col(sales::Column::LiveSeq);
        sales::Entity::update_many()
            .col_expr(sales::Column::LiveSeq, Expr::value(row_seq))
            .filter(sales::Column::Id.eq(id))
            .filter(live_seq.gt(row_seq))
            .exec(&transaction)
            .await?;
        write(&transaction, sale, row_seq, changes).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Makes a sale of which no record is left a draft again, without results: it is live only after somebody
    /// has published it anew. Catalogue and registrations stay.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`].
    pub async fn back_to_draft(&self, sale: SaleId) -> Result<(), Error> {
        let id = Uuid::from(sale);
        let transaction = self.0.begin().await?;
        super::locks::lock(&transaction, sale).await?;
        results::Entity::delete_many()
            .filter(results::Column::SaleId.eq(id))
            .exec(&transaction)
            .await?;
        applied_cursors::Entity::delete_many()
            .filter(applied_cursors::Column::SaleId.eq(id))
            .exec(&transaction)
            .await?;
        sales::Entity::update_many()
            .col_expr(sales::Column::Status, Expr::value(SaleStatus::Draft.as_str()))
            .col_expr(
                sales::Column::CurrentLotId,
                Expr::value(None::<LotId>.map(Uuid::from)),
            )
            .col_expr(sales::Column::LiveSeq, Expr::value(0))
            .filter(sales::Column::Id.eq(id))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
