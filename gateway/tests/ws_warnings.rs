//! Fair warning: how many have it on display, and for whom that is to know.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use serde_json::{Value, json};
use std::time::Instant;
use ws::{
    House,
    client::{Client, event},
};

#[actix_web::test]
async fn consoles_see_how_many_have_a_fair_warning_on_display() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let shown = |seq: u64| json!({"type": "warning_shown", "sale_id": sale, "lot_id": lots[0], "seq": seq});
    let jane = house.bidder("jane").await;
    let mut first = house.follower(&jane).await;
    let mut second = house.follower(&jane).await;
    let mut john = house.follower(&house.bidder("john").await).await;
    let mut jim = house.follower(&house.bidder("jim").await).await;
    let mut stranger = house.follower(&house.stranger("joe").await).await;
    let mut console = house.open_first_lot().await;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(sale).await;

    let start = Instant::now();
    let warning = json!({"kind": "fair_warning", "lot_id": lots[0]});
    let seq = console.done(sale, warning.clone()).await;
    for wrong in [seq - 1, seq + 1] {
        jim.send(shown(wrong)).await;
        jim.before_pong().await;
    }
    for nobody in [&mut stranger, &mut guest, &mut console] {
        nobody.send(shown(seq)).await;
        nobody.before_pong().await;
    }
    // Known to the sale, but it does not look.
    jim.send(json!({"type": "unsubscribe", "sale_id": sale})).await;
    jim.send(shown(seq)).await;
    jim.follow(sale).await;
    for _ in 0..2 {
        for client in [&mut first, &mut second, &mut john] {
            client.send(shown(seq)).await;
            client.before_pong().await;
        }
    }
    let within_ms = u64::try_from(start.elapsed().as_millis()).unwrap() + 1;
    let two = |message: &Value| message["type"] == "warning_seen" && message["seen"] == 2;
    let seen = console.until(two).await;
    assert_eq!(
        (&seen["lot_id"], &seen["seq"], &seen["online"]),
        (&json!(lots[0]), &json!(seq), &json!(3))
    );
    let delays = (
        seen["median_ms"].as_u64().unwrap(),
        seen["p95_ms"].as_u64().unwrap(),
    );
    assert!(delays.0 <= delays.1 && delays.1 <= within_ms, "{seen}");

    // Another console sees the same at once; whoever leaves has seen it all the same.
    let mut other = Client::with_token(&house.node, &house.staff).await;
    other.follow(sale).await;
    let told = other.before_pong().await;
    assert!(told.contains(&seen), "{told:?}");
    drop(john);
    let left = other.until(|message| two(message) && message["online"] == 2);
    assert_eq!(left.await["p95_ms"], seen["p95_ms"]);
    // However often something changes, that is told four times a second.
    for _ in 0..8 {
        jim.send(json!({"type": "unsubscribe", "sale_id": sale})).await;
        jim.follow(sale).await;
    }
    console.before_pong().await;
    let told = |client: &Client| {
        let told = client.received.iter();
        told.filter(|message| message["type"] == "warning_seen").count()
    };
    let turns = start.elapsed().as_millis() / 250 + 1;
    assert!(told(&console) as u128 <= turns, "{} in {turns}", told(&console));

    // A bid ends it, and the next warning begins anew; a snapshot brings it as well.
    jim.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    let mut late = house.console().await;
    assert!(
        late.before_pong()
            .await
            .iter()
            .all(|message| message["type"] != "warning_seen")
    );
    let again = console.done(sale, warning).await;
    jim.bid(sale, &lots[1], json!({"max_minor": 70_000})).await;
    first.send(shown(seq)).await;
    first.before_pong().await;
    let mut third = Client::with_token(&house.node, &jane.token).await;
    let snapshot = third.follow(sale).await;
    assert_eq!(snapshot["lots"][0]["fair_warning"], true);
    assert!(snapshot["seq"].as_u64().unwrap() > again);
    third.send(shown(snapshot["seq"].as_u64().unwrap())).await;
    third.before_pong().await;
    // What was not told before the hammer is told with it.
    let pass = json!({"kind": "hammer", "lot_id": lots[0], "result": "pass"});
    console.done(sale, pass).await;
    console.update_with("lot_unsold").await;
    let closed = console
        .received
        .iter()
        .rposition(|message| event(message, "lot_unsold").is_some());
    let before = &console.received[..closed.unwrap()];
    let last = before
        .iter()
        .rfind(|message| message["type"] == "warning_seen")
        .unwrap();
    assert_eq!(
        (&last["seq"], &last["seen"]),
        (&json!(again), &json!(1)),
        "{last}"
    );
    for client in [&first, &guest] {
        assert_eq!(told(client), 0, "for staff");
    }
}
