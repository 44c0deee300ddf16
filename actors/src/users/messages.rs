//! What the users service is asked and what it answers; the JSON forms are those of the REST API.

use super::Error;
use super::secret::{Password, RefreshToken};
use actix::Message;
use gavel_engine::{ids::UserId, time::Timestamp};
pub use gavel_storage::relational::{Locale, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opens an account of a bidder and signs it in. Answers [`SignedIn`].
#[derive(Debug, Clone, Deserialize, ToSchema, Message)]
#[serde(deny_unknown_fields)]
#[rtype(result = "Result<SignedIn, Error>")]
pub struct SignUp {
    /// 3 to 32 of a–z, 0–9, `.`, `_`, `-`; capitals are folded. Unique.
    #[schema(min_length = 3, max_length = 32, example = "jane.doe")]
    pub name: String,
    /// 1 to 80 printable characters.
    #[schema(min_length = 1, max_length = 80, example = "Jane Doe")]
    pub display_name: String,
    /// Where to write to.
    #[serde(default)]
    #[schema(max_length = 254, example = "jane@example.org")]
    pub email: Option<String>,
    /// 10 to 256 characters, not the name.
    #[schema(value_type = String, format = Password, min_length = 10, max_length = 256)]
    pub password: Password,
    /// English unless given.
    #[serde(default)]
    pub locale: Option<Locale>,
    /// Also answer the refresh token in the body, for clients without cookies.
    #[serde(default)]
    pub refresh_in_body: bool,
}

/// Signs in by name and password. Answers [`SignedIn`].
#[derive(Debug, Clone, Deserialize, ToSchema, Message)]
#[serde(deny_unknown_fields)]
#[rtype(result = "Result<SignedIn, Error>")]
pub struct SignIn {
    /// The account's name, in any case.
    pub name: String,
    /// The account's password.
    #[schema(value_type = String, format = Password)]
    pub password: Password,
    /// Also answer the refresh token in the body, for clients without cookies.
    #[serde(default)]
    pub refresh_in_body: bool,
}

/// Body of a refresh; the token may come in the cookie instead.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshInput {
    /// The token, when it is not in the cookie.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<RefreshToken>,
    /// Also answer the new refresh token in the body, for clients without cookies.
    #[serde(default)]
    pub refresh_in_body: bool,
}

/// Trades a refresh token for a new session; each token works once.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<SignedIn, Error>")]
pub struct Refresh {
    /// From the cookie or the body.
    pub refresh_token: RefreshToken,
}

/// Body of a sign-out; the token may come in the cookie instead.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOutInput {
    /// The token, when it is not in the cookie.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<RefreshToken>,
}

/// Ends the session that a refresh token belongs to. An unknown token is no error.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<(), Error>")]
pub struct SignOut {
    /// From the cookie or the body.
    pub refresh_token: RefreshToken,
}

/// Says whether an access token counts. Unlike
/// [`TokenVerifier::verify`](super::TokenVerifier::verify) it also looks the account up.
#[derive(Debug, Clone, Deserialize, ToSchema, Message)]
#[serde(deny_unknown_fields)]
#[rtype(result = "Result<TokenCheck, Error>")]
pub struct CheckToken {
    /// The access token, without `Bearer`.
    pub token: String,
}

/// Who an account is.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<User, Error>")]
pub struct Me {
    /// The account.
    pub user_id: UserId,
}

/// Opens an account of any role without signing it in: for operators, never for the API.
#[derive(Debug, Clone, Message)]
#[rtype(result = "Result<User, Error>")]
pub struct SeedUser {
    /// As in [`SignUp`].
    pub name: String,
    /// As in [`SignUp`].
    pub display_name: String,
    /// As in [`SignUp`].
    pub email: Option<String>,
    /// As in [`SignUp`].
    pub password: Password,
    /// What the account may do.
    pub role: Role,
    /// As in [`SignUp`].
    pub locale: Locale,
}

/// An account, as its owner and staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// The account.
    #[schema(value_type = uuid::Uuid)]
    pub id: UserId,
    /// What one signs in with.
    pub name: String,
    /// What others see.
    pub display_name: String,
    /// Where to write to.
    #[schema(required)]
    pub email: Option<String>,
    /// What the account may do.
    pub role: Role,
    /// The language of messages.
    pub locale: Locale,
}

/// A signed-in session, as the API answers it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// A signed JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// When the access token stops working, Unix milliseconds.
    #[schema(value_type = i64)]
    pub expires_at_ms: Timestamp,
    /// Only when it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<RefreshToken>,
}

/// A new session and the refresh token that goes with it.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session; its `refresh_token` is empty, see [`SignedIn::into_session`].
    pub session: Session,
    /// For the cookie.
    pub refresh_token: RefreshToken,
    /// When the refresh token stops working, Unix milliseconds.
    pub refresh_expires_at_ms: Timestamp,
}

impl SignedIn {
    /// The answer to the client, with the refresh token in it or not.
    pub fn into_session(self, refresh_in_body: bool) -> Session {
        Session {
            refresh_token: refresh_in_body.then_some(self.refresh_token),
            ..self.session
        }
    }
}

/// Why an access token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InactiveReason {
    /// It was good until its time was up.
    Expired,
    /// It is not a token, was not made here, or was changed.
    Invalid,
    /// Its account is gone.
    UnknownUser,
}

/// Whether an access token counts, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenCheck {
    /// It counts now.
    pub active: bool,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<InactiveReason>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub user_id: Option<UserId>,
    /// What the account may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// When it stops working, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub expires_at_ms: Option<Timestamp>,
}
