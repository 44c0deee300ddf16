//! An online bidder who bids without pause, over connections that break, and writes down every
//! answer.

use super::{
    house::{Bidder, CURRENCY, OPENING_MINOR, STEP_MINOR},
    socket::{Heard, Socket},
    text,
    witness::Audience,
    world::World,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Bids that wait for their answers at once.
const IN_FLIGHT_MAX: usize = 3;

/// A bid and what became of it.
#[derive(Debug)]
pub struct Placed {
    /// The message as it was sent.
    pub request: Value,
    /// Which connection it was first sent over; `None` when it was sent again over another.
    pub connection: Option<u32>,
    /// The first certain answer, without what may differ in a repeat.
    pub fate: Option<Value>,
}

/// Everything a bidder has sent, in that order, and was told.
#[derive(Debug, Default)]
pub struct Ledger {
    pub bids: Vec<Placed>,
    index: HashMap<String, usize>,
    /// Fates that were told more than once, and compared.
    pub compared: usize,
}

/// What is the same in every answer to one bid: all but whether it is a repeat, and the bidder's
/// maximum, which is today's.
pub fn essence(answer: &Value) -> Value {
    let mut essence = answer.clone();
    let fields = essence.as_object_mut().unwrap();
    fields.remove("repeated");
    fields.remove("max_minor");
    if fields.get("code").is_some_and(|code| code == "not_received") {
        // Who asks for the fate of a bid that nobody knows is not told a lot.
        fields.remove("lot_id");
    }
    essence
}

impl Ledger {
    fn place(&mut self, request: Value, connection: u32) {
        self.index.insert(text(&request["bid_id"]), self.bids.len());
        self.bids.push(Placed {
            request,
            connection: Some(connection),
            fate: None,
        });
    }

    /// Takes an answer; whether it is the first certain one.
    pub fn take(&mut self, answer: &Value) -> bool {
        let placed = &mut self.bids[self.index[answer["bid_id"].as_str().unwrap()]];
        if answer["final"] == false {
            return false;
        }
        let fate = essence(answer);
        if let Some(before) = &placed.fate {
            assert_eq!(*before, fate, "a bid has got another answer");
            self.compared += 1;
            return false;
        }
        placed.fate = Some(fate);
        true
    }

    fn in_flight(&self) -> Vec<usize> {
        let open = self
            .bids
            .iter()
            .enumerate()
            .filter(|(_, placed)| placed.fate.is_none());
        open.map(|(index, _)| index).collect()
    }

    /// Bids that count, as they were answered.
    pub fn accepted(&self) -> impl Iterator<Item = &Value> {
        self.fates().filter(|fate| fate["type"] == "bid_accepted")
    }

    /// Every answer.
    pub fn fates(&self) -> impl Iterator<Item = &Value> {
        self.bids.iter().map(|placed| placed.fate.as_ref().unwrap())
    }

    /// Bids that went over one connection took effect in the order in which they were sent.
    pub fn assert_in_order(&self) {
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        for placed in &self.bids {
            let fate = placed.fate.as_ref().unwrap();
            if let (Some(connection), Some(seq)) = (placed.connection, fate["seq"].as_u64()) {
                let before = last.insert(connection, seq);
                assert!(
                    before < Some(seq),
                    "sent after {before:?}, counted before: {fate}"
                );
            }
        }
    }
}

/// What a bidder sees of the lots.
#[derive(Default)]
struct View {
    lots: BTreeMap<String, Value>,
}

impl View {
    fn take(&mut self, lots: &Value) {
        for lot in lots.as_array().unwrap() {
            self.lots.insert(text(&lot["lot_id"]), lot.clone());
        }
    }

    fn open(&self) -> Option<&Value> {
        self.lots.values().find(|lot| lot["state"] == "open")
    }
}

/// Bids until the day ends and every fate is known.
pub async fn take_part(world: World, bidder: Bidder, seed: u64) -> Ledger {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut ledger = Ledger::default();
    let mut view = View::default();
    for connection in 0.. {
        let mut socket = world.follow(&bidder.token).await;
        if visit(&world, &mut socket, connection, &mut rng, &mut ledger, &mut view).await {
            break;
        }
    }
    ledger
}

/// One connection; `true` when the day has ended.
async fn visit(
    world: &World,
    socket: &mut Socket,
    connection: u32,
    rng: &mut StdRng,
    ledger: &mut Ledger,
    view: &mut View,
) -> bool {
    for index in ledger.in_flight() {
        let placed = &mut ledger.bids[index];
        let again = rng.random_bool(0.3);
        let message = if again {
            placed.connection = None;
            placed.request.clone()
        } else {
            json!({"type": "bid_status", "sale_id": world.house.sale, "bid_id": placed.request["bid_id"]})
        };
        if !socket.send(&message).await {
            return false;
        }
    }
    loop {
        let closing = world.is_closing();
        let mut in_flight = ledger.in_flight().len();
        while !closing && in_flight < IN_FLIGHT_MAX && socket.left() > 0 {
            let Some(bid) = next_bid(&world.house.sale, view, rng) else {
                break;
            };
            ledger.place(bid.clone(), connection);
            in_flight += 1;
            if !socket.send(&bid).await {
                return false;
            }
        }
        if in_flight == 0 && closing {
            return true;
        }
        if socket.left() == 0 && (in_flight == 0 || rng.random_bool(0.3)) {
            // Leaves bids behind whose answers are still on their way.
            return false;
        }
        let heard = tokio::select! {
            heard = socket.next() => heard,
            () = world.closing(), if !closing => continue,
        };
        let Heard::Message(message) = heard else {
            return false;
        };
        match message["type"].as_str().unwrap() {
            "snapshot" => {
                world.witness.borrow_mut().start(&message);
                view.take(&message["lots"]);
            }
            "update" => {
                world.witness.borrow_mut().update(Audience::Public, &message);
                view.take(&message["lots"]);
            }
            "bid_accepted" | "bid_refused" if ledger.take(&message) => world.answered(),
            "error" => panic!("{message}"),
            _ => {}
        }
    }
}

/// Mostly what would be accepted; now and then a maximum, too little, or a lot that is not open,
/// where a maximum goes into the absentee book.
fn next_bid(sale: &str, view: &View, rng: &mut StdRng) -> Option<Value> {
    let open = view.open()?;
    let mut bid = json!({
        "type": "bid", "bid_id": Uuid::from_u128(rng.random()), "sale_id": sale, "lot_id": open["lot_id"],
        "currency": CURRENCY,
    });
    let minimum = open["minimum_minor"].as_i64().unwrap();
    let above = minimum + STEP_MINOR * rng.random_range(0..16);
    match rng.random_range(0..100) {
        0..75 => bid["amount_minor"] = json!(above),
        75..88 => bid["max_minor"] = json!(above + STEP_MINOR * 5),
        88..95 => bid["amount_minor"] = json!((minimum - STEP_MINOR * 2).max(1)),
        _ => {
            let any = rng.random_range(0..view.lots.len());
            bid["lot_id"] = json!(view.lots.keys().nth(any));
            bid["max_minor"] = json!(OPENING_MINOR + above);
        }
    }
    Some(bid)
}
