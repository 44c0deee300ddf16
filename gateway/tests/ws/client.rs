//! A client of the WebSocket that holds every message against the contract.

use super::contract::hold;
use crate::support::Node;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{collections::VecDeque, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

/// Nothing takes this long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(15);

/// One connection.
pub struct Client {
    socket: WebSocketStream<TcpStream>,
    /// Every message that came, in order.
    pub received: Vec<Value>,
    /// Those among them that nobody has asked for yet.
    unread: VecDeque<Value>,
    /// Every well-formed message that was sent.
    pub sent: Vec<Value>,
    /// Whether what comes is held against the contract.
    doubts: bool,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    /// Code of the close frame.
    pub code: u16,
    /// Reason of the close frame.
    pub reason: String,
}

impl Client {
    /// A connection of a guest.
    pub async fn guest(node: &Node) -> Self {
        let stream = TcpStream::connect(node.running.addresses()[0]).await.unwrap();
        Self::over(stream).await
    }

    /// A connection over a socket that is set up already.
    pub async fn over(stream: TcpStream) -> Self {
        let url = format!("ws://{}/ws/v1", stream.peer_addr().unwrap());
        let (socket, _) = client_async(url, stream).await.unwrap();
        Self {
            socket,
            received: Vec::new(),
            unread: VecDeque::new(),
            sent: Vec::new(),
            doubts: true,
        }
    }

    /// Messages that come are not held against the contract, which takes longer than to send them: for
    /// very many, of kinds that other tests hold.
    pub fn trusting(mut self) -> Self {
        self.doubts = false;
        self
    }

    /// A connection that is signed in.
    pub async fn with_token(node: &Node, token: &str) -> Self {
        let mut client = Self::guest(node).await;
        client.sign_in(token).await;
        client
    }

    pub async fn sign_in(&mut self, token: &str) -> Value {
        self.send(json!({"type": "sign_in", "token": token})).await;
        self.answer("signed_in").await
    }

    /// Follows a sale from now on; answers the snapshot.
    pub async fn follow(&mut self, sale: &str) -> Value {
        self.send(json!({"type": "subscribe", "sale_id": sale})).await;
        let snapshot = self.answer("snapshot").await;
        assert_eq!(snapshot["sale_id"], sale);
        snapshot
    }

    /// Sends a message that is as the contract says.
    pub async fn send(&mut self, message: Value) {
        hold(&message);
        self.send_text(&message.to_string()).await;
        self.sent.push(message);
    }

    /// Sends any text.
    pub async fn send_text(&mut self, text: &str) {
        self.send_frames([Message::text(text)]).await;
    }

    /// Sends messages in one go; the node may have hung up already.
    pub async fn send_frames(&mut self, messages: impl IntoIterator<Item = Message>) {
        for message in messages {
            let _ = self.socket.feed(message).await;
        }
        let _ = self.socket.flush().await;
    }

    /// The next message that comes.
    async fn next(&mut self) -> Value {
        match self.next_or_end().await {
            Ok(message) => message,
            Err(end) => panic!("ended by {end:?} after {:#?}", self.received.last()),
        }
    }

    async fn next_or_end(&mut self) -> Result<Value, Option<End>> {
        match tokio::time::timeout(PATIENCE, self.read()).await {
            Ok(next) => next,
            Err(elapsed) => panic!("{elapsed}: nothing came after {:#?}", self.received.last()),
        }
    }

    async fn read(&mut self) -> Result<Value, Option<End>> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if self.doubts {
                        hold(&message);
                    }
                    self.received.push(message.clone());
                    return Ok(message);
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(Some(close)))) => {
                    let end = End {
                        code: close.code.into(),
                        reason: close.reason.to_string(),
                    };
                    return Err(Some(end));
                }
                Some(Ok(other)) => panic!("{other:?}"),
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The first unread message that fits, which may still have to come; the others stay unread.
    pub async fn until(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&fits) {
            return self.unread.remove(at).unwrap();
        }
        loop {
            let message = self.next().await;
            if fits(&message) {
                return message;
            }
            self.unread.push_back(message);
        }
    }

    /// Everything that comes until a message has this seq or a later one.
    pub async fn up_to(&mut self, seq: u64) {
        while self.received.last().unwrap()["seq"].as_u64() < Some(seq) {
            let message = self.next().await;
            self.unread.push_back(message);
        }
    }

    /// The first unread message of this type.
    pub async fn answer(&mut self, kind: &str) -> Value {
        self.until(|message| message["type"] == kind).await
    }

    /// The first unread update with an event of this kind.
    pub async fn update_with(&mut self, kind: &str) -> Value {
        self.until(|message| event(message, kind).is_some()).await
    }

    /// The first unread event of this kind.
    pub async fn event(&mut self, kind: &str) -> Value {
        let update = self.update_with(kind).await;
        event(&update, kind).unwrap().clone()
    }

    /// Everything that is unread or comes before the answer to a ping.
    pub async fn before_pong(&mut self) -> Vec<Value> {
        self.send(json!({"type": "ping", "t": 7.5})).await;
        let mut before = Vec::from(std::mem::take(&mut self.unread));
        loop {
            let message = self.next().await;
            if message["type"] == "pong" && message["t"] == 7.5 {
                return before;
            }
            before.push(message);
        }
    }

    /// Bids; `offer` is the rest of the message.
    pub async fn bid(&mut self, sale: &str, lot: &str, offer: Value) -> Value {
        self.bid_as(&id(), sale, lot, offer).await
    }

    /// Bids under this id; answers the fate.
    pub async fn bid_as(&mut self, bid_id: &str, sale: &str, lot: &str, offer: Value) -> Value {
        let mut bid =
            json!({"type": "bid", "bid_id": bid_id, "sale_id": sale, "lot_id": lot, "currency": "EUR"});
        bid.as_object_mut()
            .unwrap()
            .extend(offer.as_object().unwrap().clone());
        // Some of the amounts that are tried on purpose are against the contract.
        self.send_text(&bid.to_string()).await;
        self.sent.push(bid);
        self.fate(bid_id).await
    }

    /// Asks what became of a bid.
    pub async fn bid_status(&mut self, sale: &str, bid_id: &str) -> Value {
        self.send(json!({"type": "bid_status", "sale_id": sale, "bid_id": bid_id}))
            .await;
        self.fate(bid_id).await
    }

    async fn fate(&mut self, bid_id: &str) -> Value {
        let answers = ["bid_accepted", "bid_refused"];
        self.until(|message| {
            message["bid_id"] == bid_id && answers.iter().any(|answer| message["type"] == *answer)
        })
        .await
    }

    /// Takes the own maximum out of the absentee book; answers how that ended.
    pub async fn leave_book(&mut self, sale: &str, lot: &str) -> Value {
        let command_id = id();
        self.send(json!({"type": "leave_book", "command_id": command_id, "sale_id": sale, "lot_id": lot}))
            .await;
        self.until(|message| message["command_id"] == command_id).await
    }

    /// Gives a command; answers how it ended.
    pub async fn command(&mut self, sale: &str, command: Value) -> Value {
        let command_id = self.order(sale, command).await;
        self.until(|message| message["command_id"] == command_id).await
    }

    /// Gives a command without waiting; answers its id.
    pub async fn order(&mut self, sale: &str, command: Value) -> String {
        let command_id = id();
        let message =
            json!({"type": "command", "command_id": command_id, "sale_id": sale, "command": command});
        self.send_text(&message.to_string()).await;
        self.sent.push(message);
        command_id
    }

    /// Gives a command that must be carried out; answers its seq.
    pub async fn done(&mut self, sale: &str, command: Value) -> u64 {
        let answer = self.command(sale, command).await;
        assert_eq!(answer["type"], "command_done", "{answer}");
        answer["seq"].as_u64().unwrap()
    }

    /// Gives a command that must be refused with this code.
    pub async fn refused(&mut self, sale: &str, command: Value, code: &str) -> Value {
        let answer = self.command(sale, command.clone()).await;
        assert_eq!(
            (&answer["type"], &answer["code"]),
            (&json!("command_refused"), &json!(code)),
            "{command}"
        );
        answer
    }

    /// Reads on to the end: an error with this code, then a close frame with its code, and no more.
    pub async fn ended_by(mut self, code: &str, close: u16) -> Vec<Value> {
        let end = loop {
            match self.next_or_end().await {
                Ok(_) => {}
                Err(end) => break end.unwrap_or_else(|| panic!("no close frame for {code}")),
            }
        };
        let error = self.received.last().unwrap();
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("error"), &json!(code)),
            "{error}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty());
        let expected = End {
            code: close,
            reason: code.to_owned(),
        };
        assert_eq!(end, expected);
        self.received
    }
}

/// The event of this kind of an update.
pub fn event<'a>(message: &'a Value, kind: &str) -> Option<&'a Value> {
    let events = message["events"].as_array().into_iter().flatten();
    events.into_iter().find(|event| event["kind"] == kind)
}

/// A frame of text as it is, whatever its bytes; `last`: the message ends with it.
pub fn text_frame(bytes: impl Into<Vec<u8>>, last: bool) -> Message {
    frame(bytes, Data::Text, last)
}

/// A frame that goes on with a message.
pub fn continuation(bytes: impl Into<Vec<u8>>, last: bool) -> Message {
    frame(bytes, Data::Continue, last)
}

fn frame(bytes: impl Into<Vec<u8>>, data: Data, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.into(), OpCode::Data(data), last))
}

/// A new random id.
pub fn id() -> String {
    uuid::Uuid::new_v4().to_string()
}
