//! The demonstration sale, killed twenty times: what was acknowledged or broadcast before a kill is
//! there after the next start.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]
#![allow(clippy::print_stdout, reason = "shown when the test fails")]

mod process;

use futures_util::future::join_all;
use gavel_gateway::cli::torture::{
    finding::Findings,
    ledger::essence,
    witness::{Audience, Witness},
};
use process::{
    gavel::{Gavel, Launch},
    house::Api,
    seed,
    socket::{Heard, Socket},
    text, within,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};
use uuid::Uuid;

const KILLS: usize = 20;

/// How many times faster than life the demonstration runs.
const PACE: u32 = 60;

/// A run takes a fraction of this; more means that somebody waits for ever.
const PATIENCE: Duration = Duration::from_mins(8);

/// A demonstration that is alive is never silent for so long, also on a busy machine.
const SILENCE_MAX: Duration = Duration::from_mins(1);

#[actix_web::test]
async fn the_demonstration_killed_twenty_times_takes_nothing_back() {
    let tally = within(PATIENCE, hold_the_demonstration(seed())).await;
    println!("{tally:#?}");
}

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    own_answers: usize,
    own_accepted: usize,
    broadcast_bids: usize,
    broadcast_outcomes: usize,
    comparisons: usize,
}

async fn hold_the_demonstration(seed: u64) -> Tally {
    let mut rng = StdRng::seed_from_u64(seed);
    let directory = tempfile::tempdir().unwrap();
    let launch = Launch::demo(&directory.path().join("data"))
        .environment("GAVEL_DEMO_PACE", PACE)
        .environment("GAVEL_DEMO_SEED", seed)
        .environment("GAVEL_PASSWORD_MEMORY_KIB", 8)
        .environment("GAVEL_SEGMENT_BYTES", 256 << 10)
        // Every fate is asked for again after every start.
        .environment("GAVEL_LIMITS__BID__PER_MINUTE", 1_000_000)
        .environment("GAVEL_LIMITS__BID__BURST", 100_000);
    let mut gavel = launch.start().await;
    let mut visitor = Visitor::sign_in(&gavel).await;
    let mut tally = Tally::default();
    for kill in 1..=KILLS {
        let began = Instant::now();
        let enough = visitor.heard + rng.random_range(1..40);
        let mut socket = visitor.enter(&gavel).await;
        while visitor.heard < enough {
            if !visitor.listen(&mut socket, &mut rng).await {
                socket = visitor.enter(&gavel).await;
            }
        }
        for _ in 0..rng.random_range(0..20) {
            tokio::task::yield_now().await;
        }
        let listened = began.elapsed();
        gavel.kill().assert_killed();
        tally.kills += 1;
        visitor.drain(&mut socket).await;
        for sale in visitor.sales.values_mut() {
            sale.witness.settle();
        }
        gavel = launch.start().await;
        let up_again = began.elapsed();
        tally.comparisons += visitor.compare(&gavel).await;
        println!(
            "kill {kill}: listened for {listened:?}, up again after {:?}, compared in {:?}, {} messages",
            up_again.saturating_sub(listened),
            began.elapsed().saturating_sub(up_again),
            visitor.heard,
        );
    }
    tally.own_answers = visitor.bids.values().filter(|bid| bid.fate.is_some()).count();
    let fates = visitor.bids.values().filter_map(|bid| bid.fate.as_ref());
    tally.own_accepted = fates.filter(|fate| fate["type"] == "bid_accepted").count();
    tally.broadcast_bids = visitor.sales.values().map(|sale| sale.bids.len()).sum();
    tally.broadcast_outcomes = visitor.sales.values().map(|sale| sale.outcomes).sum();
    // A run in which nothing happened would prove nothing.
    assert!(tally.own_accepted > 5 && tally.broadcast_bids > 50, "{tally:?}");
    tally
}

/// A bid of the visitor's own.
struct Own {
    sale: String,
    fate: Option<Value>,
}

/// What was seen of one sale.
#[derive(Default)]
struct Seen {
    witness: Witness,
    currency: String,
    /// Bids that were broadcast: lot, record, price, paddle and channel.
    bids: BTreeSet<(String, u64, i64, Option<u64>, String)>,
    /// Each lot as it was last seen.
    lots: BTreeMap<String, Value>,
    newest_seq: u64,
    outcomes: usize,
    ended: bool,
}

/// Somebody who tries the demonstration: watches, and bids now and then.
struct Visitor {
    token: String,
    staff: String,
    bids: BTreeMap<String, Own>,
    sales: BTreeMap<String, Seen>,
    /// Messages that mattered.
    heard: usize,
}

