//! A house ready to sell: accounts, a sale in the room, timed lots, approved bidders.

use crate::client::{
    rest::{self, Account},
    socket::{Heard, Socket},
    unix_ms,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Of every sale.
pub const CURRENCY: &str = "EUR";
/// Lowest first bid.
pub const OPENING_MINOR: i64 = 50_000;
/// The ladder has one step.
pub const STEP_MINOR: i64 = 5_000;

/// Lots of a sale in the room.
const ROOM_LOTS: usize = 5;
/// Lots that close by themselves.
const TIMED_LOTS: usize = 8;
/// When the first of them closes after the sale was prepared, and how long after that the next does.
const FIRST_CLOSE_MS: i64 = 4_000;
const CLOSES_APART_MS: i64 = 3_000;
/// How near to its close a bid moves it, and how often that may happen.
const SOFT_CLOSE_MS: i64 = 1_500;
const EXTENSIONS_MAX: u32 = 6;

/// The house cannot be prepared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request was refused.
    #[error(transparent)]
    Rest(#[from] rest::Error),
    /// The house answers otherwise than it should.
    #[error("the house said {0}")]
    Answer(String),
}

/// A published sale.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Its id.
    pub id: String,
    /// Its lots, in running order.
    pub lots: Vec<String>,
}

/// A bidder with a paddle in every sale.
#[derive(Debug, Clone)]
pub struct Bidder {
    /// An access token.
    pub token: String,
    /// In the room.
    pub paddle: u64,
}

/// Published sales and everybody in them. Tokens outlive the processes that made them.
#[derive(Debug, Clone)]
pub struct House {
    /// The auctioneer's token.
    pub staff: String,
    /// Run from a console.
    pub room: Sale,
    /// Its lots close by themselves, later when somebody bids late.
    pub timed: Sale,
    /// Everybody online.
    pub bidders: Vec<Bidder>,
}

/// Everybody with an account, over all days.
pub struct People {
    /// Runs the sales.
    pub staff: Account,
    /// Bid in them.
    pub bidders: Vec<Account>,
}

impl People {
    /// Staff who can sign in already, and so many bidders who cannot yet.
    pub fn new(house: &rest::House, (staff, password): (&str, &str), bidders: usize) -> Self {
        let bidder = |number: usize| {
            let name = format!("{staff}-bidder-{number}");
            Account::new(house, &name, password, &format!("Bidder {number}"))
        };
        Self {
            staff: Account::new(house, staff, password, staff),
            bidders: (0..bidders).map(bidder).collect(),
        }
    }
}

impl House {
    /// Prepares a day's sales in the node that listens there; the timed one has begun.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn prepare(address: &str, people: &mut People) -> Result<Self, Error> {
        let base = rest::House::at(&format!("http://{address}"))?;
        let staff = &mut people.staff;
        staff.move_to(&base);
        let room: Vec<_> = (1..=ROOM_LOTS).map(|number| lot(number, &json!({}))).collect();
        let room = publish(staff, "room", &room).await?;
        let first_close_ms = unix_ms() + FIRST_CLOSE_MS;
        let timed: Vec<_> = (1..=TIMED_LOTS)
            .zip((first_close_ms..).step_by(usize::try_from(CLOSES_APART_MS).unwrap_or(1)))
            .map(|(number, closes_at_ms)| {
                let soft_close = json!({
                    "window_ms": SOFT_CLOSE_MS, "extend_ms": SOFT_CLOSE_MS, "max_extensions": EXTENSIONS_MAX,
                });
                lot(
                    number,
                    &json!({"closes_at_ms": closes_at_ms, "soft_close": soft_close}),
                )
            })
            .collect();
        let timed = publish(staff, "timed", &timed).await?;
        let mut bidders = Vec::new();
        for account in &mut people.bidders {
            account.move_to(&base);
            account.join().await?;
            register(account, &timed.id).await?;
            let paddle = register(account, &room.id).await?;
            let (token, _) = account.token().await?;
            bidders.push(Bidder { token, paddle });
        }
        let (staff, _) = staff.token().await?;
        let house = Self {
            staff,
            room,
            timed,
            bidders,
        };
        house.start_timed(address).await?;
        Ok(house)
    }

    /// Both sales.
    pub fn sales(&self) -> [&Sale; 2] {
        [&self.room, &self.timed]
    }

    async fn start_timed(&self, address: &str) -> Result<(), Error> {
        let gone = || Error::Answer("nothing to a command".to_owned());
        let mut console = Socket::follow(address, &self.staff, &[]).await.ok_or_else(gone)?;
        let command = json!({
            "type": "command", "command_id": "start", "sale_id": self.timed.id, "command": {"kind": "start_sale"},
        });
        console.send(&command).await;
        loop {
            match console.hear::<Value>().await {
                Heard::Message(message) if message["type"] == "command_done" => return Ok(()),
                Heard::Message(message) if message["type"] == "signed_in" => {}
                Heard::Message(message) => return Err(Error::Answer(message.to_string())),
                _ => return Err(gone()),
            }
        }
    }
}

