//! However many connect, the node goes on: it says that it is full, writes its journal, and lets
//! staff in.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use futures_util::{SinkExt, StreamExt};
use process::{
    house::{self, Api, CURRENCY, House},
    text,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, protocol::frame::coding::CloseCode},
};
use uuid::Uuid;

/// Few, but more than a node needs.
const OPEN_FILES: u32 = 256;

/// More than there are open files.
const STRANGERS: usize = 300;

/// Enough for the journal to go on to its next segment, which takes files, and again.
const BIDS: usize = 600;

type Stream = WebSocketStream<TcpStream>;

/// Connects from an address of this machine; the node's problem when it does not want to.
async fn connect(node: &str, from: Ipv4Addr) -> Result<Stream, (u16, Value)> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((from, 0))).unwrap();
    let stream = socket.connect(node.parse().unwrap()).await.unwrap();
    match client_async(format!("ws://{node}/ws/v1"), stream).await {
        Ok((stream, _)) => Ok(stream),
        Err(Error::Http(response)) => {
            let problem = serde_json::from_slice(response.body().as_deref().unwrap_or_default());
            Err((response.status().as_u16(), problem.unwrap_or_default()))
        }
        Err(error) => panic!("{error}"),
    }
}

async fn send(stream: &mut Stream, message: Value) {
    stream.send(Message::text(message.to_string())).await.unwrap();
}

/// The next message of this type; the close code when the connection ends first.
async fn expect(stream: &mut Stream, kind: &str) -> Result<Value, CloseCode> {
    loop {
        match stream.next().await.unwrap().unwrap() {
            Message::Text(said) => {
                let message: Value = serde_json::from_str(&said).unwrap();
                if message["type"] == kind {
                    return Ok(message);
                }
            }
            Message::Close(close) => return Err(close.unwrap().code),
            _ => {}
        }
    }
}

#[actix_web::test]
async fn strangers_without_number_do_not_stop_a_sale() {
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;
    let gavel = launch.open_files(OPEN_FILES, OPEN_FILES).start().await;
    let node = gavel.address.clone();
    let house = House::prepare(&node, 1, 1).await;
    house.open_first_lot(&node).await;
    let follow = |token: &str| {
        [
            json!({"type": "sign_in", "token": token}),
            json!({"type": "subscribe", "sale_id": house.sale}),
        ]
    };
    let mut bidder = connect(&node, Ipv4Addr::LOCALHOST).await.unwrap();
    for message in follow(&house.bidders[0].token) {
        send(&mut bidder, message).await;
    }
    expect(&mut bidder, "snapshot").await.unwrap();

    // One address does not get all there is, three do.
    let mut strangers = Vec::new();
    let mut seats = Vec::new();
    for from in [2, 3, 4].map(|last| Ipv4Addr::new(127, 0, 0, last)) {
        let before = strangers.len();
        for _ in 0..STRANGERS {
            match connect(&node, from).await {
                Ok(stream) => strangers.push(stream),
                Err((status, problem)) => {
                    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
                    break;
                }
            }
        }
        seats.push(strangers.len() - before);
    }
    assert!(seats[0] > 10 && seats[0] <= seats[1] + 1, "{seats:?}");
    assert!(
        seats[2] < seats[0] && seats.iter().sum::<usize>() < 200,
        "{seats:?}"
    );

    // Those who are on a seat for staff and are not have to go.
    let mut guest = connect(&node, Ipv4Addr::new(127, 0, 0, 6)).await.unwrap();
    send(&mut guest, json!({"type": "subscribe", "sale_id": house.sale})).await;
    assert_eq!(expect(&mut guest, "snapshot").await, Err(CloseCode::Again));
    let mut console = connect(&node, Ipv4Addr::new(127, 0, 0, 5)).await.unwrap();
    for message in follow(&house.staff) {
        send(&mut console, message).await;
    }
    let snapshot = expect(&mut console, "snapshot").await.unwrap();
    assert!(snapshot["staff"].is_object(), "{snapshot}");
    let mut other = connect(&node, Ipv4Addr::new(127, 0, 0, 5)).await.unwrap();
    send(&mut other, follow(&house.bidders[0].token)[0].clone()).await;
    assert_eq!(expect(&mut other, "signed_in").await, Err(CloseCode::Again));

    // The journal goes on to other segments; the pages of the house still come.
    let api = Api::at(&node);
    for turn in 0..BIDS {
        let (bid_id, lot) = (Uuid::new_v4().to_string(), &house.lots[0]);
        let bid = json!({
            "type": "command", "command_id": bid_id, "sale_id": house.sale, "command": {
                "kind": "floor_bid", "lot_id": lot, "bid_id": bid_id, "amount_minor": 1, "currency": CURRENCY,
            },
        });
        send(&mut console, bid).await;
        let refused = expect(&mut console, "command_refused").await.unwrap();
        assert_eq!(text(&refused["code"]), "below_minimum", "{turn}: {refused}");
        if turn % 100 == 0 {
            api.get("/sales", None).await;
        }
        if turn % 30 == 29 {
            // A connection may send 20 messages a second; a new one starts afresh.
            console = connect(&node, Ipv4Addr::new(127, 0, 0, 5)).await.unwrap();
            for message in follow(&house.staff) {
                send(&mut console, message).await;
            }
        }
    }
    // Nor do they stay who say nothing at all there.
    let silent = strangers.iter_mut().nth_back(1).unwrap();
    assert_eq!(expect(silent, "snapshot").await, Err(CloseCode::Again));
    drop((strangers, guest, bidder, console, other));
    gavel.signal(Signal::TERM);
    let ended = gavel.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.output.stderr.join("\n"));
}

#[actix_web::test]
async fn a_node_opens_as_many_files_as_it_may() {
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;
    let gavel = launch.open_files(200, 300).start().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", gavel.pid())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let figures: Vec<_> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(figures, ["300", "300"]);
}

#[actix_web::test]
async fn too_few_open_files_are_refused_with_what_would_do() {
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;
    launch
        .open_files(96, 96)
        .refused()
        .await
        .assert_reason(&["open files must be allowed, not 96", "ulimit -n"]);
}
