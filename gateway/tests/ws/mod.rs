//! Sales, bidders and consoles for tests of the WebSocket.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod client;
pub mod contract;

use crate::support::{Node, PASSWORD, lot_input, sale_input, text};
use client::Client;
use gavel_actors::{
    clock::{Clock as _, ManualClock, SystemClock},
    users::{Password, SignIn, SigningKey, UsersActor, UsersConfig},
};
use gavel_gateway::serve::Config;
use gavel_storage::relational::Store;
use reqwest::Method;
use serde_json::{Value, json};

/// How long access tokens are good for.
const TOKEN_MS: i64 = 15 * 60 * 1000;

/// A node with one published sale in euro: lots open at 50000, step 5000.
pub struct House {
    pub node: Node,
    pub staff: String,
    pub sale: String,
    pub lots: Vec<String>,
}

/// An account of the house.
pub struct Bidder {
    pub token: String,
    pub user_id: String,
}

/// A sale and those who are there.
pub struct Parties {
    pub sale: String,
    pub lots: Vec<String>,
    pub console: Client,
    pub bidders: [Client; 2],
    /// Ids of the bidders' accounts.
    pub accounts: [String; 2],
    pub tokens: [String; 2],
}

impl House {
    /// A room that approves everybody, with three lots without reserve.
    pub async fn room() -> Self {
        Self::room_with(|_| ()).await
    }

    pub async fn room_with(change: impl FnOnce(&mut Config)) -> Self {
        let node = Node::start_with(change).await;
        let lots = ["1", "2", "3"].map(|number| lot(number, &json!({})));
        Self::with(node, &json!({"auto_approve": true}), &lots).await
    }

    /// A published sale; `sale` changes the usual one.
    pub async fn with(node: Node, sale: &Value, lots: &[Value]) -> Self {
        let staff = node.staff_token().await;
        let (sale, lots) = publish(&node, &staff, sale, lots).await;
        Self {
            node,
            staff,
            sale,
            lots,
        }
    }

    /// A new account that has not registered for the sale.
    pub async fn stranger(&self, name: &str) -> Bidder {
        let session = self.node.bidder(name).await;
        Bidder {
            token: text(&session["access_token"]),
            user_id: text(&session["user"]["id"]),
        }
    }

    /// A new account that has registered for the sale.
    pub async fn bidder(&self, name: &str) -> Bidder {
        let bidder = self.stranger(name).await;
        self.register(&bidder).await;
        bidder
    }

    pub async fn register(&self, bidder: &Bidder) -> Value {
        let path = format!("/sales/{}/registrations", self.sale);
        let answer = self
            .node
            .call(Method::POST, &path, Some(&bidder.token), None)
            .await;
        answer.json(201)
    }

    /// Another published sale, with two new bidders and a console that follow it.
    pub async fn parties(&self, name: &str, sale: &Value, lots: &[Value]) -> Parties {
        let mut change = json!({"auto_approve": true, "book_visibility": "full"});
        merge(&mut change, sale);
        let (sale, lots) = publish(&self.node, &self.staff, &change, lots).await;
        let mut console = Client::with_token(&self.node, &self.staff).await;
        console.follow(&sale).await;
        let (ann, ann_account) = self.bidder_of(&sale, &format!("ann-{name}")).await;
        let (ben, ben_account) = self.bidder_of(&sale, &format!("ben-{name}")).await;
        let tokens = [ann_account.token, ben_account.token];
        Parties {
            sale,
            lots,
            console,
            bidders: [ann, ben],
            tokens,
            accounts: [ann_account.user_id, ben_account.user_id],
        }
    }

    /// A new account that has registered for a sale and follows it.
    async fn bidder_of(&self, sale: &str, name: &str) -> (Client, Bidder) {
        let bidder = self.stranger(name).await;
        let path = format!("/sales/{sale}/registrations");
        let registered = self.node.call(Method::POST, &path, Some(&bidder.token), None);
        registered.await.json(201);
        let mut client = Client::with_token(&self.node, &bidder.token).await;
        client.follow(sale).await;
        (client, bidder)
    }

