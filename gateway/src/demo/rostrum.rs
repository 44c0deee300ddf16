//! The rostrum: the simulated auctioneer and the simulated room behind one staff socket. Decisions
//! are made in [`super::autopilot`] and [`super::floor`]; here they meet the wire.

use super::{
    autopilot::{Autopilot, LotNotes, Move, patter},
    catalogue::ROOM,
    floor::{Floor, FloorBid, WrittenBid},
    hands::Hands,
    online::look,
    pace::Clock,
    scene::{Scene, visitor_leads},
    seed::Season,
    socket::{self, InFlight, Socket},
    stage::{Stage, backoff},
    wire::{Channel, Event, Format, Happening, Heard, LotState, SaleStatus},
};
use crate::client::rest::Account;
use serde_json::{Value, json};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// Sales that are held one after the other whether anybody watches or not. From then on a sale
/// begins only once somebody does: that bounds what an unattended demonstration leaves on disk.
pub const SALES_UNATTENDED: usize = 20;

/// One sale, from the first lot to the last.
pub struct Rostrum<'a> {
    account: &'a mut Account,
    season: &'a Season,
    stage: Arc<Stage>,
    clock: Clock,
    autopilot: Autopilot,
    floor: Floor,
    hands: Hands,
    scene: Scene,
    timed: Scene,
    /// Up to this update nobody is blamed: it was missed while the connection was down.
    caught_up: u64,
    watchers: u32,
    in_flight: InFlight,
    outbox: VecDeque<(Uuid, Value)>,
}

impl<'a> Rostrum<'a> {
    /// Ready to begin, or to go on after a restart.
    pub fn new(account: &'a mut Account, season: &'a Season, stage: &Arc<Stage>, clock: Clock) -> Self {
        let notes = LotNotes::on(&season.room_lots, |number| ROOM.choice_of(number));
        let seed = stage.seed.wrapping_add(season.session as u64);
        Self {
            account,
            season,
            stage: Arc::clone(stage),
            clock,
            autopilot: Autopilot::new(seed, notes),
            floor: Floor::new(seed),
            hands: Hands::default(),
            scene: Scene::default(),
            timed: Scene::default(),
            caught_up: 0,
            watchers: 0,
            in_flight: InFlight::default(),
            outbox: VecDeque::new(),
        }
    }

    /// Holds the sale until it has ended, whatever happens to the connection.
    pub async fn hold(mut self) {
        let mut failures = 0;
        loop {
            let began = Instant::now();
            match self.connected().await {
                Ok(()) => return,
                Err(lost) => tracing::debug!(error = %lost, "the rostrum lost its connection"),
            }
            self.hands.forget();
            self.in_flight.forget();
            failures = if began.elapsed() > Duration::from_secs(30) {
                0
            } else {
                failures + 1
            };
            tokio::time::sleep(backoff(failures)).await;
        }
    }

