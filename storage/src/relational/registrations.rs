//! Who bids in which sale, and under which number.

use super::entities::{registrations, sales, users};
use super::error::no_such_user;
use super::locks::lock;
use super::{Error, RegistrationStatus, SaleStatus, Store};
use gavel_engine::ids::{Paddle, SaleId, UserId};
use gavel_engine::{money::Amount, time::Timestamp};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef, Select, Set,
};
use uuid::Uuid;

/// The first number for online bidders; lower ones are for the room.
pub const FIRST_ONLINE_PADDLE: i32 = 1001;

// The engine tells both kinds apart by the number.
const _: () = assert!(FIRST_ONLINE_PADDLE.unsigned_abs() > Paddle::ROOM_MAX.0);

/// A bidder's place in a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRecord {
    /// The sale.
    pub sale_id: SaleId,
    /// The bidder.
    pub user_id: UserId,
    /// What the bidder signs in with.
    pub name: String,
    /// What others see.
    pub display_name: String,
    /// The bidder's number, unique in the sale.
    pub paddle: Paddle,
    /// Whether the bidder may bid.
    pub status: RegistrationStatus,
    /// Unix milliseconds.
    pub registered_at_ms: Timestamp,
    /// What the bidder may be bound to in the sale at once, minor units; `None` is without bound.
    pub limit: Option<Amount>,
}

/// The registrations of a [`Store`].
#[derive(Debug)]
pub struct Registrations<'a>(pub(super) &'a Store);

impl Registrations<'_> {
    /// Registers a bidder under the next number; one who is registered already stays as is. Approved at
    /// once when the sale says so.
    ///
    /// # Errors
    /// [`Error::NoSuchSale`] also for a draft, [`Error::SaleEnded`], [`Error::NoSuchUser`].
    pub async fn register(
        &self,
        sale: SaleId,
        user: UserId,
        now: Timestamp,
    ) -> Result<RegistrationRecord, Error> {
        let transaction = self.0.begin().await?;
        // The sale's row is the lock that gives out numbers one by one.
        let row = lock(&transaction, sale).await?;
        if row.status == SaleStatus::Draft {
            return Err(Error::NoSuchSale);
        }
        if let Some(registered) = find_one(&transaction, sale, user).await? {
            return Ok(registered);
        }
        if row.status == SaleStatus::Ended {
            return Err(Error::SaleEnded);
        }
        let status = if row.auto_approve {
            RegistrationStatus::Approved
        } else {
            RegistrationStatus::Pending
        };
        let registration = registrations::Model {
            sale_id: sale.into(),
            user_id: user.into(),
            paddle: row.next_paddle,
            status,
            registered_at_ms: now.as_ms(),
            bid_limit_minor: None,
        };
        registrations::Entity::insert(registration.into_active_model())
            .exec_without_returning(&transaction)
            .await
            .map_err(no_such_user)?;
        let next_paddle = row.next_paddle + 1;
        let mut row = row.into_active_model();
        row.next_paddle = Set(next_paddle);
        row.update(&transaction).await?;
        committed(transaction, sale, user).await
    }

    /// Lets a registered bidder bid, or not; what it is then.
    ///
    /// # Errors
    /// [`Error::NoSuchRegistration`].
    pub async fn set_status(
        &self,
        sale: SaleId,
        user: UserId,
        status: RegistrationStatus,
    ) -> Result<RegistrationRecord, Error> {
        self.change(sale, user, |row| row.status = Set(status)).await
    }

    /// Bounds what a registered bidder may be bound to in the sale, or (`None`) does not; what the
    /// registration is then.
    ///
    /// # Errors
    /// [`Error::NoSuchRegistration`].
    pub async fn set_limit(
        &self,
        sale: SaleId,
        user: UserId,
        limit: Option<Amount>,
    ) -> Result<RegistrationRecord, Error> {
        let limit = limit.map(Amount::minor);
        self.change(sale, user, |row| row.bid_limit_minor = Set(limit))
            .await
    }

    async fn change(
        &self,
        sale: SaleId,
        user: UserId,
        change: impl FnOnce(&mut registrations::ActiveModel),
    ) -> Result<RegistrationRecord, Error> {
        let transaction = self.0.begin().await?;
        let row = registrations::Entity::find_by_id((sale.into(), user.into()))
            .lock_exclusive()
            .one(&transaction)
            .await?
            .ok_or(Error::NoSuchRegistration)?;
        let mut row = row.into_active_model();
        change(&mut row);
        row.update(&transaction).await?;
        committed(transaction, sale, user).await
    }

    /// One bidder's registration.
    pub async fn by_user(&self, sale: SaleId, user: UserId) -> Result<Option<RegistrationRecord>, Error> {
        find_one(&self.0.read, sale, user).await
    }

    /// All registrations for a sale, in the order of paddles; none for an unknown sale.
    pub async fn of_sale(&self, sale: SaleId) -> Result<Vec<RegistrationRecord>, Error> {
        find(&self.0.read, registrations::Column::SaleId.eq(Uuid::from(sale))).await
    }

    /// A bidder's registrations for all sales, at most `limit`: those that start last, the latest first.
    pub async fn of_user(&self, user: UserId, limit: u64) -> Result<Vec<RegistrationRecord>, Error> {
        let sale: RelationDef = registrations::Entity::belongs_to(sales::Entity)
            .from(registrations::Column::SaleId)
            .to(sales::Column::Id)
            .into();
        let latest_first = with_users()
            .join(JoinType::InnerJoin, sale)
            .filter(registrations::Column::UserId.eq(Uuid::from(user)))
            .order_by_desc(sales::Column::StartsAtMs)
            .order_by_asc(sales::Column::Id)
            .limit(limit);
        records(&self.0.read, latest_first).await
    }
}

