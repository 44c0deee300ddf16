//! A node that is told to stop answers what is under way, tells everybody, and leaves nothing behind
//! that the next start would have to mend or read again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::{
    gavel::Ended,
    house::{self, CURRENCY, House, OPENING_MINOR, STEP_MINOR},
    socket::{Heard, Socket},
    text,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap, rc::Rc};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use uuid::Uuid;

const BIDDERS: usize = 8;

/// As many as a connection takes at once, beside signing in and subscribing.
const BIDS_EACH: usize = 36;

/// Answers after which the node is told to stop, with most of the bids still on their way.
const STOP_AFTER: usize = 20;

#[actix_web::test]
async fn sigterm_in_the_middle_of_bids_drains_and_leaves_nothing_to_mend() {
    stops_cleanly(Signal::TERM).await;
}

#[actix_web::test]
async fn sigint_in_the_middle_of_bids_drains_and_leaves_nothing_to_mend() {
    stops_cleanly(Signal::INT).await;
}

async fn stops_cleanly(signal: Signal) {
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;
    let gavel = launch.start().await;
    let house = Rc::new(House::prepare(&gavel.address, 2, BIDDERS).await);
    house.open_first_lot(&gavel.address).await;

    let answered = Rc::new(Answered::default());
    let mut bidders = Vec::new();
    for number in 0..BIDDERS {
        let token = &house.bidders[number].token;
        let mut socket = Socket::follow(&gavel.address, token, &house.sale).await.unwrap();
        socket.expect("snapshot").await;
        let bidder = bid_all(socket, Rc::clone(&house), number, Rc::clone(&answered));
        bidders.push(actix_web::rt::spawn(bidder));
    }
    let late_comer = actix_web::rt::spawn(come_late(gavel.address.clone(), Rc::clone(&house)));
    answered.reach(STOP_AFTER).await;
    gavel.signal(signal);
    let Ended { status, output } = gavel.ended().await;
    assert_eq!(status.code(), Some(0), "{}", output.stderr.join("\n"));
    late_comer.await.unwrap();
    let said = output.stderr.join("\n");
    assert!(!said.contains("panicked") && !said.contains("ERROR"), "{said}");

    let mut accepted = BTreeMap::new();
    let mut fates: BTreeMap<String, usize> = BTreeMap::new();
    for bidder in bidders {
        for (bid_id, answer) in bidder.await.unwrap() {
            let fate = if answer["type"] == "bid_accepted" {
                accepted.insert(bid_id, answer["seq"].clone());
                "accepted".to_owned()
            } else {
                text(&answer["code"])
            };
            *fates.entry(fate).or_default() += 1;
        }
    }
    // Who is refused because the node stops has to go elsewhere, not to try again in a moment.
    assert!(!fates.contains_key("busy"), "{fates:?}");
    assert!(fates.values().sum::<usize>() >= STOP_AFTER, "{fates:?}");

    // Nothing to mend, nothing to read again, everything there.
    let gavel = launch.start().await;
    let read = read_at_start(&gavel.output());
    assert_eq!(read["records"], 0, "{read}");
    let history = house.first_lots_history(&gavel.address).await;
    let kept: BTreeMap<_, _> = history
        .iter()
        .map(|bid| (text(&bid["bid_id"]), bid["seq"].clone()))
        .collect();
    assert_eq!(kept.len(), history.len());
    assert_eq!(kept, accepted);

    // An idle node stops as cleanly, and starts from the same place.
    gavel.signal(signal);
    assert_eq!(gavel.ended().await.status.code(), Some(0));
    let gavel = launch.start().await;
    assert_eq!(read_at_start(&gavel.output()), read);
}

/// What the node says of its journal; there must be nothing torn.
fn read_at_start(output: &process::gavel::Output) -> Value {
    assert!(
        output.logged("was cut off").is_empty(),
        "{}",
        output.stderr.join("\n")
    );
    assert!(
        output.logged("damaged").is_empty(),
        "{}",
        output.stderr.join("\n")
    );
    output.logged("the journal was read")[0].clone()
}

/// Sends all its bids at once; gives each one's answer when the node has closed the connection.
async fn bid_all(
    mut socket: Socket,
    house: Rc<House>,
    number: usize,
    answered: Rc<Answered>,
) -> BTreeMap<String, Value> {
    let mut bids = Vec::new();
    for turn in 0..BIDS_EACH {
        let bid_id = Uuid::new_v4().to_string();
        let steps = i64::try_from(turn * BIDDERS + number).unwrap();
        let bid = json!({
            "type": "bid", "bid_id": bid_id, "sale_id": house.sale, "lot_id": house.lots[0],
            "currency": CURRENCY, "max_minor": OPENING_MINOR + STEP_MINOR * steps,
        });
        if !socket.send(&bid).await {
            break;
        }
        bids.push(bid_id);
    }
    let mut answers = BTreeMap::new();
    let mut told_why = false;
    loop {
        match socket.next().await {
            Heard::Message(message) => match message["type"].as_str().unwrap() {
                "bid_accepted" | "bid_refused" => {
                    let before = answers.insert(text(&message["bid_id"]), message);
                    assert!(before.is_none(), "answered twice: {before:?}");
                    answered.one_more();
                }
                "error" => {
                    assert_eq!(message["code"], "shutting_down", "{message}");
                    told_why = true;
                }
                _ => {}
            },
            Heard::Closed(code) => {
                assert_eq!(code, Some(CloseCode::Away));
                assert!(told_why);
                break;
            }
            Heard::Broken => panic!("the connection broke without a close"),
        }
    }
    // Every bid that the node took on has its answer; those behind it were never read.
    let unanswered = bids.iter().skip_while(|bid_id| answers.contains_key(*bid_id));
    assert_eq!(
        unanswered.filter(|bid_id| answers.contains_key(*bid_id)).count(),
        0
    );
    answers
}

/// Connects again and again until nobody answers; whoever is not served is told why.
async fn come_late(address: String, house: Rc<House>) {
    while let Some(mut socket) = Socket::follow(&address, &house.bidders[0].token, &house.sale).await {
        loop {
            match socket.next().await {
                Heard::Message(message) if message["type"] == "snapshot" => break,
                Heard::Message(message) if message["type"] == "error" => {
                    assert_eq!(message["code"], "shutting_down", "{message}");
                }
                Heard::Message(_) => {}
                Heard::Closed(code) => {
                    assert_eq!(code, Some(CloseCode::Away));
                    break;
                }
                // Accepted by the kernel, but by nobody else any more.
                Heard::Broken => break,
            }
        }
    }
}

/// Counts answers.
#[derive(Default)]
struct Answered {
    count: Cell<usize>,
    more: Notify,
}

impl Answered {
    fn one_more(&self) {
        self.count.set(self.count.get() + 1);
        self.more.notify_waiters();
    }

    async fn reach(&self, count: usize) {
        while self.count.get() < count {
            self.more.notified().await;
        }
    }
}
