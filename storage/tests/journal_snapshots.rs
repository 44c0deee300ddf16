//! The snapshot store: what it keeps, and that damage to it is never fatal and never believed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use gavel_storage::snapshot::{Contents, Error, Options, Snapshot, Store};
use tempfile::TempDir;

fn snapshot(lsn: u64) -> Snapshot {
    Snapshot {
        lsn,
        seq: lsn / 2,
        hash: [7; 32],
        format: 3,
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
    assert_eq!(store.load(1).unwrap(), None);
    assert_eq!(store.load_all().unwrap(), Contents::default());
    store
        .save(&[(1, snapshot(10)), (u128::MAX, snapshot(12))], Some(9))
        .unwrap();
    store.save(&[(1, snapshot(14))], None).unwrap();
    drop(store);
    let store = open(&dir);
    assert_eq!(store.load(1).unwrap(), Some(snapshot(14)));
    let contents = store.load_all().unwrap();
    assert_eq!(contents.covered_lsn, 9);
    assert_eq!(contents.snapshots.len(), 2);
    let start = contents.start();
    assert_eq!(start.from_lsn, 10);
    assert_eq!(start.heads[&u128::MAX], snapshot(12).head());
    store.delete(1).unwrap();
    drop(store);
    let store = open(&dir);
    assert_eq!(store.load(1).unwrap(), None);
    assert_eq!(store.load(u128::MAX).unwrap(), Some(snapshot(12)));
    assert!(store.damage().is_empty());
}

/// The files of a store with two snapshots.
fn saved() -> Vec<(PathBuf, Vec<u8>)> {
    let (_temp, dir) = fresh();
    let store = open(&dir);
    store
        .save(&[(1, snapshot(10)), (2, snapshot(20))], Some(9))
        .unwrap();
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
            store.save(&[(3, snapshot(30))], None).unwrap();
            assert_eq!(store.load(3).unwrap(), Some(snapshot(30)));
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
        open(&dir)
            .save(&[(1, snapshot(10)), (2, snapshot(20))], Some(9))
            .unwrap();
        damage(&sled::open(&dir).unwrap());
        let store = open(&dir);
        assert_eq!(store.load(2).unwrap(), Some(snapshot(20)));
        let Err(Error::Damaged(damage)) = store.load(1) else {
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
