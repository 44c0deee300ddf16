//! `gavel vectors`: the engine holds every rule vector, and the runner notices when it does not.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(clippy::needless_pass_by_value, reason = "values are written in place")]

mod reference;

use gavel_gateway::cli::vectors::VectorsArgs;
use reference::reference;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const SOUND: &str = include_str!("fixtures/proxy-against-proxy.json");

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Exit code, output and complaints of a run.
fn run(paths: &[PathBuf], json: bool) -> (u8, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = VectorsArgs {
        paths: paths.to_vec(),
        json,
    };
    let code = args.execute(&mut out, &mut err).unwrap();
    (
        code,
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    )
}

/// The report on a vector that was written for the test.
fn report(vector: &str) -> (u8, Value) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("one.json");
    fs::write(&file, vector).unwrap();
    let (code, out, err) = run(&[file], true);
    assert_eq!(err, "");
    (code, serde_json::from_str(&out).unwrap())
}

/// The sound vector with one change.
fn changed(pointer: &str, value: Value) -> String {
    let mut vector: Value = serde_json::from_str(SOUND).unwrap();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match vector.pointer_mut(parent).unwrap() {
        Value::Array(array) => array[key.parse::<usize>().unwrap()] = value,
        object => {
            object.as_object_mut().unwrap().insert(key.to_owned(), value);
        }
    }
    vector.to_string()
}

#[track_caller]
fn fails(vector: &str, step: Value, field: &str, expected: Value, got: Value) {
    let (code, report) = report(vector);
    assert_eq!(
        report,
        json!({
            "vectors": 1,
            "hold": 0,
            "failed": [{
                "name": "proxy-against-proxy",
                "step": step,
                "field": field,
                "expected": expected,
                "got": got,
            }],
        })
    );
    assert_eq!(code, 1);
}

#[test]
fn every_reference_vector_holds() {
    let Some(directory) = reference("vectors") else {
        return;
    };
    let (code, out, err) = run(&[directory], false);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "103 of 103 hold\n", ""));
}

#[test]
fn files_and_directories_are_counted_together() {
    let (code, out, err) = run(&[fixtures(), fixtures().join("room.jsonl")], false);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "5 of 5 hold\n", ""));
    let (_, out, _) = run(&[fixtures()], true);
    assert_eq!(out, "{\"vectors\":3,\"hold\":3,\"failed\":[]}\n");
}

#[test]
fn a_wrong_expectation_is_reported_with_what_came_instead() {
    let step = "/steps/3/expect";
    for (key, wrong, right) in [
        ("price", json!("61.00"), json!("60.00")),
        ("price", json!(null), json!("60.00")),
        ("leader", json!("bob"), json!("ann")),
        ("minimum", json!("60.00"), json!("65.00")),
        ("reserve_met", json!(false), json!(true)),
        ("state", json!("paused"), json!("open")),
        ("accepted", json!(false), json!(true)),
        ("reason", json!("closed"), json!(null)),
        ("closes_at_ms", json!(1001), json!(1000)),
    ] {
        let vector = changed(&format!("{step}/{key}"), wrong.clone());
        fails(&vector, json!(3), key, wrong, right);
    }
    let sold = json!({"result": "sold", "winner": "ann", "price": "70.00"});
    for wrong in [
        json!({"result": "sold", "winner": "bob", "price": "70.00"}),
        json!({"result": "sold", "winner": "ann", "price": "75.00"}),
        json!({"result": "unsold", "winner": null, "price": null}),
        json!(null),
    ] {
        let vector = changed("/outcome", wrong.clone());
        fails(&vector, json!(null), "outcome", wrong, sold.clone());
    }
}

#[test]
fn in_text_the_difference_is_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("one.json");
    fs::write(&file, changed("/steps/3/expect/price", json!("61.00"))).unwrap();
    let (code, out, _) = run(&[file, fixtures().join("room.jsonl")], false);
    let line = "proxy-against-proxy: step 3: price: expected \"61.00\", got \"60.00\"";
    assert_eq!(out, format!("{line}\n2 of 3 hold\n"));
    assert_eq!(code, 1);
}

#[test]
fn an_unknown_format_fails_and_is_not_skipped() {
    for format in ["candle", "English", "sealed"] {
        let vector = changed("/lot/format", json!(format));
        let known = json!("english, dutch, sealed_first_price or vickrey");
        fails(&vector, json!(null), "format", known, json!(format));
    }
}

