//! What every [`Journal`] must do, as tests that any implementation can be held against.
//!
//! ```ignore
//! gavel_storage::journal_conformance!(fresh); // fn fresh() -> Box<dyn conformance::Place>
//! ```

#![expect(clippy::expect_used, reason = "a test suite: it fails by panicking")]

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::recovery::Visitor;
use super::{Error, Head, Heads, Journal, Pending, Record, Recovery, Start};

/// The files of a journal.
pub type Image = Vec<(PathBuf, Vec<u8>)>;

/// Where a journal is kept; it outlives the journal that is open in it.
pub trait Place {
    /// Opens the journal kept here, or begins one.
    fn open(&self, start: Start, visit: &mut Visitor<'_>) -> Result<(Box<dyn Journal>, Recovery), Error>;
    /// The files that hold its records, while it is closed.
    fn image(&self) -> Image;
    /// Another place that holds these files.
    fn with_image(&self, image: &Image) -> Box<dyn Place>;
}

/// A record with its payload, to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// LSN and the rest of it.
    pub pending: Pending,
}

impl From<&Record<'_>> for Kept {
    fn from(record: &Record<'_>) -> Self {
        let Record {
            lsn,
            auction,
            seq,
            prev,
            hash,
            payload,
        } = *record;
        Self {
            pending: Pending {
                lsn,
                auction,
                seq,
                prev,
                hash,
                payload: payload.to_vec(),
            },
        }
    }
}

/// A journal, what opening it found, and the records visited.
pub type Opened = (Box<dyn Journal>, Recovery, Vec<Kept>);

/// Opens a place and gives what was recovered.
pub fn reopen(place: &dyn Place, start: Start) -> Result<Opened, Error> {
    let mut kept = Vec::new();
    let (journal, recovery) = place.open(start, &mut |record| kept.push(Kept::from(record)))?;
    Ok((journal, recovery, kept))
}

/// A payload of a length that varies with `number`.
pub fn payload(number: u64, bytes_max: usize) -> Vec<u8> {
    let length = usize::try_from(number * 37 % 120).unwrap_or(0).min(bytes_max);
    (0..length)
        .map(|at| u8::try_from((number + at as u64) % 251).unwrap_or(0))
        .collect()
}

/// Appends `count` records of three auctions in batches of one to seven; gives all of them.
pub fn fill(journal: &mut dyn Journal, count: u64) -> Vec<Kept> {
    let mut heads = journal.heads().clone();
    let mut written = Vec::new();
    let mut left = count;
    while left > 0 {
        let mut batch = Vec::new();
        for number in 0..(left % 7 + 1).min(left) {
            let lsn = journal.next_lsn() + number;
            let auction = u128::from(lsn * lsn % 3) << 64 | 7;
            let payload = payload(lsn, journal.payload_bytes_max());
            let record = Pending::chained(heads.get(&auction), lsn, auction, payload);
            heads.insert(auction, record.head());
            batch.push(record);
        }
        left -= batch.len() as u64;
        journal.append_batch(&batch).expect("a batch in order is taken");
        written.extend(batch.into_iter().map(|pending| Kept { pending }));
    }
    assert_eq!(*journal.heads(), heads);
    written
}

fn heads_of(kept: &[Kept]) -> Heads {
    kept.iter()
        .map(|kept| (kept.pending.auction, kept.pending.head()))
        .collect()
}

/// An empty journal is empty, before and after it is closed.
pub fn empty(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    for _ in 0..2 {
        let (journal, recovery, kept) = reopen(&*place, Start::beginning()).expect("opens");
        assert_eq!((journal.next_lsn(), recovery.last_lsn, kept.len()), (1, 0, 0));
        assert!(journal.heads().is_empty() && recovery.torn.is_none());
        journal
            .scan(1, &mut |_| panic!("nothing to visit"))
            .expect("scans");
    }
}

/// What was appended is there after reopening, also if it is appended in several sessions.
pub fn keeps_everything(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let mut all = Vec::new();
    for _ in 0..4 {
        let (mut journal, recovery, kept) = reopen(&*place, Start::beginning()).expect("opens");
        assert_eq!(kept, all);
        assert_eq!(recovery.heads, heads_of(&all));
        assert_eq!(
            (recovery.records, recovery.last_lsn),
            (all.len() as u64, all.len() as u64)
        );
        assert_eq!(recovery.torn, None);
        assert_eq!(*journal.heads(), recovery.heads);
        all.extend(fill(&mut *journal, 60));
    }
}

