//! Lots. `sort_key` puts numbers in catalogue order: 12, 12A, 13.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lots")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sale_id: Uuid,
    pub sort_key: i64,
    pub number: String,
    pub title: String,
    pub artist: String,
    pub description: String,
    pub estimate_low_minor: Option<i64>,
    pub estimate_high_minor: Option<i64>,
    pub rules: Json,
    pub seller_id: Option<Uuid>,
    pub picture_etag: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
