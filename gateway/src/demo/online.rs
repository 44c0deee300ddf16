//! A simulated online bidder: an account, a socket, and a temperament that decides.

use super::{
    accounts::Regular,
    pace::Clock,
    scene::{LotScene, Scene, visitor_leads},
    seed::Season,
    socket::{self, InFlight, Socket},
    stage::{Stage, backoff},
    temperament::{Action, Bidder, Sight},
    wire::{Channel, Format, Heard, Lot, LotState, Registration, SaleStatus},
};
use crate::client::{
    rest::{self, Account, House},
    unix_ms,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

/// One bidder, for as long as the demonstration lasts.
pub struct Patron {
    account: Account,
    stage: Arc<Stage>,
    clock: Clock,
    bidder: Bidder,
    joined: bool,
    scenes: BTreeMap<Uuid, Scene>,
    paddles: BTreeMap<Uuid, u32>,
    in_flight: InFlight,
}

impl Patron {
    /// Somebody who is not here yet.
    pub fn new(house: &House, regular: &Regular, stage: &Arc<Stage>, clock: Clock, seed: u64) -> Self {
        Self {
            account: Account::new(house, regular.name, Regular::PASSWORD, regular.display_name),
            bidder: Bidder::new(regular.temperament, regular.appetite, stage.seed, seed),
            stage: Arc::clone(stage),
            clock,
            joined: false,
            scenes: BTreeMap::new(),
            paddles: BTreeMap::new(),
            in_flight: InFlight::default(),
        }
    }

    /// Comes after `delay` and then takes part in every season; never returns.
    pub async fn take_part(mut self, delay: Duration, mut seasons: watch::Receiver<Option<Arc<Season>>>) {
        tokio::time::sleep(delay).await;
        let mut failures = 0;
        loop {
            let season = seasons.borrow_and_update().clone();
            let Some(season) = season else {
                if seasons.changed().await.is_err() {
                    return;
                }
                continue;
            };
            self.scenes
                .retain(|sale_id, _| [season.room, season.timed].contains(sale_id));
            let began = Instant::now();
            tokio::select! {
                changed = seasons.changed() => if changed.is_err() { return; },
                lost = self.follow(&season) => {
                    if let Err(lost) = lost {
                        tracing::debug!(error = %lost, "a simulated bidder lost its connection");
                    }
                    failures = if began.elapsed() > Duration::from_secs(30) { 0 } else { failures + 1 };
                    tokio::time::sleep(backoff(failures)).await;
                }
            }
        }
    }

    async fn follow(&mut self, season: &Season) -> Result<(), socket::Error> {
        if !self.joined {
            self.account.join().await?;
            self.joined = true;
        }
        for sale_id in [season.room, season.timed] {
            if !self.paddles.contains_key(&sale_id) {
                let path = format!("/sales/{sale_id}/registrations");
                let registered = self.account.post::<Registration>(&path, &json!({})).await?;
                let Some(Registration { paddle, .. }) = registered else {
                    return Err(rest::Error::Unintelligible.into());
                };
                self.stage.enlist(sale_id, paddle);
                self.paddles.insert(sale_id, paddle);
            }
        }
        let mut socket = Socket::open(&mut self.account).await?;
        for sale_id in [season.room, season.timed] {
            let last_seq = self.scenes.get(&sale_id).map_or(0, |scene| scene.seq);
            socket.subscribe(sale_id, last_seq).await?;
        }
        let _seat = self.stage.watch();
        self.in_flight.forget();
        let mut ticks = tokio::time::interval(self.clock.real(400).max(Duration::from_millis(15)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                heard = socket.hear() => self.hear(heard?, &mut socket).await?,
                _ = ticks.tick() => {
                    socket.stay_signed_in(&mut self.account).await?;
                    if let Some(message) = self.think(season) {
                        socket.say(&message).await?;
                    }
                }
            }
        }
    }

    async fn hear(&mut self, heard: Heard, socket: &mut Socket) -> Result<(), socket::Error> {
        let now_ms = self.clock.now_ms();
        match heard {
            Heard::Snapshot(snapshot) => {
                let scene = self.scenes.entry(snapshot.sale_id).or_default();
                scene.take_snapshot(&snapshot, now_ms);
            }
            Heard::Update(update) => {
                let scene = self.scenes.entry(update.sale_id).or_default();
                let complete = self
                    .stage
                    .with_cast(update.sale_id, |cast| scene.take_update(&update, cast, now_ms));
                if !complete {
                    socket.subscribe(update.sale_id, 0).await?;
                }
            }
            Heard::BidAccepted { bid_id } => self.in_flight.answered(bid_id),
            Heard::BidRefused { bid_id, code } => {
                tracing::trace!(code, "a simulated bid was refused");
                self.in_flight.answered(bid_id);
            }
            Heard::Error { code } => return Err(socket::Error::refused(code, &mut self.account)),
            _ => {}
        }
        Ok(())
    }

    /// One bid at most, on any lot of either sale.
    fn think(&mut self, season: &Season) -> Option<Value> {
        if self.in_flight.is_waited_for() {
            return None;
        }
        let now_ms = self.clock.now_ms();
        for (sale_id, scene) in &self.scenes {
            let Some(paddle) = self.paddles.get(sale_id) else {
                continue;
            };
            if !matches!(scene.status, Some(SaleStatus::Published | SaleStatus::Live)) {
                continue;
            }
            for (lot_id, lot) in &scene.lots {
                // What is offered together takes its bids on the lot that leads.
                let Some(entry) = season.lots.get(lot_id).filter(|_| lot.view.led_by.is_none()) else {
                    continue;
                };
                let by_visitor = self
                    .stage
                    .with_cast(*sale_id, |cast| visitor_leads(lot.view.leader, cast));
                let sight = look(
                    lot,
                    entry,
                    now_ms,
                    self.clock,
                    by_visitor,
                    |leader_paddle, channel| {
                        leader_paddle == Some(*paddle)
                            && matches!(channel, Channel::Online | Channel::Absentee)
                    },
                );
                if let Some(action) = self.bidder.decide(&sight) {
                    let bid_id = Uuid::new_v4();
                    self.in_flight.sent(bid_id);
                    return Some(bid_message(bid_id, *sale_id, *lot_id, action));
                }
            }
        }
        None
    }
}

fn bid_message(bid_id: Uuid, sale_id: Uuid, lot_id: Uuid, action: Action) -> Value {
    let mut message = json!({
        "type": "bid",
        "bid_id": bid_id,
        "sale_id": sale_id,
        "lot_id": lot_id,
        "currency": "GBP",
    });
    match action {
        Action::Bid(minor) => message["amount_minor"] = json!(minor),
        Action::Max(minor) => message["max_minor"] = json!(minor),
        Action::BuyNow(minor) => message["buy_now_minor"] = json!(minor),
    }
    message
}

/// What a participant sees of a lot now.
pub fn look(
    lot: &LotScene,
    entry: &Lot,
    now_ms: i64,
    clock: Clock,
    visitor_leads: bool,
    leads: impl Fn(Option<u32>, Channel) -> bool,
) -> Sight {
    let view = &lot.view;
    let opening_minor = entry.rules.opening_price_minor;
    let price_minor = view.price_minor.unwrap_or(opening_minor);
    let step_minor = entry
        .rules
        .increments
        .iter()
        .rev()
        .find(|band| band.from_minor <= price_minor)
        .map_or(100, |band| band.step_minor);
    let low_minor = entry.estimate_low_minor.unwrap_or(opening_minor);
    // What a clock shows is nowhere written: it follows from the time.
    let on_the_clock = view
        .clock
        .map(|falling| falling.after(clock.real_ms(now_ms - lot.opened_at_ms)));
    Sight {
        lot_id: view.lot_id,
        format: view.format,
        buy_now_minor: view.buy_now_minor,
        state: view.state,
        now_ms,
        opened_at_ms: lot.opened_at_ms,
        stirred_at_ms: lot.stirred_at_ms,
        closes_in_ms: view
            .closes_at_ms
            .filter(|_| view.state == LotState::Open && view.format != Format::Dutch)
            .map(|closes_at_ms| clock.demo_ms(closes_at_ms - unix_ms())),
        minimum_minor: on_the_clock.or(view.minimum_minor).unwrap_or(opening_minor),
        step_minor,
        estimate_minor: (low_minor, entry.estimate_high_minor.unwrap_or(low_minor)),
        leading: view
            .leader
            .is_some_and(|leader| leads(leader.paddle, leader.channel)),
        warned: lot.warned_at_ms.is_some(),
        below_reserve: view.reserve_met == Some(false),
        visitor_leads,
        visited: lot.visited,
        contested: lot.contested,
    }
}
