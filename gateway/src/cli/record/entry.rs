//! One event of a sale's history, as data and in plain words.

use gavel_engine::{
    auction::Approval,
    ids::{BidId, BidderId, LotId, Paddle},
    lot::Channel,
    money::Amount,
    time::Timestamp,
};
use serde::Serialize;

/// See the module's documentation. Amounts are minor units of the sale's currency.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<Named>,
    /// The other lots that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lots: Vec<Named>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Who>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bid_id: Option<BidId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<Amount>,
    /// The price after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_minor: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leader: Option<Who>,
    /// Why a bid was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_minor: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_minor: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Approval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<&'static str>,
    /// When the lot closes by itself, or when its hammer falls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Something is not shown before the lot has closed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// The same in plain words.
    pub text: String,
}

/// A lot by its names.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    pub lot_id: LotId,
    pub number: Option<String>,
    pub title: Option<String>,
}

/// Whom a bid counts for.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Who {
    pub paddle: Option<Paddle>,
    pub name: Option<String>,
    /// The account; null in the room.
    pub user_id: Option<BidderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl Entry {
    pub fn of(kind: &'static str) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    pub fn saying(kind: &'static str, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::of(kind)
        }
    }
}

impl Named {
    pub fn words(&self) -> String {
        match &self.number {
            Some(number) => format!("lot {number}"),
            None => format!("lot {}", self.lot_id),
        }
    }
}

impl Who {
    pub fn words(&self) -> String {
        let who = match (self.paddle, &self.name) {
            (Some(paddle), Some(name)) => format!("paddle {paddle} ({name})"),
            (Some(paddle), None) => format!("paddle {paddle}"),
            (None, Some(name)) => name.clone(),
            (None, None) => "somebody without a paddle".to_owned(),
        };
        match self.channel {
            Some(Channel::Online) => format!("{who}, online,"),
            Some(Channel::Floor) => format!("{who}, in the room,"),
            Some(Channel::Phone) => format!("{who}, by telephone,"),
            Some(Channel::Absentee) => format!("{who}, from the book,"),
            Some(Channel::House) | None => who,
        }
    }
}
