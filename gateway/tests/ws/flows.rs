//! Sales that go through the rules beyond plain ascending bids: fixed prices, bids for the seller,
//! the window of the hammer, lots offered together, the Dutch clock, sealed bids.

use crate::ws::{
    House, Parties,
    client::{Client, id},
    lot,
};
use reqwest::Method;
use serde_json::{Value, json};

fn on(kind: &str, lot: &str) -> Value {
    json!({"kind": kind, "lot_id": lot})
}

fn hammer(lot: &str, result: &str) -> Value {
    json!({"kind": "hammer", "lot_id": lot, "result": result})
}

fn house_bid(lot: &str, amount: i64) -> Value {
    json!({
        "kind": "floor_bid", "lot_id": lot, "bid_id": id(), "amount_minor": amount, "currency": "EUR",
        "channel": "house",
    })
}

/// The own standing as the client was told it last.
fn you_of(client: &Client) -> &Value {
    let told = client.received.iter().rev().map(|message| &message["you"]);
    told.into_iter().find(|you| you.is_object()).unwrap()
}

/// The lot as the update with this event shows it.
async fn lot_after(client: &mut Client, kind: &str, lot: &str) -> Value {
    let update = client.update_with(kind).await;
    let lots = update["lots"].as_array().unwrap();
    let shown = lots.iter().find(|shown| shown["lot_id"] == lot);
    shown.unwrap_or_else(|| panic!("{lot} in {update}")).clone()
}

