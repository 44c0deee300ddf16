//! The house over HTTP, as any integrator would use it.

use super::unix_ms;
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::time::Duration;

/// Where one signs in.
const SIGN_IN: &str = "/auth/sign-in";
/// How often a request is sent when the house asks to wait.
const ATTEMPTS_MAX: u32 = 8;
/// The longest that the house is waited for.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Tokens are renewed this long before they expire.
pub const RENEW_AHEAD_MS: i64 = 90_000;

/// A request did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The house was not reached, or its answer could not be read.
    #[error("the server did not answer as expected: {0}")]
    Transport(#[from] reqwest::Error),
    /// The answer is not of the contract.
    #[error("the server's answer is not of the contract")]
    Unintelligible,
    /// The house refused.
    #[error("{method} {path} was refused with {status} {code}: {detail}")]
    Refused {
        /// Of the request.
        method: Method,
        /// Of the request.
        path: String,
        /// HTTP status.
        status: StatusCode,
        /// Code of the problem.
        code: String,
        /// In words.
        detail: String,
    },
}

impl Error {
    /// The code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Transport(_) | Self::Unintelligible => None,
        }
    }

    /// Neither waiting nor signing in again mends it: there is no such account, or it may not.
    pub fn is_lasting(&self) -> bool {
        let Self::Refused { path, status, .. } = self else {
            return false;
        };
        *status == StatusCode::FORBIDDEN || *status == StatusCode::UNAUTHORIZED && path == SIGN_IN
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Problem {
    code: String,
    detail: String,
}

/// An address and a client for it.
#[derive(Debug, Clone)]
pub struct House {
    http: reqwest::Client,
    base_url: String,
}

impl House {
    /// `base_url` as in `http://127.0.0.1:8080`.
    pub fn at(base_url: &str) -> Result<Self, Error> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .build()?;
        Ok(Self {
            http,
            base_url: base_url.trim_end_matches('/').to_owned(),
        })
    }

    /// Where the WebSocket is.
    pub fn socket_url(&self) -> String {
        let rest = self.base_url.strip_prefix("http").unwrap_or(&self.base_url);
        format!("ws{rest}/ws/v1")
    }

    /// Sends, waits when asked to, and reads what came back.
    async fn send<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        fill: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Option<T>, Error> {
        let mut attempt = 1;
        loop {
            let request = self
                .http
                .request(method.clone(), format!("{}/api/v1{path}", self.base_url));
            let response = fill(request).send().await?;
            let status = response.status();
            if status.is_success() {
                let bytes = response.bytes().await?;
                return Ok(serde_json::from_slice(&bytes).ok());
            }
            let busy = matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            );
            if busy && attempt < ATTEMPTS_MAX {
                let wait = response
                    .headers()
                    .get(header::RETRY_AFTER)
                    .and_then(|value| value.to_str().ok()?.parse().ok())
                    .map_or(Duration::from_secs(1), Duration::from_secs);
                attempt += 1;
                tokio::time::sleep(wait.clamp(Duration::from_millis(200), WAIT_MAX)).await;
                continue;
            }
            let bytes = response.bytes().await?;
            let Problem { code, detail } = serde_json::from_slice(&bytes).unwrap_or_default();
            return Err(Error::Refused {
                method: method.clone(),
                path: path.to_owned(),
                status,
                code,
                detail,
            });
        }
    }
}

/// What signing in gives.
#[derive(Debug, Clone, Deserialize)]
struct Session {
    access_token: String,
    expires_at_ms: i64,
    refresh_token: Option<String>,
}

/// Somebody with an account.
#[derive(Debug)]
pub struct Account {
    house: House,
    name: String,
    password: String,
    display_name: String,
    session: Option<Session>,
}

impl Account {
    /// Not signed in yet.
    pub fn new(house: &House, name: &str, password: &str, display_name: &str) -> Self {
        Self {
            house: house.clone(),
            name: name.to_owned(),
            password: password.to_owned(),
            display_name: display_name.to_owned(),
            session: None,
        }
    }

    /// The same account where the node listens now.
    pub fn move_to(&mut self, house: &House) {
        self.house = house.clone();
    }

    /// Where the account is.
    pub fn house(&self) -> &House {
        &self.house
    }

