//! Credit over all sales: how far a bidder may go in a currency. What is bound follows from the live
//! sales and is not kept here.

use super::entities::credit_lines;
use super::error::no_such_user;
use super::{Error, Store};
use gavel_engine::ids::UserId;
use gavel_engine::money::{Amount, Currency};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel};

/// A bidder's limit over all sales that are held in a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditLine {
    /// The bidder.
    pub user_id: UserId,
    /// The currency that the limit bounds; in others there is no limit.
    pub currency: Currency,
    /// What the bidder may be bound to at once, minor units.
    pub limit: Amount,
}

impl TryFrom<credit_lines::Model> for CreditLine {
    type Error = Error;

    fn try_from(row: credit_lines::Model) -> Result<Self, Error> {
        let currency = row.currency.parse();
        Ok(Self {
            user_id: row.user_id.into(),
            currency: currency.map_err(|error| Error::BadValue(format!("credit line: {error}")))?,
            limit: Amount(row.limit_minor),
        })
    }
}

/// The credit lines of a [`Store`].
#[derive(Debug)]
pub struct CreditLines<'a>(pub(super) &'a Store);

impl CreditLines<'_> {
    /// Sets a line, in place of an earlier one.
    ///
    /// # Errors
    /// [`Error::NoSuchUser`].
    pub async fn set(&self, line: CreditLine) -> Result<(), Error> {
        let row = credit_lines::Model {
            user_id: line.user_id.into(),
            currency: line.currency.code().to_owned(),
            limit_minor: line.limit.minor(),
        };
        let same_line = [credit_lines::Column::UserId, credit_lines::Column::Currency];
        credit_lines::Entity::insert(row.into_active_model())
            .on_conflict(
                OnConflict::columns(same_line)
                    .update_column(credit_lines::Column::LimitMinor)
                    .to_owned(),
            )
            .exec_without_returning(&self.0.write)
            .await
            .map_err(no_such_user)?;
        Ok(())
    }

    /// Takes a line away: no limit any more. One that is not there is gone already.
    pub async fn remove(&self, user: UserId, currency: Currency) -> Result<(), Error> {
        credit_lines::Entity::delete_by_id((user.into(), currency.code().to_owned()))
            .exec(&self.0.write)
            .await?;
        Ok(())
    }

    /// A bidder's line in a currency; `None` is without bound.
    pub async fn of_user(&self, user: UserId, currency: Currency) -> Result<Option<CreditLine>, Error> {
        credit_lines::Entity::find_by_id((user.into(), currency.code().to_owned()))
            .one(&self.0.read)
            .await?
            .map(CreditLine::try_from)
            .transpose()
    }

    /// Every line there is.
    pub async fn all(&self) -> Result<Vec<CreditLine>, Error> {
        let rows = credit_lines::Entity::find().all(&self.0.read).await?;
        rows.into_iter().map(CreditLine::try_from).collect()
    }
}
