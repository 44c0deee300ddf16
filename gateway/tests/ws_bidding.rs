//! Bids over the WebSocket: every answer, and that none but the right ones change anything.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use gavel_gateway::limits::Rate;
use serde_json::{Value, json};
use support::Node;
use ws::{
    Bidder, House,
    client::{Client, id},
    lot,
};

/// A refusal that is final and the first answer.
fn refused(answer: &Value, code: &str, minimum: Option<i64>) {
    assert_eq!(answer["type"], "bid_refused", "{answer}");
    assert_eq!(answer["code"], code, "{answer}");
    assert_eq!(answer["minimum_minor"], json!(minimum), "{answer}");
    assert_eq!(
        (&answer["final"], &answer["repeated"]),
        (&json!(true), &json!(false))
    );
    assert!(!answer["message"].as_str().unwrap().is_empty());
}

/// A refusal of a bid that no sale has seen.
fn unseen(answer: &Value, code: &str) {
    assert_eq!(answer["code"], code, "{answer}");
    assert_eq!(
        (&answer["final"], &answer["repeated"]),
        (&json!(false), &json!(false))
    );
}

#[actix_web::test]
async fn a_bid_counts_or_the_answer_says_what_would() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let (mut jane, mut john) = (house.follower(&jane).await, house.follower(&john).await);
    house.open_first_lot().await;

    let first = jane.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    let paddle = jane.received[1]["you"]["paddle"].clone();
    let expected = json!({
        "type": "bid_accepted", "bid_id": first["bid_id"], "sale_id": sale, "lot_id": lots[0],
        "seq": first["seq"], "at_ms": first["at_ms"], "leading": true, "price_minor": 50_000,
        "minimum_minor": 55_000, "max_minor": 50_000, "repeated": false,
    });
    assert_eq!(first, expected);
    let seen = john.update_with("bid_accepted").await;
    assert_eq!(seen["seq"], first["seq"]);
    let event = json!({
        "kind": "bid_accepted", "lot_id": lots[0], "paddle": paddle, "channel": "online",
        "price_minor": 50_000, "took_lead": true,
    });
    assert_eq!(seen["events"], json!([event]));
    assert_eq!(
        seen["lots"][0]["leader"],
        json!({"paddle": paddle, "channel": "online"})
    );
    assert_eq!(seen["lots"][0]["bid_count"], 1);

    refused(
        &john.bid(sale, &lots[0], json!({"amount_minor": 54_999})).await,
        "below_minimum",
        Some(55_000),
    );
    refused(
        &john.bid(sale, &lots[0], json!({"amount_minor": 57_000})).await,
        "off_increment",
        Some(55_000),
    );
    refused(
        &jane.bid(sale, &lots[0], json!({"amount_minor": 60_000})).await,
        "already_leading",
        Some(55_000),
    );
    let raised = jane.bid(sale, &lots[0], json!({"max_minor": 100_000})).await;
    assert_eq!(
        (&raised["price_minor"], &raised["max_minor"]),
        (&json!(50_000), &json!(100_000))
    );
    refused(
        &jane.bid(sale, &lots[0], json!({"max_minor": 100_000})).await,
        "not_above_own_max",
        Some(100_001),
    );
    // Taken, and outbid at once by the standing maximum.
    let outbid = john.bid(sale, &lots[0], json!({"amount_minor": 70_000})).await;
    assert_eq!(
        (&outbid["type"], &outbid["leading"]),
        (&json!("bid_accepted"), &json!(false))
    );
    assert_eq!(
        (&outbid["price_minor"], &outbid["minimum_minor"]),
        (&json!(75_000), &json!(80_000))
    );
    assert_eq!(outbid["max_minor"], 70_000);
}

