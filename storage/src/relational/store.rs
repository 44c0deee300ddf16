//! Opening the database, and the ways into it.

use super::migrations::Migrator;
use super::{CreditLines, Error, Lots, Pictures, Registrations, Results, Sales, Tokens, Users};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    sqlx::{self, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions},
};
use sea_orm_migration::{MigratorTrait, seaql_migrations};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// The database's file in the data directory.
pub const FILE_NAME: &str = "gavel.sqlite";

/// Readers see the last commit and never wait for the writer.
const READERS_MAX: u32 = 4;

/// How long a statement waits for its turn before it is [`Error::Busy`].
const WAIT_MAX: Duration = Duration::from_secs(5);

/// The relational store. Cheap to clone; all clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) read: DatabaseConnection,
    /// One connection: SQLite has one writer anyway, and waiting in line is fairer than its busy timeout.
    pub(super) write: DatabaseConnection,
}

impl Store {
    /// Opens or creates `gavel.sqlite` in `directory`, checks it and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::CannotOpen`], [`Error::Damaged`], [`Error::NewerSchema`], [`Error::ReadOnly`],
    /// [`Error::DiskFull`] and [`Error::Disk`] say what an operator has to do.
    pub async fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(FILE_NAME);
        Self::open_at(directory, &path)
            .await
            .map_err(|error| error.naming(&path))
    }

    async fn open_at(directory: &Path, path: &Path) -> Result<Self, Error> {
        let cannot_open = |reason: &dyn std::fmt::Display| Error::CannotOpen {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        create_private(directory, path).map_err(|error| match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly(error.to_string()),
            io::ErrorKind::StorageFull => Error::DiskFull(error.to_string()),
            _ => cannot_open(&error),
        })?;
        let connect =
            async |connections_max| match Database::connect(options(path, connections_max, writing)).await {
                Ok(connection) => Ok(connection),
                Err(error) => match Error::from(error) {
                    Error::Database(error) => Err(cannot_open(&error)),
                    told_apart => Err(told_apart),
                },
            };
        let write = connect(1).await?;
        check(&write).await?;
        migrate(&write, path).await?;
        Ok(Self {
            read: connect(READERS_MAX).await?,
            write,
        })
    }

    /// Opens `gavel.sqlite` in `directory` to read it, beside a node or while none runs; nothing is changed
    /// there. Whatever would write fails.
    ///
    /// # Errors
    /// [`Error::CannotOpen`], also for a schema that this version has yet to bring up to date, and
    /// [`Error::NewerSchema`].
    pub async fn open_to_read(directory: &Path) -> Result<Self, Error> {
        let path = directory.join(FILE_NAME);
        // Without a log beside it nobody has the database open: its file is all there is, and no side
        // files are made, which the next node could perhaps not open.
        let immutable = !path.with_extension("sqlite-wal").exists();
        let options = options(&path, 1, move |options| {
            options.read_only(true).immutable(immutable)
        });
        let cannot_open = |error: &dyn std::fmt::Display| Error::CannotOpen {
            path: path.clone(),
            reason: error.to_string(),
        };
        let read = Database::connect(options).await;
        let read = read.map_err(|error| cannot_open(&error))?;
        let applied = Migrator::get_migration_models(&read).await;
        let applied = applied.map_err(|error| cannot_open(&error))?;
        refuse_newer(&applied, &path)?;
        if applied.len() < Migrator::migrations().len() {
            return Err(cannot_open(
                &"an older version wrote it; the next start of a node brings it up to date",
            ));
        }
        Ok(Self {
            write: read.clone(),
            read,
        })
    }

    /// Waits for statements under way and closes all connections; what was committed is in the one file.
    pub async fn close(self) -> Result<(), Error> {
        self.read.close().await?;
        self.write.close().await?;
        Ok(())
    }

    /// Accounts.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Refresh tokens.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// Sales.
    pub fn sales(&self) -> Sales<'_> {
        Sales(self)
    }

    /// Lots of sales.
    pub fn lots(&self) -> Lots<'_> {
        Lots(self)
    }

    /// Pictures of lots.
    pub fn pictures(&self) -> Pictures<'_> {
        Pictures(self)
    }

    /// Bidders of sales.
    pub fn registrations(&self) -> Registrations<'_> {
        Registrations(self)
    }

    /// How far bidders may go over all sales.
    pub fn credit_lines(&self) -> CreditLines<'_> {
        CreditLines(self)
    }

    /// What became of lots and sales.
    pub fn results(&self) -> Results<'_> {
        Results(self)
    }

    /// A transaction that may read and then write: it takes the writer's place at once, because SQLite
    /// refuses a reader that turns writer after somebody else wrote.
    pub(super) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }
}