impl Visitor {
    async fn sign_in(gavel: &Gavel) -> Self {
        let api = Api::at(&gavel.address);
        let about = api.get("/about", None).await;
        let accounts = about["demo"]["accounts"].as_array().unwrap().clone();
        // The accounts are made right after the node listens, and told when they are there.
        gavel
            .printed(|output| output.stdout.iter().any(|line| line == "Sign in as:"))
            .await;
        let sign_in = async |role: &str| {
            let account = accounts.iter().find(|account| account["role"] == role).unwrap();
            api.sign_in(&text(&account["name"]), &text(&account["password"]))
                .await
        };
        Self {
            token: sign_in("bidder").await,
            staff: sign_in("admin").await,
            bids: BTreeMap::new(),
            sales: BTreeMap::new(),
            heard: 0,
        }
    }

    /// Follows the sale that is on, and asks what became of bids that were under way.
    async fn enter(&mut self, gavel: &Gavel) -> Socket {
        let api = Api::at(&gavel.address);
        let sale = self.current_sale(&api).await;
        api.post(
            &format!("/sales/{sale}/registrations"),
            Some(&self.token),
            json!({}),
        )
        .await;
        let mut socket = Socket::follow(&gavel.address, &self.token, &sale).await.unwrap();
        let currency = text(&api.get(&format!("/sales/{sale}"), None).await["currency"]);
        self.sales.entry(sale).or_default().currency = currency;
        for (bid_id, own) in self.bids.iter().filter(|(_, own)| own.fate.is_none()) {
            let ask = json!({"type": "bid_status", "sale_id": own.sale, "bid_id": bid_id});
            assert!(socket.send(&ask).await);
        }
        socket
    }

