//! The writer thread: order, completeness, refusals, failures.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod journal_support;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use gavel_storage::journal::conformance::Kept;
use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::{
    Append, AppendError, DurableSink, Error, Journal, Pending, Reader, Refusal, Room, SegmentJournal, Writer,
    WriterOptions,
};
use journal_support::{PATIENCE, Told, append, open, sink, start, until};

#[test]
fn many_threads_get_every_record_durable_in_order() {
    const THREADS: u64 = 8;
    const RECORDS: u64 = 400;
    let disk = MemDisk::default();
    let (writer, fatal) = start(open(&disk, 64 << 10).0, WriterOptions::default());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let handle = writer.handle();
            scope.spawn(move || {
                let auction = u128::from(number) + 1;
                let (sink, told) = sink();
                for seq in 1..=RECORDS {
                    until("a permit", || match handle.reserve() {
                        Ok(permit) => {
                            let payload = [number.to_le_bytes(), seq.to_le_bytes()].concat();
                            let append = Append {
                                auction,
                                seq,
                                payload,
                                sink: Arc::clone(&sink),
                            };
                            handle.append(permit, append).unwrap();
                            true
                        }
                        Err(refusal) => {
                            assert_eq!(refusal, Refusal::Busy);
                            false
                        }
                    });
                }
                let mut last = (0, 0);
                while last.0 < RECORDS {
                    match told.recv_timeout(PATIENCE).unwrap() {
                        Told::Durable {
                            auction: of,
                            seq,
                            lsn,
                            ..
                        } => {
                            assert_eq!(of, auction);
                            assert!(seq > last.0 && lsn > last.1, "{seq} {lsn} after {last:?}");
                            assert!(handle.durable_lsn() >= lsn);
                            last = (seq, lsn);
                        }
                        Told::Refused { .. } => panic!("refused"),
                    }
                }
                assert_eq!(last.0, RECORDS);
            });
        }
    });
    let handle = writer.handle();
    assert_eq!(handle.durable_lsn(), THREADS * RECORDS);
    let counters = handle.counters();
    assert_eq!(counters.records.load(Ordering::Relaxed), THREADS * RECORDS);
    assert_eq!(counters.bytes.load(Ordering::Relaxed), THREADS * RECORDS * 16);
    assert!(counters.batches.load(Ordering::Relaxed) <= THREADS * RECORDS);
    assert!(counters.fsync_us_max.load(Ordering::Relaxed) >= counters.fsync_us_last.load(Ordering::Relaxed));
    writer.shutdown();
    assert_eq!(handle.outstanding_records(), 0);
    assert!(fatal.try_recv().is_err());
    let mut seqs: HashMap<u128, u64> = HashMap::new();
    for Kept { pending } in open(&disk, 64 << 10).1 {
        let seq = seqs.entry(pending.auction).or_default();
        *seq += 1;
        let payload = [
            (u64::try_from(pending.auction).unwrap() - 1).to_le_bytes(),
            seq.to_le_bytes(),
        ]
        .concat();
        assert_eq!((pending.seq, pending.payload), (*seq, payload));
    }
    assert!(seqs.len() == 8 && seqs.values().all(|seq| *seq == RECORDS));
}

/// A journal whose flushes wait until they are let through, and which remembers its batches.
struct Gated {
    inner: SegmentJournal,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    waiting: AtomicU64,
    batches: Mutex<Vec<usize>>,
}

impl Gate {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

impl Journal for Gated {
    fn append_batch(&mut self, batch: &[Pending]) -> Result<(), Error> {
        self.gate.waiting.fetch_add(1, Ordering::SeqCst);
        let closed = self.gate.open.lock().unwrap();
        drop(
            self.gate
                .opened
                .wait_timeout_while(closed, PATIENCE, |open| !*open)
                .unwrap(),
        );
        self.gate.batches.lock().unwrap().push(batch.len());
        self.inner.append_batch(batch)
    }

    fn next_lsn(&self) -> u64 {
        self.inner.next_lsn()
    }

    fn heads(&self) -> &gavel_storage::journal::Heads {
        self.inner.heads()
    }

    fn payload_bytes_max(&self) -> usize {
        self.inner.payload_bytes_max()
    }

    fn room(&self) -> Arc<Room> {
        self.inner.room()
    }

