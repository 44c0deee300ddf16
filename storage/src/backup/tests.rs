use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

/// A directory with files in it.
fn tree() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let below = directory.path().join("keys/old");
    fs::create_dir_all(&below).unwrap();
    fs::write(directory.path().join("a"), "first").unwrap();
    fs::write(below.join("b"), vec![7; 3 << 20]).unwrap();
    fs::write(below.join("empty"), "").unwrap();
    directory
}

/// A backup of some files, finished.
fn backup() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let source = tree();
    let data = directory.path().join(DATA);
    copy_tree(source.path(), &data).unwrap();
    let mut files = BTreeMap::new();
    for name in ["a", "keys/old/b", "keys/old/empty"] {
        files.insert(name.to_owned(), FileEntry::of(&data.join(name)).unwrap());
    }
    let head = HeadEntry {
        lsn: 9,
        seq: 4,
        hash: "00".to_owned(),
    };
    let sales = BTreeMap::from([("one".to_owned(), head)]);
    Manifest::new(5, 9, sales, files).write(directory.path()).unwrap();
    directory
}

fn differences(backup: &Path) -> Vec<String> {
    let manifest = Manifest::read(backup).unwrap().unwrap();
    manifest.differences(&backup.join(DATA)).unwrap()
}

#[test]
fn a_tree_is_copied_whole_and_private() {
    let source = tree();
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("x/y");
    let copied = copy_tree(source.path(), &to).unwrap();
    assert_eq!((copied.files, copied.bytes), (3, (3 << 20) + 5));
    assert_eq!(fs::read(to.join("keys/old/b")).unwrap(), vec![7; 3 << 20]);
    for (name, mode) in [
        ("", 0o700),
        ("keys/old", 0o700),
        ("a", 0o600),
        ("keys/old/b", 0o600),
    ] {
        let found = fs::metadata(to.join(name)).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "{name}");
    }
    // Never over something.
    for taken in [to.clone(), to.join("a")] {
        let error = copy_tree(source.path(), &taken).unwrap_err();
        assert!(
            matches!(&error, Error::NotEmpty { path } if *path == taken),
            "{error}"
        );
    }
    let empty = place.path().join("empty");
    fs::create_dir(&empty).unwrap();
    copy_tree(source.path(), &empty).unwrap();
}

#[test]
fn a_backup_is_what_its_manifest_says() {
    let backup = backup();
    assert_eq!(differences(backup.path()), [""; 0]);
    let data = backup.path().join(DATA);
    let expect = |wanted: &str| {
        let found = differences(backup.path());
        assert!(
            found.len() == 1 && found[0].contains(wanted),
            "{wanted}: {found:?}"
        );
    };
    fs::write(data.join("a"), "fxrst").unwrap();
    expect("a does not match its hash");
    fs::write(data.join("a"), "firs").unwrap();
    expect("a has 4 bytes instead of 5");
    fs::remove_file(data.join("a")).unwrap();
    expect("a is missing");
    fs::write(data.join("a"), "first").unwrap();
    fs::write(data.join("keys/more"), "").unwrap();
    expect("keys/more does not belong to the backup");
}

#[test]
fn without_its_manifest_it_is_unfinished_and_with_another_one_damaged() {
    let backup = backup();
    let path = backup.path().join(MANIFEST);
    let whole = fs::read_to_string(&path).unwrap();
    let read = |text: &str| {
        fs::write(&path, text).unwrap();
        Manifest::read(backup.path())
    };
    for changed in [
        whole.replace("\"seq\": 4", "\"seq\": 5"),
        whole.replace("\"made_at_ms\": 5", "\"made_at_ms\": 6"),
        whole[..whole.len() / 2].to_owned(),
        String::new(),
    ] {
        assert_ne!(changed, whole);
        let error = read(&changed).unwrap_err();
        assert!(matches!(error, Error::Manifest { .. }), "{error}");
    }
    let newer = read(&whole.replace("\"format\": 1", "\"format\": 2")).unwrap_err();
    assert!(matches!(newer, Error::NewerFormat { format: 2, .. }), "{newer}");
    assert!(read(&whole).unwrap().is_some());
    fs::remove_file(&path).unwrap();
    let error = Manifest::read(backup.path()).unwrap_err();
    assert!(matches!(error, Error::Unfinished { .. }), "{error}");
    // Something else is no backup at all.
    assert!(Manifest::read(tree().path()).unwrap().is_none());
}
