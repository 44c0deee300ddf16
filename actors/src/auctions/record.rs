//! How decisions are written to the journal. The golden bytes in this module's tests freeze every
//! version; a change of the events' layout is a new version and an upcaster for the one before.

mod v1;

use gavel_engine::auction::{Auction, Record};
use gavel_storage::codec;

/// How decisions are written to the journal.
pub const RECORD: codec::Schema<Record> = codec::Schema::with_upcast(2, upcast);

/// How states are written to snapshots. A snapshot of another version is not used: the journal has
/// everything.
pub const STATE: codec::Schema<Auction> = codec::Schema::new(3);

fn upcast(version: u8, body: &[u8]) -> Result<Record, codec::Error> {
    match version {
        1 => codec::from_bytes::<v1::Record>(body).map(Record::from),
        _ => Err(codec::Error::UnknownVersion {
            version,
            newest: RECORD.version(),
        }),
    }
}

#[cfg(test)]
mod tests;
