//! The corpora and what the fuzzers have found, once each.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use gavel_fuzz::TARGETS;
use std::{
    fs, panic,
    path::{Path, PathBuf},
};

fn inputs(kind: &str, target: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind).join(target);
    let Ok(entries) = fs::read_dir(&directory) else {
        return Vec::new();
    };
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn replay(kind: &str) -> usize {
    let mut count = 0;
    for (target, run) in TARGETS {
        let inputs = inputs(kind, target);
        assert!(
            kind != "corpus" || inputs.len() >= 10,
            "{target} has hardly a corpus"
        );
        for path in inputs {
            let bytes = fs::read(&path).unwrap();
            let outcome = panic::catch_unwind(|| run(&bytes));
            assert!(outcome.is_ok(), "{} breaks {target}", path.display());
            count += 1;
        }
    }
    count
}

#[test]
fn every_input_of_the_corpora_holds() {
    println!("{} inputs", replay("corpus"));
}

#[test]
fn what_was_found_is_mended() {
    println!("{} findings", replay("findings"));
}
