//! `gavel log` and `gavel results` on a directory that a real node writes, with a sealed lot in it that
//! nothing may tell of before its close: not these commands, not the log lines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::{
    gavel::{Gavel, Launch, run},
    house::{self, Api, House, PASSWORD},
    secrets::Secrets,
    socket::Socket,
    text,
    tree::{differences, tree},
    used,
};
use reqwest::{Client, Method, header};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Output,
};
use tempfile::TempDir;
use uuid::Uuid;

/// Amounts that come up nowhere by chance, as they may be written.
const SEALED: [(i64, &str); 3] = [
    (8_345_671, "83456.71"),
    (8_567_893, "85678.93"),
    (7_123_459, "71234.59"),
];

const TITLE: &str = "=SUM(1), \"quoted\"";

/// A sale with an English and a sealed lot: the first is sold, bids lie on the second.
struct Held {
    directory: TempDir,
    data: PathBuf,
    launch: Launch,
    house: House,
    gavel: Gavel,
    console: Socket,
}

impl Held {
    async fn sale() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (data, launch) = house::open(directory.path()).await;
        let launch = launch.arguments(["--log", "trace"]);
        let gavel = launch.start().await;
        let api = Api::at(&gavel.address);
        let mut sale = house::sale_input();
        sale["title"] = json!("Sealed evening");
        sale["book_visibility"] = json!("counts");
        let mut english = house::lot_input(2);
        english["number"] = json!("1");
        english["title"] = json!(TITLE);
        let mut sealed = house::lot_input(2);
        sealed["title"] = json!("Letters");
        sealed["rules"]["format"] = json!("sealed_first_price");
        sealed["rules"]["revisions"] = json!(true);
        sealed["rules"]["runs"] = json!({"from": "opening", "duration_ms": 3_600_000});
        let house = House::with(&api, &sale, &[english, sealed], 2).await;
        let console = Socket::follow(&gavel.address, &house.staff, &house.sale);
        let mut held = Self {
            console: console.await.unwrap(),
            directory,
            data,
            launch,
            house,
            gavel,
        };
        held.bid(1, 1, "max_minor", SEALED[0].0).await;
        held.order(json!({"kind": "open_lot", "lot_id": held.house.lots[0]}))
            .await;
        held.bid(0, 0, "amount_minor", 50_000).await;
        held.bid(1, 0, "max_minor", 73_377).await;
        held.bid(0, 0, "amount_minor", 1).await;
        held.order(json!({"kind": "hammer", "lot_id": held.house.lots[0], "result": "sold"}))
            .await;
        held.order(json!({"kind": "open_lot", "lot_id": held.house.lots[1]}))
            .await;
        held.bid(0, 1, "amount_minor", SEALED[1].0).await;
        held.bid(0, 1, "amount_minor", SEALED[2].0).await;
        held
    }

    async fn bid(&self, bidder: usize, lot: usize, offer: &str, amount: i64) {
        let House {
            sale, lots, bidders, ..
        } = &self.house;
        let mut socket = Socket::follow(&self.gavel.address, &bidders[bidder].token, sale)
            .await
            .unwrap();
        let mut bid = json!({
            "type": "bid", "bid_id": Uuid::new_v4(), "sale_id": sale, "lot_id": lots[lot], "currency": "EUR",
        });
        bid[offer] = json!(amount);
        assert!(socket.send(&bid).await);
        socket.expect_any(&["bid_accepted", "bid_refused"]).await;
    }

    async fn order(&mut self, command: Value) {
        let command = json!({
            "type": "command", "command_id": "it", "sale_id": self.house.sale, "command": command,
        });
        assert!(self.console.send(&command).await);
        self.console.expect("command_done").await;
    }

    fn command(&self, arguments: &[&str]) -> Output {
        on(&self.data, arguments)
    }
}

fn on(data: &Path, arguments: &[&str]) -> Output {
    let data = ["--data", data.to_str().unwrap()];
    run(&[arguments, &data].concat())
}

/// What it printed, without complaint.
fn printed(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output, code: i32, says: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(says) && !said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty(), "{output:?}");
}

fn tells_of_sealed_bids(text: &str) -> bool {
    SEALED
        .iter()
        .any(|(minor, major)| text.contains(&minor.to_string()) || text.contains(major))
}

/// The JSON lines of a log.
fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn events<'a>(lines: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let events = lines.iter().flat_map(|line| line["events"].as_array().unwrap());
    events.filter(move |event| event["kind"] == kind)
}

