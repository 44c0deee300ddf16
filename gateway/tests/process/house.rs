//! A house ready to sell: accounts, a published sale, approved bidders.

use super::{gavel::Launch, socket::Socket, text};
use gavel_actors::{
    clock::{Clock, SystemClock},
    users::{Locale, Password, Role, SeedUser, SigningKey, UsersActor, UsersConfig},
};
use gavel_storage::{data_dir::DataDir, relational::Store};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub const PASSWORD: &str = "correct horse battery";
pub const CURRENCY: &str = "EUR";
pub const OPENING_MINOR: i64 = 50_000;
pub const STEP_MINOR: i64 = 5_000;

/// The account that runs sales.
const STAFF: &str = "hammer";

/// REST, at one address.
pub struct Api {
    client: reqwest::Client,
    base: String,
}

impl Api {
    /// Of the node that listens there.
    pub fn at(address: &str) -> Self {
        Self {
            client: reqwest::Client::new(),
            base: format!("http://{address}"),
        }
    }

    /// A call of any path.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let body = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// What is there.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Value {
        let (status, body) = self
            .call(Method::GET, &format!("/api/v1{path}"), token, None)
            .await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// What comes of it, which must be well.
    pub async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Value {
        let path = format!("/api/v1{path}");
        let (status, body) = self.call(Method::POST, &path, token, Some(&body)).await;
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    /// An access token.
    pub async fn sign_in(&self, name: &str, password: &str) -> String {
        let session = self
            .post("/auth/sign-in", None, json!({"name": name, "password": password}))
            .await;
        text(&session["access_token"])
    }

    /// A lot's bids as staff see them, oldest first.
    pub async fn history(&self, staff: &str, sale: &str, lot: &str) -> Vec<Value> {
        let bids = self
            .get(&format!("/sales/{sale}/lots/{lot}/bids"), Some(staff))
            .await;
        let newest_first = bids["bids"].as_array().expect("a history");
        newest_first.iter().rev().cloned().collect()
    }
}

/// A bidder with a paddle.
#[derive(Debug, Clone)]
pub struct Bidder {
    pub token: String,
    pub paddle: u64,
}

/// A published sale and everybody in it. Tokens outlive the processes that made them.
#[derive(Debug, Clone)]
pub struct House {
    pub staff: String,
    pub sale: String,
    /// In running order.
    pub lots: Vec<String>,
    pub bidders: Vec<Bidder>,
}

impl House {
    /// Prepared at a running node whose directory was made with [`open`].
    pub async fn prepare(address: &str, lots: usize, bidders: usize) -> Self {
        let api = Api::at(address);
        let lots: Vec<_> = (1..=lots).map(lot_input).collect();
        Self::with(&api, &sale_input(), &lots, bidders).await
    }

    /// The same with this sale and these lots.
    pub async fn with(api: &Api, sale: &Value, lots: &[Value], bidders: usize) -> Self {
        let staff = api.sign_in(STAFF, PASSWORD).await;
        let sale = text(&api.post("/sales", Some(&staff), sale.clone()).await["id"]);
        let mut lot_ids = Vec::new();
        for lot in lots {
            let path = format!("/sales/{sale}/lots");
            lot_ids.push(text(&api.post(&path, Some(&staff), lot.clone()).await["id"]));
        }
        api.post(&format!("/sales/{sale}/publish"), Some(&staff), json!({}))
            .await;
        let mut house = Self {
            staff,
            sale,
            lots: lot_ids,
            bidders: Vec::new(),
        };
        for number in 0..bidders {
            house.bidders.push(house.admit(api, number).await);
        }
        house
    }

    /// Staff open the first lot.
    pub async fn open_first_lot(&self, address: &str) {
        let mut console = Socket::follow(address, &self.staff, &self.sale).await.unwrap();
        let command = json!({
            "type": "command", "command_id": "open", "sale_id": self.sale, "command": {"kind": "next_lot"},
        });
        console.send(&command).await;
        console.expect("command_done").await;
    }

