//! Who may do what. [`RIGHTS`] says so for the API and [`MESSAGE_RIGHTS`] for sockets, and nothing
//! else does; a path or a type of message that they do not list does not exist.

use crate::problem::{Code, Problem};
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, dev::ServiceRequest};
use gavel_actors::auctions::wire::Audience;
use gavel_actors::catalogue::Viewer;
pub use gavel_actors::users::Identity;
use gavel_actors::users::{TokenError, TokenVerifier};
use gavel_engine::time::Timestamp;
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
pub static RIGHTS: [Right; 32] = {
    use Needs::{Nothing, SignedIn, Staff, TokenIfAny};
    const SALE: &str = "/api/v1/sales/{sale_id}";
    const LOTS: &str = "/api/v1/sales/{sale_id}/lots";
    const LOT: &str = "/api/v1/sales/{sale_id}/lots/{lot_id}";
    const PICTURE: &str = "/api/v1/sales/{sale_id}/lots/{lot_id}/picture";
    const REGISTRATIONS: &str = "/api/v1/sales/{sale_id}/registrations";
    const CREDIT: &str = "/api/v1/users/{user_id}/credit/{currency}";
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
        right(Method::GET, PICTURE, TokenIfAny),
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
        right(
            Method::PUT,
            "/api/v1/sales/{sale_id}/registrations/{user_id}/limit",
            Staff,
        ),
        right(Method::GET, CREDIT, Staff),
        right(Method::PUT, CREDIT, Staff),
        right(Method::DELETE, CREDIT, Staff),
    ]
};

/// What a type of message on a socket needs.
#[derive(Debug)]
pub struct MessageRight {
    /// The message's `type`.
    pub kind: &'static str,
    /// What it needs.
    pub needs: Needs,
}

/// Every right on a socket.
pub static MESSAGE_RIGHTS: [MessageRight; 9] = {
    use Needs::{Nothing, SignedIn, Staff, TokenIfAny};
    const fn right(kind: &'static str, needs: Needs) -> MessageRight {
        MessageRight { kind, needs }
    }
    [
        right("sign_in", Nothing),
        right("subscribe", TokenIfAny),
        right("unsubscribe", Nothing),
        right("bid", SignedIn),
        right("bid_status", SignedIn),
        right("command", Staff),
        right("leave_book", SignedIn),
        // Every client says so; only bidders' words count.
        right("warning_shown", TokenIfAny),
        right("ping", Nothing),
    ]
};

/// Why somebody may not do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// They must sign in first.
    Unauthorised,
    /// Their token has expired.
    TokenExpired,
    /// Their role does not allow it.
    Forbidden,
}

impl Needs {
    fn grant(self, identity: Option<&Identity>) -> Result<(), Denied> {
        match (self, identity) {
            (Self::SignedIn | Self::Staff, None) => Err(Denied::Unauthorised),
            (Self::Staff, Some(identity)) if !identity.role.is_staff() => Err(Denied::Forbidden),
            _ => Ok(()),
        }
    }
}

/// What a type of message on a socket needs; `None` when there is no such type.
pub fn needs_of_message(kind: &str) -> Option<Needs> {
    let right = MESSAGE_RIGHTS.iter().find(|right| right.kind == kind);
    right.map(|right| right.needs)
}

/// Lets a message of a socket pass or not; `identity` is that of whoever has signed in there.
///
/// # Errors
/// [`Denied`].
pub fn admit_message(kind: &str, identity: Option<&Identity>, now: Timestamp) -> Result<(), Denied> {
    // What is not listed is nobody's.
    let needs = needs_of_message(kind).ok_or(Denied::Forbidden)?;
    if needs != Needs::Nothing && identity.is_some_and(|identity| now >= identity.expires_at_ms) {
        return Err(Denied::TokenExpired);
    }
    needs.grant(identity)
}

/// As whom a live sale is looked at.
pub fn audience(identity: Option<&Identity>) -> Audience {
    if identity.is_some_and(|identity| identity.role.is_staff()) {
        Audience::Staff
    } else {
        Audience::Public
    }
}

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
    needs.grant(identity.as_ref()).map_err(|denied| match denied {
        Denied::Unauthorised => missing(),
        // Verifying a token has found that already.
        Denied::TokenExpired => TokenError::Expired.into(),
        Denied::Forbidden => Problem::new(Code::Forbidden, "this is for those who run sales"),
    })?;
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
        audience(self.0.as_ref())
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
    use gavel_engine::ids::UserId;
    use gavel_storage::relational::Role;
    use std::collections::HashSet;

    #[test]
    fn each_right_is_said_once() {
        let mut seen = HashSet::new();
        for right in &RIGHTS {
            assert!(seen.insert((right.method.as_str(), right.path)), "{right:?}");
        }
    }

    #[test]
    fn messages_are_for_those_whom_the_table_names() {
        let now = Timestamp(1_000);
        let identity = |role, expires_at_ms| Identity {
            user_id: UserId(1),
            role,
            name: "jane".to_owned(),
            expires_at_ms: Timestamp(expires_at_ms),
        };
        let bidder = identity(Role::Bidder, 1_001);
        let staff = identity(Role::Auctioneer, 1_001);
        let late = identity(Role::Admin, 1_000);
        for MessageRight { kind, needs } in &MESSAGE_RIGHTS {
            let admitted = |who| admit_message(kind, who, now).err();
            let expected = match needs {
                Needs::Nothing => [None; 4],
                Needs::TokenIfAny => [None, None, None, Some(Denied::TokenExpired)],
                Needs::SignedIn => [Some(Denied::Unauthorised), None, None, Some(Denied::TokenExpired)],
                Needs::Staff => [
                    Some(Denied::Unauthorised),
                    Some(Denied::Forbidden),
                    None,
                    Some(Denied::TokenExpired),
                ],
            };
            let who = [None, Some(&bidder), Some(&staff), Some(&late)];
            assert_eq!(who.map(admitted), expected, "{kind}");
        }
        assert_eq!(admit_message("dance", Some(&staff), now), Err(Denied::Forbidden));
        assert_eq!(needs_of_message("command"), Some(Needs::Staff));
        assert_eq!(needs_of_message("bid"), Some(Needs::SignedIn));
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
