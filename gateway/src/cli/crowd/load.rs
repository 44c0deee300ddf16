//! A sale that goes on: by turns a bid and a message of the auctioneer, each told to everybody.

use crate::cli::torture::house::{CURRENCY, House, OPENING_MINOR, STEP_MINOR};
use crate::client::socket::{Heard, Socket};
use serde_json::{Value, json};
use std::time::Duration;

/// Bidders, by turns.
pub const BIDDERS: usize = 4;

/// An answer that has not come by then will not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// The longest message that an auctioneer may send, of the longest characters.
const MESSAGE_CHARS: usize = 280;
const LONG_CHAR: char = '\u{1d11e}';

/// The sale does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody answers.
    #[error("nobody answers")]
    Gone,
    /// It was refused.
    #[error("{0}")]
    Refused(Value),
}

/// Whoever keeps the sale going.
pub struct Load {
    address: String,
    house: House,
    console: Socket,
    bidders: Vec<Socket>,
    turn: usize,
    price_minor: i64,
    last_seq: u64,
}

impl Load {
    /// Opens the first lot.
    pub async fn begin(address: &str, house: &House) -> Result<Self, Error> {
        let mut bidders = Vec::new();
        for bidder in &house.bidders {
            bidders.push(connect(address, &bidder.token).await?);
        }
        let mut load = Self {
            address: address.to_owned(),
            console: connect(address, &house.staff).await?,
            house: house.clone(),
            bidders,
            turn: 0,
            price_minor: OPENING_MINOR,
            last_seq: 0,
        };
        load.command(&json!({"kind": "next_lot"})).await?;
        Ok(load)
    }

    /// The next thing happens.
    pub async fn go_on(&mut self) -> Result<(), Error> {
        self.turn += 1;
        if self.turn.is_multiple_of(2) {
            let text: String = std::iter::repeat_n(LONG_CHAR, MESSAGE_CHARS - 8)
                .chain(format!("{:08}", self.turn).chars())
                .collect();
            return self.command(&json!({"kind": "message", "text": text})).await;
        }
        let bidder = (self.turn / 2) % self.bidders.len();
        let bid = json!({
            "type": "bid", "bid_id": uuid::Uuid::new_v4(), "sale_id": self.house.room.id,
            "lot_id": self.house.room.lots[0], "currency": CURRENCY, "amount_minor": self.price_minor,
        });
        self.price_minor += STEP_MINOR;
        let socket = &mut self.bidders[bidder];
        if socket.left() == 0 {
            *socket = connect(&self.address, &self.house.bidders[bidder].token).await?;
        }
        self.last_seq = ask(socket, &bid, ["bid_accepted", "bid_refused"]).await?;
        Ok(())
    }

    /// The record of what happened last.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    async fn command(&mut self, command: &Value) -> Result<(), Error> {
        if self.console.left() == 0 {
            self.console = connect(&self.address, &self.house.staff).await?;
        }
        let command = json!({
            "type": "command", "command_id": "load", "sale_id": self.house.room.id, "command": command,
        });
        self.last_seq = ask(&mut self.console, &command, ["command_done", "command_refused"]).await?;
        Ok(())
    }
}

async fn connect(address: &str, token: &str) -> Result<Socket, Error> {
    Socket::follow(address, token, &[]).await.ok_or(Error::Gone)
}

/// The record that a request leads to.
async fn ask(socket: &mut Socket, request: &Value, [done, refused]: [&str; 2]) -> Result<u64, Error> {
    if !socket.send(request).await {
        return Err(Error::Gone);
    }
    let answer = async {
        loop {
            match socket.hear::<Value>().await {
                Heard::Message(answer) if answer["type"] == done => {
                    return Ok(answer["seq"].as_u64().unwrap_or_default());
                }
                Heard::Message(answer) if answer["type"] == refused || answer["type"] == "error" => {
                    return Err(Error::Refused(answer));
                }
                Heard::Message(_) => {}
                _ => return Err(Error::Gone),
            }
        }
    };
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or(Err(Error::Gone))
}
