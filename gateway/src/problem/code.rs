//! The codes of refusals, each with its status and its meaning.

use actix_web::http::StatusCode;

/// What went wrong, for programs. Each code has one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request cannot be read.
    Malformed,
    /// An access token is needed.
    Unauthorised,
    /// Name or password is wrong.
    BadCredentials,
    /// The access token has expired.
    TokenExpired,
    /// The access token is not valid.
    TokenInvalid,
    /// The refresh token was used before.
    RefreshReused,
    /// The refresh token is not valid.
    RefreshInvalid,
    /// The role does not allow it.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// The path takes other methods.
    MethodNotAllowed,
    /// The request did not arrive in time.
    TimedOut,
    /// An account of the name exists.
    NameTaken,
    /// The sale is published.
    NotDraft,
    /// The sale is over.
    SaleEnded,
    /// The state of things does not allow it.
    Conflict,
    /// The body is too large.
    TooLarge,
    /// The body is of the wrong type.
    UnsupportedMediaType,
    /// Fields make no sense.
    Validation,
    /// Too many requests.
    RateLimited,
    /// A fault of the server.
    Internal,
    /// The server cannot answer now.
    Unavailable,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 21] = [
        Self::Malformed,
        Self::Unauthorised,
        Self::BadCredentials,
        Self::TokenExpired,
        Self::TokenInvalid,
        Self::RefreshReused,
        Self::RefreshInvalid,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TimedOut,
        Self::NameTaken,
        Self::NotDraft,
        Self::SaleEnded,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Validation,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The code, its status and its title.
    const fn row(self) -> (&'static str, StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            Self::Malformed => ("malformed", S::BAD_REQUEST, "The request cannot be read"),
            Self::Unauthorised => ("unauthorised", S::UNAUTHORIZED, "Sign in first"),
            Self::BadCredentials => (
                "bad_credentials",
                S::UNAUTHORIZED,
                "The name or the password is wrong",
            ),
            Self::TokenExpired => ("token_expired", S::UNAUTHORIZED, "The access token has expired"),
            Self::TokenInvalid => ("token_invalid", S::UNAUTHORIZED, "The access token is not valid"),
            Self::RefreshReused => (
                "refresh_reused",
                S::UNAUTHORIZED,
                "The refresh token was used before",
            ),
            Self::RefreshInvalid => (
                "refresh_invalid",
                S::UNAUTHORIZED,
                "The refresh token is not valid",
            ),
            Self::Forbidden => ("forbidden", S::FORBIDDEN, "Your role does not allow this"),
            Self::NotFound => ("not_found", S::NOT_FOUND, "There is no such thing"),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                S::METHOD_NOT_ALLOWED,
                "The path takes other methods",
            ),
            Self::TimedOut => (
                "timed_out",
                S::REQUEST_TIMEOUT,
                "The request did not arrive in time",
            ),
            Self::NameTaken => ("name_taken", S::CONFLICT, "The name is taken"),
            Self::NotDraft => ("not_draft", S::CONFLICT, "The sale is published"),
            Self::SaleEnded => ("sale_ended", S::CONFLICT, "The sale has ended"),
            Self::Conflict => ("conflict", S::CONFLICT, "The state of things does not allow this"),
            Self::TooLarge => ("too_large", S::PAYLOAD_TOO_LARGE, "The body is too large"),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "The body is of the wrong type",
            ),
            Self::Validation => (
                "validation",
                S::UNPROCESSABLE_ENTITY,
                "Some fields need another value",
            ),
            Self::RateLimited => ("rate_limited", S::TOO_MANY_REQUESTS, "Too many requests"),
            Self::Internal => (
                "internal",
                S::INTERNAL_SERVER_ERROR,
                "Something went wrong on the server",
            ),
            Self::Unavailable => (
                "unavailable",
                S::SERVICE_UNAVAILABLE,
                "The server cannot answer now",
            ),
        }
    }

    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        self.row().1
    }

    pub(super) const fn title(self) -> &'static str {
        self.row().2
    }

    /// For `WWW-Authenticate` (RFC 6750).
    pub(super) const fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Unauthorised | Self::BadCredentials | Self::RefreshReused | Self::RefreshInvalid => {
                Some(r#"Bearer realm="gavel""#)
            }
            Self::TokenExpired => Some(
                r#"Bearer realm="gavel", error="invalid_token", error_description="the token has expired""#,
            ),
            Self::TokenInvalid => Some(
                r#"Bearer realm="gavel", error="invalid_token", error_description="the token is not valid""#,
            ),
            Self::Forbidden => Some(r#"Bearer realm="gavel", error="insufficient_scope""#),
            _ => None,
        }
    }
}