/// Ends a change to a registration; what it is then.
async fn committed(
    transaction: DatabaseTransaction,
    sale: SaleId,
    user: UserId,
) -> Result<RegistrationRecord, Error> {
    let registered = find_one(&transaction, sale, user)
        .await?
        .ok_or(Error::NoSuchRegistration)?;
    transaction.commit().await?;
    Ok(registered)
}

async fn find_one(
    connection: &impl ConnectionTrait,
    sale: SaleId,
    user: UserId,
) -> Result<Option<RegistrationRecord>, Error> {
    let of_user = registrations::Column::SaleId
        .eq(Uuid::from(sale))
        .and(registrations::Column::UserId.eq(Uuid::from(user)));
    Ok(find(connection, of_user).await?.pop())
}

/// In the order of paddles.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    filter: SimpleExpr,
) -> Result<Vec<RegistrationRecord>, Error> {
    let found = with_users().filter(filter);
    records(connection, found.order_by_asc(registrations::Column::Paddle)).await
}

fn with_users() -> Select<registrations::Entity> {
    let user: RelationDef = registrations::Entity::belongs_to(users::Entity)
        .from(registrations::Column::UserId)
        .to(users::Column::Id)
        .into();
    registrations::Entity::find().join(JoinType::InnerJoin, user)
}

/// A registration with the names of its account.
#[derive(FromQueryResult)]
struct Row {
    sale_id: Uuid,
    user_id: Uuid,
    name: String,
    display_name: String,
    paddle: i32,
    status: RegistrationStatus,
    registered_at_ms: i64,
    bid_limit_minor: Option<i64>,
}

impl TryFrom<Row> for RegistrationRecord {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            sale_id: row.sale_id.into(),
            user_id: row.user_id.into(),
            name: row.name,
            display_name: row.display_name,
            paddle: paddle_from_row(row.paddle)?,
            status: row.status,
            registered_at_ms: Timestamp(row.registered_at_ms),
            limit: row.bid_limit_minor.map(Amount),
        })
    }
}

async fn records(
    connection: &impl ConnectionTrait,
    found: Select<registrations::Entity>,
) -> Result<Vec<RegistrationRecord>, Error> {
    let with_names = found
        .column(users::Column::Name)
        .column(users::Column::DisplayName)
        .into_model::<Row>();
    let rows = with_names.all(connection).await?;
    rows.into_iter().map(RegistrationRecord::try_from).collect()
}

pub(super) fn paddle_from_row(paddle: i32) -> Result<Paddle, Error> {
    u32::try_from(paddle)
        .map(Paddle)
        .map_err(|_| Error::BadValue(format!("paddle {paddle}")))
}
