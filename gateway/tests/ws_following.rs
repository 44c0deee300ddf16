//! Following a sale: snapshots, updates in order, resuming, what is for whom, and slow sockets.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use serde_json::{Value, json};
use support::Node;
use tokio::net::TcpSocket;
use ws::{
    House,
    client::{Client, event, id},
    lot,
};

/// Commands that one console may give at once.
const BURST: usize = 36;

#[actix_web::test]
async fn a_guest_watches_and_may_do_no_more() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let mut guest = Client::guest(&house.node).await;
    let snapshot = guest.follow(sale).await;
    assert_eq!(
        (&snapshot["you"], &snapshot["staff"]),
        (&Value::Null, &Value::Null)
    );
    let ids: Vec<_> = snapshot["lots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lot| &lot["lot_id"])
        .collect();
    assert_eq!(json!(ids), json!(lots), "in running order");
    assert_eq!(snapshot["lots"][0]["minimum_minor"], 50_000);

    house.open_first_lot().await;
    let opened = guest.update_with("lot_opened").await;
    assert_eq!(opened["sale"]["status"], "live");
    assert_eq!(opened["sale"]["current_lot_id"], json!(lots[0]));
    assert_eq!(
        (&opened["lots"][0]["lot_id"], &opened["lots"][0]["state"]),
        (&json!(lots[0]), &json!("open"))
    );

    let before = house.state().await;
    let bid = json!({
        "type": "bid", "bid_id": id(), "sale_id": sale, "lot_id": lots[0], "currency": "EUR",
        "amount_minor": 50_000,
    });
    let status = json!({"type": "bid_status", "sale_id": sale, "bid_id": id()});
    let command = json!({
        "type": "command", "command_id": id(), "sale_id": sale, "command": {"kind": "pause", "lot_id": lots[0]},
    });
    for message in [bid, status, command] {
        let mut stranger = Client::guest(&house.node).await;
        stranger.send(message).await;
        stranger.ended_by("unauthorised", 1008).await;
    }
    assert_eq!(house.state().await, before);
}

#[actix_web::test]
async fn updates_chain_for_every_audience() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let mut console = house.console().await;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(sale).await;
    // Records that only staff see, and one that nobody sees, lie between those for all.
    let jane = house.bidder("jane").await;
    let mut bidder = house.follower(&jane).await;
    console.done(sale, json!({"kind": "next_lot"})).await;
    bidder.bid(sale, &lots[0], json!({"amount_minor": 1})).await;
    bidder.bid(sale, &lots[1], json!({"max_minor": 70_000})).await;
    bidder.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    let pass = json!({"kind": "hammer", "lot_id": lots[0], "result": "pass"});
    console.done(sale, pass).await;
    for client in [&mut console, &mut guest, &mut bidder] {
        client.update_with("lot_unsold").await;
    }
    assert_eq!(chain(&console), chain(&guest));
    assert_eq!(chain(&guest), chain(&bidder));
    let updates = |client: &Client| {
        client
            .received
            .iter()
            .filter(|message| message["type"] == "update")
            .count()
    };
    assert!(updates(&console) > updates(&guest), "staff hear of more");
}

#[actix_web::test]
async fn a_client_that_was_away_gets_what_it_missed() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let bidder = house.follower(&jane).await;
    let mut witness = house.follower(&jane).await;
    let mut console = house.console().await;
    let since = bidder.received.last().unwrap()["seq"].as_u64().unwrap();
    drop(bidder);
    console.done(sale, json!({"kind": "next_lot"})).await;
    witness.bid(sale, &lots[1], json!({"max_minor": 70_000})).await;
    let last = console
        .done(sale, json!({"kind": "fair_warning", "lot_id": lots[0]}))
        .await;
    witness.update_with("fair_warning").await;

    let mut back = Client::with_token(&house.node, &jane.token).await;
    let subscribe = |seq: u64| json!({"type": "subscribe", "sale_id": sale, "last_seq": seq});
    back.send(subscribe(since)).await;
    let resumed = back.answer("resumed").await;
    assert_eq!(
        (&resumed["from_seq"], &resumed["seq"]),
        (&json!(since), &json!(last))
    );
    let missed = back.before_pong().await;
    let updates: Vec<_> = missed
        .iter()
        .filter(|message| message["type"] == "update")
        .collect();
    let witnessed = witness
        .received
        .iter()
        .filter(|message| message["type"] == "update");
    assert_eq!(
        updates,
        witnessed.collect::<Vec<_>>(),
        "the same as for those who stayed"
    );
    let you = missed.last().unwrap();
    assert_eq!(
        you["you"]["lots"][0]["absentee_minor"], 70_000,
        "and the own standing: {you}"
    );
    assert_eq!(chain(&back), last);

    // Nothing missed.
    back.send(subscribe(last)).await;
    back.answer("resumed").await;
    let missed = back.before_pong().await;
    assert!(
        missed.iter().all(|message| message["type"] == "you"),
        "{missed:?}"
    );
    // From another life: nobody was ever told of that record.
    for seq in [last + 1, u64::MAX >> 1] {
        back.send(subscribe(seq)).await;
        assert_eq!(back.answer("snapshot").await["seq"], json!(last));
    }
}

