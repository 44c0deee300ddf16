//! Who has seen the fair warnings that stand, and how long that took. As little part of the history
//! as presence: a node that starts again knows of none.

use gavel_engine::ids::{LotId, UserId};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A bidder's client says that a warning is on display.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Whose client.
    pub user_id: UserId,
    /// The lot that the warning is for.
    pub lot_id: LotId,
    /// The record that brought the warning to the client.
    pub seq: u64,
    /// When the node heard of it.
    pub heard_at: Instant,
    /// The round trip of the connection as the node measured it, milliseconds.
    pub round_trip_ms: Option<u32>,
}

/// How a warning was seen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarningSeen {
    /// The lot that it is for.
    pub lot_id: LotId,
    /// The record that brought it.
    pub seq: u64,
    /// Bidders whose client has it on display.
    pub seen: usize,
    /// Half of them had it within this.
    pub median_ms: Option<u32>,
    /// Nineteen in twenty of them had it within this.
    pub p95_ms: Option<u32>,
}

#[derive(Debug)]
struct Warning {
    seq: u64,
    told_at: Instant,
    /// At most one for each registered bidder.
    delays_ms: BTreeMap<UserId, u32>,
    /// Something is not told yet.
    changed: bool,
}

/// The fair warnings that stand in one sale.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    standing: BTreeMap<LotId, Warning>,
    /// The last record that anybody may have been told of.
    seq: u64,
}

impl Warnings {
    /// A record is about to be told, with a warning for each of these lots; `stands` says on which
    /// lots a warning stands after it. Answers what was not told yet of the warnings that end with it.
    pub fn settle(
        &mut self,
        seq: u64,
        warned: &[LotId],
        stands: impl Fn(LotId) -> bool,
        now: Instant,
    ) -> Vec<WarningSeen> {
        self.seq = seq;
        let ended = self
            .standing
            .extract_if(.., |lot_id, _| warned.contains(lot_id) || !stands(*lot_id));
        let last = ended
            .filter(|(_, warning)| warning.changed)
            .map(|(lot_id, warning)| warning.seen(lot_id))
            .collect();
        for lot_id in warned {
            let warning = Warning {
                seq,
                told_at: now,
                delays_ms: BTreeMap::new(),
                changed: true,
            };
            self.standing.insert(*lot_id, warning);
        }
        last
    }

    /// The first word of each bidder counts; one about another warning than the one that stands does not.
    pub fn shown(&mut self, shown: Shown) {
        let Some(warning) = self.standing.get_mut(&shown.lot_id) else {
            return;
        };
        // A snapshot brings a warning with a later record than its own.
        if shown.seq < warning.seq || shown.seq > self.seq || warning.delays_ms.contains_key(&shown.user_id) {
            return;
        }
        // The word was under way for half of a round trip, as far as that was measured.
        let way_back = Duration::from_millis(u64::from(shown.round_trip_ms.unwrap_or(0))) / 2;
        let delay = shown.heard_at.saturating_duration_since(warning.told_at);
        let delay_ms = delay.saturating_sub(way_back).as_millis();
        let delay_ms = u32::try_from(delay_ms).unwrap_or(u32::MAX);
        warning.delays_ms.insert(shown.user_id, delay_ms);
        warning.changed = true;
    }

