//! `docs/asyncapi.yaml` against what a node really sends: sales of every kind go through every
//! message, event and command that the document describes, and nothing else comes.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

#[path = "ws/flows.rs"]
mod flows;
mod support;
mod ws;

use gavel_engine::Reason;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ws::{
    House,
    client::{Client, event, id},
    contract::{Contract, contract, reference},
    lot, now_ms,
};

#[actix_web::test]
async fn every_message_event_and_command_is_as_it_is_written() {
    let node = support::Node::start().await;
    let reserve = json!({"reserve_price_minor": 90_000});
    let lots = [lot("1", &reserve), lot("2", &json!({})), lot("3", &json!({}))];
    let house = House::with(node, &json!({"book_visibility": "full"}), &lots).await;
    let mut seen = Seen::default();
    for client in room_sale(&house).await {
        seen.add(&client);
    }
    for client in timed_sale(&house).await {
        seen.add(&client);
    }
    for client in flows::single_lots(&house).await {
        seen.add(&client);
    }
    for client in flows::groups(&house).await {
        seen.add(&client);
    }
    for client in flows::other_formats(&house).await {
        seen.add(&client);
    }
    let contract = contract();
    assert_eq!(seen.received, contract.types("send"));
    assert_eq!(seen.sent, contract.types("receive"));
    assert_eq!(seen.events, contract.kinds("Event"));
    assert_eq!(seen.commands, contract.kinds("StaffCommand"));
    // All of it can be replayed.
    house.node.finish().await;
}

/// What came and went on some connections.
#[derive(Default)]
struct Seen {
    received: BTreeSet<String>,
    sent: BTreeSet<String>,
    events: BTreeSet<String>,
    commands: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, client: &Client) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        for message in &client.received {
            self.received.insert(text(&message["type"]));
            let events = message["events"].as_array().into_iter().flatten();
            self.events.extend(events.map(|event| text(&event["kind"])));
        }
        for message in &client.sent {
            ws::contract::hold(message);
            self.sent.insert(text(&message["type"]));
            if message["type"] == "command" {
                self.commands.insert(text(&message["command"]["kind"]));
            }
        }
    }
}

