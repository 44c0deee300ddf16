//! Sealed bids are hidden from everybody but their own bidders until the lot has closed.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use serde_json::{Value, json};
use ws::{
    House, Parties,
    client::{Client, event, id},
    lot,
};

/// Amounts that come up nowhere by chance.
const BOOKED: i64 = 71_234;
const FIRST: i64 = 83_456;
const REVISED: i64 = 85_678;

/// The bids of a lot as somebody may read them.
async fn history(house: &House, sale: &str, lot: &str, token: Option<&str>) -> Value {
    let path = format!("/sales/{sale}/lots/{lot}/bids");
    house.node.get(&path, token).await.json(200)["bids"].clone()
}

fn knows(client: &Client, amount: i64) -> bool {
    client.received.iter().any(|message| holds(message, amount))
}

fn holds(value: &Value, amount: i64) -> bool {
    match value {
        Value::Number(number) => number.as_i64() == Some(amount),
        Value::Array(items) => items.iter().any(|item| holds(item, amount)),
        Value::Object(fields) => fields.values().any(|field| holds(field, amount)),
        _ => false,
    }
}

#[actix_web::test]
async fn nobody_learns_of_a_sealed_bid_before_the_lot_has_closed() {
    let house = House::with(support::Node::start().await, &json!({}), &[lot("1", &json!({}))]).await;
    let sealed = json!({
        "format": "sealed_first_price", "revisions": true,
        "runs": {"from": "opening", "duration_ms": 3_600_000},
    });
    let Parties {
        sale,
        lots,
        mut console,
        bidders: [mut ann, mut ben],
        tokens: [ann_token, ben_token],
        ..
    } = house.parties("sealed", &json!({}), &[lot("1", &sealed)]).await;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(&sale).await;

    // What is left before the opening, withdrawn and left again, is as secret as a bid.
    ann.bid(&sale, &lots[0], json!({"max_minor": BOOKED})).await;
    ann.leave_book(&sale, &lots[0]).await;
    ann.bid(&sale, &lots[0], json!({"max_minor": BOOKED})).await;
    let opened = console
        .done(&sale, json!({"kind": "open_lot", "lot_id": lots[0]}))
        .await;
    let bid = ben.bid(&sale, &lots[0], json!({"amount_minor": FIRST})).await;
    let nothing = [&bid["price_minor"], &bid["minimum_minor"]];
    assert_eq!((nothing, &bid["leading"]), ([&Value::Null; 2], &json!(false)));
    let revised = ben.bid(&sale, &lots[0], json!({"amount_minor": REVISED})).await;
    let known = ben.bid_status(&sale, revised["bid_id"].as_str().unwrap()).await;
    assert_eq!(
        (&known["price_minor"], &known["max_minor"], &known["repeated"]),
        (&Value::Null, &json!(REVISED), &json!(true))
    );
    // Nobody can ask for the fate of somebody else's.
    let foreign = ann.bid_status(&sale, revised["bid_id"].as_str().unwrap()).await;
    assert_eq!(foreign["code"], "bid_id_reused", "{foreign}");
    let foreseen = json!({"kind": "foresee_retract", "lot_id": lots[0], "bid_id": revised["bid_id"]});
    let foreseen = console.command(&sale, foreseen).await;
    assert_eq!(foreseen["before"], foreseen["after"], "says nothing");

    // Every state that is shown, to those who were there and to those who come now.
    for client in [&mut guest, &mut console, &mut ann] {
        let snapshot = client.follow(&sale).await;
        let shown = &snapshot["lots"][0];
        for field in [
            "price_minor",
            "leader",
            "bid_count",
            "ask_minor",
            "reserve_met",
            "outcome",
        ] {
            assert_eq!(shown[field], Value::Null, "{field}");
        }
        assert_eq!(shown["minimum_minor"], 50_000);
        let book = &snapshot["staff"]["book"];
        assert!(*book == Value::Null || *book == json!([]), "{book}");
        client.before_pong().await;
        for message in &client.received {
            for kind in ["bid_accepted", "absentee_left", "absentee_withdrawn"] {
                assert!(event(message, kind).is_none(), "{message}");
            }
            let later = message["type"] == "update" && message["seq"].as_u64() > Some(opened);
            assert!(!later, "nothing happens on the lot: {message}");
        }
        assert!(!knows(client, FIRST) && !knows(client, REVISED));
    }
    assert!(knows(&ann, BOOKED) && !knows(&guest, BOOKED) && !knows(&console, BOOKED));
    ben.follow(&sale).await;
    assert!(knows(&ben, REVISED) && !knows(&ben, BOOKED));
    let of = async |token: Option<&str>| history(&house, &sale, &lots[0], token).await;
    for token in [None, Some(house.staff.as_str())] {
        assert_eq!(of(token).await, json!([]));
    }
    for (token, own) in [(&ann_token, vec![BOOKED]), (&ben_token, vec![REVISED, FIRST])] {
        let bids = of(Some(token)).await;
        let bids = bids.as_array().unwrap();
        let maxima: Vec<_> = bids
            .iter()
            .map(|bid| bid["max_minor"].as_i64().unwrap())
            .collect();
        assert_eq!(maxima, own);
        assert!(bids.iter().all(|bid| bid["mine"] == true));
    }

    // Once the lot is closed the house may read them, and nobody else.
    console
        .done(&sale, json!({"kind": "withdraw", "lot_id": lots[0]}))
        .await;
    let bids = of(Some(&house.staff)).await;
    assert_eq!(bids.as_array().unwrap().len(), 3, "{bids}");
    assert_eq!(of(None).await, json!([]));
    house.node.finish().await;
}

#[actix_web::test]
async fn the_close_tells_the_price_and_the_winner_and_not_the_bids() {
    let house = House::with(support::Node::start().await, &json!({}), &[lot("1", &json!({}))]).await;
    let sealed = json!({"format": "vickrey", "runs": {"from": "opening", "duration_ms": 100}});
    let Parties {
        sale,
        lots,
        mut console,
        bidders: [mut ann, mut ben],
        ..
    } = house.parties("vickrey", &json!({}), &[lot("1", &sealed)]).await;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(&sale).await;
    // Whoever leaves a maximum before the opening need not hurry.
    ann.bid(&sale, &lots[0], json!({"max_minor": REVISED})).await;
    ben.bid(&sale, &lots[0], json!({"max_minor": FIRST})).await;
    console
        .done(&sale, json!({"kind": "open_lot", "lot_id": lots[0]}))
        .await;
    let update = guest.update_with("lot_sold").await;
    let sold = event(&update, "lot_sold").unwrap();
    assert_eq!(sold["price_minor"], FIRST, "the second price");
    let shown = &update["lots"][0];
    assert_eq!(
        (&shown["bid_count"], &shown["outcome"]["price_minor"]),
        (&json!(2), &json!(FIRST))
    );
    assert_eq!(sold["winner_paddle"], shown["outcome"]["winner_paddle"]);
    assert!(
        !knows(&guest, REVISED),
        "what the winner would have paid is nobody's business"
    );
    let late = ben
        .bid_as(&id(), &sale, &lots[0], json!({"amount_minor": 90_000}))
        .await;
    assert_eq!(late["code"], "closed", "{late}");
    house.node.finish().await;
}
