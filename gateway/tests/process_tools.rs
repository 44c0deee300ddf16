//! `gavel verify`, `backup` and `restore` on directories that real nodes write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use process::{
    bids::Bids,
    gavel::Gavel,
    house::{Api, House, PASSWORD},
    text,
    tools::{accepted, done, flip, gavel, last_lsn, launch_on, refused, stopped, verified},
    tree::{differences, tree},
    used::{Selling, Used, is_segment, written},
    within,
};
use serde_json::{Value, json};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::{FileExt, PermissionsExt},
    time::Duration,
};

const PATIENCE: Duration = Duration::from_mins(2);

#[actix_web::test]
async fn a_backup_under_bids_has_every_answer_from_before_and_a_node_goes_on_from_it() {
    within(PATIENCE, async {
        let Selling {
            directory,
            data,
            node,
            house,
            ..
        } = Selling::begin(1, 1).await;
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
    let Selling {
        directory,
        data,
        node,
        house,
        ..
    } = Selling::begin(1, 1).await;
    let mut bids = Bids::new(&house);
    for _ in 0..30 {
        accepted(&mut bids, &node).await;
    }
    node.kill().assert_killed();
    let report = verified(&data, true);
    assert_eq!(report["is_open"], false);
    let mut segments = tree(&data.join("journal")).into_iter();
    let (name, bytes) = segments.rfind(|(name, _)| is_segment(name)).unwrap();
    let bytes = bytes.unwrap();
    let end = written(&bytes);
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

#[actix_web::test]
async fn archived_segments_are_verified_backed_up_and_restored() {
    let Selling {
        directory,
        data,
        node,
        house,
        ..
    } = Selling::by(1, 1, |directory, launch| {
        let archive = directory.join("archive");
        fs::create_dir(&archive).unwrap();
        launch
            .environment("GAVEL_RETENTION__ARCHIVE", archive.display())
            .environment("GAVEL_RETENTION__KEEP_SEGMENTS", 0)
    })
    .await;
    let archive = directory.path().join("archive");
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
    let Selling {
        directory,
        data,
        node,
        house,
        ..
    } = Selling::by(1, 1, |_, launch| launch.arguments(["--journal", "sled"])).await;
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
