//! Why the users service refused.

use super::token::TokenError;
use crate::service::Unreached;
use gavel_engine::rules::FieldError;
use gavel_storage::relational;

/// Why the users service refused. The text may be shown to the client; causes are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request make no sense.
    #[error("some fields need another value")]
    Validation(Vec<FieldError>),
    /// An account of this name exists.
    #[error("an account of this name exists")]
    NameTaken,
    /// No such name, or another password: which of them is not said.
    #[error("name or password is wrong")]
    BadCredentials,
    /// An access token does not count.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A refresh token was presented a second time, so its whole session is ended.
    #[error("this refresh token was used before; the session is ended, sign in again")]
    RefreshReused,
    /// A refresh token is unknown, expired or revoked.
    #[error("this refresh token is not valid any more, sign in again")]
    RefreshInvalid,
    /// No such account.
    #[error("no such account")]
    NotFound,
    /// Too much to do at once.
    #[error("too many requests are under way, try again in a moment")]
    Busy,
    /// The service cannot answer now.
    #[error("the users service cannot answer now, try again later")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// The stable code on the wire.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "validation",
            Self::NameTaken => "name_taken",
            Self::BadCredentials => "bad_credentials",
            Self::Token(error) => error.code(),
            Self::RefreshReused => "refresh_reused",
            Self::RefreshInvalid => "refresh_invalid",
            Self::NotFound => "not_found",
            Self::Busy | Self::Unavailable(_) => "unavailable",
        }
    }

    /// The fields that made no sense, for `fields` of the problem details.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Validation(fields) => fields,
            _ => &[],
        }
    }

    pub(super) fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        tracing::error!(error = &cause as &dyn std::error::Error, "users service failed");
        Self::Unavailable(Box::new(cause))
    }
}

impl From<Unreached> for Error {
    fn from(unreached: Unreached) -> Self {
        match unreached {
            Unreached::Busy => Self::Busy,
            Unreached::Stopped => Self::Unavailable(Box::new(unreached)),
        }
    }
}

impl From<relational::Error> for Error {
    fn from(error: relational::Error) -> Self {
        match error {
            relational::Error::NameTaken => Self::NameTaken,
            relational::Error::Busy => Self::Busy,
            error => Self::unavailable(error),
        }
    }
}
