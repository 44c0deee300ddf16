//! What REST shows of a sale that is being held: bids as each viewer may see them, and results.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use support::{Node, text};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(node: &Node, token: &str) -> Socket {
    let address = node.address.replace("http://", "ws://");
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("{address}/ws/v1"))
        .await
        .unwrap();
    ask(
        &mut socket,
        json!({"type": "sign_in", "token": token}),
        "signed_in",
    )
    .await;
    socket
}

/// Sends a message and waits for the answer of this type.
async fn ask(socket: &mut Socket, message: Value, answer: &str) -> Value {
    socket.send(Message::text(message.to_string())).await.unwrap();
    loop {
        let frame = socket.next().await.unwrap().unwrap();
        let Ok(frame) = frame.to_text() else { continue };
        let Ok(received) = serde_json::from_str::<Value>(frame) else {
            continue;
        };
        if received["type"] == answer {
            return received;
        }
        assert_eq!(received.get("code"), None, "{message} was answered {received}");
    }
}

async fn command(socket: &mut Socket, sale: &str, command: Value) {
    let message =
        json!({"type": "command", "command_id": Uuid::new_v4(), "sale_id": sale, "command": command});
    ask(socket, message, "command_done").await;
}

#[actix_web::test]
async fn bids_and_results_of_a_live_sale() {
    let node = Node::start().await;
    let staff = node.staff_token().await;
    let (sale, lot) = node.published(&staff).await;
    let jane = node.bidder("jane").await;
    let (user, jane) = (text(&jane["user"]["id"]), text(&jane["access_token"]));
    let registrations = format!("/sales/{sale}/registrations");
    let registration = node
        .call(Method::POST, &registrations, Some(&jane), None)
        .await
        .json(201);
    let approve = format!("{registrations}/{user}/approve");
    node.call(Method::POST, &approve, Some(&staff), None)
        .await
        .json(200);

    let mut console = connect(&node, &staff).await;
    command(&mut console, &sale, json!({"kind": "start_sale"})).await;
    command(&mut console, &sale, json!({"kind": "open_lot", "lot_id": lot})).await;
    let floor_bid = json!({
        "kind": "floor_bid", "lot_id": lot, "bid_id": Uuid::new_v4(), "amount_minor": 50_000,
        "currency": "EUR", "paddle": null, "channel": "floor",
    });
    command(&mut console, &sale, floor_bid).await;
    let mut phone = connect(&node, &jane).await;
    let bid_id = Uuid::new_v4();
    let bid = json!({
        "type": "bid", "bid_id": bid_id, "sale_id": sale, "lot_id": lot, "currency": "EUR", "max_minor": 95_000,
    });
    ask(&mut phone, bid, "bid_accepted").await;

    let bids = async |token: Option<&str>| {
        let path = format!("/sales/{sale}/lots/{lot}/bids");
        let bids = node.get(&path, token).await.json(200)["bids"].clone();
        assert_eq!(bids.as_array().unwrap().len(), 2, "{bids}");
        bids
    };
    let public = bids(None).await;
    let (newest, oldest) = (&public[0], &public[1]);
    assert_eq!(newest["paddle"], registration["paddle"]);
    assert_eq!(newest["channel"], "online");
    assert_eq!(
        newest.get("kind"),
        None,
        "a maximum tells that there is more behind it"
    );
    assert_eq!((&newest["mine"], newest.get("max_minor")), (&json!(false), None));
    assert_eq!(newest.get("bid_id"), None);
    assert_eq!(
        (&oldest["amount_minor"], &oldest["paddle"]),
        (&json!(50_000), &Value::Null)
    );
    let own = bids(Some(&jane)).await;
    assert_eq!(
        (&own[0]["mine"], &own[0]["kind"], &own[0]["max_minor"]),
        (&json!(true), &json!("max"), &json!(95_000))
    );
    assert_eq!(own[1].get("kind"), None, "somebody else's");
    let seen_by_staff = bids(Some(&staff)).await;
    assert_eq!(seen_by_staff[0]["bid_id"], bid_id.to_string());
    assert_eq!(
        (&seen_by_staff[0]["kind"], &seen_by_staff[1]["kind"]),
        (&json!("max"), &json!("bid"))
    );
    assert_eq!(
        seen_by_staff[0].get("max_minor"),
        None,
        "the house shows counts only"
    );
    assert_eq!(seen_by_staff[1]["max_minor"], 50_000, "the clerk's own");
    let elsewhere = format!("/sales/{sale}/lots/{}/bids", Uuid::new_v4());
    node.get(&elsewhere, None).await.problem(404, "not_found");

    let hammer = json!({"kind": "hammer", "lot_id": lot, "result": "sold", "override_reserve": true});
    command(&mut console, &sale, hammer).await;
    let results = format!("/sales/{sale}/results");
    let result = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        loop {
            // Results follow the live sale at a small distance.
            let results = node.get(&results, None).await.json(200);
            if let Some(result) = results["results"].get(0) {
                return result.clone();
            }
        }
    });
    let result = result.await.unwrap();
    assert_eq!((&result["lot_id"], &result["number"]), (&json!(lot), &json!("1")));
    assert_eq!(
        (&result["result"], &result["winner_paddle"]),
        (&json!("sold"), &registration["paddle"])
    );
    assert_eq!(result["price_minor"], newest["amount_minor"]);
}
