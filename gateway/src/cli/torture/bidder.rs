//! An online bidder who bids without pause, over connections that break, and writes down every
//! answer.

use super::{
    finding::Fault,
    following::Following,
    house::{Bidder, CURRENCY, OPENING_MINOR, STEP_MINOR, View},
    ledger::{Ledger, Taken},
    witness::Audience,
    world::{Connection, World},
};
use crate::client::socket::Heard;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Bids that wait for their answers at once.
const IN_FLIGHT_MAX: usize = 3;

struct Patron {
    world: World,
    rng: StdRng,
    ledger: Ledger,
    view: View,
    following: BTreeMap<String, Following>,
}

/// Bids until the day ends and every fate is known.
pub async fn take_part(world: World, bidder: Bidder, seed: u64) -> Ledger {
    let sales = world.house.sales().map(|sale| sale.id.clone());
    let mut patron = Patron {
        world,
        rng: StdRng::seed_from_u64(seed),
        ledger: Ledger::default(),
        view: View::default(),
        following: BTreeMap::new(),
    };
    for connection in 0.. {
        let last_seq = |sale: &str| patron.following.get(sale).and_then(Following::last_seq);
        let from = sales.each_ref().map(|sale| (sale.as_str(), last_seq(sale)));
        let Some(mut line) = patron.world.follow(&bidder.token, &from).await else {
            break;
        };
        if patron.visit(&mut line, connection).await {
            break;
        }
    }
    patron.ledger
}

impl Patron {
    /// One connection; `true` when the day has ended.
    async fn visit(&mut self, line: &mut Connection, connection: u32) -> bool {
        for index in self.ledger.in_flight() {
            let placed = &mut self.ledger.bids[index];
            let again = self.rng.random_bool(0.3);
            let message = if again {
                placed.connection = None;
                placed.request.clone()
            } else {
                let request = &placed.request;
                json!({"type": "bid_status", "sale_id": request["sale_id"], "bid_id": request["bid_id"]})
            };
            if !line.socket.send(&message).await {
                return false;
            }
        }
        loop {
            let closing = self.world.is_closing();
            let mut in_flight = self.ledger.in_flight().len();
            while !closing && in_flight < IN_FLIGHT_MAX && line.socket.left() > 0 {
                let Some(bid) = self.next_bid() else {
                    break;
                };
                self.ledger.place(bid.clone(), connection);
                in_flight += 1;
                if !line.socket.send(&bid).await {
                    return false;
                }
            }
            if in_flight == 0 && closing {
                return true;
            }
            if line.socket.left() == 0 && (in_flight == 0 || self.rng.random_bool(0.3)) {
                // Leaves bids behind whose answers are still on their way.
                return false;
            }
            let heard = tokio::select! {
                heard = line.socket.hear() => heard,
                () = self.world.closing(), if !closing => continue,
            };
            match heard {
                Heard::Message(message) => {
                    if !self.take(&message, line).await {
                        return false;
                    }
                }
                Heard::Unintelligible(error) => {
                    self.world.findings().note(Fault::Unexpected, error.to_string());
                }
                Heard::Closed(_) | Heard::Broken(_) => return false,
            }
        }
    }

    /// Takes a message; `false` when the connection is of no more use.
    async fn take(&mut self, message: &Value, line: &mut Connection) -> bool {
        let sale = message["sale_id"].as_str().unwrap_or_default();
        match message["type"].as_str().unwrap_or_default() {
            kind @ ("snapshot" | "resumed" | "update") => {
                let mut findings = self.world.findings();
                let following = self.following.entry(sale.to_owned()).or_default();
                following.hear(message, &mut findings);
                let mut witness = self.world.witness(sale);
                if kind == "update" {
                    witness.update(Audience::Public, message, &mut findings);
                } else {
                    witness.start(message, line.floor_seq(sale), &mut findings);
                }
                self.view.take(message);
            }
            "bid_accepted" | "bid_refused" => {
                let taken = self.ledger.take(message, &mut self.world.findings());
                match taken {
                    Taken::Certain => self.world.answered(),
                    Taken::Again => {}
                    // Too busy just now. The same bid again is safe, over this connection or another.
                    Taken::NotTaken => {
                        let Some(index) = self.ledger.find(&message["bid_id"]) else {
                            return true;
                        };
                        self.ledger.bids[index].connection = None;
                        let request = self.ledger.bids[index].request.clone();
                        return line.socket.left() > 0 && line.socket.send(&request).await;
                    }
                }
            }
            "error" => {
                if message["code"] != "shutting_down" {
                    self.world.findings().note(Fault::Unexpected, message.to_string());
                }
                return false;
            }
            _ => {}
        }
        true
    }

    /// Mostly what would be accepted; now and then a maximum, too little, or a lot that is not open,
    /// where a maximum goes into the absentee book.
    fn next_bid(&mut self) -> Option<Value> {
        let open = self.view.in_state("open");
        let (sale, lot) = open.get(self.rng.random_range(0..open.len().max(1)))?;
        let mut bid = json!({
            "type": "bid", "bid_id": Uuid::from_u128(self.rng.random()), "sale_id": sale, "lot_id": lot["lot_id"],
            "currency": CURRENCY,
        });
        let minimum = lot["minimum_minor"].as_i64()?;
        let above = minimum + STEP_MINOR * self.rng.random_range(0..16);
        match self.rng.random_range(0..100) {
            0..75 => bid["amount_minor"] = json!(above),
            75..88 => bid["max_minor"] = json!(above + STEP_MINOR * 5),
            88..95 => bid["amount_minor"] = json!((minimum - STEP_MINOR * 2).max(1)),
            _ => {
                let all = self.view.all();
                let (sale, lot) = all[self.rng.random_range(0..all.len())];
                bid["sale_id"] = json!(sale);
                bid["lot_id"] = lot["lot_id"].clone();
                bid["max_minor"] = json!(OPENING_MINOR + above);
            }
        }
        Some(bid)
    }
}
