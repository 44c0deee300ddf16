//! Who may still append: bounds on what is outstanding, and on what the disk can certainly take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Room, frame};

/// Why no permit was given. Nothing was decided or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too much is waiting to be written; try again shortly.
    #[error("the journal is busy")]
    Busy,
    /// The disk is full, as far as the journal is concerned; reads go on, and so will bids when there is room again.
    #[error("there is no room left for the journal")]
    Unavailable,
    /// The writer has stopped or is stopping.
    #[error("the journal is closed")]
    Stopped,
}

/// Counts what was promised.
#[derive(Debug)]
pub(super) struct Admission {
    room: Arc<Room>,
    records_max: u64,
    bytes_max: u64,
    records: AtomicU64,
    /// Frame bytes.
    bytes: AtomicU64,
    stopped: AtomicBool,
}

impl Admission {
    pub fn new(room: Arc<Room>, records_max: usize, bytes_max: u64) -> Self {
        Self {
            room,
            records_max: records_max as u64,
            bytes_max,
            records: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        }
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
    }

    #[cfg(any(test, feature = "conformance"))]
    pub fn outstanding_records(&self) -> u64 {
        self.records.load(Ordering::Acquire)
    }

    /// Gives back what durable records had claimed.
    pub fn release(&self, records: u64, frame_bytes: u64) {
        self.bytes.fetch_sub(frame_bytes, Ordering::AcqRel);
        self.records.fetch_sub(records, Ordering::AcqRel);
    }

    fn claim_bytes(&self, frame_bytes: u64) -> Result<(), Refusal> {
        let claimed = self.bytes.fetch_add(frame_bytes, Ordering::AcqRel) + frame_bytes;
        let refusal = if claimed > self.room.bytes() {
            // While the next segment is only slow to come, waiting helps.
            if self.room.is_failing() {
                Refusal::Unavailable
            } else {
                Refusal::Busy
            }
        } else if claimed > self.bytes_max {
            Refusal::Busy
        } else {
            return Ok(());
        };
        self.bytes.fetch_sub(frame_bytes, Ordering::AcqRel);
        Err(refusal)
    }

    /// One place in the queue, for what takes none on the disk.
    pub fn claim_place(&self) -> Result<(), Refusal> {
        if self.stopped.load(Ordering::Acquire) {
            return Err(Refusal::Stopped);
        }
        if self.records.fetch_add(1, Ordering::AcqRel) >= self.records_max {
            self.records.fetch_sub(1, Ordering::AcqRel);
            return Err(Refusal::Busy);
        }
        Ok(())
    }

    pub fn reserve(self: &Arc<Self>, payload_bytes: usize) -> Result<Permit, Refusal> {
        self.claim_place()?;
        let frame_bytes = frame::frame_bytes(payload_bytes) as u64;
        if let Err(refusal) = self.claim_bytes(frame_bytes) {
            self.records.fetch_sub(1, Ordering::AcqRel);
            return Err(refusal);
        }
        Ok(Permit {
            admission: Arc::clone(self),
            payload_bytes_max: payload_bytes,
            frame_bytes,
        })
    }
}

/// The right to append one record, for certain. Dropping it gives it back.
#[derive(Debug)]
#[must_use = "a permit that is dropped is given back"]
pub struct Permit {
    admission: Arc<Admission>,
    payload_bytes_max: usize,
    frame_bytes: u64,
}

impl Permit {
    /// The longest payload it covers, in bytes.
    pub fn payload_bytes_max(&self) -> usize {
        self.payload_bytes_max
    }

    /// Makes it cover a payload of `payload_bytes`. Refused, it stays as it is.
    ///
    /// # Errors
    /// [`Refusal`], as for [`Handle::reserve`](super::Handle::reserve).
    pub fn grow(&mut self, payload_bytes: usize) -> Result<(), Refusal> {
        let frame_bytes = frame::frame_bytes(payload_bytes) as u64;
        if frame_bytes > self.frame_bytes {
            self.admission.claim_bytes(frame_bytes - self.frame_bytes)?;
            self.frame_bytes = frame_bytes;
        }
        self.payload_bytes_max = self.payload_bytes_max.max(payload_bytes);
        Ok(())
    }

    /// Gives back what a payload of `payload_bytes` does not need; what it does need stays claimed until the record is
    /// durable, and is returned in frame bytes.
    pub(super) fn spend(mut self, payload_bytes: usize) -> u64 {
        let needed = (frame::frame_bytes(payload_bytes) as u64).min(self.frame_bytes);
        self.admission.release(0, self.frame_bytes - needed);
        self.frame_bytes = 0;
        needed
    }

    pub(super) fn is_of(&self, admission: &Arc<Admission>) -> bool {
        Arc::ptr_eq(&self.admission, admission)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        // A spent permit (a frame is never empty) lives on as its record.
        if self.frame_bytes > 0 {
            self.admission.release(1, self.frame_bytes);
        }
    }
}
