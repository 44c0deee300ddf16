//! A node that is killed in the middle of everything, again and again, forgets nothing that it has
//! said: every answer, every update and every outcome is there after the next start, once, in order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::{
    bidder::{self, Ledger, essence},
    console::{self, Log, event_of},
    gavel::{Gavel, Launch},
    house::{self, Api, House},
    seed,
    socket::Socket,
    text, within,
    world::{Director, World},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::task::JoinSet;

const KILLS: usize = 20;
const BIDDERS: usize = 8;
const LOTS: usize = 5;

/// A run takes a fraction of this; more means that somebody waits for ever.
const PATIENCE: Duration = Duration::from_mins(3);

#[actix_web::test]
async fn a_node_killed_twenty_times_in_a_sale_forgets_nothing_that_it_has_answered() {
    let tally = within(PATIENCE, hold_a_sale(seed())).await;
    println!("{tally:#?}");
}

/// What was compared.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    /// Of them, while the node was still starting.
    kills_at_start: usize,
    torn_tails: usize,
    starts_from_snapshots: usize,
    answers: usize,
    accepted: usize,
    refused: usize,
    not_received: usize,
    repeats_compared: usize,
    commands: usize,
    records_shown: usize,
    records_shown_again: usize,
}

async fn hold_a_sale(seed: u64) -> Tally {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;

    let gavel = launch.start().await;
    let house = House::prepare(&gavel.address, LOTS, BIDDERS).await;
    let (world, director) = World::new(house);
    director.opened(&gavel);
    let mut console = actix_web::rt::spawn(console::run(world.clone(), rng.random()));
    let mut bidders = JoinSet::new();
    for (index, bidder) in world.house.bidders.iter().enumerate() {
        let take_part = bidder::take_part(world.clone(), bidder.clone(), rng.random());
        bidders.spawn_local(async move { (index, take_part.await) });
    }

    let gavel = tokio::select! {
        gavel = kill_again_and_again(&launch, gavel, &world, &director, &mut rng, &mut tally) => gavel,
        // Nobody leaves before the day ends, unless something is wrong.
        left = &mut console => panic!("{left:?}"),
        left = bidders.join_next() => panic!("{left:?}"),
    };

    director.close();
    let log = console.await.unwrap();
    let ledgers: BTreeMap<usize, Ledger> = bidders.join_all().await.into_iter().collect();
    let mut ledgers: Vec<_> = ledgers.into_values().collect();

    // Now nothing moves, so a last kill may not change what anybody sees.
    let house = &world.house;
    let before = staff_snapshot(&gavel.address, house).await;
    gavel.kill().assert_killed();
    let gavel = launch.start().await;
    let after = staff_snapshot(&gavel.address, house).await;
    assert_eq!(before, after);
    assert_eq!(results(&gavel.address, house, &after).await, outcomes(&after));

    for (ledger, bidder) in ledgers.iter_mut().zip(&house.bidders) {
        ledger.assert_in_order();
        repeat_every_bid(&gavel.address, house, &bidder.token, ledger).await;
    }
    compare_with_history(&gavel.address, house, &ledgers, &log).await;
    let witness = world.witness.borrow();
    for (command, seq) in &log.done {
        if let Some(event) = event_of(command["kind"].as_str().unwrap(), &command["result"]) {
            witness.assert_shown(*seq, event);
        }
    }
    gavel.kill().assert_killed();

    let code = |fate: &&Value, code: &str| fate["code"] == code;
    let fates = || ledgers.iter().flat_map(Ledger::fates);
    tally.answers = fates().count();
    tally.accepted = ledgers.iter().flat_map(Ledger::accepted).count();
    tally.not_received = fates().filter(|fate| code(fate, "not_received")).count();
    tally.refused = tally.answers - tally.accepted - tally.not_received;
    tally.repeats_compared = ledgers.iter().map(|ledger| ledger.compared).sum();
    tally.commands = log.done.len();
    (tally.records_shown, tally.records_shown_again) = witness.counts();
    // A run in which nothing happened would prove nothing.
    assert!(tally.accepted > 100 && tally.refused > 100, "{tally:?}");
    assert!(tally.not_received > 0 && tally.commands > 10, "{tally:?}");
    tally
}

/// Kills the node after random numbers of answers; a part of the starts is killed as well.
async fn kill_again_and_again(
    launch: &Launch,
    first: Gavel,
    world: &World,
    director: &Director,
    rng: &mut StdRng,
    tally: &mut Tally,
) -> Gavel {
    let mut gavel = first;
    for _ in 0..KILLS {
        world
            .answers_reach(world.answers() + rng.random_range(5..300))
            .await;
        // Not always with the answer that was counted last.
        for _ in 0..rng.random_range(0..20) {
            tokio::task::yield_now().await;
        }
        director.going();
        gavel.kill().assert_killed();
        tally.kills += 1;
        world.witness.borrow_mut().settle();
        while rng.random_bool(0.25) {
            let starting = launch.begin();
            let lines = rng.random_range(0..3);
            starting.printed(|output| output.stderr.len() >= lines).await;
            starting.kill().assert_killed();
            tally.kills_at_start += 1;
        }
        gavel = launch.start().await;
        tally.torn_tails += gavel.output().logged("it was cut off").len();
        let read = &gavel.output().logged("the journal was read")[0];
        if read["records"].as_u64() < read["last_lsn"].as_u64() {
            tally.starts_from_snapshots += 1;
        }
        director.opened(&gavel);
    }
    // The last start has to serve, too.
    world.answers_reach(world.answers() + 50).await;
    gavel
}