#[actix_web::test]
async fn a_long_absence_is_made_up_for_in_one_go() {
    let house = House::room().await;
    let mut away = Client::guest(&house.node).await;
    let since = away.follow(&house.sale).await["seq"].as_u64().unwrap();
    let last = chatter(&house, 300, "while you were away").await;
    let mut back = Client::guest(&house.node).await;
    back.send(json!({"type": "subscribe", "sale_id": house.sale, "last_seq": since}))
        .await;
    back.answer("resumed").await;
    let missed = back.before_pong().await;
    assert_eq!(missed.len(), 300);
    assert_eq!(chain(&back), last);
}

#[actix_web::test]
async fn unsubscribing_stops_updates() {
    let house = House::room().await;
    let sale = &house.sale;
    let mut console = house.console().await;
    let mut gone = Client::guest(&house.node).await;
    gone.follow(sale).await;
    let mut stays = Client::guest(&house.node).await;
    stays.follow(sale).await;
    gone.send(json!({"type": "unsubscribe", "sale_id": sale})).await;
    gone.before_pong().await;
    console.done(sale, json!({"kind": "next_lot"})).await;
    // Both are on one worker, which tells its sockets of an update in one go.
    stays.update_with("lot_opened").await;
    assert_eq!(gone.before_pong().await, Vec::<Value>::new());
    // Of what is not followed nothing can be stopped.
    gone.send(json!({"type": "unsubscribe", "sale_id": id()})).await;
    assert_eq!(gone.before_pong().await, Vec::<Value>::new());
}

#[actix_web::test]
async fn signing_in_as_somebody_else_starts_again_from_a_snapshot() {
    let house = House::room().await;
    let jane = house.bidder("jane").await;
    let mut client = Client::guest(&house.node).await;
    client.follow(&house.sale).await;
    let user = client.sign_in(&jane.token).await;
    assert_eq!(
        (&user["user"]["name"], &user["user"]["role"]),
        (&json!("jane"), &json!("bidder"))
    );
    let snapshot = client.answer("snapshot").await;
    assert_eq!(snapshot["you"]["status"], "approved");
    assert_eq!(snapshot["staff"], Value::Null);
    // A fresh token of the same account changes nothing.
    client.sign_in(&house.token_for_ms("jane", 60_000).await).await;
    assert_eq!(client.before_pong().await, Vec::<Value>::new());
    client.sign_in(&house.staff).await;
    let snapshot = client.answer("snapshot").await;
    assert_eq!(
        (&snapshot["you"], &snapshot["staff"]["book"]),
        (&Value::Null, &json!([]))
    );
    client.sign_in(&jane.token).await;
    assert_eq!(client.answer("snapshot").await["staff"], Value::Null);
}

#[actix_web::test]
async fn own_standing_reaches_all_sockets_of_its_user_and_nobody_else() {
    let node = Node::start().await;
    let house = House::with(node, &json!({}), &[lot("1", &json!({}))]).await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let john = house.bidder("john").await;
    let mut phone = house.follower(&jane).await;
    let mut laptop = house.follower(&jane).await;
    let mut other = house.follower(&john).await;
    assert_eq!(phone.received.last().unwrap()["you"]["status"], "pending");
    let mut both = async |fits: &dyn Fn(&Value) -> bool| {
        let (on_phone, on_laptop) = (phone.answer("you").await, laptop.answer("you").await);
        assert_eq!(on_phone, on_laptop);
        assert!(fits(&on_phone["you"]), "{on_phone}");
    };
    house.say(&jane, "approve").await;
    both(&|you| you["status"] == "approved").await;
    let mut third = house.follower(&jane).await;
    third.bid(sale, &lots[0], json!({"max_minor": 70_000})).await;
    both(&|you| {
        you["lots"]
            == json!([{"lot_id": lots[0], "max_minor": null, "leading": false, "absentee_minor": 70_000}])
    })
    .await;
    let mut console = house.open_first_lot().await;
    both(&|you| you["lots"][0]["leading"] == true && you["lots"][0]["max_minor"] == 70_000).await;
    let bid_id = event(&console.update_with("bid_accepted").await, "bid_accepted").unwrap()["bid_id"].clone();
    console
        .done(
            sale,
            json!({"kind": "retract", "lot_id": lots[0], "bid_id": bid_id}),
        )
        .await;
    both(&|you| you["lots"][0]["leading"] == false && you["lots"][0]["max_minor"].is_null()).await;
    house.say(&jane, "suspend").await;
    both(&|you| you["status"] == "suspended").await;
    other.update_with("bid_retracted").await;
    other.before_pong().await;
    assert!(other.received.iter().all(|message| message["type"] != "you"));
}