    async fn current_sale(&self, api: &Api) -> String {
        for _ in 0..1500 {
            let about = api.get("/about", None).await;
            if let Some(sale) = about["demo"]["sale_id"].as_str()
                && !self.sales.get(sale).is_some_and(|seen| seen.ended)
            {
                return sale.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no sale is on");
    }

    /// Takes one message; `false` when it is time to connect again: the sale is over, or the
    /// connection has had its messages.
    async fn listen(&mut self, socket: &mut Socket, rng: &mut StdRng) -> bool {
        let message = match tokio::time::timeout(SILENCE_MAX, socket.next()).await {
            Ok(Heard::Message(message)) => message,
            Ok(other) => panic!("{other:?} from a node that is up"),
            Err(tokio::time::error::Elapsed { .. }) => {
                panic!("the demonstration has fallen silent: {:?}", self.last_seen())
            }
        };
        self.take(&message);
        if message["type"] != "update" && message["type"] != "snapshot" {
            return socket.left() > 0;
        }
        let sale = text(&message["sale_id"]);
        // A sale may have ended between being chosen and the snapshot: no update follows then.
        if self.sales[&sale].ended {
            return false;
        }
        if message["type"] == "snapshot" {
            return socket.left() > 0;
        }
        let open = message["lots"]
            .as_array()
            .unwrap()
            .iter()
            // A clock shows no minimum, and whoever stops it ends the lot.
            .find(|lot| lot["state"] == "open" && lot["minimum_minor"].is_i64());
        if let Some(lot) = open
            && socket.left() > 0
            && rng.random_bool(0.3)
        {
            let bid_id = Uuid::from_u128(rng.random()).to_string();
            let bid = json!({
                "type": "bid", "bid_id": bid_id, "sale_id": sale, "lot_id": lot["lot_id"],
                "currency": self.sales[&sale].currency, "amount_minor": lot["minimum_minor"],
            });
            self.bids.insert(bid_id, Own { sale, fate: None });
            assert!(socket.send(&bid).await);
        }
        socket.left() > 0
    }

    fn take(&mut self, message: &Value) {
        match message["type"].as_str().unwrap() {
            "snapshot" => {
                let seen = self.sales.get_mut(message["sale_id"].as_str().unwrap()).unwrap();
                let settled_seq = seen.witness.settled_seq();
                holds(|findings| seen.witness.start(message, settled_seq, findings));
                seen.see(message);
                seen.ended |= message["sale"]["status"] == "ended";
            }
            "update" => {
                self.heard += 1;
                let seen = self.sales.get_mut(message["sale_id"].as_str().unwrap()).unwrap();
                holds(|findings| seen.witness.update(Audience::Public, message, findings));
                seen.see(message);
                seen.note_events(message);
            }
            "bid_accepted" | "bid_refused" if message["final"] != false => {
                self.heard += 1;
                let own = self.bids.get_mut(message["bid_id"].as_str().unwrap()).unwrap();
                let fate = essence(message);
                assert_eq!(own.fate.get_or_insert_with(|| fate.clone()), &fate);
            }
            "error" => panic!("{message}"),
            _ => {}
        }
    }

    /// Takes what the dead node had sent before it died.
    async fn drain(&mut self, socket: &mut Socket) {
        while let Heard::Message(message) = socket.next().await {
            self.take(&message);
        }
    }

    /// Everything that was seen is there; gives how many things were compared.
    async fn compare(&mut self, gavel: &Gavel) -> usize {
        let api = Api::at(&gavel.address);
        let mut compared = 0;
        for (sale, seen) in &self.sales {
            compared += seen.compare(&api, gavel, &self.staff, sale).await;
        }
        let mut answered = self.bids.iter().filter(|(_, own)| own.fate.is_some()).peekable();
        while answered.peek().is_some() {
            let mut socket = Socket::open(&gavel.address).await.unwrap();
            socket
                .send(&json!({"type": "sign_in", "token": self.token}))
                .await;
            // All questions, then all answers: each sale has an order of its own.
            let mut asked = BTreeMap::new();
            for (bid_id, own) in answered.by_ref().take(socket.left()) {
                let ask = json!({"type": "bid_status", "sale_id": own.sale, "bid_id": bid_id});
                assert!(socket.send(&ask).await);
                asked.insert(bid_id.as_str(), own.fate.as_ref().unwrap());
            }
            while !asked.is_empty() {
                let answer = socket.expect_any(&["bid_accepted", "bid_refused"]).await;
                let fate = asked.remove(answer["bid_id"].as_str().unwrap()).unwrap();
                assert_eq!(answer["repeated"], true, "{answer}");
                assert_eq!(&essence(&answer), fate);
                compared += 1;
            }
        }
        compared
    }

    /// Each sale: its last record, and whether it has ended.
    fn last_seen(&self) -> Vec<(&str, u64, bool)> {
        let sales = self.sales.iter();
        sales
            .map(|(sale, seen)| (sale.as_str(), seen.newest_seq, seen.ended))
            .collect()
    }
}

impl Seen {
    fn see(&mut self, message: &Value) {
        self.newest_seq = self.newest_seq.max(message["seq"].as_u64().unwrap());
        for lot in message["lots"].as_array().unwrap() {
            self.lots.insert(text(&lot["lot_id"]), lot.clone());
        }
    }

    fn note_events(&mut self, update: &Value) {
        for event in update["events"].as_array().unwrap() {
            match event["kind"].as_str().unwrap() {
                "bid_accepted" => {
                    self.bids.insert((
                        text(&event["lot_id"]),
                        update["seq"].as_u64().unwrap(),
                        event["price_minor"].as_i64().unwrap(),
                        event["paddle"].as_u64(),
                        text(&event["channel"]),
                    ));
                }
                "lot_sold" | "lot_unsold" => self.outcomes += 1,
                "sale_ended" => self.ended = true,
                _ => {}
            }
        }
    }

    async fn compare(&self, api: &Api, gavel: &Gavel, staff: &str, sale: &str) -> usize {
        let histories = join_all(self.lots.keys().map(async |lot| {
            let history = api.history(staff, sale, lot).await;
            history.into_iter().map(move |bid| {
                (
                    lot.clone(),
                    bid["seq"].as_u64().unwrap(),
                    bid["amount_minor"].as_i64().unwrap(),
                    bid["paddle"].as_u64(),
                    text(&bid["channel"]),
                )
            })
        }))
        .await;
        let kept: BTreeSet<_> = histories.into_iter().flatten().collect();
        let lost: Vec<_> = self.bids.iter().filter(|bid| !named(&kept, bid)).collect();
        assert!(lost.is_empty(), "broadcast, but not in the history: {lost:?}");

        // The sale goes on at once, so what differs must have happened since.
        let mut socket = Socket::open(&gavel.address).await.unwrap();
        socket.send(&json!({"type": "subscribe", "sale_id": sale})).await;
        let snapshot = socket.expect("snapshot").await;
        let seq = snapshot["seq"].as_u64().unwrap();
        assert!(seq >= self.newest_seq, "back from {} to {seq}", self.newest_seq);
        let now: BTreeMap<_, _> = snapshot["lots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|lot| (text(&lot["lot_id"]), lot.clone()))
            .collect();
        for (lot, before) in &self.lots {
            let after = &now[lot];
            if seq == self.newest_seq {
                assert_eq!(before, after);
            } else if before["state"] == "closed" && after["state"] == "closed" {
                assert_eq!(before["outcome"], after["outcome"]);
                assert_eq!(before["price_minor"], after["price_minor"]);
            }
        }
        self.bids.len() + self.lots.len()
    }
}

/// Nothing is found.
fn holds(look: impl FnOnce(&mut Findings)) {
    let mut findings = Findings::default();
    look(&mut findings);
    assert!(findings.is_empty(), "{findings:?}");
}

/// Whether a broadcast bid is kept. A room bidder may have been given a paddle since.
fn named(
    kept: &BTreeSet<(String, u64, i64, Option<u64>, String)>,
    bid: &(String, u64, i64, Option<u64>, String),
) -> bool {
    let (lot, seq, price, paddle, channel) = bid;
    kept.iter()
        .any(|(kept_lot, kept_seq, kept_price, kept_paddle, kept_channel)| {
            (kept_lot, kept_seq, kept_price, kept_channel) == (lot, seq, price, channel)
                && (paddle.is_none() || kept_paddle == paddle)
        })
}
