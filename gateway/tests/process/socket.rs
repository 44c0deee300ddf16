//! A WebSocket client.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, protocol::frame::coding::CloseCode},
};

/// Messages that a new connection may send at once, with room for answers to pings; those who want to
/// send more connect again.
const BURST: usize = 36;

/// What comes in.
#[derive(Debug)]
pub enum Heard {
    Message(Value),
    /// The server has closed the connection, with this code.
    Closed(Option<CloseCode>),
    /// The connection broke.
    Broken,
}

/// One connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: usize,
}

impl Socket {
    /// Connects; `None` when nobody listens there, or not for long.
    pub async fn open(address: &str) -> Option<Self> {
        let (stream, _) = tokio_tungstenite::connect_async(format!("ws://{address}/ws/v1"))
            .await
            .ok()?;
        Some(Self { stream, sent: 0 })
    }

    /// Connects, signs in and follows a sale; `None` when the connection broke meanwhile.
    pub async fn follow(address: &str, token: &str, sale: &str) -> Option<Self> {
        let mut socket = Self::open(address).await?;
        let sign_in = json!({"type": "sign_in", "token": token});
        let subscribe = json!({"type": "subscribe", "sale_id": sale});
        (socket.send(&sign_in).await && socket.send(&subscribe).await).then_some(socket)
    }

    /// Messages that it may still send.
    pub fn left(&self) -> usize {
        BURST - self.sent
    }

    /// Whether it went out, as far as anyone can tell.
    pub async fn send(&mut self, message: &Value) -> bool {
        self.sent += 1;
        self.stream.send(Message::text(message.to_string())).await.is_ok()
    }

    /// The next message.
    pub async fn next(&mut self) -> Heard {
        loop {
            return match self.stream.next().await {
                Some(Ok(Message::Text(text))) => Heard::Message(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map(|frame| frame.code)),
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => Heard::Broken,
            };
        }
    }

    /// The next message of this type; panics when the connection ends first.
    pub async fn expect(&mut self, kind: &str) -> Value {
        self.expect_any(&[kind]).await
    }

    /// The next message of one of these types; panics when the connection ends first.
    pub async fn expect_any(&mut self, kinds: &[&str]) -> Value {
        loop {
            match self.next().await {
                Heard::Message(message) if kinds.iter().any(|kind| message["type"] == *kind) => {
                    return message;
                }
                Heard::Message(message) => assert_ne!(message["type"], "error", "{message}"),
                other => panic!("{other:?} instead of {kinds:?}"),
            }
        }
    }
}