    /// What is told changes for another reason: those who are there, or those who are told.
    pub fn touch(&mut self) {
        for warning in self.standing.values_mut() {
            warning.changed = true;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.standing.is_empty()
    }

    /// Every warning that stands.
    pub fn seen(&self) -> Vec<WarningSeen> {
        let standing = self.standing.iter();
        standing.map(|(lot_id, warning)| warning.seen(*lot_id)).collect()
    }

    /// The warnings of which something is not told yet; it counts as told then.
    pub fn take_changed(&mut self) -> Vec<WarningSeen> {
        let changed = self.standing.iter_mut().filter(|(_, warning)| warning.changed);
        changed
            .map(|(lot_id, warning)| {
                warning.changed = false;
                warning.seen(*lot_id)
            })
            .collect()
    }
}

impl Warning {
    fn seen(&self, lot_id: LotId) -> WarningSeen {
        let mut delays_ms: Vec<u32> = self.delays_ms.values().copied().collect();
        WarningSeen {
            lot_id,
            seq: self.seq,
            seen: delays_ms.len(),
            median_ms: within(&mut delays_ms, 50),
            p95_ms: within(&mut delays_ms, 95),
        }
    }
}

/// The least delay that this part of all stays within: the nearest rank, which is one that was measured.
fn within(delays_ms: &mut [u32], percent: usize) -> Option<u32> {
    let rank = (delays_ms.len() * percent).div_ceil(100);
    let (_, delay_ms, _) = (rank > 0).then(|| delays_ms.select_nth_unstable(rank - 1))?;
    Some(*delay_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOT: LotId = LotId(7);

    fn after(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    /// Warned of at record 10, with record 12 as the last one.
    fn warned(start: Instant) -> Warnings {
        let mut warnings = Warnings::default();
        assert_eq!(warnings.settle(10, &[LOT], |_| true, start), []);
        assert_eq!(warnings.settle(12, &[], |_| true, after(start, 5)), []);
        warnings
    }

    fn shown(user: u128, seq: u64, heard_at: Instant, round_trip_ms: Option<u32>) -> Shown {
        Shown {
            user_id: UserId(user),
            lot_id: LOT,
            seq,
            heard_at,
            round_trip_ms,
        }
    }

    #[test]
    fn delays_are_ranked_without_the_way_back() {
        let start = Instant::now();
        let mut warnings = warned(start);
        let seen = |warnings: &Warnings| {
            let [seen] = warnings.seen()[..] else {
                panic!("{warnings:?}")
            };
            (seen.seen, seen.median_ms, seen.p95_ms)
        };
        assert_eq!(seen(&warnings), (0, None, None));
        // 40 bidders with delays of 5, 10, … 200 ms, last first, each with 15 ms of the way back on top.
        for user in (1..=40).rev() {
            let heard_at = after(start, 5 * user + 15);
            warnings.shown(shown(u128::from(user), 10, heard_at, Some(30)));
        }
        assert_eq!(seen(&warnings), (40, Some(100), Some(190)));
        // Never below nothing, whatever the way; and all of it where the way is not known.
        warnings.shown(shown(41, 10, after(start, 20), Some(3_000)));
        assert_eq!(seen(&warnings), (41, Some(100), Some(190)));
        assert_eq!(warnings.standing[&LOT].delays_ms[&UserId(41)], 0);
        warnings.shown(shown(42, 10, after(start, 700), None));
        assert_eq!(warnings.standing[&LOT].delays_ms[&UserId(42)], 700);
        assert_eq!(seen(&warnings), (42, Some(100), Some(195)));
    }

    #[test]
    fn one_and_two_have_a_median_too() {
        assert_eq!((within(&mut [], 50), within(&mut [], 95)), (None, None));
        assert_eq!((within(&mut [8], 50), within(&mut [8], 95)), (Some(8), Some(8)));
        let mut two = [90, 20];
        assert_eq!((within(&mut two, 50), within(&mut two, 95)), (Some(20), Some(90)));
    }

    #[test]
    fn only_the_first_word_on_the_standing_warning_counts() {
        let start = Instant::now();
        let mut warnings = warned(start);
        warnings.take_changed();
        // Before the warning, after everything that was told, on another lot.
        for seq in [0, 9, 13, u64::MAX] {
            warnings.shown(shown(1, seq, start, None));
        }
        let elsewhere = Shown {
            lot_id: LotId(8),
            ..shown(1, 10, start, None)
        };
        warnings.shown(elsewhere);
        assert_eq!(warnings.take_changed(), [], "nothing to tell");
        // By its update, or by a later snapshot.
        warnings.shown(shown(1, 10, after(start, 100), None));
        warnings.shown(shown(2, 12, after(start, 300), None));
        let expected = WarningSeen {
            lot_id: LOT,
            seq: 10,
            seen: 2,
            median_ms: Some(100),
            p95_ms: Some(300),
        };
        assert_eq!(warnings.take_changed(), [expected]);
        warnings.shown(shown(1, 12, after(start, 900), None));
        assert_eq!(warnings.take_changed(), [], "a second word changes nothing");
        assert_eq!(warnings.seen(), [expected]);
        warnings.touch();
        assert_eq!(warnings.take_changed(), [expected]);
    }

    #[test]
    fn a_warning_ends_with_its_last_figure_and_the_next_begins_anew() {
        let start = Instant::now();
        let mut warnings = warned(start);
        warnings.shown(shown(1, 10, after(start, 100), None));
        let last = warnings.settle(13, &[LOT], |_| true, after(start, 1_000));
        assert_eq!((last[0].seq, last[0].seen, last.len()), (10, 1, 1));
        let [again] = warnings.take_changed()[..] else {
            panic!("{warnings:?}")
        };
        assert_eq!((again.seq, again.seen), (13, 0));
        // Of the one before.
        warnings.shown(shown(1, 10, after(start, 1_100), None));
        assert_eq!(warnings.seen()[0].seen, 0);
        warnings.shown(shown(1, 13, after(start, 1_100), None));
        assert_eq!(warnings.seen()[0].median_ms, Some(100), "from the new warning on");
        warnings.take_changed();
        // A bid or a close: all is told already.
        assert_eq!(warnings.settle(14, &[], |_| false, after(start, 2_000)), []);
        assert!(warnings.is_empty());
        warnings.shown(shown(2, 13, after(start, 2_100), None));
        assert_eq!(warnings.seen(), []);
    }
}
