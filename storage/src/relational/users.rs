//! Accounts.

use super::entities::users;
use super::error::is_unique_violation;
use super::{Error, Locale, Role, Store};
use gavel_engine::{ids::UserId, time::Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The account.
    pub id: UserId,
    /// What one signs in with; folded to small letters. Unique.
    pub name: String,
    /// What others see.
    pub display_name: String,
    /// Where to write to.
    pub email: Option<String>,
    /// A PHC string, never the password.
    pub password_hash: String,
    /// What the account may do.
    pub role: Role,
    /// The language of messages.
    pub locale: Locale,
    /// Unix milliseconds.
    pub created_at_ms: Timestamp,
}

impl From<users::Model> for UserRecord {
    fn from(row: users::Model) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            display_name: row.display_name,
            email: row.email,
            password_hash: row.password_hash,
            role: row.role,
            locale: row.locale,
            created_at_ms: Timestamp(row.created_at_ms),
        }
    }
}

impl From<UserRecord> for users::Model {
    fn from(user: UserRecord) -> Self {
        Self {
            id: user.id.into(),
            name: user.name,
            display_name: user.display_name,
            email: user.email,
            password_hash: user.password_hash,
            role: user.role,
            locale: user.locale,
            created_at_ms: user.created_at_ms.as_ms(),
        }
    }
}

/// The accounts of a [`Store`].
#[derive(Debug)]
pub struct Users<'a>(pub(super) &'a Store);

impl Users<'_> {
    /// Adds an account.
    ///
    /// # Errors
    /// [`Error::NameTaken`] for all but the first of several with one name.
    pub async fn insert(&self, user: UserRecord) -> Result<(), Error> {
        let row = users::Model::from(user).into_active_model();
        match users::Entity::insert(row)
            .exec_without_returning(&self.0.write)
            .await
        {
            Ok(_) => Ok(()),
            Err(error) if is_unique_violation(&error) => Err(Error::NameTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// The account of a name in small letters.
    pub async fn by_name(&self, name: &str) -> Result<Option<UserRecord>, Error> {
        let row = users::Entity::find()
            .filter(users::Column::Name.eq(name))
            .one(&self.0.read)
            .await?;
        Ok(row.map(UserRecord::from))
    }

    /// The account of an id.
    pub async fn by_id(&self, id: UserId) -> Result<Option<UserRecord>, Error> {
        Ok(users::Entity::find_by_id(id)
            .one(&self.0.read)
            .await?
            .map(UserRecord::from))
    }

    /// How many accounts there are: none in a new data directory.
    pub async fn count(&self) -> Result<u64, Error> {
        Ok(users::Entity::find().count(&self.0.read).await?)
    }
}
