//! `gavel user add`: the way to a first account of the staff.

use gavel_storage::data_dir::DataDir;
use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

fn add(data: &Path, arguments: &[&str], password: &str) -> Output {
    try_add(data, arguments, password).unwrap_or_else(|error| panic!("gavel does not start: {error}"))
}

fn try_add(data: &Path, arguments: &[&str], password: &str) -> io::Result<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gavel"))
        .args(["user", "add", "--data"])
        .arg(data)
        .args(arguments)
        .env_remove("GAVEL_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // It may refuse before it reads.
        let _ = writeln!(input, "{password}");
    }
    child.wait_with_output()
}

#[test]
fn opens_an_account_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let first = add(&data, &["Hammer", "--role", "auctioneer"], "correct horse");
    assert!(first.status.success(), "{first:?}");
    assert_eq!(
        String::from_utf8_lossy(&first.stdout),
        "hammer may sign in now, as auctioneer\n"
    );
    let again = add(&data, &["hammer", "--role", "bidder"], "another horse");
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&again.stderr),
        "gavel: an account of this name exists\n"
    );
}

#[test]
fn refuses_what_makes_no_sense_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let refused = add(&data, &["a", "--role", "admin"], "short");
    assert_eq!(refused.status.code(), Some(1));
    let reason = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        reason.contains("name must be") && reason.contains("password must have 10"),
        "{reason}"
    );
    let unknown = add(&data, &["hammer", "--role", "emperor"], "correct horse");
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn stays_out_of_a_directory_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let held = DataDir::open(&data).unwrap();
    let refused = add(&data, &["hammer", "--role", "auctioneer"], "correct horse");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is in use by process"));
    drop(held);
    let taken = add(&data, &["hammer", "--role", "auctioneer"], "correct horse");
    assert!(taken.status.success(), "{taken:?}");
}
