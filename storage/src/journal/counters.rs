//! What the writer counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counters of one writer since it started; read them with [`Ordering::Relaxed`].
#[derive(Debug, Default)]
pub struct Counters {
    /// Batches made durable.
    pub batches: AtomicU64,
    /// Records made durable.
    pub records: AtomicU64,
    /// Payload bytes made durable.
    pub bytes: AtomicU64,
    /// Records of the last batch.
    pub last_batch_records: AtomicU64,
    /// How long the last batch took to write and fdatasync, in microseconds.
    pub fsync_us_last: AtomicU64,
    /// The longest that a batch took, in microseconds.
    pub fsync_us_max: AtomicU64,
}

impl Counters {
    pub(crate) fn batch(&self, records: usize, bytes: usize, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.records.fetch_add(records as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.last_batch_records.store(records as u64, Ordering::Relaxed);
        self.fsync_us_last.store(took_us, Ordering::Relaxed);
        self.fsync_us_max.fetch_max(took_us, Ordering::Relaxed);
    }
}