/// Scans start anywhere, stop when told, and can be of one auction.
pub fn scans(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let all = fill(&mut *journal, 150);
    for from in 0..=151 {
        let mut seen = Vec::new();
        let visited = journal.scan(from, &mut |record| {
            seen.push(Kept::from(record));
            ControlFlow::Continue(())
        });
        visited.expect("scans");
        assert_eq!(seen, all[usize::try_from(from.max(1)).expect("small") - 1..]);
    }
    let mut count = 0;
    let visited = journal.scan(1, &mut |_| {
        count += 1;
        if count == 5 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    visited.expect("scans");
    assert_eq!(count, 5);
    let auction = all[0].pending.auction;
    let mut seen = Vec::new();
    let visited = journal.reader().scan(10..=120, Some(auction), &mut |record| {
        seen.push(Kept::from(record));
        ControlFlow::Continue(())
    });
    visited.expect("scans");
    let expected: Vec<_> = all[9..120]
        .iter()
        .filter(|kept| kept.pending.auction == auction)
        .cloned()
        .collect();
    assert_eq!(seen, expected);
    assert!(
        journal
            .reader()
            .scan(1..=151, None, &mut |_| ControlFlow::Continue(()))
            .is_err(),
        "151 is missing"
    );
}

/// A record that does not follow its predecessor is refused with its whole batch, and nothing has changed.
pub fn refuses_disorder(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let mut all = fill(&mut *journal, 10);
    let auction = all[9].pending.auction;
    let head = journal.heads()[&auction];
    let good = Pending::chained(Some(&head), 11, auction, b"good".to_vec());
    let chained =
        |seq, hash, lsn| Pending::chained(Some(&Head { lsn: 0, seq, hash }), lsn, auction, b"bad".to_vec());
    let second = good.head();
    let bad = [
        chained(second.seq, second.hash, 13),
        chained(second.seq, second.hash, 11),
        chained(second.seq + 1, second.hash, 12),
        chained(second.seq - 1, second.hash, 12),
        chained(second.seq, [9; 32], 12),
        Pending::chained(None, 12, auction, Vec::new()),
    ];
    for bad in bad {
        let refused = journal.append_batch(&[good.clone(), bad.clone()]);
        assert!(
            matches!(refused, Err(Error::OutOfOrder { .. })),
            "{bad:?}: {refused:?}"
        );
    }
    let bytes_max = journal.payload_bytes_max();
    let long = Pending::chained(Some(&head), 11, auction, vec![1; bytes_max + 1]);
    assert!(matches!(
        journal.append_batch(&[long]),
        Err(Error::PayloadTooLarge { .. })
    ));
    journal.append_batch(&[]).expect("an empty batch is nothing");
    assert_eq!(journal.next_lsn(), 11);
    journal
        .append_batch(std::slice::from_ref(&good))
        .expect("the good one is still good");
    all.push(Kept { pending: good });
    drop(journal);
    assert_eq!(reopen(&*place, Start::beginning()).expect("opens").2, all);
}

/// Payloads of no bytes and of the most bytes are kept.
pub fn payload_limits(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let largest = vec![0xa5; journal.payload_bytes_max()];
    let mut all = Vec::new();
    for (lsn, payload) in (1..).zip([
        Vec::new(),
        largest.clone(),
        Vec::new(),
        vec![0; largest.len()],
        largest,
    ]) {
        let record = Pending::chained(journal.heads().get(&1), lsn, 1, payload);
        journal
            .append_batch(std::slice::from_ref(&record))
            .expect("appends");
        all.push(Kept { pending: record });
    }
    drop(journal);
    assert_eq!(reopen(&*place, Start::beginning()).expect("opens").2, all);
}

/// Opening from snapshots visits exactly what they do not cover.
pub fn starts_from_heads(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let all = fill(&mut *journal, 90);
    drop(journal);
    for covered in [0, 1, 30, 60, 89, 90_usize] {
        for ahead in [0, 1, 20] {
            // Some snapshots may be newer than what is covered by all.
            let mut heads = heads_of(&all[..covered]);
            let newer = heads_of(&all[..(covered + ahead).min(all.len())]);
            if let Some((auction, head)) = newer.iter().min_by_key(|(auction, _)| **auction) {
                heads.insert(*auction, *head);
            }
            let expected: Vec<_> = all[covered..]
                .iter()
                .filter(|kept| {
                    heads
                        .get(&kept.pending.auction)
                        .is_none_or(|head| head.lsn < kept.pending.lsn)
                })
                .cloned()
                .collect();
            let start = Start {
                from_lsn: covered as u64 + 1,
                heads,
            };
            let (mut journal, recovery, kept) = reopen(&*place, start).expect("opens");
            assert_eq!(kept, expected);
            assert_eq!((recovery.heads, recovery.last_lsn), (heads_of(&all), 90));
            assert_eq!(recovery.records, expected.len() as u64);
            journal.append_batch(&[]).expect("writable");
        }
    }
}

/// Snapshots of another history, or of records that are not there, are noticed.
pub fn notices_wrong_heads(fresh: &dyn Fn() -> Box<dyn Place>) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let all = fill(&mut *journal, 40);
    drop(journal);
    let open = |from_lsn, auction: u128, head| {
        let mut heads = heads_of(&all[..20]);
        heads.insert(auction, head);
        reopen(&*place, Start { from_lsn, heads }).map(|_| ())
    };
    let Pending { auction, .. } = all[30].pending;
    let head = all[30].pending.head();
    open(21, auction, head).expect("the right head");
    for wrong in [
        Head {
            hash: [1; 32],
            ..head
        },
        Head {
            seq: head.seq + 1,
            ..head
        },
        Head {
            lsn: head.lsn - 1,
            ..head
        },
    ] {
        let opened = open(21, auction, wrong);
        assert!(
            matches!(opened, Err(Error::HeadMismatch { .. })),
            "{wrong:?}: {opened:?}"
        );
    }
    let behind = open(21, auction, Head { lsn: 41, ..head });
    assert!(matches!(behind, Err(Error::BehindSnapshot { .. })), "{behind:?}");
    let uncovered = reopen(
        &*place,
        Start {
            from_lsn: 21,
            heads: Heads::new(),
        },
    )
    .map(|_| ());
    assert!(
        matches!(uncovered, Err(Error::HeadMismatch { .. })),
        "{uncovered:?}"
    );
    let nothing_there = fresh()
        .open(
            Start {
                from_lsn: 21,
                heads: heads_of(&all),
            },
            &mut |_| {},
        )
        .map(|_| ());
    assert!(
        matches!(nothing_there, Err(Error::BehindSnapshot { .. })),
        "{nothing_there:?}"
    );
}

/// A journal cut off after any byte of any file opens to a prefix of what it held, or is refused.
pub fn survives_cuts(fresh: &dyn Fn() -> Box<dyn Place>) {
    damaged(
        fresh,
        12,
        &mut |bytes, at| {
            bytes.truncate(at);
            true
        },
        &mut |found, all| all.starts_with(found),
    );
}

/// A journal with any one byte changed is refused, or opens to exactly what it held.
pub fn notices_flips(fresh: &dyn Fn() -> Box<dyn Place>) {
    damaged(
        fresh,
        12,
        &mut |bytes, at| {
            bytes[at] ^= 1 << (at % 8);
            true
        },
        &mut |found, all| found == all,
    );
}

/// Opens the journal once for every byte of every file, after `damage` was done to that byte.
pub fn damaged(
    fresh: &dyn Fn() -> Box<dyn Place>,
    records: u64,
    damage: &mut dyn FnMut(&mut Vec<u8>, usize) -> bool,
    accept: &mut dyn FnMut(&[Kept], &[Kept]) -> bool,
) {
    let place = fresh();
    let (mut journal, _, _) = reopen(&*place, Start::beginning()).expect("opens");
    let all = fill(&mut *journal, records);
    drop(journal);
    let image = place.image();
    for (index, (path, bytes)) in image.iter().enumerate() {
        for at in 0..bytes.len() {
            let mut image = image.clone();
            if !damage(&mut image[index].1, at) {
                continue;
            }
            if let Ok((_, _, found)) = reopen(&*place.with_image(&image), Start::beginning()) {
                assert!(
                    accept(&found, &all),
                    "{} byte {at}: {} records",
                    path.display(),
                    found.len()
                );
            }
        }
    }
}

/// Makes a test of each case. `$fresh` is a `fn() -> Box<dyn conformance::Place>`.
#[macro_export]
macro_rules! journal_conformance {
    ($fresh:path) => {
        $crate::journal_conformance!(@cases $fresh: empty keeps_everything scans refuses_disorder payload_limits
            starts_from_heads notices_wrong_heads survives_cuts notices_flips);
    };
    (@cases $fresh:path: $($case:ident)*) => {
        $(#[test]
        fn $case() {
            $crate::journal::conformance::$case(&$fresh);
        })*
    };
}