    /// The first lot's bids as staff see them, oldest first.
    pub async fn first_lots_history(&self, address: &str) -> Vec<Value> {
        Api::at(address)
            .history(&self.staff, &self.sale, &self.lots[0])
            .await
    }

    async fn admit(&self, api: &Api, number: usize) -> Bidder {
        let sign_up = json!({
            "name": format!("bidder-{number}"), "display_name": format!("Bidder {number}"), "password": PASSWORD,
        });
        let token = text(&api.post("/auth/sign-up", None, sign_up).await["access_token"]);
        let path = format!("/sales/{}/registrations", self.sale);
        let registration = api.post(&path, Some(&token), json!({})).await;
        assert_eq!(registration["status"], "approved", "{registration}");
        Bidder {
            token,
            paddle: registration["paddle"].as_u64().unwrap(),
        }
    }
}

/// Makes a data directory with one account of staff in it, and a configuration file beside it: the
/// data directory, and how a node is started on it.
pub async fn open(directory: &Path) -> (PathBuf, Launch) {
    let data = directory.join("data");
    {
        let held = DataDir::open(&data).unwrap();
        let store = Store::open(held.root()).await.unwrap();
        let key = SigningKey::load_or_create(held.keys()).unwrap();
        let mut config = UsersConfig::default();
        config.passwords.memory_kib = PASSWORD_MEMORY_KIB;
        let users = UsersActor::start(config, store.clone(), &key, Arc::new(SystemClock)).unwrap();
        let seed = SeedUser {
            name: STAFF.to_owned(),
            display_name: "The Auctioneer".to_owned(),
            email: None,
            password: Password::new(PASSWORD),
            role: Role::Auctioneer,
            locale: Locale::En,
        };
        users.send(seed).await.unwrap();
        store.close().await.unwrap();
    }
    let config = config_file(directory);
    let launch = Launch::serve(&data).arguments(["--config", config.to_str().unwrap()]);
    (data, launch)
}

/// Small enough that the journal goes on to a new segment every few hundred bids.
const SEGMENT_BYTES: u64 = 128 << 10;

const PASSWORD_MEMORY_KIB: u32 = 8;

/// Settings under which a start takes milliseconds and nobody bids too often.
fn config_file(directory: &Path) -> PathBuf {
    let path = directory.join("gavel.toml");
    let rate = "{ per_minute = 1000000, burst = 100000 }";
    let settings = format!(
        "workers = 2\nauction_threads = 2\nsegment_bytes = {SEGMENT_BYTES}\n\
         password_memory_kib = {PASSWORD_MEMORY_KIB}\n[limits]\nbid = {rate}\nsign_up_address = {rate}\n"
    );
    std::fs::write(&path, settings).unwrap();
    path
}

pub fn sale_input() -> Value {
    let in_an_hour_ms = SystemClock.now().as_ms() + 3_600_000;
    json!({
        "title": "Evening sale", "description": "Paintings", "location": "Riga", "kind": "room",
        "currency": CURRENCY, "starts_at_ms": in_an_hour_ms, "auto_approve": true,
        "book_visibility": "full",
    })
}

/// Lots with a reserve and without, that take amounts between the increments and that do not.
pub fn lot_input(number: usize) -> Value {
    let odd = number % 2 == 1;
    json!({
        "number": number.to_string(), "title": "Still life", "artist": "Unknown", "description": "Oil on panel",
        "estimate_low_minor": 100_000, "estimate_high_minor": 200_000,
        "rules": {
            "version": 1, "format": "english", "opening_price_minor": OPENING_MINOR,
            "increments": [{"from_minor": 0, "step_minor": STEP_MINOR}],
            "reserve_price_minor": odd.then_some(90_000), "reserve_rule": "hold", "tie_rule": "earliest",
            "off_increment": if odd { "reject" } else { "accept" },
            "closes_at_ms": null, "soft_close": null, "seller": null, "hammer_window_ms": 0,
        },
    })
}
