//! What leaves an auction for sockets: the JSON of the WebSocket contract (`docs/asyncapi.yaml`).
//! An update is encoded once for each audience, however many sockets it goes to.

mod events;
mod history;
mod views;

pub use events::{EventView, changed_lots, offer_kind, update};
pub use history::{BidView, history};
pub use views::{LotView, Present, SaleView, StaffView, You};

use gavel_engine::{
    ids::{BidId, LotId, SaleId},
    money::Amount,
    time::Timestamp,
};
use serde::Serialize;
use serde_json::value::RawValue;

/// What an undone step means to one bidder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Affected {
    /// A bid of this bidder was taken back.
    BidRetracted,
    /// The lead went to somebody else, or to nobody.
    LeadLost,
    /// This bidder leads again.
    LeadGained,
    /// This bidder leads on, at another price.
    PriceChanged,
    /// The lot that this bidder had won is open again.
    LotReopened,
}

/// For whom a view is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Public,
    /// Those who run the sale.
    Staff,
}

/// Every message that an auction sends.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outgoing<'a> {
    /// The whole state, to start from.
    Snapshot {
        /// Which sale.
        sale_id: SaleId,
        /// The last record that it contains.
        seq: u64,
        /// The node's clock.
        server_time_ms: Timestamp,
        /// The sale.
        sale: SaleView,
        /// Its lots in running order.
        lots: &'a RawValue,
        /// The viewer's own standing.
        you: Option<You>,
        /// For staff.
        staff: Option<StaffView>,
    },
    /// The updates missed since `from_seq` follow.
    Resumed {
        /// Which sale.
        sale_id: SaleId,
        /// What the client had.
        from_seq: u64,
        /// What it has after the updates that follow.
        seq: u64,
    },
    /// Something happened.
    Update {
        /// Which sale.
        sale_id: SaleId,
        /// The update before this one for the same audience: whoever has less has missed something.
        after_seq: u64,
        /// Number of the record.
        seq: u64,
        /// When it happened.
        at_ms: Timestamp,
        /// What.
        events: Vec<EventView<'a>>,
        /// The sale, when it changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        sale: Option<SaleView>,
        /// The lots that changed, as they are now.
        lots: Vec<LotView>,
    },
    /// The viewer's own standing changed.
    You {
        /// Which sale.
        sale_id: SaleId,
        /// Number of the record.
        seq: u64,
        /// The standing.
        you: You,
    },
    /// A bid counts.
    BidAccepted {
        /// Made by the client.
        bid_id: BidId,
        /// Which sale.
        sale_id: SaleId,
        /// Which lot.
        lot_id: LotId,
        /// Number of the record.
        seq: u64,
        /// When it was accepted.
        at_ms: Timestamp,
        /// Whether its bidder led right after it.
        leading: bool,
        /// The price right after it; null in the absentee book.
        price_minor: Option<Amount>,
        /// The lowest acceptable bid right after it.
        minimum_minor: Option<Amount>,
        /// The bidder's own maximum on the lot now.
        max_minor: Option<Amount>,
        /// This is the first answer again.
        repeated: bool,
    },
    /// A bid does not count.
    BidRefused {
        /// Made by the client.
        bid_id: BidId,
        /// Which sale.
        sale_id: SaleId,
        /// Which lot, where known.
        lot_id: Option<LotId>,
        /// Why.
        code: &'a str,
        /// Why, in English.
        message: &'a str,
        /// The least that would be accepted.
        minimum_minor: Option<Amount>,
        /// The most that would be accepted.
        maximum_minor: Option<Amount>,
        /// The same id will never be accepted.
        #[serde(rename = "final")]
        is_final: bool,
        /// This is the first answer again.
        repeated: bool,
    },
    /// A command was carried out.
    CommandDone {
        /// Made by the client.
        command_id: &'a str,
        /// Which sale.
        sale_id: SaleId,
        /// Number of its record.
        seq: u64,
    },
    /// A command was refused.
    CommandRefused {
        /// Made by the client.
        command_id: &'a str,
        /// Which sale.
        sale_id: SaleId,
        /// Why.
        code: &'a str,
        /// Why, in English.
        message: &'a str,
        /// What would be accepted.
        minimum_minor: Option<Amount>,
        /// The most that would be accepted.
        maximum_minor: Option<Amount>,
    },
    /// What a command would bring; for staff. Nothing has happened.
    Foresight {
        /// Made by the client.
        command_id: &'a str,
        /// Which sale.
        sale_id: SaleId,
        /// The last record that it was computed from.
        seq: u64,
        /// The lot as it is.
        before: Box<LotView>,
        /// The lot as it would be.
        after: Box<LotView>,
    },
    /// Something was undone that the bidder is affected by.
    Notice {
        /// Which sale.
        sale_id: SaleId,
        /// Number of the record.
        seq: u64,
        /// Which lot.
        lot_id: LotId,
        /// What it means to this bidder.
        notice: Affected,
        /// The price now.
        price_minor: Option<Amount>,
        /// Whether this bidder leads now.
        leading: bool,
    },
    /// Who is there; for staff.
    Presence {
        /// Which sale.
        sale_id: SaleId,
        /// Sockets that follow the sale.
        watchers: usize,
        /// Signed-in bidders among them.
        online: Vec<Present>,
    },
    /// How a fair warning was seen so far; for staff.
    WarningSeen {
        /// Which sale.
        sale_id: SaleId,
        /// Which lot.
        lot_id: LotId,
        /// The record that brought the warning.
        seq: u64,
        /// Registered bidders whose client has it on display.
        seen: usize,
        /// Registered bidders who follow the sale now.
        online: usize,
        /// Half of those who have seen it had it within this.
        median_ms: Option<u32>,
        /// Nineteen in twenty of them had it within this.
        p95_ms: Option<u32>,
    },
}

impl Outgoing<'_> {
    /// The JSON text.
    pub fn encode(&self) -> bytes::Bytes {
        // Plain structs with string keys: serialising them into memory has no way to fail; an
        // empty message would still be a visible one.
        serde_json::to_vec(self).map(Into::into).unwrap_or_default()
    }
}
