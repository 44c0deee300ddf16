//! Segments that leave for the archive: nothing is lost on the way, and everything is found in both places.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

#[expect(dead_code, reason = "most of it is for the writer")]
mod journal_support;

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gavel_storage::journal::conformance::{Kept, fill};
use gavel_storage::journal::disk::{Disk, DiskDir, DiskFile};
use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::{
    Error, Journal, Options, Recovery, Retention, SegmentJournal, Start, Survey, segment,
};
use journal_support::until;

const SEGMENT_BYTES: u64 = 8192;

fn dir() -> &'static Path {
    Path::new("/journal")
}

fn archive() -> &'static Path {
    Path::new("/archive")
}

fn retention(keep_segments: usize) -> Retention {
    Retention {
        every: Duration::from_millis(1),
        ..Retention::new(archive().to_owned(), keep_segments)
    }
}

type Opened = (SegmentJournal, Recovery, Vec<Kept>);

fn open(disk: &MemDisk, start: Start, retention: Option<Retention>) -> Result<Opened, Error> {
    let options = Options {
        segment_bytes: SEGMENT_BYTES,
        prepare_retry: Duration::from_millis(1),
        disk: Arc::new(disk.clone()),
        retention,
        ..Options::default()
    };
    let mut kept = Vec::new();
    let (journal, recovery) = SegmentJournal::open(dir(), options, start, &mut |record| {
        kept.push(record.into());
    })?;
    Ok((journal, recovery, kept))
}

fn reopen(disk: &MemDisk) -> Result<Opened, Error> {
    open(disk, Start::beginning(), None)
}

/// The segments below a directory, oldest first.
fn segments(disk: &MemDisk, below: &Path) -> Vec<PathBuf> {
    let files = disk.files().into_iter().map(|(path, _)| path);
    files
        .filter(|path| {
            path.starts_with(below) && path.extension().is_some_and(|extension| extension == "seg")
        })
        .collect()
}

/// A journal of several segments of which all but the last and `keep` have left for the archive, closed.
fn archived(keep: usize) -> (MemDisk, Vec<Kept>) {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, Start::beginning(), Some(retention(keep))).unwrap();
    let all = fill(&mut journal, 400);
    until("the archive", || segments(&disk, dir()).len() == keep + 1);
    until("the copies", || segments(&disk, archive()).len() >= 8);
    drop(journal);
    (disk, all)
}

fn scanned(journal: &dyn Journal, auction: Option<u128>) -> Result<Vec<Kept>, Error> {
    let mut kept = Vec::new();
    let last_lsn = journal.next_lsn() - 1;
    journal.reader().scan(1..=last_lsn, auction, &mut |record| {
        kept.push(record.into());
        ControlFlow::Continue(())
    })?;
    Ok(kept)
}

#[test]
fn archive_and_rest_are_the_whole_history() {
    for keep in [0, 2] {
        let (disk, all) = archived(keep);
        for retention in [None, Some(retention(keep)), Some(retention(100))] {
            let (journal, recovery, kept) = open(&disk, Start::beginning(), retention).unwrap();
            assert_eq!((kept, recovery.torn), (all.clone(), None));
            assert_eq!(scanned(&journal, None).unwrap(), all);
            let auction = all[0].pending.auction;
            let of_auction = all.iter().filter(|kept| kept.pending.auction == auction);
            assert_eq!(
                scanned(&journal, Some(auction)).unwrap(),
                of_auction.cloned().collect::<Vec<_>>()
            );
            let survey = Survey::on(Arc::new(disk.clone()), dir()).unwrap();
            assert_eq!(survey.heads(), journal.heads());
        }
    }
}

#[test]
fn it_works_beside_a_writer_and_readers_lose_nothing() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = open(&disk, Start::beginning(), Some(retention(1))).unwrap();
    let mut all = Vec::new();
    for _ in 0..60 {
        all.extend(fill(&mut journal, 20));
        assert_eq!(scanned(&journal, None).unwrap(), all);
        let survey = Survey::on(Arc::new(disk.clone()), dir()).unwrap();
        assert_eq!(survey.heads(), journal.heads());
    }
    until("the archive", || segments(&disk, dir()).len() == 2);
    drop(journal);
    assert_eq!(reopen(&disk).unwrap().2, all);
}

#[test]
fn without_an_archive_nothing_ever_leaves() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = reopen(&disk).unwrap();
    let all = fill(&mut journal, 400);
    drop(journal);
    let before = segments(&disk, dir());
    assert!(before.len() > 8);
    assert_eq!(reopen(&disk).unwrap().2, all);
    assert_eq!(segments(&disk, dir()), before);
}

