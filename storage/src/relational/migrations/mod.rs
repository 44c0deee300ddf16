//! The schema's history. A migration that was released is never edited, a later one changes it.

use sea_orm_migration::prelude::*;

mod m0001_users_and_sales;
mod m0002_limits;
mod m0003_staggered_closes;

/// Knows every migration, oldest first.
pub(super) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_users_and_sales::Migration),
            Box::new(m0002_limits::Migration),
            Box::new(m0003_staggered_closes::Migration),
        ]
    }
}
