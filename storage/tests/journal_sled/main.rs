//! The sled journal: whatever sled loses or changes is noticed, and nothing is ever begun anew in its place.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod damage;
#[path = "../journal_support/mod.rs"]
#[expect(dead_code, reason = "some of it is for segments only")]
mod journal_support;
mod place;

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use gavel_storage::journal::conformance::{Image, Place, fill, reopen};
use gavel_storage::journal::{
    self, Error, Kind, Options, Pending, Refusal, SledJournal, SledOptions, Start, Survey, WriterOptions,
};
use journal_support::{PATIENCE, Told, append, sink, start, until};
use place::{SledPlace, options, write_image};
use tempfile::TempDir;

mod conformance {
    use super::{Place, SledPlace};

    fn fresh() -> Box<dyn Place> {
        Box::new(SledPlace::fresh())
    }

    // Damage to sled's files is told from what it does: see damage.rs.
    gavel_storage::journal_conformance!(@cases fresh: empty keeps_everything scans refuses_disorder payload_limits
        starts_from_heads notices_wrong_heads);
}

/// Changes the entries under Gavel's feet, as sled does when it loses some.
fn tampered(place: &SledPlace, change: impl FnOnce(&sled::Db)) {
    // The journal's handle lets go a moment after it is dropped.
    let mut opened = None;
    until("sled", || {
        opened = sled::open(place.sled()).ok();
        opened.is_some()
    });
    let db = opened.unwrap();
    change(&db);
    db.flush().unwrap();
}

fn key(lsn: u64) -> Vec<u8> {
    [&lsn.to_be_bytes()[..], &[0, 0]].concat()
}

/// Opening fails and says all of this, also when it is tried again.
fn refused(place: &SledPlace, says: &[&str]) {
    for _ in 0..2 {
        let error = place.opened().unwrap_err().to_string();
        for word in says {
            assert!(error.contains(word), "{error}");
        }
    }
}

#[test]
fn acknowledged_records_that_sled_lost_are_named() {
    for (lost, says) in [
        (100..=100, "record 100 is missing, which had been acknowledged"),
        (
            61..=100,
            "records 61 to 100 are missing, which had been acknowledged",
        ),
        (1..=100, "records 1 to 100 are missing"),
        (40..=41, "records 40 to 41 are missing"),
        (1..=1, "record 1 is missing"),
    ] {
        let (place, _) = SledPlace::filled(100);
        tampered(&place, |db| {
            for lsn in lost.clone() {
                db.remove(key(lsn)).unwrap().unwrap();
            }
        });
        let intact = format!("up to LSN {} are intact", lost.start() - 1);
        refused(&place, &[says, &intact]);
        let surveyed = Survey::of(place.dir()).map(|_| ()).unwrap_err();
        assert!(surveyed.to_string().contains(says), "{surveyed}");
    }
}

#[test]
fn a_record_that_changed_is_refused() {
    let (place, all) = SledPlace::filled(30);
    for lsn in [1, 17, 30] {
        for at in [3, 20, 50, 90, 97] {
            let length = 96 + all[usize::try_from(lsn).unwrap() - 1].pending.payload.len();
            let place = SledPlace::fresh();
            write_image(place.dir(), &SledPlace::filled_image(30));
            tampered(&place, |db| {
                let mut value = db.get(key(lsn)).unwrap().unwrap().to_vec();
                value[at.min(length - 1)] ^= 1;
                db.insert(key(lsn), value).unwrap();
            });
            refused(&place, &[&format!("up to LSN {} are intact", lsn - 1)]);
        }
    }
    // A whole record of another history.
    tampered(&place, |db| {
        let value = db.get(key(16)).unwrap().unwrap();
        db.insert(key(17), value).unwrap();
    });
    refused(&place, &["record 16 found where 17 belongs"]);
}

/// A crash between the records and the mark: nobody had been told, and they are there all the same.
#[test]
fn records_above_the_mark_are_kept_and_count_from_then_on() {
    let (place, mut all) = SledPlace::filled(50);
    let (mut journal, _, _) = reopen(&place, Start::beginning()).unwrap();
    let before = fs::read(place.seal()).unwrap();
    all.extend(fill(&mut *journal, 1));
    drop(journal);
    fs::write(place.seal(), before).unwrap();
    assert_eq!(place.opened().unwrap(), all);
    tampered(&place, |db| {
        db.remove(key(51)).unwrap().unwrap();
    });
    refused(&place, &["record 51 is missing, which had been acknowledged"]);
}