/// Whatever of the move a crash leaves, all of it is there, and the move is made good.
#[test]
fn a_crash_at_any_point_of_a_move_loses_nothing() {
    let (whole, all) = {
        let disk = MemDisk::default();
        let (mut journal, _, _) = reopen(&disk).unwrap();
        let all = fill(&mut journal, 400);
        drop(journal);
        (disk.files(), all)
    };
    let of_whole = || {
        let disk = MemDisk::default();
        for (path, bytes) in &whole {
            disk.put(path, bytes.clone());
        }
        disk
    };
    let (first_path, first) = whole
        .iter()
        .find(|(path, _)| *path == segment::path(dir(), 1))
        .unwrap();
    let copy = segment::path(archive(), 1);
    let mut states: Vec<(&str, MemDisk)> = Vec::new();
    for (what, bytes) in [
        ("copying, half of it there", &first[..first.len() / 2]),
        ("copying, all of it there", &first[..]),
        ("copying, nothing there", &[]),
    ] {
        let disk = of_whole();
        disk.put(&copy.with_extension("copying"), bytes.to_vec());
        states.push((what, disk));
    }
    let disk = of_whole();
    disk.put(&copy, first.clone());
    states.push(("copied, not removed", disk));
    let (moved, _) = archived(3);
    states.push(("in between", moved));
    for (what, disk) in states {
        let all = if what == "in between" {
            reopen(&disk).unwrap().2
        } else {
            all.clone()
        };
        let (journal, _, kept) = open(&disk, Start::beginning(), Some(retention(0))).unwrap();
        assert_eq!(kept, all, "{what}");
        until(what, || segments(&disk, dir()).len() == 1);
        drop(journal);
        assert!(
            !disk
                .files()
                .iter()
                .any(|(path, _)| path.extension().is_some_and(|e| e == "copying")),
            "{what}"
        );
        assert_eq!(reopen(&disk).unwrap().2, all, "{what}");
        assert!(!segments(&disk, dir()).contains(first_path));
    }
}

/// Nothing is removed that is not in the archive, whole and the same.
#[test]
fn a_segment_that_is_not_the_same_in_the_archive_stays() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = reopen(&disk).unwrap();
    let all = fill(&mut journal, 100);
    drop(journal);
    let here = segments(&disk, dir());
    let copy = segment::path(archive(), 1);
    let mut other = disk
        .files()
        .into_iter()
        .find(|(path, _)| *path == here[0])
        .unwrap()
        .1;
    other[600] ^= 1;
    disk.put(&copy, other.clone());
    let (journal, _, _) = open(&disk, Start::beginning(), Some(retention(0))).unwrap();
    // It gets as far as it can: what it does first is what it cannot do.
    for _ in 0..200 {
        std::thread::yield_now();
        assert_eq!(segments(&disk, dir()), here);
    }
    // Once the wrong copy is gone, it goes on by itself.
    disk.remove(&copy).unwrap();
    until("the archive", || segments(&disk, dir()).len() == 1);
    drop(journal);
    assert_eq!(reopen(&disk).unwrap().2, all);
}

#[test]
fn a_damaged_segment_is_not_archived() {
    let disk = MemDisk::default();
    let (mut journal, _, _) = reopen(&disk).unwrap();
    fill(&mut journal, 400);
    let heads = journal.heads().clone();
    let next_lsn = journal.next_lsn();
    drop(journal);
    let here = segments(&disk, dir());
    let damaged = here[2].clone();
    let mut bytes = disk
        .files()
        .into_iter()
        .find(|(path, _)| *path == damaged)
        .unwrap()
        .1;
    bytes[700] ^= 1;
    disk.put(&damaged, bytes);
    // From snapshots: what is damaged is not read at the start.
    let start = Start {
        from_lsn: next_lsn,
        heads,
    };
    let (journal, _, _) = open(&disk, start, Some(retention(0))).unwrap();
    until("what is before it", || segments(&disk, archive()).len() == 2);
    until("what is before it to leave", || {
        segments(&disk, dir()) == here[2..]
    });
    drop(journal);
    assert_eq!(
        segments(&disk, archive()).len(),
        2,
        "nothing after it either: archives have no holes"
    );
    let error = reopen(&disk).map(|_| ()).unwrap_err();
    assert!(
        matches!(&error, Error::Corrupt { file, .. } if *file == damaged),
        "{error}"
    );
}

