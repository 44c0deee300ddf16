//! Small programs against a running node, to be read as much as run. Start one with `make run`,
//! then for instance:
//!
//! ```text
//! cargo run -p gavel-examples --bin watch-sale
//! cargo run -p gavel-examples --bin place-bid -- bidder going-going-gone
//! ```

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::error::Error;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// Whatever went wrong; the examples only print it.
pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where the node is: `GAVEL_URL`, or where `make run` starts one.
pub fn base_url() -> String {
    std::env::var("GAVEL_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".to_owned())
}

/// The first sale that is being held in a room.
pub async fn live_sale() -> Result<Value> {
    let list: Value = reqwest::get(format!("{}/api/v1/sales", base_url()))
        .await?
        .json()
        .await?;
    let sales = list["sales"].as_array().cloned().unwrap_or_default();
    let live = sales
        .into_iter()
        .find(|sale| sale["status"] == "live" && sale["kind"] == "room");
    live.ok_or_else(|| "no sale is live".into())
}

/// A connection to the node's WebSocket.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Connects.
    pub async fn connect() -> Result<Self> {
        let url = format!("{}/ws/v1", base_url().replacen("http", "ws", 1));
        let (stream, _) = connect_async(url).await?;
        Ok(Self { stream })
    }

    /// Sends one message.
    pub async fn send(&mut self, message: Value) -> Result<()> {
        self.stream.send(Message::text(message.to_string())).await?;
        Ok(())
    }

    /// Follows a sale: a snapshot comes first, updates after it.
    pub async fn subscribe(&mut self, sale_id: &Value) -> Result<()> {
        self.send(json!({"type": "subscribe", "sale_id": sale_id})).await
    }

    /// The next message of the node.
    pub async fn next(&mut self) -> Result<Value> {
        loop {
            match self
                .stream
                .next()
                .await
                .ok_or("the node has closed the connection")??
            {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(reason) => return Err(format!("closed: {reason:?}").into()),
                _ => {}
            }
        }
    }

    /// The next message of this type; others are passed over.
    pub async fn next_of(&mut self, kind: &str) -> Result<Value> {
        loop {
            let message = self.next().await?;
            match message["type"].as_str() {
                Some(found) if found == kind => return Ok(message),
                Some("error") => return Err(message["message"].to_string().into()),
                _ => {}
            }
        }
    }
}
