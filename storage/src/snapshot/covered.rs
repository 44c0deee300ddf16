//! What a clean stop leaves behind: up to where the snapshots replace the journal, and which ones they have to be.
//!
//! | offset | bytes | field (integers little-endian) |
//! | ---: | ---: | --- |
//! | 0 | 1 | layout version, 1 |
//! | 1 | 8 | LSN |
//! | 9 | 64 each | auction (16), then LSN (8), seq (8) and hash (32) of its last record up to that LSN |
//! | 9 + 64 n | 32 | BLAKE3 of everything before |

use std::collections::HashMap;

use super::Snapshot;
use crate::journal::{Head, Heads};

const LAYOUT_VERSION: u8 = 1;
const HEAD_BYTES: usize = 64;

/// Every record up to `lsn` belongs to one of `heads`, and is in the snapshot made there or in a later one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Covered {
    pub lsn: u64,
    pub heads: Heads,
}

impl Covered {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![LAYOUT_VERSION];
        bytes.extend_from_slice(&self.lsn.to_le_bytes());
        for (auction, head) in &self.heads {
            bytes.extend_from_slice(&auction.to_le_bytes());
            bytes.extend_from_slice(&head.lsn.to_le_bytes());
            bytes.extend_from_slice(&head.seq.to_le_bytes());
            bytes.extend_from_slice(&head.hash);
        }
        let check = blake3::hash(&bytes);
        bytes.extend_from_slice(check.as_bytes());
        bytes
    }

    /// `None` for what was not written by [`encode`](Self::encode).
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (bytes, check) = bytes.split_last_chunk::<32>()?;
        if blake3::hash(bytes).as_bytes() != check {
            return None;
        }
        let (version, bytes) = bytes.split_first()?;
        let (lsn, bytes) = bytes.split_first_chunk::<8>()?;
        let (heads, rest) = bytes.as_chunks::<HEAD_BYTES>();
        if *version != LAYOUT_VERSION || !rest.is_empty() {
            return None;
        }
        Some(Self {
            lsn: u64::from_le_bytes(*lsn),
            heads: heads.iter().map(head).collect::<Option<_>>()?,
        })
    }

    /// Whether the snapshots are those, or later ones.
    pub fn holds_for(&self, snapshots: &HashMap<u128, Snapshot>) -> bool {
        self.heads.iter().all(|(auction, head)| {
            snapshots.get(auction).is_some_and(|snapshot| {
                snapshot.head() == *head || (snapshot.lsn > head.lsn && snapshot.seq > head.seq)
            })
        })
    }
}

fn head(bytes: &[u8; HEAD_BYTES]) -> Option<(u128, Head)> {
    let (auction, bytes) = bytes.split_first_chunk()?;
    let (lsn, bytes) = bytes.split_first_chunk()?;
    let (seq, hash) = bytes.split_first_chunk()?;
    let head = Head {
        lsn: u64::from_le_bytes(*lsn),
        seq: u64::from_le_bytes(*seq),
        hash: hash.try_into().ok()?,
    };
    Some((u128::from_le_bytes(*auction), head))
}