#[actix_web::test]
async fn consoles_see_who_is_there() {
    let house = House::room().await;
    let jane = house.bidder("jane").await;
    let stranger = house.stranger("john").await;
    let mut console = house.console().await;
    let first = house.follower(&jane).await;
    let _second = house.follower(&jane).await;
    let _third = house.follower(&stranger).await;
    let mut guest = Client::guest(&house.node).await;
    guest.follow(&house.sale).await;
    let presence = |watchers: u64| move |message: &Value| message["watchers"] == json!(watchers);
    let there = console.until(presence(5)).await;
    let mut online = there["online"].as_array().unwrap().clone();
    online.sort_by_key(|present| present["display_name"].to_string());
    let paddle = first.received.last().unwrap()["you"]["paddle"].clone();
    let expected = json!([
        {"paddle": paddle, "display_name": "JANE"},
        {"paddle": null, "display_name": "JOHN"},
    ]);
    assert_eq!(json!(online), expected, "each once");
    drop(first);
    let there = console.until(presence(4)).await;
    assert_eq!(
        there["online"].as_array().unwrap().len(),
        2,
        "another socket is left"
    );
    assert!(guest.received.iter().all(|message| message["type"] != "presence"));
}

#[actix_web::test]
async fn what_is_not_published_is_not_there() {
    let house = House::room().await;
    let draft = house.node.draft(&house.staff).await;
    let mut client = Client::with_token(&house.node, &house.staff).await;
    for sale in [draft, id()] {
        client.send(json!({"type": "subscribe", "sale_id": sale})).await;
        assert_eq!(client.answer("error").await["code"], "unknown_sale");
        assert_eq!(
            client
                .bid(&sale, &house.lots[0], json!({"amount_minor": 50_000}))
                .await["code"],
            "unknown_sale"
        );
        assert_eq!(client.bid_status(&sale, &id()).await["code"], "unknown_sale");
        client
            .refused(&sale, json!({"kind": "next_lot"}), "unknown_sale")
            .await;
    }
    client.follow(&house.sale).await;
}

#[actix_web::test]
async fn subscribing_again_is_not_another_sale() {
    let house = House::room().await;
    let mut client = Client::guest(&house.node).await;
    client.follow(&house.sale).await;
    // One connection follows at most 32.
    for _ in 0..33 {
        client
            .send(json!({"type": "subscribe", "sale_id": house.sale}))
            .await;
        client.answer("snapshot").await;
    }
    client.before_pong().await;
}

#[actix_web::test]
async fn a_socket_that_does_not_read_is_conflated_and_holds_up_nobody() {
    let house = House::room().await;
    let since = house.state().await["snapshot"]["seq"].clone();
    // Wide characters make large updates.
    let first = chatter(&house, 250, &"🔨".repeat(270)).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(house.node.running.addresses()[0]).await.unwrap();
    let mut slow = Client::over(stream).await;
    slow.sign_in(&house.staff).await;
    let mut reader = Client::guest(&house.node).await;
    reader.follow(&house.sale).await;
    // Far more than the kernel takes.
    for _ in 0..12 {
        let subscribe = json!({"type": "subscribe", "sale_id": house.sale, "last_seq": since});
        slow.send(subscribe).await;
    }
    let marker = json!({"kind": "message", "text": "everything before this was read"});
    slow.order(&house.sale, marker).await;
    let marker = reader.update_with("message").await["seq"].as_u64().unwrap();
    assert_eq!(marker, first + 1);
    let last = chatter(&house, 200, "meanwhile").await;
    reader.up_to(last).await;
    let updates = reader
        .received
        .iter()
        .filter(|message| message["type"] == "update");
    assert_eq!(updates.count(), 201, "a reader gets every one");

    // All was resumed with what is kept: a snapshot comes only in place of stale updates.
    let snapshot = slow.answer("snapshot").await["seq"].as_u64().unwrap();
    slow.up_to(last).await;
    assert_eq!(
        chain(&slow),
        last,
        "it has missed nothing that it does not know of"
    );
    let missed = |seq| slow.received.iter().all(|message| message["seq"] != json!(seq));
    let gone: Vec<u64> = (marker..snapshot).filter(|seq| missed(*seq)).collect();
    assert!(gone.len() >= 128, "{} gave way", gone.len());
}

