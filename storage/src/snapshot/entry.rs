//! A snapshot as bytes.
//!
//! | offset | bytes | field (integers little-endian) |
//! | ---: | ---: | --- |
//! | 0 | 1 | layout version, 2 |
//! | 1 | 8 | LSN |
//! | 9 | 8 | seq |
//! | 17 | 32 | hash of the record |
//! | 49 | 32 | BLAKE3 of the auction (16 bytes), bytes 0..49 and the state |
//! | 81 | n | state |

use super::Snapshot;
use crate::journal::Hash;

const LAYOUT_VERSION: u8 = 2;
const FIELDS_BYTES: usize = 49;

pub(super) fn encode(auction: u128, snapshot: &Snapshot) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FIELDS_BYTES + 32 + snapshot.state.len());
    bytes.push(LAYOUT_VERSION);
    bytes.extend_from_slice(&snapshot.lsn.to_le_bytes());
    bytes.extend_from_slice(&snapshot.seq.to_le_bytes());
    bytes.extend_from_slice(&snapshot.hash);
    let check = check(auction, &bytes, &snapshot.state);
    bytes.extend_from_slice(&check);
    bytes.extend_from_slice(&snapshot.state);
    bytes
}

/// `Err` says what does not hold.
pub(super) fn decode(auction: u128, bytes: &[u8]) -> Result<Snapshot, String> {
    let wrong = |what: &str| format!("the snapshot of auction {auction:032x} {what}");
    let (fields, rest) = bytes
        .split_first_chunk::<FIELDS_BYTES>()
        .ok_or_else(|| wrong("is cut short"))?;
    let (stored, state) = rest
        .split_first_chunk::<32>()
        .ok_or_else(|| wrong("is cut short"))?;
    if check(auction, fields, state) != *stored {
        return Err(wrong("does not match its hash"));
    }
    if fields[0] != LAYOUT_VERSION {
        return Err(wrong("has an unknown layout"));
    }
    Ok(Snapshot {
        lsn: u64::from_le_bytes(array(fields, 1)),
        seq: u64::from_le_bytes(array(fields, 9)),
        hash: array(fields, 17),
        state: state.to_vec(),
    })
}

fn check(auction: u128, fields: &[u8], state: &[u8]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&auction.to_le_bytes()).update(fields).update(state);
    *hasher.finalize().as_bytes()
}

/// `N` bytes of the fields at a constant offset.
fn array<const N: usize>(fields: &[u8; FIELDS_BYTES], offset: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&fields[offset..offset + N]);
    out
}
