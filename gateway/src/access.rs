//! Who may do what. [`RIGHTS`] is the only place that says so; a path that it does not list does
//! not exist.

use crate::problem::{Code, Problem};
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, dev::ServiceRequest};
use gavel_actors::auctions::wire::Audience;
use gavel_actors::catalogue::Viewer;
pub use gavel_actors::users::Identity;
use gavel_actors::users::TokenVerifier;
use std::future::{Ready, ready};

/// What a caller needs to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anyone; a token is not even looked at, so that a stale one does no harm.
    Nothing,
    /// Anyone; staff see more. A token, when one is given, must be good: who holds an expired one
    /// must learn that, and not see less.
    TokenIfAny,
    /// An account.
    SignedIn,
    /// An account that runs sales.
    Staff,
}

/// One right: what a method of a path needs.
#[derive(Debug)]
pub struct Right {
    /// The method; `HEAD` goes with `GET`.
    pub method: Method,
    /// As the router and the API's description write it.
    pub path: &'static str,
    /// What it needs.
    pub needs: Needs,
}

const fn right(method: Method, path: &'static str, needs: Needs) -> Right {
    Right { method, path, needs }
}

/// Every right.
pub static RIGHTS: [Right; 28] = {
    use Needs::{Nothing, SignedIn, Staff, TokenIfAny};
    const SALE: &str = "/api/v1/sales/{sale_id}";
    const LOTS: &str = "/api/v1/sales/{sale_id}/lots";
    const LOT: &str = "/api/v1/sales/{sale_id}/lots/{lot_id}";
    const PICTURE: &str = "/api/v1/sales/{sale_id}/lots/{lot_id}/picture";
    const REGISTRATIONS: &str = "/api/v1/sales/{sale_id}/registrations";
    [
        right(Method::GET, "/api/v1/openapi.json", Nothing),
        right(Method::GET, "/api/v1/about", Nothing),
        right(Method::POST, "/api/v1/auth/sign-up", Nothing),
        right(Method::POST, "/api/v1/auth/sign-in", Nothing),
        right(Method::POST, "/api/v1/auth/refresh", Nothing),
        right(Method::POST, "/api/v1/auth/sign-out", Nothing),
        right(Method::POST, "/api/v1/auth/check", Nothing),
        right(Method::GET, "/api/v1/auth/me", SignedIn),
        right(Method::GET, "/api/v1/me/registrations", SignedIn),
        right(Method::GET, "/api/v1/sales", TokenIfAny),
        right(Method::POST, "/api/v1/sales", Staff),
        right(Method::GET, SALE, TokenIfAny),
        right(Method::PATCH, SALE, Staff),
        right(Method::POST, "/api/v1/sales/{sale_id}/publish", Staff),
        right(Method::GET, LOTS, TokenIfAny),
        right(Method::POST, LOTS, Staff),
        right(Method::GET, LOT, TokenIfAny),
        right(Method::PATCH, LOT, Staff),
        right(Method::DELETE, LOT, Staff),
        right(Method::GET, PICTURE, Nothing),
        right(Method::PUT, PICTURE, Staff),
        right(
            Method::GET,
            "/api/v1/sales/{sale_id}/lots/{lot_id}/bids",
            TokenIfAny,
        ),
        right(Method::GET, "/api/v1/sales/{sale_id}/results", TokenIfAny),
        right(Method::POST, REGISTRATIONS, SignedIn),
        right(Method::GET, REGISTRATIONS, Staff),
        right(Method::GET, "/api/v1/sales/{sale_id}/registrations/me", SignedIn),
        right(
            Method::POST,
            "/api/v1/sales/{sale_id}/registrations/{user_id}/approve",
            Staff,
        ),
        right(
            Method::POST,
            "/api/v1/sales/{sale_id}/registrations/{user_id}/suspend",
            Staff,
        ),
    ]
};

/// What a method of a path needs; `path` is the router's pattern, `None` when it knows none.
///
/// # Errors
/// `not_found` and `method_not_allowed`.
pub fn needs(method: &Method, path: Option<&str>) -> Result<Needs, Problem> {
    let rights = || RIGHTS.iter().filter(|right| Some(right.path) == path);
    if let Some(right) = rights().find(|right| right.method == *method) {
        return Ok(right.needs);
    }
    let mut allow = Vec::new();
    for right in rights() {
        allow.push(right.method.as_str());
        if right.method == Method::GET {
            allow.push("HEAD");
        }
    }
    if allow.is_empty() {
        return Err(Problem::no_such_path());
    }
    Err(Problem::method_not_allowed(allow.join(", ")))
}

