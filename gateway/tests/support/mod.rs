//! A node of its own for each test, on a free port and in a directory that goes away, and a client
//! that speaks to it as the world does.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use gavel_actors::auctions::conformance::{Left, replay_is_exact};
use gavel_actors::clock::{Clock as _, ManualClock, SystemClock};
use gavel_actors::users::{Password, SeedUser, SignIn, SigningKey, UsersActor, UsersConfig};
use gavel_engine::time::Timestamp;
use gavel_gateway::serve::{self, Config, Running};
use gavel_storage::relational::{Locale, Role, Store};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse battery";

/// A node that is up.
pub struct Node {
    pub address: String,
    pub running: Running,
    pub directory: Directory,
    client: reqwest::Client,
}

/// Where a node keeps everything. Whatever a test has done there can be replayed, also when it goes away
/// with the node still at work.
pub struct Directory(TempDir);

impl Directory {
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            replay_is_exact(&self.path().join("data"), Left::Somehow);
        }
    }
}

/// What the node answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Settings that start in milliseconds and hash in microseconds.
fn settings(directory: &Directory) -> Config {
    Config {
        data: directory.path().join("data"),
        listen: "127.0.0.1:0".parse().unwrap(),
        workers: 1,
        auction_threads: 1,
        segment_bytes: 1 << 20,
        password_memory_kib: 8,
        ..Config::default()
    }
}

impl Node {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let directory = Directory(tempfile::tempdir().unwrap());
        let mut config = settings(&directory);
        change(&mut config);
        Self::open(directory, &config).await
    }

    /// Stops the node cleanly and starts it again on the same directory.
    pub async fn restart(self) -> Self {
        self.running.stop().await;
        replay_is_exact(&self.directory.path().join("data"), Left::Cleanly);
        let config = settings(&self.directory);
        Self::open(self.directory, &config).await
    }

    async fn open(directory: Directory, config: &Config) -> Self {
        let running = serve::start(config, None).await.unwrap();
        Self {
            address: format!("http://{}", running.addresses()[0]),
            running,
            directory,
            client: reqwest::Client::new(),
        }
    }

    /// Stops cleanly: what the sales' actors held is what their records give, byte for byte.
    pub async fn finish(self) {
        self.running.stop().await;
        let replayed = replay_is_exact(&self.directory.path().join("data"), Left::Cleanly);
        assert!(
            replayed.sales > 0 && replayed.snapshots == replayed.sales,
            "{replayed:?}"
        );
    }

    /// A request to any path of the node.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// A call of the API: `path` is what comes after `/api/v1`.
    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Answer {
        let mut request = self.request(method, &format!("/api/v1{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        send(request).await
    }

    /// The session of a new bidder, refresh token included.
    pub async fn bidder(&self, name: &str) -> Value {
        let sign_up = json!({
            "name": name, "display_name": name.to_uppercase(), "password": PASSWORD, "refresh_in_body": true,
        });
        self.post("/auth/sign-up", None, sign_up).await.json(201)
    }

    /// An access token of a new bidder.
    pub async fn bidder_token(&self, name: &str) -> String {
        text(&self.bidder(name).await["access_token"])
    }

    /// An access token of a new auctioneer.
    pub async fn staff_token(&self) -> String {
        let seed = seed("hammer", Role::Auctioneer);
        self.running.users().send(seed).await.unwrap();
        let sign_in = json!({"name": "hammer", "password": PASSWORD});
        text(&self.post("/auth/sign-in", None, sign_in).await.json(200)["access_token"])
    }

    /// An access token that this node's own key signed, but for a time long past.
    pub async fn expired_token(&self, role: Role) -> String {
        let elsewhere = tempfile::tempdir().unwrap();
        let store = Store::open(elsewhere.path()).await.unwrap();
        let key = SigningKey::load_or_create(&self.directory.path().join("data/keys")).unwrap();
        let long_past = ManualClock::new(Timestamp(1_600_000_000_000));
        let users = UsersActor::start(UsersConfig::default(), store, &key, long_past).unwrap();
        users.send(seed("late", role)).await.unwrap();
        let sign_in = SignIn {
            name: "late".to_owned(),
            password: Password::new(PASSWORD),
            refresh_in_body: false,
        };
        users.send(sign_in).await.unwrap().session.access_token
    }

    /// A draft sale in a room; answers its id.
    pub async fn draft(&self, staff: &str) -> String {
        text(&self.post("/sales", Some(staff), sale_input()).await.json(201)["id"])
    }

    /// A lot of a draft sale; answers its id.
    pub async fn lot(&self, staff: &str, sale: &str, number: &str) -> String {
        let path = format!("/sales/{sale}/lots");
        text(&self.post(&path, Some(staff), lot_input(number)).await.json(201)["id"])
    }

    /// A published sale with one lot; answers both ids.
    pub async fn published(&self, staff: &str) -> (String, String) {
        let sale = self.draft(staff).await;
        let lot = self.lot(staff, &sale, "1").await;
        let path = format!("/sales/{sale}/publish");
        self.call(Method::POST, &path, Some(staff), None).await.json(200);
        (sale, lot)
    }
}

impl Answer {
    /// The body, when the status is this.
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert!(
            self.header("content-type").starts_with("application/json"),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The problem, which must be whole and have this status and code.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem: Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["type"], format!("urn:gavel:problem:{code}"));
        assert_eq!(problem["status"], status);
        for text in ["title", "detail"] {
            assert!(!problem[text].as_str().unwrap().is_empty(), "{problem}");
        }
        problem
    }

    /// The first field that a `validation` problem names.
    pub fn invalid_field(&self) -> String {
        text(&self.problem(422, "validation")["fields"][0]["field"])
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The refresh cookie that is set: the value and all attributes.
    pub fn cookie(&self) -> Option<(String, String)> {
        let cookie = self.header("set-cookie").strip_prefix("gavel_refresh=")?;
        let (value, attributes) = cookie.split_once(';').unwrap();
        Some((value.to_owned(), attributes.to_owned()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.bytes().await.unwrap().to_vec(),
    }
}

/// A body that is JSON by its header only.
pub fn raw_json(request: RequestBuilder, body: impl Into<reqwest::Body>) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json").body(body)
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

pub fn sale_input() -> Value {
    let starts_at_ms = SystemClock.now().plus_ms(24 * 60 * 60 * 1000).as_ms();
    json!({
        "title": "Old masters", "description": "Paintings", "location": "Riga", "kind": "room",
        "currency": "EUR", "starts_at_ms": starts_at_ms, "auto_approve": false,
        "book_visibility": "counts",
    })
}

pub fn lot_input(number: &str) -> Value {
    json!({
        "number": number, "title": "Still life", "artist": "Unknown", "description": "Oil on panel",
        "estimate_low_minor": 100_000, "estimate_high_minor": 200_000,
        "rules": {
            "version": 1, "format": "english", "opening_price_minor": 50_000,
            "increments": [{"from_minor": 0, "step_minor": 5_000}],
            "reserve_price_minor": 90_000, "reserve_rule": "hold", "tie_rule": "earliest",
            "off_increment": "reject", "closes_at_ms": null, "soft_close": null, "seller": null,
            // The hammer falls when it is struck.
            "hammer_window_ms": 0,
        },
    })
}

fn seed(name: &str, role: Role) -> SeedUser {
    SeedUser {
        name: name.to_owned(),
        display_name: name.to_uppercase(),
        email: None,
        password: Password::new(PASSWORD),
        role,
        locale: Locale::En,
    }
}
