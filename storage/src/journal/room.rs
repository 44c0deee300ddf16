//! How much can still be promised to be written.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The frame bytes that a journal can certainly still take, shared between the journal, its preparer and admission.
///
/// It may say less than there is (while a segment changes), never more.
#[derive(Debug)]
pub struct Room {
    current_bytes: AtomicU64,
    segments_ready: AtomicU64,
    segment_bytes: u64,
    failing: AtomicBool,
}

impl Room {
    /// `segment_bytes`: what one prepared segment adds.
    pub fn new(segment_bytes: u64) -> Self {
        Self {
            current_bytes: AtomicU64::new(0),
            segments_ready: AtomicU64::new(0),
            segment_bytes,
            failing: AtomicBool::new(false),
        }
    }

    /// Frame bytes that fit for certain.
    pub fn bytes(&self) -> u64 {
        let ready = self
            .segments_ready
            .load(Ordering::Acquire)
            .saturating_mul(self.segment_bytes);
        self.current_bytes.load(Ordering::Acquire).saturating_add(ready)
    }

    /// Whether more room cannot be made at present (the disk is full).
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    /// Sets what the segment being written still takes.
    pub fn set_current_bytes(&self, bytes: u64) {
        self.current_bytes.store(bytes, Ordering::Release);
    }

    /// A segment was prepared.
    pub fn segment_ready(&self) {
        self.segments_ready.fetch_add(1, Ordering::AcqRel);
    }

    /// A prepared segment became the current one, which now takes `bytes`.
    pub fn segment_taken(&self, bytes: u64) {
        // Take away first: between the two steps the room may look too small, never too large.
        self.segments_ready.fetch_sub(1, Ordering::AcqRel);
        self.set_current_bytes(bytes);
    }

    /// Says whether more room can be made.
    pub fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::Release);
    }
}
