//! The project's own rule vectors: they hold, and each of their expectations is looked at.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use gavel_engine::Reason;
use gavel_gateway::cli::vectors::VectorsArgs;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors")
}

fn vectors() -> Vec<Value> {
    let files = fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let vector: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert_eq!(path.file_stem().unwrap().to_str(), vector["name"].as_str());
            vector
        })
        .collect()
}

fn vector(name: &str) -> Value {
    let path = directory().join(name).with_extension("json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn report(path: PathBuf) -> Value {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = VectorsArgs {
        paths: vec![path],
        json: true,
    };
    args.execute(&mut out, &mut err).unwrap();
    assert_eq!(String::from_utf8(err).unwrap(), "");
    serde_json::from_slice(&out).unwrap()
}

/// The report on these vectors.
fn report_on(vectors: &[Value]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("all.jsonl");
    let mut lines = String::new();
    for vector in vectors {
        writeln!(lines, "{vector}").unwrap();
    }
    fs::write(&file, lines).unwrap();
    report(file)
}

#[test]
fn every_own_vector_holds() {
    let count = vectors().len();
    assert!(count >= 120, "{count}");
    let report = report(directory());
    assert_eq!(report, json!({"vectors": count, "hold": count, "failed": []}));
}

/// Another value that could stand at this key.
fn another(key: &str, value: &Value, vector: &Value) -> Value {
    let lot = || vector["lots"][0]["name"].clone();
    match (key, value) {
        ("accepted" | "fair_warning" | "reserve_met", value) => json!(value != &json!(true)),
        ("result", value) => json!(if value == "unsold" { "withdrawn" } else { "unsold" }),
        ("book", Value::Array(names)) if names.is_empty() => {
            let mut bids = vector["steps"].as_array().unwrap().iter();
            json!([bids.find_map(|step| step["bid"]["bidder"].as_str()).unwrap()])
        }
        ("offered_with", Value::Array(names)) if names.is_empty() => json!([lot()]),
        ("current" | "led_by", Value::Null) => lot(),
        ("outcome", Value::Null) => json!({"result": "unsold", "winner": null, "price": null}),
        ("closes_at_ms" | "hammer_falls_at_ms", Value::Null) => json!(1),
        ("reason", Value::Null) => json!("closed"),
        ("leader" | "winner", Value::Null) => json!("nobody"),
        (_, Value::Null) => json!("7777"),
        (_, Value::Array(_)) => json!([]),
        (_, Value::Number(number)) => json!(number.as_i64().unwrap() + 1),
        (_, Value::String(text)) if text.starts_with(|letter: char| letter.is_ascii_digit()) => json!("7777"),
        _ => Value::Null,
    }
}

/// Every value that is expected below `pointer`, by its pointer.
fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(keys) => {
            for (key, value) in keys {
                leaves(value, &format!("{pointer}/{key}"), found);
            }
        }
        _ => found.push(pointer.to_owned()),
    }
}

/// The keys of one outcome; in a vector of several lots the names of these stand around them.
const OF_OUTCOME: [&str; 4] = ["result", "winner", "price", "lot"];

/// The field that a report names for a value: outcomes and what would be taken are one value each.
fn field(pointer: &str) -> String {
    let mut keys: Vec<&str> = pointer.split('/').collect();
    if let Some(whole) = keys
        .iter()
        .position(|key| ["outcome", "would_take"].contains(key))
    {
        let of_a_lot = keys[0] == "outcome" && keys.get(1).is_some_and(|key| !OF_OUTCOME.contains(key));
        keys.truncate(whole + 1 + usize::from(of_a_lot));
    }
    keys.join(".")
}

/// What kind of value stands at this pointer.
fn kind(pointer: &str) -> &str {
    match pointer.rsplit_once('/').unwrap() {
        ("/outcome", name) if !OF_OUTCOME.contains(&name) => "outcome",
        (_, key) => key,
    }
}

#[test]
fn a_changed_expectation_fails_at_its_step_and_field() {
    let mut changed = Vec::new();
    let mut places = Vec::new();
    for vector in vectors() {
        let mut pointers = Vec::new();
        for (index, step) in vector["steps"].as_array().unwrap().iter().enumerate() {
            if step.get("expect").is_some() {
                leaves(&step["expect"], &format!("/steps/{index}/expect"), &mut pointers);
            }
        }
        leaves(&vector["outcome"], "/outcome", &mut pointers);
        for pointer in pointers {
            let mut other = vector.clone();
            let value = other.pointer_mut(&pointer).unwrap();
            *value = another(kind(&pointer), value, &vector);
            let (step, rest) = match pointer.strip_prefix("/steps/") {
                None => (Value::Null, pointer.trim_start_matches('/')),
                Some(rest) => {
                    let (index, rest) = rest.split_once("/expect/").unwrap();
                    (json!(index.parse::<usize>().unwrap()), rest)
                }
            };
            places.push((vector["name"].clone(), step, field(rest)));
            changed.push(other);
        }
    }
    assert!(changed.len() > 1000, "{}", changed.len());
    let report = report_on(&changed);
    let failed = report["failed"].as_array().unwrap();
    for ((name, step, field), failure) in places.iter().zip(failed) {
        assert_eq!(
            (&failure["name"], &failure["step"]),
            (name, step),
            "{field}: {failure}"
        );
        assert_eq!(failure["field"], json!(field), "{name}: {failure}");
        assert_ne!(failure["expected"], failure["got"], "{name}: {failure}");
    }
    assert_eq!(failed.len(), changed.len());
}

