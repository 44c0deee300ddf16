//! Durable records a second through the journal's writer, beside a bare loop of one preallocated
//! write and one fdatasync for the same bytes, and beside the same writer with a sled journal, in the same run. Prints the
//! ratios.
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

use gavel_storage::journal::{self, Append, DurableSink, Hash, Kind, Options, Start, Writer, WriterOptions};
use std::{
    fs::OpenOptions,
    os::unix::fs::FileExt,
    sync::{Arc, Condvar, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

const RECORDS: u64 = 200_000;
/// sled takes its time.
const SLED_RECORDS: u64 = 20_000;
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

fn through_the_writer(kind: Kind, records: u64) -> (f64, f64) {
    let dir = tempfile::tempdir_in(".").unwrap();
    let opened = journal::open(
        kind,
        dir.path(),
        &Options::default(),
        Start::beginning(),
        &mut |_| {},
    );
    let (journal, _) = opened.unwrap();
    let fatal = Box::new(|error| panic!("{error}"));
    let writer = Writer::start(journal, WriterOptions::default(), fatal).unwrap();
    let handle = writer.handle();
    let counter = Arc::new(Counter::default());
    let started = Instant::now();
    for seq in 1..=records {
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
            .wait_while(counter.durable.lock().unwrap(), |durable| *durable < records)
            .unwrap(),
    );
    let seconds = started.elapsed().as_secs_f64();
    let batches = handle.counters().batches.load(Ordering::Relaxed) as f64;
    writer.shutdown();
    (records as f64 / seconds, records as f64 / batches)
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
    // Three rounds, taken in turns, so that a disturbance of the machine meets all.
    let (mut ratios, mut sled_ratios) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        let (journal, records_per_batch) = through_the_writer(Kind::Segments, RECORDS);
        let frame_bytes = journal::frame::frame_bytes(PAYLOAD_BYTES);
        let bare = bare(records_per_batch, frame_bytes);
        let (sled, records_per_sled_batch) = through_the_writer(Kind::Sled, SLED_RECORDS);
        println!(
            "round {round}: journal {journal:.0} records/s in batches of {records_per_batch:.0}, bare loop {bare:.0}/s, ratio {:.2}; \
             sled journal {sled:.0}/s in batches of {records_per_sled_batch:.0}, ratio to segments {:.3}",
            journal / bare,
            sled / journal,
        );
        ratios.push(journal / bare);
        sled_ratios.push(sled / journal);
    }
    ratios.sort_by(f64::total_cmp);
    sled_ratios.sort_by(f64::total_cmp);
    println!(
        "durable records against the bare loop, median of three: {:.2}; the sled journal against segments: {:.3}",
        ratios[1], sled_ratios[1]
    );
}