/// The whole sale as staff see it, but for the node's clock.
async fn staff_snapshot(address: &str, house: &House) -> Value {
    let mut socket = Socket::follow(address, &house.staff, &house.sale).await.unwrap();
    let mut snapshot = socket.expect("snapshot").await;
    snapshot.as_object_mut().unwrap().remove("server_time_ms");
    snapshot
}

/// Closed lots with what became of them.
fn outcomes(snapshot: &Value) -> BTreeMap<String, (Value, Value, Value)> {
    let lots = snapshot["lots"].as_array().unwrap().iter();
    let closed = lots.filter(|lot| !lot["outcome"].is_null());
    closed
        .map(|lot| {
            let outcome = &lot["outcome"];
            let fields = ["result", "price_minor", "winner_paddle"].map(|field| outcome[field].clone());
            (text(&lot["lot_id"]), fields.into())
        })
        .collect()
}

/// The same from the catalogue, which follows by itself.
async fn results(address: &str, house: &House, snapshot: &Value) -> BTreeMap<String, (Value, Value, Value)> {
    let api = Api::at(address);
    let expected = outcomes(snapshot);
    let mut results = BTreeMap::new();
    for _ in 0..200 {
        let listed = api.get(&format!("/sales/{}/results", house.sale), None).await;
        let listed = listed["results"].as_array().unwrap().clone();
        results = listed
            .into_iter()
            .map(|result| {
                let fields = ["result", "price_minor", "winner_paddle"].map(|field| result[field].clone());
                (text(&result["lot_id"]), fields.into())
            })
            .collect();
        if results == expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    results
}

/// Every bid is sent once more, and gets its first answer again.
async fn repeat_every_bid(address: &str, house: &House, token: &str, ledger: &mut Ledger) {
    let mut socket = Socket::follow(address, token, &house.sale).await.unwrap();
    for index in 0..ledger.bids.len() {
        if socket.left() == 0 {
            socket = Socket::follow(address, token, &house.sale).await.unwrap();
        }
        let request = ledger.bids[index].request.clone();
        assert!(socket.send(&request).await);
        let answer = loop {
            match socket.next().await {
                process::socket::Heard::Message(message) if message["bid_id"] == request["bid_id"] => {
                    break message;
                }
                process::socket::Heard::Message(message) => assert_ne!(message["type"], "error", "{message}"),
                other => panic!("{other:?} instead of an answer"),
            }
        };
        assert_eq!(answer["repeated"], true, "{answer}");
        assert_eq!(ledger.bids[index].fate.as_ref(), Some(&essence(&answer)));
        assert!(!ledger.take(&answer));
    }
}

/// The history holds each bid that counts exactly once, as it was answered, in the order of its
/// records, at prices that never fall; and it holds nothing else.
async fn compare_with_history(address: &str, house: &House, ledgers: &[Ledger], log: &Log) {
    let api = Api::at(address);
    let mut accepted: BTreeMap<String, (Value, u64)> = BTreeMap::new();
    let mut booked: BTreeSet<String> = BTreeSet::new();
    for (ledger, bidder) in ledgers.iter().zip(&house.bidders) {
        for fate in ledger.accepted() {
            let bid_id = text(&fate["bid_id"]);
            if fate["price_minor"].is_null() {
                booked.insert(bid_id);
            } else {
                accepted.insert(bid_id, (fate.clone(), bidder.paddle));
            }
        }
    }
    let entered: BTreeSet<&str> = log.entered.iter().map(String::as_str).collect();
    let mut entered_seqs: BTreeMap<String, u64> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for lot in &house.lots {
        let (mut last_seq, mut last_at_ms, mut last_price) = (0, 0, 0);
        for bid in api.history(&house.staff, &house.sale, lot).await {
            let bid_id = text(&bid["bid_id"]);
            assert!(found.insert(bid_id.clone()), "twice in the history: {bid}");
            let (seq, at_ms) = (bid["seq"].as_u64().unwrap(), bid["at_ms"].as_i64().unwrap());
            assert!(seq >= last_seq && at_ms >= last_at_ms, "out of order: {bid}");
            (last_seq, last_at_ms) = (seq, at_ms);
            // What was taken back was the last bid each time, so the others' prices never fall.
            if bid["retracted"] == false {
                let price = bid["amount_minor"].as_i64().unwrap();
                assert!(
                    price >= last_price,
                    "the price has fallen from {last_price}: {bid}"
                );
                last_price = price;
            }
            if let Some((fate, paddle)) = accepted.remove(&bid_id) {
                assert_eq!(fate["lot_id"], **lot, "{bid}");
                let answered = ["seq", "at_ms", "price_minor"].map(|field| fate[field].clone());
                let kept = ["seq", "at_ms", "amount_minor"].map(|field| bid[field].clone());
                assert_eq!(answered, kept, "{fate} {bid}");
                assert_eq!(bid["paddle"], paddle, "{bid}");
            } else if entered.contains(bid_id.as_str()) {
                entered_seqs.insert(bid_id, seq);
            } else {
                assert!(booked.contains(&bid_id), "nobody was told of {bid}");
            }
        }
    }
    assert!(accepted.is_empty(), "lost: {accepted:?}");
    for (command, seq) in &log.done {
        if command["kind"] == "floor_bid" {
            assert_eq!(
                entered_seqs.get(command["bid_id"].as_str().unwrap()),
                Some(seq),
                "{command}"
            );
        }
    }
}