#[test]
fn every_refusal_that_a_vector_can_bring_about_is_expected_somewhere() {
    // Of what no vector can say: another currency, another sale, a lot that is not there...
    let beyond = [
        Reason::UnknownLot,
        Reason::WrongCurrency,
        Reason::NotReceived,
        Reason::AlreadyCreated,
        Reason::UnknownSale,
        Reason::TextTooLong,
        Reason::InvalidSetup,
    ];
    let all = Reason::ALL.iter().filter(|reason| !beyond.contains(reason));
    let expected: BTreeSet<String> = vectors()
        .iter()
        .flat_map(|vector| vector["steps"].as_array().unwrap())
        .filter_map(|step| step["expect"]["reason"].as_str().map(str::to_owned))
        .collect();
    let all: BTreeSet<String> = all.map(|reason| reason.code().to_owned()).collect();
    assert_eq!(expected, all);
}

#[test]
fn what_makes_no_sense_is_named_by_step_and_path() {
    let several = "soft-close-group-moves-together";
    let unknown = json!("no such key");
    let cases = [
        (
            several,
            "/lots/1/premium",
            json!(null),
            "lots[1].premium",
            unknown.clone(),
        ),
        (
            several,
            "/lots/1/name",
            json!(null),
            "lots[1].name",
            json!("a name that no other lot has"),
        ),
        (
            several,
            "/lots/0/soft_close/grace",
            json!(null),
            "lots[0].soft_close.grace",
            unknown.clone(),
        ),
        (
            several,
            "/lots/2/quantity",
            json!(null),
            "lots[2].quantity",
            json!("a number of pieces"),
        ),
        (
            several,
            "/lots/2/buy_now_price",
            json!(null),
            "lots[2].buy_now_price",
            json!("an amount as a decimal text"),
        ),
        (several, "/sale", json!(null), "sale", json!("room or timed")),
        (several, "/steps/1/lot", json!(1), "lot", json!("one of the lots")),
        (
            several,
            "/steps/1/foresee",
            json!(1),
            "foresee",
            json!("true or false"),
        ),
        (
            several,
            "/steps/1/expect/lots/z",
            json!(1),
            "expect.lots.z",
            json!("one of the lots"),
        ),
        (
            several,
            "/steps/1/expect/lots/b/second",
            json!(1),
            "expect.lots.b.second",
            unknown.clone(),
        ),
        (
            several,
            "/steps/1/expect/book",
            json!(1),
            "expect.book",
            json!("an array of names"),
        ),
        (
            several,
            "/steps/1/expect/would_take",
            json!(1),
            "expect.would_take",
            json!("at_least, at_most or exactly an amount, or null"),
        ),
        (several, "/outcome/z", json!(null), "outcome.z", unknown.clone()),
        (
            several,
            "/outcome/a/result",
            json!(null),
            "outcome.a.result",
            json!("sold, unsold, withdrawn or sold_with"),
        ),
        (
            "credit-over-all-sales",
            "/bidders/ann/debt",
            json!(null),
            "bidders.ann.debt",
            unknown.clone(),
        ),
        (
            "credit-over-all-sales",
            "/bidders/bob/standing",
            json!(null),
            "bidders.bob.standing",
            json!("approved, pending or suspended"),
        ),
        (
            "credit-over-all-sales",
            "/steps/0/expect/left/zoe",
            json!(0),
            "expect.left.zoe",
            json!("somebody named before"),
        ),
        (
            "percent-rounds-up-to-the-minor-unit",
            "/lot/increments/0/step_bp",
            json!(null),
            "lot.increments[0].step_bp",
            json!("a number of basis points"),
        ),
        (
            "runs-from-the-first-bid",
            "/lot/runs/from",
            json!(null),
            "lot.runs.from",
            json!("opening or first_bid"),
        ),
        (
            "runs-from-the-first-bid",
            "/lot/closes_at_ms",
            json!(null),
            "lot.runs",
            json!("must be absent beside closes_at_ms"),
        ),
        (
            "hammer-window-at-its-end",
            "/lot/hammer_window_ms",
            json!(null),
            "lot.hammer_window_ms",
            json!("must be from 0 to 2000 ms"),
        ),
        (
            "combined-lots-need-the-sum",
            "/steps/0/group/together",
            json!(0),
            "group.together",
            json!("combined or choice"),
        ),
        (
            "combined-lots-need-the-sum",
            "/steps/0/group/lots",
            json!(0),
            "group.lots",
            json!("an array of lots"),
        ),
        (
            "choice-of-all",
            "/steps/5/choose",
            json!(5),
            "choose",
            json!("an array of lots"),
        ),
        (
            "suspended-with-a-sealed-bid",
            "/steps/3/suspend/retract_bids",
            json!(3),
            "suspend.retract_bids",
            json!("true or false"),
        ),
        (
            "house-bids-below-the-reserve",
            "/steps/1/bid/max",
            json!(1),
            "bid.amount",
            json!("one of amount, max and buy_now"),
        ),
        (
            "hammer-to-the-number-that-is-shown",
            "/steps/2/to",
            json!(2),
            "to",
            json!("a name"),
        ),
    ];
    let wrong = |pointer: &str| match pointer {
        "/lot/closes_at_ms" | "/lot/hammer_window_ms" => json!(5000),
        "/lots/1/name" => json!("a"),
        "/steps/1/bid/max" => json!("1.00"),
        _ => json!({"never": 7}),
    };
    for (name, pointer, step, field, expected) in cases {
        let mut changed = vector(name);
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = changed.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        parent.insert(key.to_owned(), wrong(pointer));
        let report = report_on(&[changed]);
        let failure = &report["failed"][0];
        let found = [&failure["step"], &failure["field"], &failure["expected"]];
        assert_eq!(found, [&step, &json!(field), &expected], "{name}: {failure}");
    }
}
