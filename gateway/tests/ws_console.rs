//! Commands of staff over the WebSocket, from one console and from two.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use serde_json::{Value, json};
use support::Node;
use ws::{
    House,
    client::{Client, event, id},
    lot,
};

#[actix_web::test]
async fn two_consoles_see_the_same() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let mut one = house.console().await;
    let mut two = house.console().await;
    let mut last = 0;
    for command in [
        json!({"kind": "start_sale"}),
        json!({"kind": "open_lot", "lot_id": lots[1]}),
        json!({"kind": "set_ask", "lot_id": lots[1], "ask_minor": 47_000}),
        floor(&lots[1], &id(), 47_000, &json!({"paddle": 12})),
        json!({"kind": "set_step", "lot_id": lots[1], "step_minor": 2_000}),
        floor(
            &lots[1],
            &id(),
            49_000,
            &json!({"channel": "phone", "paddle": 13}),
        ),
        json!({"kind": "set_step", "lot_id": lots[1], "step_minor": null}),
        json!({"kind": "fair_warning", "lot_id": lots[1]}),
        json!({"kind": "message", "text": "я".repeat(280)}),
        json!({"kind": "message", "text": ""}),
        json!({"kind": "pause", "lot_id": lots[1]}),
        json!({"kind": "resume", "lot_id": lots[1]}),
        json!({"kind": "hammer", "lot_id": lots[1], "result": "sold"}),
        json!({"kind": "end_sale"}),
    ] {
        last = one.done(sale, command).await;
    }
    one.up_to(last).await;
    two.up_to(last).await;
    let updates = |client: &Client| {
        let updates = client
            .received
            .iter()
            .filter(|message| message["type"] == "update");
        updates.cloned().collect::<Vec<Value>>()
    };
    assert_eq!(updates(&one), updates(&two));
    let kinds: Vec<_> = updates(&one)
        .iter()
        .flat_map(|update| update["events"].as_array().unwrap().clone())
        .map(|event| event["kind"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "sale_started",
        "lot_opened",
        "ask_set",
        "registration_changed",
        "bid_accepted",
        "step_set",
        "registration_changed",
        "bid_accepted",
        "step_set",
        "fair_warning",
        "message",
        "message",
        "paused",
        "resumed",
        "lot_sold",
        "sale_ended",
    ];
    assert_eq!(kinds, expected);
    let sold = updates(&two);
    let sold = sold
        .iter()
        .find(|update| event(update, "lot_sold").is_some())
        .unwrap();
    let outcome = json!({"result": "sold", "price_minor": 49_000, "winner_paddle": 13, "with_lot_id": null});
    assert_eq!(sold["lots"][0]["outcome"], outcome);
    // Whoever comes later sees it too.
    let snapshot = house.state().await["snapshot"].clone();
    assert_eq!(snapshot["lots"][1], sold["lots"][0]);
    assert_eq!(
        snapshot["sale"],
        json!({"status": "ended", "current_lot_id": lots[1], "message": null})
    );
}

#[actix_web::test]
async fn two_consoles_that_press_the_same_key_act_once() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let mut one = house.console().await;
    let mut two = house.console().await;
    let mut both = async |command: [Value; 2]| {
        let [first, second] = command;
        let (one, two) = tokio::join!(one.command(sale, first), two.command(sale, second));
        let mut answers = [one, two];
        answers.sort_by_key(|answer| answer["type"].to_string());
        answers
    };
    let once = |[done, refused]: [Value; 2], code: &str| {
        assert_eq!(done["type"], "command_done", "{done}");
        assert_eq!(refused["code"], code, "{refused}");
    };
    let same = |command: Value| [command.clone(), command];
    once(both(same(json!({"kind": "next_lot"}))).await, "another_lot_open");
    let bids = [
        floor(&lots[0], &id(), 50_000, &json!({})),
        floor(&lots[0], &id(), 50_000, &json!({})),
    ];
    once(both(bids).await, "below_minimum");
    let hammer = json!({"kind": "hammer", "lot_id": lots[0], "result": "sold"});
    once(both(same(hammer)).await, "closed");
    let reopen = json!({"kind": "reopen", "lot_id": lots[0]});
    once(both(same(reopen)).await, "not_closed");
    // The same bid under the same id is one bid, done twice.
    let bid_id = id();
    let [one, two] = both(same(floor(&lots[0], &bid_id, 55_000, &json!({})))).await;
    assert_eq!(
        (&one["type"], &two["type"]),
        (&json!("command_done"), &json!("command_done"))
    );
    assert_eq!(one["seq"], two["seq"]);
    let retract = json!({"kind": "retract", "lot_id": lots[0], "bid_id": bid_id});
    once(both(same(retract)).await, "unknown_bid");
    let lot = house.state().await["snapshot"]["lots"][0].clone();
    assert_eq!(
        (&lot["price_minor"], &lot["bid_count"]),
        (&json!(50_000), &json!(1)),
        "{lot}"
    );
}

