//! Changed bytes and cuts in sled's own files: whatever sled makes of them, the journal is refused or complete.
//!
//! sled panics, and might end the process or hang, so cases run in child processes: this test binary again, told which
//! cases are its own. `GAVEL_SLED_DAMAGE=RECORDS,EVERY` takes a journal of so many records and one in so many of its
//! written bytes instead; `--no-capture` shows what came of them.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use gavel_storage::journal::Error;
use gavel_storage::journal::conformance::Image;

use super::place::{SledPlace, image_of, write_image};

/// Records of a journal, and one in how many of its written bytes is changed, and is where a file is cut off: one journal
/// within a single segment of sled's, and one of several.
const JOURNALS: [(u64, usize); 2] = [(40, 293), (1500, 20_011)];
const JOURNAL_KEY: &str = "GAVEL_SLED_DAMAGE";
/// Where a child finds the image, and which of the cases are its own: `first,step,every`.
const IMAGE_KEY: &str = "GAVEL_SLED_DAMAGE_IMAGE";
const SHARE_KEY: &str = "GAVEL_SLED_DAMAGE_SHARE";
const CHILDREN: usize = 2;
/// No case takes a hundredth of this.
const CASE_MAX: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    Flip(u8),
    Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Case {
    file: usize,
    at: usize,
    damage: Damage,
}

/// Every case, the same in parent and children.
fn cases(image: &Image, every: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    for (file, (path, bytes)) in image.iter().enumerate() {
        let is_mark = path == Path::new("sealed");
        let used = bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        for at in 0..used {
            if is_mark && at % 4096 >= 96 {
                continue;
            }
            let flip = |bit| Case {
                file,
                at,
                damage: Damage::Flip(bit),
            };
            if is_mark {
                cases.push(flip(u8::try_from(at % 8).unwrap()));
            } else if at % every == 0 || at + 4 > used {
                cases.push(flip(u8::try_from(at / every % 8).unwrap()));
                cases.push(Case {
                    damage: Damage::Cut,
                    ..flip(0)
                });
            }
        }
    }
    cases
}

fn damaged(image: &Image, case: Case) -> Image {
    let mut image = image.clone();
    let bytes = &mut image[case.file].1;
    match case.damage {
        Damage::Flip(bit) => bytes[case.at] ^= 1 << bit,
        Damage::Cut => bytes.truncate(case.at),
    }
    image
}

/// Not a test by itself: the cases of one child. Prints what came of each.
#[test]
#[ignore = "run by whatever_sled_makes_of_damage_it_is_refused_or_complete"]
fn share_of_the_damage() {
    let (Ok(image), Ok(share)) = (env::var(IMAGE_KEY), env::var(SHARE_KEY)) else {
        return;
    };
    std::panic::set_hook(Box::new(|_| {}));
    let image = image_of(Path::new(&image));
    let share: Vec<usize> = share.split(',').map(|number| number.parse().unwrap()).collect();
    let [first, step, every] = share[..] else {
        panic!("three numbers expected")
    };
    let whole = SledPlace::fresh();
    write_image(whole.dir(), &image);
    let all = whole.opened().unwrap();
    for (number, case) in cases(&image, every)
        .into_iter()
        .enumerate()
        .skip(first)
        .step_by(step)
    {
        let place = SledPlace::fresh();
        write_image(place.dir(), &damaged(&image, case));
        let outcome = match place.opened() {
            Ok(kept) if kept == all => "complete".to_owned(),
            Ok(kept) => format!("LOST: {} records of {}", kept.len(), all.len()),
            Err(Error::Sled { reason, .. }) if reason.contains("panicked") => "panicked".to_owned(),
            Err(Error::Sled { .. }) => "failed".to_owned(),
            Err(Error::Damaged { .. }) => "missing".to_owned(),
            Err(Error::Corrupt { .. }) => "mark".to_owned(),
            Err(error) => format!("unexpected: {error}"),
        };
        println!("\nCASE {number} {outcome}");
    }
}

/// Never fewer records, or others.
const OUTCOMES: [&str; 7] = [
    "complete",
    "failed",
    "panicked",
    "missing",
    "mark",
    "hung",
    "ended the process",
];

/// What a child prints, as (case, outcome); the end of it closes the channel.
fn child(image: &Path, first: usize, step: usize, every: usize) -> (Child, Receiver<(usize, String)>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "damage::share_of_the_damage",
            "--ignored",
            "--nocapture",
        ])
        .env(IMAGE_KEY, image)
        .env(SHARE_KEY, format!("{first},{step},{every}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, outcomes) = mpsc::channel();
    thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            let Some((number, outcome)) = line.strip_prefix("CASE ").and_then(|case| case.split_once(' '))
            else {
                continue;
            };
            if sender
                .send((number.parse().unwrap(), outcome.to_owned()))
                .is_err()
            {
                return;
            }
        }
    });
    (child, outcomes)
}

/// Goes through one in [`CHILDREN`] cases, with as many children as that takes.
fn share(image: &Path, cases: usize, mut next: usize, every: usize) -> Vec<(usize, String)> {
    let mut told = Vec::new();
    while next < cases {
        let (mut child, outcomes) = child(image, next, CHILDREN, every);
        let ended = loop {
            match outcomes.recv_timeout(CASE_MAX) {
                Ok((number, outcome)) => {
                    assert_eq!(number, next);
                    told.push((number, outcome));
                    next += CHILDREN;
                }
                Err(mpsc::RecvTimeoutError::Timeout) => break "hung",
                Err(mpsc::RecvTimeoutError::Disconnected) => break "ended the process",
            }
        };
        child.kill().unwrap();
        child.wait().unwrap();
        if next < cases {
            told.push((next, ended.to_owned()));
            next += CHILDREN;
        }
    }
    told
}

type Tally = BTreeMap<(String, &'static str, String), u32>;

fn tally(records: u64, every: usize) -> Tally {
    let (place, _) = SledPlace::filled(records);
    let image = image_of(place.dir());
    let cases = cases(&image, every);
    let (dir, count) = (place.dir(), cases.len());
    let outcomes: Vec<_> = thread::scope(|scope| {
        let shares: Vec<_> = (0..CHILDREN)
            .map(|first| scope.spawn(move || share(dir, count, first, every)))
            .collect();
        shares
            .into_iter()
            .flat_map(|share| share.join().unwrap())
            .collect()
    });
    assert_eq!(outcomes.len(), cases.len());
    let mut tally = Tally::new();
    for (number, outcome) in outcomes {
        let case = cases[number];
        let file = image[case.file].0.display().to_string();
        assert!(
            OUTCOMES.contains(&&*outcome),
            "{file} of {records} records, one in {every}: {case:?}: {outcome}"
        );
        let damage = if case.damage == Damage::Cut { "cut" } else { "flip" };
        *tally.entry((file, damage, outcome)).or_default() += 1;
    }
    tally
}

#[test]
fn whatever_sled_makes_of_damage_it_is_refused_or_complete() {
    let journals = match env::var(JOURNAL_KEY) {
        Ok(journal) => {
            let (records, every) = journal.split_once(',').unwrap();
            vec![(records.parse().unwrap(), every.parse().unwrap())]
        }
        Err(_) => JOURNALS.to_vec(),
    };
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (records, every) in journals {
        for ((file, damage, outcome), count) in tally(records, every) {
            println!("{records} records: {file} {damage}: {count} {outcome}");
            *counts.entry(outcome).or_default() += count;
        }
    }
    // The checks bite only if sled did come up without records.
    assert!(counts["missing"] > 10 && counts["complete"] > 10, "{counts:?}");
}
