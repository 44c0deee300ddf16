//! `gavel`'s tools for operators on directories that real nodes write.

use super::{
    bids::Bids,
    gavel::{Gavel, Launch, run},
    house::{Api, House},
    socket::Socket,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{fs::OpenOptions, os::unix::fs::FileExt, path::Path, process::Output};

pub fn gavel(arguments: &[&str], paths: &[&Path]) -> Output {
    let paths: Vec<_> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    run(&[arguments, &paths].concat())
}

/// What it printed; it must have gone well.
pub fn done(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// It ended with this code, and said all of this.
pub fn refused(output: &Output, code: i32, wanted: &[&str]) {
    let said = [&output.stderr[..], &output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for word in wanted {
        assert!(said.contains(word), "{word} is missing: {said}");
    }
}

/// What `gavel verify` makes of a directory that is whole, or (`false`) is not.
pub fn verified(directory: &Path, is_whole: bool) -> Value {
    let output = gavel(&["verify", "--json"], &[directory]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(report["is_whole"], is_whole, "{report}");
    assert_eq!(output.status.code(), Some(i32::from(!is_whole)), "{output:?}");
    report
}

pub fn flip(path: &Path, at: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
}

pub fn last_lsn(report: &Value) -> u64 {
    report["journal"]["last_lsn"].as_u64().unwrap()
}

/// A node as `launch` starts it, on another directory.
pub fn launch_on(directory: &Path, data: &Path) -> Launch {
    Launch::serve(data).arguments(["--config", directory.join("gavel.toml").to_str().unwrap()])
}

pub async fn stopped(gavel: Gavel) {
    gavel.signal(Signal::TERM);
    assert!(gavel.ended().await.status.success());
}

/// Staff give a command.
pub async fn order(gavel: &Gavel, house: &House, command: Value) {
    let mut console = Socket::follow(&gavel.address, &house.staff, &house.sale)
        .await
        .unwrap();
    let command = json!({"type": "command", "command_id": "it", "sale_id": house.sale, "command": command});
    assert!(console.send(&command).await);
    console.expect("command_done").await;
}

/// The first lot is sold; returns when the database has heard of it.
pub async fn sell_first_lot(gavel: &Gavel, house: &House) {
    let hammer =
        json!({"kind": "hammer", "lot_id": house.lots[0], "result": "sold", "override_reserve": true});
    order(gavel, house, hammer).await;
    while results(gavel, house).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

/// How lots ended, as the database says.
pub async fn results(gavel: &Gavel, house: &House) -> Vec<Value> {
    let path = format!("/sales/{}/results", house.sale);
    let results = Api::at(&gavel.address).get(&path, Some(&house.staff)).await;
    results["results"].as_array().unwrap().clone()
}

pub async fn accepted(bids: &mut Bids<'_>, gavel: &Gavel) {
    let answer = bids.next(&gavel.address).await;
    assert_eq!(answer["type"], "bid_accepted", "{answer}");
}