    async fn connected(&mut self) -> Result<(), socket::Error> {
        let mut socket = Socket::open(self.account).await?;
        socket.subscribe(self.season.room, self.scene.seq).await?;
        socket.subscribe(self.season.timed, self.timed.seq).await?;
        let _seat = self.stage.watch();
        let mut ticks = tokio::time::interval(self.clock.real(200).max(Duration::from_millis(10)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while self.scene.status != Some(SaleStatus::Ended) {
            tokio::select! {
                heard = socket.hear() => {
                    self.hear(heard?, &mut socket).await?;
                    // What waits for an answer waits no longer than that.
                    self.send_next(&mut socket).await?;
                }
                _ = ticks.tick() => {
                    socket.stay_signed_in(self.account).await?;
                    self.act();
                    self.send_next(&mut socket).await?;
                }
            }
        }
        Ok(())
    }

    async fn hear(&mut self, heard: Heard, socket: &mut Socket) -> Result<(), socket::Error> {
        let now_ms = self.clock.now_ms();
        match heard {
            Heard::Snapshot(snapshot) if snapshot.sale_id == self.season.room => {
                self.caught_up = snapshot.seq;
                self.hands.forget();
                self.scene.take_snapshot(&snapshot, now_ms);
            }
            Heard::Snapshot(snapshot) => self.timed.take_snapshot(&snapshot, now_ms),
            Heard::Resumed { sale_id, seq } if sale_id == self.season.room => self.caught_up = seq,
            Heard::Update(update) if update.sale_id == self.season.room => {
                let person = update.seq > self.caught_up && self.hands.saw(update.seq, &update.events);
                if person {
                    self.give_way(&update.events, now_ms);
                }
                let complete = self.stage.with_cast(update.sale_id, |cast| {
                    self.scene.take_update(&update, cast, now_ms)
                });
                if !complete {
                    socket.subscribe(self.season.room, 0).await?;
                }
            }
            Heard::Update(update) => {
                let complete = self.stage.with_cast(update.sale_id, |cast| {
                    self.timed.take_update(&update, cast, now_ms)
                });
                if !complete {
                    socket.subscribe(self.season.timed, 0).await?;
                }
            }
            Heard::CommandDone { command_id, seq } => self.answered(command_id, Some(seq), now_ms),
            Heard::CommandRefused { command_id, code } => {
                tracing::debug!(code, "a command of the autopilot was refused");
                self.answered(command_id, None, now_ms);
            }
            Heard::Presence { sale_id, watchers } if sale_id == self.season.room => self.watchers = watchers,
            Heard::Error { code } => return Err(socket::Error::refused(code, self.account)),
            _ => {}
        }
        Ok(())
    }

    fn answered(&mut self, command_id: Uuid, seq: Option<u64>, now_ms: i64) {
        self.in_flight.answered(command_id);
        if self.hands.answered(command_id, seq) {
            self.give_way(&[], now_ms);
        }
    }

    /// A person acts at a console.
    fn give_way(&mut self, events: &[Happening], now_ms: i64) {
        let was_at_work = self.autopilot.step_back(now_ms);
        self.outbox.clear();
        // Their own words are not overwritten.
        let spoke = events.iter().any(|happening| happening.event == Event::Message);
        if was_at_work && !spoke && self.scene.status != Some(SaleStatus::Ended) {
            tracing::info!("somebody has taken the rostrum; the autopilot steps back");
            self.command(
                self.season.room,
                &json!({"kind": "message", "text": patter::HAND_OVER}),
            );
        }
    }

    /// Decides what to do now; it goes to the outbox. One command is under way at a time, so every
    /// decision is made on what has really happened.
    fn act(&mut self) {
        if self.in_flight.is_waited_for() || !self.outbox.is_empty() {
            return;
        }
        let now_ms = self.clock.now_ms();
        self.mind_the_timed_sale();
        if let Some((lot_id, bid)) = self.room_bid(now_ms) {
            self.enter(lot_id, bid);
            return;
        }
        let doors_open = self.season.session <= SALES_UNATTENDED || self.watchers > self.stage.watching();
        let (autopilot, scene) = (&mut self.autopilot, &self.scene);
        let next = self.stage.with_cast(self.season.room, |cast| {
            autopilot.decide(scene, cast, doors_open, now_ms)
        });
        if let Some(next) = next {
            self.make(next);
        }
    }

    fn room_bid(&mut self, now_ms: i64) -> Option<(Uuid, FloorBid)> {
        let lot = self.scene.on_the_block()?;
        if lot.view.state != LotState::Open {
            return None;
        }
        let entry = self.season.lots.get(&lot.view.lot_id)?;
        let by_visitor = self
            .stage
            .with_cast(self.season.room, |cast| visitor_leads(lot.view.leader, cast));
        // Who of the room leads is the room's own business.
        let sight = look(lot, entry, now_ms, self.clock, by_visitor, |_, _| false);
        let bid = self.floor.decide(&sight, lot.view.leader)?;
        Some((lot.view.lot_id, bid))
    }

    fn enter(&mut self, lot_id: Uuid, bid: FloorBid) {
        self.command(
            self.season.room,
            &json!({
                "kind": "floor_bid",
                "lot_id": lot_id,
                "bid_id": Uuid::new_v4(),
                "amount_minor": bid.amount_minor,
                "currency": "GBP",
                "paddle": bid.paddle,
                "channel": if bid.channel == Channel::Phone { "phone" } else { "floor" },
            }),
        );
    }

    fn make(&mut self, next: Move) {
        tracing::debug!(?next, "autopilot");
        let room = self.season.room;
        let command = match next {
            Move::StartSale => json!({"kind": "start_sale"}),
            Move::Open(lot_id) => {
                self.enter_written_bid(lot_id);
                json!({"kind": "open_lot", "lot_id": lot_id})
            }
            Move::Ask(lot_id, ask_minor) => {
                json!({"kind": "set_ask", "lot_id": lot_id, "ask_minor": ask_minor})
            }
            Move::Warn(lot_id) => json!({"kind": "fair_warning", "lot_id": lot_id}),
            Move::Sell { lot_id, unnamed } => {
                let mut hammer = json!({"kind": "hammer", "lot_id": lot_id, "result": "sold"});
                if unnamed {
                    hammer["paddle"] = json!(self.floor.name_winner());
                }
                hammer
            }
            Move::Pass(lot_id) => json!({"kind": "hammer", "lot_id": lot_id, "result": "pass"}),
            Move::Group(lots) => json!({"kind": "group", "together": "choice", "lots": lots}),
            Move::Choose { lot_id, taken } => {
                json!({"kind": "choose", "lot_id": lot_id, "taken": taken})
            }
            Move::Resume(lot_id) => json!({"kind": "resume", "lot_id": lot_id}),
            Move::Say(text) => json!({"kind": "message", "text": text}),
            Move::EndSale => json!({"kind": "end_sale"}),
        };
        self.command(room, &command);
    }

    /// A bid in writing goes into the book before the lot is opened.
    fn enter_written_bid(&mut self, lot_id: Uuid) {
        let Some(lot) = self.season.lots.get(&lot_id) else {
            return;
        };
        if lot.rules.format == Format::Dutch {
            return;
        }
        let (Some(low), Some(high)) = (lot.estimate_low_minor, lot.estimate_high_minor) else {
            return;
        };
        let (floor, opening_minor) = (&mut self.floor, lot.rules.opening_price_minor);
        let written = self.stage.with_cast(self.season.room, |cast| {
            floor.written_bid(lot_id, opening_minor, (low, high), cast)
        });
        if let Some(WrittenBid {
            lot_id,
            paddle,
            max_minor,
        }) = written
        {
            self.command(
                self.season.room,
                &json!({
                    "kind": "absentee_bid",
                    "lot_id": lot_id,
                    "bid_id": Uuid::new_v4(),
                    "paddle": paddle,
                    "max_minor": max_minor,
                    "currency": "GBP",
                }),
            );
        }
    }

    /// The timed sale needs to be started, and ended when its last lot has closed.
    fn mind_the_timed_sale(&mut self) {
        let all_closed = !self.timed.lots.is_empty()
            && self
                .timed
                .lots
                .values()
                .all(|lot| lot.view.state == LotState::Closed);
        let kind = match self.timed.status {
            Some(SaleStatus::Published) => "start_sale",
            Some(SaleStatus::Live) if all_closed => "end_sale",
            _ => return,
        };
        self.command(self.season.timed, &json!({"kind": kind}));
    }

    fn command(&mut self, sale_id: Uuid, command: &Value) {
        let command_id = Uuid::new_v4();
        let message = json!({
            "type": "command",
            "command_id": command_id,
            "sale_id": sale_id,
            "command": command,
        });
        self.outbox.push_back((command_id, message));
    }

    async fn send_next(&mut self, socket: &mut Socket) -> Result<(), socket::Error> {
        if self.in_flight.is_waited_for() {
            return Ok(());
        }
        if let Some(overdue) = self.in_flight.forget() {
            // Unanswered: whatever it caused is not a person's.
            self.hands.answered(overdue, None);
        }
        if let Some((command_id, message)) = self.outbox.pop_front() {
            self.hands.sent(command_id);
            self.in_flight.sent(command_id);
            socket.say(&message).await?;
        }
        Ok(())
    }
}
