//! A record's payload and a snapshot's state, of any version.

use gavel_actors::auctions::{RECORD, STATE};
use gavel_engine::{
    auction::{Auction, Event, Record},
    credit::Unlimited,
};
use gavel_storage::codec::Schema;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// The first byte says what the others are.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((0, payload)) => drop(record(payload)),
        // Its maps may come in any order; it is their hash that vouches for snapshots.
        Some((1, payload)) => drop(read_back(&STATE, payload)),
        Some((_, payloads)) => replay(payloads),
        None => {}
    }
}

/// Refused, or a value that is written and read back as itself; with what it is written as.
fn read_back<T>(schema: &Schema<T>, payload: &[u8]) -> Option<(T, Vec<u8>)>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let value = schema.decode(payload).ok()?;
    let written = schema
        .encode(&value)
        .unwrap_or_else(|error| panic!("{error}: {value:?}"));
    let again = schema
        .decode(&written)
        .unwrap_or_else(|error| panic!("{error}: {value:?}"));
    assert_eq!(value, again);
    Some((value, written))
}

/// A record of this version has one form, as its hash is over its bytes.
fn record(payload: &[u8]) -> Option<Record> {
    let (record, written) = read_back(&RECORD, payload)?;
    assert!(
        payload[0] != RECORD.version() || written == payload,
        "two forms of {record:?}"
    );
    Some(record)
}

/// Records, each behind its length (two bytes), as a sale's history: whatever they say, applying them
/// is total, and so are the questions that an actor asks of the state.
fn replay(mut payloads: &[u8]) {
    let mut auction = Auction::default();
    while let Some((length, rest)) = payloads.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (payload, rest) = rest.split_at(length);
        payloads = rest;
        let Some(record) = record(payload) else {
            return;
        };
        // A history begins with its sale, and with it alone: the rest is refused by recovery.
        let creates = |event: &Event| matches!(event, Event::Created(_));
        if record.events.iter().any(creates) != (auction.seq() == 0) {
            return;
        }
        auction.apply(&record);
        let now = auction.clock();
        let _ = auction.due(now);
        let _ = auction.next_due();
        let _ = auction.book_bids_due(now, &Unlimited);
    }
}
