//! Durable records a second through the journal's writer, beside a bare loop of one preallocated
//! write and one fdatasync for the same bytes, in the same run. Prints the ratio.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and ends when it cannot go on"
)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and rates far below 2^52"
)]

use gavel_storage::journal::{
    Append, DurableSink, Hash, Options, SegmentJournal, Start, Writer, WriterOptions,
};
use std::{
    fs::OpenOptions,
    os::unix::fs::FileExt,
    sync::{Arc, Condvar, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

const RECORDS: u64 = 200_000;
const OUTSTANDING: u64 = 1024;
const PAYLOAD_BYTES: usize = 150;

/// Counts what is durable.
#[derive(Default)]
struct Counter {
    durable: Mutex<u64>,
    changed: Condvar,
}

impl DurableSink for Counter {
    fn durable(&self, _: u128, seq: u64, _: u64, _: Hash) {
        *self.durable.lock().unwrap() = seq;
        self.changed.notify_all();
    }
    fn refused(&self, _: u128, seq: u64, expected_seq: u64) {
        panic!("record {seq} was refused, {expected_seq} was expected");
    }
}

fn through_the_writer() -> (f64, f64) {
    let dir = tempfile::tempdir_in(".").unwrap();
    let (journal, _) =
        SegmentJournal::open(dir.path(), Options::default(), Start::beginning(), &mut |_| {}).unwrap();
    let fatal = Box::new(|error| panic!("{error}"));
    let writer = Writer::start(Box::new(journal), WriterOptions::default(), fatal).unwrap();
    let handle = writer.handle();
    let counter = Arc::new(Counter::default());
    let started = Instant::now();
    for seq in 1..=RECORDS {
        let full = |durable: &mut u64| seq - *durable > OUTSTANDING;
        drop(
            counter
                .changed
                .wait_while(counter.durable.lock().unwrap(), full)
                .unwrap(),
        );
        let permit = handle.reserve().unwrap();
        let sink = Arc::clone(&counter) as Arc<dyn DurableSink>;
        handle
            .append(
                permit,
                Append {
                    auction: 1,
                    seq,
                    payload: vec![7; PAYLOAD_BYTES],
                    sink,
                },
            )
            .unwrap();
    }
    drop(
        counter
            .changed
            .wait_while(counter.durable.lock().unwrap(), |durable| *durable < RECORDS)
            .unwrap(),
    );
    let seconds = started.elapsed().as_secs_f64();
    let batches = handle.counters().batches.load(Ordering::Relaxed) as f64;
    writer.shutdown();
    (RECORDS as f64 / seconds, RECORDS as f64 / batches)
}

/// The same bytes in batches of the same size.
fn bare(records_per_batch: f64, frame_bytes: usize) -> f64 {
    let dir = tempfile::tempdir_in(".").unwrap();
    let file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(dir.path().join("bare"))
        .unwrap();
    let records = records_per_batch.round().max(1.0) as usize;
    let batch = vec![7_u8; records * frame_bytes];
    let total = RECORDS as usize * frame_bytes;
    // Preallocated and zero-filled, as the journal's segments are.
    let zeros = vec![0_u8; 1 << 20];
    for offset in (0..total + batch.len()).step_by(zeros.len()) {
        file.write_all_at(&zeros, offset as u64).unwrap();
    }
    file.sync_all().unwrap();
    let started = Instant::now();
    let mut offset = 0;
    while offset < total {
        file.write_all_at(&batch, offset as u64).unwrap();
        file.sync_data().unwrap();
        offset += batch.len();
    }
    RECORDS as f64 / started.elapsed().max(Duration::from_nanos(1)).as_secs_f64()
}

fn main() {
    // Three rounds, taken in turns, so that a disturbance of the machine meets both.
    let mut ratios: Vec<f64> = (1..=3)
        .map(|round| {
            let (journal, records_per_batch) = through_the_writer();
            let frame_bytes = gavel_storage::journal::frame::frame_bytes(PAYLOAD_BYTES);
            let bare = bare(records_per_batch, frame_bytes);
            let ratio = journal / bare;
            println!(
                "round {round}: journal {journal:.0} records/s in batches of {records_per_batch:.0}, bare loop {bare:.0}/s, ratio {ratio:.2}"
            );
            ratio
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "durable records against the bare loop, median of three: {:.2}",
        ratios[1]
    );
}