    fn reader(&self) -> Arc<dyn Reader> {
        self.inner.reader()
    }
}

/// A writer that is held in the flush of one first record.
fn held(options: WriterOptions) -> (Writer, Arc<Gate>, Arc<dyn DurableSink>, Receiver<Told>) {
    let gate = Arc::new(Gate::default());
    let inner = open(&MemDisk::default(), 1 << 20).0;
    let (writer, _) = start(
        Gated {
            inner,
            gate: Arc::clone(&gate),
        },
        options,
    );
    let (sink, told) = sink();
    append(&writer.handle(), 1, 1, b"first", &sink);
    until("the first flush", || gate.waiting.load(Ordering::SeqCst) == 1);
    (writer, gate, sink, told)
}

#[test]
fn what_queues_up_during_a_flush_is_the_next_batch() {
    let options = WriterOptions {
        batch_records_max: 10,
        ..WriterOptions::default()
    };
    let (writer, gate, sink, told) = held(options);
    let handle = writer.handle();
    for seq in 2..=13 {
        append(&handle, 1, seq, b"next", &sink);
    }
    append(&handle, 2, 1, b"other", &sink);
    assert!(told.try_recv().is_err(), "nothing is durable yet");
    assert_eq!(handle.durable_lsn(), 0);
    gate.open();
    writer.shutdown();
    assert_eq!(*gate.batches.lock().unwrap(), [1, 10, 3]);
    // Once per auction and batch, with the last seq.
    let told: Vec<_> = told.try_iter().collect();
    let durable: Vec<_> = told
        .iter()
        .map(|told| match told {
            Told::Durable {
                auction, seq, lsn, ..
            } => (*auction, *seq, *lsn),
            Told::Refused { .. } => panic!("refused"),
        })
        .collect();
    assert_eq!(durable, [(1, 1, 1), (1, 11, 11), (1, 13, 13), (2, 1, 14)]);
}

#[test]
fn a_batch_is_bounded_in_bytes() {
    let (writer, gate, sink, _told) = held(WriterOptions {
        batch_bytes_max: 1000,
        ..WriterOptions::default()
    });
    for seq in 2..=9 {
        append(&writer.handle(), 1, seq, &[1; 400], &sink);
    }
    gate.open();
    writer.shutdown();
    assert_eq!(*gate.batches.lock().unwrap(), [1, 3, 3, 2]);
}

#[test]
fn permits_are_bounded_and_given_back() {
    let options = WriterOptions {
        records_max: 3,
        ..WriterOptions::default()
    };
    let (writer, gate, sink, told) = held(options);
    let handle = writer.handle();
    let permits = [handle.reserve().unwrap(), handle.reserve().unwrap()];
    assert_eq!(handle.reserve().unwrap_err(), Refusal::Busy);
    assert_eq!(handle.outstanding_records(), 3);
    drop(permits);
    let [second, third] = [handle.reserve().unwrap(), handle.reserve().unwrap()];
    // A permit is good however full it is.
    for (seq, permit) in [(2, second), (3, third)] {
        assert_eq!(handle.reserve().unwrap_err(), Refusal::Busy);
        let append = Append {
            auction: 1,
            seq,
            payload: vec![1; permit.payload_bytes_max()],
            sink: Arc::clone(&sink),
        };
        handle.append(permit, append).unwrap();
    }
    gate.open();
    until("room", || handle.reserve().is_ok());
    let last = told
        .recv_timeout(PATIENCE)
        .and_then(|_| told.recv_timeout(PATIENCE))
        .unwrap();
    assert!(matches!(last, Told::Durable { seq: 3, .. }));
    writer.shutdown();
    assert_eq!(handle.outstanding_records(), 0);
    assert_eq!(handle.reserve().unwrap_err(), Refusal::Stopped);
}

#[test]
fn bytes_are_bounded_and_a_permit_grows_within_them() {
    let options = WriterOptions {
        bytes_max: 10_000,
        permit_payload_bytes: 1000,
        ..WriterOptions::default()
    };
    let (writer, gate, sink, _told) = held(options);
    let handle = writer.handle();
    let mut permit = handle.reserve().unwrap();
    let too_long = Append {
        auction: 1,
        seq: 2,
        payload: vec![1; 1001],
        sink: Arc::clone(&sink),
    };
    let refused = handle.append(handle.reserve().unwrap(), too_long);
    assert_eq!(
        refused,
        Err(AppendError::PayloadTooLarge {
            bytes: 1001,
            bytes_max: 1000
        })
    );
    assert_eq!(permit.grow(20_000), Err(Refusal::Busy));
    assert_eq!(permit.payload_bytes_max(), 1000);
    permit.grow(9000).unwrap();
    assert_eq!(handle.reserve().unwrap_err(), Refusal::Busy);
    // What the record does not need is given back at once.
    handle
        .append(
            permit,
            Append {
                auction: 1,
                seq: 2,
                payload: vec![1; 4000],
                sink,
            },
        )
        .unwrap();
    let permits: Vec<_> = std::iter::from_fn(|| handle.reserve().ok()).collect();
    assert_eq!(permits.len(), 5);
    drop(permits);
    gate.open();
    writer.shutdown();
}

#[test]
fn permits_of_another_writer_are_refused() {
    let (one, _) = start(open(&MemDisk::default(), 1 << 20).0, WriterOptions::default());
    let (other, _) = start(open(&MemDisk::default(), 1 << 20).0, WriterOptions::default());
    let (sink, _told) = sink();
    let append = Append {
        auction: 1,
        seq: 1,
        payload: Vec::new(),
        sink,
    };
    let refused = other.handle().append(one.handle().reserve().unwrap(), append);
    assert_eq!(refused, Err(AppendError::ForeignPermit));
    assert_eq!(one.handle().outstanding_records(), 0);
}

#[test]
fn a_seq_that_does_not_follow_is_refused_and_nothing_else() {
    let disk = MemDisk::default();
    let (writer, _) = start(open(&disk, 1 << 20).0, WriterOptions::default());
    let handle = writer.handle();
    let (good, told_good) = sink();
    let (bad, told_bad) = sink();
    append(&handle, 1, 1, b"one", &good);
    append(&handle, 1, 3, b"gap", &bad);
    append(&handle, 1, 1, b"again", &bad);
    append(&handle, 2, 2, b"not the first", &bad);
    append(&handle, 1, 2, b"two", &good);
    writer.shutdown();
    let refused: Vec<_> = told_bad.try_iter().collect();
    let refusal = |auction, seq, expected_seq| Told::Refused {
        auction,
        seq,
        expected_seq,
    };
    assert_eq!(refused, [refusal(1, 3, 2), refusal(1, 1, 2), refusal(2, 2, 1)]);
    assert!(matches!(
        told_good.try_iter().last(),
        Some(Told::Durable {
            auction: 1,
            seq: 2,
            lsn: 2,
            ..
        })
    ));
    let payloads: Vec<_> = open(&disk, 1 << 20)
        .1
        .into_iter()
        .map(|kept| kept.pending.payload)
        .collect();
    assert_eq!(payloads, [b"one", b"two"]);
}

#[test]
fn a_barrier_comes_after_everything_before_it_and_replay_sees_it() {
    let (writer, gate, sink, _told) = held(WriterOptions::default());
    let handle = writer.handle();
    append(&handle, 1, 2, b"second", &sink);
    append(&handle, 2, 1, b"other", &sink);
    let (sender, passed) = mpsc::channel();
    handle
        .barrier(Box::new(move |durable_lsn, heads| {
            let _ = sender.send((durable_lsn, heads[&1].seq, heads[&2].seq));
        }))
        .unwrap();
    assert!(passed.try_recv().is_err());
    gate.open();
    assert_eq!(passed.recv_timeout(PATIENCE), Ok((3, 2, 1)));
    let mut seen = Vec::new();
    let replayed = handle.replay(1, 0..=u64::MAX, &mut |record| {
        seen.push((record.seq, record.payload.to_vec()));
        ControlFlow::Continue(())
    });
    replayed.unwrap();
    assert_eq!(seen, [(1, b"first".to_vec()), (2, b"second".to_vec())]);
    writer.shutdown();
    let refused = handle.barrier(Box::new(|_, _| panic!("ran after the end")));
    assert_eq!(refused, Err(Refusal::Stopped));
    assert_eq!(handle.outstanding_records(), 0);
}