/// One lot at a time: the book, the house's bids, the hammer and its window, undoing.
pub async fn single_lots(house: &House) -> Vec<Client> {
    let windowed = json!({"reserve_price_minor": 90_000, "house_bids": true, "hammer_window_ms": 2_000});
    let fixed = json!({"buy_now_price_minor": 100_000, "quantity": 3, "hammer_window_ms": 1});
    let rules = [lot("1", &windowed), lot("2", &fixed), lot("3", &fixed)];
    let Parties {
        sale,
        lots,
        mut console,
        bidders: [ann, ben],
        accounts: [ann_account, _],
        ..
    } = house.parties("single", &json!({}), &rules).await;
    let (mut ann, mut ben) = (ann, ben);

    // A maximum is left and withdrawn.
    ann.bid(&sale, &lots[0], json!({"max_minor": 80_000})).await;
    let left = ann.leave_book(&sale, &lots[0]).await;
    assert_eq!(left["type"], "command_done", "{left}");
    let gone = console.event("absentee_withdrawn").await;
    assert_eq!(gone["lot_id"], lots[0]);
    let you = ann.until(|message| message["type"] == "you" && message["seq"] == left["seq"]);
    assert_eq!(you.await["you"]["lots"], json!([]));
    let again = ann.leave_book(&sale, &lots[0]).await;
    assert_eq!(again["code"], "unknown_bid", "{again}");

    // So does the clerk, by the number.
    ann.bid(&sale, &lots[0], json!({"max_minor": 80_000})).await;
    let number = you_of(&ann)["paddle"].clone();
    let strike_out = json!({"kind": "leave_book", "lot_id": lots[0], "paddle": number});
    let struck_out = console.done(&sale, strike_out.clone()).await;
    let you = ann.until(|message| message["type"] == "you" && message["seq"] == struck_out);
    assert_eq!(you.await["you"]["lots"], json!([]));
    console.refused(&sale, strike_out, "unknown_bid").await;

    console.done(&sale, on("skip", &lots[1])).await;
    let skipped = lot_after(&mut ben, "lot_skipped", &lots[1]).await;
    assert_eq!(skipped["skipped"], true);

    // The house bids for the seller, but sells to nobody by it.
    console.done(&sale, on("open_lot", &lots[0])).await;
    let high = console.refused(&sale, house_bid(&lots[0], 90_000), "not_below_reserve");
    assert_eq!(high.await["maximum_minor"], 89_999);
    console.done(&sale, house_bid(&lots[0], 50_000)).await;
    let mut sold = hammer(&lots[0], "sold");
    sold["override_reserve"] = json!(true);
    console.refused(&sale, sold.clone(), "house_leads").await;
    let led = lot_after(&mut ben, "bid_accepted", &lots[0]).await;
    assert_eq!(led["leader"], json!({"paddle": null, "channel": "house"}));

    // Fair warning is given, and seen by one of two.
    let warned = console.done(&sale, on("fair_warning", &lots[0])).await;
    let told = json!({"type": "warning_shown", "sale_id": sale, "lot_id": lots[0], "seq": warned});
    ann.send(told).await;
    let seen = console.until(|message| message["type"] == "warning_seen" && message["seen"] == 1);
    assert_eq!(seen.await["online"], 2);

    // What taking back a bid would bring, and what it brings.
    ann.bid(&sale, &lots[0], json!({"amount_minor": 55_000})).await;
    let bid = id();
    ben.bid_as(&bid, &sale, &lots[0], json!({"amount_minor": 60_000}))
        .await;
    sold["price_minor"] = json!(55_000);
    let moved = console.refused(&sale, sold, "price_moved").await;
    assert_eq!(
        (&moved["minimum_minor"], &moved["maximum_minor"]),
        (&json!(60_000), &json!(60_000))
    );
    let about = |kind: &str| json!({"kind": kind, "lot_id": lots[0], "bid_id": bid});
    let foreseen = console.command(&sale, about("foresee_retract")).await;
    assert_eq!(foreseen["type"], "foresight", "{foreseen}");
    assert_eq!(
        (
            &foreseen["before"]["price_minor"],
            &foreseen["after"]["price_minor"]
        ),
        (&json!(60_000), &json!(55_000))
    );
    console.done(&sale, about("retract")).await;
    let notice = ann.answer("notice").await;
    assert_eq!(
        (&notice["notice"], &notice["leading"]),
        (&json!("lead_gained"), &json!(true))
    );
    let notice = ben.answer("notice").await;
    assert_eq!(notice["notice"], "bid_retracted");
    let retracted = lot_after(&mut ben, "bid_retracted", &lots[0]).await;
    assert_eq!(retracted, foreseen["after"], "as foreseen");

    // The hammer is struck, and lifted before it falls.
    console
        .refused(&sale, on("lift_hammer", &lots[0]), "not_struck")
        .await;
    console.done(&sale, hammer(&lots[0], "pass")).await;
    let struck = lot_after(&mut ben, "hammer_struck", &lots[0]).await;
    let times = &struck["hammer"];
    assert_eq!(
        times["falls_at_ms"].as_i64().unwrap() - times["struck_at_ms"].as_i64().unwrap(),
        2_000
    );
    console
        .refused(&sale, on("pause", &lots[0]), "hammer_falling")
        .await;
    console.done(&sale, on("lift_hammer", &lots[0])).await;
    let lifted = ben.event("hammer_lifted").await;
    assert_eq!(lifted["by_bid"], false);

    // A bidder is not wanted any more, and neither are the bids.
    let path = format!("/sales/{sale}/registrations/{ann_account}/suspend");
    let call = async |query: &str| {
        let path = format!("{path}{query}");
        house
            .node
            .call(Method::POST, &path, Some(&house.staff), None)
            .await
    };
    call("?retract_bids=perhaps").await.problem(400, "malformed");
    for _ in 0..2 {
        let suspended = call("?retract_bids=true").await.json(200);
        assert_eq!(suspended["status"], "suspended");
    }
    let after = lot_after(&mut ben, "bids_retracted", &lots[0]).await;
    assert_eq!(after["leader"]["channel"], "house", "{after}");
    let notice = ann.answer("notice").await;
    assert_eq!(notice["notice"], "bid_retracted");

    // Withdrawn, and offered again after all.
    console.done(&sale, on("withdraw", &lots[0])).await;
    let withdrawn = lot_after(&mut ben, "lot_withdrawn", &lots[0]).await;
    assert_eq!(withdrawn["outcome"]["result"], "withdrawn");
    console.done(&sale, on("reoffer", &lots[0])).await;
    let pending = lot_after(&mut ben, "lot_reoffered", &lots[0]).await;
    assert_eq!(
        (&pending["state"], &pending["reoffers"], &pending["bid_count"]),
        (&json!("pending"), &json!(1), &json!(0))
    );

    // Bought at the fixed price, times the money.
    console.done(&sale, on("open_lot", &lots[1])).await;
    let other = ben.bid(&sale, &lots[1], json!({"buy_now_minor": 90_000})).await;
    assert_eq!(
        (&other["code"], &other["minimum_minor"], &other["maximum_minor"]),
        (&json!("price_moved"), &json!(100_000), &json!(100_000))
    );
    let bought = ben.bid(&sale, &lots[1], json!({"buy_now_minor": 100_000})).await;
    assert_eq!(bought["type"], "bid_accepted", "{bought}");
    let bought = lot_after(&mut ann, "lot_sold", &lots[1]).await;
    assert_eq!(
        (&bought["quantity"], &bought["buy_now_minor"]),
        (&json!(3), &Value::Null)
    );
    let mut fresh = Client::with_token(&house.node, &house.staff).await;
    fresh.follow(&sale).await;

    // The hammer falls by itself.
    console.done(&sale, on("open_lot", &lots[2])).await;
    ben.bid(&sale, &lots[2], json!({"amount_minor": 50_000})).await;
    let late = ben.bid(&sale, &lots[2], json!({"buy_now_minor": 100_000})).await;
    assert_eq!(late["code"], "no_buy_now", "{late}");
    console.done(&sale, hammer(&lots[2], "sold")).await;
    let sold = ann.event("lot_sold").await;
    assert_eq!(sold["price_minor"], 50_000);
    vec![console, ann, ben, fresh]
}