/// Password hashes are in it: nobody but the owner reads the file. SQLite gives its side files the same
/// permissions.
fn create_private(directory: &Path, path: &Path) -> io::Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Ok(_) => File::open(directory)?.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn options(
    path: &Path,
    connections_max: u32,
    access: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> ConnectOptions {
    // The URL only names the driver: a path may hold characters that a URL would have to escape.
    let mut options = ConnectOptions::new("sqlite::memory:");
    let path = path.to_owned();
    options
        .max_connections(connections_max)
        .min_connections(1)
        .acquire_timeout(WAIT_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .in_memory(false)
                .shared_cache(false)
                .filename(&path)
                .create_if_missing(false)
                .foreign_keys(true)
                .busy_timeout(WAIT_MAX)
                // A damaged or hostile schema runs nothing.
                .pragma("trusted_schema", "OFF");
            access(options)
        })
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|connection, _| Box::pin(has_come_out_of_its_transaction(connection)))
        });
    options
}

fn writing(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .pragma("journal_mode", "WAL")
        // An answered sign-up or registration survives a power cut.
        .pragma("synchronous", "FULL")
        .pragma("journal_size_limit", "67108864")
}

/// SQLite may end a transaction by itself, as when the disk is full; the driver's rollback then fails, and
/// it goes on counting a transaction that is none. Later ones would nest in it and be answered, but
/// never be committed: such a connection is closed instead.
async fn has_come_out_of_its_transaction(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The rollback may still be under way; what is asked after it is answered after it.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Damage is told at the start, not in the middle of a sale.
async fn check(connection: &DatabaseConnection) -> Result<(), Error> {
    let statement = Statement::from_string(connection.get_database_backend(), "PRAGMA quick_check(1)");
    let verdict = connection
        .query_one_raw(statement)
        .await?
        .map(|row| row.try_get_by_index::<String>(0));
    match verdict.transpose()?.as_deref() {
        Some("ok") => Ok(()),
        Some(finding) => Err(Error::Damaged(finding.to_owned())),
        None => Err(Error::Damaged("it cannot be checked".to_owned())),
    }
}

/// All pending migrations in one transaction: a crash leaves the old schema or the new one.
async fn migrate(connection: &DatabaseConnection, path: &Path) -> Result<(), Error> {
    refuse_newer(&Migrator::get_migration_models(connection).await?, path)?;
    connection
        .transaction::<_, (), DbErr>(|transaction| Box::pin(Migrator::up(transaction, None)))
        .await
        .map_err(|error| match error {
            sea_orm::TransactionError::Connection(error) | sea_orm::TransactionError::Transaction(error) => {
                error.into()
            }
        })
}

fn refuse_newer(applied: &[seaql_migrations::Model], path: &Path) -> Result<(), Error> {
    let known = Migrator::migrations();
    let unknown = applied
        .iter()
        .find(|row| known.iter().all(|migration| migration.name() != row.version));
    match unknown {
        Some(row) => Err(Error::NewerSchema {
            path: path.to_owned(),
            found: row.version.clone(),
        }),
        None => Ok(()),
    }
}