#[actix_web::test]
async fn a_repeat_gets_the_first_answer() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let mut client = house.follower(&jane).await;
    let mut other = house.follower(&john).await;
    house.open_first_lot().await;
    let low = json!({"amount_minor": 40_000});
    let offer = json!({"amount_minor": 50_000});
    let refusal = client.bid(sale, &lots[0], low.clone()).await;
    let accepted = client.bid(sale, &lots[0], offer.clone()).await;
    other.bid(sale, &lots[0], json!({"amount_minor": 55_000})).await;
    let before = house.state().await;

    let with = |answer: &Value, repeated: bool| {
        let mut answer = answer.clone();
        answer["repeated"] = json!(repeated);
        answer
    };
    let bid_id = |answer: &Value| answer["bid_id"].as_str().unwrap().to_owned();
    let mut elsewhere = Client::with_token(&house.node, &jane.token).await;
    for client in [&mut client, &mut elsewhere] {
        let again = client
            .bid_as(&bid_id(&refusal), sale, &lots[0], low.clone())
            .await;
        assert_eq!(again, with(&refusal, true));
        let again = client
            .bid_as(&bid_id(&accepted), sale, &lots[0], offer.clone())
            .await;
        assert_eq!(again, with(&accepted, true));
        for (first, id) in [(&refusal, bid_id(&refusal)), (&accepted, bid_id(&accepted))] {
            assert_eq!(client.bid_status(sale, &id).await, with(first, true));
        }
        // The id of another bid.
        for (lot, offer) in [
            (&lots[0], json!({"amount_minor": 60_000})),
            (&lots[1], offer.clone()),
            (&lots[0], json!({"max_minor": 50_000})),
        ] {
            let reused = client.bid_as(&bid_id(&accepted), sale, lot, offer).await;
            refused(&reused, "bid_id_reused", None);
        }
    }
    // Of another bidder.
    refused(
        &other.bid_as(&bid_id(&accepted), sale, &lots[0], offer).await,
        "bid_id_reused",
        None,
    );
    refused(
        &other.bid_status(sale, &bid_id(&accepted)).await,
        "bid_id_reused",
        None,
    );
    assert_eq!(house.state().await, before, "repeats leave no trace");
}

#[actix_web::test]
async fn a_bid_that_did_not_arrive_is_void_for_ever() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let mut client = house.follower(&jane).await;
    house.open_first_lot().await;
    let before = house.standing().await;
    let lost = id();
    let fate = client.bid_status(sale, &lost).await;
    refused(&fate, "not_received", None);
    assert_eq!(fate["lot_id"], Value::Null);
    assert_eq!(client.bid_status(sale, &lost).await["repeated"], true);
    // The copy that was still on its way.
    let late = client
        .bid_as(&lost, sale, &lots[0], json!({"amount_minor": 50_000}))
        .await;
    assert_eq!(
        (&late["code"], &late["final"], &late["repeated"]),
        (&json!("not_received"), &json!(true), &json!(true))
    );
    assert_eq!(house.standing().await, before);
}

#[actix_web::test]
async fn nobody_bids_who_may_not() {
    let node = Node::start().await;
    let session = node.bidder("owner").await;
    let owner = Bidder {
        token: session["access_token"].as_str().unwrap().to_owned(),
        user_id: session["user"]["id"].as_str().unwrap().to_owned(),
    };
    let house = House::with(
        node,
        &json!({}),
        &[lot("1", &json!({"seller": owner.user_id})), lot("2", &json!({}))],
    )
    .await;
    let House { sale, lots, .. } = &house;
    house.register(&owner).await;
    let stranger = house.stranger("stranger").await;
    let (pending, guest_of_honour) = (house.bidder("pending").await, house.bidder("honour").await);
    for bidder in [&owner, &guest_of_honour] {
        house.say(bidder, "approve").await;
    }
    let mut console = house.open_first_lot().await;
    let mut suspended = house.follower(&guest_of_honour).await;
    let good = suspended
        .bid(sale, &lots[0], json!({"amount_minor": 50_000}))
        .await;
    assert_eq!(good["leading"], true, "{good}");
    house.say(&guest_of_honour, "suspend").await;
    let before = house.standing().await;
    let offers = [json!({"amount_minor": 55_000}), json!({"max_minor": 90_000})];
    for offer in offers {
        for (bidder, code) in [(&stranger, "not_registered"), (&pending, "pending_approval")] {
            let mut client = Client::with_token(&house.node, &bidder.token).await;
            for lot in lots {
                refused(&client.bid(sale, lot, offer.clone()).await, code, None);
            }
        }
        refused(
            &suspended.bid(sale, &lots[0], offer.clone()).await,
            "suspended",
            None,
        );
        let mut seller = Client::with_token(&house.node, &owner.token).await;
        refused(
            &seller.bid(sale, &lots[0], offer.clone()).await,
            "seller_may_not_bid",
            None,
        );
        refused(&console.bid(sale, &lots[0], offer).await, "not_registered", None);
    }
    assert_eq!(house.standing().await, before);
    // The house has changed its mind.
    house.say(&guest_of_honour, "approve").await;
    let again = suspended.bid(sale, &lots[0], json!({"max_minor": 90_000})).await;
    assert_eq!(again["type"], "bid_accepted", "{again}");
}

