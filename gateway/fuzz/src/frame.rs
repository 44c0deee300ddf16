//! The journal's bytes: frames by themselves, and a segment that was written to by somebody else.

use gavel_storage::journal::{
    Error, Journal as _, Options, Pending, SegmentJournal, Start,
    check::check_on,
    conformance::Kept,
    frame::{self, HEADER_BYTES},
    mem_disk::MemDisk,
    record_hash, segment,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

/// The first byte says what to do with the others.
pub fn run(data: &[u8]) {
    match data.split_first() {
        Some((0, rest)) => one_frame(rest, false),
        Some((1, rest)) => one_frame(rest, true),
        Some((2, rest)) => edited_segment(rest, false),
        Some((_, rest)) => edited_segment(rest, true),
        None => {}
    }
}

/// Any bytes as a frame: refused, or exactly what its record is written as.
///
/// `signed`: with the checksums that the bytes would need, so that what lies behind them is reached.
fn one_frame(data: &[u8], signed: bool) {
    let Some((salt, bytes)) = data.split_first_chunk() else {
        return;
    };
    let salt = u32::from_le_bytes(*salt);
    let mut bytes = bytes.to_vec();
    if signed {
        sign(&mut bytes, 0, salt);
    }
    let Ok(header) = frame::decode_header(&bytes, salt) else {
        return;
    };
    let Ok(payload) = header.check_body(&bytes, salt) else {
        return;
    };
    let record = Kept::from(&header.record(payload)).pending;
    let mut again = Vec::new();
    frame::encode(&record, header.flush_lsn, salt, &mut again);
    assert_eq!(again, bytes[..header.frame_bytes()], "a frame has one form");
}

/// Gives the frame at `at` the checksums that its bytes need, if it has room for them.
fn sign(bytes: &mut [u8], at: usize, salt: u32) {
    let crc32 = |bytes: &[u8]| {
        let mut hasher = crc32fast::Hasher::new_with_initial(salt);
        hasher.update(bytes);
        hasher.finalize().to_le_bytes()
    };
    let Some(frame) = bytes.get_mut(at..).filter(|frame| frame.len() >= HEADER_BYTES) else {
        return;
    };
    let length = frame[80..84]
        .iter()
        .rev()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    if let Some(payload) = frame.get(HEADER_BYTES..).and_then(|body| body.get(..length)) {
        let crc = crc32(payload);
        frame[84..88].copy_from_slice(&crc);
    }
    let crc = crc32(&frame[..92]);
    frame[92..96].copy_from_slice(&crc);
}

/// A small journal of two auctions, as it was written.
struct Base {
    path: PathBuf,
    bytes: Vec<u8>,
    salt: u32,
    /// Where each frame begins.
    frames: Vec<usize>,
    records: Vec<Kept>,
}

const DIR: &str = "j";
const SEGMENT_BYTES: u64 = 4096;

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let disk = MemDisk::default();
    let (mut journal, _) = open(&disk).unwrap_or_else(|error| panic!("{error}"));
    let mut records = Vec::new();
    let (mut frames, mut at) = (Vec::new(), segment::HEADER_BYTES);
    for number in 0..12_u8 {
        let auction = u128::from(number % 2);
        let payload = vec![number; 20 + usize::from(number) * 3];
        let record = Pending::chained(
            journal.heads().get(&auction),
            u64::from(number) + 1,
            auction,
            payload,
        );
        let written = journal.append_batch(std::slice::from_ref(&record));
        written.unwrap_or_else(|error| panic!("{error}"));
        frames.push(at);
        at += frame::frame_bytes(record.payload.len());
        records.push(Kept { pending: record });
    }
    drop(journal);
    let path = segment::path(Path::new(DIR), 1);
    let mut files = disk.files().into_iter();
    let (_, bytes) = files.find(|(name, _)| *name == path).unwrap_or_default();
    // Where a segment's header has it.
    let salt = u32::from_le_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    Base {
        path,
        bytes,
        salt,
        frames,
        records,
    }
});

/// Opens the journal there; what it holds.
fn open(disk: &MemDisk) -> Result<(SegmentJournal, Vec<Kept>), Error> {
    let options = Options {
        segment_bytes: SEGMENT_BYTES,
        disk: Arc::new(disk.clone()),
        // The same in every run.
        entropy: || 7,
        has_threads: false,
        ..Options::default()
    };
    let mut kept = Vec::new();
    let opened = SegmentJournal::open(Path::new(DIR), options, Start::beginning(), &mut |record| {
        kept.push(record.into());
    });
    opened.map(|(journal, _)| (journal, kept))
}

fn disk_with(path: &Path, bytes: Vec<u8>) -> MemDisk {
    let disk = MemDisk::default();
    disk.put(path, bytes);
    disk
}

/// A segment with bytes changed, each by an offset (two bytes) and a value: refused with its place,
/// or every record of it is one that was written, in order. Only the last of an auction has nothing
/// after it that would vouch for it.
fn edited_segment(data: &[u8], signed: bool) {
    let Base {
        path,
        bytes,
        salt,
        frames,
        records,
    } = &*BASE;
    let mut bytes = bytes.clone();
    for edit in data.chunks_exact(3).take(64) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % bytes.len();
        bytes[at] = edit[2];
    }
    if signed {
        for at in frames {
            sign(&mut bytes, *at, *salt);
        }
    }
    let Ok((_, kept)) = open(&disk_with(path, bytes.clone())) else {
        return;
    };
    vouched_for(&kept, records);
    // What is opened has nothing that a check would complain of. (The other way round is left to the
    // tests of the check: beside what is damaged it waits for whoever may be writing.)
    let checked = check_on(&Arc::new(disk_with(path, bytes)), Path::new(DIR), &mut |_, _| {
        Ok(())
    });
    let checked = checked.unwrap_or_else(|error| panic!("opened, and cannot be checked: {error}"));
    assert!(checked.damage.is_none(), "opened, and yet {:?}", checked.damage);
    // A last record of which only bytes of the end mark are missing is completed by whoever opens it.
    let completed = u64::from(checked.torn.is_some());
    let opened = kept.len() as u64;
    assert!(
        (checked.records..=checked.records + completed).contains(&opened),
        "{opened} are opened, {} are counted",
        checked.records
    );
}

fn vouched_for(kept: &[Kept], written: &[Kept]) {
    assert!(kept.len() <= written.len(), "more than was written");
    for (index, (found, written)) in kept.iter().zip(written).enumerate() {
        let record = &found.pending;
        assert_eq!(record.lsn, index as u64 + 1);
        let hash = record_hash(record.auction, record.seq, &record.prev, &record.payload);
        assert_eq!(record.hash, hash, "a record's hash is its own");
        // Whoever forges checksums can change what nothing follows.
        let is_followed = kept[index + 1..]
            .iter()
            .any(|later| later.pending.auction == record.auction);
        assert!(
            !is_followed || found == written,
            "record {} is another",
            record.lsn
        );
    }
}
