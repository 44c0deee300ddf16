//! `gavel replay soft-close`: recorded auctions are won by the recorded winners at the recorded prices,
//! and broken rows are named.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod reference;

use gavel_gateway::cli::replay::SoftCloseArgs;
use reference::reference;
use std::{fs, path::PathBuf};

const HEADER: &str = "auction_id,seconds_since_first_bid,bidder,amount,reserve,final_price,final_winner";

fn run(file: PathBuf) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = SoftCloseArgs { file, json: true }
        .execute(&mut out, &mut err)
        .unwrap();
    (
        code,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

fn run_on(rows: &[&str]) -> (u8, String, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bids.csv");
    fs::write(&file, [&[HEADER], rows].concat().join("\n")).unwrap();
    let (code, out, err) = run(file.clone());
    let prefix = format!("{}: ", file.display());
    let complaints = err
        .lines()
        .map(|line| line.strip_prefix(&prefix).unwrap().to_owned());
    (code, out, complaints.collect())
}

#[test]
fn the_recorded_auctions_end_as_recorded() {
    let Some(file) = reference("data/soft-close-auctions.csv") else {
        return;
    };
    let (code, out, err) = run(file);
    assert_eq!(
        out,
        "{\"auctions\":16,\"bids\":175,\"winner_match\":16,\"price_match\":16}\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn ten_minutes_from_a_late_bid_and_a_tenth_above_the_last() {
    let (code, out, complaints) = run_on(&[
        "1,0,ann,1000,1000,1331,ann",
        // Within the last ten minutes of the day: the close is at 86,990 s now.
        "1,86390,bob,1100,1000,1331,ann",
        "1,86400,ann,1209,1000,1331,ann",
        "1,86400,ann,1210,1000,1331,ann",
        // In time by a second; exactly a tenth, by the leader.
        "1,86999,ann,1331,1000,1331,ann",
        "1,87599,bob,9999,1000,1331,ann",
    ]);
    assert_eq!(
        out,
        "{\"auctions\":1,\"bids\":4,\"winner_match\":1,\"price_match\":1}\n"
    );
    assert_eq!(
        complaints,
        [
            "auction 1: the bid at 86400 s is refused: below_minimum",
            "auction 1: the bid at 87599 s is refused: closed",
            "2 malformed",
        ]
    );
    assert_eq!(code, 2);
}

#[test]
fn broken_rows_are_named_and_the_run_goes_on() {
    let (code, out, complaints) = run_on(&[
        "1,0,ann,1000,1000,1000,ann",
        "1,5,bob,12.5,1000,1000,ann",
        "1,6,bob,-5,1000,1000,ann",
        "1,7,bob",
        "1,soon,bob,2000,1000,1000,ann",
        "1,8,,2000,1000,1000,ann",
        "1,9,bob,0,1000,1000,ann",
    ]);
    assert_eq!(
        out,
        "{\"auctions\":1,\"bids\":1,\"winner_match\":1,\"price_match\":1}\n"
    );
    assert_eq!(
        complaints,
        [
            "line 3: amount: invalid digit found in string",
            "line 4: amount: invalid digit found in string",
            "line 5: 3 columns instead of 7",
            "line 6: seconds_since_first_bid: invalid digit found in string",
            "line 7: bidder: empty",
            "line 8: amount: 0 is not an amount",
            "6 malformed",
        ]
    );
    assert_eq!(code, 2);
}
