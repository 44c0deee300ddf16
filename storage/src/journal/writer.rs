//! The thread that owns the journal, and the handle that everybody else holds.
//!
//! What queues up while a batch is being flushed is the next batch; nothing waits for more to come.

#[cfg(feature = "simulation")]
mod stepped;

#[cfg(feature = "simulation")]
pub use stepped::SteppedWriter;

use std::collections::HashMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};
use std::time::Instant;
use std::{fmt, io};

use super::admission::Admission;
use super::{Counters, Error, Hash, Head, Heads, Journal, Pending, Permit, Reader, Record, Refusal};

/// Learns what became of appended records. Called on the writer thread: it must be cheap and must not block.
pub trait DurableSink: Send + Sync {
    /// Every record of `auction` up to `seq` is durable. Called once per auction per batch, with the last record of the
    /// batch: its seq, LSN and hash.
    fn durable(&self, auction: u128, seq: u64, lsn: u64, hash: Hash);

    /// A record was **not** written, because the auction's next record is `expected_seq`. Whoever appended it does not
    /// know the auction's true state: it must stop and replay.
    fn refused(&self, auction: u128, seq: u64, expected_seq: u64);
}

/// A record to append.
pub struct Append {
    /// The auction.
    pub auction: u128,
    /// One more than the auction's last record, from 1.
    pub seq: u64,
    /// Opaque bytes, at most what the permit covers.
    pub payload: Vec<u8>,
    /// Who is told.
    pub sink: Arc<dyn DurableSink>,
}

impl fmt::Debug for Append {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Append")
            .field("auction", &self.auction)
            .field("seq", &self.seq)
            .field("payload_bytes", &self.payload.len())
            .finish_non_exhaustive()
    }
}

/// Why a record was not taken. Never for lack of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Longer than the permit covers.
    #[error("payload of {bytes} bytes, the permit covers {bytes_max}")]
    PayloadTooLarge {
        /// Its length.
        bytes: usize,
        /// What the permit covers.
        bytes_max: usize,
    },
    /// The permit comes from another writer.
    #[error("the permit comes from another writer")]
    ForeignPermit,
    /// The writer has stopped.
    #[error("the journal is closed")]
    Stopped,
}

/// Runs on the writer thread, with the last durable LSN and the last record of every auction.
pub type Barrier = Box<dyn FnOnce(u64, &Heads) + Send>;

/// Runs on the writer thread when the journal failed. It should end the process: what is on disk is unknown until the
/// journal is opened again, and nothing that is outstanding will ever complete.
pub type Fatal = Box<dyn Fn(Error) + Send>;

/// The bounds of a [`Writer`].
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// Permits and records outstanding at once. 16,384.
    pub records_max: usize,
    /// Frame bytes outstanding at once. 64 MiB.
    pub bytes_max: u64,
    /// Records in one batch. 1,024.
    pub batch_records_max: usize,
    /// Payload bytes after which a batch is closed. 4 MiB.
    pub batch_bytes_max: usize,
    /// What a fresh permit covers, in bytes. 2 KiB.
    pub permit_payload_bytes: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        Self {
            records_max: 16_384,
            bytes_max: 64 << 20,
            batch_records_max: 1024,
            batch_bytes_max: 4 << 20,
            permit_payload_bytes: 2048,
        }
    }
}

enum Job {
    Append { append: Append, frame_bytes: u64 },
    Barrier(Barrier),
    Stop,
}

struct Shared {
    admission: Arc<Admission>,
    counters: Counters,
    durable_lsn: AtomicU64,
    reader: Arc<dyn Reader>,
    permit_payload_bytes: usize,
    payload_bytes_max: usize,
    /// Told of every job by who has no thread that waits for them.
    wake: Option<Wake>,
}

/// See [`Shared::wake`].
type Wake = Box<dyn Fn() + Send + Sync>;

impl Shared {
    fn of(journal: &dyn Journal, options: &WriterOptions, wake: Option<Wake>) -> Arc<Self> {
        let payload_bytes_max = journal.payload_bytes_max();
        Arc::new(Self {
            admission: Arc::new(Admission::new(
                journal.room(),
                options.records_max,
                options.bytes_max,
            )),
            counters: Counters::default(),
            durable_lsn: AtomicU64::new(journal.next_lsn() - 1),
            reader: journal.reader(),
            permit_payload_bytes: options.permit_payload_bytes.min(payload_bytes_max),
            payload_bytes_max,
            wake,
        })
    }
}

/// Appends to the journal. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    // Bounded by the permits, so a send cannot fail for lack of room.
    jobs: Sender<Job>,
}

impl Handle {
    /// The right to append one record later, without any further refusal. Never waits.
    ///
    /// # Errors
    /// [`Refusal`]: too much is outstanding, the disk is full, or the writer has stopped.
    pub fn reserve(&self) -> Result<Permit, Refusal> {
        self.shared.admission.reserve(self.shared.permit_payload_bytes)
    }

