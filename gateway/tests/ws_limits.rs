//! What a connection and an address may ask of a sale that others bid in.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use gavel_gateway::limits::Rate;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use ws::{House, client::Client};

#[actix_web::test]
async fn snapshots_have_a_rate_of_their_own() {
    let house = House::room().await;
    let mut client = Client::guest(&house.node).await;
    let subscribe = Message::text(json!({"type": "subscribe", "sale_id": house.sale}).to_string());
    // Fewer than the messages that a connection may send at once.
    client.send_frames(vec![subscribe; 39]).await;
    let received = client.ended_by("too_frequent", 1008).await;
    let snapshots = received.iter().filter(|message| message["type"] == "snapshot");
    let snapshots = snapshots.count();
    // One more for each second that the test has taken.
    assert!((35..39).contains(&snapshots), "{snapshots}");
}

#[actix_web::test]
async fn snapshots_for_one_address_have_a_rate() {
    let house = House::room_with(|config| config.limits.subscribe_address = Rate::new(1, 2).unwrap()).await;
    let (mut one, mut two) = (Client::guest(&house.node).await, Client::guest(&house.node).await);
    one.follow(&house.sale).await;
    two.follow(&house.sale).await;
    let mut three = Client::guest(&house.node).await;
    three
        .send(json!({"type": "subscribe", "sale_id": house.sale}))
        .await;
    three.ended_by("busy", 1013).await;
    one.before_pong().await;
}