    /// The house's word: `approve` or `suspend`.
    pub async fn say(&self, bidder: &Bidder, word: &str) {
        let path = format!("/sales/{}/registrations/{}/{word}", self.sale, bidder.user_id);
        let answer = self.node.call(Method::POST, &path, Some(&self.staff), None).await;
        answer.json(200);
    }

    /// A connection of a bidder that follows the sale.
    pub async fn follower(&self, bidder: &Bidder) -> Client {
        let mut client = Client::with_token(&self.node, &bidder.token).await;
        client.follow(&self.sale).await;
        client
    }

    /// A console that follows the sale.
    pub async fn console(&self) -> Client {
        let mut client = Client::with_token(&self.node, &self.staff).await;
        client.follow(&self.sale).await;
        client
    }

    /// A console that follows the sale and has opened its first lot.
    pub async fn open_first_lot(&self) -> Client {
        let mut console = self.console().await;
        console.done(&self.sale, json!({"kind": "next_lot"})).await;
        console
    }

    /// Everything that bids and commands can change, as staff see it: the records' number, sale,
    /// lots, book and history.
    pub async fn state(&self) -> Value {
        let mut client = Client::with_token(&self.node, &self.staff).await;
        let mut snapshot = client.follow(&self.sale).await;
        snapshot.as_object_mut().unwrap().remove("server_time_ms");
        let mut histories = Vec::new();
        for lot in &self.lots {
            let path = format!("/sales/{}/lots/{lot}/bids", self.sale);
            histories.push(self.node.get(&path, Some(&self.staff)).await.json(200));
        }
        json!({"snapshot": snapshot, "histories": histories})
    }

    /// The state without the number of records: refusals are recorded too.
    pub async fn standing(&self) -> Value {
        let mut state = self.state().await;
        state["snapshot"].as_object_mut().unwrap().remove("seq");
        state
    }

    /// An access token of an account that expires in a moment.
    pub async fn token_for_ms(&self, name: &str, left_ms: i64) -> String {
        let data = self.node.directory.path().join("data");
        let store = Store::open(&data).await.unwrap();
        let key = SigningKey::load_or_create(&data.join("keys")).unwrap();
        let then = ManualClock::new(SystemClock.now().plus_ms(left_ms - TOKEN_MS));
        let users = UsersActor::start(UsersConfig::default(), store, &key, then).unwrap();
        let sign_in = SignIn {
            name: name.to_owned(),
            password: Password::new(PASSWORD),
            refresh_in_body: false,
        };
        users.send(sign_in).await.unwrap().session.access_token
    }
}

/// Creates and publishes a sale; answers its id and those of its lots.
pub async fn publish(node: &Node, staff: &str, sale: &Value, lots: &[Value]) -> (String, Vec<String>) {
    let mut input = sale_input();
    merge(&mut input, sale);
    let sale = text(&node.post("/sales", Some(staff), input).await.json(201)["id"]);
    let mut ids = Vec::new();
    for lot in lots {
        let path = format!("/sales/{sale}/lots");
        ids.push(text(
            &node.post(&path, Some(staff), lot.clone()).await.json(201)["id"],
        ));
    }
    let path = format!("/sales/{sale}/publish");
    node.call(Method::POST, &path, Some(staff), None).await.json(200);
    (sale, ids)
}

/// A lot without reserve; `rules` changes the usual ones.
pub fn lot(number: &str, rules: &Value) -> Value {
    let mut lot = lot_input(number);
    lot["rules"]["reserve_price_minor"] = Value::Null;
    merge(&mut lot["rules"], rules);
    lot
}

fn merge(into: &mut Value, changes: &Value) {
    let changes = changes.as_object().unwrap().clone();
    into.as_object_mut().unwrap().extend(changes);
}

/// Unix milliseconds.
pub fn now_ms() -> i64 {
    SystemClock.now().as_ms()
}