/// Lots that are offered together.
pub async fn groups(house: &House) -> Vec<Client> {
    let rules = ["1", "2", "3", "4", "5"].map(|number| lot(number, &json!({})));
    let Parties {
        sale,
        lots,
        mut console,
        bidders: [ann, ben],
        ..
    } = house.parties("groups", &json!({}), &rules).await;
    let (mut ann, mut ben) = (ann, ben);
    let group =
        |together: &str, lots: &[String]| json!({"kind": "group", "together": together, "lots": lots});

    console
        .refused(&sale, group("choice", &lots[..1]), "no_group")
        .await;
    console.done(&sale, group("choice", &lots[..2])).await;
    console.done(&sale, on("split", &lots[0])).await;
    let alone = lot_after(&mut ben, "lots_split", &lots[1]).await;
    assert_eq!(alone["led_by"], Value::Null);

    // Combined: one price for both.
    console.done(&sale, group("combined", &lots[..2])).await;
    let combined = |event: &Value| event["together"] == "combined";
    let event = loop {
        let event = ben.event("lots_grouped").await;
        if combined(&event) {
            break event;
        }
    };
    assert_eq!(event["others"], json!([lots[1]]));
    console
        .refused(&sale, on("open_lot", &lots[1]), "in_a_group")
        .await;
    console.done(&sale, on("open_lot", &lots[0])).await;
    let low = ann.bid(&sale, &lots[0], json!({"amount_minor": 95_000})).await;
    assert_eq!(low["minimum_minor"], 100_000, "the sum of both: {low}");
    ann.bid(&sale, &lots[0], json!({"amount_minor": 100_000})).await;
    console.done(&sale, hammer(&lots[0], "sold")).await;
    let with = lot_after(&mut ben, "lot_sold", &lots[1]).await;
    assert_eq!(
        (
            &with["outcome"]["result"],
            &with["outcome"]["with_lot_id"],
            &with["led_by"]
        ),
        (&json!("sold_with"), &json!(lots[0]), &json!(lots[0]))
    );
    let foreseen = console.command(&sale, on("foresee_reopen", &lots[0])).await;
    assert_eq!(foreseen["after"]["state"], "open", "{foreseen}");
    console.done(&sale, on("reopen", &lots[0])).await;
    assert_eq!(ann.answer("notice").await["notice"], "lot_reopened");
    console.done(&sale, hammer(&lots[0], "sold")).await;

    // A choice: the winner takes one, and what is left is a choice again.
    console.done(&sale, group("choice", &lots[2..])).await;
    console.done(&sale, on("open_lot", &lots[2])).await;
    ben.bid(&sale, &lots[2], json!({"amount_minor": 50_000})).await;
    console.done(&sale, hammer(&lots[2], "sold")).await;
    let won = ann.until(|message| {
        let mut lots = message["lots"].as_array().into_iter().flatten();
        message["type"] == "update" && lots.any(|lot| lot["choice_due"] == true)
    });
    won.await;
    console
        .refused(&sale, json!({"kind": "end_sale"}), "choice_pending")
        .await;
    let choose = |taken: &[&String]| json!({"kind": "choose", "lot_id": lots[2], "taken": taken});
    console.refused(&sale, choose(&[&lots[0]]), "not_a_choice").await;
    console.done(&sale, choose(&[&lots[3]])).await;
    let chosen = ann.event("choice_made").await;
    assert_eq!(
        (&chosen["taken"], &chosen["price_minor"]),
        (&json!([lots[3]]), &json!(50_000))
    );
    console
        .refused(&sale, on("reoffer", &lots[3]), "already_sold")
        .await;
    ben.before_pong().await;
    vec![console, ann, ben]
}

