//! An auctioneer who opens, sells, reopens, pauses and takes bids back while the node comes and goes.

use super::{
    finding::Fault,
    following::Following,
    house::{CURRENCY, STEP_MINOR, View},
    witness::Audience,
    world::{Connection, World},
};
use crate::client::socket::Heard;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the auctioneer was told.
#[derive(Debug, Default)]
pub struct Log {
    /// Commands that were carried out, with the record that each stands on.
    pub done: Vec<(Value, u64)>,
    /// Bids that the clerk has entered, or may have.
    pub entered: Vec<String>,
}

struct Console {
    world: World,
    rng: StdRng,
    sale: String,
    view: View,
    following: Following,
    /// The last bid that was seen on each lot.
    last_bids: BTreeMap<String, Value>,
    /// The command that waits for its answer.
    pending: Option<Value>,
    /// Updates until the next command while a lot is open.
    patience: u32,
    log: Log,
}

/// Runs the sale in the room until the day ends.
pub async fn run(world: World, seed: u64) -> Log {
    let mut console = Console {
        sale: world.house.room.id.clone(),
        world,
        rng: StdRng::seed_from_u64(seed),
        view: View::default(),
        following: Following::default(),
        last_bids: BTreeMap::new(),
        pending: None,
        patience: 0,
        log: Log::default(),
    };
    let staff = console.world.house.staff.clone();
    // From a snapshot each time: what to do next depends on what is true now.
    while let Some(mut line) = console.world.follow(&staff, &[(&console.sale, None)]).await {
        if console.visit(&mut line).await {
            break;
        }
    }
    console.log
}