#[actix_web::test]
async fn amounts_currencies_and_lots_that_make_no_sense_are_refused() {
    let house = House::room_with(|config| config.limits.bid = Rate::new(60_000, 1000).unwrap()).await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let mut client = house.follower(&jane).await;
    let mut console = house.open_first_lot().await;
    let before = house.standing().await;
    for amount in [0, -1, -50_000, i64::MIN, i64::MAX, 1_000_000_000_000_001] {
        for field in ["amount_minor", "max_minor"] {
            for lot in &lots[..2] {
                let answer = client.bid(sale, lot, json!({field: amount})).await;
                refused(&answer, "amount_out_of_range", None);
            }
        }
    }
    // Another connection: one alone may not ask as much as this at once.
    let mut client = house.follower(&jane).await;
    for currency in ["USD", "eur", "", "€", "EURO", "E\u{0}R"] {
        let bid_id = id();
        let offer = json!({"amount_minor": 50_000, "currency": currency});
        let answer = client.bid_as(&bid_id, sale, &lots[0], offer).await;
        if currency == "USD" {
            refused(&answer, "wrong_currency", None);
        } else {
            unseen(&answer, "wrong_currency");
            let fate = client.bid_status(sale, &bid_id).await;
            refused(&fate, "not_received", None);
        }
    }
    refused(
        &client.bid(sale, &id(), json!({"amount_minor": 50_000})).await,
        "unknown_lot",
        None,
    );
    refused(
        &client.bid(sale, sale, json!({"amount_minor": 50_000})).await,
        "unknown_lot",
        None,
    );
    unseen(
        &client.bid(&id(), &lots[0], json!({"amount_minor": 50_000})).await,
        "unknown_sale",
    );
    refused(
        &client.bid(sale, &lots[1], json!({"amount_minor": 50_000})).await,
        "not_open",
        None,
    );
    assert_eq!(house.standing().await, before);

    console
        .done(sale, json!({"kind": "pause", "lot_id": lots[0]}))
        .await;
    refused(
        &client.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await,
        "paused",
        None,
    );
    console
        .done(sale, json!({"kind": "resume", "lot_id": lots[0]}))
        .await;
    console
        .done(
            sale,
            json!({"kind": "hammer", "lot_id": lots[0], "result": "pass"}),
        )
        .await;
    let before = house.standing().await;
    refused(
        &client.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await,
        "closed",
        None,
    );
    assert_eq!(house.standing().await, before);
    console.done(sale, json!({"kind": "end_sale"})).await;
    let before = house.standing().await;
    for lot in lots {
        refused(
            &client.bid(sale, lot, json!({"max_minor": 50_000})).await,
            "sale_ended",
            None,
        );
    }
    assert_eq!(house.standing().await, before);

    console
        .refused(sale, json!({"kind": "reopen", "lot_id": lots[0]}), "sale_ended")
        .await;
}

#[actix_web::test]
async fn the_largest_amount_is_still_an_amount() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let (mut jane, mut john) = (house.follower(&jane).await, house.follower(&john).await);
    house.open_first_lot().await;
    let most = 1_000_000_000_000_000_i64;
    jane.bid(sale, &lots[0], json!({"max_minor": most})).await;
    let tied = john.bid(sale, &lots[0], json!({"max_minor": most})).await;
    assert_eq!(
        (&tied["leading"], &tied["price_minor"]),
        (&json!(false), &json!(most)),
        "{tied}"
    );
    refused(
        &john.bid(sale, &lots[0], json!({"amount_minor": most})).await,
        "below_minimum",
        Some(most + 5_000),
    );
}

