//! `gavel verify`, `backup`, `restore` and `repair` on directories that real nodes write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use gavel_storage::journal::{Truncation, disk::OsDisk};
use process::{
    bids::Bids,
    gavel::{Gavel, Launch, run},
    house::{self, Api, House, PASSWORD},
    socket::Socket,
    text,
    tree::{self, differences, tree},
    used::Used,
    within,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::{FileExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_mins(2);

fn gavel(arguments: &[&str], paths: &[&Path]) -> Output {
    let paths: Vec<_> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    run(&[arguments, &paths].concat())
}

/// What it printed; it must have gone well.
fn done(output: &Output) -> String {
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// It ended with this code, and said all of this.
fn refused(output: &Output, code: i32, wanted: &[&str]) {
    let said = [&output.stderr[..], &output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for word in wanted {
        assert!(said.contains(word), "{word} is missing: {said}");
    }
}

/// What `gavel verify` makes of a directory that is whole, or (`false`) is not.
fn verified(directory: &Path, is_whole: bool) -> Value {
    let output = gavel(&["verify", "--json"], &[directory]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!(report["is_whole"], is_whole, "{report}");
    assert_eq!(output.status.code(), Some(i32::from(!is_whole)), "{output:?}");
    report
}

fn flip(path: &Path, at: u64) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
}

fn last_lsn(report: &Value) -> u64 {
    report["journal"]["last_lsn"].as_u64().unwrap()
}

/// A node as `launch` starts it, on another directory.
fn launch_on(directory: &Path, data: &Path) -> Launch {
    Launch::serve(data).arguments(["--config", directory.join("gavel.toml").to_str().unwrap()])
}

async fn stopped(gavel: Gavel) {
    gavel.signal(Signal::TERM);
    assert!(gavel.ended().await.status.success());
}

/// Staff give a command.
async fn order(gavel: &Gavel, house: &House, command: Value) {
    let mut console = Socket::follow(&gavel.address, &house.staff, &house.sale)
        .await
        .unwrap();
    let command = json!({"type": "command", "command_id": "it", "sale_id": house.sale, "command": command});
    assert!(console.send(&command).await);
    console.expect("command_done").await;
}

/// The first lot is sold; returns when the database has heard of it.
async fn sell_first_lot(gavel: &Gavel, house: &House) {
    let hammer =
        json!({"kind": "hammer", "lot_id": house.lots[0], "result": "sold", "override_reserve": true});
    order(gavel, house, hammer).await;
    while results(gavel, house).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

/// How lots ended, as the database says.
async fn results(gavel: &Gavel, house: &House) -> Vec<Value> {
    let path = format!("/sales/{}/results", house.sale);
    let results = Api::at(&gavel.address).get(&path, Some(&house.staff)).await;
    results["results"].as_array().unwrap().clone()
}

async fn accepted(bids: &mut Bids<'_>, gavel: &Gavel) {
    let answer = bids.next(&gavel.address).await;
    assert_eq!(answer["type"], "bid_accepted", "{answer}");
}

#[actix_web::test]
async fn a_backup_under_bids_has_every_answer_from_before_and_a_node_goes_on_from_it() {
    within(PATIENCE, async {
        let directory = tempfile::tempdir().unwrap();
        let (data, launch) = house::open(directory.path()).await;
        let node = launch.start().await;
        let house = House::prepare(&node.address, 1, 1).await;
        house.open_first_lot(&node.address).await;
        let mut bids = Bids::new(&house);
        for _ in 0..300 {
            accepted(&mut bids, &node).await;
        }
        let (backup, restored) = (directory.path().join("backup"), directory.path().join("restored"));
        // Bids and registrations go on while it is made, several times.
        for round in 0..3 {
            let before = house.first_lots_history(&node.address).await;
            let making = {
                let (data, backup) = (data.clone(), backup.clone());
                tokio::task::spawn_blocking(move || gavel(&["backup", "--json"], &[&data, &backup]))
            };
            let mut number = 0;
            loop {
                accepted(&mut bids, &node).await;
                register(&node, &house, &format!("late-{round}-{number}")).await;
                number += 1;
                if making.is_finished() {
                    break;
                }
            }
            let manifest: Value = serde_json::from_str(&done(&making.await.unwrap())).unwrap();
            let after = house.first_lots_history(&node.address).await;

            let report = verified(&backup, true);
            assert_eq!(
                (&report["kind"], report["is_open"].as_bool()),
                (&json!("backup"), Some(false))
            );
            assert_eq!(last_lsn(&report), manifest["last_lsn"].as_u64().unwrap());
            let said = done(&gavel(&["restore"], &[&backup, &restored]));
            assert!(
                said.contains(&format!("up to LSN {}", last_lsn(&report))),
                "{said}"
            );
            let again = launch_on(directory.path(), &restored).start().await;
            let history = house.first_lots_history(&again.address).await;
            assert!(
                history.len() >= before.len(),
                "{} of {}",
                history.len(),
                before.len()
            );
            assert_eq!(history[..], after[..history.len()], "in the same order");
            // It goes on: the old tokens are good, and nobody is bound to what came later.
            accepted(&mut Bids::raising(&house, 10_000), &again).await;
            register(&again, &house, "newcomer").await;
            stopped(again).await;
            let report = verified(&restored, true);
            assert!(last_lsn(&report) > manifest["last_lsn"].as_u64().unwrap());
            fs::remove_dir_all(&restored).unwrap();
            fs::remove_dir_all(&backup).unwrap();
        }
        let report = verified(&data, true);
        assert_eq!(
            (&report["is_open"], &report["snapshots"]),
            (&json!(true), &json!("in_use"))
        );
    })
    .await;
}

/// Somebody signs up and registers for the sale.
async fn register(gavel: &Gavel, house: &House, name: &str) {
    let api = Api::at(&gavel.address);
    let sign_up = json!({"name": name, "display_name": name, "password": PASSWORD});
    let token = text(&api.post("/auth/sign-up", None, sign_up).await["access_token"]);
    let path = format!("/sales/{}/registrations", house.sale);
    api.post(&path, Some(&token), json!({})).await;
}

#[actix_web::test]
async fn a_changed_byte_is_named_with_its_file_and_place_and_nothing_is_written() {
    let used = Used::directory().await;
    let whole = tree(&used.data);
    let report = verified(&used.data, true);
    assert_eq!(last_lsn(&report), used.last_lsn);
    assert_eq!(report["journal"]["records"], used.last_lsn);
    assert_eq!(report["snapshots"], json!({"equal": 1}));
    let sale = &report["sales"][0];
    assert_eq!(
        (&sale["sale_id"], &sale["seq"]),
        (&json!(used.house.sale), &json!(used.last_lsn))
    );
    assert_eq!(sale["hash"].as_str().unwrap().len(), 64);
    let said = done(&gavel(&["verify"], &[&used.data]));
    assert!(
        said.contains("All of it holds.") && said.contains("Evening sale"),
        "{said}"
    );
    assert_eq!(differences(&whole, &tree(&used.data)), [""; 0]);

    let (segment, end) = used.last_segment();
    for at in [end / 2, end - 40] {
        flip(&segment, at);
        let before = tree(&used.data);
        let report = verified(&used.data, false);
        let damage = &report["journal"]["damage"];
        assert_eq!(damage["file"], segment.to_str().unwrap());
        let offset = damage["offset"].as_u64().unwrap();
        assert!(offset <= at && at < offset + 4096, "{at}: {damage}");
        assert_eq!(damage["last_good_lsn"], report["journal"]["last_lsn"]);
        assert_eq!(report["findings"][0]["part"], "journal");
        refused(
            &gavel(&["verify"], &[&used.data]),
            1,
            &[
                segment.to_str().unwrap(),
                &format!("at byte {offset}"),
                "are intact",
            ],
        );
        assert_eq!(differences(&before, &tree(&used.data)), [""; 0]);
        // Damage is not backed up either.
        let backup = used.directory.path().join("none");
        refused(
            &gavel(&["backup"], &[&used.data, &backup]),
            1,
            &["corrupt", "at byte"],
        );
        refused(&gavel(&["verify"], &[&backup]), 1, &["not finished"]);
        fs::remove_dir_all(&backup).unwrap();
        flip(&segment, at);
    }
    for (name, part) in [("keys/access-token.key", "keys"), ("gavel.sqlite", "database")] {
        let path = used.data.join(name);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, vec![0xa5; bytes.len()]).unwrap();
        let report = verified(&used.data, false);
        assert_eq!(report["findings"][0]["part"], part, "{report}");
        fs::write(&path, bytes).unwrap();
    }
    verified(&used.data, true);
    let nowhere = used.directory.path().join("nowhere");
    refused(
        &gavel(&["verify"], &[&nowhere]),
        1,
        &["neither a data directory nor a backup"],
    );
    refused(&gavel(&["verify"], &[]), 2, &["<DIR>"]);
}

#[actix_web::test]
async fn what_a_kill_or_a_power_cut_leaves_is_no_damage() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let node = launch.start().await;
    let house = House::prepare(&node.address, 1, 1).await;
    house.open_first_lot(&node.address).await;
    let mut bids = Bids::new(&house);
    for _ in 0..30 {
        accepted(&mut bids, &node).await;
    }
    node.kill().assert_killed();
    let report = verified(&data, true);
    assert_eq!(report["is_open"], false);
    let mut segments = tree(&data.join("journal")).into_iter();
    let (name, bytes) = segments
        .rfind(|(name, _)| process::used::is_segment(name))
        .unwrap();
    let bytes = bytes.unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1;
    let segment = data.join("journal").join(name);
    let file = OpenOptions::new().write(true).open(&segment).unwrap();
    file.write_all_at(&bytes[512..572], end.next_multiple_of(8))
        .unwrap();
    let torn = verified(&data, true);
    assert_eq!(last_lsn(&torn), last_lsn(&report));
    assert_eq!(torn["journal"]["torn"]["offset"], end.next_multiple_of(8));
    // It can be backed up as well: without the beginning of a record that nobody was told of.
    let backup = directory.path().join("backup");
    done(&gavel(&["backup"], &[&data, &backup]));
    let report = verified(&backup, true);
    assert_eq!(
        (last_lsn(&report), &report["journal"]["torn"]),
        (last_lsn(&torn), &Value::Null)
    );
}

#[actix_web::test]
async fn a_backup_is_private_whole_and_restored_only_as_such() {
    let used = Used::directory().await;
    let place = used.directory.path();
    let backup = place.join("deep/backup");
    let within_it = used.data.join("backup");
    refused(
        &gavel(&["backup"], &[&used.data, &within_it]),
        1,
        &["lies within"],
    );
    done(&gavel(&["backup"], &[&used.data, &backup]));
    refused(&gavel(&["backup"], &[&used.data, &backup]), 1, &["is not empty"]);
    refused(
        &gavel(&["backup"], &[&place.join("nowhere"), &place.join("x")]),
        1,
        &["no journal"],
    );
    for (name, bytes) in tree(&backup) {
        let mode = fs::metadata(backup.join(&name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if bytes.is_some() { 0o600 } else { 0o700 }, "{name}");
    }
    assert!(!backup.join("data/snapshots").exists());

    let restored = place.join("restored");
    let refuses = |wanted: &str| {
        refused(&gavel(&["verify"], &[&backup]), 1, &[wanted]);
        refused(&gavel(&["restore"], &[&backup, &restored]), 1, &[wanted]);
        assert!(!restored.exists());
    };
    for name in [
        "gavel.sqlite",
        "keys/access-token.key",
        "journal/00000000000000000001.seg",
    ] {
        let path = backup.join("data").join(name);
        flip(&path, 80);
        refuses(&format!("{name} does not match its hash"));
        flip(&path, 80);
    }
    flip(&backup.join("manifest.json"), 3);
    refuses("manifest.json is damaged");
    flip(&backup.join("manifest.json"), 3);
    let aside = place.join("aside");
    fs::rename(backup.join("manifest.json"), &aside).unwrap();
    refuses("was not finished");
    fs::rename(&aside, backup.join("manifest.json")).unwrap();
    refused(
        &gavel(&["restore"], &[&used.data, &restored]),
        1,
        &["is not a backup"],
    );
    refused(&gavel(&["restore"], &[&backup, &used.data]), 1, &["is not empty"]);

    fs::create_dir(&restored).unwrap();
    done(&gavel(&["restore"], &[&backup, &restored]));
    let again = Used {
        launch: launch_on(place, &restored),
        data: restored.clone(),
        ..used
    };
    stopped(again.starts().await).await;
    // What was only begun is not started on.
    fs::write(restored.join("RESTORING"), "").unwrap();
    let ended = again.launch.refused().await;
    ended.assert_reason(&["was not restored wholly", restored.to_str().unwrap()]);
    refused(&gavel(&["verify"], &[&restored]), 1, &["was not restored wholly"]);
}

/// A sale whose first lot was sold, with the last record before that.
struct Sold {
    directory: tempfile::TempDir,
    data: PathBuf,
    launch: Launch,
    house: House,
    /// The first lot's bids.
    history: Vec<Value>,
    before_lsn: u64,
}

impl Sold {
    async fn lot() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (data, launch) = house::open(directory.path()).await;
        let node = launch.start().await;
        let house = House::prepare(&node.address, 2, 1).await;
        house.open_first_lot(&node.address).await;
        let mut bids = Bids::new(&house);
        for _ in 0..20 {
            accepted(&mut bids, &node).await;
        }
        let history = house.first_lots_history(&node.address).await;
        let before_lsn = last_lsn(&verified(&data, true));
        sell_first_lot(&node, &house).await;
        order(&node, &house, json!({"kind": "message", "text": "Tea is served"})).await;
        stopped(node).await;
        Self {
            directory,
            data,
            launch,
            house,
            history,
            before_lsn,
        }
    }

    fn repair(&self, more: &[&str]) -> Output {
        let data = self.data.to_str().unwrap();
        run(&[&["repair", data], more].concat())
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_str().unwrap().to_owned()
    }

    /// A node on what was repaired has the lot open as it was, and sells it again.
    async fn goes_on(&self) {
        let node = self.launch.start().await;
        assert_eq!(self.house.first_lots_history(&node.address).await, self.history);
        assert_eq!(results(&node, &self.house).await, [] as [Value; 0]);
        accepted(&mut Bids::raising(&self.house, 1_000), &node).await;
        sell_first_lot(&node, &self.house).await;
        let sold = results(&node, &self.house).await;
        assert_eq!(
            (sold.len(), &sold[0]["lot_id"]),
            (1, &json!(self.house.lots[0])),
            "{sold:?}"
        );
        stopped(node).await;
        verified(&self.data, true);
    }
}

#[actix_web::test]
async fn a_repair_gives_up_what_was_said_and_the_node_goes_on() {
    let sold = Sold::lot().await;
    let (lsn, before_lsn) = (sold.before_lsn.to_string(), sold.before_lsn);
    let copy = sold.path("copy");
    let full = ["--truncate-at", &lsn, "--backup", &copy, "--yes"];
    refused(
        &sold.repair(&full),
        1,
        &["nothing was found that a repair would mend"],
    );

    let segment = sold.data.join("journal/00000000000000000001.seg");
    let bytes = fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1;
    flip(&segment, end - 40);
    let report = verified(&sold.data, false);
    let last_good_lsn = last_lsn(&report);
    assert!(last_good_lsn > before_lsn, "the hammer is still intact");
    sold.launch.refused().await.assert_reason(&["corrupt", "at byte"]);

    let damaged = tree(&sold.data);
    refused(&sold.repair(&["--truncate-at", &lsn, "--yes"]), 2, &["--backup"]);
    refused(&sold.repair(&["--backup", &copy, "--yes"]), 2, &["--truncate-at"]);
    refused(
        &sold.repair(&full[..4]),
        1,
        &["say --yes", "Given up will be", &sold.house.sale],
    );
    let beyond = (last_good_lsn + 1).to_string();
    let too_far = ["--truncate-at", &beyond, "--backup", &copy, "--yes"];
    refused(
        &sold.repair(&too_far),
        1,
        &[&format!("up to {last_good_lsn} are intact")],
    );
    let inside = sold.data.join("copy");
    let inside = [
        "--truncate-at",
        &lsn,
        "--backup",
        inside.to_str().unwrap(),
        "--yes",
    ];
    refused(&sold.repair(&inside), 1, &["lies within"]);
    let taken = sold.directory.path().to_str().unwrap();
    refused(
        &sold.repair(&["--truncate-at", &lsn, "--backup", taken, "--yes"]),
        1,
        &["is not empty"],
    );
    {
        let held = gavel_storage::data_dir::DataDir::open(&sold.data).unwrap();
        refused(&sold.repair(&full), 1, &["is in use by process"]);
        drop(held);
    }
    let changed = differences(&damaged, &tree(&sold.data));
    assert!(
        changed.iter().all(|what| what.starts_with("LOCK ")),
        "{changed:?}"
    );
    assert!(!Path::new(&copy).exists());

    let said = done(&sold.repair(&full));
    for words in [
        &sold.house.sale,
        "Evening sale",
        &format!("it keeps {before_lsn} of"),
        "from 20",
    ] {
        assert!(said.contains(words), "{words} is missing: {said}");
    }
    let copied = differences(&damaged, &tree(Path::new(&copy)));
    assert!(copied.iter().all(|what| what.starts_with("LOCK ")), "{copied:?}");
    assert!(sold.data.join("snapshots.damaged-1").is_dir());
    assert_eq!(last_lsn(&verified(&sold.data, true)), before_lsn);
    sold.goes_on().await;
}

#[actix_web::test]
async fn a_journal_that_lacks_what_the_database_knows_is_found_and_repaired() {
    let sold = Sold::lot().await;
    let lsn = sold.before_lsn.to_string();
    // The journal as it was before the hammer, as of a drive that has lost what it had confirmed.
    let journal = sold.data.join("journal");
    let cut = Truncation::after(&OsDisk, &journal, sold.before_lsn).unwrap();
    cut.carry_out(&OsDisk).unwrap();
    let report = verified(&sold.data, false);
    assert_eq!(last_lsn(&report), sold.before_lsn);
    let findings = report["findings"].as_array().unwrap();
    for words in ["a snapshot was made at record", "the database knows of record"] {
        let says = |finding: &Value| finding["message"].as_str().unwrap().contains(words);
        assert!(findings.iter().any(says), "{words} is missing: {report}");
    }
    let copy = sold.path("copy");
    done(&sold.repair(&["--truncate-at", &lsn, "--backup", &copy, "--yes"]));
    verified(&sold.data, true);
    sold.goes_on().await;
}

#[actix_web::test]
async fn a_sale_that_was_live_is_given_up_only_by_name_and_never_begins_anew_by_itself() {
    let sold = Sold::lot().await;
    flip(&sold.data.join("journal/00000000000000000001.seg"), 700);
    assert_eq!(last_lsn(&verified(&sold.data, false)), 0);
    let (first, second) = (sold.path("first"), sold.path("second"));
    let sale = sold.house.sale.as_str();
    let refusal = sold.repair(&["--truncate-at", "0", "--backup", &first, "--yes"]);
    refused(
        &refusal,
        1,
        &["nothing of it would be left", &format!("--back-to-draft {sale}")],
    );
    assert!(!Path::new(&first).exists());
    let by_name = [
        "--truncate-at",
        "0",
        "--backup",
        &second,
        "--back-to-draft",
        sale,
        "--yes",
    ];
    done(&sold.repair(&by_name));
    verified(&sold.data, true);
    let node = sold.launch.start().await;
    let path = format!("/sales/{sale}");
    let draft = Api::at(&node.address).get(&path, Some(&sold.house.staff)).await;
    assert_eq!(draft["status"], "draft", "{draft}");
    assert_eq!(last_lsn(&verified(&sold.data, true)), 0, "nothing was begun");
}

#[actix_web::test]
async fn a_repair_can_be_given_again_with_the_copy_that_it_made() {
    let sold = Sold::lot().await;
    let lsn = sold.before_lsn.to_string();
    let segment = sold.data.join("journal/00000000000000000001.seg");
    let bytes = fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64 + 1;
    flip(&segment, end - 40);
    let (first, second) = (sold.path("first"), sold.path("second"));
    done(&sold.repair(&["--truncate-at", &lsn, "--backup", &first, "--yes"]));
    // The damaged directory is there again, whole: another decision can be taken.
    fs::remove_dir_all(&sold.data).unwrap();
    tree::copy(Path::new(&first), &sold.data);
    let report = verified(&sold.data, false);
    let all = last_lsn(&report).to_string();
    done(&sold.repair(&["--truncate-at", &all, "--backup", &second, "--yes"]));
    let node = sold.launch.start().await;
    assert_eq!(results(&node, &sold.house).await.len(), 1, "the hammer was kept");
}

#[actix_web::test]
async fn archived_segments_are_verified_backed_up_and_restored() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let archive = directory.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let launch = launch
        .environment("GAVEL_RETENTION__ARCHIVE", archive.display())
        .environment("GAVEL_RETENTION__KEEP_SEGMENTS", 0);
    let node = launch.start().await;
    let house = House::prepare(&node.address, 1, 1).await;
    house.open_first_lot(&node.address).await;
    let first = archive.join("00000000000000000001.seg");
    within(PATIENCE, async {
        let mut bids = Bids::new(&house);
        while !first.exists() {
            accepted(&mut bids, &node).await;
        }
    })
    .await;
    let history = house.first_lots_history(&node.address).await;
    let (backup, restored) = (directory.path().join("backup"), directory.path().join("restored"));
    assert!(verified(&data, true)["journal"]["segments"].as_u64().unwrap() > 1);
    done(&gavel(&["backup"], &[&data, &backup]));
    stopped(node).await;
    assert!(!data.join("journal").join(first.file_name().unwrap()).exists());

    // The backup needs the archive no more.
    flip(&first, 700);
    let report = verified(&data, false);
    assert_eq!(report["journal"]["damage"]["file"], first.to_str().unwrap());
    let copy = directory.path().join("copy");
    let cut = gavel(
        &["repair", "--truncate-at", "0", "--yes", "--backup"],
        &[&copy, &data],
    );
    refused(&cut, 1, &["is in the archive"]);
    assert!(!copy.exists());
    fs::remove_dir_all(&archive).unwrap();
    refused(&gavel(&["verify"], &[&data]), 1, &[archive.to_str().unwrap()]);
    done(&gavel(&["restore"], &[&backup, &restored]));
    let node = launch_on(directory.path(), &restored).start().await;
    assert_eq!(house.first_lots_history(&node.address).await, history);
}

#[actix_web::test]
async fn a_sled_journal_is_verified_backed_up_and_restored_while_no_node_runs() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let launch = launch.arguments(["--journal", "sled"]);
    let node = launch.start().await;
    let house = House::prepare(&node.address, 1, 1).await;
    house.open_first_lot(&node.address).await;
    let mut bids = Bids::new(&house);
    for _ in 0..50 {
        accepted(&mut bids, &node).await;
    }
    let history = house.first_lots_history(&node.address).await;
    let (backup, restored) = (directory.path().join("backup"), directory.path().join("restored"));
    for output in [
        gavel(&["verify"], &[&data]),
        gavel(&["backup"], &[&data, &backup]),
    ] {
        refused(&output, 1, &["sled journal", "only while no node runs"]);
    }
    assert!(!backup.exists());
    stopped(node).await;
    let before = tree(&data);
    let last = last_lsn(&verified(&data, true));
    assert_eq!(differences(&before, &tree(&data)), [""; 0]);
    done(&gavel(&["backup"], &[&data, &backup]));
    assert_eq!(last_lsn(&verified(&backup, true)), last);
    done(&gavel(&["restore"], &[&backup, &restored]));
    let again = launch_on(directory.path(), &restored).arguments(["--journal", "sled"]);
    let node = again.start().await;
    assert_eq!(house.first_lots_history(&node.address).await, history);
    accepted(&mut Bids::raising(&house, 1_000), &node).await;
    stopped(node).await;

    let mark = data.join("journal/sealed");
    fs::write(&mark, vec![0xa5; fs::read(&mark).unwrap().len()]).unwrap();
    verified(&data, false);
    let copy = directory.path().join("copy");
    let cut = gavel(
        &["repair", "--truncate-at", "1", "--yes", "--backup"],
        &[&copy, &data],
    );
    refused(&cut, 1, &["only a journal of segments can be cut"]);
}