#[test]
fn damage_in_the_archive_is_refused_with_file_and_offset() {
    let (disk, all) = archived(1);
    let files = segments(&disk, archive());
    let (at, damaged) = (2, files[2].clone());
    let mut bytes = disk
        .files()
        .into_iter()
        .find(|(path, _)| *path == damaged)
        .unwrap()
        .1;
    bytes[segment::HEADER_BYTES + 100] ^= 1;
    disk.put(&damaged, bytes);
    let error = reopen(&disk).map(|_| ()).unwrap_err();
    let first_lsn = segment::first_lsn_of(files[at].file_name().unwrap().to_str().unwrap()).unwrap();
    assert!(
        matches!(&error, Error::Corrupt { file, offset: 512, last_good_lsn, .. } if *file == damaged && *last_good_lsn == first_lsn - 1),
        "{error}"
    );
    assert!(matches!(
        Survey::on(Arc::new(disk.clone()), dir()).map(|_| ()),
        Err(Error::Corrupt { file, .. }) if file == damaged
    ));
    // One that is gone leaves a hole that is named.
    disk.remove(&damaged).unwrap();
    let error = reopen(&disk).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains(&format!("records {first_lsn} to ")), "{error}");
    disk.remove(&files[0]).unwrap();
    let error = reopen(&disk).map(|_| ()).unwrap_err().to_string();
    assert!(
        error.contains("segments before it are missing") && error.contains("/archive"),
        "{error}"
    );
    assert_eq!(all.len(), 400);
}

/// A disk that has lost sight of its archive.
#[derive(Clone)]
struct Unmounted(MemDisk);

impl Disk for Unmounted {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        there(dir)?;
        self.0.list(dir)
    }
    fn open(&self, path: &Path, writable: bool) -> io::Result<Box<dyn DiskFile>> {
        there(path)?;
        self.0.open(path, writable)
    }
    fn create_zeroed(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        there(path)?;
        self.0.create_zeroed(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        there(to)?;
        self.0.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        there(path)?;
        self.0.remove(path)
    }
    fn open_dir(&self, dir: &Path) -> io::Result<Box<dyn DiskDir>> {
        there(dir)?;
        self.0.open_dir(dir)
    }
}

fn there(path: &Path) -> io::Result<()> {
    if path.starts_with(archive()) {
        return Err(io::Error::other("no such device"));
    }
    Ok(())
}

#[test]
fn an_archive_that_cannot_be_reached_is_named_with_what_is_missing() {
    let (disk, all) = archived(1);
    let here = segments(&disk, dir());
    let first_here = segment::first_lsn_of(here[0].file_name().unwrap().to_str().unwrap()).unwrap();
    let options = |retention| Options {
        segment_bytes: SEGMENT_BYTES,
        disk: Arc::new(Unmounted(disk.clone())),
        retention,
        ..Options::default()
    };
    let says = |error: Error| {
        let text = error.to_string();
        assert!(
            matches!(&error, Error::ArchiveUnreachable { archive: a, first_lsn: 1, last_lsn, .. }
                if a == archive() && *last_lsn == first_here - 1),
            "{text}"
        );
        assert!(
            text.contains("no such device") && text.contains("records 1 to "),
            "{text}"
        );
    };
    let opened = SegmentJournal::open(dir(), options(None), Start::beginning(), &mut |_| {});
    says(opened.map(|_| ()).unwrap_err());
    says(
        Survey::on(Arc::new(Unmounted(disk.clone())), dir())
            .map(|_| ())
            .unwrap_err(),
    );
    // With snapshots of what is there, a node starts without it, and takes records; only what is in it is not to be had.
    let covered = usize::try_from(first_here - 1).unwrap();
    let heads = all[..covered]
        .iter()
        .map(|kept| (kept.pending.auction, kept.pending.head()))
        .collect();
    let start = Start {
        from_lsn: first_here,
        heads,
    };
    let mut seen = 0;
    let opened = SegmentJournal::open(dir(), options(Some(retention(0))), start, &mut |_| seen += 1);
    let (mut journal, recovery) = opened.unwrap();
    assert_eq!((seen, recovery.last_lsn), (all.len() - covered, all.len() as u64));
    let more = fill(&mut journal, 60);
    says(scanned(&journal, None).unwrap_err());
    drop(journal);
    assert!(
        segments(&disk, dir()).len() > here.len(),
        "nothing left while there was no archive"
    );
    assert_eq!(reopen(&disk).unwrap().2, [all, more].concat());
}

