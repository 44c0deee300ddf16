//! The snapshot store: what it keeps, and that damage to it is never fatal and never believed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use gavel_storage::journal::Heads;
use gavel_storage::snapshot::{Contents, Error, Options, Snapshot, Snapshots as _, Store};
use tempfile::TempDir;

fn snapshot(lsn: u64) -> Snapshot {
    Snapshot {
        lsn,
        seq: lsn / 2,
        hash: [7; 32],
        state: vec![u8::try_from(lsn).unwrap(); 500],
    }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, Options { cache_bytes: 1 << 20 }).unwrap()
}

fn fresh() -> (TempDir, PathBuf) {
    let temp = TempDir::new().unwrap();
    let dir = temp.path().join("snapshots");
    (temp, dir)
}

#[test]
fn keeps_what_was_saved() {
    let (_temp, dir) = fresh();
    let store = open(&dir);
    assert_eq!(store.load_all().unwrap(), Contents::default());
    let saved = [(1, snapshot(10)), (u128::MAX, snapshot(12))];
    store.save(&saved).unwrap();
    assert!(store.cover(13, &heads(&saved)).unwrap());
    store.save(&[(1, snapshot(14))]).unwrap();
    drop(store);
    let store = open(&dir);
    let contents = store.load_all().unwrap();
    assert_eq!(contents.snapshots[&1], snapshot(14));
    assert_eq!(
        contents.covered_lsn, 13,
        "a later snapshot covers what the earlier one did"
    );
    assert_eq!(contents.snapshots.len(), 2);
    let start = contents.start();
    assert_eq!(start.from_lsn, 14);
    assert_eq!(start.heads[&u128::MAX], snapshot(12).head());
    assert!(store.damage().is_empty());
}

/// The start of the journal is passed over only for snapshots that are really there, all of them.
#[test]
fn what_is_not_covered_is_not_said_to_be() {
    let (_temp, dir) = fresh();
    let store = open(&dir);
    let saved = [(1, snapshot(10)), (2, snapshot(12))];
    store.save(&saved).unwrap();
    let mut more = heads(&saved);
    more.insert(3, snapshot(13).head());
    assert!(!store.cover(13, &more).unwrap(), "one was never kept");
    let mut later = heads(&saved);
    later.insert(1, snapshot(13).head());
    assert!(
        !store.cover(13, &later).unwrap(),
        "one is from before the last record"
    );
    assert_eq!(store.load_all().unwrap().covered_lsn, 0);

    assert!(store.cover(13, &heads(&saved)).unwrap());
    drop(store);
    let raw = raw(&dir);
    raw.remove(1_u128.to_be_bytes()).unwrap().unwrap();
    drop(raw);
    let contents = open(&dir).load_all().unwrap();
    assert_eq!(contents.start().from_lsn, 1, "one has vanished");
    assert_eq!(contents.snapshots.len(), 1);
}

/// The store's own files, once its handle has let go of them.
fn raw(dir: &Path) -> sled::Db {
    for _ in 0..1000 {
        match sled::open(dir) {
            Ok(raw) => return raw,
            Err(error) => assert!(error.to_string().contains("lock"), "{error}"),
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("the files stay locked");
}

fn heads(saved: &[(u128, Snapshot)]) -> Heads {
    let heads = saved
        .iter()
        .map(|(auction, snapshot)| (*auction, snapshot.head()));
    heads.collect()
}

/// The files of a store with two snapshots.
fn saved() -> Vec<(PathBuf, Vec<u8>)> {
    let (_temp, dir) = fresh();
    let store = open(&dir);
    let saved = [(1, snapshot(10)), (2, snapshot(20))];
    store.save(&saved).unwrap();
    assert!(store.cover(20, &heads(&saved)).unwrap());
    drop(store);
    let mut files = Vec::new();
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files.push((path.file_name().unwrap().into(), fs::read(&path).unwrap()));
        }
    }
    files
}

/// Wherever a byte is changed, what is loaded is what was saved, or nothing.
#[test]
fn damage_is_never_believed() {
    let files = saved();
    let mut damaged = 0;
    for (index, (_, bytes)) in files.iter().enumerate() {
        let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
        for at in used.iter().step_by(used.len().div_ceil(40)) {
            let (temp, dir) = fresh();
            fs::create_dir(&dir).unwrap();
            for (number, (name, bytes)) in files.iter().enumerate() {
                let mut bytes = bytes.clone();
                if number == index {
                    bytes[*at] ^= 0x21;
                }
                fs::write(dir.join(name), bytes).unwrap();
            }
            let store = open(&dir);
            match store.load_all() {
                Ok(contents) => {
                    assert!(contents.covered_lsn == 0 || contents.snapshots.len() == 2);
                    for (auction, found) in contents.snapshots {
                        assert_eq!(found, snapshot(u64::try_from(auction).unwrap() * 10));
                    }
                }
                Err(Error::Damaged(_)) => {}
                Err(error) => panic!("{error}"),
            }
            for damage in store.damage() {
                damaged += 1;
                assert_eq!(damage.moved_to, temp.path().join("snapshots.damaged-1"));
                assert!(damage.moved_to.join("db").exists() && !damage.reason.is_empty());
                assert_eq!(store.load_all().unwrap(), Contents::default());
            }
            store.save(&[(3, snapshot(30))]).unwrap();
            assert_eq!(store.load_all().unwrap().snapshots[&3], snapshot(30));
        }
    }
    assert!(damaged > 0, "no damage was noticed");
}

#[test]
fn a_snapshot_that_does_not_match_its_hash_is_not_given_out() {
    let key = |auction: u128| auction.to_be_bytes();
    let changed = |raw: &sled::Db| {
        let mut bytes = raw.get(key(1)).unwrap().unwrap().to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        raw.insert(key(1), bytes).unwrap();
    };
    // Another auction's snapshot is not this one's either.
    let mixed_up = |raw: &sled::Db| {
        raw.insert(key(1), raw.get(key(2)).unwrap().unwrap()).unwrap();
    };
    for damage in [&changed as &dyn Fn(&sled::Db), &mixed_up] {
        let (temp, dir) = fresh();
        open(&dir).save(&[(1, snapshot(10)), (2, snapshot(20))]).unwrap();
        damage(&raw(&dir));
        let store = open(&dir);
        let Err(Error::Damaged(damage)) = store.load_all() else {
            panic!("not noticed")
        };
        assert!(
            damage.reason.contains("does not match its hash"),
            "{}",
            damage.reason
        );
        assert_eq!(damage.moved_to, temp.path().join("snapshots.damaged-1"));
        assert_eq!(store.damage(), [damage]);
        assert_eq!(store.load_all().unwrap(), Contents::default());
    }
}

#[test]
fn only_a_few_damaged_stores_are_kept() {
    let (temp, dir) = fresh();
    for _ in 0..5 {
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("conf"), "not sled's").unwrap();
        let store = open(&dir);
        assert_eq!(store.damage().len(), 1);
        drop(store);
        fs::remove_dir_all(&dir).unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(temp.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "snapshots.damaged-3",
            "snapshots.damaged-4",
            "snapshots.damaged-5"
        ]
    );
}

#[test]
fn a_place_that_cannot_be_used_is_an_error_not_a_panic() {
    let temp = TempDir::new().unwrap();
    fs::write(temp.path().join("file"), "").unwrap();
    let opened = Store::open(&temp.path().join("file/snapshots"), Options::default());
    assert!(matches!(opened, Err(Error::Unusable { .. })));
}