    /// Makes the account unless it exists, and signs in.
    pub async fn join(&mut self) -> Result<(), Error> {
        let up = json!({
            "name": self.name,
            "display_name": self.display_name,
            "password": self.password,
            "locale": "en",
            "refresh_in_body": true,
        });
        match self.authenticate("/auth/sign-up", &up).await {
            Err(error) if error.code() == Some("name_taken") => self.sign_in().await,
            other => other,
        }
    }

    /// Signs in.
    pub async fn sign_in(&mut self) -> Result<(), Error> {
        let credentials = json!({"name": self.name, "password": self.password, "refresh_in_body": true});
        self.authenticate(SIGN_IN, &credentials).await
    }

    /// A token that is good for a while yet, and when it expires (Unix milliseconds).
    pub async fn token(&mut self) -> Result<(String, i64), Error> {
        let fresh = |session: &Session| session.expires_at_ms - unix_ms() > RENEW_AHEAD_MS;
        if !self.session.as_ref().is_some_and(fresh) {
            // A refresh token is used once, whatever comes of it.
            let refresh = self.session.take().and_then(|session| session.refresh_token);
            let renewed = match refresh {
                None => false,
                Some(refresh) => {
                    let body = json!({"refresh_token": refresh, "refresh_in_body": true});
                    self.authenticate("/auth/refresh", &body).await.is_ok()
                }
            };
            if !renewed {
                self.sign_in().await?;
            }
        }
        Ok(self
            .session
            .as_ref()
            .map(|session| (session.access_token.clone(), session.expires_at_ms))
            .unwrap_or_default())
    }

    /// Something was refused with this code. When it was for the token, the next call signs in again.
    pub fn refused(&mut self, code: &str) {
        if code.starts_with("token") || code == "unauthorised" {
            self.session = None;
        }
    }

    /// Reads.
    pub async fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<Option<T>, Error> {
        let (token, _) = self.token().await?;
        self.house
            .send(&Method::GET, path, |request| request.bearer_auth(&token))
            .await
    }

    /// Sends JSON.
    pub async fn post<T: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<Option<T>, Error> {
        let (token, _) = self.token().await?;
        self.house
            .send(&Method::POST, path, |request| {
                request.bearer_auth(&token).json(body)
            })
            .await
    }

    /// Changes what is there.
    pub async fn patch(&mut self, path: &str, body: &Value) -> Result<(), Error> {
        let (token, _) = self.token().await?;
        let _: Option<Value> = self
            .house
            .send(&Method::PATCH, path, |request| {
                request.bearer_auth(&token).json(body)
            })
            .await?;
        Ok(())
    }

    /// Sends a picture.
    pub async fn put_svg(&mut self, path: &str, svg: &str) -> Result<(), Error> {
        let (token, _) = self.token().await?;
        let _: Option<Value> = self
            .house
            .send(&Method::PUT, path, |request| {
                request
                    .bearer_auth(&token)
                    .header(header::CONTENT_TYPE, "image/svg+xml")
                    .body(svg.to_owned())
            })
            .await?;
        Ok(())
    }

    async fn authenticate(&mut self, path: &str, body: &Value) -> Result<(), Error> {
        self.session = self
            .house
            .send(&Method::POST, path, |request| request.json(body))
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waiting_cannot_mend_is_lasting() {
        let refused = |path: &str, status| Error::Refused {
            method: Method::POST,
            path: path.to_owned(),
            status,
            code: String::new(),
            detail: String::new(),
        };
        assert!(refused(SIGN_IN, StatusCode::UNAUTHORIZED).is_lasting());
        assert!(refused("/sales", StatusCode::FORBIDDEN).is_lasting());
        for passing in [
            // The token was taken back: signing in gives another.
            refused("/sales", StatusCode::UNAUTHORIZED),
            refused(SIGN_IN, StatusCode::TOO_MANY_REQUESTS),
            // A lot of a timed sale that should have closed before the sale was published.
            refused("/sales/1/publish", StatusCode::UNPROCESSABLE_ENTITY),
            refused("/sales", StatusCode::INSUFFICIENT_STORAGE),
            Error::Unintelligible,
        ] {
            assert!(!passing.is_lasting(), "{passing}");
        }
    }
}
