//! The writer when the disk fails or is full.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod journal_support;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::{Append, DurableSink, Error, Hash, Refusal, WriterOptions};
use journal_support::{PATIENCE, Told, append, open, sink, start, until};

fn fails(break_disk: fn(&MemDisk), is_expected: fn(&Error) -> bool) {
    let disk = MemDisk::default();
    let (writer, fatal) = start(open(&disk, 1 << 20).0, WriterOptions::default());
    let handle = writer.handle();
    let (sink, told) = sink();
    append(&handle, 1, 1, b"kept", &sink);
    assert!(matches!(
        told.recv_timeout(PATIENCE),
        Ok(Told::Durable { seq: 1, .. })
    ));
    break_disk(&disk);
    append(&handle, 1, 2, b"lost", &sink);
    let error = fatal.recv_timeout(PATIENCE).unwrap();
    assert!(is_expected(&error), "{error}");
    until("the end", || {
        handle.reserve().is_err_and(|refusal| refusal == Refusal::Stopped)
    });
    writer.shutdown();
    assert!(told.try_recv().is_err(), "completed after a failure");
    assert!(fatal.try_recv().is_err(), "told twice");
    assert_eq!(handle.durable_lsn(), 1);
}

#[test]
fn a_failed_sync_is_fatal_and_completes_nothing() {
    fails(
        |disk| disk.set_fail_syncs(true),
        |error| matches!(error, Error::Io { action: "sync", .. }),
    );
}

#[test]
fn a_failed_write_is_fatal_and_completes_nothing() {
    fails(
        |disk| disk.set_fail_writes(true),
        |error| matches!(error, Error::Io { action: "write", .. }),
    );
}

#[test]
fn a_panic_on_the_writer_thread_is_fatal() {
    struct Panics;
    impl DurableSink for Panics {
        fn durable(&self, _: u128, _: u64, _: u64, _: Hash) {
            panic!("a sink panicked");
        }
        fn refused(&self, _: u128, _: u64, _: u64) {}
    }
    let (writer, fatal) = start(open(&MemDisk::default(), 1 << 20).0, WriterOptions::default());
    let sink: Arc<dyn DurableSink> = Arc::new(Panics);
    append(&writer.handle(), 1, 1, b"", &sink);
    let error = fatal.recv_timeout(PATIENCE).unwrap();
    assert!(
        matches!(&error, Error::WriterPanicked(message) if message == "a sink panicked"),
        "{error}"
    );
}

/// Without file descriptors the prepared segment is still begun; then nothing more is promised until there are some.
#[test]
fn running_out_of_file_descriptors_refuses_permits_and_recovers() {
    let disk = MemDisk::default();
    let segment_bytes = 16 << 10;
    let options = WriterOptions {
        permit_payload_bytes: 200,
        ..WriterOptions::default()
    };
    let (writer, fatal) = start(open(&disk, segment_bytes).0, options);
    let handle = writer.handle();
    let (sink, told) = sink();
    until("the next segment", || disk.files().len() == 2);
    disk.set_fail_opens(true);
    let mut seq = 0;
    let mut append_one = || match handle.reserve() {
        Ok(permit) => {
            seq += 1;
            let append = Append {
                auction: 1,
                seq,
                payload: vec![1; 200],
                sink: Arc::clone(&sink),
            };
            handle.append(permit, append).unwrap();
            assert!(matches!(told.recv_timeout(PATIENCE), Ok(Told::Durable { .. })));
            true
        }
        Err(refusal) => {
            assert!(matches!(refusal, Refusal::Unavailable | Refusal::Busy));
            false
        }
    };
    until("a segment change", || {
        append_one();
        segments(&disk) == 2
    });
    until("a refusal", || !append_one());
    until("that it is told apart from a busy moment", || {
        handle
            .reserve()
            .is_err_and(|refusal| refusal == Refusal::Unavailable)
    });
    disk.set_fail_opens(false);
    until("room", append_one);
    writer.shutdown();
    assert!(fatal.try_recv().is_err(), "the node would have ended");
    assert_eq!(open(&disk, segment_bytes).1.len() as u64, seq);
}

fn segments(disk: &MemDisk) -> usize {
    let is_segment = |path: &Path| path.extension().is_some_and(|extension| extension == "seg");
    disk.files().iter().filter(|(path, _)| is_segment(path)).count()
}

/// A full disk refuses before it is full: whatever was permitted is written, and it goes on when there is room again.
#[test]
fn a_full_disk_refuses_permits_and_recovers() {
    let disk = MemDisk::default();
    let segment_bytes = 16 << 10;
    // The first segment and the one after it, no more.
    disk.set_free_bytes(2 * segment_bytes);
    let options = WriterOptions {
        permit_payload_bytes: 200,
        ..WriterOptions::default()
    };
    let (writer, fatal) = start(open(&disk, segment_bytes).0, options);
    let handle = writer.handle();
    let (sink, told) = sink();
    let mut seq = 0;
    let refused = |seq: &mut u64| loop {
        match handle.reserve() {
            Ok(permit) => {
                *seq += 1;
                let append = Append {
                    auction: 1,
                    seq: *seq,
                    payload: vec![1; 200],
                    sink: Arc::clone(&sink),
                };
                handle.append(permit, append).unwrap();
            }
            Err(Refusal::Busy) => thread::yield_now(),
            Err(refusal) => return refusal,
        }
    };
    let mut durable = 0;
    // While one segment follows the other, the room may look too small for a moment: it is used up
    // when a permit is refused although nothing is under way.
    loop {
        assert_eq!(refused(&mut seq), Refusal::Unavailable);
        while durable < seq {
            match told.recv_timeout(PATIENCE).unwrap() {
                Told::Durable { seq, .. } => durable = seq,
                Told::Refused { .. } => panic!("refused"),
            }
        }
        if let Err(refusal) = handle.reserve() {
            assert_eq!(refusal, Refusal::Unavailable);
            break;
        }
    }
    let permitted = seq;
    let frame_bytes = gavel_storage::journal::frame::frame_bytes(200) as u64;
    assert!(
        permitted * frame_bytes > segment_bytes,
        "most of two segments is used: {permitted}"
    );
    disk.set_free_bytes(segment_bytes);
    until("room", || handle.reserve().is_ok());
    assert_eq!(refused(&mut seq), Refusal::Unavailable);
    assert!(seq > permitted);
    writer.shutdown();
    assert!(fatal.try_recv().is_err());
    assert_eq!(open(&disk, segment_bytes).1.len() as u64, seq);
}
