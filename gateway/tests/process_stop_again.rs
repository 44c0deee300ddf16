//! A node that cannot stop by itself ends when it is told so again, or when its time is over.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::gavel::{Ended, Gavel, Launch};
use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::Signal,
};
use std::{fs::OpenOptions, io::Write, net::TcpStream, os::unix::process::ExitStatusExt, path::Path};

/// Long past the end of the test.
const NEVER_MS: u64 = 3_600_000;

/// A node, and a request to it whose end never comes: stopping waits for that for a while.
async fn busy_node(data: &Path, stop_ms_max: u64) -> (Gavel, TcpStream) {
    let launch = Launch::serve(data).environment("GAVEL_STOP_MS_MAX", stop_ms_max);
    let gavel = launch.start().await;
    let mut request = TcpStream::connect(&gavel.address).unwrap();
    let head = "POST /api/v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
        content-length: 100\r\nexpect: 100-continue\r\n\r\n";
    request.write_all(head.as_bytes()).unwrap();
    // The node reads on, so it has begun.
    let mut begun = [0; 25];
    std::io::Read::read_exact(&mut request, &mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    (gavel, request)
}

fn assert_ended(ended: &Ended, code: i32, word: &str) {
    let said = ended.output.stderr.join("\n");
    assert_eq!(
        ended.status.code(),
        Some(code),
        "{:?}: {said}",
        ended.status.signal()
    );
    assert!(!said.contains("panicked"), "{said}");
    assert!(ended.output.reason().unwrap().contains(word), "{said}");
}

async fn ends_when_told_twice(first: Signal, second: Signal, code: i32) {
    let directory = tempfile::tempdir().unwrap();
    let (gavel, _request) = busy_node(directory.path(), NEVER_MS).await;
    gavel.signal(first);
    assert!(
        gavel
            .printed(|output| !output.logged("stopping").is_empty())
            .await
    );
    gavel.signal(second);
    assert_ended(&gavel.ended().await, code, "told to stop again");
}

#[actix_web::test]
async fn interrupted_twice_it_ends_at_once() {
    ends_when_told_twice(Signal::INT, Signal::INT, 130).await;
}

#[actix_web::test]
async fn terminated_after_an_interrupt_it_ends_at_once() {
    ends_when_told_twice(Signal::INT, Signal::TERM, 143).await;
}

#[actix_web::test]
async fn stopping_takes_no_longer_than_it_may() {
    let directory = tempfile::tempdir().unwrap();
    let (gavel, _request) = busy_node(directory.path(), 200).await;
    gavel.signal(Signal::TERM);
    assert_ended(&gavel.ended().await, 1, "stop_ms_max");
}

#[actix_web::test]
async fn a_node_that_is_still_starting_can_be_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let keys = directory.path().join("keys");
    std::fs::create_dir_all(&keys).unwrap();
    let key = keys.join("access-token.key");
    // Reading it takes for ever, as reading a long journal may.
    mknodat(CWD, &key, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let gavel = Launch::serve(directory.path()).begin();
    // Opens when the node opens it on its side.
    let _writer = OpenOptions::new().write(true).open(&key).unwrap();
    gavel.signal(Signal::TERM);
    assert_ended(&gavel.ended().await, 143, "before it was up");
}
