//! What opening does with interrupted writes and with damage, byte by byte, on a disk in memory.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gavel_storage::journal::conformance::{Kept, fill};
use gavel_storage::journal::frame::frame_bytes;
use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::{Error, Journal, Options, Pending, Recovery, SegmentJournal, Start, segment};

fn dir() -> &'static Path {
    Path::new("journal")
}

fn open(disk: &MemDisk, segment_bytes: u64) -> Result<(SegmentJournal, Recovery, Vec<Kept>), Error> {
    let options = Options {
        segment_bytes,
        disk: Arc::new(disk.clone()),
        ..Options::default()
    };
    let mut kept = Vec::new();
    let (journal, recovery) = SegmentJournal::open(dir(), options, Start::beginning(), &mut |record| {
        kept.push(record.into());
    })?;
    Ok((journal, recovery, kept))
}

/// A journal of some records: its segments, and its records.
fn written(segment_bytes: u64, records: u64) -> (Vec<(PathBuf, Vec<u8>)>, Vec<Kept>) {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, segment_bytes).unwrap();
    let all = fill(&mut journal, records);
    drop(journal);
    let mut files = disk.files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"));
    (files, all)
}

fn disk_of(files: &[(PathBuf, Vec<u8>)]) -> MemDisk {
    let disk = MemDisk::default();
    for (path, bytes) in files {
        disk.put(path, bytes.clone());
    }
    disk
}

/// Where each frame ends.
fn frame_ends(all: &[Kept]) -> Vec<usize> {
    let mut end = segment::HEADER_BYTES;
    all.iter()
        .map(|kept| {
            end += frame_bytes(kept.pending.payload.len());
            end
        })
        .collect()
}

#[test]
fn segments_follow_each_other() {
    let (files, all) = written(8192, 300);
    assert!(files.len() > 3);
    let (_, recovery, kept) = open(&disk_of(&files), 8192).unwrap();
    assert_eq!((kept, recovery.torn), (all, None));
    for missing in 0..files.len() - 1 {
        let mut fewer = files.clone();
        fewer.remove(missing);
        let opened = open(&disk_of(&fewer), 8192).map(|_| ());
        assert!(
            matches!(opened, Err(Error::Corrupt { .. })),
            "without segment {missing}: {opened:?}"
        );
    }
    // Without its end, an earlier segment is not a torn tail.
    let mut shorter = files.clone();
    let used = shorter[1].1.iter().rposition(|byte| *byte != 0).unwrap();
    shorter[1].1[used - 200..].fill(0);
    let opened = open(&disk_of(&shorter), 8192).map(|_| ());
    assert!(matches!(opened, Err(Error::Corrupt { file, .. }) if file == files[1].0));
}

#[test]
fn a_segment_of_another_journal_is_refused() {
    let (mut files, _) = written(8192, 300);
    let (others, _) = written(8192, 300);
    files[2].1 = others[2].1.clone();
    let opened = open(&disk_of(&files), 8192).map(|_| ());
    assert!(
        matches!(&opened, Err(Error::Corrupt { reason, .. }) if reason.contains("another journal")),
        "{opened:?}"
    );
}

#[test]
fn a_format_of_the_future_is_refused_by_name() {
    let (mut files, _) = written(8192, 3);
    let bytes = &mut files[0].1;
    bytes[8] = 2;
    let crc = crc32fast::hash(&bytes[..508]);
    bytes[508..512].copy_from_slice(&crc.to_le_bytes());
    let opened = open(&disk_of(&files), 8192).map(|_| ());
    assert!(
        matches!(
            opened,
            Err(Error::UnknownFormat {
                version: 2,
                supported: 1,
                ..
            })
        ),
        "{opened:?}"
    );
}

/// The header, frozen. The checksum was computed with zlib in Python.
#[test]
fn golden_segment_header() {
    let header = segment::Header {
        salt: 0x0403_0201,
        first_lsn: 5,
        node: 0x66,
        segment_bytes: 64 << 20,
    };
    let bytes = header.encode();
    let mut expected = b"GvlSeg\r\n\x01\0\0\0\x01\x02\x03\x04\x05\0\0\0\0\0\0\0\x66".to_vec();
    expected.resize(40, 0);
    expected.extend([0, 0, 0, 4, 0, 0, 0, 0]);
    expected.resize(508, 0);
    expected.extend(GOLDEN_CRC.to_le_bytes());
    assert_eq!(bytes[..], expected[..]);
    assert_eq!(
        segment::path(Path::new("j"), 5),
        Path::new("j/00000000000000000005.seg")
    );
    assert_eq!(segment::first_lsn_of("00000000000000000005.seg"), Some(5));
    for name in [
        "5.seg",
        "prepared-0.new",
        "0000000000000000000x.seg",
        "99999999999999999999.seg",
    ] {
        assert_eq!(segment::first_lsn_of(name), None, "{name}");
    }
}

const GOLDEN_CRC: u32 = 0xf801_bf54;

/// What a payload says cannot be mistaken for a record.
#[test]
fn a_frame_inside_a_payload_is_not_a_record() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, 64 << 10).unwrap();
    let inner = Pending::chained(None, 9, 5, b"forged".to_vec());
    let mut payload = vec![0; 8];
    gavel_storage::journal::frame::encode(&inner, 9, 0, &mut payload);
    payload.resize(600, 1);
    let outer = Pending::chained(None, 1, 7, payload);
    journal.append_batch(std::slice::from_ref(&outer)).unwrap();
    drop(journal);
    let (path, mut bytes) = disk
        .files()
        .into_iter()
        .find(|(path, _)| path.extension().unwrap() == "seg")
        .unwrap();
    let end = frame_ends(&[Kept { pending: outer }])[0];
    bytes[end - 20..].fill(0);
    let (_, recovery, kept) = open(&disk_of(&[(path, bytes)]), 64 << 10).unwrap();
    assert!(kept.is_empty() && recovery.torn.is_some());
}

/// A flush is one write and one sync.
#[test]
fn a_batch_is_one_write_and_one_sync() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, 64 << 10).unwrap();
    let (writes, syncs) = (disk.writes(), disk.syncs());
    let mut batch = Vec::new();
    for lsn in 1..=100 {
        batch.push(Pending::chained(None, lsn, u128::from(lsn), vec![1; 50]));
    }
    journal.append_batch(&batch).unwrap();
    assert_eq!((disk.writes() - writes, disk.syncs() - syncs), (1, 1));
}

#[test]
fn after_a_failed_sync_nothing_is_taken_until_it_is_opened_again() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, 64 << 10).unwrap();
    let record = Pending::chained(None, 1, 1, vec![1; 50]);
    disk.set_fail_syncs(true);
    assert!(matches!(
        journal.append_batch(std::slice::from_ref(&record)),
        Err(Error::Io { action: "sync", .. })
    ));
    disk.set_fail_syncs(false);
    assert!(matches!(journal.append_batch(&[record]), Err(Error::Failed)));
    assert!(journal.heads().is_empty());
}

#[test]
fn what_was_prepared_and_not_used_is_removed() {
    let disk = MemDisk::default();
    drop(open(&disk, 4096).unwrap());
    disk.put(&dir().join("prepared-77.new"), vec![1; 10]);
    drop(open(&disk, 4096).unwrap());
    assert!(
        !disk
            .files()
            .iter()
            .any(|(path, _)| path.ends_with("prepared-77.new"))
    );
}
