//! Interrupted writes and changed bytes, exhaustively, on a disk in memory.

use std::sync::Arc;

use super::super::conformance::{Kept, fill};
use super::super::frame::{END_MARK, frame_bytes};
use super::super::mem_disk::MemDisk;
use super::super::{Journal, Options, Pending, SegmentJournal};
use super::*;

const SECTOR_BYTES: usize = 512;

fn dir() -> &'static Path {
    Path::new("journal")
}

fn journal(disk: &MemDisk, segment_bytes: u64) -> SegmentJournal {
    let options = Options {
        segment_bytes,
        disk: Arc::new(disk.clone()),
        ..Options::default()
    };
    SegmentJournal::open(dir(), options, Start::beginning(), &mut |_| {})
        .unwrap()
        .0
}

fn recovered(disk: &MemDisk) -> Result<(Recovery, Vec<Kept>), Error> {
    recovered_from(disk, Start::beginning())
}

fn recovered_from(disk: &MemDisk, start: Start) -> Result<(Recovery, Vec<Kept>), Error> {
    let mut kept = Vec::new();
    let (recovery, _) = recover(disk, dir(), start, &mut |record| {
        kept.push(record.into());
    })?;
    Ok((recovery, kept))
}

fn segment_files(disk: &MemDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = disk.files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"));
    files
}

fn disk_of(path: &Path, bytes: Vec<u8>) -> MemDisk {
    let disk = MemDisk::default();
    disk.put(path, bytes);
    disk
}

/// Where each frame of a first segment ends.
fn frame_ends(all: &[Kept]) -> Vec<usize> {
    let mut end = segment::HEADER_BYTES;
    all.iter()
        .map(|kept| {
            end += frame_bytes(kept.pending.payload.len());
            end
        })
        .collect()
}

const CUT_RECORDS: usize = 320;
const CUT_SEGMENT_BYTES: u64 = 8192;

/// A journal of [`CUT_RECORDS`] short records in several segments.
fn several_segments() -> (Vec<(PathBuf, Vec<u8>)>, Vec<Kept>) {
    let disk = MemDisk::default();
    let mut writer = journal(&disk, CUT_SEGMENT_BYTES);
    let mut all = Vec::new();
    while all.len() < CUT_RECORDS {
        let lsn = all.len() as u64 + 1;
        let mut batch: Vec<Pending> = Vec::new();
        let mut heads = writer.heads().clone();
        for lsn in lsn..=lsn + lsn % 5 {
            let auction = u128::from(lsn % 3);
            let payload = vec![0xb1; usize::try_from(lsn % 11).unwrap()];
            let record = Pending::chained(heads.get(&auction), lsn, auction, payload);
            heads.insert(auction, record.head());
            batch.push(record);
        }
        writer.append_batch(&batch).unwrap();
        all.extend(batch.into_iter().map(|pending| Kept { pending }));
    }
    drop(writer);
    (segment_files(&disk), all)
}

