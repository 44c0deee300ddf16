//! Bids one after the other, each with its answer.

use super::{
    house::{CURRENCY, House, OPENING_MINOR, STEP_MINOR},
    socket::{Heard, Socket},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A bidder who raises the own maximum again and again.
pub struct Bids<'a> {
    house: &'a House,
    socket: Option<Socket>,
    count: i64,
}

impl<'a> Bids<'a> {
    pub fn new(house: &'a House) -> Self {
        Self::raising(house, 0)
    }

    /// Starts so many steps above the opening price.
    pub fn raising(house: &'a House, steps: i64) -> Self {
        Self {
            house,
            socket: None,
            count: steps,
        }
    }

    /// Places the next bid and gives its answer.
    pub async fn next(&mut self, address: &str) -> Value {
        if self.socket.as_ref().is_none_or(|socket| socket.left() == 0) {
            let token = &self.house.bidders[0].token;
            self.socket = Socket::follow(address, token, &self.house.sale).await;
        }
        let socket = self.socket.as_mut().unwrap();
        let bid = json!({
            "type": "bid", "bid_id": Uuid::new_v4(), "sale_id": self.house.sale, "lot_id": self.house.lots[0],
            "currency": CURRENCY, "max_minor": OPENING_MINOR + STEP_MINOR * self.count,
        });
        self.count += 1;
        assert!(socket.send(&bid).await);
        loop {
            match socket.next().await {
                Heard::Message(message) if message["bid_id"] == bid["bid_id"] => return message,
                Heard::Message(message) => assert_ne!(message["type"], "error", "{message}"),
                other => panic!("{other:?} instead of an answer"),
            }
        }
    }
}
