//! The simulation bites: every fault that is planted is found, and within how many seeds.

use super::seeds::run_quietly;
use gavel_storage::faults::{Fault, plant};

/// A fault, and a seed that finds it.
const FAULTS: &[(Fault, u64)] = &[
    (Fault::AcknowledgeBeforeWrite, 0),
    (Fault::SkipDataSync, 0),
    (Fault::SkipDirectorySync, 0),
    (Fault::RetryFailedSync, 0),
    (Fault::CutAnyTail, 8),
    (Fault::TrustPageCache, 9),
    // Few seeds forge a record.
    (Fault::DropChainCheck, 83),
    (Fault::ApplyTwice, 0),
    (Fault::AnswerFromSpeculation, 0),
    (Fault::KeepReleasedCredit, 0),
    (Fault::ForgetHoldsAtStart, 1),
    (Fault::FollowClockBack, 0),
    (Fault::ForgetTimer, 1),
    (Fault::ForgetBidIds, 0),
];

/// What a seed finds with a fault.
fn violation(fault: Fault, seed: u64) -> Option<String> {
    plant(Some(fault));
    let report = run_quietly(seed);
    plant(None);
    report.violations.into_iter().next()
}

#[test]
fn every_planted_fault_is_found() {
    let all: Vec<_> = FAULTS.iter().map(|(fault, _)| *fault).collect();
    assert_eq!(all, Fault::ALL, "none is left out");
    let mut missed = Vec::new();
    for (fault, seed) in FAULTS {
        match violation(*fault, *seed) {
            Some(violation) => println!("{fault:?}: seed {seed}: {violation:.160}"),
            None => missed.push(fault),
        }
    }
    assert!(missed.is_empty(), "not found: {missed:?}");
}

/// Looks for the seeds above: `GAVEL_SIMULATE_SEEDS` of them for each fault.
#[test]
#[ignore = "it takes long; run it when the simulation has changed"]
fn the_first_seed_that_finds_each_fault() {
    let seeds = super::seeds::number("GAVEL_SIMULATE_SEEDS").unwrap_or(100);
    let mut missed: Vec<Fault> = Vec::new();
    for fault in Fault::ALL {
        let found = (0..seeds).find_map(|seed| Some((seed, violation(*fault, seed)?)));
        println!("{fault:?}: {found:.200?}");
        missed.extend(found.is_none().then_some(*fault));
    }
    assert!(missed.is_empty(), "not found by {seeds} seeds: {missed:?}");
}