    /// Hands a record over. Its sink is told when it is durable.
    ///
    /// # Errors
    /// [`AppendError`]; the record was not taken and the permit is given back.
    pub fn append(&self, permit: Permit, append: Append) -> Result<(), AppendError> {
        let bytes = append.payload.len();
        let bytes_max = permit.payload_bytes_max().min(self.shared.payload_bytes_max);
        if bytes > bytes_max {
            return Err(AppendError::PayloadTooLarge { bytes, bytes_max });
        }
        if !permit.is_of(&self.shared.admission) {
            return Err(AppendError::ForeignPermit);
        }
        let frame_bytes = permit.spend(bytes);
        self.send(Job::Append { append, frame_bytes }, frame_bytes)
    }

    /// Runs `barrier` once everything appended before is durable. What restarts an auction's actor waits for this before
    /// it replays: records of the actor before it may still be under way. Needs no room on the disk.
    ///
    /// # Errors
    /// [`Refusal::Busy`], [`Refusal::Stopped`].
    pub fn barrier(&self, barrier: Barrier) -> Result<(), Refusal> {
        self.shared.admission.claim_place()?;
        self.send(Job::Barrier(barrier), 0).map_err(|_| Refusal::Stopped)
    }

    /// Visits the durable records of one auction in a range of LSNs, of which not all need be durable.
    ///
    /// # Errors
    /// Those of [`Reader::scan`].
    pub fn replay(
        &self,
        auction: u128,
        lsns: RangeInclusive<u64>,
        visit: &mut dyn FnMut(&Record<'_>) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let last_lsn = self.durable_lsn().min(*lsns.end());
        self.shared
            .reader
            .scan(*lsns.start()..=last_lsn, Some(auction), visit)
    }

    /// The last LSN that is durable.
    pub fn durable_lsn(&self) -> u64 {
        self.shared.durable_lsn.load(Ordering::Acquire)
    }

    /// Permits given and records not durable yet.
    #[cfg(any(test, feature = "conformance"))]
    pub fn outstanding_records(&self) -> u64 {
        self.shared.admission.outstanding_records()
    }

    /// The longest payload that a permit can be grown to, in bytes.
    pub fn payload_bytes_max(&self) -> usize {
        self.shared.payload_bytes_max
    }

    /// What was done since the start.
    pub fn counters(&self) -> &Counters {
        &self.shared.counters
    }

    fn send(&self, job: Job, frame_bytes: u64) -> Result<(), AppendError> {
        self.jobs.send(job).map_err(|_| {
            self.shared.admission.release(1, frame_bytes);
            AppendError::Stopped
        })?;
        if let Some(wake) = &self.shared.wake {
            wake();
        }
        Ok(())
    }
}

/// The writer thread. Dropping it drains and stops it.
pub struct Writer {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread that owns `journal` from now on.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn start(journal: Box<dyn Journal>, options: WriterOptions, fatal: Fatal) -> io::Result<Self> {
        let shared = Shared::of(&*journal, &options, None);
        let (jobs, queue) = mpsc::channel();
        let work = Work::new(journal, options, Arc::clone(&shared));
        let stopped = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("journal-writer".to_owned())
            .spawn(move || {
                // The queue is not dropped before this returns, nor is anything in it completed after a failure.
                let ended = panic::catch_unwind(AssertUnwindSafe(|| work.run(&queue)));
                stopped.admission.stop();
                match ended {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => fatal(error),
                    Err(panicked) => fatal(Error::WriterPanicked(panic_message(&*panicked))),
                }
            })?;
        Ok(Self {
            handle: Handle { shared, jobs },
            thread: Some(thread),
        })
    }

    /// A handle to append with.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Refuses new permits, makes durable what was appended, and ends the thread.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.handle.shared.admission.stop();
        // Fails only if the thread has ended already.
        let _ = self.handle.jobs.send(Job::Stop);
        if let Some(thread) = self.thread.take() {
            // Panics inside the thread were caught and given to the fatal hook.
            let _ = thread.join();
        }
    }
}