#[actix_web::test]
async fn a_bid_of_no_known_shape_ends_the_connection_and_nothing_else() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    house.open_first_lot().await;
    let mut witness = house.follower(&jane).await;
    let before = house.state().await;
    let bid = |rest: &str| {
        let bid_id = id();
        format!(
            r#"{{"type":"bid","bid_id":"{bid_id}","sale_id":"{sale}","lot_id":"{}","currency":"EUR"{rest}}}"#,
            lots[0]
        )
    };
    let mut texts: Vec<String> = [
        "",
        r#","amount_minor":null"#,
        r#","amount_minor":50000,"max_minor":50000"#,
        r#","amount_minor":50000,"amount_minor":50000"#,
        r#","amount_minor":50000.5"#,
        r#","amount_minor":5e4"#,
        r#","amount_minor":1e300"#,
        r#","amount_minor":1e999"#,
        r#","amount_minor":-1e300"#,
        r#","amount_minor":9223372036854775808"#,
        r#","amount_minor":123456789012345678901234567890"#,
        r#","amount_minor":"50000""#,
        r#","amount_minor":true"#,
        r#","amount_minor":[50000]"#,
        r#","amount_minor":{"minor":50000}"#,
        r#","amount_minor":NaN"#,
    ]
    .map(bid)
    .into();
    let good = bid(r#","amount_minor":50000"#);
    texts.push(good.replace(&lots[0], "lot 7"));
    texts.push(good.replace(r#""EUR""#, "978"));
    for text in texts {
        let mut client = Client::with_token(&house.node, &jane.token).await;
        client.send_text(&text).await;
        client.ended_by("malformed", 1007).await;
    }
    assert_eq!(house.state().await, before);
    witness.before_pong().await;
}

#[actix_web::test]
async fn too_many_bids_are_put_off() {
    let house = House::room_with(|config| {
        config.limits.bid = Rate::new(1, 1).unwrap();
        config.limits.bid_status = Rate::new(1, 2).unwrap();
    })
    .await;
    let House { sale, lots, .. } = &house;
    let (jane, john) = (house.bidder("jane").await, house.bidder("john").await);
    let mut client = house.follower(&jane).await;
    house.open_first_lot().await;
    client.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    // Asking takes nothing of what a bidder may bid, nor the other way round.
    for _ in 0..2 {
        refused(&client.bid_status(sale, &id()).await, "not_received", None);
    }
    let before = house.state().await;
    let mut elsewhere = Client::with_token(&house.node, &jane.token).await;
    for client in [&mut client, &mut elsewhere] {
        for put_off in [
            client.bid(sale, &lots[0], json!({"max_minor": 90_000})).await,
            client.bid_status(sale, &id()).await,
        ] {
            assert_eq!(put_off["code"], "rate_limited", "{put_off}");
            assert_eq!(
                (&put_off["final"], &put_off["repeated"]),
                (&json!(false), &json!(false))
            );
        }
    }
    assert_eq!(house.state().await, before);
    // A quota is one bidder's.
    let mut other = house.follower(&john).await;
    let taken = other.bid(sale, &lots[0], json!({"amount_minor": 55_000})).await;
    assert_eq!(taken["type"], "bid_accepted", "{taken}");
}

#[actix_web::test]
async fn bids_sent_in_one_go_are_decided_in_their_order() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let mut client = house.follower(&jane).await;
    house.open_first_lot().await;
    let ids: Vec<_> = (0..15).map(|_| id()).collect();
    for (bid_id, max) in ids.iter().zip((60_000..).step_by(1_000)) {
        let bid = json!({
            "type": "bid", "bid_id": bid_id, "sale_id": sale, "lot_id": lots[0], "currency": "EUR",
            "max_minor": max,
        });
        client.send(bid).await;
    }
    // An answer names its bid; which of several comes first is not said.
    let mut seqs = vec![0; ids.len()];
    for _ in &ids {
        let accepted = client.answer("bid_accepted").await;
        let bid = ids.iter().position(|id| accepted["bid_id"] == json!(id));
        seqs[bid.unwrap()] = accepted["seq"].as_u64().unwrap();
    }
    assert!(seqs.is_sorted_by(|one, next| one < next), "{seqs:?}");
    assert!(seqs[0] > 0, "each is answered once: {seqs:?}");
}