#[test]
fn a_directory_that_is_older_than_its_archive_is_refused() {
    let (disk, _) = archived(0);
    let last = segments(&disk, archive()).pop().unwrap();
    let behind = |disk: &MemDisk| {
        let error = reopen(disk).map(|_| ()).unwrap_err();
        assert!(matches!(error, Error::BehindArchive { .. }), "{error}");
    };
    // A backup from before: the live segment of then is in the archive by now.
    let older = MemDisk::default();
    for (path, bytes) in disk.files() {
        if path.starts_with(archive()) || path.file_name().unwrap() == "archived-to" {
            older.put(&path, bytes);
        }
    }
    behind(&older);
    let live = segment::path(
        dir(),
        segment::first_lsn_of(last.file_name().unwrap().to_str().unwrap()).unwrap(),
    );
    older.put(
        &live,
        older
            .files()
            .into_iter()
            .find(|(path, _)| *path == last)
            .unwrap()
            .1,
    );
    behind(&older);
    // So is a directory that is its own archive.
    let disk = MemDisk::default();
    drop(reopen(&disk).unwrap());
    let own = Retention::new(dir().to_owned(), 0);
    let error = open(&disk, Start::beginning(), Some(own))
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(error, Error::BehindArchive { .. }), "{error}");
    assert_eq!(segments(&disk, dir()).len(), 1);
    drop(reopen(&disk).unwrap());
}

/// A disk whose directory is listed once as it was earlier.
#[derive(Clone)]
struct Stale(MemDisk, Arc<Mutex<Option<Vec<String>>>>);

impl Disk for Stale {
    fn list(&self, listed: &Path) -> io::Result<Vec<String>> {
        let stale = if listed == dir() {
            self.1.lock().unwrap().take()
        } else {
            None
        };
        stale.map_or_else(|| self.0.list(listed), Ok)
    }
    fn open(&self, path: &Path, writable: bool) -> io::Result<Box<dyn DiskFile>> {
        self.0.open(path, writable)
    }
    fn create_zeroed(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        self.0.create_zeroed(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }
    fn open_dir(&self, dir: &Path) -> io::Result<Box<dyn DiskDir>> {
        self.0.open_dir(dir)
    }
}

#[test]
fn what_is_archived_while_it_is_looked_for_is_found() {
    let (disk, mut all) = archived(1);
    let earlier = disk.list(dir()).unwrap();
    let (mut journal, _, _) = open(&disk, Start::beginning(), Some(retention(0))).unwrap();
    all.extend(fill(&mut journal, 200));
    until("the archive", || segments(&disk, dir()).len() == 1);
    let live = segments(&disk, dir()).pop().unwrap();
    assert!(!earlier.contains(&live.file_name().unwrap().to_str().unwrap().to_owned()));
    let stale = Stale(disk.clone(), Arc::new(Mutex::new(Some(earlier))));
    let survey = Survey::on(Arc::new(stale.clone()), dir()).unwrap();
    assert_eq!(survey.heads(), journal.heads());
    assert!(stale.1.lock().unwrap().is_none(), "it was looked into");
    drop(journal);
    assert_eq!(reopen(&disk).unwrap().2, all);
}

#[test]
fn an_archive_may_move_when_all_of_it_does() {
    let (disk, all) = archived(0);
    let moved = Retention {
        every: Duration::from_millis(1),
        ..Retention::new(PathBuf::from("/elsewhere"), 0)
    };
    let error = open(&disk, Start::beginning(), Some(moved.clone()))
        .map(|_| ())
        .unwrap_err();
    assert!(error.to_string().contains("/elsewhere"), "{error}");
    assert_eq!(reopen(&disk).unwrap().2, all, "the note is as it was");
    for path in segments(&disk, archive()) {
        disk.rename(&path, &Path::new("/elsewhere").join(path.file_name().unwrap()))
            .unwrap();
    }
    let (_, _, kept) = open(&disk, Start::beginning(), Some(moved)).unwrap();
    assert_eq!(kept, all);
    assert_eq!(reopen(&disk).unwrap().2, all, "it is noted");
}

#[test]
fn a_note_that_was_changed_is_refused() {
    let (disk, _) = archived(0);
    let note = dir().join("archived-to");
    let bytes = disk
        .files()
        .into_iter()
        .find(|(path, _)| *path == note)
        .unwrap()
        .1;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        disk.put(&note, changed);
        let error = reopen(&disk).map(|_| ()).unwrap_err();
        assert!(
            matches!(&error, Error::Corrupt { file, .. } if *file == note),
            "byte {at}: {error}"
        );
    }
}
