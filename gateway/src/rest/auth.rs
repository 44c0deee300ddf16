//! Accounts and sessions.

use super::State;
use super::body::Body;
use super::client::Client;
use crate::access::SignedIn;
use crate::problem::Problem;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, get, post};
use gavel_actors::users::{
    CheckToken, Error, Me, Refresh, RefreshInput, RefreshToken, Session, SignIn, SignOut, SignOutInput,
    SignUp, SignedIn as Opened, TokenCheck, User,
};

/// Holds the refresh token; scripts cannot read it and other sites cannot send it.
const COOKIE: &str = "gavel_refresh";

/// Only these paths get it.
const COOKIE_PATH: &str = "/api/v1/auth";

/// Opens an account of a bidder and signs it in.
#[utoipa::path(tag = "auth", request_body = SignUp, responses((status = 201, body = Session)))]
#[post("/auth/sign-up")]
pub(super) async fn sign_up(
    state: Data<State>,
    client: Client,
    Body(sign_up): Body<SignUp>,
) -> Result<HttpResponse, Problem> {
    let limited = state.limits.sign_up(client.address);
    limited.map_err(Problem::rate_limited)?;
    let in_body = sign_up.refresh_in_body;
    let opened = state.users.send(sign_up).await?;
    Ok(session(&state, client, StatusCode::CREATED, opened, in_body))
}

/// Signs in by name and password.
#[utoipa::path(tag = "auth", request_body = SignIn, responses((status = 200, body = Session)))]
#[post("/auth/sign-in")]
pub(super) async fn sign_in(
    state: Data<State>,
    client: Client,
    Body(sign_in): Body<SignIn>,
) -> Result<HttpResponse, Problem> {
    let attempt = state.limits.sign_in(client.address, &sign_in.name);
    let attempt = attempt.map_err(Problem::rate_limited)?;
    let in_body = sign_in.refresh_in_body;
    match state.users.send(sign_in).await {
        Ok(opened) => {
            attempt.succeeded();
            Ok(session(&state, client, StatusCode::OK, opened, in_body))
        }
        Err(error) => {
            if !matches!(error, Error::BadCredentials) {
                attempt.give_back();
            }
            Err(error.into())
        }
    }
}

/// Trades a refresh token, from the cookie or the body, for a new session. Each token works once;
/// one that is presented again ends the whole session.
#[utoipa::path(tag = "auth", request_body = RefreshInput, responses((status = 200, body = Session)))]
#[post("/auth/refresh")]
pub(super) async fn refresh(
    state: Data<State>,
    client: Client,
    request: HttpRequest,
    Body(input): Body<RefreshInput>,
) -> Result<HttpResponse, Problem> {
    state
        .limits
        .refresh(client.address)
        .map_err(Problem::rate_limited)?;
    let refreshed = match input.refresh_token.or_else(|| cookie_token(&request)) {
        Some(refresh_token) => state.users.send(Refresh { refresh_token }).await,
        None => Err(Error::RefreshInvalid),
    };
    match refreshed {
        Ok(opened) => Ok(session(
            &state,
            client,
            StatusCode::OK,
            opened,
            input.refresh_in_body,
        )),
        Err(error @ (Error::RefreshInvalid | Error::RefreshReused)) => {
            // The token will never work again; the browser need not keep it.
            let mut response = Problem::from(error).error_response();
            forget(&state, client, &mut response);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// Ends the session of a refresh token, from the cookie or the body.
#[utoipa::path(
    tag = "auth",
    request_body = SignOutInput,
    responses((status = 204, description = "The session is over, or there was none"))
)]
#[post("/auth/sign-out")]
pub(super) async fn sign_out(
    state: Data<State>,
    client: Client,
    request: HttpRequest,
    Body(input): Body<SignOutInput>,
) -> Result<HttpResponse, Problem> {
    if let Some(refresh_token) = input.refresh_token.or_else(|| cookie_token(&request)) {
        state.users.send(SignOut { refresh_token }).await?;
    }
    let mut response = HttpResponse::NoContent().finish();
    forget(&state, client, &mut response);
    Ok(response)
}

/// Who the caller is.
#[utoipa::path(tag = "auth", responses((status = 200, body = User)))]
#[get("/auth/me")]
pub(super) async fn me(state: Data<State>, SignedIn(identity): SignedIn) -> Result<Json<User>, Problem> {
    let user_id = identity.user_id;
    Ok(Json(state.users.send(Me { user_id }).await?))
}

/// Whether an access token counts, for services that were handed one.
#[utoipa::path(tag = "auth", request_body = CheckToken, responses((status = 200, body = TokenCheck)))]
#[post("/auth/check")]
pub(super) async fn check(
    state: Data<State>,
    Body(check): Body<CheckToken>,
) -> Result<Json<TokenCheck>, Problem> {
    Ok(Json(state.users.send(check).await?))
}

/// Answers a new session and hands the browser its cookie.
fn session(state: &State, client: Client, status: StatusCode, opened: Opened, in_body: bool) -> HttpResponse {
    let life_ms = opened.refresh_expires_at_ms.as_ms() - state.clock.now().as_ms();
    let cookie = cookie(state, client, opened.refresh_token.as_str())
        .max_age(Duration::milliseconds(life_ms.max(0)))
        .finish();
    HttpResponse::build(status)
        .cookie(cookie)
        .json(opened.into_session(in_body))
}

fn forget(state: &State, client: Client, response: &mut HttpResponse) {
    let mut cookie = cookie(state, client, "").finish();
    cookie.make_removal();
    if let Err(error) = response.add_cookie(&cookie) {
        // Cannot happen with a constant name and no value; the token does not work any more anyway.
        tracing::warn!(%error, "could not take a refresh cookie back");
    }
}

fn cookie<'a>(state: &State, client: Client, token: &'a str) -> actix_web::cookie::CookieBuilder<'a> {
    Cookie::build(COOKIE, token)
        .path(COOKIE_PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.secure_cookies || client.https)
}

fn cookie_token(request: &HttpRequest) -> Option<RefreshToken> {
    let cookie = request.cookie(COOKIE)?;
    Some(RefreshToken::new(cookie.value())).filter(|token| !token.as_str().is_empty())
}
