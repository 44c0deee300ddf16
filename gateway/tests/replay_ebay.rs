//! `gavel replay ebay`: recorded auctions close at the recorded prices, and broken rows are named.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod reference;

use gavel_gateway::cli::replay::EbayArgs;
use reference::reference;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

const HEADER: &str = "auctionid,bid,bidtime,bidder,bidderrate,openbid,price,item,auction_type";

/// Exit code, output and complaints of a run.
fn run(file: PathBuf, json: bool) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = EbayArgs { file, json }.execute(&mut out, &mut err).unwrap();
    (
        code,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

/// The same on a table that was written for the test; complaints without the file's name.
fn run_on(table: &[u8]) -> (u8, Value, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bids.csv");
    fs::write(&file, table).unwrap();
    let (code, out, err) = run(file.clone(), true);
    let prefix = format!("{}: ", file.display());
    let complaints = err
        .lines()
        .map(|line| line.strip_prefix(&prefix).unwrap().to_owned());
    let figures = if out.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&out).unwrap()
    };
    (code, figures, complaints.collect())
}

#[test]
fn the_recorded_auctions_close_as_recorded() {
    let Some(file) = reference("data/ebay-proxy-bids.csv") else {
        return;
    };
    let (code, out, err) = run(file, true);
    assert_eq!(
        out,
        "{\"auctions\":492,\"bids\":8728,\"close_match\":477,\"blind_match\":393,\
         \"refused_below_minimum\":4,\"refused_not_above_own_max\":50}\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));
}

/// Ann's 20.00 wins over Bob's 12.00 at 12.50; Cyd comes too low, Ann bids less than she has.
const SOUND: [&str; 4] = [
    "7,20,0.5,ann,3,9.99,12.5,\"Lamp, brass\",3 day auction",
    "7,12.00,1.25,bob,NA,9.99,12.5,Lamp,3 day auction",
    "7,12.1,1.250001,cyd,-1,9.99,12.5,Lamp,3 day auction",
    "7,15,2,ann,3,9.99,12.5,Lamp,3 day auction",
];

fn table(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn figures_say_what_was_refused_and_what_closes_as_recorded() {
    let figures = json!({
        "auctions": 1,
        "bids": 4,
        "close_match": 1,
        "blind_match": 1,
        "refused_below_minimum": 1,
        "refused_not_above_own_max": 1,
    });
    assert_eq!(run_on(&table(&SOUND)), (0, figures.clone(), vec![]));
    // The order of the file does not matter, only that of time.
    let mut rows = SOUND;
    rows.reverse();
    assert_eq!(run_on(&table(&rows)), (0, figures, vec![]));
    let other = SOUND.map(|row| row.replace("12.5,", "12.55,"));
    let (_, figures, _) = run_on(&table(&other.each_ref().map(String::as_str)));
    assert_eq!(figures["close_match"], 0);
    assert_eq!(figures["blind_match"], 0);
}

#[test]
fn the_blind_price_does_not_see_the_winners_recorded_maximum() {
    // Ann's true maximum is unknown; above Bob's 12.00 the price would be 12.50 if it were high.
    let rows = [
        "7,12.00,1,bob,0,9.99,12.25,Lamp,3 day auction",
        "7,12.25,2,ann,0,9.99,12.25,Lamp,3 day auction",
    ];
    let (_, figures, _) = run_on(&table(&rows));
    assert_eq!(figures["close_match"], 1);
    assert_eq!(figures["blind_match"], 0);
}

#[test]
fn malformed_rows_are_named_with_their_line_and_the_run_goes_on() {
    let mut lines = vec![HEADER.to_owned()];
    lines.extend(SOUND.map(str::to_owned));
    let sound = "7,20,0.5,ann,3,9.99,12.5,Lamp,3 day auction";
    let with = |column: usize, value: &str| {
        let mut cells: Vec<_> = sound.split(',').collect();
        cells[column] = value;
        cells.join(",")
    };
    let cases = [
        (
            "7,20,0.5,ann,3,9.99,12.5,Lamp".to_owned(),
            "8 columns instead of 9",
        ),
        (format!("{sound},more"), "10 columns instead of 9"),
        (with(0, "seven"), "auctionid \"seven\": not a number"),
        (with(1, "much"), "bid \"much\": not a decimal number"),
        (with(1, "-5"), "bid \"-5\": negative amount"),
        (
            with(1, "5.001"),
            "bid \"5.001\": finer than the currency's minor unit",
        ),
        (with(1, "1e3"), "bid \"1e3\": not a decimal number"),
        (with(1, "0"), "bid \"0\": not more than zero"),
        (
            with(1, "99999999999999999999"),
            "bid \"99999999999999999999\": larger than the largest amount",
        ),
        (with(1, ""), "bid \"\": not a decimal number"),
        (with(2, "-0.5"), "bidtime \"-0.5\": not a number of days"),
        (with(2, "NaN"), "bidtime \"NaN\": not a number of days"),
        (with(3, ""), "bidder: empty"),
        (with(4, "good"), "bidderrate \"good\": not an integer"),
        (with(5, "-0.01"), "openbid \"-0.01\": negative amount"),
        (with(6, "12,5"), "10 columns instead of 9"),
        (with(6, "free"), "price \"free\": not a decimal number"),
        // An open quote must not swallow the rows after it.
        (with(7, "\"Lamp"), "8 columns instead of 9"),
    ];
    lines.extend(cases.iter().map(|(row, _)| row.clone()));
    let mut bytes = lines.join("\r\n").into_bytes();
    bytes.extend(b"\n7,20,0.5,\xff,3,9.99,12.5,Lamp,3 day auction\n\n");
    bytes.extend(sound.replace("7,20,0.5,ann", "8,9.99,0.1,bob").as_bytes());

    let (code, figures, complaints) = run_on(&bytes);
    assert_eq!(code, 2);
    assert_eq!(figures["auctions"], 2);
    assert_eq!(figures["bids"], 5, "the sound rows count");
    let mut expected: Vec<_> = (6..)
        .zip(&cases)
        .map(|(line, (_, why))| format!("line {line}: {why}"))
        .collect();
    expected.push(format!("line {}: not UTF-8", 6 + cases.len()));
    expected.push(format!("{} malformed", expected.len()));
    assert_eq!(complaints, expected);
}

#[test]
fn a_file_that_is_no_such_table_is_refused_as_a_whole() {
    for table in [
        "",
        "bidder,bid\nann,5\n",
        "7,20,0.5,ann,3,9.99,12.5,Lamp,3 day auction\n",
    ] {
        let (code, figures, complaints) = run_on(table.as_bytes());
        assert_eq!((code, figures), (2, Value::Null), "{table:?}");
        assert_eq!(complaints.len(), 1, "{complaints:?}");
    }
    let (code, out, err) = run(PathBuf::from("/nonexistent/bids.csv"), true);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.starts_with("/nonexistent/bids.csv: "), "{err}");
}

#[test]
fn in_text_the_same_figures_are_sentences() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bids.csv");
    fs::write(&file, table(&SOUND)).unwrap();
    let (_, out, _) = run(file, false);
    assert_eq!(
        out,
        "1 auctions, 4 bids\n1 close at the recorded price\n1 with the winner's maximum beyond reach\n\
         refused: 1 below the minimum, 1 not above the own maximum\n"
    );
}