async fn room_sale(house: &House) -> Vec<Client> {
    let House { sale, lots, .. } = house;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(sale).await;
    let mut console = house.console().await;
    let jane = house.bidder("jane").await;
    let mut bidder = house.follower(&jane).await;
    house.say(&jane, "approve").await;
    let you = bidder.answer("you").await;
    assert_eq!(you["you"]["status"], "approved");
    console.answer("presence").await;

    // The book.
    bidder.bid(sale, &lots[0], json!({"max_minor": 70_000})).await;
    bidder.leave_book(sale, &lots[0]).await;
    console.event("absentee_withdrawn").await;
    let booked = bidder.bid(sale, &lots[0], json!({"max_minor": 80_000})).await;
    assert_eq!(booked["price_minor"], Value::Null, "{booked}");
    let paddle = you["you"]["paddle"].clone();
    let absentee = json!({
        "kind": "absentee_bid", "lot_id": lots[1], "bid_id": id(), "paddle": paddle,
        "max_minor": 60_000, "currency": "EUR",
    });
    console.done(sale, absentee).await;
    let book = house.state().await["snapshot"]["staff"]["book"].clone();
    assert_eq!(book[0]["entries"][0]["max_minor"], 80_000, "{book}");

    // A lot with everything that the room knows.
    let on = |kind: &str, lot: &str| json!({"kind": kind, "lot_id": lot});
    let message = |text: &str| json!({"kind": "message", "text": text});
    console.done(sale, message("Добро пожаловать")).await;
    console.done(sale, json!({"kind": "start_sale"})).await;
    console.done(sale, json!({"kind": "next_lot"})).await;
    let floor = |lot: &str, bid_id: &str, amount: i64, paddle: Value| {
        json!({
            "kind": "floor_bid", "lot_id": lot, "bid_id": bid_id, "amount_minor": amount,
            "currency": "EUR", "paddle": paddle, "channel": "floor",
        })
    };
    let wrong = id();
    console
        .done(sale, floor(&lots[0], &wrong, 85_000, json!(12)))
        .await;
    console
        .done(
            sale,
            json!({"kind": "set_ask", "lot_id": lots[0], "ask_minor": 88_000}),
        )
        .await;
    console
        .done(
            sale,
            json!({"kind": "set_step", "lot_id": lots[0], "step_minor": 1_000}),
        )
        .await;
    let low = bidder.bid(sale, &lots[0], json!({"amount_minor": 87_000})).await;
    assert_eq!(
        (&low["code"], &low["minimum_minor"]),
        (&json!("below_minimum"), &json!(88_000))
    );
    let known = bidder.bid_status(sale, low["bid_id"].as_str().unwrap()).await;
    assert_eq!(known["repeated"], true);
    console.done(sale, on("fair_warning", &lots[0])).await;
    console.done(sale, on("pause", &lots[0])).await;
    console
        .done(
            sale,
            json!({"kind": "retract", "lot_id": lots[0], "bid_id": wrong}),
        )
        .await;
    console.done(sale, on("resume", &lots[0])).await;
    let again = json!({"kind": "hammer", "lot_id": lots[0], "result": "sold"});
    console.refused(sale, again, "reserve_not_met").await;
    console
        .done(
            sale,
            json!({"kind": "hammer", "lot_id": lots[0], "result": "pass"}),
        )
        .await;
    console.done(sale, on("reopen", &lots[0])).await;
    console
        .done(sale, floor(&lots[0], &id(), 95_000, Value::Null))
        .await;
    let sold = json!({
        "kind": "hammer", "lot_id": lots[0], "result": "sold", "override_reserve": false, "paddle": 14,
    });
    console.done(sale, sold).await;
    let sold = guest.event("lot_sold").await;
    assert_eq!(
        (&sold["price_minor"], &sold["winner_paddle"]),
        (&json!(95_000), &json!(14))
    );

    // The other messages.
    console.done(sale, on("open_lot", &lots[2])).await;
    console
        .done(
            sale,
            json!({"kind": "hammer", "lot_id": lots[2], "result": "pass"}),
        )
        .await;
    console.done(sale, json!({"kind": "end_sale"})).await;
    guest.update_with("sale_ended").await;
    let last_seq = guest.received.last().unwrap()["seq"].clone();
    guest
        .send(json!({"type": "subscribe", "sale_id": sale, "last_seq": last_seq}))
        .await;
    guest.answer("resumed").await;
    guest.send(json!({"type": "unsubscribe", "sale_id": sale})).await;
    guest.before_pong().await;
    guest.send(json!({"type": "subscribe", "sale_id": id()})).await;
    let unknown = guest.answer("error").await;
    assert_eq!(unknown["code"], "unknown_sale");
    console.before_pong().await;
    bidder.update_with("sale_ended").await;
    staff_alone_see_what_is_for_staff(&console, &[&guest, &bidder]);
    vec![guest, console, bidder]
}

/// A bid just before the close moves it.
async fn timed_sale(house: &House) -> Vec<Client> {
    let now = now_ms();
    let soft = json!({"window_ms": 3_600_000, "extend_ms": 7_200_000, "max_extensions": 1});
    let rules = json!({"closes_at_ms": now + 1_800_000, "soft_close": soft});
    let change = json!({"kind": "timed", "starts_at_ms": now - 3_600_000, "auto_approve": true});
    let (sale, lots) = ws::publish(&house.node, &house.staff, &change, &[lot("1", &rules)]).await;
    let john = house.node.bidder("john").await;
    let token = john["access_token"].as_str().unwrap();
    let path = format!("/sales/{sale}/registrations");
    house.node.post(&path, Some(token), json!({})).await.json(201);
    let mut console = Client::with_token(&house.node, &house.staff).await;
    console.follow(&sale).await;
    console.done(&sale, json!({"kind": "start_sale"})).await;
    let mut bidder = Client::with_token(&house.node, token).await;
    bidder.follow(&sale).await;
    let accepted = bidder.bid(&sale, &lots[0], json!({"max_minor": 70_000})).await;
    assert_eq!(accepted["leading"], true, "{accepted}");
    console.event("close_extended").await;
    vec![console, bidder]
}