/// What a journal of several segments is after a crash at every byte that was written: cut off there (zeros from there
/// on), and without the segments that came later. Half of the half sectors each, so that two tests can run side by side.
fn cut_at(part: usize) {
    let (files, all) = several_segments();
    assert!(files.len() >= 4, "{} segments", files.len());
    let firsts: Vec<usize> = files
        .iter()
        .map(|(path, _)| segment::first_lsn_of(path.file_name().unwrap().to_str().unwrap()).unwrap())
        .map(|first_lsn| usize::try_from(first_lsn).unwrap() - 1)
        .collect();
    let mut cuts = 0;
    for (index, (path, bytes)) in files.iter().enumerate() {
        let first = firsts[index];
        let end = firsts.get(index + 1).copied().unwrap_or(all.len());
        let ends = frame_ends(&all[first..end]);
        let used = *ends.last().unwrap();
        assert!(
            bytes[used..].iter().all(|byte| *byte == 0),
            "the frames end where they are computed to end"
        );
        // What is in the segments before is read once in a while only: it is the same every time.
        let start = Start {
            from_lsn: first as u64 + 1,
            heads: all[..first]
                .iter()
                .map(|kept| (kept.pending.auction, kept.pending.head()))
                .collect(),
        };
        for cut in (segment::HEADER_BYTES..=used).filter(|cut| cut / 256 % 2 == part) {
            cuts += 1;
            let mut torn = bytes.clone();
            torn[cut..used].fill(0);
            let disk = disk_of(path, torn);
            for (path, bytes) in &files[..index] {
                disk.put(path, bytes.clone());
            }
            let (recovery, kept) = recovered_from(&disk, start.clone()).unwrap();
            let whole = ends.partition_point(|end| *end <= cut);
            // A record of which only bytes of the constant end mark are missing is whole, too.
            let unmarked = ends.get(whole).is_some_and(|end| cut > end - END_MARK.len());
            let expected = first + whole + usize::from(unmarked);
            assert!(
                kept == all[first..expected] && recovery.last_lsn == expected as u64,
                "cut at {cut} of segment {index}: up to {}, not {expected}",
                recovery.last_lsn
            );
            let good_end = whole
                .checked_sub(1)
                .map_or(segment::HEADER_BYTES, |last| ends[last]);
            assert_eq!(
                recovery.torn.is_some(),
                cut > good_end && !unmarked,
                "cut at {cut} of segment {index}"
            );
            if let Some(Torn { file, offset, bytes }) = recovery.torn {
                assert_eq!((&file, usize::try_from(offset).unwrap()), (path, good_end));
                // Zeros at the cut's edge are not told from what was never written.
                assert!(bytes > 0 && usize::try_from(bytes).unwrap() <= cut - good_end);
            }
            if cut % 97 == 0 {
                // What is left is in order: there is nothing to cut, and it takes records.
                let more = fill(&mut journal(&disk, CUT_SEGMENT_BYTES), 5);
                let (recovery, kept) = recovered(&disk).unwrap();
                assert_eq!(recovery.torn, None);
                assert_eq!(kept, [&all[..expected], &more].concat());
            }
        }
    }
    assert!(cuts > CUT_RECORDS * 104 / 2 - 512, "{cuts} cuts");
}

#[test]
fn cut_at_every_byte_opens_to_all_whole_records_1() {
    cut_at(0);
}

#[test]
fn cut_at_every_byte_opens_to_all_whole_records_2() {
    cut_at(1);
}

/// The files of a journal whose last batch, of `batch` records, is on disk whole; and where that batch lies.
fn with_last_batch(batch: u64) -> (PathBuf, Vec<u8>, Vec<Kept>, std::ops::Range<usize>) {
    let disk = MemDisk::default();
    let mut writer = journal(&disk, 64 << 10);
    let mut all = fill(&mut writer, 20);
    let mut heads = writer.heads().clone();
    let start = *frame_ends(&all).last().unwrap();
    let mut pending = Vec::new();
    for lsn in 21..21 + batch {
        let payload = vec![0x5a; 100 + usize::try_from(lsn * 61 % 400).unwrap()];
        let record = Pending::chained(heads.get(&9), lsn, 9, payload);
        heads.insert(9, record.head());
        pending.push(record);
    }
    writer.append_batch(&pending).unwrap();
    drop(writer);
    all.extend(pending.into_iter().map(|pending| Kept { pending }));
    let end = *frame_ends(&all).last().unwrap();
    let (path, bytes) = disk
        .files()
        .into_iter()
        .find(|(path, _)| path.extension().unwrap() == "seg")
        .unwrap();
    (path, bytes, all, start..end)
}

/// A power cut during a flush leaves any of its sectors unwritten. Whatever the pattern, that is a torn tail: nothing of
/// it was acknowledged, and everything before it is kept.
#[test]
fn any_unwritten_sectors_of_the_last_batch_are_a_torn_tail() {
    let (path, bytes, all, batch) = with_last_batch(12);
    let sectors: Vec<usize> = (batch.start / SECTOR_BYTES..batch.end.div_ceil(SECTOR_BYTES)).collect();
    assert!((6..=16).contains(&sectors.len()), "{} sectors", sectors.len());
    let ends = frame_ends(&all);
    for pattern in 1..1_u32 << sectors.len() {
        let mut torn = bytes.clone();
        let mut first_lost = usize::MAX;
        for (bit, sector) in sectors.iter().enumerate() {
            if pattern & (1 << bit) != 0 {
                let from = (sector * SECTOR_BYTES).max(batch.start);
                torn[from..((sector + 1) * SECTOR_BYTES).min(batch.end)].fill(0);
                first_lost = first_lost.min(from);
            }
        }
        let expected = ends.iter().filter(|end| **end <= first_lost).count();
        let (recovery, kept) = recovered(&disk_of(&path, torn)).unwrap();
        assert_eq!(kept, all[..expected], "pattern {pattern:b}");
        assert!(expected >= 20);
        assert_eq!(recovery.last_lsn, expected as u64);
    }
}

