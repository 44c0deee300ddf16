//! What the tests of the writer share.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use gavel_storage::journal::conformance::Kept;
use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::{
    Append, DurableSink, Error, Handle, Hash, Journal, Options, SegmentJournal, Start, Writer, WriterOptions,
};

/// Tests wait for events; this only bounds how long a broken one hangs.
pub const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, PartialEq, Eq, Clone)]
pub enum Told {
    Durable {
        auction: u128,
        seq: u64,
        lsn: u64,
        hash: Hash,
    },
    Refused {
        auction: u128,
        seq: u64,
        expected_seq: u64,
    },
}

struct Sink(Mutex<Sender<Told>>);

impl DurableSink for Sink {
    fn durable(&self, auction: u128, seq: u64, lsn: u64, hash: Hash) {
        let _ = self.0.lock().unwrap().send(Told::Durable {
            auction,
            seq,
            lsn,
            hash,
        });
    }

    fn refused(&self, auction: u128, seq: u64, expected_seq: u64) {
        let _ = self.0.lock().unwrap().send(Told::Refused {
            auction,
            seq,
            expected_seq,
        });
    }
}

pub fn sink() -> (Arc<dyn DurableSink>, Receiver<Told>) {
    let (sender, told) = mpsc::channel();
    (Arc::new(Sink(Mutex::new(sender))), told)
}

pub fn open(disk: &MemDisk, segment_bytes: u64) -> (SegmentJournal, Vec<Kept>) {
    let options = Options {
        segment_bytes,
        disk: Arc::new(disk.clone()),
        prepare_retry: Duration::from_millis(1),
        ..Options::default()
    };
    let mut kept = Vec::new();
    let opened = SegmentJournal::open(Path::new("j"), options, Start::beginning(), &mut |record| {
        kept.push(record.into());
    });
    (opened.unwrap().0, kept)
}

pub fn start(journal: impl Journal + 'static, options: WriterOptions) -> (Writer, Receiver<Error>) {
    let (sender, fatal) = mpsc::channel();
    let hook = Box::new(move |error| {
        let _ = sender.send(error);
    });
    (Writer::start(Box::new(journal), options, hook).unwrap(), fatal)
}

pub fn append(handle: &Handle, auction: u128, seq: u64, payload: &[u8], sink: &Arc<dyn DurableSink>) {
    let permit = handle.reserve().unwrap();
    let append = Append {
        auction,
        seq,
        payload: payload.to_vec(),
        sink: Arc::clone(sink),
    };
    handle.append(permit, append).unwrap();
}

/// Waits for a condition that another thread brings about.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::yield_now();
    }
}
