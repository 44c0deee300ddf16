//! The part of the wire contract that the demonstration reads. Fields that it does not need, and
//! messages that it does not know, are skipped.

use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleKind {
    Room,
    Timed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleStatus {
    Draft,
    Published,
    Live,
    Ended,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SaleList {
    pub sales: Vec<SaleSummary>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SaleSummary {
    pub id: Uuid,
    pub description: String,
    pub kind: SaleKind,
    pub status: SaleStatus,
    pub starts_at_ms: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct LotList {
    pub lots: Vec<Lot>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Lot {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub artist: String,
    pub estimate_low_minor: Option<i64>,
    pub estimate_high_minor: Option<i64>,
    pub rules: Rules,
    pub has_picture: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Rules {
    pub format: Format,
    pub opening_price_minor: i64,
    pub increments: Vec<Band>,
    #[serde(default)]
    pub quantity: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    English,
    Dutch,
    SealedFirstPrice,
    Vickrey,
}

/// The falling price of a Dutch lot that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct FallingPrice {
    pub start_minor: i64,
    pub step_minor: i64,
    pub every_ms: i64,
    pub floor_minor: i64,
}

impl FallingPrice {
    /// What it has fallen to so many milliseconds after the opening.
    pub fn after(self, elapsed_ms: i64) -> i64 {
        let falls = elapsed_ms.max(0) / self.every_ms.max(1);
        let fallen = falls.saturating_mul(self.step_minor);
        self.start_minor.saturating_sub(fallen).max(self.floor_minor)
    }
}

/// The hammer was struck and has not fallen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Strike {
    pub falls_at_ms: i64,
}

/// Lots that are offered together with the one that leads them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    pub others: Vec<Uuid>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Band {
    pub from_minor: i64,
    pub step_minor: i64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct RegistrationList {
    pub registrations: Vec<Registration>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Registration {
    pub name: String,
    pub paddle: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Online,
    Floor,
    Phone,
    Absentee,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LotState {
    Pending,
    Open,
    Paused,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Leader {
    pub paddle: Option<u32>,
    pub channel: Channel,
}

#[derive(Debug, Clone, Deserialize)]
pub struct SaleView {
    pub status: SaleStatus,
}

#[derive(Debug, Clone, Deserialize)]
pub struct LotView {
    pub lot_id: Uuid,
    pub format: Format,
    pub state: LotState,
    pub price_minor: Option<i64>,
    pub leader: Option<Leader>,
    pub minimum_minor: Option<i64>,
    pub ask_minor: Option<i64>,
    pub reserve_met: Option<bool>,
    pub closes_at_ms: Option<i64>,
    pub fair_warning: bool,
    /// `None` while bids are sealed.
    pub bid_count: Option<u32>,
    pub buy_now_minor: Option<i64>,
    pub clock: Option<FallingPrice>,
    pub hammer: Option<Strike>,
    pub group: Option<Group>,
    pub led_by: Option<Uuid>,
    pub choice_due: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    LotOpened,
    BidAccepted {
        paddle: Option<u32>,
        channel: Channel,
    },
    AskSet,
    StepSet,
    FairWarning,
    Paused,
    Resumed,
    HammerStruck,
    HammerLifted {
        by_bid: bool,
    },
    LotSold,
    LotUnsold,
    LotWithdrawn,
    LotSkipped,
    LotReoffered,
    LotsGrouped,
    LotsSplit,
    ChoiceMade,
    BidRetracted,
    LotReopened,
    Message,
    SaleStarted,
    SaleEnded,
    #[serde(other)]
    Other,
}

/// An event and the lot that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Happening {
    pub lot_id: Option<Uuid>,
    #[serde(flatten)]
    pub event: Event,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Snapshot {
    pub sale_id: Uuid,
    pub seq: u64,
    pub sale: SaleView,
    pub lots: Vec<LotView>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    pub sale_id: Uuid,
    pub after_seq: u64,
    pub seq: u64,
    pub events: Vec<Happening>,
    pub sale: Option<SaleView>,
    pub lots: Vec<LotView>,
}

/// What the server says.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Heard {
    SignedIn,
    Snapshot(Snapshot),
    Resumed {
        sale_id: Uuid,
        seq: u64,
    },
    Update(Update),
    BidAccepted {
        bid_id: Uuid,
    },
    BidRefused {
        bid_id: Uuid,
        code: String,
    },
    CommandDone {
        command_id: Uuid,
        seq: u64,
    },
    CommandRefused {
        command_id: Uuid,
        code: String,
    },
    Presence {
        sale_id: Uuid,
        watchers: u32,
    },
    Error {
        code: String,
    },
    #[serde(other)]
    Other,
}

/// Prices in whole units of the sale's currency, as an auctioneer would say them.
pub fn spoken(minor: i64) -> String {
    let digits = (minor / 100).to_string();
    let mut text = String::from("£");
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn prices_are_said_in_pounds() {
        assert_eq!(spoken(95_000), "£950");
        assert_eq!(spoken(120_000), "£1,200");
        assert_eq!(spoken(123_456_700), "£1,234,567");
    }

    #[test]
    fn a_price_falls_to_its_floor_and_no_further() {
        let falling = FallingPrice {
            start_minor: 500,
            step_minor: 200,
            every_ms: 1_000,
            floor_minor: 150,
        };
        let shown = [-5, 0, 999, 1_000, 2_500, 60_000].map(|elapsed_ms| falling.after(elapsed_ms));
        assert_eq!(shown, [500, 500, 500, 300, 150, 150]);
    }

    #[test]
    fn the_count_of_sealed_bids_is_not_known() {
        let lot: LotView = serde_json::from_value(json!({
            "lot_id": Uuid::nil(), "format": "vickrey", "state": "open", "price_minor": null, "leader": null,
            "minimum_minor": 6, "ask_minor": null, "reserve_met": null, "closes_at_ms": 9, "fair_warning": false,
            "bid_count": null, "choice_due": false,
        }))
        .unwrap();
        assert_eq!(lot.bid_count, None);
        assert_eq!(lot.format, Format::Vickrey);
    }

    #[test]
    fn what_is_not_needed_is_skipped() {
        let update: Heard = serde_json::from_value(json!({
            "type": "update", "sale_id": Uuid::nil(), "after_seq": 7, "seq": 9, "at_ms": 1,
            "events": [
                {"kind": "bid_accepted", "lot_id": Uuid::nil(), "paddle": 7, "channel": "online", "price_minor": 5, "took_lead": true},
                {"kind": "registration_changed", "paddle": 3},
                {"kind": "something_new"},
            ],
            "lots": [{"lot_id": Uuid::nil(), "format": "english", "state": "open", "price_minor": 5, "leader": {"paddle": 7, "channel": "online"},
                "minimum_minor": 6, "ask_minor": null, "step_minor": 1, "reserve_met": null, "closes_at_ms": null,
                "fair_warning": false, "bid_count": 1, "extensions": 0, "outcome": null, "quantity": 1, "choice_due": false}],
        }))
        .unwrap();
        let Heard::Update(update) = update else {
            panic!("{update:?}")
        };
        assert_eq!(update.events.len(), 3);
        assert_eq!(update.events[0].lot_id, Some(Uuid::nil()));
        assert!(matches!(
            update.events[0].event,
            Event::BidAccepted { paddle: Some(7), .. }
        ));
        assert!(update.events[1..].iter().all(|other| other.event == Event::Other));
        assert_eq!(update.lots[0].bid_count, Some(1));
        let unknown: Heard = serde_json::from_value(json!({"type": "news", "a": 1})).unwrap();
        assert!(matches!(unknown, Heard::Other));
    }
}