/// A batch of which sled kept only some records, and nobody had been told of any.
#[test]
fn what_follows_a_gap_above_the_mark_is_cut_off() {
    let (place, mut all) = SledPlace::filled(50);
    let (mut journal, _, _) = reopen(&place, Start::beginning()).unwrap();
    let before = fs::read(place.seal()).unwrap();
    let mut batch = Vec::new();
    for lsn in 51..=56 {
        batch.push(Pending::chained(None, lsn, u128::from(lsn) << 90, vec![1; 10]));
    }
    journal.append_batch(&batch).unwrap();
    drop(journal);
    fs::write(place.seal(), before).unwrap();
    tampered(&place, |db| {
        db.remove(key(53)).unwrap().unwrap();
    });
    let (mut journal, recovery, kept) = reopen(&place, Start::beginning()).unwrap();
    assert_eq!((recovery.last_lsn, &kept[..50]), (52, &all[..]));
    assert_eq!(kept[50].pending, batch[0]);
    all = kept;
    all.extend(fill(&mut *journal, 10));
    drop(journal);
    assert_eq!(
        place.opened().unwrap(),
        all,
        "what was cut off does not come back"
    );
}

#[test]
fn a_part_that_is_gone_is_noticed_and_nothing_is_begun_anew() {
    let image = SledPlace::filled_image(20);
    let with = |change: &dyn Fn(&Path)| {
        let place = SledPlace::fresh();
        write_image(place.dir(), &image);
        change(place.dir());
        place
    };
    let place = with(&|dir| fs::remove_file(dir.join("sealed")).unwrap());
    refused(&place, &["sealed is missing"]);
    let place = with(&|dir| fs::remove_dir_all(dir.join("sled")).unwrap());
    refused(&place, &["records 1 to 20 are missing"]);
    let place = with(&|dir| fs::remove_file(dir.join("sled/db")).unwrap());
    refused(&place, &["checksums start from is missing"]);
    let place = with(&|dir| fs::write(dir.join("sealed"), "").unwrap());
    refused(&place, &["neither of the two marks"]);
    let place = with(&|dir| {
        let (other, _) = SledPlace::filled(20);
        fs::copy(other.seal(), dir.join("sealed")).unwrap();
    });
    refused(&place, &["belongs to another journal"]);
    let place = with(&|_| {});
    tampered(&place, |db| {
        db.remove("meta").unwrap().unwrap();
    });
    refused(&place, &["checksums start from is missing"]);
    let place = with(&|_| {});
    tampered(&place, |db| {
        let mut meta = db.get("meta").unwrap().unwrap().to_vec();
        meta[2] ^= 1;
        db.insert("meta", meta).unwrap();
    });
    refused(&place, &["does not match its hash"]);
}

#[test]
fn an_interrupted_beginning_begins_again() {
    let (place, _) = SledPlace::filled(0);
    let seal = fs::read(place.seal()).unwrap();
    let only_the_mark = SledPlace::fresh();
    fs::write(only_the_mark.seal(), &seal).unwrap();
    let no_meta = SledPlace::fresh();
    fs::write(no_meta.seal(), &seal).unwrap();
    tampered(&no_meta, |_| {});
    let unfinished_mark = SledPlace::fresh();
    fs::write(unfinished_mark.dir().join("sealed.new"), "abc").unwrap();
    for place in [place, only_the_mark, no_meta, unfinished_mark] {
        let (mut journal, _, kept) = reopen(&place, Start::beginning()).unwrap();
        assert_eq!(kept, []);
        let all = fill(&mut *journal, 9);
        drop(journal);
        assert_eq!(place.opened().unwrap(), all);
    }
}

#[test]
fn the_other_kind_is_refused_and_nothing_is_changed() {
    let (sled, _) = SledPlace::filled(3);
    let segments = TempDir::new().unwrap();
    let small = Options {
        segment_bytes: 1 << 16,
        ..Options::default()
    };
    let open =
        |kind, dir: &Path| journal::open(kind, dir, &small, Start::beginning(), &mut |_| {}).map(|_| ());
    assert_eq!(Kind::of(segments.path()).unwrap(), None);
    open(Kind::Segments, segments.path()).unwrap();
    for (dir, found, asked) in [
        (sled.dir(), Kind::Sled, Kind::Segments),
        (segments.path(), Kind::Segments, Kind::Sled),
    ] {
        assert_eq!(Kind::of(dir).unwrap(), Some(found));
        let names = |dir: &Path| fs::read_dir(dir).unwrap().count();
        let before = names(dir);
        let error = open(asked, dir).unwrap_err();
        assert!(
            matches!(&error, Error::OtherKind { found: f, asked: a, .. } if (*f, *a) == (found, asked)),
            "{error}"
        );
        assert!(
            error.to_string().contains(&format!("use `--journal {found}`")),
            "{error}"
        );
        assert_eq!(names(dir), before);
        open(found, dir).unwrap();
    }
    fs::copy(sled.seal(), segments.path().join("sealed")).unwrap();
    for kind in [Kind::Segments, Kind::Sled] {
        assert!(matches!(
            open(kind, segments.path()),
            Err(Error::BothKinds { .. })
        ));
    }
    assert!(matches!(
        Survey::of(segments.path()),
        Err(Error::BothKinds { .. })
    ));
}