#[test]
fn unknown_keys_fail_wherever_they_stand() {
    for (pointer, step, field) in [
        ("/house", json!(null), "house"),
        ("/lot/premium", json!(null), "lot.premium"),
        ("/lot/increments/1/until", json!(null), "lot.increments[1].until"),
        ("/lot/soft_close/grace", json!(null), "lot.soft_close.grace"),
        ("/steps/2/note", json!(2), "note"),
        ("/steps/2/bid/colour", json!(2), "bid.colour"),
        ("/steps/2/expect/second", json!(2), "expect.second"),
        ("/outcome/premium", json!(null), "outcome.premium"),
    ] {
        let vector = changed(pointer, json!(7));
        fails(&vector, step, field, json!("no such key"), json!(7));
    }
}

#[test]
fn values_that_make_no_sense_fail_with_what_would() {
    let amount = json!("an amount as a decimal text");
    for (pointer, step, field, expected, value) in [
        (
            "/lot/opening_price",
            json!(null),
            "lot.opening_price",
            amount.clone(),
            json!(10),
        ),
        (
            "/lot/reserve_price",
            json!(null),
            "lot.reserve_price",
            amount.clone(),
            json!("-1"),
        ),
        (
            "/lot/tie_rule",
            json!(null),
            "lot.tie_rule",
            json!("earliest or floor"),
            json!("latest"),
        ),
        ("/steps/2/bid/max", json!(2), "bid.max", amount, json!("1.005")),
        (
            "/steps/2/at_ms",
            json!(2),
            "at_ms",
            json!("an integer"),
            json!("soon"),
        ),
        ("/steps/2/at_ms", json!(2), "at_ms", json!("at least 1"), json!(0)),
        (
            "/steps/2/expect/price",
            json!(2),
            "expect.price",
            json!("an amount or null"),
            json!(5),
        ),
        (
            "/steps/2/tick",
            json!(2),
            "step",
            json!("one command"),
            json!(true),
        ),
        (
            "/currency",
            json!(null),
            "currency",
            json!("a code of ISO 4217"),
            json!("XYZ"),
        ),
        ("/steps", json!(null), "steps", json!("an array"), json!("none")),
    ] {
        let got = if field == "step" {
            json!("2 commands")
        } else {
            value.clone()
        };
        fails(&changed(pointer, value), step, field, expected, got);
    }
    let step = json!("must be more than zero and at most 10^15, or absent beside step_bp");
    let band = json!({"from": "60.00", "step": "0.00"});
    let mut bands = vec![json!({"from": "0.00", "step": "1.00"}), band];
    let vector = changed("/lot/increments", json!(bands));
    fails(&vector, json!(null), "lot.increments[1].step", step, json!(bands));
    bands.clear();
    let vector = changed("/lot/increments", json!(bands));
    fails(
        &vector,
        json!(null),
        "lot.increments",
        json!("needs 1 to 24 bands"),
        json!(bands),
    );
}

#[test]
fn what_is_no_vector_is_named_and_the_rest_is_run() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let deep = "[".repeat(100_000);
    let mut paths = vec![
        write("truncated.json", &SOUND.as_bytes()[..200]),
        write("latin1.json", b"{\"name\":\"\xe9\"}"),
        write("deep.json", deep.as_bytes()),
        write("nameless.json", b"{}"),
        write("list.json", b"[]"),
        write("empty.jsonl", b"\n\n"),
        write("notes.txt", b"hello"),
        directory.path().join("absent.json"),
    ];
    let bare = directory.path().join("bare");
    fs::create_dir(&bare).unwrap();
    paths.push(bare);
    let line = SOUND.replace('\n', " ");
    paths.push(write(
        "mixed.jsonl",
        format!("{line}\nnonsense\n\n{line}\n").as_bytes(),
    ));
    let (code, out, err) = run(&paths, false);
    assert_eq!(code, 2);
    assert_eq!(out, "2 of 2 hold\n");
    let complaints: Vec<_> = err.lines().collect();
    assert_eq!(complaints.len(), paths.len(), "{err}");
    for (path, complaint) in paths.iter().zip(complaints) {
        assert!(
            complaint.starts_with(&format!("{}: ", path.display())),
            "{complaint}"
        );
    }
    assert!(err.contains("mixed.jsonl: line 2: "), "{err}");
}