impl Console {
    /// One connection; `true` when the day has ended.
    async fn visit(&mut self, line: &mut Connection) -> bool {
        // Only bids carry an id that makes them safe to repeat.
        self.pending = self
            .pending
            .take()
            .filter(|pending| !pending["command"]["bid_id"].is_null());
        if let Some(pending) = &self.pending
            && !line.socket.send(pending).await
        {
            return false;
        }
        self.view = View::default();
        loop {
            let closing = self.world.is_closing();
            if self.pending.is_none() {
                if closing {
                    return true;
                }
                if line.socket.left() == 0 {
                    return false;
                }
                if let Some(command) = self.next_command() {
                    let message = json!({
                        "type": "command", "command_id": Uuid::from_u128(self.rng.random()).to_string(),
                        "sale_id": self.sale, "command": command,
                    });
                    self.pending = Some(message.clone());
                    if !line.socket.send(&message).await {
                        return false;
                    }
                }
            }
            let heard = tokio::select! {
                heard = line.socket.hear() => heard,
                () = self.world.closing(), if !closing => continue,
            };
            match heard {
                Heard::Message(message) => {
                    if !self.take(&message, line.floor_seq(&self.sale)) {
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
    fn take(&mut self, message: &Value, floor_seq: u64) -> bool {
        match message["type"].as_str().unwrap_or_default() {
            kind @ ("snapshot" | "update") => {
                let mut findings = self.world.findings();
                self.following.hear(message, &mut findings);
                let mut witness = self.world.witness(&self.sale);
                if kind == "update" {
                    witness.update(Audience::Staff, message, &mut findings);
                    self.patience = self.patience.saturating_sub(1);
                } else {
                    witness.start(message, floor_seq, &mut findings);
                }
                self.view.take(message);
                for event in message["events"].as_array().into_iter().flatten() {
                    if let Some(lot_id) = event["lot_id"].as_str().filter(|_| !event["bid_id"].is_null()) {
                        self.last_bids.insert(lot_id.to_owned(), event["bid_id"].clone());
                    }
                }
            }
            "command_done" => {
                if let Some(pending) = self.answered(message) {
                    let seq = message["seq"].as_u64().unwrap_or_default();
                    self.log.done.push((pending["command"].clone(), seq));
                    self.world.answered();
                }
            }
            "command_refused" => {
                let pending = self.answered(message);
                let code = message["code"].as_str().unwrap_or_default();
                if ["busy", "unavailable"].contains(&code) {
                    // Nothing has happened; the same again, over another connection.
                    self.pending = pending;
                    return false;
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

    fn answered(&mut self, message: &Value) -> Option<Value> {
        let asked = |pending: &mut Value| pending["command_id"] == message["command_id"];
        let pending = self.pending.take_if(asked);
        if pending.is_none() {
            let what = format!("an answer to what was not asked: {message}");
            self.world.findings().note(Fault::Unexpected, what);
        }
        pending
    }

    fn ids_in_state(&self, state: &str) -> Vec<Value> {
        let lots = self.view.in_state(state);
        lots.into_iter().map(|(_, lot)| lot["lot_id"].clone()).collect()
    }

    /// What to do next, if anything.
    fn next_command(&mut self) -> Option<Value> {
        if self.view.all().is_empty() {
            return None;
        }
        if let Some(lot_id) = self.ids_in_state("paused").first() {
            return Some(self.on_paused(lot_id));
        }
        if let Some((_, lot)) = self.view.in_state("open").first() {
            if self.patience > 0 {
                return None;
            }
            let lot = lot.clone();
            return Some(self.on_open(&lot));
        }
        let closed = self.ids_in_state("closed");
        let pending = self.ids_in_state("pending");
        if closed.is_empty() || (!pending.is_empty() && self.rng.random_bool(0.5)) {
            return Some(json!({"kind": "next_lot"}));
        }
        let any = self.rng.random_range(0..closed.len());
        Some(json!({"kind": "reopen", "lot_id": closed[any]}))
    }

    /// While nothing moves, the last bid can be taken back for certain.
    fn on_paused(&mut self, lot_id: &Value) -> Value {
        let last_bid = self.last_bids.remove(lot_id.as_str().unwrap_or_default());
        match last_bid {
            Some(bid_id) if self.rng.random_bool(0.4) => {
                json!({"kind": "retract", "lot_id": lot_id, "bid_id": bid_id})
            }
            _ => json!({"kind": "resume", "lot_id": lot_id}),
        }
    }

    fn on_open(&mut self, lot: &Value) -> Value {
        self.patience = self.rng.random_range(1..6);
        let lot_id = &lot["lot_id"];
        let minimum = lot["minimum_minor"].as_i64().unwrap_or(1);
        let room_paddle = self.rng.random_bool(0.5).then(|| self.rng.random_range(1..20));
        match self.rng.random_range(0..100) {
            0..40 => {
                let bid_id = self.new_bid();
                let amount = minimum + STEP_MINOR * self.rng.random_range(0..3);
                json!({
                    "kind": "floor_bid", "lot_id": lot_id, "bid_id": bid_id, "amount_minor": amount,
                    "currency": CURRENCY, "paddle": room_paddle, "channel": "floor",
                })
            }
            40..48 => {
                let pending = self.ids_in_state("pending");
                let (Some(pending), Some(bidder)) = (pending.first(), self.world.house.bidders.first())
                else {
                    return json!({"kind": "fair_warning", "lot_id": lot_id});
                };
                let paddle = bidder.paddle;
                let bid_id = self.new_bid();
                json!({
                    "kind": "absentee_bid", "lot_id": pending, "bid_id": bid_id, "paddle": paddle,
                    "max_minor": 500_000, "currency": CURRENCY,
                })
            }
            48..58 => json!({"kind": "set_ask", "lot_id": lot_id, "ask_minor": minimum}),
            58..62 => json!({"kind": "set_step", "lot_id": lot_id, "step_minor": null}),
            62..70 => json!({"kind": "fair_warning", "lot_id": lot_id}),
            70..84 => json!({"kind": "pause", "lot_id": lot_id}),
            84..94 => json!({"kind": "hammer", "lot_id": lot_id, "result": "sold", "override_reserve": true}),
            94..97 => json!({"kind": "hammer", "lot_id": lot_id, "result": "pass"}),
            _ => json!({"kind": "message", "text": "A moment, please."}),
        }
    }

    fn new_bid(&mut self) -> String {
        let bid_id = Uuid::from_u128(self.rng.random()).to_string();
        self.log.entered.push(bid_id.clone());
        bid_id
    }
}

/// The event that a command leads to.
pub fn event_of(command: &Value) -> Option<&'static str> {
    Some(match command["kind"].as_str()? {
        "next_lot" => "lot_opened",
        "reopen" => "lot_reopened",
        "pause" => "paused",
        "resume" => "resumed",
        "retract" => "bid_retracted",
        "hammer" if command["result"] == "sold" => "lot_sold",
        "hammer" => "lot_unsold",
        "message" => "message",
        "fair_warning" => "fair_warning",
        "set_ask" => "ask_set",
        "set_step" => "step_set",
        _ => return None,
    })
}