#[test]
fn it_is_surveyed_while_nobody_writes_it() {
    let (place, all) = SledPlace::filled(40);
    let (mut journal, _, _) = reopen(&place, Start::beginning()).unwrap();
    let held = Survey::of(place.dir()).map(|_| ());
    assert!(matches!(held, Err(Error::InUse { .. })), "{held:?}");
    let heads = journal.heads().clone();
    journal.append_batch(&[]).unwrap();
    drop(journal);
    let survey = Survey::of(place.dir()).unwrap();
    assert_eq!(survey.heads(), &heads);
    let auction = all[0].pending.auction;
    let mut seen = Vec::new();
    let scanned = survey.scan(auction, &mut |record| {
        seen.push(record.lsn);
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    let expected = all.iter().filter(|kept| kept.pending.auction == auction);
    assert_eq!(seen, expected.map(|kept| kept.pending.lsn).collect::<Vec<_>>());
    drop(survey);
    let (empty, _) = SledPlace::filled(0);
    assert!(Survey::of(empty.dir()).unwrap().heads().is_empty());
}

/// sled would put long entries into files of their own and never sync them.
#[test]
fn nothing_is_kept_outside_the_file_that_is_synced() {
    let (place, _) = SledPlace::filled(20);
    let (mut journal, _, _) = reopen(&place, Start::beginning()).unwrap();
    for _ in 0..4 {
        let auction = 0xb10b;
        let lsn = journal.next_lsn();
        let record = Pending::chained(
            journal.heads().get(&auction),
            lsn,
            auction,
            vec![7; journal.payload_bytes_max()],
        );
        journal.append_batch(&[record]).unwrap();
        assert_eq!(fs::read_dir(place.sled().join("blobs")).unwrap().count(), 0);
    }
}

/// Bids are refused before the disk is full, and taken again when there is room; what is there can be read all the while.
#[test]
fn a_full_disk_refuses_permits_and_recovers() {
    let free = Arc::new(AtomicU64::new(u64::MAX));
    let told_free = Arc::clone(&free);
    let place = SledPlace::fresh();
    let options = SledOptions {
        reserve_bytes: 1 << 20,
        measure_every: Duration::from_millis(1),
        free_bytes: Arc::new(move |_| Ok(told_free.load(Ordering::SeqCst))),
        ..options()
    };
    let (journal, _) = SledJournal::open(place.dir(), options, Start::beginning(), &mut |_| {}).unwrap();
    let (writer, fatal) = start(journal, WriterOptions::default());
    let handle = writer.handle();
    let (sink, told) = sink();
    let durable = |seq| {
        let told = told.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(told, Told::Durable { seq: s, .. } if s == seq));
    };
    append(&handle, 1, 1, b"kept", &sink);
    durable(1);
    let permit = handle.reserve().unwrap();
    free.store(1 << 20, Ordering::SeqCst);
    until("a refusal", || handle.reserve().is_err());
    assert_eq!(handle.reserve().unwrap_err(), Refusal::Unavailable);
    // What was permitted is written, and what is there is read.
    let granted = journal::Append {
        auction: 1,
        seq: 2,
        payload: b"granted".to_vec(),
        sink: Arc::clone(&sink),
    };
    handle.append(permit, granted).unwrap();
    durable(2);
    let mut read = 0;
    let count = &mut |_: &journal::Record<'_>| {
        read += 1;
        ControlFlow::Continue(())
    };
    handle.replay(1, 1..=u64::MAX, count).unwrap();
    assert_eq!(read, 2);
    free.store(u64::MAX, Ordering::SeqCst);
    until("room", || handle.reserve().is_ok());
    append(&handle, 1, 3, b"again", &sink);
    durable(3);
    writer.shutdown();
    assert!(fatal.try_recv().is_err());
}

/// What is read back is never trusted by sled's word alone, and a reader that meets a hole says so.
#[test]
fn a_scan_that_meets_a_hole_says_so() {
    let (place, _) = SledPlace::filled(30);
    let (journal, _, _) = reopen(&place, Start::beginning()).unwrap();
    let reader = journal.reader();
    let scanned = reader.scan(1..=31, None, &mut |_| ControlFlow::Continue(()));
    let error = scanned.unwrap_err();
    assert!(
        matches!(
            &error,
            Error::Damaged {
                last_good_lsn: 30,
                ..
            }
        ),
        "{error}"
    );
}

impl SledPlace {
    fn filled_image(records: u64) -> Image {
        Self::filled(records).0.image()
    }
}