#[actix_web::test]
async fn commands_that_make_no_sense_are_refused_and_change_nothing() {
    let node = Node::start().await;
    let lots = [
        lot("1", &json!({"reserve_price_minor": 90_000})),
        lot("2", &json!({})),
    ];
    let house = House::with(node, &json!({"auto_approve": true}), &lots).await;
    let House { sale, lots, .. } = &house;
    let suspended = house.bidder("jane").await;
    let paddle = house.follower(&suspended).await.received[1]["you"]["paddle"].clone();
    house.say(&suspended, "suspend").await;
    let mut console = house.console().await;
    let on = |kind: &str, lot: &str| json!({"kind": kind, "lot_id": lot});
    let pass = |lot: &str| json!({"kind": "hammer", "lot_id": lot, "result": "pass"});
    let sell = |lot: &str, paddle: Value| json!({"kind": "hammer", "lot_id": lot, "result": "sold", "override_reserve": true, "paddle": paddle});
    let bare = |lot: &str| json!({"kind": "hammer", "lot_id": lot, "result": "sold"});
    let absentee = |paddle: &Value| {
        json!({
            "kind": "absentee_bid", "lot_id": lots[1], "bid_id": id(), "paddle": paddle, "max_minor": 70_000,
            "currency": "EUR",
        })
    };
    let refused = async |commands: Vec<(Value, &str)>| {
        let before = house.standing().await;
        // A new console for each round: none may send that much at once.
        let mut console = house.console().await;
        for (command, code) in commands {
            console.refused(sale, command, code).await;
        }
        assert_eq!(house.standing().await, before);
    };

    let pending = vec![
        (on("pause", &lots[0]), "not_open"),
        (on("fair_warning", &lots[0]), "not_open"),
        (on("reopen", &lots[0]), "not_closed"),
        (bare(&lots[0]), "not_open"),
        (on("open_lot", &id()), "unknown_lot"),
        (floor(&lots[0], &id(), 50_000, &json!({})), "not_open"),
        (absentee(&json!(77)), "unknown_paddle"),
        (absentee(&paddle), "suspended"),
        (
            json!({"kind": "message", "text": "x".repeat(281)}),
            "text_too_long",
        ),
    ];
    refused(pending).await;
    console.done(sale, json!({"kind": "next_lot"})).await;
    let ask = |amount: i64| json!({"kind": "set_ask", "lot_id": lots[0], "ask_minor": amount});
    let step = |amount: i64| json!({"kind": "set_step", "lot_id": lots[0], "step_minor": amount});
    let open = vec![
        (json!({"kind": "start_sale"}), "already_started"),
        (json!({"kind": "end_sale"}), "another_lot_open"),
        (on("open_lot", &lots[0]), "already_open"),
        (on("open_lot", &lots[1]), "another_lot_open"),
        (on("resume", &lots[0]), "not_paused"),
        (bare(&lots[0]), "no_bids"),
        (
            json!({"kind": "retract", "lot_id": lots[0], "bid_id": id()}),
            "unknown_bid",
        ),
        (ask(0), "amount_out_of_range"),
        (ask(i64::MAX), "amount_out_of_range"),
        (step(-1), "amount_out_of_range"),
        (floor(&lots[0], &id(), 0, &json!({})), "amount_out_of_range"),
        (
            floor(&lots[0], &id(), i64::MIN, &json!({})),
            "amount_out_of_range",
        ),
        (
            floor(&lots[0], &id(), 50_000, &json!({"currency": "USD"})),
            "wrong_currency",
        ),
        (
            floor(&lots[0], &id(), 50_000, &json!({"currency": "florin"})),
            "wrong_currency",
        ),
        (floor(&lots[0], &id(), 49_000, &json!({})), "below_minimum"),
        (
            floor(&lots[0], &id(), 50_000, &json!({"paddle": paddle})),
            "suspended",
        ),
        (
            floor(&lots[0], &id(), 50_000, &json!({"paddle": 5_000})),
            "unknown_paddle",
        ),
    ];
    refused(open).await;
    console
        .done(sale, floor(&lots[0], &id(), 50_000, &json!({"paddle": 12})))
        .await;
    let led = vec![
        (ask(50_000), "below_minimum"),
        (bare(&lots[0]), "reserve_not_met"),
        (sell(&lots[0], json!(13)), "unknown_paddle"),
        (
            floor(&lots[0], &id(), 55_000, &json!({"paddle": 12})),
            "already_leading",
        ),
    ];
    refused(led).await;
    console.done(sale, on("pause", &lots[0])).await;
    let paused = vec![
        (on("pause", &lots[0]), "paused"),
        (bare(&lots[0]), "paused"),
        (floor(&lots[0], &id(), 55_000, &json!({})), "paused"),
    ];
    refused(paused).await;
    console.done(sale, on("resume", &lots[0])).await;
    console.done(sale, sell(&lots[0], json!(12))).await;
    let closed = vec![
        (pass(&lots[0]), "closed"),
        (on("open_lot", &lots[0]), "closed"),
        (floor(&lots[0], &id(), 55_000, &json!({})), "closed"),
    ];
    refused(closed).await;
    console.done(sale, json!({"kind": "next_lot"})).await;
    console.done(sale, pass(&lots[1])).await;
    refused(vec![(json!({"kind": "next_lot"}), "no_next_lot")]).await;
    console.done(sale, json!({"kind": "end_sale"})).await;
    let ended = vec![
        (json!({"kind": "start_sale"}), "sale_ended"),
        (json!({"kind": "next_lot"}), "sale_ended"),
        (json!({"kind": "end_sale"}), "sale_ended"),
        (on("reopen", &lots[0]), "sale_ended"),
    ];
    refused(ended).await;
}

