//! How far a bidder may go, in one sale and over all of them, as it is felt on a socket.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use reqwest::Method;
use serde_json::{Value, json};
use support::Node;
use ws::{Bidder, House, client::Client, lot, now_ms, publish};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Three lots that are open side by side for the time of a test.
fn timed_lots() -> [Value; 3] {
    let closes_at_ms = now_ms() + 2 * DAY_MS;
    ["1", "2", "3"].map(|number| lot(number, &json!({"closes_at_ms": closes_at_ms})))
}

fn timed_sale() -> Value {
    json!({"kind": "timed", "auto_approve": true})
}

async fn open_house() -> House {
    let house = House::with(Node::start().await, &timed_sale(), &timed_lots()).await;
    start(&house, &house.sale).await;
    house
}

async fn start(house: &House, sale: &str) {
    let mut console = Client::with_token(&house.node, &house.staff).await;
    console.done(sale, json!({"kind": "start_sale"})).await;
}

impl House {
    async fn put(&self, path: &str, limit: Value) -> Value {
        let body = json!({"limit_minor": limit});
        let answer = self
            .node
            .call(Method::PUT, path, Some(&self.staff), Some(body))
            .await;
        answer.json(200)
    }

    async fn limit(&self, bidder: &Bidder, limit: Value) {
        let path = format!("/sales/{}/registrations/{}/limit", self.sale, bidder.user_id);
        assert_eq!(self.put(&path, limit.clone()).await["limit_minor"], limit);
    }

    async fn exposure(&self, bidder: &Bidder) -> Value {
        let path = format!("/users/{}/credit/EUR", bidder.user_id);
        let credit = self.node.get(&path, Some(&self.staff)).await;
        credit.json(200)["exposure_minor"].clone()
    }
}

fn max(amount: i64) -> Value {
    json!({"max_minor": amount})
}

fn accepted(answer: &Value) {
    assert_eq!(answer["type"], "bid_accepted", "{answer}");
}

/// Refused, with what the limit leaves.
fn over_limit(answer: &Value, left: i64) {
    let said = (&answer["code"], &answer["maximum_minor"], &answer["final"]);
    assert_eq!(
        said,
        (&json!("over_limit"), &json!(left), &json!(true)),
        "{answer}"
    );
}

/// The own standing, once it says that so much is left.
async fn left(client: &mut Client, sale: &str, left: Value) -> Value {
    let fits = |message: &Value| {
        message["type"] == "you" && message["sale_id"] == sale && message["you"]["left_minor"] == left
    };
    client.until(fits).await["you"].clone()
}

#[actix_web::test]
async fn a_limit_in_a_sale_binds_at_once_is_released_when_outbid_and_can_be_raised() {
    let house = open_house().await;
    let (sale, lots) = (house.sale.as_str(), &house.lots);
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let (mut ann, mut ben) = (house.follower(&jane).await, house.follower(&john).await);
    let mut console = house.console().await;

    house.limit(&jane, json!(100_000)).await;
    let you = left(&mut ann, sale, json!(100_000)).await;
    assert_eq!(
        (&you["limit_minor"], &you["exposure_minor"]),
        (&json!(100_000), &json!(0))
    );
    let changed = console.event("registration_changed").await;
    assert_eq!(changed["limit_minor"], 100_000);

    accepted(&ann.bid(sale, &lots[0], max(60_000)).await);
    let you = left(&mut ann, sale, json!(40_000)).await;
    assert_eq!(you["exposure_minor"], 60_000);
    over_limit(&ann.bid(sale, &lots[1], max(55_000)).await, 40_000);
    // The own maximum counts once.
    over_limit(&ann.bid(sale, &lots[0], max(100_001)).await, 100_000);

    accepted(&ben.bid(sale, &lots[0], json!({"amount_minor": 65_000})).await);
    left(&mut ann, sale, json!(100_000)).await;
    accepted(&ann.bid(sale, &lots[1], max(55_000)).await);

    over_limit(&ann.bid(sale, &lots[2], max(60_000)).await, 45_000);
    house.limit(&jane, json!(115_000)).await;
    accepted(&ann.bid(sale, &lots[2], max(60_000)).await);
    left(&mut ann, sale, json!(0)).await;

    // Less than is bound: nothing is taken back, and nothing more is taken.
    house.limit(&jane, json!(10_000)).await;
    let you = ann.until(|message| message["you"]["limit_minor"] == 10_000).await["you"].clone();
    assert_eq!(
        (&you["exposure_minor"], &you["left_minor"]),
        (&json!(115_000), &json!(0))
    );
    assert_eq!(
        you["lots"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|lot| lot["leading"] == true)
            .count(),
        2
    );
    over_limit(&ann.bid(sale, &lots[0], max(80_000)).await, 0);
    house.limit(&jane, Value::Null).await;
    accepted(&ann.bid(sale, &lots[0], max(80_000)).await);
    // Of somebody else's limit nobody hears.
    assert!(
        ben.before_pong()
            .await
            .iter()
            .all(|message| message["type"] != "you")
    );
}

#[actix_web::test]
async fn credit_holds_over_two_sales_and_over_a_restart() {
    let house = open_house().await;
    let (second, second_lots) = publish(&house.node, &house.staff, &timed_sale(), &timed_lots()).await;
    start(&house, &second).await;
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let path = format!("/sales/{second}/registrations");
    let registered = house
        .node
        .call(Method::POST, &path, Some(&jane.token), None)
        .await;
    registered.json(201);
    let mut ann = house.follower(&jane).await;
    ann.follow(&second).await;

    let credit = format!("/users/{}/credit/EUR", jane.user_id);
    house.put(&credit, json!(100_000)).await;
    house
        .put(&format!("/users/{}/credit/USD", jane.user_id), json!(1))
        .await;
    for sale in [&house.sale, &second] {
        left(&mut ann, sale, json!(100_000)).await;
    }
    accepted(&ann.bid(&house.sale, &house.lots[0], max(60_000)).await);
    assert_eq!(house.exposure(&jane).await, 60_000);
    over_limit(&ann.bid(&second, &second_lots[0], max(55_000)).await, 40_000);
    let mut ben = house.follower(&john).await;
    accepted(
        &ben.bid(&house.sale, &house.lots[0], json!({"amount_minor": 65_000}))
            .await,
    );
    assert_eq!(house.exposure(&jane).await, 0);
    accepted(&ann.bid(&second, &second_lots[0], max(55_000)).await);

    let House {
        node,
        staff,
        sale,
        lots,
    } = house;
    let node = node.restart().await;
    let house = House {
        node,
        staff,
        sale,
        lots,
    };
    let mut ann = house.follower(&jane).await;
    assert_eq!(house.exposure(&jane).await, 55_000);
    over_limit(&ann.bid(&house.sale, &house.lots[1], max(60_000)).await, 45_000);
    let raised = house.put(&credit, json!(115_000)).await;
    assert_eq!(raised["exposure_minor"], 55_000);
    accepted(&ann.bid(&house.sale, &house.lots[1], max(60_000)).await);
    over_limit(&ann.bid(&house.sale, &house.lots[2], max(50_000)).await, 0);
    let gone = house
        .node
        .call(Method::DELETE, &credit, Some(&house.staff), None)
        .await;
    assert_eq!(gone.status, 204);
    accepted(&ann.bid(&house.sale, &house.lots[2], max(50_000)).await);
}
