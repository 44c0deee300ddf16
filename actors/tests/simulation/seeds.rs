//! Which seeds are run.

use super::world::{self, Report};
use std::{
    env,
    ops::Range,
    panic,
    sync::{
        Mutex, Once, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

/// Seeds that every run of the tests takes.
const FIXED: Range<u64> = 0..30;

/// What many simulations came to.
#[derive(Debug, Default)]
pub struct Tally {
    pub seeds: u64,
    pub answers: u64,
    pub records: u64,
    pub starts: u64,
    pub refused: u64,
    pub duration_ms: u64,
    /// The first seed, by number, that has violations.
    pub failed: Option<Report>,
}

/// Panics of actors that are wanted say nothing.
fn hush() {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            if panicked.payload_as_str() != Some(gavel_actors::auctions::PANIC) {
                tell(panicked);
            }
        }));
    });
}

/// A simulation that does not print what happens in it.
pub fn run_quietly(seed: u64) -> Report {
    hush();
    panic::catch_unwind(|| world::run(seed, false)).unwrap_or_else(|panicked| {
        let text = panicked.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panicked.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Report {
            seed,
            violations: vec![format!("a panic: {}", text.unwrap_or_default())],
            ..Report::default()
        }
    })
}

/// Runs seeds on all cores until one fails.
fn run_all(seeds: Range<u64>) -> Tally {
    let tally = Mutex::new(Tally::default());
    let next = AtomicU64::new(seeds.start);
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let report = run_quietly(seed);
                    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
                    tally.add(report);
                    if tally.seeds.is_multiple_of(100) {
                        println!("{} seeds in {:?}", tally.seeds, started.elapsed());
                    }
                    if tally.failed.is_some() {
                        return;
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Tally {
    fn add(&mut self, report: Report) {
        self.seeds += 1;
        self.answers += report.answers as u64;
        self.records += report.records;
        self.starts += report.starts;
        self.refused += u64::from(report.has_refused);
        self.duration_ms += report.duration_ms;
        if !report.violations.is_empty()
            && self
                .failed
                .as_ref()
                .is_none_or(|failed| report.seed < failed.seed)
        {
            self.failed = Some(report);
        }
    }

    fn conclude(self) {
        println!(
            "{} seeds, {} simulated minutes: {} answers, {} records, {} starts, {} refused after tampering",
            self.seeds,
            self.duration_ms / 60_000,
            self.answers,
            self.records,
            self.starts,
            self.refused
        );
        if let Some(Report { seed, violations, .. }) = self.failed {
            panic!("seed {seed}: {violations:#?}\nrepeat it with: make simulate SEED={seed}");
        }
    }
}

/// A number from the environment.
pub fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_acknowledged_is_lost_whatever_goes_wrong() {
    let seeds = number("GAVEL_SIMULATE_SEEDS");
    match (number("GAVEL_SIMULATE_SEED"), seeds) {
        (Some(seed), _) => {
            let report = world::run(seed, true);
            println!("{report:#?}");
            assert!(report.violations.is_empty(), "seed {seed} fails");
        }
        (None, Some(seeds)) => run_all(0..seeds).conclude(),
        (None, None) => run_all(FIXED).conclude(),
    }
}

#[test]
fn the_same_seed_gives_the_same_every_time() {
    for seed in 1_000..1_004 {
        let (one, other) = (run_quietly(seed), run_quietly(seed));
        assert_eq!(
            (one.hash, one.records),
            (other.hash, other.records),
            "seed {seed}"
        );
    }
}
