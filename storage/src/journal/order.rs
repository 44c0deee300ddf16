//! Where a journal stands, and what every journal asks of a batch before anything of it is written.

use std::collections::HashMap;

use super::{Error, Hash, Heads, Pending, ZERO_HASH};

/// What was written so far. After a failure it is not known, and nothing more is taken.
pub(super) struct Order {
    next_lsn: u64,
    heads: Heads,
    failed: bool,
    /// Where auctions stand within the batch being checked; kept to reuse its memory.
    batch_heads: HashMap<u128, (u64, Hash)>,
}

impl Order {
    /// As a journal was found.
    pub fn after(last_lsn: u64, heads: Heads) -> Self {
        Self {
            next_lsn: last_lsn + 1,
            heads,
            failed: false,
            batch_heads: HashMap::new(),
        }
    }

    pub fn next_lsn(&self) -> u64 {
        self.next_lsn
    }

    pub fn heads(&self) -> &Heads {
        &self.heads
    }

    /// Refuses a batch that would break a chain.
    pub fn check(&mut self, batch: &[Pending], bytes_max: usize) -> Result<(), Error> {
        if self.failed {
            return Err(Error::Failed);
        }
        self.batch_heads.clear();
        for (record, lsn) in batch.iter().zip(self.next_lsn..) {
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
            let (seq, prev) = self.batch_heads.get(&record.auction).copied().unwrap_or_else(|| {
                self.heads
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
            self.batch_heads.insert(record.auction, (record.seq, record.hash));
        }
        Ok(())
    }

    /// Notes what became of a batch that was checked.
    pub fn note(&mut self, batch: &[Pending], written: Result<(), Error>) -> Result<(), Error> {
        self.failed |= written.is_err();
        written?;
        for record in batch {
            self.heads.insert(record.auction, record.head());
        }
        self.next_lsn += batch.len() as u64;
        Ok(())
    }
}
