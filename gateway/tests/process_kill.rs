//! A node that is killed in the middle of everything, again and again, forgets nothing that it has
//! said: every answer, every update and every outcome is there after the next start, once, in order. And
//! one that does forget is found out.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "shown when a test fails")]

mod process;

use gavel_gateway::cli::torture::{Error, Plan, Report, torture};
use gavel_storage::journal::Kind;
use process::{seed, within};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// A run takes a fraction of this; more means that somebody waits for ever.
const PATIENCE: Duration = Duration::from_mins(5);

fn plan(program: PathBuf, directory: &Path) -> Plan {
    Plan {
        program,
        data: directory.join("data"),
        journal: Kind::Segments,
        kills: 20,
        stops_percent: 0,
        killed_starts_percent: 25,
        bidders: 8,
        seed: seed(),
    }
}

fn gavel() -> PathBuf {
    env!("CARGO_BIN_EXE_gavel").into()
}

/// A run in which nothing happened would prove nothing.
fn assert_clean(report: &Report) {
    println!("{:#?}", report.figures);
    assert!(report.is_clean(), "{report:#?}");
    let figures = &report.figures;
    assert!(figures.accepted > 100 && figures.refused > 100, "{figures:?}");
    assert!(figures.commands > 10 && figures.shown > 100, "{figures:?}");
}

#[actix_web::test]
async fn a_node_killed_twenty_times_in_its_sales_forgets_nothing_that_it_has_answered() {
    let directory = tempfile::tempdir().unwrap();
    let report = within(PATIENCE, torture(plan(gavel(), directory.path())))
        .await
        .unwrap();
    assert_clean(&report);
    assert_eq!((report.figures.kills, report.figures.stops), (20, 0));
    assert!(report.figures.not_received > 0, "{report:?}");
}

#[actix_web::test]
async fn a_node_that_is_told_to_stop_or_killed_by_turns_forgets_nothing_either() {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan {
        kills: 10,
        stops_percent: 70,
        ..plan(gavel(), directory.path())
    };
    let report = within(PATIENCE, torture(plan)).await.unwrap();
    assert_clean(&report);
    assert_eq!(report.figures.kills + report.figures.stops, 10);
    assert!(report.figures.stops > 0, "{report:?}");
}

#[actix_web::test]
async fn a_node_with_a_sled_journal_forgets_nothing_either() {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan {
        kills: 8,
        stops_percent: 20,
        journal: Kind::Sled,
        ..plan(gavel(), directory.path())
    };
    let data = plan.data.clone();
    let report = within(PATIENCE, torture(plan)).await.unwrap();
    assert_clean(&report);
    assert!(data.join("journal/sled/db").is_file());
}

/// Starts `gavel` with an archive, in which every closed segment is to be alone.
const ARCHIVING: &str = r#"#!/bin/sh
set -eu
export GAVEL_RETENTION__ARCHIVE="$0.archive" GAVEL_RETENTION__KEEP_SEGMENTS=0
exec "$GAVEL" "$@"
"#;

#[actix_web::test]
async fn a_node_whose_segments_leave_for_an_archive_forgets_nothing_either() {
    let directory = tempfile::tempdir().unwrap();
    let program = scripted(directory.path(), ARCHIVING);
    let archive = directory.path().join("gavel.archive");
    fs::create_dir(&archive).unwrap();
    let plan = Plan {
        kills: 8,
        ..plan(program, directory.path())
    };
    let data = plan.data.clone();
    let report = within(PATIENCE, torture(plan)).await.unwrap();
    assert_clean(&report);
    let names = |dir: &Path| -> Vec<_> {
        let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    };
    let here = names(&data.join("journal"));
    let archived = names(&archive);
    let gone = archived.iter().filter(|name| !here.contains(name)).count();
    assert!(gone > 0, "{archived:?} in the archive, {here:?} here");
}

/// A program that stands in for `gavel`, and starts it in the end.
fn scripted(directory: &Path, script: &str) -> PathBuf {
    let program = directory.join("gavel");
    let script = script.replace("\"$GAVEL\"", &format!("'{}'", gavel().display()));
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    program
}

/// Starts `gavel` on a disk that lies: at its fourth start it finds everything as it was at the third.
const FORGETFUL: &str = r#"#!/bin/sh
set -eu
if [ "$1" = serve ]; then
    n=$(cat "$0.starts" 2>/dev/null || echo 0)
    n=$((n + 1))
    echo "$n" > "$0.starts"
    data=$3
    if [ "$n" = 3 ]; then cp -a "$data" "$0.kept"; fi
    if [ "$n" = 4 ]; then rm -r "$data"; cp -a "$0.kept" "$data"; fi
fi
exec "$GAVEL" "$@"
"#;

#[actix_web::test]
async fn a_node_that_forgets_what_it_has_answered_is_found_out() {
    let directory = tempfile::tempdir().unwrap();
    let program = scripted(directory.path(), FORGETFUL);
    let plan = Plan {
        kills: 6,
        killed_starts_percent: 0,
        ..plan(program, directory.path())
    };
    let report = within(PATIENCE, torture(plan)).await.unwrap();
    println!("{:#?}", report.figures);
    assert!(report.figures.lost > 0, "{report:#?}");
}

#[actix_web::test]
async fn a_directory_with_something_in_it_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let plan = plan(gavel(), directory.path());
    fs::create_dir(&plan.data).unwrap();
    fs::write(plan.data.join("precious"), "").unwrap();
    assert!(matches!(torture(plan).await, Err(Error::NotEmpty(_))));
}