#[actix_web::test]
async fn a_sale_is_told_from_its_journal_and_what_is_sealed_stays_so() {
    let held = Held::sale().await;
    let sale = held.house.sale.clone();
    // Beside the running node.
    let text = printed(&held.command(&["log", &sale]));
    let json = printed(&held.command(&["log", "sealed eve", "--json"]));
    let csv = printed(&held.command(&["results", &sale[..8]]));
    for output in [&text, &json, &csv] {
        assert!(!tells_of_sealed_bids(output), "{output}");
    }
    let paddle = held.house.bidders[0].paddle;
    for words in [
        "Sealed evening, ".to_owned(),
        format!("lot 1: paddle {paddle} (Bidder 0), online, bids 500.00 EUR"),
        "which is refused: below_minimum, at least ".to_owned(),
        "lot 1: sold to paddle ".to_owned(),
        // The hammer has fallen, so the maximum may be known.
        "bids a maximum of 733.77 EUR".to_owned(),
        "lot 2: sealed; withheld until the lot has closed".to_owned(),
    ] {
        assert!(text.contains(&words), "{words} is missing:\n{text}");
    }
    let records = lines(&json);
    let seqs: Vec<_> = records
        .iter()
        .map(|record| record["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=records.len() as u64).collect::<Vec<_>>());
    assert!(
        records
            .iter()
            .all(|record| record["at"].as_str().unwrap().ends_with('Z'))
    );
    let sealed: Vec<_> = events(&records, "bid_accepted")
        .filter(|bid| bid["lot"]["number"] == "2")
        .collect();
    assert_eq!(sealed.len(), 3, "one of them from the book: {json}");
    for bid in sealed.into_iter().chain(events(&records, "absentee_left")) {
        let known: Vec<_> = bid.as_object().unwrap().keys().collect();
        assert_eq!(known, ["kind", "lot", "text", "withheld"], "{bid}");
    }
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<Vec<String>> = rows
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows[0][..3], ["1", &format!("'{TITLE}"), "sold"]);
    assert_eq!(rows[0][8], "EUR");
    assert_eq!(rows[1][..5], ["2", "Letters", "open", "", ""]);

    // No line that the node logs tells of them either, however much it logs.
    let logged = held.gavel.output().stderr.join("\n");
    assert!(
        logged.contains("\"TRACE\"") && logged.contains("a bid has come in"),
        "{logged}"
    );
    let revealing = logged.lines().find(|line| tells_of_sealed_bids(line));
    assert_eq!(revealing, None);

    // The same while no node runs; then nothing at all changes in the directory.
    held.gavel.signal(Signal::TERM);
    assert!(held.gavel.ended().await.status.success());
    let before = tree(&held.data);
    assert_eq!(printed(&on(&held.data, &["log", &sale])), text);
    assert_eq!(printed(&on(&held.data, &["log", &sale, "--json"])), json);
    assert_eq!(printed(&on(&held.data, &["results", "Sealed evening"])), csv);
    assert_eq!(differences(&before, &tree(&held.data)), [""; 0]);

    // Once the lot is closed everything is told.
    let gavel = held.launch.start().await;
    let mut console = Socket::follow(&gavel.address, &held.house.staff, &sale)
        .await
        .unwrap();
    let withdraw = json!({
        "type": "command", "command_id": "it", "sale_id": sale,
        "command": {"kind": "withdraw", "lot_id": held.house.lots[1]},
    });
    assert!(console.send(&withdraw).await);
    console.expect("command_done").await;
    let text = printed(&on(&held.data, &["log", &sale]));
    for (_, amount) in SEALED {
        assert!(text.contains(amount), "{amount}: {text}");
    }
    let results = printed(&on(&held.data, &["results", &sale, "--format", "json"]));
    let results: Value = serde_json::from_str(&results).unwrap();
    let lots = &results["lots"];
    let realised = |lot: &Value| (lot["result"].clone(), lot["price_minor"] == lot["total_minor"]);
    assert_eq!(
        (realised(&lots[0]), realised(&lots[1])),
        ((json!("sold"), true), (json!("withdrawn"), true))
    );
    assert_eq!(lots[0]["title"], TITLE, "as it is");
    assert_eq!(lots[0]["winner_paddle"], json!(held.house.bidders[1].paddle));
    drop(held.directory);
}

#[actix_web::test]
async fn what_cannot_be_told_is_refused_with_its_reason() {
    let held = Held::sale().await;
    let sale = held.house.sale.clone();
    for command in ["log", "results"] {
        refused(&held.command(&[command]), 2, "<SALE>");
        refused(&held.command(&[command, "no such sale"]), 1, &sale);
        let nowhere = held.directory.path().join("nowhere");
        refused(&on(&nowhere, &[command, &sale]), 1, "there is no data directory");
        assert!(!nowhere.exists());
        let empty = held.directory.path().join("empty");
        fs::create_dir_all(&empty).unwrap();
        refused(&on(&empty, &[command, &sale]), 1, "no node has run");
        fs::create_dir(empty.join("journal")).unwrap();
        refused(&on(&empty, &[command, &sale]), 1, "no sale has gone live");
        fs::remove_dir_all(&empty).unwrap();
    }
    refused(&held.command(&["results", &sale, "--format", "xml"]), 2, "xml");
    held.gavel.kill().assert_killed();

    // What a kill left behind is read as well.
    assert!(printed(&on(&held.data, &["log", &sale])).contains("sold to paddle"));
    // Without the catalogue the journal is told all the same, and nobody's maxima with it.
    let database = held.data.join("gavel.sqlite");
    let aside = held.data.join("aside");
    fs::rename(&database, &aside).unwrap();
    let log = on(&held.data, &["log", &sale]);
    let (said, text) = (
        String::from_utf8_lossy(&log.stderr),
        String::from_utf8_lossy(&log.stdout),
    );
    assert!(
        log.status.success() && said.contains("names and numbers are not shown"),
        "{log:?}"
    );
    assert!(
        text.contains("sold to paddle") && !tells_of_sealed_bids(&text),
        "{text}"
    );
    refused(
        &on(&held.data, &["results", &sale]),
        1,
        "cannot open the database",
    );
    assert!(!database.exists(), "not made anew");
    fs::rename(&aside, &database).unwrap();

    let journal = tree(&held.data.join("journal"));
    let (name, bytes) = journal
        .into_iter()
        .find(|(name, _)| used::is_segment(name))
        .unwrap();
    let mut bytes = bytes.unwrap();
    bytes[700] ^= 1;
    fs::write(held.data.join("journal").join(name), bytes).unwrap();
    for command in ["log", "results"] {
        refused(&on(&held.data, &[command, &sale]), 1, "journal is corrupt");
    }
}

/// A session's cookie, without its attributes.
fn cookie(response: &reqwest::Response) -> String {
    let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Everything that has to do with accounts and tokens, done right and done wrong; what of it is secret.
async fn use_secrets(held: &Held) -> Secrets {
    let api = Api::at(&held.gavel.address);
    let mut secrets = Secrets::default();
    secrets.text("a password", PASSWORD);
    secrets.text("the staff's token", &held.house.staff);
    for bidder in &held.house.bidders {
        secrets.text("a bidder's token", &bidder.token);
    }
    for (minor, major) in SEALED {
        secrets.amount("a sealed bid", &[&minor.to_string(), major]);
    }
    secrets.text("a password's hash", "$argon2id$");
    let key = fs::read_to_string(held.data.join("keys/access-token.key")).unwrap();
    let secret = key.split(' ').nth(1).unwrap();
    secrets.text("the signing key", secret);
    let secret = blake3::Hash::from_hex(secret).unwrap();
    secrets.bytes("the signing key", secret.as_bytes());

    let password = "Tr0ub4dor&3 is no secret";
    secrets.text("a new password", password);
    secrets.text("an address", "jane.roe@example.org");
    let account = json!({
        "name": "jane", "display_name": "Jane", "email": "jane.roe@example.org", "password": password,
        "refresh_in_body": true,
    });
    let session = api.post("/auth/sign-up", None, account).await;
    let first = text(&session["refresh_token"]);
    let body = json!({"refresh_token": first, "refresh_in_body": true});
    let refreshed = api.post("/auth/refresh", None, body.clone()).await;
    let second = text(&refreshed["refresh_token"]);
    let body = json!({"refresh_token": second, "refresh_in_body": true});
    let third = text(&api.post("/auth/refresh", None, body).await["refresh_token"]);
    for token in [&first, &second, &third] {
        secrets.text("a refresh token", token);
        secrets.bytes(
            "a refresh token's hash",
            blake3::hash(token.as_bytes()).as_bytes(),
        );
    }
    for session in [&session, &refreshed] {
        secrets.text("an access token", &text(&session["access_token"]));
    }
    // Stolen: its successor has been used.
    let stolen = json!({"refresh_token": first});
    let (status, _) = api
        .call(Method::POST, "/api/v1/auth/refresh", None, Some(&stolen))
        .await;
    assert_eq!(status, 401);

    // Wrong ones, and bodies that are no use.
    let wrong = "wrong horse battery";
    secrets.text("a wrong password", wrong);
    for body in [
        json!({"name": "jane", "password": wrong}),
        json!({"name": "nobody", "password": wrong}),
        json!({"name": "jane", "password": wrong, "more": wrong}),
        json!({"name": "jane", "password": [wrong]}),
        json!({"name": wrong}),
    ] {
        let (status, _) = api
            .call(Method::POST, "/api/v1/auth/sign-in", None, Some(&body))
            .await;
        assert!(status.is_client_error(), "{status}");
    }
    let forged = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqYW5lIn0.forged";
    secrets.text("a forged token", forged);
    let (status, _) = api.call(Method::GET, "/api/v1/auth/me", Some(forged), None).await;
    assert_eq!(status, 401);
    let check = json!({"token": held.house.staff});
    api.call(Method::POST, "/api/v1/auth/check", None, Some(&check))
        .await;
    assert!(
        Socket::follow(&held.gavel.address, forged, &held.house.sale)
            .await
            .is_some()
    );

    // By cookie, as browsers do.
    let url = |path: &str| format!("http://{}/api/v1/auth/{path}", held.gavel.address);
    let client = Client::new();
    let sign_in = client
        .post(url("sign-in"))
        .json(&json!({"name": "jane", "password": password}));
    let mut cookies = vec![cookie(&sign_in.send().await.unwrap())];
    let refresh = client.post(url("refresh")).header(header::COOKIE, &cookies[0]);
    cookies.push(cookie(&refresh.json(&json!({})).send().await.unwrap()));
    let sign_out = client.post(url("sign-out")).header(header::COOKIE, &cookies[1]);
    assert_eq!(sign_out.json(&json!({})).send().await.unwrap().status(), 204);
    for cookie in cookies {
        secrets.text("a cookie", cookie.split_once('=').unwrap().1);
    }
    secrets
}

#[actix_web::test]
async fn no_secret_is_logged_however_much_is_logged() {
    let held = Held::sale().await;
    let secrets = use_secrets(&held).await;
    held.gavel.signal(Signal::TERM);
    let ended = held.gavel.ended().await;
    assert!(ended.status.success());
    let logged = ended.output.stderr;
    let telling: Vec<_> = logged
        .iter()
        .filter_map(|line| Some((secrets.told_by(line)?, line)))
        .collect();
    assert!(telling.is_empty(), "{telling:#?}");

    // The search finds what is there: in any form, and in these very lines what they do say.
    for (name, form) in secrets.forms() {
        let planted = format!("{{\"level\":\"TRACE\",\"fields\":{{\"message\":\"got {form}!\"}}}}");
        assert!(secrets.told_by(&planted).is_some(), "{name}: {form}");
    }
    let mut known = Secrets::default();
    known.text("the sale", &held.house.sale);
    assert!(logged.iter().any(|line| known.told_by(line).is_some()));
    assert!(logged.iter().any(|line| line.contains("\"TRACE\"")));
}

/// What protects the payloads of the journal, which are plain.
#[actix_web::test]
async fn nobody_but_the_owner_reads_what_a_node_writes() {
    let held = Held::sale().await;
    let open_to_others = || {
        let mut open = Vec::new();
        visit(&held.data, &mut |path| {
            let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            // What sled makes lies behind a directory that is closed.
            if mode != wanted && !path.starts_with(held.data.join("snapshots")) {
                open.push(format!("{} has {mode:o}", path.display()));
            }
        });
        open
    };
    assert_eq!(open_to_others(), [""; 0]);
    let snapshots = fs::metadata(held.data.join("snapshots")).unwrap();
    assert_eq!(snapshots.permissions().mode() & 0o777, 0o700);
}

fn visit(path: &Path, see: &mut impl FnMut(&Path)) {
    see(path);
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            visit(&entry.unwrap().path(), see);
        }
    }
}
