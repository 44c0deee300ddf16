//! What can go wrong with the relational store, told apart.

use sea_orm::error::ConnAcquireErr;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};
use std::path::{Path, PathBuf};

/// What went wrong in the relational store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An account of this name exists.
    #[error("an account of this name exists")]
    NameTaken,
    /// There is no such account.
    #[error("there is no such account")]
    NoSuchUser,
    /// There is no such sale.
    #[error("there is no such sale")]
    NoSuchSale,
    /// There is no such lot in the sale.
    #[error("there is no such lot in this sale")]
    NoSuchLot,
    /// The user has not registered for the sale.
    #[error("there is no such registration")]
    NoSuchRegistration,
    /// The sale's catalogue is final.
    #[error("the sale is not a draft any more")]
    NotDraft,
    /// The sale is over.
    #[error("the sale has ended")]
    SaleEnded,
    /// Another lot of the sale has this number.
    #[error("another lot of this sale has this number")]
    LotNumberTaken,
    /// A sale holds only so many lots, see [`LOTS_MAX`](super::LOTS_MAX).
    #[error("the sale has as many lots as a sale may have")]
    TooManyLots,
    /// The sale has no lots, so it cannot be published.
    #[error("the sale has no lots")]
    NoLots,
    /// A lot's seller is no account.
    #[error("the lot's seller is not an account")]
    UnknownSeller,
    /// The database was busy for longer than a caller should wait.
    #[error("the database is busy")]
    Busy,
    /// The file cannot be opened or made.
    #[error("cannot open the database {path}: {reason}", path = path.display())]
    CannotOpen {
        /// The database file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file was written by a newer version of this program.
    #[error(
        "the database {path} has the schema `{found}`, which this version does not know: start the newer version \
         that wrote it, or restore a backup from before the upgrade",
        path = path.display()
    )]
    NewerSchema {
        /// The database file.
        path: PathBuf,
        /// The first migration that this version does not know.
        found: String,
    },
    /// The file is not a database, or not a whole one.
    #[error("the database is damaged: {0}; restore it from a backup")]
    Damaged(String),
    /// The file, its directory or its file system may not be written.
    #[error("the database cannot be written: {0}; check the permissions of the data directory")]
    ReadOnly(String),
    /// The file system is full.
    #[error("the database cannot grow: {0}; free space in the data directory")]
    DiskFull(String),
    /// Reading or writing the file failed.
    #[error("the database's disk failed: {0}")]
    Disk(String),
    /// A row holds what this version cannot read.
    #[error("the database holds a value that makes no sense: {0}")]
    BadValue(String),
    /// Anything else that the database said.
    #[error("the database failed: {0}")]
    Database(#[source] DbErr),
}

/// SQLite's primary result codes that operators can act upon.
mod sqlite {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const IOERR: u32 = 10;
    pub(super) const CORRUPT: u32 = 11;
    pub(super) const FULL: u32 = 13;
    pub(super) const NOTADB: u32 = 26;
}

/// Message and primary SQLite result code, when the error came from the database itself.
fn sqlite_code(error: &DbErr) -> Option<(u32, String)> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let sqlx::Error::Database(error) = &**error else {
        return None;
    };
    let extended: u32 = error.code()?.parse().ok()?;
    Some((extended & 0xff, error.message().to_owned()))
}

impl Error {
    /// An operator has to find the file; SQLite does not say which it is.
    pub(super) fn naming(self, path: &Path) -> Self {
        let named = |text: String| format!("{}: {text}", path.display());
        match self {
            Self::Damaged(text) => Self::Damaged(named(text)),
            Self::ReadOnly(text) => Self::ReadOnly(named(text)),
            Self::DiskFull(text) => Self::DiskFull(named(text)),
            Self::Disk(text) => Self::Disk(named(text)),
            other => other,
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) {
            return Self::Busy;
        }
        if let DbErr::Type(text) | DbErr::Json(text) = error {
            return Self::BadValue(text);
        }
        match sqlite_code(&error) {
            Some((sqlite::BUSY | sqlite::LOCKED, _)) => Self::Busy,
            Some((sqlite::READONLY, text)) => Self::ReadOnly(text),
            Some((sqlite::IOERR, text)) => Self::Disk(text),
            Some((sqlite::CORRUPT | sqlite::NOTADB, text)) => Self::Damaged(text),
            Some((sqlite::FULL, text)) => Self::DiskFull(text),
            _ => Self::Database(error),
        }
    }
}

/// Did a unique constraint refuse it?
pub(super) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Did a foreign key refuse it?
pub(super) fn is_foreign_key_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

/// What a foreign key to the accounts refused.
pub(super) fn no_such_user(error: DbErr) -> Error {
    if is_foreign_key_violation(&error) {
        Error::NoSuchUser
    } else {
        error.into()
    }
}
