//! What the demonstration house sells: an evening sale in the room and a small timed sale.
//!
//! Artists, makers, works, owners and galleries are invented.

mod ladder;
mod room;
mod timed;

use super::pictures::Picture;
use serde_json::{Value, json};

/// The last paragraph of every demonstration sale's description. It tells visitors what they look
/// at, and tells the demonstration which sales are its own: it never touches any other.
pub const MARK: &str = "This is a demonstration sale: artists, works and bidders are invented.";

/// A sale as it is catalogued.
#[derive(Debug, Clone, Copy)]
pub struct Sale {
    /// Name of the sale, without the number of its session.
    pub title: &'static str,
    /// Introduction; [`MARK`] is added to it.
    pub introduction: &'static str,
    /// Where it is held.
    pub location: &'static str,
    /// How it is held.
    pub kind: Kind,
    /// In running order.
    pub lots: &'static [Lot],
}

/// How a sale is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One lot after the other, by an auctioneer.
    Room,
    /// All at once, each with its own close.
    Timed,
}

/// A catalogue entry. Money in whole pounds.
#[derive(Debug, Clone, Copy)]
pub struct Lot {
    /// As printed: `12`, `12A`.
    pub number: &'static str,
    /// Who made it, with dates.
    pub artist: &'static str,
    /// The work.
    pub title: &'static str,
    /// Medium, size, provenance and so on, in paragraphs.
    pub description: &'static str,
    /// Low and high.
    pub estimate_pounds: (i64, i64),
    /// First ask.
    pub opening_pounds: i64,
    /// Below this it is not sold.
    pub reserve_pounds: Option<i64>,
    /// How it is sold.
    pub manner: Manner,
    /// What it looks like.
    pub picture: Picture,
}

/// How a lot is sold. Money in whole pounds, times in milliseconds of demonstration time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By rising bids, in the room or timed.
    Outcry,
    /// Rising bids for one of so many pieces.
    Pieces(u32),
    /// Rising bids; the winner takes this lot, those of these numbers, or all of them.
    Choice(&'static [&'static str]),
    /// Rising bids, or at once at this price until the first of them.
    FixedPrice(i64),
    /// By a price that falls to the opening price until somebody takes it.
    Clock {
        start_pounds: i64,
        step_pounds: i64,
        every_ms: i64,
    },
    /// By sealed bids; the highest pays the second highest.
    Sealed,
}

/// Whole pounds as pence.
const fn pence(pounds: i64) -> i64 {
    pounds * 100
}

/// The sale in the room.
pub const ROOM: Sale = Sale {
    title: "Form & Silence: Modern and Contemporary Evening Sale",
    introduction: "Works from a century that learned to leave things out: painting, sculpture, works on paper, design \
        and a case of wine, led by a group from the collection of the late Marguerite Aldous-Wren, kept together in one \
        house in Suffolk for fifty years and offered here for the first time.",
    location: "Carrick Yard Saleroom, London",
    kind: Kind::Room,
    lots: &room::LOTS,
};

/// The sale online.
pub const TIMED: Sale = Sale {
    title: "Jewels, Watches & Objects: Online",
    introduction: "Six lots that close one after the other, the last by sealed bids. A bid in the last half minute extends the lot by half \
        a minute, so that the last word belongs to whoever wants it most.",
    location: "Online",
    kind: Kind::Timed,
    lots: &timed::LOTS,
};

/// How far ahead the first timed lot closes, milliseconds of demonstration time.
const FIRST_CLOSE_MS: i64 = 4 * 60_000;
/// How far apart timed lots close, milliseconds of demonstration time.
const CLOSES_APART_MS: i64 = 150_000;
/// A bid this near to the close moves it by as much, milliseconds of demonstration time.
const SOFT_CLOSE_MS: i64 = 30_000;
/// How long bids under way are waited for when the hammer is struck, milliseconds of demonstration time.
const HAMMER_WINDOW_MS: i64 = 400;
/// The longest that a house accepts, real milliseconds.
const HAMMER_WINDOW_MS_MAX: i64 = 2_000;

