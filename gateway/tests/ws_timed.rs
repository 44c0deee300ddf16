//! Timed sales as they are entered over REST and felt on a socket.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use gavel_gateway::limits::Rate;
use reqwest::Method;
use serde_json::{Value, json};
use support::Node;
use ws::{House, client::Client, lot, now_ms};

const HOUR_MS: i64 = 60 * 60 * 1000;

#[actix_web::test]
async fn lots_of_one_group_move_together_and_others_stay() {
    let first = now_ms() + HOUR_MS;
    let sale = json!({
        "kind": "timed", "auto_approve": true, "starts_at_ms": now_ms() - HOUR_MS,
        "first_close_at_ms": first, "close_every_ms": 60_000,
    });
    // Whatever is bid now is late.
    let late = |group: Value| json!({"soft_close": {"window_ms": 2 * HOUR_MS, "extend_ms": 3 * HOUR_MS, "group": group}});
    let lots = [
        lot("1", &late(json!(1))),
        lot("2", &late(json!(2))),
        lot("3", &late(json!(1))),
        lot("4", &late(Value::Null)),
        lot("5", &json!({})),
    ];
    let house = House::with(Node::start().await, &sale, &lots).await;
    let (sale, lots) = (house.sale.as_str(), &house.lots);
    let jane = house.bidder("jane").await;
    let mut ann = house.follower(&jane).await;
    let mut console = house.console().await;
    console.done(sale, json!({"kind": "start_sale"})).await;
    ann.update_with("sale_started").await;
    let closes = async |client: &mut Client| {
        let snapshot = client.follow(sale).await;
        let lots = snapshot["lots"].as_array().unwrap().iter();
        lots.map(|lot| lot["closes_at_ms"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    let before = closes(&mut ann).await;
    let staggered: Vec<_> = (0..5).map(|n| first + n * 60_000).collect();
    assert_eq!(before, staggered);

    ann.bid(sale, &lots[2], json!({"amount_minor": 50_000})).await;
    let moved = ann.update_with("close_extended").await;
    let to = moved["at_ms"].as_i64().unwrap() + 3 * HOUR_MS;
    let mut touched: Vec<_> = moved["lots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lot| &lot["lot_id"])
        .collect();
    touched.sort_by_key(|lot| (*lot).to_string());
    let mut group = [json!(lots[0]), json!(lots[2])];
    group.sort_by_key(Value::to_string);
    assert_eq!(touched, group.iter().collect::<Vec<_>>());
    assert_eq!(closes(&mut ann).await, [to, before[1], to, before[3], before[4]]);
    ann.bid(sale, &lots[3], json!({"amount_minor": 50_000})).await;
    let moved = ann.update_with("close_extended").await;
    assert_eq!(
        moved["lots"].as_array().unwrap().len(),
        1,
        "a lot without a group moves alone"
    );
}

/// How many lots close, and how far apart, milliseconds.
const LOTS: usize = 500;
const EVERY_MS: i64 = 4;

/// Publishes a draft of which the first lot closes in a moment; a moment that is long enough for a slow machine
/// to get there.
async fn publish_to_close_soon(node: &Node, staff: &str, sale: &str) {
    let mut moment_ms = 2_000;
    loop {
        let closes = json!({"first_close_at_ms": now_ms() + moment_ms, "close_every_ms": EVERY_MS});
        let path = format!("/sales/{sale}");
        let edited = node.call(Method::PATCH, &path, Some(staff), Some(closes)).await;
        edited.json(200);
        let published = node
            .call(Method::POST, &format!("{path}/publish"), Some(staff), None)
            .await;
        if published.status == 200 {
            return;
        }
        assert_eq!(published.invalid_field(), "first_close_at_ms");
        moment_ms *= 2;
    }
}

#[actix_web::test]
async fn five_hundred_lots_close_on_a_socket_each_once_and_in_order_while_another_is_bid_on() {
    let node = Node::start_with(|config| config.limits.api = Rate::new(60_000, 60_000).unwrap()).await;
    let staff = node.staff_token().await;
    let mut input = support::sale_input();
    input["kind"] = json!("timed");
    input["auto_approve"] = json!(true);
    input["starts_at_ms"] = json!(now_ms() - HOUR_MS);
    input["first_close_at_ms"] = json!(now_ms() + HOUR_MS);
    input["close_every_ms"] = json!(EVERY_MS);
    let sale = support::text(&node.post("/sales", Some(&staff), input).await.json(201)["id"]);
    let path = format!("/sales/{sale}/lots");
    let mut lots = Vec::new();
    for number in 1..=LOTS {
        let input = lot(&number.to_string(), &json!({}));
        lots.push(support::text(
            &node.post(&path, Some(&staff), input).await.json(201)["id"],
        ));
    }
    // One that stays open.
    let input = lot("501", &json!({"closes_at_ms": now_ms() + HOUR_MS}));
    let other = support::text(&node.post(&path, Some(&staff), input).await.json(201)["id"]);
    publish_to_close_soon(&node, &staff, &sale).await;
    let house = House {
        node,
        staff,
        sale,
        lots,
    };
    let (sale, lots) = (house.sale.as_str(), &house.lots);
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let connect = async |token: &str| Client::with_token(&house.node, token).await;
    let (mut ann, mut ben) = (connect(&jane.token).await, connect(&john.token).await);
    let mut guest = Client::guest(&house.node).await.trusting();
    guest.follow(sale).await;
    let mut console = connect(&house.staff).await;
    console.done(sale, json!({"kind": "start_sale"})).await;

    // Whenever fifty more have closed somebody bids on the other lot, and is answered.
    let mut closed: Vec<String> = Vec::new();
    let mut amount = 50_000;
    while closed.len() < LOTS {
        let before = closed.len();
        let message = guest.until(|message| message["type"] == "update" || message["type"] == "snapshot");
        see_closed(&message.await, &mut closed);
        for _ in before / 50..closed.len() / 50 {
            let bidder = if amount % 10_000 == 0 { &mut ann } else { &mut ben };
            let answer = bidder.bid(sale, &other, json!({"amount_minor": amount})).await;
            assert_eq!(
                (&answer["leading"], &answer["price_minor"]),
                (&json!(true), &json!(amount))
            );
            amount += 5_000;
        }
    }
    assert_eq!(closed, *lots, "each once, in order");
    console
        .done(sale, json!({"kind": "hammer", "lot_id": other, "result": "sold"}))
        .await;
    console.done(sale, json!({"kind": "end_sale"})).await;

    // The table of results has every lot, each with its own close.
    let shown = house.node.get(&format!("/sales/{sale}"), None).await.json(200);
    let first = shown["first_close_at_ms"].as_i64().unwrap();
    let results = loop {
        let results = house
            .node
            .get(&format!("/sales/{sale}/results"), None)
            .await
            .json(200);
        let results = results["results"].as_array().unwrap().clone();
        if results.len() == LOTS + 1 {
            break results;
        }
        tokio::task::yield_now().await;
    };
    for (n, (result, id)) in (0..).zip(results.iter().zip(lots)) {
        let ended = (&result["lot_id"], &result["result"], &result["closed_at_ms"]);
        let close = json!(first + n * EVERY_MS);
        assert_eq!(ended, (&json!(id), &json!("unsold"), &close));
        assert_eq!(
            shown["lots"][usize::try_from(n).unwrap()]["rules"]["closes_at_ms"],
            close
        );
    }
    let sold = &results[LOTS];
    assert_eq!(
        (&sold["lot_id"], &sold["price_minor"]),
        (&json!(other), &json!(amount - 5_000))
    );
}

/// Notes the lots that a message shows as closed now. Who reads slowly is sent a snapshot instead of updates.
fn see_closed(message: &Value, closed: &mut Vec<String>) {
    if message["type"] == "snapshot" {
        let lots = message["lots"].as_array().unwrap().iter();
        let now = lots.filter(|lot| lot["state"] == "closed");
        let now: Vec<_> = now.map(|lot| support::text(&lot["lot_id"])).collect();
        assert!(now.starts_with(closed), "a closed lot stays closed");
        *closed = now;
        return;
    }
    for event in message["events"].as_array().unwrap() {
        if ["lot_sold", "lot_unsold"]
            .iter()
            .any(|kind| event["kind"] == *kind)
        {
            closed.push(support::text(&event["lot_id"]));
        }
    }
}
