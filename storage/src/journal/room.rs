//! How much can still be promised to be written.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The frame bytes that a journal can certainly still take, shared between the journal, its preparer and admission.
///
/// It may say less than there is (while a segment is being made), never more.
#[derive(Debug)]
pub struct Room {
    /// All there is, in one number: two that are read one after the other could add up to what never was.
    bytes: AtomicU64,
    /// What of it is in the segment being written; only its writer looks at this.
    current_bytes: AtomicU64,
    segment_bytes: u64,
    failing: AtomicBool,
}

impl Room {
    /// `segment_bytes`: what one prepared segment adds.
    pub fn new(segment_bytes: u64) -> Self {
        Self {
            bytes: AtomicU64::new(0),
            current_bytes: AtomicU64::new(0),
            segment_bytes,
            failing: AtomicBool::new(false),
        }
    }

    /// Frame bytes that fit for certain.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    /// Whether more room cannot be made at present (the disk is full).
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Acquire)
    }

    /// Sets what the segment being written still takes.
    pub fn set_current_bytes(&self, bytes: u64) {
        let before = self.current_bytes.swap(bytes, Ordering::AcqRel);
        self.change(before, bytes);
    }

    /// A segment was prepared.
    pub fn segment_ready(&self) {
        self.change(0, self.segment_bytes);
    }

    /// A prepared segment became the current one, which now takes `bytes`.
    pub fn segment_taken(&self, bytes: u64) {
        let before = self.current_bytes.swap(bytes, Ordering::AcqRel);
        self.change(before + self.segment_bytes, bytes);
    }

    /// Says whether more room can be made.
    pub fn set_failing(&self, failing: bool) {
        self.failing.store(failing, Ordering::Release);
    }

    fn change(&self, less: u64, more: u64) {
        // Wraps, as the sum does: what is taken away was added before.
        self.bytes.fetch_add(more.wrapping_sub(less), Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn never_promises_more_than_there_is_while_segments_change() {
        const SEGMENT_BYTES: u64 = 1000;
        let room = Room::new(SEGMENT_BYTES);
        let ended = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                // One segment at a time, made and used up.
                for _ in 0..200_000 {
                    room.segment_ready();
                    room.segment_taken(SEGMENT_BYTES);
                    room.set_current_bytes(0);
                }
                ended.store(true, Ordering::Release);
            });
            while !ended.load(Ordering::Acquire) {
                assert!(room.bytes() <= SEGMENT_BYTES);
            }
        });
        assert_eq!(room.bytes(), 0);
    }
}