fn panic_message(panicked: &(dyn std::any::Any + Send)) -> String {
    let text = panicked.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panicked.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

/// Where an auction stands, counting what is in the batch.
struct Tip {
    head: Head,
    /// Its place among the completions of the batch being collected.
    completion: Option<usize>,
}

struct Completion {
    auction: u128,
    head: Head,
    sink: Arc<dyn DurableSink>,
}

struct Work {
    journal: Box<dyn Journal>,
    options: WriterOptions,
    shared: Arc<Shared>,
    tips: HashMap<u128, Tip>,
    batch: Vec<Pending>,
    completions: Vec<Completion>,
    barriers: Vec<Barrier>,
}

/// What a batch has claimed of the admission's bounds.
#[derive(Default)]
struct Claimed {
    records: u64,
    frame_bytes: u64,
    payload_bytes: usize,
}

impl Work {
    fn new(journal: Box<dyn Journal>, options: WriterOptions, shared: Arc<Shared>) -> Self {
        let tip = |head: &Head| Tip {
            head: *head,
            completion: None,
        };
        let tips = journal
            .heads()
            .iter()
            .map(|(auction, head)| (*auction, tip(head)))
            .collect();
        Self {
            journal,
            options,
            shared,
            tips,
            batch: Vec::new(),
            completions: Vec::new(),
            barriers: Vec::new(),
        }
    }

    fn run(mut self, queue: &Receiver<Job>) -> Result<(), Error> {
        let mut stopping = false;
        while !stopping {
            let Ok(first) = queue.recv() else { return Ok(()) };
            let claimed = self.collect_batch(first, queue, &mut stopping);
            self.flush(&claimed)?;
        }
        // What was appended before the stop was asked for came before it in the queue; what came after is drained too.
        while let Ok(job) = queue.try_recv() {
            let mut claimed = Claimed::default();
            self.collect(job, &mut claimed);
            self.flush(&claimed)?;
        }
        Ok(())
    }

    /// Takes what has queued up into the batch, as far as it goes.
    fn collect_batch(&mut self, first: Job, queue: &Receiver<Job>, stopping: &mut bool) -> Claimed {
        let mut claimed = Claimed::default();
        let mut next = Some(first);
        while let Some(job) = next {
            *stopping |= self.collect(job, &mut claimed);
            let is_full = self.batch.len() >= self.options.batch_records_max
                || claimed.payload_bytes >= self.options.batch_bytes_max;
            next = if is_full { None } else { queue.try_recv().ok() };
        }
        claimed
    }

    /// Takes a job into the batch; `true` if it asks to stop.
    fn collect(&mut self, job: Job, claimed: &mut Claimed) -> bool {
        match job {
            Job::Stop => return true,
            Job::Barrier(barrier) => {
                claimed.records += 1;
                self.barriers.push(barrier);
            }
            Job::Append { append, frame_bytes } => {
                claimed.records += 1;
                claimed.frame_bytes += frame_bytes;
                self.chain(append, claimed);
            }
        }
        false
    }

    fn chain(&mut self, append: Append, claimed: &mut Claimed) {
        let Append {
            auction,
            seq,
            payload,
            sink,
        } = append;
        let lsn = self.journal.next_lsn() + self.batch.len() as u64;
        let tip = self.tips.get_mut(&auction);
        let head = tip.as_ref().map(|tip| tip.head);
        let expected_seq = head.map_or(1, |head| head.seq + 1);
        if seq != expected_seq {
            tracing::error!(
                auction = format!("{auction:032x}"),
                seq,
                expected_seq,
                "record refused"
            );
            sink.refused(auction, seq, expected_seq);
            return;
        }
        claimed.payload_bytes += payload.len();
        let record = Pending::chained(head.as_ref(), lsn, auction, payload);
        let head = record.head();
        self.batch.push(record);
        if let Some(Tip {
            completion: Some(index),
            head: tip_head,
        }) = tip
        {
            *tip_head = head;
            self.completions[*index] = Completion { auction, head, sink };
        } else {
            let completion = Some(self.completions.len());
            self.tips.insert(auction, Tip { head, completion });
            self.completions.push(Completion { auction, head, sink });
        }
    }

    fn flush(&mut self, claimed: &Claimed) -> Result<(), Error> {
        self.write()?;
        self.complete(claimed);
        Ok(())
    }

    /// Makes the batch durable.
    fn write(&mut self) -> Result<(), Error> {
        if let Some(last) = self.batch.last() {
            let last_lsn = last.lsn;
            let started = Instant::now();
            self.journal.append_batch(&self.batch)?;
            let counters = &self.shared.counters;
            let payload_bytes = self.batch.iter().map(|record| record.payload.len()).sum();
            counters.batch(self.batch.len(), payload_bytes, started.elapsed());
            self.shared.durable_lsn.store(last_lsn, Ordering::Release);
            self.batch.clear();
        }
        Ok(())
    }

    /// Tells everybody who waits for the batch.
    fn complete(&mut self, claimed: &Claimed) {
        self.shared
            .admission
            .release(claimed.records, claimed.frame_bytes);
        for Completion { auction, head, sink } in self.completions.drain(..) {
            if let Some(tip) = self.tips.get_mut(&auction) {
                tip.completion = None;
            }
            sink.durable(auction, head.seq, head.lsn, head.hash);
        }
        for barrier in self.barriers.drain(..) {
            barrier(
                self.shared.durable_lsn.load(Ordering::Acquire),
                self.journal.heads(),
            );
        }
    }
}
