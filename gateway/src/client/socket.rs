//! One WebSocket to a node.

use futures_util::{SinkExt as _, StreamExt as _};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, protocol::frame::coding::CloseCode},
};

/// Messages that a new connection may send at once, with room for answers to pings; those who want to
/// send more connect again.
const BURST: usize = 36;

/// What comes in.
#[derive(Debug)]
pub enum Heard<T> {
    /// A message.
    Message(T),
    /// A message that is not of the contract.
    Unintelligible(serde_json::Error),
    /// The server has closed the connection, with this code.
    Closed(Option<CloseCode>),
    /// The connection broke.
    Broken(Option<Box<tungstenite::Error>>),
}

/// One connection.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: usize,
}

impl Socket {
    /// Connects, as to `ws://127.0.0.1:8080/ws/v1`.
    ///
    /// # Errors
    /// The server is not there, or refuses.
    pub async fn open(url: &str) -> Result<Self, Box<tungstenite::Error>> {
        let (stream, _) = connect_async(url).await?;
        Ok(Self { stream, sent: 0 })
    }

    /// Connects to the node that listens at `address`; `None` when nobody listens there, or not for long.
    pub async fn at(address: &str) -> Option<Self> {
        Self::open(&format!("ws://{address}/ws/v1")).await.ok()
    }

    /// Connects, signs in and follows these sales, each from its last record that is known on, if one is;
    /// `None` when the connection broke meanwhile.
    pub async fn follow(address: &str, token: &str, sales: &[(&str, Option<u64>)]) -> Option<Self> {
        let mut socket = Self::at(address).await?;
        let sign_in = json!({"type": "sign_in", "token": token});
        if !socket.send(&sign_in).await {
            return None;
        }
        for (sale, last_seq) in sales {
            let mut subscribe = json!({"type": "subscribe", "sale_id": sale});
            if let Some(last_seq) = last_seq {
                subscribe["last_seq"] = json!(last_seq);
            }
            if !socket.send(&subscribe).await {
                return None;
            }
        }
        Some(socket)
    }

    /// Messages that it may still send at once.
    pub fn left(&self) -> usize {
        BURST.saturating_sub(self.sent)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn say(&mut self, message: &Value) -> Result<(), Box<tungstenite::Error>> {
        self.sent += 1;
        Ok(self.stream.send(Message::text(message.to_string())).await?)
    }

    /// Sends a message; whether it went out, as far as anyone can tell.
    pub async fn send(&mut self, message: &Value) -> bool {
        self.say(message).await.is_ok()
    }

    /// What comes next. May be dropped and asked again without losing anything.
    pub async fn hear<T: DeserializeOwned>(&mut self) -> Heard<T> {
        loop {
            return match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    serde_json::from_str(&text).map_or_else(Heard::Unintelligible, Heard::Message)
                }
                Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map(|frame| frame.code)),
                // Pings are answered by the library.
                Some(Ok(_)) => continue,
                Some(Err(error)) => Heard::Broken(Some(Box::new(error))),
                None => Heard::Broken(None),
            };
        }
    }
}
