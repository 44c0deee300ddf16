//! What must not be sent: each has its code and its close code, and changes nothing.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod support;
mod ws;

use gavel_storage::relational::Role;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};
use ws::{
    House,
    client::{Client, continuation, id, text_frame},
};

/// A message of exactly this many bytes.
fn ping_of(bytes: usize) -> String {
    let ping = r#"{"type":"ping","t":1}"#;
    format!("{ping}{}", " ".repeat(bytes - ping.len()))
}

/// The status of the answer to a handshake by a page of that origin, with a visitor's cookie.
async fn status_for(node: &support::Node, origin: &str) -> u16 {
    let address = node.running.addresses()[0];
    let mut request = format!("ws://{address}/ws/v1").into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("origin", origin.parse().unwrap());
    headers.insert("cookie", "gavel_refresh=gvr_whatever".parse().unwrap());
    let stream = TcpStream::connect(address).await.unwrap();
    match client_async(request, stream).await {
        Ok((_, response)) => response.status().as_u16(),
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[actix_web::test]
async fn pages_of_other_sites_open_no_sockets() {
    let node =
        support::Node::start_with(|config| config.origins = vec!["https://embed.example".to_owned()]).await;
    let own = format!("http://{}", node.running.addresses()[0]);
    for (origin, status) in [
        (own.as_str(), 101),
        ("https://embed.example", 101),
        ("https://evil.example", 403),
        ("null", 403),
    ] {
        assert_eq!(status_for(&node, origin).await, status, "{origin}");
    }
}

#[actix_web::test]
async fn texts_that_are_no_messages() {
    let house = House::room().await;
    let mut witness = Client::guest(&house.node).await;
    witness.follow(&house.sale).await;
    let before = house.state().await;
    let deep = |open: &str, close: &str, levels: usize| {
        format!(
            r#"{{"type":"ping","t":{}1{}}}"#,
            open.repeat(levels),
            close.repeat(levels)
        )
    };
    let sale = &house.sale;
    let malformed = [
        String::new(),
        " ".to_owned(),
        "hello".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        r#""ping""#.to_owned(),
        "{}".to_owned(),
        r#"{"type":null}"#.to_owned(),
        r#"{"type":7}"#.to_owned(),
        r#"{"type":["ping"]}"#.to_owned(),
        r#"{"type":"ping","t":1"#.to_owned(),
        r#"{"type":"dance""#.to_owned(),
        r#"{"type":"ping","t":1}{"type":"ping","t":2}"#.to_owned(),
        r#"{"type":"ping"}"#.to_owned(),
        r#"{"type":"ping","t":"now"}"#.to_owned(),
        r#"{"type":"ping","t":1e999}"#.to_owned(),
        r#"{"type":"ping","type":"ping","t":1}"#.to_owned(),
        r#"{"type":"sign_in"}"#.to_owned(),
        r#"{"type":"sign_in","token":null}"#.to_owned(),
        r#"{"type":"subscribe","sale_id":"the big one"}"#.to_owned(),
        format!(r#"{{"type":"subscribe","sale_id":"{sale}","last_seq":-1}}"#),
        format!(r#"{{"type":"subscribe","sale_id":"{sale}","last_seq":1.5}}"#),
        format!(r#"{{"type":"subscribe","sale_id":"{sale}","last_seq":18446744073709551616}}"#),
        format!(r#"{{"type":"bid_status","sale_id":"{sale}"}}"#),
        deep("[", "]", 3_000),
        deep(r#"{"a":"#, "}", 1_000),
        "[".repeat(8_000),
    ];
    for text in malformed {
        let mut client = Client::guest(&house.node).await;
        client.send_text(&text).await;
        client.ended_by("malformed", 1007).await;
    }
    for text in [
        r#"{"type":"dance"}"#,
        r#"{"type":""}"#,
        r#"{"type":"Ping","t":1}"#,
        r#"{"type":"snapshot"}"#,
    ] {
        let mut client = Client::guest(&house.node).await;
        client.send_text(text).await;
        client.ended_by("unknown_type", 1008).await;
    }
    assert_eq!(house.state().await, before);
    witness.before_pong().await;
}

#[actix_web::test]
async fn what_is_not_utf_8_text() {
    let house = House::room().await;
    let good = br#"{"type":"ping","t":1}"#;
    let mut broken = good.to_vec();
    broken[10] = 0xff;
    let cut = "{\"type\":\"ping\",\"t\":\"€\"}".as_bytes();
    let frames = [
        vec![text_frame(broken, true)],
        vec![text_frame([0xc3, 0x28], true)],
        // A surrogate, which is no character.
        vec![text_frame([0xed, 0xa0, 0x80], true)],
        // A character that its message cuts off.
        vec![text_frame(&cut[..20], false), continuation(&cut[20..21], true)],
        vec![Message::binary(good.as_slice())],
        vec![Message::binary(Vec::new())],
    ];
    for frames in frames {
        let mut client = Client::guest(&house.node).await;
        client.send_frames(frames).await;
        client.ended_by("not_text", 1007).await;
    }
}

#[actix_web::test]
async fn a_message_in_parts_is_one_message() {
    let house = House::room().await;
    let mut client = Client::guest(&house.node).await;
    let text = "{\"type\":\"ping\",\"t\":1,\"note\":\"€\"}".as_bytes();
    // Cut within a character, with a ping between the parts and empty parts.
    let parts = vec![
        text_frame(&text[..31], false),
        Message::Ping(b"still here".as_slice().into()),
        continuation([], false),
        continuation(&text[31..32], false),
        continuation(&text[32..], true),
    ];
    client.send_frames(parts).await;
    assert_eq!(client.answer("pong").await["t"], 1.0);
    client.before_pong().await;

    // However small they are, there are not many.
    let mut client = Client::guest(&house.node).await;
    let parts = vec![continuation([], false); 400];
    client.send_frames(vec![text_frame("{", false)]).await;
    client.send_frames(parts).await;
    client.ended_by("too_frequent", 1008).await;

    let against_the_rules = [
        vec![continuation(r#"{"type":"ping","t":1}"#, true)],
        vec![text_frame("{", false), text_frame("}", true)],
        vec![text_frame("{", false), Message::text("{}")],
    ];
    for frames in against_the_rules {
        let mut client = Client::guest(&house.node).await;
        client.send_frames(frames).await;
        client.ended_by("malformed", 1007).await;
    }
}

#[actix_web::test]
async fn messages_have_a_bound() {
    let house = House::room().await;
    let mut witness = Client::guest(&house.node).await;
    let mut client = Client::guest(&house.node).await;
    client.send_text(&ping_of(8_192)).await;
    client.answer("pong").await;
    for bytes in [8_193, 65_536, 10 << 20] {
        let mut client = Client::guest(&house.node).await;
        let (_, ended) = tokio::join!(witness.before_pong(), async {
            client.send_text(&ping_of(bytes)).await;
            client.ended_by("too_large", 1009).await
        });
        assert_eq!(ended.len(), 1);
    }
    // In parts, each of which would do.
    let mut client = Client::guest(&house.node).await;
    let part = " ".repeat(4_096);
    let parts = [
        text_frame(part.clone(), false),
        continuation(part.clone(), false),
        continuation(" ", false),
    ];
    client.send_frames(parts).await;
    client.ended_by("too_large", 1009).await;
}

#[actix_web::test]
async fn messages_have_a_rate() {
    let house = House::room().await;
    let mut witness = Client::guest(&house.node).await;
    let ping = Message::text(r#"{"type":"ping","t":1}"#);
    let floods = [
        ping,
        Message::Ping(b"there?".as_slice().into()),
        // Answers to nothing.
        Message::Pong(b"here!".as_slice().into()),
    ];
    for flood in floods {
        let mut client = Client::guest(&house.node).await;
        // What is sent in one go is within the burst.
        client.send_frames(vec![flood.clone(); 38]).await;
        client.before_pong().await;
        client.send_frames(vec![flood; 400]).await;
        client.ended_by("too_frequent", 1008).await;
        witness.before_pong().await;
    }
}

#[actix_web::test]
async fn tokens_that_do_not_count() {
    let house = House::room().await;
    let jane = house.bidder("jane").await;
    let mut witness = house.follower(&jane).await;
    let before = house.state().await;
    let [header, claims, signature] = jane.token.split('.').collect::<Vec<_>>()[..] else {
        panic!("{}", jane.token)
    };
    let staff = house.staff.split('.').collect::<Vec<_>>();
    // `{"alg":"none","typ":"JWT"}` and `{"alg":"HS256","typ":"JWT"}`
    let (none, symmetric) = (
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
    );
    let forged = [
        String::new(),
        "nonsense".to_owned(),
        "..".to_owned(),
        format!("{none}.{claims}."),
        format!("{none}.{claims}.{signature}"),
        format!("{symmetric}.{claims}.{signature}"),
        // The claims of staff under the signature of a bidder.
        format!("{header}.{}.{signature}", staff[1]),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{claims}.{}", staff[2]),
        format!("Bearer {}", jane.token),
        "x".repeat(8_000),
    ];
    for token in forged {
        let mut client = Client::guest(&house.node).await;
        client.follow(&house.sale).await;
        client.send(json!({"type": "sign_in", "token": token})).await;
        let received = client.ended_by("token_invalid", 1008).await;
        assert!(received.iter().all(|message| message["type"] != "signed_in"));
    }
    // Signed by this node's own key: long ago, and for an account that it does not have.
    let mut client = Client::guest(&house.node).await;
    let expired = house.node.expired_token(Role::Auctioneer).await;
    client.send(json!({"type": "sign_in", "token": expired})).await;
    client.ended_by("token_expired", 1008).await;
    // A good token before does not help.
    let mut client = house.follower(&jane).await;
    client.send(json!({"type": "sign_in", "token": expired})).await;
    client.ended_by("token_expired", 1008).await;
    assert_eq!(house.state().await, before);
    witness.before_pong().await;
}

#[actix_web::test]
async fn a_token_that_runs_out_ends_the_connection_unless_it_is_renewed() {
    let house = House::room().await;
    let House { sale, lots, .. } = &house;
    let jane = house.bidder("jane").await;
    house.open_first_lot().await;
    let before = house.state().await;
    let (short, short_staff) = tokio::join!(
        house.token_for_ms("jane", 3_500),
        house.token_for_ms("hammer", 3_500)
    );
    let mut bidder = Client::with_token(&house.node, &short).await;
    bidder.follow(sale).await;
    let mut renewed = Client::with_token(&house.node, &short).await;
    renewed.sign_in(&jane.token).await;
    let mut late_console = Client::with_token(&house.node, &short_staff).await;
    late_console.follow(sale).await;
    bidder.ended_by("token_expired", 1008).await;
    late_console.ended_by("token_expired", 1008).await;
    // The very token does not sign in any more.
    let mut again = Client::guest(&house.node).await;
    again.send(json!({"type": "sign_in", "token": short})).await;
    again.ended_by("token_expired", 1008).await;
    assert_eq!(house.state().await, before);
    renewed.follow(sale).await;
    let bid = renewed.bid(sale, &lots[0], json!({"amount_minor": 50_000})).await;
    assert_eq!(bid["type"], "bid_accepted", "{bid}");
}

#[actix_web::test]
async fn a_client_that_vanishes_leaves_nothing_behind() {
    let house = House::room().await;
    let jane = house.bidder("jane").await;
    let mut console = house.open_first_lot().await;
    let mut gone = house.follower(&jane).await;
    let bid_id = id();
    let bid = json!({
        "type": "bid", "bid_id": bid_id, "sale_id": house.sale, "lot_id": house.lots[0], "currency": "EUR",
        "amount_minor": 50_000,
    });
    gone.send(bid).await;
    drop(gone);
    // The bid had left; it counts, and its sender learns that.
    console.update_with("bid_accepted").await;
    let mut back = house.follower(&jane).await;
    let fate = back.bid_status(&house.sale, &bid_id).await;
    assert_eq!(
        (&fate["type"], &fate["repeated"]),
        (&json!("bid_accepted"), &json!(true))
    );
    drop(back);
    let alone = console.until(|message| message["watchers"] == 1).await;
    assert_eq!(alone["online"], json!(Value::Array(Vec::new())));
}
