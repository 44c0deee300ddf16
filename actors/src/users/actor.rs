//! The actor: what all its commands share.

use super::passwords::{PasswordConfig, Passwords};
use super::token::TokenSigner;
use super::{Error, RefreshToken, Session, SignedIn, SigningKey, TokenVerifier, User};
use crate::clock::SharedClock;
use crate::service::Service;
use actix::{Actor, AsyncContext as _, Context, WrapFuture as _};
use gavel_engine::time::Timestamp;
use gavel_storage::relational::{Store, TokenRecord, UserRecord};
use std::time::Duration;
use uuid::Uuid;

/// How long a refresh token works, milliseconds.
pub const REFRESH_TOKEN_LIFE_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How often tokens that have expired are forgotten.
const PURGE_EVERY: Duration = Duration::from_hours(1);

/// How much the service may take on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsersConfig {
    /// What password hashes cost.
    pub passwords: PasswordConfig,
    /// Requests under way at once; one more is [`Error::Busy`].
    pub requests_max: usize,
}

impl Default for UsersConfig {
    fn default() -> Self {
        Self {
            passwords: PasswordConfig::default(),
            requests_max: 512,
        }
    }
}

/// The way in to [`UsersActor`].
pub type Users = Service<UsersActor>;

/// Accounts and sessions. Commands do not wait for each other; the database keeps them in order.
pub struct UsersActor {
    pub(super) core: Core,
}

/// What a command needs; cheap to clone into its future.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) store: Store,
    pub(super) clock: SharedClock,
    pub(super) passwords: Passwords,
    pub(super) verifier: TokenVerifier,
    signer: TokenSigner,
}

impl UsersActor {
    /// Starts the actor on the current arbiter.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the parameters of the password hash are out of argon2's bounds.
    pub fn start(
        config: UsersConfig,
        store: Store,
        key: &SigningKey,
        clock: SharedClock,
    ) -> Result<Users, Error> {
        let core = Core {
            store,
            passwords: Passwords::new(config.passwords).map_err(Error::unavailable)?,
            verifier: TokenVerifier::new(key, clock.clone()),
            signer: TokenSigner::new(key, clock.clone()),
            clock,
        };
        Ok(Service::new(Actor::start(Self { core }), config.requests_max))
    }

    fn purge(&mut self, context: &mut Context<Self>) {
        let core = self.core.clone();
        let purge = async move {
            match core.store.tokens().purge_expired(core.clock.now()).await {
                Ok(purged) => tracing::debug!(purged, "forgot expired refresh tokens"),
                // They are refused all the same; the next round tries again.
                Err(error) => tracing::warn!(%error, "could not forget expired refresh tokens"),
            }
        };
        context.spawn(purge.into_actor(self));
    }
}

impl Actor for UsersActor {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        self.purge(context);
        context.run_interval(PURGE_EVERY, Self::purge);
    }
}

impl Core {
    /// Opens a session: the first refresh token of a new family, and an access token.
    pub(super) async fn open_session(&self, user: UserRecord) -> Result<SignedIn, Error> {
        let refresh_token = RefreshToken::generate();
        let now = self.clock.now();
        let token = TokenRecord {
            hash: refresh_token.hash(),
            family_id: Uuid::new_v4(),
            user_id: user.id,
            issued_at_ms: now,
            expires_at_ms: refresh_expiry(now),
        };
        self.store.tokens().issue(token).await?;
        self.session(user, refresh_token, token.expires_at_ms)
    }

    /// The answer for a refresh token that is in the store.
    pub(super) fn session(
        &self,
        user: UserRecord,
        refresh_token: RefreshToken,
        refresh_expires_at_ms: Timestamp,
    ) -> Result<SignedIn, Error> {
        let (access_token, expires_at_ms) = self
            .signer
            .sign(user.id, user.role, &user.name)
            .map_err(Error::unavailable)?;
        let session = Session {
            user: user.into(),
            access_token,
            expires_at_ms,
            refresh_token: None,
        };
        Ok(SignedIn {
            session,
            refresh_token,
            refresh_expires_at_ms,
        })
    }
}

pub(super) fn refresh_expiry(now: Timestamp) -> Timestamp {
    now.plus_ms(REFRESH_TOKEN_LIFE_MS)
}

impl From<UserRecord> for User {
    fn from(user: UserRecord) -> Self {
        let UserRecord {
            id,
            name,
            display_name,
            email,
            role,
            locale,
            ..
        } = user;
        Self {
            id,
            name,
            display_name,
            email,
            role,
            locale,
        }
    }
}
