//! The part of the wire contract that the demonstration reads. Fields that it does not need, and
//! messages that it does not know, are skipped.

use serde::Deserialize;
use uuid::Uuid;

#[derive(Debug, Clone, Deserialize)]
pub struct Session {
    pub access_token: String,
    pub expires_at_ms: i64,
    pub refresh_token: Option<String>,
}

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
    pub opening_price_minor: i64,
    pub increments: Vec<Band>,
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
    pub state: LotState,
    pub price_minor: Option<i64>,
    pub leader: Option<Leader>,
    pub minimum_minor: Option<i64>,
    pub ask_minor: Option<i64>,
    pub reserve_met: Option<bool>,
    pub closes_at_ms: Option<i64>,
    pub fair_warning: bool,
    pub bid_count: u32,
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
    LotSold,
    LotUnsold,
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
    fn what_is_not_needed_is_skipped() {
        let update: Heard = serde_json::from_value(json!({
            "type": "update", "sale_id": Uuid::nil(), "after_seq": 7, "seq": 9, "at_ms": 1,
            "events": [
                {"kind": "bid_accepted", "lot_id": Uuid::nil(), "paddle": 7, "channel": "online", "price_minor": 5, "took_lead": true},
                {"kind": "registration_changed", "paddle": 3},
                {"kind": "something_new"},
            ],
            "lots": [{"lot_id": Uuid::nil(), "state": "open", "price_minor": 5, "leader": {"paddle": 7, "channel": "online"},
                "minimum_minor": 6, "ask_minor": null, "step_minor": 1, "reserve_met": null, "closes_at_ms": null,
                "fair_warning": false, "bid_count": 1, "extensions": 0, "outcome": null}],
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
        let unknown: Heard = serde_json::from_value(json!({"type": "news", "a": 1})).unwrap();
        assert!(matches!(unknown, Heard::Other));
    }
}
