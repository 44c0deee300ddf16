//! Accounts, sessions, sales, lots, pictures, registrations and results.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_len, blob, boolean, integer, integer_null, json, string_len,
    string_len_null, text, uuid, uuid_null,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_users_and_sales"
    }
}

fn reference(
    from: (&'static str, &'static str),
    to: &'static str,
    gone: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(from.0, from.1)
        .to(to, "id")
        .on_delete(gone)
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn tables() -> [TableCreateStatement; 8] {
    use ForeignKeyAction::{Cascade, Restrict};
    let id = |name: &'static str| uuid(name).primary_key().take();
    let users = Table::create()
        .table("users")
        .col(id("id"))
        .col(string_len("name", 32).unique_key())
        .col(string_len("display_name", 80))
        .col(string_len_null("email", 254))
        .col(string_len("password_hash", 255))
        .col(string_len("role", 16))
        .col(string_len("locale", 16))
        .col(big_integer("created_at_ms"))
        .take();
    let refresh_tokens = Table::create()
        .table("refresh_tokens")
        .col(binary_len("hash", 32).primary_key())
        .col(uuid("family_id"))
        .col(uuid("user_id"))
        .col(big_integer("issued_at_ms"))
        .col(big_integer("expires_at_ms"))
        .col(big_integer_null("rotated_at_ms"))
        .col(big_integer_null("superseded_at_ms"))
        .col(big_integer_null("revoked_at_ms"))
        .foreign_key(&mut reference(("refresh_tokens", "user_id"), "users", Cascade))
        .take();
    let sales = Table::create()
        .table("sales")
        .col(id("id"))
        .col(string_len("title", 200))
        .col(text("description"))
        .col(string_len("location", 200))
        .col(string_len("kind", 16))
        .col(string_len("currency", 3))
        .col(big_integer("starts_at_ms"))
        .col(boolean("auto_approve"))
        .col(string_len("book_visibility", 16))
        .col(string_len("status", 16))
        .col(uuid_null("current_lot_id"))
        .col(big_integer("live_seq"))
        .col(integer("next_paddle"))
        .take();
    let lots = Table::create()
        .table("lots")
        .col(id("id"))
        .col(uuid("sale_id"))
        .col(big_integer("sort_key"))
        .col(string_len("number", 7))
        .col(string_len("title", 200))
        .col(string_len("artist", 200))
        .col(text("description"))
        .col(big_integer_null("estimate_low_minor"))
        .col(big_integer_null("estimate_high_minor"))
        .col(json("rules"))
        .col(uuid_null("seller_id"))
        .col(string_len_null("picture_etag", 64))
        .foreign_key(&mut reference(("lots", "sale_id"), "sales", Cascade))
        .foreign_key(&mut reference(("lots", "seller_id"), "users", Restrict))
        .take();
    let lot_pictures = Table::create()
        .table("lot_pictures")
        .col(id("lot_id"))
        .col(string_len("media_type", 32))
        .col(string_len("etag", 64))
        .col(blob("bytes"))
        .foreign_key(&mut reference(("lot_pictures", "lot_id"), "lots", Cascade))
        .take();
    let registrations = Table::create()
        .table("registrations")
        .col(uuid("sale_id"))
        .col(uuid("user_id"))
        .col(integer("paddle"))
        .col(string_len("status", 16))
        .col(big_integer("registered_at_ms"))
        .primary_key(Index::create().col("sale_id").col("user_id"))
        .foreign_key(&mut reference(("registrations", "sale_id"), "sales", Cascade))
        .foreign_key(&mut reference(("registrations", "user_id"), "users", Restrict))
        .take();
    let results = Table::create()
        .table("results")
        .col(id("lot_id"))
        .col(uuid("sale_id"))
        .col(big_integer("seq"))
        .col(string_len_null("result", 16))
        .col(big_integer_null("price_minor"))
        .col(integer_null("winner_paddle"))
        .col(uuid_null("winner_user_id"))
        .col(big_integer_null("closed_at_ms"))
        .foreign_key(&mut reference(("results", "lot_id"), "lots", Restrict))
        .foreign_key(&mut reference(("results", "sale_id"), "sales", Restrict))
        .take();
    let applied_cursors = Table::create()
        .table("applied_cursors")
        .col(string_len("consumer", 64))
        .col(uuid("sale_id"))
        .col(big_integer("seq"))
        .primary_key(Index::create().col("consumer").col("sale_id"))
        .take();
    [
        users,
        refresh_tokens,
        sales,
        lots,
        lot_pictures,
        registrations,
        results,
        applied_cursors,
    ]
}

fn indexes() -> [IndexCreateStatement; 7] {
    let index = |name: &'static str, table: &'static str| Index::create().name(name).table(table).take();
    [
        index("refresh_tokens_family", "refresh_tokens")
            .col("family_id")
            .take(),
        index("refresh_tokens_expiry", "refresh_tokens")
            .col("expires_at_ms")
            .take(),
        index("sales_start", "sales").col("starts_at_ms").take(),
        index("lots_number", "lots")
            .col("sale_id")
            .col("sort_key")
            .unique()
            .take(),
        index("registrations_paddle", "registrations")
            .col("sale_id")
            .col("paddle")
            .unique()
            .take(),
        index("registrations_user", "registrations").col("user_id").take(),
        index("results_sale", "results").col("sale_id").take(),
    ]
}
