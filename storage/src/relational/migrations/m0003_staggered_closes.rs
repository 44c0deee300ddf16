//! When the lots of a timed sale close: the first one, and each a while after the one before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_staggered_closes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column for each statement: SQLite takes no more.
        for column in ["first_close_at_ms", "close_every_ms"] {
            let sales = Table::alter()
                .table("sales")
                .add_column(big_integer_null(column))
                .take();
            manager.alter_table(sales).await?;
        }
        Ok(())
    }
}
