//! What every journal asks of a batch before anything of it is written.

use std::collections::HashMap;

use super::{Error, Hash, Heads, Pending, ZERO_HASH};

/// Checks batches; kept to reuse its memory.
#[derive(Default)]
pub(super) struct Order {
    /// Where auctions stand within the batch being checked.
    heads: HashMap<u128, (u64, Hash)>,
}

impl Order {
    /// Refuses a batch that would break a chain.
    pub fn check(
        &mut self,
        batch: &[Pending],
        next_lsn: u64,
        heads: &Heads,
        bytes_max: usize,
    ) -> Result<(), Error> {
        self.heads.clear();
        for (record, lsn) in batch.iter().zip(next_lsn..) {
            let out_of_order = |reason| Error::OutOfOrder {
                lsn: record.lsn,
                auction: record.auction,
                seq: record.seq,
                reason,
            };
            debug_assert_eq!(
                record.hash,
                super::record_hash(record.auction, record.seq, &record.prev, &record.payload)
            );
            if record.lsn != lsn {
                return Err(out_of_order("the LSN is not the next"));
            }
            if record.payload.len() > bytes_max {
                return Err(Error::PayloadTooLarge {
                    bytes: record.payload.len(),
                    bytes_max,
                });
            }
            let (seq, prev) = self.heads.get(&record.auction).copied().unwrap_or_else(|| {
                heads
                    .get(&record.auction)
                    .map_or((0, ZERO_HASH), |head| (head.seq, head.hash))
            });
            if record.seq != seq + 1 {
                return Err(out_of_order("the seq is not the next of its auction"));
            }
            if record.prev != prev {
                return Err(out_of_order(
                    "it does not name the hash of its auction's record before it",
                ));
            }
            self.heads.insert(record.auction, (record.seq, record.hash));
        }
        Ok(())
    }
}
