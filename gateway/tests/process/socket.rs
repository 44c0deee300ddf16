//! A WebSocket client.

use gavel_gateway::client::socket;
use serde_json::Value;
use std::ops::{Deref, DerefMut};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

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
pub struct Socket(socket::Socket);

impl Deref for Socket {
    type Target = socket::Socket;

    fn deref(&self) -> &socket::Socket {
        &self.0
    }
}

impl DerefMut for Socket {
    fn deref_mut(&mut self) -> &mut socket::Socket {
        &mut self.0
    }
}

impl Socket {
    /// Connects; `None` when nobody listens there, or not for long.
    pub async fn open(address: &str) -> Option<Self> {
        socket::Socket::at(address).await.map(Self)
    }

    /// Connects, signs in and follows a sale; `None` when the connection broke meanwhile.
    pub async fn follow(address: &str, token: &str, sale: &str) -> Option<Self> {
        let followed = socket::Socket::follow(address, token, &[(sale, None)]).await;
        followed.map(Self)
    }

    /// The next message.
    pub async fn next(&mut self) -> Heard {
        match self.hear().await {
            socket::Heard::Message(message) => Heard::Message(message),
            socket::Heard::Unintelligible(error) => panic!("{error}"),
            socket::Heard::Closed(code) => Heard::Closed(code),
            socket::Heard::Broken(_) => Heard::Broken,
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
