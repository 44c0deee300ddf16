//! Refresh tokens. Each works once: using it makes its successor in the same family, and using it again
//! betrays that two parties have it, which ends the family.
//!
//! One case looks the same and is none: the answer with the successor was lost, as when a page is
//! reloaded at that moment. So for [`LOST_ANSWER_MS`], and only while no successor has been used, the
//! old token works again; the successor that nobody used is superseded. Whoever presents a superseded
//! token shows that the answer was not lost after all, which ends the family, too.

use super::entities::refresh_tokens;
use super::{Error, Store};
use gavel_engine::{ids::UserId, time::Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

/// How long a used token works again while its successor is unused, in milliseconds.
pub const LOST_ANSWER_MS: i64 = 10_000;

/// A refresh token to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenRecord {
    /// BLAKE3 of the secret.
    pub hash: [u8; 32],
    /// The session: all tokens that came from one sign-in.
    pub family_id: Uuid,
    /// Whose.
    pub user_id: UserId,
    /// Unix milliseconds.
    pub issued_at_ms: Timestamp,
    /// From then on it does not work, Unix milliseconds.
    pub expires_at_ms: Timestamp,
}

/// What became of an attempt to use a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The successor is in place.
    Rotated {
        /// Whose session goes on.
        user_id: UserId,
    },
    /// Two parties have it, or had; its family is now revoked.
    Reused,
    /// Unknown, expired or revoked.
    Invalid,
}

/// The refresh tokens of a [`Store`].
#[derive(Debug)]
pub struct Tokens<'a>(pub(super) &'a Store);

impl Tokens<'_> {
    /// Keeps the first token of a family.
    pub async fn issue(&self, token: TokenRecord) -> Result<(), Error> {
        insert(&self.0.write, token).await
    }

    /// Uses the token of hash `used` at `now` and keeps its successor, or neither.
    pub async fn rotate(
        &self,
        used: [u8; 32],
        successor: [u8; 32],
        now: Timestamp,
        expires_at_ms: Timestamp,
    ) -> Result<Rotation, Error> {
        let transaction = self.0.begin().await?;
        // The lock makes the second of two simultaneous uses wait, and then find it used.
        let row = refresh_tokens::Entity::find_by_id(used.to_vec())
            .lock_exclusive()
            .one(&transaction)
            .await?;
        let Some(row) = row else {
            return Ok(Rotation::Invalid);
        };
        if row.revoked_at_ms.is_some() {
            return Ok(Rotation::Invalid);
        }
        if row.expires_at_ms <= now.as_ms() {
            return Ok(Rotation::Invalid);
        }
        let answer_was_lost = match row.rotated_at_ms {
            None => true,
            Some(rotated_at_ms) => {
                now.as_ms() - rotated_at_ms <= LOST_ANSWER_MS
                    && !successor_was_used(&transaction, &row, rotated_at_ms).await?
            }
        };
        if row.superseded_at_ms.is_some() || !answer_was_lost {
            revoke(&transaction, row.family_id, now).await?;
            transaction.commit().await?;
            return Ok(Rotation::Reused);
        }
        if row.rotated_at_ms.is_some() {
            supersede(&transaction, row.family_id, now).await?;
        } else {
            refresh_tokens::Entity::update_many()
                .col_expr(refresh_tokens::Column::RotatedAtMs, Expr::value(now.as_ms()))
                .filter(refresh_tokens::Column::Hash.eq(row.hash))
                .exec(&transaction)
                .await?;
        }
        let user_id = row.user_id.into();
        let successor = TokenRecord {
            hash: successor,
            family_id: row.family_id,
            user_id,
            issued_at_ms: now,
            expires_at_ms,
        };
        insert(&transaction, successor).await?;
        transaction.commit().await?;
        Ok(Rotation::Rotated { user_id })
    }

    /// Ends the session that a token belongs to, whether the token still works or not. An unknown token
    /// belongs to none.
    pub async fn revoke_family_of(&self, hash: [u8; 32], now: Timestamp) -> Result<(), Error> {
        let transaction = self.0.begin().await?;
        if let Some(row) = refresh_tokens::Entity::find_by_id(hash.to_vec())
            .one(&transaction)
            .await?
        {
            revoke(&transaction, row.family_id, now).await?;
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Forgets the tokens that have expired; how many there were.
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, Error> {
        let purged = refresh_tokens::Entity::delete_many()
            .filter(refresh_tokens::Column::ExpiresAtMs.lte(now.as_ms()))
            .exec(&self.0.write)
            .await?;
        Ok(purged.rows_affected)
    }
}

/// Whether any token that came after `row` was used in its turn.
async fn successor_was_used(
    connection: &impl ConnectionTrait,
    row: &refresh_tokens::Model,
    rotated_at_ms: i64,
) -> Result<bool, Error> {
    let used = refresh_tokens::Entity::find()
        .filter(refresh_tokens::Column::FamilyId.eq(row.family_id))
        .filter(refresh_tokens::Column::Hash.ne(row.hash.clone()))
        .filter(refresh_tokens::Column::IssuedAtMs.gte(rotated_at_ms))
        .filter(refresh_tokens::Column::RotatedAtMs.is_not_null())
        .one(connection)
        .await?;
    Ok(used.is_some())
}

/// The family's unused tokens give way to one that is about to be made.
async fn supersede(connection: &impl ConnectionTrait, family_id: Uuid, now: Timestamp) -> Result<(), Error> {
    refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::SupersededAtMs, Expr::value(now.as_ms()))
        .filter(refresh_tokens::Column::FamilyId.eq(family_id))
        .filter(refresh_tokens::Column::RotatedAtMs.is_null())
        .filter(refresh_tokens::Column::SupersededAtMs.is_null())
        .exec(connection)
        .await?;
    Ok(())
}

async fn insert(connection: &impl ConnectionTrait, token: TokenRecord) -> Result<(), Error> {
    let row = refresh_tokens::Model {
        hash: token.hash.to_vec(),
        family_id: token.family_id,
        user_id: token.user_id.into(),
        issued_at_ms: token.issued_at_ms.as_ms(),
        expires_at_ms: token.expires_at_ms.as_ms(),
        rotated_at_ms: None,
        superseded_at_ms: None,
        revoked_at_ms: None,
    };
    refresh_tokens::Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await?;
    Ok(())
}

async fn revoke(connection: &impl ConnectionTrait, family_id: Uuid, now: Timestamp) -> Result<(), Error> {
    refresh_tokens::Entity::update_many()
        .col_expr(refresh_tokens::Column::RevokedAtMs, Expr::value(now.as_ms()))
        .filter(refresh_tokens::Column::FamilyId.eq(family_id))
        .filter(refresh_tokens::Column::RevokedAtMs.is_null())
        .exec(connection)
        .await?;
    Ok(())
}
