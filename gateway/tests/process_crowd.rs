//! People who never read cost a node no more than their place.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "shown when a test fails")]

use gavel_gateway::cli::crowd::{Plan, gather};

#[actix_web::test]
async fn the_memory_for_sockets_that_do_not_read_is_bounded_and_the_others_hear_everything() {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan {
        program: env!("CARGO_BIN_EXE_gavel").into(),
        data: directory.path().join("data"),
        clients: 300,
        deaf: 100,
        updates: 900,
        per_second: 1_000,
    };
    let (figures, told) = gather(plan).await.unwrap();
    println!("{figures:#?}\n{told:#?}");
    assert!(figures.is_sound(), "{figures:#?} {told:#?}");
    // Opening the lot is one more. A reader that was slow for a moment may have heard a snapshot instead.
    let all = 200 * (figures.updates + 1);
    assert!(figures.heard == all || figures.conflated > 0, "{figures:#?}");
    // A node that kept everything for them would have been found out.
    let grown = figures.owed_kb + figures.rss_kb_connected;
    assert!(grown > figures.allowed_kb * 2, "{figures:#?}");
}