#[actix_web::test]
async fn an_unnamed_room_winner_is_named_by_the_hammer() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let mut console = house.open_first_lot().await;
    for amount in [50_000, 55_000] {
        // Each time a new one, or the second would be refused as leading already.
        console
            .done(sale, floor(&lots[0], &id(), amount, &json!({"paddle": null})))
            .await;
    }
    let sold = json!({"kind": "hammer", "lot_id": lots[0], "result": "sold", "paddle": 21});
    console.done(sale, sold).await;
    assert_eq!(console.event("lot_sold").await["winner_paddle"], 21);
}

#[actix_web::test]
async fn bidders_and_unknown_commands_end_their_connection_and_nothing_else() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    house.open_first_lot().await;
    let before = house.state().await;
    let command =
        |command: Value| json!({"type": "command", "command_id": id(), "sale_id": sale, "command": command});
    for kind in ["pause", "fair_warning"] {
        let mut bidder = house.follower(&jane).await;
        bidder
            .send(command(json!({"kind": kind, "lot_id": lots[0]})))
            .await;
        bidder.ended_by("forbidden", 1008).await;
    }
    let mut long = command(json!({"kind": "pause", "lot_id": lots[0]}));
    long["command_id"] = json!("x".repeat(65));
    let mut without = command(json!({"kind": "pause", "lot_id": lots[0]}));
    without.as_object_mut().unwrap().remove("command_id");
    let shapes = [
        long,
        without,
        command(json!({"kind": "dance"})),
        command(json!({"kind": "pause"})),
        command(json!({"lot_id": lots[0]})),
        command(json!("pause")),
        command(json!({"kind": "hammer", "lot_id": lots[0], "result": "gone"})),
        command(json!({"kind": "message", "text": 7})),
        command(json!({"kind": "message"})),
        command(json!({"kind": "set_ask", "lot_id": lots[0], "ask_minor": 1e300})),
        command(json!({"kind": "set_ask", "lot_id": lots[0], "ask_minor": "60000"})),
        command(json!({"kind": "reopen", "lot_id": lots[0], "closes_at_ms": "tomorrow"})),
        command(floor(&lots[0], &id(), 50_000, &json!({"paddle": -1}))),
        command(floor(
            &lots[0],
            &id(),
            50_000,
            &json!({"paddle": 4_294_967_296_i64}),
        )),
        command(floor(&lots[0], &id(), 50_000, &json!({"channel": "online"}))),
    ];
    for shape in shapes {
        let mut client = Client::with_token(&house.node, &house.staff).await;
        client.send_text(&shape.to_string()).await;
        client.ended_by("malformed", 1007).await;
    }
    assert_eq!(house.state().await, before);
}

#[actix_web::test]
async fn the_book_is_shown_as_the_house_wants_it() {
    let mut shown = Vec::new();
    for visibility in ["hidden", "counts", "full"] {
        let node = Node::start().await;
        let sale = json!({"auto_approve": true, "book_visibility": visibility});
        let house = House::with(node, &sale, &[lot("1", &json!({}))]).await;
        let jane = house.bidder("jane").await;
        let mut client = house.follower(&jane).await;
        client
            .bid(&house.sale, &house.lots[0], json!({"max_minor": 70_000}))
            .await;
        let mut book = house.state().await["snapshot"]["staff"]["book"].clone();
        if let Some(lot) = book.get_mut(0) {
            lot.as_object_mut().unwrap().remove("lot_id");
            if let Some(entry) = lot["entries"].get_mut(0) {
                entry.as_object_mut().unwrap().remove("at_ms");
            }
        }
        shown.push(book);
    }
    let expected = json!([
        [],
        [{"count": 1, "highest_minor": null, "entries": []}],
        [{"count": 1, "highest_minor": 70_000, "entries": [{"paddle": 1_001, "max_minor": 70_000}]}],
    ]);
    assert_eq!(json!(shown), expected);
}

/// A bid in the room; `more` adds or changes fields.
fn floor(lot: &str, bid_id: &str, amount: i64, more: &Value) -> Value {
    let mut bid = json!({
        "kind": "floor_bid", "lot_id": lot, "bid_id": bid_id, "amount_minor": amount, "currency": "EUR",
    });
    let more = more.as_object().unwrap().clone();
    bid.as_object_mut().unwrap().extend(more);
    bid
}
