use super::*;
use crate::journal::conformance::fill;
use crate::journal::frame::HEADER_BYTES;
use crate::journal::mem_disk::MemDisk;
use crate::journal::{Options, SegmentJournal, Start};

fn dir() -> PathBuf {
    PathBuf::from("/journal")
}

/// A journal of several segments on a disk in memory, closed.
fn filled() -> MemDisk {
    let disk = MemDisk::default();
    let options = Options {
        segment_bytes: 16 << 10,
        disk: Arc::new(disk.clone()),
        ..Options::default()
    };
    let opened = SegmentJournal::open(&dir(), options, Start::beginning(), &mut |_| {});
    fill(&mut opened.unwrap().0, 300);
    disk
}

fn checked(disk: &MemDisk) -> Checked {
    check_on(&Arc::new(disk.clone()), &dir(), &mut |_, _| Ok(())).unwrap()
}

fn segments(disk: &MemDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let files = disk.files().into_iter();
    files
        .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"))
        .collect()
}

#[test]
fn everything_is_counted_and_nothing_is_written() {
    let disk = filled();
    let (files, writes) = (disk.files(), disk.writes());
    let mut places: Vec<(PathBuf, u64, u64)> = Vec::new();
    let checked = check_on(&Arc::new(disk.clone()), &dir(), &mut |record, place| {
        assert_eq!(record.lsn, places.len() as u64 + 1);
        places.push((place.file.to_owned(), place.offset, place.bytes));
        Ok(())
    })
    .unwrap();
    assert_eq!((checked.records, checked.last_lsn), (300, 300));
    assert_eq!((checked.torn, checked.damage), (None, None));
    assert_eq!(checked.segments, segments(&disk).len() as u64);
    assert_eq!(
        checked.bytes,
        places.iter().map(|(_, _, bytes)| bytes).sum::<u64>()
    );
    let seqs: u64 = checked.heads.values().map(|head| head.seq).sum();
    assert_eq!(seqs, 300);
    for (file, offset, _) in &places {
        let bytes = &segments(&disk)
            .into_iter()
            .find(|(path, _)| path == file)
            .unwrap()
            .1;
        let offset = usize::try_from(*offset).unwrap();
        assert_eq!(bytes[offset..offset + 8], frame::MAGIC);
    }
    assert_eq!((disk.files(), disk.writes()), (files, writes));
}

#[test]
fn damage_is_an_answer_with_what_holds_before_it_and_what_lies_beyond() {
    let disk = filled();
    let mut places: Vec<(PathBuf, u64)> = Vec::new();
    let mut auctions = Vec::new();
    check_on(&Arc::new(disk.clone()), &dir(), &mut |record, place| {
        places.push((place.file.to_owned(), place.offset));
        auctions.push(record.auction);
        Ok(())
    })
    .unwrap();
    for bad in [0, 1, 150, 298] {
        let (path, offset) = places[bad].clone();
        let whole = segments(&disk)
            .into_iter()
            .find(|(file, _)| *file == path)
            .unwrap()
            .1;
        let mut bytes = whole.clone();
        bytes[usize::try_from(offset).unwrap() + HEADER_BYTES + 1] ^= 0x20;
        disk.put(&path, bytes);
        let checked = checked(&disk);
        let damage = checked.damage.unwrap();
        assert_eq!((damage.file, damage.offset), (path.clone(), offset));
        assert_eq!(damage.last_good_lsn, bad as u64);
        assert_eq!((checked.records, checked.last_lsn), (bad as u64, bad as u64));
        // Every other record is still made out, each of its auction.
        let beyond: u64 = damage.beyond.values().map(|beyond| beyond.records).sum();
        assert_eq!(beyond, 299 - bad as u64);
        for (auction, beyond) in damage.beyond {
            let of_auction = auctions[bad + 1..].iter().filter(|other| **other == auction);
            assert_eq!(beyond.records, of_auction.count() as u64);
            assert!(beyond.first_seq <= beyond.last_seq);
        }
        disk.put(&path, whole);
    }
    assert_eq!(checked(&disk).damage, None);
}

#[test]
fn a_segment_without_its_header_hides_what_it_holds_and_not_what_follows() {
    let disk = filled();
    let segments = segments(&disk);
    let (path, mut bytes) = segments[1].clone();
    bytes[9] ^= 1;
    disk.put(&path, bytes);
    let damage = checked(&disk).damage.unwrap();
    assert_eq!((&damage.file, damage.offset), (&path, 0));
    let next = segment_of(&segments[2].0);
    assert_eq!(damage.last_good_lsn + 1, segment_of(&path));
    let beyond: u64 = damage.beyond.values().map(|beyond| beyond.records).sum();
    assert_eq!(beyond, 300 - (next - 1));
}

#[test]
fn a_missing_segment_is_damage_where_it_would_begin() {
    let disk = filled();
    let segments = segments(&disk);
    disk.remove(&segments[1].0).unwrap();
    let damage = checked(&disk).damage.unwrap();
    assert_eq!(damage.file, segments[0].0);
    assert_eq!(damage.last_good_lsn + 1, segment_of(&segments[1].0));
    disk.remove(&segments[0].0).unwrap();
    let damage = checked(&disk).damage.unwrap();
    assert_eq!((damage.last_good_lsn, damage.offset), (0, 0));
}

#[test]
fn an_interrupted_write_is_no_damage() {
    let disk = filled();
    let (path, bytes) = segments(&disk).pop().unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for missing in [1, 9, 40] {
        let mut torn = bytes.clone();
        torn[end - missing..].fill(0);
        disk.put(&path, torn);
        let checked = checked(&disk);
        assert_eq!((checked.last_lsn, checked.damage), (299, None));
        let torn = checked.torn.unwrap();
        assert_eq!(torn.file, path);
        assert!(
            torn.bytes > 0 && torn.offset + torn.bytes <= end as u64,
            "{torn:?}"
        );
    }
}

#[test]
fn what_the_visitor_finds_wrong_is_damage_at_the_record() {
    let disk = filled();
    let mut at = None;
    let checked = check_on(&Arc::new(disk), &dir(), &mut |record, place| {
        if record.lsn < 200 {
            return Ok(());
        }
        assert_eq!(at, None, "nothing is visited after it");
        at = Some((place.file.to_owned(), place.offset));
        Err("it says nothing".to_owned())
    })
    .unwrap();
    let damage = checked.damage.unwrap();
    assert_eq!(Some((damage.file, damage.offset)), at);
    assert_eq!((damage.last_good_lsn, checked.records), (199, 199));
    assert!(damage.reason.contains("it says nothing"), "{}", damage.reason);
    // The record itself is whole, as bytes.
    let beyond: u64 = damage.beyond.values().map(|beyond| beyond.records).sum();
    assert_eq!(beyond, 101);
}
