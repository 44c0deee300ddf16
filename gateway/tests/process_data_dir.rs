//! A data directory that cannot be used: the node says why and which, exits, and changes nothing; or
//! it goes on with what it can vouch for, and says that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::{
    bids::Bids,
    gavel::Launch,
    house::{self, Api, House},
    socket::Socket,
    text,
    tree::{self, differences, tree},
    used::Used,
};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{ErrorKind, Write},
    net::TcpListener,
    os::unix::fs::{FileExt, PermissionsExt},
    path::Path,
    time::Duration,
};

#[actix_web::test]
async fn a_directory_in_use_names_the_process_that_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let holder = launch.start().await;
    let before = tree(&data);
    let ended = launch.refused().await;
    let pid = format!("process {}", holder.pid());
    ended.assert_reason(&[data.to_str().unwrap(), "in use", &pid]);
    // sqlite and sled of the holder may write at any time; it has nothing to do here.
    assert_eq!(differences(&before, &tree(&data)), [""; 0]);
    let house = House::prepare(&holder.address, 1, 1).await;
    assert_eq!(house.first_lots_history(&holder.address).await.len(), 0);

    // A killed holder holds nothing.
    holder.kill().assert_killed();
    launch.start().await;
}

#[actix_web::test]
async fn something_else_in_place_of_a_directory_is_named_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    fs::write(&data, "a letter").unwrap();
    for path in [data.clone(), data.join("below")] {
        let ended = Launch::serve(&path).refused().await;
        ended.assert_reason(&[data.to_str().unwrap(), "not a directory"]);
    }
    assert_eq!(fs::read(&data).unwrap(), b"a letter");

    let data = directory.path().join("other");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("journal"), "a diary").unwrap();
    let ended = Launch::serve(&data).refused().await;
    ended.assert_reason(&[data.join("journal").to_str().unwrap(), "not a directory"]);
    assert_eq!(fs::read(data.join("journal")).unwrap(), b"a diary");
}

#[actix_web::test]
async fn a_read_only_directory_is_named() {
    let used = Used::directory().await;
    let place = used.directory.path().to_str().unwrap();
    let read_only = format!("mount --bind '{place}' '{place}'\nmount -o remount,bind,ro '{place}'");
    let used = Used {
        launch: used.launch.clone().in_own_mounts(&read_only),
        ..used
    };
    let before = tree(&used.data);
    used.refuses(&[used.data.to_str().unwrap(), "read-only"]).await;
    assert_eq!(differences(&before, &tree(&used.data)), [""; 0]);

    let absent = used.directory.path().join("absent");
    let ended = Launch::serve(&absent).in_own_mounts(&read_only).refused().await;
    ended.assert_reason(&[absent.to_str().unwrap(), "read-only"]);
    assert!(!absent.exists());
}

#[actix_web::test]
async fn a_full_disk_is_named_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().to_str().unwrap();
    let data = directory.path().join("data");
    // Too little for the directories, for the database, for the journal.
    for kib in [8, 64, 4096] {
        let small = format!("mount -t tmpfs -o size={kib}k tmpfs '{place}'");
        let ended = Launch::serve(&data).in_own_mounts(&small).refused().await;
        ended.assert_reason(&[data.to_str().unwrap(), "space"]);
    }
}

/// Bids until the disk has no room for more; how many were accepted. With the one before them they are fewer than this.
async fn until_refused(bids: &mut Bids<'_>, address: &str, fewer_than: usize) -> usize {
    let mut accepted = 0;
    loop {
        let answer = bids.next(address).await;
        if answer["type"] != "bid_accepted" {
            assert_eq!(
                (&answer["code"], &answer["final"]),
                (&json!("unavailable"), &json!(false)),
                "{answer}"
            );
            return accepted;
        }
        accepted += 1;
        assert!(accepted + 1 < fewer_than, "there is no room and bids go on");
    }
}

