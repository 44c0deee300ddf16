//! How far bidders may go: in one sale, and over all sales in a currency.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string_len, uuid};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_limits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let registrations = Table::alter()
            .table("registrations")
            .add_column(big_integer_null("bid_limit_minor"))
            .take();
        manager.alter_table(registrations).await?;
        let mut user = ForeignKey::create()
            .from("credit_lines", "user_id")
            .to("users", "id")
            .on_delete(ForeignKeyAction::Cascade)
            .take();
        let credit_lines = Table::create()
            .table("credit_lines")
            .col(uuid("user_id"))
            .col(string_len("currency", 3))
            .col(big_integer("limit_minor"))
            .primary_key(Index::create().col("user_id").col("currency"))
            .foreign_key(&mut user)
            .take();
        manager.create_table(credit_lines).await
    }
}
