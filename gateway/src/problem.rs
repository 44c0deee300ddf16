//! Errors as RFC 9457 problem details: one shape for everything that the API refuses.

mod code;

pub use code::Code;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use gavel_actors::{auctions, catalogue, users};
use gavel_engine::rules::FieldError;
use serde::Serialize;
use std::{borrow::Cow, fmt, time::Duration};
use utoipa::ToSchema;
use uuid::Uuid;

/// The media type of problem details.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// How long to wait when a service is merely busy.
const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);

/// A refusal, on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    instance: Option<Uuid>,
    retry_after: Option<Duration>,
    allow: Option<String>,
}

/// A refusal as the API writes it (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Details<'a> {
    /// `urn:gavel:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:gavel:problem:validation")]
    kind: String,
    /// What the code means, in English.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request, in English.
    detail: &'a str,
    /// What went wrong, for programs.
    #[schema(example = "validation")]
    code: &'a str,
    /// Names this fault in the server's log; only with `internal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    /// Which fields need another value; only with `validation`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field<'a>>,
}

/// A field that needs another value.
#[derive(Debug, Serialize, ToSchema)]
pub struct Field<'a> {
    /// Path of the field, as in `rules.increments[0].step_minor`; empty for the body as a whole.
    field: &'a str,
    /// What it needs.
    message: &'a str,
}