/// The same hole before the last batch is damage: the last batch was only written when the one before was durable.
#[test]
fn an_unwritten_sector_before_the_last_batch_is_corruption() {
    let (path, bytes, all, batch) = with_last_batch(2);
    let ends = frame_ends(&all);
    for sector in 1..batch.start / SECTOR_BYTES {
        let mut damaged = bytes.clone();
        let from = sector * SECTOR_BYTES;
        damaged[from..from + SECTOR_BYTES].fill(0);
        let intact = ends.iter().filter(|end| **end <= from).count();
        match recovered(&disk_of(&path, damaged)).map(|_| ()) {
            Err(Error::Corrupt {
                file,
                offset,
                last_good_lsn,
                reason,
            }) => {
                assert_eq!((&file, last_good_lsn), (&path, intact as u64));
                let start = ends[..intact].last().copied().unwrap_or(segment::HEADER_BYTES);
                assert_eq!(usize::try_from(offset).unwrap(), start);
                assert!(
                    reason.contains(&format!("record {} is bad or missing", intact + 1)),
                    "{reason}"
                );
            }
            other => panic!("sector {sector}: {other:?}"),
        }
    }
}

/// Every bit of every byte of a small segment, and every byte inverted and as zero: refused, or nothing lost.
#[test]
fn no_change_of_one_byte_loses_a_record() {
    let disk = MemDisk::default();
    let all = fill(&mut journal(&disk, 4096), 8);
    let (path, bytes) = segment_files(&disk).remove(0);
    let end = *frame_ends(&all).last().unwrap();
    assert!(end < 4000, "one segment, with an unwritten tail");
    let mut refused = 0;
    for at in 0..bytes.len() {
        let was = bytes[at];
        let mut values: Vec<u8> = (0..8).map(|bit| was ^ (1 << bit)).chain([!was, 0]).collect();
        values.retain(|value| *value != was);
        for value in values {
            let mut changed = bytes.clone();
            changed[at] = value;
            match recovered(&disk_of(&path, changed)) {
                // The very last byte is of a constant: without it, the record is still whole.
                Ok((_, kept)) if at >= end || (at == end - 1 && value == 0) => assert_eq!(kept, all),
                Ok(_) => panic!("byte {at} as {value} was not noticed"),
                Err(Error::Corrupt { .. } | Error::UnknownFormat { .. }) if at < end => refused += 1,
                Err(error) => panic!("byte {at} as {value}: {error}"),
            }
        }
    }
    assert!(refused > end * 9 - 1);
}

/// A sync fails, the process ends, and the next one reads what only the kernel's memory has: what it recovers is there
/// after a power cut, too.
#[test]
fn what_a_failed_sync_has_left_in_memory_is_made_durable_before_it_counts() {
    use super::super::sim_disk::{Mishap, SimDisk};

    let disk = SimDisk::new(1 << 20);
    let options = || Options {
        segment_bytes: 16 << 10,
        disk: Arc::new(disk.clone()),
        has_threads: false,
        ..Options::default()
    };
    let open = || {
        let mut kept: Vec<Kept> = Vec::new();
        let opened = SegmentJournal::open(dir(), options(), Start::beginning(), &mut |record| {
            kept.push(record.into());
        });
        (opened.unwrap().0, kept)
    };
    let (mut journal, _) = open();
    let acknowledged = fill(&mut journal, 5).len();
    disk.plan(1, Mishap::FailedSync);
    let head = journal
        .heads()
        .iter()
        .next()
        .map(|(auction, head)| (*auction, *head));
    let (auction, head) = head.unwrap();
    let record = Pending::chained(Some(&head), journal.next_lsn(), auction, vec![7; 100]);
    journal.append_batch(&[record]).unwrap_err();
    drop(journal);

    disk.restart();
    let (journal, recovered) = open();
    assert_eq!(recovered.len(), acknowledged + 1, "the page cache has it");
    drop(journal);
    disk.power_cut(&mut || 0);
    assert_eq!(open().1, recovered);
}
