//! One WebSocket to the house, of somebody with an account.

use super::wire::Heard;
use crate::client::{
    rest::{self, Account, RENEW_AHEAD_MS},
    socket, unix_ms,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite;
use uuid::Uuid;

/// Opening takes no longer than this.
const OPEN_MAX: Duration = Duration::from_secs(10);

/// An answer that has not come by then will not come.
const ANSWER_MAX: Duration = Duration::from_secs(5);

/// The connection is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no token to sign in with.
    #[error(transparent)]
    Rest(#[from] rest::Error),
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
    /// The server refuses to go on, with this code.
    #[error("the server said {0}")]
    Refused(String),
}

impl Error {
    /// The server said this code; a session that it does not take any more is forgotten.
    pub fn refused(code: String, account: &mut Account) -> Self {
        account.refused(&code);
        Self::Refused(code)
    }
}

/// An open connection.
#[derive(Debug)]
pub struct Socket {
    socket: socket::Socket,
    token_expires_at_ms: i64,
}

impl Socket {
    /// Opens a connection and signs in.
    pub async fn open(account: &mut Account) -> Result<Self, Error> {
        let (token, token_expires_at_ms) = account.token().await?;
        let url = account.house().socket_url();
        let opened = tokio::time::timeout(OPEN_MAX, socket::Socket::open(&url)).await;
        let mut socket = Self {
            socket: opened.map_err(|_| Error::TooSlow)??,
            token_expires_at_ms,
        };
        socket.sign_in(&token).await?;
        Ok(socket)
    }

    /// Signs in again, with a newer token, before the last one expires.
    pub async fn stay_signed_in(&mut self, account: &mut Account) -> Result<(), Error> {
        if self.token_expires_at_ms - unix_ms() < RENEW_AHEAD_MS {
            let (token, token_expires_at_ms) = account.token().await?;
            self.sign_in(&token).await?;
            self.token_expires_at_ms = token_expires_at_ms;
        }
        Ok(())
    }

    async fn sign_in(&mut self, token: &str) -> Result<(), Error> {
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
        Ok(self.socket.say(message).await?)
    }

    /// The next message. May be dropped and asked again without losing one.
    pub async fn hear(&mut self) -> Result<Heard, Error> {
        match self.socket.hear().await {
            socket::Heard::Message(heard) => Ok(heard),
            socket::Heard::Unintelligible(error) => Err(error.into()),
            socket::Heard::Closed(_) | socket::Heard::Broken(None) => Err(Error::Closed),
            socket::Heard::Broken(Some(error)) => Err(error.into()),
        }
    }
}

/// What was sent and has not been answered: one thing at a time.
#[derive(Debug, Default)]
pub struct InFlight(Option<(Uuid, Instant)>);

impl InFlight {
    /// It leaves now.
    pub fn sent(&mut self, id: Uuid) {
        self.0 = Some((id, Instant::now()));
    }

    /// This was answered.
    pub fn answered(&mut self, id: Uuid) {
        self.0.take_if(|(in_flight, _)| *in_flight == id);
    }

    /// Whether an answer may still come.
    pub fn is_waited_for(&self) -> bool {
        self.0.is_some_and(|(_, sent)| sent.elapsed() < ANSWER_MAX)
    }

    /// Gives up on what is under way, if anything is.
    pub fn forget(&mut self) -> Option<Uuid> {
        self.0.take().map(|(id, _)| id)
    }
}
