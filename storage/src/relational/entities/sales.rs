//! Sales. `live_seq` is the seq of the live auction that status and current lot come from.

use crate::relational::kinds::{BookVisibility, SaleKind, SaleStatus};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sales")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub title: String,
    pub description: String,
    pub location: String,
    pub kind: SaleKind,
    pub currency: String,
    pub starts_at_ms: i64,
    pub auto_approve: bool,
    pub book_visibility: BookVisibility,
    pub status: SaleStatus,
    pub current_lot_id: Option<Uuid>,
    pub live_seq: i64,
    pub next_paddle: i32,
    pub first_close_at_ms: Option<i64>,
    pub close_every_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
