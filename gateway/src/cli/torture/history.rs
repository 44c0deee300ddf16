//! A sale as its journal has it after everything, in the form in which clients were told of it.

use super::witness::{self, Audience, Witness};
use gavel_actors::auctions::{
    Archive, RecoveryError,
    wire::{self, LotView, SaleView},
};
use gavel_engine::{
    auction::{Answer, Auction, Event, Record, Verdict},
    ids::{BidId, SaleId},
    lot::Channel,
};
use gavel_storage::relational::BookVisibility;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Of the sales here.
const VISIBILITY: BookVisibility = BookVisibility::Full;

/// An answer to a bid as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Its record.
    pub seq: u64,
    /// What the bidder was to be told of it.
    pub told: Value,
}

/// See the module's documentation.
#[derive(Debug, Default)]
pub struct History {
    /// The last record.
    pub last_seq: u64,
    /// Every answer to every bid.
    pub facts: BTreeMap<String, Vec<Fact>>,
    /// Records as they are shown, of those that were asked for.
    pub shown: BTreeMap<(Audience, u64), Value>,
    /// The sale and its lots after a record, of those that were asked for.
    pub states: BTreeMap<u64, Value>,
    /// The bids of every lot at the end, newest first, as staff see them.
    pub bids: BTreeMap<String, Value>,
}

impl History {
    /// Reads a sale. What is shown of it is made of the records of `also`, and of those that `witness`
    /// has seen.
    ///
    /// # Errors
    /// A record that cannot be read.
    pub fn read(
        archive: &Archive,
        sale: SaleId,
        witness: &Witness,
        also: &BTreeSet<u64>,
    ) -> Result<Self, RecoveryError> {
        let mut history = Self::default();
        let mut wanted: BTreeSet<_> = witness
            .shown()
            .map(|(audience, seq, _)| (audience, seq))
            .collect();
        wanted.extend(also.iter().map(|seq| (Audience::Staff, *seq)));
        let end = archive.replay(sale, |record, after| {
            history.answers(record, after);
            for audience in [Audience::Public, Audience::Staff] {
                if wanted.contains(&(audience, after.seq())) {
                    let shown = shown(sale, record, after, audience);
                    history.shown.insert((audience, after.seq()), shown);
                }
            }
            if witness.states().contains_key(&after.seq()) {
                history.states.insert(after.seq(), state(after));
            }
        })?;
        history.last_seq = end.seq();
        for lot in end.lots() {
            let bids = wire::history(&end, lot, wire::Audience::Staff, None, VISIBILITY);
            history.bids.insert(lot.lot_id.to_string(), json!(bids));
        }
        Ok(history)
    }

    fn answers(&mut self, record: &Record, after: &Auction) {
        for bid_id in record.events.iter().filter_map(answered) {
            let told = after.answer(bid_id).map_or(Value::Null, told);
            let seq = after.seq();
            self.facts
                .entry(bid_id.to_string())
                .or_default()
                .push(Fact { seq, told });
        }
    }
}

/// The bid that an event answers; what the house bids from the book is the answer to none.
fn answered(event: &Event) -> Option<BidId> {
    match event {
        Event::BidAccepted { bid, .. } if !matches!(bid.channel, Channel::Absentee | Channel::House) => {
            Some(bid.bid_id)
        }
        Event::AbsenteeLeft { entry, .. } => Some(entry.bid_id),
        Event::BidRefused { bid_id, .. } | Event::BidVoided { bid_id, .. } => Some(*bid_id),
        _ => None,
    }
}

/// What a bidder is told, as far as it is the same in every answer to one bid.
fn told(answer: &Answer) -> Value {
    let (price, minimum, leading) = match answer.verdict {
        Verdict::Refused(rejection) => {
            return json!({
                "code": rejection.reason.code(), "minimum_minor": rejection.minimum(),
                "maximum_minor": rejection.maximum(),
            });
        }
        Verdict::Accepted {
            price,
            leading,
            minimum,
        } => (Some(price), Some(minimum), leading),
        Verdict::Booked | Verdict::Sealed => (None, None, false),
    };
    json!({
        "lot_id": answer.asked.map(|(lot_id, _)| lot_id), "seq": answer.seq, "at_ms": answer.at,
        "leading": leading, "price_minor": price, "minimum_minor": minimum,
    })
}

/// The same of an answer that came over the wire.
pub fn told_by(answer: &Value) -> Value {
    let fields: &[&str] = if answer["type"] == "bid_accepted" {
        &[
            "lot_id",
            "seq",
            "at_ms",
            "leading",
            "price_minor",
            "minimum_minor",
        ]
    } else {
        &["code", "minimum_minor", "maximum_minor"]
    };
    let field = |name: &&str| ((*name).to_owned(), answer[*name].clone());
    fields.iter().map(field).collect()
}

fn shown(sale: SaleId, record: &Record, after: &Auction, audience: Audience) -> Value {
    let audience = match audience {
        Audience::Public => wire::Audience::Public,
        Audience::Staff => wire::Audience::Staff,
    };
    let changed = wire::changed_lots(record, after);
    // Which update came before is no part of what is shown.
    let update = wire::update(sale, 0, record, after, &changed, audience, VISIBILITY);
    let update = update.and_then(|update| serde_json::from_slice::<Value>(&update).ok());
    update.map_or(Value::Null, |update| witness::content(&update))
}

fn state(auction: &Auction) -> Value {
    let lots: Vec<_> = auction
        .lots()
        .iter()
        .map(|lot| LotView::of(auction, lot))
        .collect();
    json!({"sale": SaleView::of(auction), "lots": lots})
}