#[actix_web::test]
async fn a_node_whose_disk_fills_up_refuses_bids_before_it_is_full_and_serves_readers() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let gavel = on_a_disk_of(8, &data, launch.clone()).start().await;
    let house = House::prepare(&gavel.address, 1, 1).await;
    house.open_first_lot(&gavel.address).await;
    let mut bids = Bids::new(&house);
    assert_eq!(bids.next(&gavel.address).await["type"], "bid_accepted");

    let filler = gavel.path(&data).join("filler");
    fill(&filler);
    let accepted = 1 + until_refused(&mut bids, &gavel.address, 5_000).await;
    // What was set aside before the disk was full was used.
    assert!(accepted > 100, "{accepted}");

    // Readers notice nothing; whoever asks for the node's health is told.
    let api = Api::at(&gavel.address);
    assert_eq!(house.first_lots_history(&gavel.address).await.len(), accepted);
    let mut watcher = Socket::follow(&gavel.address, &house.staff, &house.sale)
        .await
        .unwrap();
    let snapshot = watcher.expect("snapshot").await;
    assert_eq!(snapshot["lots"][0]["bid_count"], accepted);
    assert_eq!(api.get("/sales", None).await["sales"][0]["id"], house.sale);
    assert_eq!(api.call(Method::GET, "/healthz", None, None).await.0, 200);
    let (status, ready) = api.call(Method::GET, "/readyz", None, None).await;
    assert_eq!(
        (status.as_u16(), &ready["parts"]["journal"]),
        (503, &json!("failing"))
    );
    assert_eq!(refused_sign_up(&api).await, "unavailable");

    // With room again it goes on by itself.
    fs::remove_file(&filler).unwrap();
    goes_on(&mut bids, &gavel.address).await;
    let late = json!({"name": "late-comer", "display_name": "Late", "password": house::PASSWORD});
    api.post("/auth/sign-up", None, late).await;

    // The disk goes with the process; a copy of it has everything that was accepted, and no more.
    let kept = house.first_lots_history(&gavel.address).await;
    assert_eq!(kept.len(), accepted + 1);
    tree::copy(&gavel.path(&data), &data);
    gavel.kill().assert_killed();
    let gavel = launch.start().await;
    assert_eq!(house.first_lots_history(&gavel.address).await, kept);
    Api::at(&gavel.address)
        .sign_in("late-comer", house::PASSWORD)
        .await;
}

/// A sled journal cannot set room aside. It keeps a reserve instead, and refuses when that begins.
#[actix_web::test]
async fn a_node_with_a_sled_journal_refuses_bids_before_its_disk_is_full_and_serves_readers() {
    let directory = tempfile::tempdir().unwrap();
    let (data, launch) = house::open(directory.path()).await;
    let launch = launch.arguments(["--journal", "sled"]);
    let gavel = on_a_disk_of(80, &data, launch.clone()).start().await;
    let house = House::prepare(&gavel.address, 1, 1).await;
    house.open_first_lot(&gavel.address).await;
    let mut bids = Bids::new(&house);
    assert_eq!(bids.next(&gavel.address).await["type"], "bid_accepted");

    let filler = gavel.path(&data).join("filler");
    fs::write(&filler, vec![1; 40 << 20]).unwrap();
    let accepted = 1 + until_refused(&mut bids, &gavel.address, 50_000).await;
    assert_eq!(house.first_lots_history(&gavel.address).await.len(), accepted);
    let api = Api::at(&gavel.address);
    assert_eq!(api.get("/sales", None).await["sales"][0]["id"], house.sale);

    fs::remove_file(&filler).unwrap();
    goes_on(&mut bids, &gavel.address).await;
    let kept = house.first_lots_history(&gavel.address).await;
    assert_eq!(kept.len(), accepted + 1);
    tree::copy(&gavel.path(&data), &data);
    gavel.kill().assert_killed();
    let gavel = launch.start().await;
    assert_eq!(house.first_lots_history(&gavel.address).await, kept);
}

/// Moves the data directory to a disk of its own, of so many megabytes.
fn on_a_disk_of(mib: u32, data: &Path, launch: Launch) -> Launch {
    let template = data.with_file_name("template");
    fs::rename(data, &template).unwrap();
    fs::create_dir(data).unwrap();
    launch.in_own_mounts(&format!(
        "mount -t tmpfs -o size={mib}m,mode=700 tmpfs '{data}'\ncp -a '{template}/.' '{data}'",
        data = data.display(),
        template = template.display(),
    ))
}

