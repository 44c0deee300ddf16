//! `gavel repair` on directories that real nodes write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use gavel_storage::journal::{Truncation, disk::OsDisk};
use process::{
    bids::Bids,
    gavel::{Launch, run},
    house::{Api, House},
    tools::{accepted, done, flip, last_lsn, order, refused, results, sell_first_lot, stopped, verified},
    tree::{self, differences, tree},
    used::{Selling, written},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

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
        let Selling {
            directory,
            data,
            launch,
            node,
            house,
        } = Selling::begin(2, 1).await;
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
    let end = written(&fs::read(&segment).unwrap());
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
    let end = written(&fs::read(&segment).unwrap());
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
