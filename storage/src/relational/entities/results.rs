//! How lots ended. `result` is null for a lot that was reopened.

use crate::relational::kinds::LotResult;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "results")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lot_id: Uuid,
    pub sale_id: Uuid,
    pub seq: i64,
    pub result: Option<LotResult>,
    pub price_minor: Option<i64>,
    pub winner_paddle: Option<i32>,
    pub winner_user_id: Option<Uuid>,
    pub closed_at_ms: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