impl Problem {
    /// A refusal with this code; `detail` is shown to the client.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            instance: None,
            retry_after: None,
            allow: None,
        }
    }

    /// One field needs another value.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let fields = vec![FieldError {
            field: field.into(),
            message: message.into(),
        }];
        Self::validation("some fields need another value", fields)
    }

    /// Nothing is at this path.
    pub fn no_such_path() -> Self {
        Self::new(Code::NotFound, "there is nothing at this path")
    }

    /// The path takes only these methods.
    pub fn method_not_allowed(allow: String) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(Code::MethodNotAllowed, "the path does not take this method")
        }
    }

    /// Too many requests; the next one counts after `wait`.
    pub fn rate_limited(wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..Self::new(Code::RateLimited, "too many requests, wait a moment")
        }
    }

    /// A fault of ours: the cause goes to the log, its id to the client.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let id = Uuid::new_v4();
        tracing::error!(%id, %cause, "a request failed");
        Self {
            instance: Some(id),
            ..Self::new(
                Code::Internal,
                "something went wrong on the server; its log knows it by the id in `instance`",
            )
        }
    }

    /// In place of an answer that is an error but not ours.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::no_such_path(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Code::TooLarge, "the body is too large"),
            StatusCode::REQUEST_TIMEOUT => Self::new(Code::TimedOut, "the request did not arrive in time"),
            status if status.is_client_error() => Self::new(Code::Malformed, "the request cannot be read"),
            status => Self::internal(format_args!("an answer with status {status}")),
        }
    }

    /// What went wrong, for programs.
    pub fn code(&self) -> Code {
        self.code
    }

    fn validation(detail: impl Into<Cow<'static, str>>, fields: Vec<FieldError>) -> Self {
        Self {
            fields,
            ..Self::new(Code::Validation, detail)
        }
    }

    /// The node has as much to do as it may; the same may be asked again in a moment.
    pub fn busy(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            retry_after: Some(BUSY_RETRY_AFTER),
            ..Self::new(Code::Unavailable, detail)
        }
    }

    fn details(&self) -> Details<'_> {
        Details {
            kind: format!("urn:gavel:problem:{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            instance: self.instance.map(|id| id.urn().to_string()),
            fields: self
                .fields
                .iter()
                .map(|FieldError { field, message }| Field { field, message })
                .collect(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((header::CONTENT_TYPE, MEDIA_TYPE));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(challenge) = self.code.challenge() {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(wait) = self.retry_after {
            // Rounded up: who comes back after exactly this long must not be refused again.
            let wait_s = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, wait_s.max(1)));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        // Plain texts with string keys: writing them into memory has no way to fail.
        response.body(serde_json::to_vec(&self.details()).unwrap_or_default())
    }
}

impl From<users::Error> for Problem {
    fn from(error: users::Error) -> Self {
        let detail = error.to_string();
        let code = match error {
            users::Error::Validation(fields) => return Self::validation(detail, fields),
            users::Error::Busy => return Self::busy(detail),
            users::Error::Token(error) => return error.into(),
            users::Error::NameTaken => Code::NameTaken,
            users::Error::BadCredentials => Code::BadCredentials,
            users::Error::RefreshReused => Code::RefreshReused,
            users::Error::RefreshInvalid => Code::RefreshInvalid,
            users::Error::NotFound => Code::NotFound,
            users::Error::Unavailable(_) => Code::Unavailable,
        };
        Self::new(code, detail)
    }
}

impl From<users::TokenError> for Problem {
    fn from(error: users::TokenError) -> Self {
        let code = match error {
            users::TokenError::Expired => Code::TokenExpired,
            users::TokenError::Invalid => Code::TokenInvalid,
        };
        Self::new(code, error.to_string())
    }
}

impl From<catalogue::Error> for Problem {
    fn from(error: catalogue::Error) -> Self {
        let detail = error.to_string();
        let code = match error {
            catalogue::Error::Validation(fields) => return Self::validation(detail, fields),
            catalogue::Error::Busy => return Self::busy(detail),
            catalogue::Error::NotFound(_) => Code::NotFound,
            catalogue::Error::NotDraft => Code::NotDraft,
            catalogue::Error::SaleEnded => Code::SaleEnded,
            catalogue::Error::Conflict(_) => Code::Conflict,
            catalogue::Error::TooLarge => Code::TooLarge,
            catalogue::Error::Unavailable(_) => Code::Unavailable,
        };
        Self::new(code, detail)
    }
}

impl From<auctions::Refused> for Problem {
    fn from(refused: auctions::Refused) -> Self {
        let detail = refused.to_string();
        match refused {
            auctions::Refused::Busy => Self::busy(detail),
            auctions::Refused::Unavailable | auctions::Refused::UnknownFate => {
                Self::new(Code::Unavailable, detail)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn body(problem: &Problem) -> serde_json::Value {
        let response = problem.error_response();
        let body = actix_web::body::MessageBody::try_into_bytes(response.into_body());
        serde_json::from_slice(&body.ok().unwrap()).unwrap()
    }

    #[test]
    fn every_problem_has_the_shape_of_rfc_9457() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let body = body(&Problem::new(code, "why"));
            assert!(seen.insert(code.as_str()), "{code:?} twice");
            assert_eq!(body["type"], format!("urn:gavel:problem:{}", code.as_str()));
            assert_eq!(body["status"], code.status().as_u16());
            assert_eq!(body["detail"], "why");
            assert!(!body["title"].as_str().unwrap().is_empty());
            assert!(
                body.get("fields").is_none() && body.get("instance").is_none(),
                "{body}"
            );
        }
    }

    #[test]
    fn services_and_the_wire_agree_on_codes() {
        let users = [
            users::Error::Validation(Vec::new()),
            users::Error::NameTaken,
            users::Error::BadCredentials,
            users::Error::Token(users::TokenError::Expired),
            users::Error::Token(users::TokenError::Invalid),
            users::Error::RefreshReused,
            users::Error::RefreshInvalid,
            users::Error::NotFound,
            users::Error::Busy,
            users::Error::Unavailable("disk on fire".into()),
        ];
        for error in users {
            let code = error.code();
            let body = body(&error.into());
            assert_eq!(body["code"], code);
            assert!(!body.to_string().contains("fire"), "{body}");
        }
        let catalogue = [
            catalogue::Error::Validation(Vec::new()),
            catalogue::Error::NotFound("lot"),
            catalogue::Error::NotDraft,
            catalogue::Error::SaleEnded,
            catalogue::Error::Conflict("no"),
            catalogue::Error::TooLarge,
            catalogue::Error::Busy,
            catalogue::Error::Unavailable("disk on fire".into()),
        ];
        for error in catalogue {
            let code = error.code();
            let body = body(&error.into());
            assert_eq!(body["code"], code);
            assert!(!body.to_string().contains("fire"), "{body}");
        }
    }

    #[test]
    fn waiting_is_rounded_up_to_whole_seconds() {
        for (wait_ms, expected) in [(1, "1"), (1000, "1"), (1001, "2")] {
            let response = Problem::rate_limited(Duration::from_millis(wait_ms)).error_response();
            assert_eq!(
                response.headers().get(header::RETRY_AFTER).unwrap(),
                expected,
                "{wait_ms} ms"
            );
        }
    }

    #[test]
    fn faults_name_themselves_but_not_their_cause() {
        let body = body(&Problem::internal("secret cause"));
        assert!(body["instance"].as_str().unwrap().starts_with("urn:uuid:"));
        assert!(!body.to_string().contains("secret"));
    }

    #[test]
    fn every_401_says_how_to_sign_in() {
        for code in Code::ALL {
            let response = Problem::new(code, "").error_response();
            let challenged = response.headers().contains_key(header::WWW_AUTHENTICATE);
            let expected = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&code.status());
            assert_eq!(challenged, expected, "{code:?}");
        }
    }
}
