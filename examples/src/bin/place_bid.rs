//! Signs in, registers for the live sale, and bids the next amount on the open lot:
//! `place-bid NAME PASSWORD`.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use gavel_examples::{Result, Socket, base_url, live_sale};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(name), Some(password)) = (words.next(), words.next()) else {
        return Err("usage: place-bid NAME PASSWORD".into());
    };
    let api = format!("{}/api/v1", base_url());
    let http = reqwest::Client::new();
    let session: Value = http
        .post(format!("{api}/auth/sign-in"))
        .json(&json!({"name": name, "password": password}))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let token = session["access_token"].as_str().ok_or("no access token")?;
    let sale = live_sale().await?;
    let sale_id = sale["id"].as_str().ok_or("the sale has no id")?;
    let registration: Value = http
        .post(format!("{api}/sales/{sale_id}/registrations"))
        .bearer_auth(token)
        .json(&json!({}))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    println!("paddle {}, {}", registration["paddle"], registration["status"]);

    let mut socket = Socket::connect().await?;
    socket.send(json!({"type": "sign_in", "token": token})).await?;
    socket.subscribe(&sale["id"]).await?;
    let snapshot = socket.next_of("snapshot").await?;
    let open = snapshot["lots"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|lot| lot["state"] == "open");
    let lot = open.ok_or("no lot is open at the moment")?;

    // The id is ours: if the answer is lost with the connection, `bid_status` with the same id tells
    // the bid's true fate.
    let bid_id = Uuid::new_v4();
    socket
        .send(json!({
            "type": "bid", "bid_id": bid_id, "sale_id": sale["id"], "lot_id": lot["lot_id"],
            "currency": sale["currency"], "amount_minor": lot["minimum_minor"],
        }))
        .await?;
    loop {
        let answer = socket.next().await?;
        if answer["bid_id"] == json!(bid_id) {
            println!("{answer}");
            return Ok(());
        }
    }
}