/// The Dutch clock, and sealed bids.
pub async fn other_formats(house: &House) -> Vec<Client> {
    let clock = json!({
        "start_minor": 100_000, "step_minor": 10_000, "every_ms": 3_600_000, "floor_minor": 50_000,
    });
    let rules = [
        lot("1", &json!({"format": "dutch", "dutch": clock})),
        lot(
            "2",
            &json!({"format": "vickrey", "runs": {"from": "opening", "duration_ms": 3_600_000}}),
        ),
    ];
    let Parties {
        sale,
        lots,
        mut console,
        bidders: [ann, ben],
        ..
    } = house.parties("formats", &json!({}), &rules).await;
    let (mut ann, mut ben) = (ann, ben);

    console.done(&sale, json!({"kind": "next_lot"})).await;
    let open = lot_after(&mut ann, "lot_opened", &lots[0]).await;
    let shown = &open["clock"];
    assert_eq!(
        (
            &open["minimum_minor"],
            &shown["start_minor"],
            &shown["floor_minor"]
        ),
        (&Value::Null, &json!(100_000), &json!(50_000))
    );
    // Five falls, and the floor is shown as long as every other price.
    let runs_ms = open["closes_at_ms"].as_i64().unwrap() - shown["opened_at_ms"].as_i64().unwrap();
    assert_eq!(runs_ms, 6 * 3_600_000);
    let early = ann.bid(&sale, &lots[0], json!({"amount_minor": 90_000})).await;
    assert_eq!(
        (&early["code"], &early["minimum_minor"]),
        (&json!("below_minimum"), &json!(100_000))
    );
    let stopped = ben.bid(&sale, &lots[0], json!({"amount_minor": 120_000})).await;
    assert_eq!(stopped["price_minor"], 100_000, "{stopped}");
    let sold = lot_after(&mut ann, "lot_sold", &lots[0]).await;
    assert_eq!(
        (&sold["clock"], &sold["outcome"]["price_minor"]),
        (&Value::Null, &json!(100_000))
    );

    console.done(&sale, json!({"kind": "next_lot"})).await;
    assert_eq!(ann.event("close_set").await["lot_id"], lots[1]);
    let sealed = ann.bid(&sale, &lots[1], json!({"amount_minor": 60_000})).await;
    assert_eq!(
        (
            &sealed["type"],
            &sealed["price_minor"],
            &sealed["minimum_minor"],
            &sealed["max_minor"]
        ),
        (&json!("bid_accepted"), &Value::Null, &Value::Null, &json!(60_000))
    );
    let twice = ann.bid(&sale, &lots[1], json!({"amount_minor": 70_000})).await;
    assert_eq!(twice["code"], "already_bid", "{twice}");
    vec![console, ann, ben]
}