/// Lets a request pass or not, and notes whose it is for the extractors below.
///
/// # Errors
/// `unauthorised`, `token_expired`, `token_invalid`, `forbidden`, `not_found`, `method_not_allowed`.
pub fn admit(request: &ServiceRequest, verifier: &TokenVerifier) -> Result<(), Problem> {
    let needs = needs(request.method(), request.match_pattern().as_deref())?;
    if needs == Needs::Nothing {
        return Ok(());
    }
    let identity = bearer(request)?.map(|token| verifier.verify(token)).transpose()?;
    match (needs, &identity) {
        (Needs::SignedIn | Needs::Staff, None) => return Err(missing()),
        (Needs::Staff, Some(identity)) if !identity.role.is_staff() => {
            return Err(Problem::new(Code::Forbidden, "this is for those who run sales"));
        }
        _ => {}
    }
    request.extensions_mut().insert(Caller(identity));
    Ok(())
}

/// The access token of a request, when there is one.
fn bearer(request: &ServiceRequest) -> Result<Option<&str>, Problem> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.map(Some).ok_or_else(|| {
        Problem::new(
            Code::TokenInvalid,
            "the Authorization header must be `Bearer` and an access token",
        )
    })
}

fn missing() -> Problem {
    Problem::new(
        Code::Unauthorised,
        "send an access token as `Authorization: Bearer …`",
    )
}

/// Whoever calls, signed in or not.
#[derive(Debug, Clone)]
pub struct Caller(pub Option<Identity>);

impl Caller {
    /// As whom the catalogue is looked at.
    pub fn viewer(&self) -> Viewer {
        if self.is_staff() {
            Viewer::Staff
        } else {
            Viewer::Public
        }
    }

    /// As whom a live sale is looked at.
    pub fn audience(&self) -> Audience {
        if self.is_staff() {
            Audience::Staff
        } else {
            Audience::Public
        }
    }

    fn is_staff(&self) -> bool {
        self.0.as_ref().is_some_and(|identity| identity.role.is_staff())
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        ready(Ok(caller.unwrap_or(Self(None))))
    }
}

/// A caller that is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Identity);

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Caller>().cloned();
        ready(caller.and_then(|caller| caller.0).map(Self).ok_or_else(missing))
    }
}

/// A caller that runs sales. [`RIGHTS`] has let it pass already; a route that takes this cannot be
/// opened to others by a slip there.
#[derive(Debug, Clone, Copy)]
pub struct Staff;

impl FromRequest for Staff {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let staff = request.extensions().get::<Caller>().is_some_and(Caller::is_staff);
        ready(if staff { Ok(Self) } else { Err(missing()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use std::collections::HashSet;

    #[test]
    fn each_right_is_said_once() {
        let mut seen = HashSet::new();
        for right in &RIGHTS {
            assert!(seen.insert((right.method.as_str(), right.path)), "{right:?}");
        }
    }

    #[test]
    fn what_is_not_listed_does_not_exist() {
        let code = |method, path| needs(&method, path).unwrap_err().code();
        assert_eq!(code(Method::GET, None), Code::NotFound);
        assert_eq!(code(Method::GET, Some("/api/v1/secrets")), Code::NotFound);
        assert_eq!(
            code(Method::DELETE, Some("/api/v1/sales")),
            Code::MethodNotAllowed
        );
        assert_eq!(code(Method::TRACE, Some("/api/v1/sales")), Code::MethodNotAllowed);
        assert_eq!(
            needs(&Method::GET, Some("/api/v1/sales")).unwrap(),
            Needs::TokenIfAny
        );
    }

    #[test]
    fn a_staff_route_without_a_right_stays_shut() {
        let request = TestRequest::default().to_http_request();
        assert!(
            Staff::from_request(&request, &mut Payload::None)
                .into_inner()
                .is_err()
        );
        assert!(
            SignedIn::from_request(&request, &mut Payload::None)
                .into_inner()
                .is_err()
        );
    }
}