#[actix_web::test]
async fn a_node_that_stops_says_so() {
    let house = House::room().await;
    let jane = house.bidder("jane").await;
    let bidder = house.follower(&jane).await;
    let guest = Client::guest(&house.node).await;
    let House { node, .. } = house;
    let (stopped_in, told, also) = tokio::join!(
        async {
            let start = std::time::Instant::now();
            node.running.stop().await;
            start.elapsed()
        },
        bidder.ended_by("shutting_down", 1001),
        guest.ended_by("shutting_down", 1001),
    );
    assert_eq!((told.len(), also.len()), (3, 1));
    assert!(
        stopped_in.as_secs() < 4,
        "{stopped_in:?}: it waited for sockets that were told to go"
    );
}

#[actix_web::test]
async fn timed_lots_close_by_themselves_and_late_bids_move_the_close() {
    let node = Node::start().await;
    let soft = json!({"window_ms": 60_000, "extend_ms": 2_500, "max_extensions": 1});
    let runs = json!({"from": "opening", "duration_ms": 2_000});
    let lots = [
        lot("1", &json!({"runs": runs, "soft_close": soft})),
        lot("2", &json!({"runs": runs})),
    ];
    let timed = json!({"kind": "timed", "auto_approve": true});
    let house = House::with(node, &timed, &lots).await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    let mut console = house.console().await;
    let mut bidder = house.follower(&jane).await;
    // The time runs from here.
    console.done(sale, json!({"kind": "start_sale"})).await;
    let started = bidder.update_with("sale_started").await;
    let close = started["at_ms"].as_i64().unwrap() + 2_000;
    assert_eq!(started["sale"]["current_lot_id"], Value::Null);
    for lot in started["lots"].as_array().unwrap() {
        assert_eq!(
            (&lot["state"], &lot["closes_at_ms"]),
            (&json!("open"), &json!(close))
        );
    }
    bidder.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    let moved = console.update_with("close_extended").await;
    let closes_at = event(&moved, "close_extended").unwrap()["closes_at_ms"]
        .as_i64()
        .unwrap();
    assert_eq!(closes_at, moved["at_ms"].as_i64().unwrap() + 2_500);
    assert_eq!(
        (&moved["lots"][0]["closes_at_ms"], &moved["lots"][0]["extensions"]),
        (&json!(closes_at), &json!(1))
    );

    let unsold = bidder.update_with("lot_unsold").await;
    assert_eq!(unsold["lots"][0]["lot_id"], json!(lots[1]));
    assert!(
        (close..closes_at).contains(&unsold["at_ms"].as_i64().unwrap()),
        "{unsold}"
    );
    let sold = bidder.update_with("lot_sold").await;
    assert!(sold["at_ms"].as_i64().unwrap() >= closes_at, "{sold}");
    let you = bidder
        .received
        .iter()
        .find(|message| message["type"] == "snapshot")
        .unwrap()["you"]
        .clone();
    let paddle = &you["paddle"];
    let expected =
        json!({"result": "sold", "price_minor": 50_000, "winner_paddle": paddle, "with_lot_id": null});
    assert_eq!(sold["lots"][0]["outcome"], expected);
    let late = bidder.bid(sale, &lots[0], json!({"amount_minor": 55_000})).await;
    assert_eq!(
        (&late["code"], &late["minimum_minor"]),
        (&json!("closed"), &Value::Null)
    );
}

/// As many messages to the room, by as many consoles as that takes; answers the last one's seq.
async fn chatter(house: &House, messages: usize, text: &str) -> u64 {
    let mut last = Value::Null;
    let mut left = messages;
    while left > 0 {
        let mut console = Client::with_token(&house.node, &house.staff).await;
        let mut command_id = String::new();
        for _ in 0..left.min(BURST) {
            let message = json!({"kind": "message", "text": format!("{text} {left}")});
            command_id = console.order(&house.sale, message).await;
            left -= 1;
        }
        last = console.until(|message| message["command_id"] == command_id).await["seq"].clone();
    }
    last.as_u64().unwrap()
}

/// Plays the rules of following as a client does: the last seq, reached without a gap that no
/// snapshot has closed.
fn chain(client: &Client) -> u64 {
    let mut last = None;
    for message in &client.received {
        let seq = message["seq"].as_u64();
        match message["type"].as_str().unwrap() {
            "snapshot" => last = seq,
            "resumed" => last = message["from_seq"].as_u64(),
            "update" if seq > last => {
                assert!(message["after_seq"].as_u64() <= last, "missed before {message}");
                last = seq;
            }
            _ => {}
        }
    }
    last.unwrap()
}