async fn publish(staff: &mut Account, kind: &str, lots: &[Value]) -> Result<Sale, Error> {
    let sale = json!({
        "title": format!("Torture, {kind}"), "description": "", "location": "", "kind": kind,
        "currency": CURRENCY, "starts_at_ms": unix_ms(), "auto_approve": true, "book_visibility": "full",
    });
    let id = created(staff, "/sales", &sale).await?;
    let mut ids = Vec::new();
    for lot in lots {
        ids.push(created(staff, &format!("/sales/{id}/lots"), lot).await?);
    }
    let _: Option<Value> = staff.post(&format!("/sales/{id}/publish"), &json!({})).await?;
    Ok(Sale { id, lots: ids })
}

async fn created(staff: &mut Account, path: &str, input: &Value) -> Result<String, Error> {
    let created: Value = staff.post(path, input).await?.unwrap_or_default();
    let id = created["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| Error::Answer(format!("{created} to {path}")))
}

async fn register(bidder: &mut Account, sale: &str) -> Result<u64, Error> {
    let path = format!("/sales/{sale}/registrations");
    let registration: Value = bidder.post(&path, &json!({})).await?.unwrap_or_default();
    let paddle = registration["paddle"]
        .as_u64()
        .filter(|_| registration["status"] == "approved");
    paddle.ok_or_else(|| Error::Answer(format!("{registration} to {path}")))
}

/// Lots with a reserve and without, that take amounts between the increments and that do not.
fn lot(number: usize, rules: &Value) -> Value {
    let odd = number % 2 == 1;
    let mut lot = json!({
        "number": number.to_string(), "title": "Still life", "artist": "Unknown", "description": "Oil on panel",
        "estimate_low_minor": 100_000, "estimate_high_minor": 200_000,
        "rules": {
            "version": 1, "format": "english", "opening_price_minor": OPENING_MINOR,
            "increments": [{"from_minor": 0, "step_minor": STEP_MINOR}],
            "reserve_price_minor": odd.then_some(90_000), "reserve_rule": "hold", "tie_rule": "earliest",
            "off_increment": if odd { "reject" } else { "accept" },
            "closes_at_ms": null, "soft_close": null, "seller": null, "hammer_window_ms": 0,
        },
    });
    for (name, value) in rules.as_object().into_iter().flatten() {
        lot["rules"][name] = value.clone();
    }
    lot
}

/// What somebody sees of the lots of both sales.
#[derive(Debug, Default)]
pub struct View {
    lots: BTreeMap<String, (String, Value)>,
}

impl View {
    /// A snapshot or an update.
    pub fn take(&mut self, message: &Value) {
        let sale = message["sale_id"].as_str().unwrap_or_default();
        for lot in message["lots"].as_array().into_iter().flatten() {
            let lot_id = lot["lot_id"].as_str().unwrap_or_default();
            self.lots
                .insert(lot_id.to_owned(), (sale.to_owned(), lot.clone()));
        }
    }

    /// Lots in this state, each with its sale.
    pub fn in_state(&self, state: &str) -> Vec<&(String, Value)> {
        self.lots
            .values()
            .filter(|(_, lot)| lot["state"] == state)
            .collect()
    }

    /// Every lot with its sale.
    pub fn all(&self) -> Vec<&(String, Value)> {
        self.lots.values().collect()
    }
}