fn staff_alone_see_what_is_for_staff(console: &Client, others: &[&Client]) {
    let contract = contract();
    let mut kinds = BTreeSet::new();
    let mut fields = BTreeSet::new();
    for variant in contract.schema("Event")["oneOf"].as_array().unwrap() {
        let schema = contract.schema(&reference(variant));
        let kind = schema["properties"]["kind"]["const"].as_str().unwrap();
        if schema["x-audience"] == "staff" {
            kinds.insert(kind);
        }
        for (field, property) in schema["properties"].as_object().unwrap() {
            if property["x-audience"] == "staff" {
                fields.insert((kind, field.as_str()));
            }
        }
    }
    assert!(kinds.len() >= 2 && fields.len() >= 3, "{kinds:?} {fields:?}");
    let has = |client: &Client, kind: &str, field: &str| {
        let mut events = client.received.iter().filter_map(|message| event(message, kind));
        events.any(|event| event.get(field).is_some())
    };
    let shown = kinds
        .iter()
        .map(|kind| (*kind, "kind"))
        .chain(fields.iter().copied());
    for (kind, field) in shown {
        assert!(has(console, kind, field), "staff see {kind}.{field}");
        for other in others {
            assert!(!has(other, kind, field), "{kind}.{field} is for staff");
        }
    }
    for other in others {
        for snapshot in other
            .received
            .iter()
            .filter(|message| message["type"] == "snapshot")
        {
            assert_eq!(snapshot["staff"], Value::Null);
        }
    }
}

#[test]
fn every_reason_is_documented_and_nothing_else() {
    let contract = contract();
    let reserved = contract.codes("ReservedCode");
    let mut documented = contract.codes("CommandRefusalCode");
    assert!(documented.is_disjoint(&reserved));
    documented.extend(reserved);
    // Refusals without a decision; the engine does not know them.
    let undecided = ["busy", "rate_limited", "unavailable"].map(str::to_owned);
    let fate = Some("unknown_fate".to_owned());
    let reasons = Reason::ALL.iter().map(|reason| reason.code().to_owned());
    assert_eq!(documented, reasons.chain(undecided.clone()).chain(fate).collect());
    let bids = contract.schema("BidRefusalCode")["oneOf"].as_array().unwrap();
    let not_final = bids.iter().filter(|code| code["x-final"] == false);
    let not_final: BTreeSet<_> = not_final
        .map(|code| code["const"].as_str().unwrap().to_owned())
        .collect();
    // No sale has seen the bid, so none remembers it.
    let unseen = Reason::UnknownSale.code().to_owned();
    assert_eq!(not_final, undecided.into_iter().chain([unseen]).collect());
}

#[test]
fn every_example_is_as_its_schema_says_and_every_message_has_one() {
    let messages = contract().document["components"]["messages"].as_object().unwrap();
    for (kind, message) in messages {
        let examples = message["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{kind}");
        for example in examples {
            assert_eq!(example["payload"]["type"], json!(kind));
            ws::contract::hold(&example["payload"]);
        }
    }
}

#[test]
fn the_document_is_closed_and_whole() {
    let contract = contract();
    let mut types = contract.types("send");
    types.extend(contract.types("receive"));
    let messages = |at: &Value| -> BTreeSet<String> { at.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(types, messages(&contract.document["components"]["messages"]));
    assert_eq!(
        types,
        messages(&contract.document["channels"]["live"]["messages"])
    );
    closed(&contract.document["components"]["schemas"], "schemas");
    let mut used = BTreeSet::new();
    references(contract, &contract.document, &mut used);
    let schemas = contract.document["components"]["schemas"].as_object().unwrap();
    for name in schemas.keys().filter(|name| *name != "ReservedCode") {
        assert!(
            used.contains(&format!("#/components/schemas/{name}")),
            "{name} is not used"
        );
    }
}

/// No object takes fields that are not described.
fn closed(schema: &Value, path: &str) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("object")) {
                assert_eq!(fields.get("additionalProperties"), Some(&json!(false)), "{path}");
            }
            for (name, field) in fields {
                closed(field, &format!("{path}/{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| closed(item, path)),
        _ => {}
    }
}

/// Every reference in the document leads somewhere.
fn references(contract: &Contract, value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
                let pointer = target.strip_prefix('#').unwrap();
                assert!(contract.document.pointer(pointer).is_some(), "{target}");
                used.insert(target.to_owned());
            }
            fields
                .values()
                .for_each(|field| references(contract, field, used));
        }
        Value::Array(items) => items.iter().for_each(|item| references(contract, item, used)),
        _ => {}
    }
}

#[test]
fn the_validation_can_fail() {
    let contract = contract();
    let good = &contract.document["components"]["messages"]["bid_accepted"]["examples"][0]["payload"];
    assert!(contract.errors(good).is_empty());
    let mut extra = good.clone();
    extra["surprise"] = json!(1);
    let mut missing = good.clone();
    missing.as_object_mut().unwrap().remove("seq");
    let mut wrong = good.clone();
    wrong["price_minor"] = json!(1.5);
    let mut unknown = good.clone();
    unknown["type"] = json!("gossip");
    for bad in [extra, missing, wrong, unknown] {
        assert!(!contract.errors(&bad).is_empty(), "{bad}");
    }
}
