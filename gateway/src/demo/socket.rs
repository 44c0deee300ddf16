//! One WebSocket to the house.

use super::wire::Heard;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message},
};
use uuid::Uuid;

/// Opening takes no longer than this.
const OPEN_MAX: Duration = Duration::from_secs(10);

/// The connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It did not open in time.
    #[error("the socket did not open within {} s", OPEN_MAX.as_secs())]
    TooSlow,
    /// It broke.
    #[error(transparent)]
    Broken(#[from] Box<tungstenite::Error>),
    /// The server closed it.
    #[error("the server closed the socket")]
    Closed,
    /// The server said something that is not of the contract.
    #[error("the server said something unintelligible: {0}")]
    Unintelligible(#[from] serde_json::Error),
}

impl From<tungstenite::Error> for Error {
    fn from(error: tungstenite::Error) -> Self {
        Self::Broken(Box::new(error))
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Opens a connection and signs in.
    pub async fn open(url: &str, token: &str) -> Result<Self, Error> {
        let opened = tokio::time::timeout(OPEN_MAX, connect_async(url)).await;
        let (stream, _) = opened.map_err(|_| Error::TooSlow)??;
        let mut socket = Self { stream };
        socket.sign_in(token).await?;
        Ok(socket)
    }

    /// Signs in, or again with a newer token.
    pub async fn sign_in(&mut self, token: &str) -> Result<(), Error> {
        self.say(&json!({"type": "sign_in", "token": token})).await
    }

    /// Follows a sale, from `last_seq` on if that is more than zero.
    pub async fn subscribe(&mut self, sale_id: Uuid, last_seq: u64) -> Result<(), Error> {
        let mut message = json!({"type": "subscribe", "sale_id": sale_id});
        if last_seq > 0 {
            message["last_seq"] = json!(last_seq);
        }
        self.say(&message).await
    }

    /// Sends a message.
    pub async fn say(&mut self, message: &Value) -> Result<(), Error> {
        Ok(self.stream.send(Message::text(message.to_string())).await?)
    }

    /// The next message. May be dropped and asked again without losing one.
    pub async fn hear(&mut self) -> Result<Heard, Error> {
        loop {
            match self.stream.next().await {
                None | Some(Ok(Message::Close(_))) => return Err(Error::Closed),
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text)?),
                // Pings are answered by the library.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }
}
