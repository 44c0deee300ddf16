//! Access tokens: JWTs signed with Ed25519, so that whoever verifies them cannot make them.

use super::keys::SigningKey;
use super::messages::Role;
use crate::clock::SharedClock;
use gavel_engine::{ids::UserId, time::Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use uuid::Uuid;

/// How long an access token works, milliseconds.
pub const ACCESS_TOKEN_LIFE_MS: i64 = 15 * 60 * 1000;

/// No token of ours comes near this length; longer texts are not looked at.
const TOKEN_BYTES_MAX: usize = 2048;

/// Why an access token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was good until its time was up.
    #[error("the access token has expired, refresh it")]
    Expired,
    /// It is not a token, was not made here, or was changed.
    #[error("the access token is not valid")]
    Invalid,
}

impl TokenError {
    /// The stable code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Invalid => "token_invalid",
        }
    }
}

/// What a valid access token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Whose it is.
    pub user_id: UserId,
    /// What the account may do.
    pub role: Role,
    /// What one signs in with.
    pub name: String,
    /// Until when the token works.
    pub expires_at_ms: Timestamp,
}

/// The payload of the JWT; times in seconds, as RFC 7519 has them.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    role: Role,
    name: String,
    iat: i64,
    exp: i64,
    jti: Uuid,
}

/// Makes access tokens. Only the users service has it.
#[derive(Clone)]
pub(super) struct TokenSigner {
    key: Arc<EncodingKey>,
    clock: SharedClock,
}

impl TokenSigner {
    pub(super) fn new(key: &SigningKey, clock: SharedClock) -> Self {
        Self {
            key: Arc::new(key.encoding_key()),
            clock,
        }
    }

    /// A token for 15 minutes from now, and when it stops working.
    pub(super) fn sign(
        &self,
        user_id: UserId,
        role: Role,
        name: &str,
    ) -> Result<(String, Timestamp), jsonwebtoken::errors::Error> {
        let now_s = self.clock.now().as_ms().div_euclid(1000);
        let expires_s = now_s + ACCESS_TOKEN_LIFE_MS / 1000;
        let claims = Claims {
            sub: user_id,
            role,
            name: name.to_owned(),
            iat: now_s,
            exp: expires_s,
            jti: Uuid::new_v4(),
        };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.key)?;
        Ok((token, Timestamp(expires_s.saturating_mul(1000))))
    }
}

/// Tells whether an access token counts, without asking anyone: one signature check, no I/O.
#[derive(Clone)]
pub struct TokenVerifier {
    key: Arc<DecodingKey>,
    validation: Arc<Validation>,
    clock: SharedClock,
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").finish_non_exhaustive()
    }
}

impl TokenVerifier {
    /// Verifies with the public half of `key`, at the time of `clock`.
    pub fn new(key: &SigningKey, clock: SharedClock) -> Self {
        // One algorithm: `none`, or HMAC with the public key as its secret, never get a chance.
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The library would read the machine's clock; `verify` compares with ours.
        validation.validate_exp = false;
        Self {
            key: Arc::new(key.decoding_key()),
            validation: Arc::new(validation),
            clock,
        }
    }

    /// Who the token speaks for.
    ///
    /// # Errors
    /// [`TokenError::Expired`] only for a token that was good before; everything else is
    /// [`TokenError::Invalid`].
    pub fn verify(&self, token: &str) -> Result<Identity, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Invalid);
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation)
            .map_err(|_| TokenError::Invalid)?
            .claims;
        let expires_at_ms = Timestamp(claims.exp.saturating_mul(1000));
        if self.clock.now() >= expires_at_ms {
            return Err(TokenError::Expired);
        }
        Ok(Identity {
            user_id: claims.sub,
            role: claims.role,
            name: claims.name,
            expires_at_ms,
        })
    }
}