/// A bid is taken, now that there is room again.
async fn goes_on(bids: &mut Bids<'_>, address: &str) {
    let mut answer = Value::Null;
    for _ in 0..200 {
        answer = bids.next(address).await;
        if answer["type"] == "bid_accepted" {
            return;
        }
        assert_eq!(answer["code"], "unavailable", "{answer}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("there is room, and still: {answer}");
}

/// Opens accounts until the database cannot take one; gives the code of the refusal.
async fn refused_sign_up(api: &Api) -> String {
    for number in 0..1000 {
        let sign_up = json!({
            "name": format!("one-more-{number}"), "display_name": "One More", "password": house::PASSWORD,
        });
        let (status, problem) = api
            .call(Method::POST, "/api/v1/auth/sign-up", None, Some(&sign_up))
            .await;
        if status != 201 {
            assert_eq!(status, 503, "{problem}");
            return text(&problem["code"]);
        }
    }
    panic!("the disk is full and accounts are opened");
}

/// Takes all the space that is left.
fn fill(path: &Path) {
    let mut filler = OpenOptions::new().create(true).append(true).open(path).unwrap();
    // Whole pages first, then what is left of them.
    for piece in [vec![1; 1 << 16], vec![1; 1 << 9]] {
        let error = loop {
            if let Err(error) = filler.write_all(&piece) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }
}

#[actix_web::test]
async fn a_changed_byte_in_the_journal_is_named_with_its_file_and_place() {
    let used = Used::directory().await;
    let (segment, end) = used.last_segment();
    let file = OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    for at in [end / 2, end - 40] {
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
        used.refuses(&["journal", "corrupt", segment.to_str().unwrap(), "at byte"])
            .await;
        file.write_all_at(&byte, at).unwrap();
    }
    // Mended, it is what it was.
    used.starts().await;
}

#[actix_web::test]
async fn a_journal_of_the_other_kind_is_refused_and_not_begun() {
    let used = Used::directory().await;
    let before = tree(&used.data.join("journal"));
    let sled = used.launch.clone().arguments(["--journal", "sled"]);
    let ended = sled.refused().await;
    ended.assert_reason(&["journal of the kind segments, not sled", "--journal segments"]);
    assert_eq!(tree(&used.data.join("journal")), before);
    used.starts().await;
}

#[actix_web::test]
async fn a_journal_that_lacks_what_snapshots_were_made_of_is_refused() {
    let used = Used::directory().await;
    let kept = used.directory.path().join("kept");
    fs::rename(used.data.join("journal"), &kept).unwrap();
    fs::create_dir(used.data.join("journal")).unwrap();
    used.refuses(&["journal", "snapshot", &used.last_lsn.to_string()])
        .await;
    fs::remove_dir(used.data.join("journal")).unwrap();
    fs::rename(&kept, used.data.join("journal")).unwrap();
    used.starts().await;
}

#[actix_web::test]
async fn an_interrupted_write_at_the_journals_end_is_cut_off_and_said() {
    let used = Used::directory().await;
    let (segment, end) = used.last_segment();
    let file = OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    // The beginning of a record, as a power cut leaves it.
    let mut beginning = [0; 60];
    file.read_exact_at(&mut beginning, 512).unwrap();
    file.write_all_at(&beginning, end.next_multiple_of(8)).unwrap();
    let gavel = used.starts().await;
    let said = gavel.output();
    let torn = &said.logged("the journal ended in the middle of a record")[0];
    assert_eq!(torn["file"], segment.to_str().unwrap());
    assert_eq!(torn["offset"], end.next_multiple_of(8));
    assert_eq!(said.logged("the journal was read")[0]["last_lsn"], used.last_lsn);
    // Cut once, it is whole.
    gavel.kill().assert_killed();
    let gavel = used.starts().await;
    assert!(
        gavel
            .output()
            .logged("the journal ended in the middle")
            .is_empty()
    );
}

#[actix_web::test]
async fn damaged_snapshots_are_moved_aside_and_made_again_from_the_journal() {
    let used = Used::directory().await;
    let snapshots = used.data.join("snapshots");
    let files = tree(&snapshots).into_iter();
    for (name, bytes) in files.filter_map(|(name, bytes)| Some((name, bytes?))) {
        fs::write(snapshots.join(name), vec![0xa5; bytes.len()]).unwrap();
    }
    let damaged = tree(&snapshots);
    let gavel = used.starts().await;
    let said = gavel.output();
    assert!(!said.logged("damaged").is_empty(), "{}", said.stderr.join("\n"));
    assert_eq!(tree(&used.data.join("snapshots.damaged-1")), damaged);
    let read = &said.logged("the journal was read")[0];
    assert_eq!(
        (&read["records"], &read["last_lsn"]),
        (&json!(used.last_lsn), &json!(used.last_lsn))
    );
    // The next clean stop makes them whole again.
    gavel.signal(Signal::TERM);
    assert_eq!(gavel.ended().await.status.code(), Some(0));
    let gavel = used.starts().await;
    assert_eq!(gavel.output().logged("the journal was read")[0]["records"], 0);
}

#[actix_web::test]
async fn a_damaged_database_is_named() {
    let used = Used::directory().await;
    let database = used.data.join("gavel.sqlite");
    let name = database.to_str().unwrap();
    let whole = fs::read(&database).unwrap();
    let mut no_header = whole.clone();
    no_header[..64].fill(0xa5);
    let mut no_middle = whole.clone();
    let middle = whole.len() / 2;
    no_middle[middle..middle + 8192].fill(0xa5);
    for damaged in [no_header, no_middle, whole[..whole.len() / 2].to_vec()] {
        fs::write(&database, &damaged).unwrap();
        used.refuses(&["database", name, "damaged"]).await;
    }
    fs::write(&database, &whole).unwrap();
    used.starts().await;
}

#[actix_web::test]
async fn a_damaged_or_open_signing_key_is_named() {
    let used = Used::directory().await;
    let key = used.data.join("keys/access-token.key");
    let name = key.to_str().unwrap();
    let whole = fs::read(&key).unwrap();
    let mut changed = whole.clone();
    let last = changed.len() - 10;
    changed[last] ^= 1;
    for damaged in [
        changed,
        whole[..whole.len() / 2].to_vec(),
        Vec::new(),
        vec![0xff; 90],
    ] {
        fs::write(&key, &damaged).unwrap();
        used.refuses(&["signing key", name, "damaged"]).await;
    }
    fs::write(&key, &whole).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    used.refuses(&["signing key", name, "644"]).await;
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    used.starts().await;
}

#[actix_web::test]
async fn wrong_settings_are_named_and_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let file = directory.path().join("gavel.toml");
    let name = file.to_str().unwrap();
    let launch = || Launch::serve(&data).arguments(["--config", name]);
    launch().refused().await.assert_reason(&[name, "not there"]);
    for (text, wanted) in [
        ("workers = ", ["TOML", name]),
        ("wokers = 2", ["wokers", name]),
        ("workers = \"two\"", ["workers", name]),
        ("workers = 0", ["workers", "0"]),
        ("auction_threads = 1000000", ["auction_threads", "1000000"]),
        ("segment_bytes = 5000", ["segment_bytes", "5000"]),
        ("password_memory_kib = 1", ["password_memory_kib", "1"]),
        ("trusted_proxies = [\"proxy\"]", ["trusted_proxies", "proxy"]),
        ("journal = \"paper\"", ["journal", name]),
        (
            "[retention]\nkeep_segments = 10000000",
            ["retention.keep_segments", "10000000"],
        ),
        (
            "journal = \"sled\"\n[retention]\narchive = \"/archive\"",
            ["retention.archive", "segments"],
        ),
        ("origins = [\"example.com\"]", ["origins", "example.com"]),
        ("[tls]\ncert = \"chain.pem\"", ["tls.cert", "tls.key"]),
        ("[limits]\nbid = { per_minute = 0, burst = 1 }", ["limits", name]),
    ] {
        fs::write(&file, text).unwrap();
        launch().refused().await.assert_reason(&wanted);
        assert!(!data.exists(), "{text}");
    }
    fs::write(&file, "").unwrap();
    for (variable, value) in [
        ("GAVEL_WORKERS", "many"),
        ("GAVEL_LIMITS__BID__BURST", "-1"),
        ("GAVEL_WOKERS", "2"),
    ] {
        let ended = launch().environment(variable, value).refused().await;
        let key = variable.rsplit('_').next().unwrap();
        let reason = ended.output.reason().unwrap().to_uppercase();
        assert!(reason.contains(key), "{reason}");
        assert_eq!(ended.status.code(), Some(1));
        assert!(!data.exists(), "{variable}");
    }
}

#[actix_web::test]
async fn a_taken_address_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let used = Used::directory().await;
    let launch = used.launch.clone().listen(&address);
    let used = Used { launch, ..used };
    used.refuses(&["cannot listen", &address]).await;
}
