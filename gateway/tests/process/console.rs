//! An auctioneer who opens, sells, reopens, pauses and takes bids back while the node comes and goes.

use super::{
    house::{Api, CURRENCY, STEP_MINOR},
    socket::{Heard, Socket},
    text,
    witness::Audience,
    world::World,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
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
    lots: BTreeMap<String, Value>,
    /// The command that waits for its answer.
    pending: Option<Value>,
    /// Updates until the next command while a lot is open.
    patience: u32,
    log: Log,
}

/// Runs the sale until the day ends.
pub async fn run(world: World, seed: u64) -> Log {
    let mut console = Console {
        world,
        rng: StdRng::seed_from_u64(seed),
        lots: BTreeMap::new(),
        pending: None,
        patience: 0,
        log: Log::default(),
    };
    let staff = console.world.house.staff.clone();
    loop {
        let mut socket = console.world.follow(&staff).await;
        if console.visit(&mut socket).await {
            return console.log;
        }
    }
}

impl Console {
    /// One connection; `true` when the day has ended.
    async fn visit(&mut self, socket: &mut Socket) -> bool {
        // Only bids carry an id that makes them safe to repeat.
        self.pending = self
            .pending
            .take()
            .filter(|pending| !pending["command"]["bid_id"].is_null());
        if let Some(pending) = &self.pending
            && !socket.send(pending).await
        {
            return false;
        }
        self.lots.clear();
        loop {
            let closing = self.world.is_closing();
            if self.pending.is_none() {
                if closing {
                    return true;
                }
                if socket.left() == 0 {
                    return false;
                }
                let Ok(command) = self.next_command().await else {
                    return false;
                };
                if let Some(command) = command {
                    let message = json!({
                        "type": "command", "command_id": Uuid::from_u128(self.rng.random()).to_string(),
                        "sale_id": self.world.house.sale, "command": command,
                    });
                    self.pending = Some(message.clone());
                    if !socket.send(&message).await {
                        return false;
                    }
                }
            }
            let heard = tokio::select! {
                heard = socket.next() => heard,
                () = self.world.closing(), if !closing => continue,
            };
            let Heard::Message(message) = heard else {
                return false;
            };
            self.take(&message);
        }
    }

    fn take(&mut self, message: &Value) {
        match message["type"].as_str().unwrap() {
            "snapshot" => {
                self.world.witness.borrow_mut().start(message);
                self.see(&message["lots"]);
            }
            "update" => {
                self.world.witness.borrow_mut().update(Audience::Staff, message);
                self.patience = self.patience.saturating_sub(1);
                self.see(&message["lots"]);
            }
            "command_done" => {
                let pending = self.answered(message);
                self.log
                    .done
                    .push((pending["command"].clone(), message["seq"].as_u64().unwrap()));
                self.world.answered();
            }
            "command_refused" => {
                let pending = self.answered(message);
                let kind = pending["command"]["kind"].as_str().unwrap();
                // A bid that may be repeated has to be, until its fate is certain.
                let uncertain = ["busy", "unavailable"].contains(&message["code"].as_str().unwrap());
                assert!(!uncertain, "{kind}: {message}");
            }
            "error" => panic!("{message}"),
            _ => {}
        }
    }

    fn answered(&mut self, message: &Value) -> Value {
        let pending = self.pending.take().expect("nothing was asked");
        assert_eq!(pending["command_id"], message["command_id"]);
        pending
    }

    fn see(&mut self, lots: &Value) {
        for lot in lots.as_array().unwrap() {
            self.lots.insert(text(&lot["lot_id"]), lot.clone());
        }
    }

    fn in_state(&self, state: &str) -> Vec<&Value> {
        self.lots.values().filter(|lot| lot["state"] == state).collect()
    }

    /// What to do next, if anything; an error when the node has gone.
    async fn next_command(&mut self) -> Result<Option<Value>, ()> {
        if self.lots.is_empty() {
            return Ok(None);
        }
        if let Some(lot) = self.in_state("paused").first() {
            let lot_id = text(&lot["lot_id"]);
            return self.on_paused(&lot_id).await;
        }
        if let Some(lot) = self.in_state("open").first() {
            if self.patience > 0 {
                return Ok(None);
            }
            let lot = (*lot).clone();
            return Ok(Some(self.on_open(&lot)));
        }
        let closed: Vec<_> = self
            .in_state("closed")
            .iter()
            .map(|lot| lot["lot_id"].clone())
            .collect();
        if closed.is_empty() || (!self.in_state("pending").is_empty() && self.rng.random_bool(0.5)) {
            return Ok(Some(json!({"kind": "next_lot"})));
        }
        let any = self.rng.random_range(0..closed.len());
        Ok(Some(json!({"kind": "reopen", "lot_id": closed[any]})))
    }

    /// While nothing moves, the last bid can be taken back for certain.
    async fn on_paused(&mut self, lot_id: &str) -> Result<Option<Value>, ()> {
        if self.rng.random_bool(0.6) {
            return Ok(Some(json!({"kind": "resume", "lot_id": lot_id})));
        }
        let house = self.world.house.clone();
        let api = Api::at(&self.world.address());
        let history = api
            .try_history(&house.staff, &house.sale, lot_id)
            .await
            .ok_or(())?;
        let last = history.iter().rfind(|bid| bid["retracted"] == false);
        Ok(Some(match last {
            Some(bid) => json!({"kind": "retract", "lot_id": lot_id, "bid_id": bid["bid_id"]}),
            None => json!({"kind": "resume", "lot_id": lot_id}),
        }))
    }

    fn on_open(&mut self, lot: &Value) -> Value {
        self.patience = self.rng.random_range(1..12);
        let lot_id = &lot["lot_id"];
        let minimum = lot["minimum_minor"].as_i64().unwrap();
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
                let pending: Vec<_> = self
                    .in_state("pending")
                    .iter()
                    .map(|lot| lot["lot_id"].clone())
                    .collect();
                let Some(pending) = pending.first() else {
                    return json!({"kind": "fair_warning", "lot_id": lot_id});
                };
                let paddle = self.world.house.bidders[0].paddle;
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
pub fn event_of(kind: &str, result: &Value) -> Option<&'static str> {
    Some(match kind {
        "next_lot" => "lot_opened",
        "reopen" => "lot_reopened",
        "pause" => "paused",
        "resume" => "resumed",
        "retract" => "bid_retracted",
        "hammer" if result == "sold" => "lot_sold",
        "hammer" => "lot_unsold",
        "message" => "message",
        "fair_warning" => "fair_warning",
        "set_ask" => "ask_set",
        "set_step" => "step_set",
        _ => return None,
    })
}