impl Sale {
    /// The title of the `session`-th demonstration; the first has no number.
    pub fn title_of(&self, session: usize) -> String {
        if session <= 1 {
            self.title.to_owned()
        } else {
            format!("{}, Session {session}", self.title)
        }
    }

    /// The numbers of the lots that are offered with this one for the winner to choose from.
    pub fn choice_of(&self, number: &str) -> &'static [&'static str] {
        let lot = self.lots.iter().find(|lot| lot.number == number);
        match lot.map(|lot| lot.manner) {
            Some(Manner::Choice(others)) => others,
            _ => &[],
        }
    }

    /// The request that creates the sale. `starts_at_ms` in Unix milliseconds.
    pub fn input(&self, session: usize, starts_at_ms: i64) -> Value {
        json!({
            "title": self.title_of(session),
            "description": format!("{}\n\n{MARK}", self.introduction),
            "location": self.location,
            "kind": match self.kind { Kind::Room => "room", Kind::Timed => "timed" },
            "currency": "GBP",
            "starts_at_ms": starts_at_ms,
            "auto_approve": true,
            "book_visibility": "counts",
        })
    }

    /// The request that adds the lot at `index`. `now_ms` in Unix milliseconds, `pace` as in
    /// [`super::Settings`]: a timed lot closes that much sooner.
    pub fn lot_input(&self, index: usize, now_ms: i64, pace: f64) -> Option<Value> {
        let lot = self.lots.get(index)?;
        let mut rules = json!({
            "version": 2,
            "format": "english",
            "opening_price_minor": pence(lot.opening_pounds),
            "increments": ladder::increments(),
            "reserve_price_minor": lot.reserve_pounds.map(pence),
            "reserve_rule": "hold",
            "tie_rule": "floor",
            "off_increment": "accept",
            "closes_at_ms": null,
            "soft_close": null,
            "seller": null,
            "hammer_window_ms": paced(HAMMER_WINDOW_MS, pace).min(HAMMER_WINDOW_MS_MAX),
        });
        if self.kind == Kind::Timed {
            let ahead_ms = FIRST_CLOSE_MS + CLOSES_APART_MS * i64::try_from(index).unwrap_or(0);
            let soft_ms = paced(SOFT_CLOSE_MS, pace);
            rules["tie_rule"] = json!("earliest");
            rules["closes_at_ms"] = json!(now_ms + paced(ahead_ms, pace));
            rules["soft_close"] = json!({"window_ms": soft_ms, "extend_ms": soft_ms, "max_extensions": 20});
        }
        lot.manner.put_into(&mut rules, lot.opening_pounds, pace);
        let (low, high) = lot.estimate_pounds;
        Some(json!({
            "number": lot.number,
            "title": lot.title,
            "artist": lot.artist,
            "description": lot.description,
            "estimate_low_minor": pence(low),
            "estimate_high_minor": pence(high),
            "rules": rules,
            "seller_id": null,
        }))
    }
}

impl Manner {
    /// Writes into the rules what differs from rising bids.
    fn put_into(self, rules: &mut Value, opening_pounds: i64, pace: f64) {
        match self {
            Self::Outcry | Self::Choice(_) => {}
            Self::Pieces(quantity) => rules["quantity"] = json!(quantity),
            Self::FixedPrice(pounds) => rules["buy_now_price_minor"] = json!(pence(pounds)),
            Self::Clock {
                start_pounds,
                step_pounds,
                every_ms,
            } => {
                rules["format"] = json!("dutch");
                rules["dutch"] = json!({
                    "start_minor": pence(start_pounds),
                    "step_minor": pence(step_pounds),
                    "every_ms": paced(every_ms, pace),
                    "floor_minor": pence(opening_pounds),
                });
            }
            Self::Sealed => {
                rules["format"] = json!("vickrey");
                rules["soft_close"] = Value::Null;
                rules["revisions"] = json!(true);
            }
        }
    }
}

/// Demonstration milliseconds as real ones, at least one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "minutes in milliseconds, far within both types"
)]
fn paced(span_ms: i64, pace: f64) -> i64 {
    ((span_ms as f64 / pace) as i64).max(1)
}

#[cfg(test)]
mod tests;
