//! How a simulated bidder decides: what it sees in, what it does out. Pure; time is demonstration
//! time in milliseconds, chance comes from the bidder's own seeded generator.

use super::wire::LotState;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::BTreeMap;
use uuid::Uuid;

/// After this long on the block nobody starts a new round: a lot must come to an end.
pub const TIRED_AFTER_MS: i64 = 54_000;

/// A timed lot nears its end.
const LAST_CALL_MS: i64 = 28_000;

/// How a bidder behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temperament {
    /// In from the first second, out when the others wake up.
    Early,
    /// Answers every bid until the limit.
    Steady,
    /// Waits until the room has fallen quiet.
    Late,
    /// Leaves a maximum and looks away.
    Proxy,
    /// Bids a step or two above what is asked.
    Bold,
}

/// What a bidder sees of a lot.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    /// Which lot.
    pub lot_id: Uuid,
    /// Its state.
    pub state: LotState,
    /// Demonstration time.
    pub now_ms: i64,
    /// When the lot was opened.
    pub opened_at_ms: i64,
    /// When something last happened on it.
    pub stirred_at_ms: i64,
    /// Time until it closes by itself.
    pub closes_in_ms: Option<i64>,
    /// The lowest acceptable bid, minor units.
    pub minimum_minor: i64,
    /// What the price is raised by, minor units.
    pub step_minor: i64,
    /// Low and high, minor units.
    pub estimate_minor: (i64, i64),
    /// This bidder leads.
    pub leading: bool,
    /// Fair warning stands.
    pub warned: bool,
    /// The reserve is not met yet.
    pub below_reserve: bool,
    /// A visitor leads.
    pub visitor_leads: bool,
    /// A visitor has bid on the lot.
    pub visited: bool,
    /// Contests with a visitor so far.
    pub contested: u32,
}

#[cfg(test)]
impl Sight {
    /// A lot of the room that was opened at 0 and on which nothing has happened since.
    pub fn opened(lot: u128, now_ms: i64, minimum_minor: i64, step_minor: i64) -> Self {
        Self {
            lot_id: Uuid::from_u128(lot),
            state: LotState::Open,
            now_ms,
            opened_at_ms: 0,
            stirred_at_ms: 0,
            closes_in_ms: None,
            minimum_minor,
            step_minor,
            estimate_minor: (800_000, 1_200_000),
            leading: false,
            warned: false,
            below_reserve: false,
            visitor_leads: false,
            visited: false,
            contested: 0,
        }
    }
}

/// What a bidder does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Exactly this, minor units.
    Bid(i64),
    /// Up to this, minor units.
    Max(i64),
}

impl Action {
    /// The most that it can cost, minor units.
    #[cfg(test)]
    pub fn most_minor(self) -> i64 {
        match self {
            Self::Bid(minor) | Self::Max(minor) => minor,
        }
    }
}

/// How much a lot is wanted, by everybody: some are fought over, some leave the room cold. Factor
/// on what bidders would pay.
pub fn heat(seed: u64, lot_id: Uuid) -> f64 {
    match lot_rng(seed, lot_id, 1).random_range(0..100) {
        0..12 => 0.55,
        12..30 => 0.88,
        30..82 => 1.05,
        _ => 1.5,
    }
}

/// How often the simulation contests a visitor on this lot before it lets go: 2 to 4.
pub fn patience(lot_id: Uuid) -> u32 {
    2 + lot_rng(0, lot_id, 2).random_range(0..3)
}

fn lot_rng(seed: u64, lot_id: Uuid, purpose: u64) -> StdRng {
    let (high, low) = lot_id.as_u64_pair();
    StdRng::seed_from_u64(seed ^ high ^ low.rotate_left(17) ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A simulated bidder.
#[derive(Debug)]
pub struct Bidder {
    temperament: Temperament,
    /// Share of the lots that it wants.
    appetite: f64,
    seed: u64,
    rng: StdRng,
    lots: BTreeMap<Uuid, Interest>,
}

/// What a bidder thinks of one lot.
#[derive(Debug, Clone, Copy)]
struct Interest {
    limit_minor: i64,
    /// The stir that it reacts to, and when it will.
    reacts_to_ms: i64,
    acts_at_ms: i64,
    max_left: bool,
}

impl Bidder {
    /// A bidder who wants `appetite` (0 to 1) of all lots. `seed` is the bidder's own, `sale_seed`
    /// the same for everybody.
    pub fn new(temperament: Temperament, appetite: f64, sale_seed: u64, seed: u64) -> Self {
        Self {
            temperament,
            appetite,
            seed: sale_seed,
            rng: StdRng::seed_from_u64(seed),
            lots: BTreeMap::new(),
        }
    }

    /// The most that this bidder would pay for a lot, once it has looked at it; zero when it does
    /// not want it.
    #[cfg(test)]
    pub fn limit_minor(&self, lot_id: Uuid) -> Option<i64> {
        self.lots.get(&lot_id).map(|interest| interest.limit_minor)
    }

    /// What the bidder does now, if anything. Never more than its limit.
    pub fn decide(&mut self, sight: &Sight) -> Option<Action> {
        let mut interest = match self.lots.get(&sight.lot_id) {
            Some(interest) => *interest,
            None => self.look_at(sight),
        };
        // Every stir makes a bidder think again, for a time of its own.
        if interest.reacts_to_ms != sight.stirred_at_ms {
            interest.reacts_to_ms = sight.stirred_at_ms;
            interest.acts_at_ms = sight.stirred_at_ms + self.reaction_ms(sight);
        }
        let action = self.weigh(&mut interest, sight);
        self.lots.insert(sight.lot_id, interest);
        action
    }

    fn weigh(&mut self, interest: &mut Interest, sight: &Sight) -> Option<Action> {
        let limit = interest.limit_minor;
        if limit < sight.minimum_minor || sight.leading {
            return None;
        }
        match sight.state {
            LotState::Pending => {
                let leaves = self.temperament == Temperament::Proxy
                    && !interest.max_left
                    && sight.now_ms >= interest.acts_at_ms;
                interest.max_left |= leaves;
                return leaves.then_some(Action::Max(limit));
            }
            LotState::Open => {}
            LotState::Paused | LotState::Closed => return None,
        }
        let lets_go = sight.visited && !sight.below_reserve && sight.contested >= patience(sight.lot_id);
        let elapsed_ms = sight.now_ms - sight.opened_at_ms;
        let tired = sight.closes_in_ms.is_none() && elapsed_ms > TIRED_AFTER_MS && !sight.visitor_leads;
        if lets_go || tired || sight.now_ms < interest.acts_at_ms || !self.feels_like_it(sight, elapsed_ms) {
            return None;
        }
        // Whatever comes of it, the bidder takes a breath before the next one.
        interest.acts_at_ms = sight.now_ms + self.reaction_ms(sight);
        match self.temperament {
            Temperament::Proxy if interest.max_left => None,
            Temperament::Proxy => {
                interest.max_left = true;
                Some(Action::Max(limit))
            }
            Temperament::Bold => {
                let jump = sight.step_minor * self.rng.random_range(0..3);
                let amount = sight.minimum_minor + jump;
                Some(Action::Bid(if amount <= limit {
                    amount
                } else {
                    sight.minimum_minor
                }))
            }
            Temperament::Early | Temperament::Steady | Temperament::Late => {
                Some(Action::Bid(sight.minimum_minor))
            }
        }
    }

    /// Whether it is this bidder's moment.
    fn feels_like_it(&self, sight: &Sight, elapsed_ms: i64) -> bool {
        match (self.temperament, sight.closes_in_ms) {
            (Temperament::Late, Some(left_ms)) => left_ms <= LAST_CALL_MS,
            (Temperament::Late, None) => sight.warned || elapsed_ms > 26_000,
            (Temperament::Early, None) => elapsed_ms < 34_000,
            _ => true,
        }
    }

    /// How long this bidder takes to react, milliseconds.
    fn reaction_ms(&mut self, sight: &Sight) -> i64 {
        let range = match (self.temperament, sight.closes_in_ms) {
            _ if sight.state == LotState::Pending => 4_000..90_000,
            (Temperament::Late, Some(_)) => 2_500..9_000,
            (_, Some(left_ms)) if left_ms <= LAST_CALL_MS => 3_000..14_000,
            (_, Some(_)) => 14_000..75_000,
            (Temperament::Early, None) => 1_600..5_000,
            (Temperament::Steady, None) => 3_000..10_500,
            (Temperament::Late, None) => 2_200..6_000,
            (Temperament::Proxy, None) => 3_000..16_000,
            (Temperament::Bold, None) => 4_000..13_000,
        };
        let pause_ms = self.rng.random_range(range);
        // A person who leads should have the time to enjoy it.
        if sight.visitor_leads {
            pause_ms + 2_500
        } else {
            pause_ms
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "estimates of the demonstration catalogue, at most 10^8 minor units"
    )]
    fn look_at(&mut self, sight: &Sight) -> Interest {
        let wants = self.rng.random_bool(self.appetite);
        let factor = self.rng.random_range(0.72..1.32) * heat(self.seed, sight.lot_id);
        let (low, high) = sight.estimate_minor;
        let limit_minor = round_down((i64::midpoint(low, high) as f64 * factor) as i64);
        let thinks_ms = match self.temperament {
            // Had made up its mind before the lot came up.
            Temperament::Early => self.reaction_ms(sight) / 2,
            _ => self.reaction_ms(sight),
        };
        Interest {
            limit_minor: if wants { limit_minor } else { 0 },
            reacts_to_ms: sight.stirred_at_ms,
            acts_at_ms: sight.now_ms + thinks_ms,
            max_left: false,
        }
    }
}

/// People think in round figures: two significant digits.
pub fn round_down(minor: i64) -> i64 {
    let mut unit = 1;
    while minor / unit >= 100 {
        unit *= 10;
    }
    minor / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sight(now_ms: i64) -> Sight {
        Sight::opened(9, now_ms, 500_000, 50_000)
    }

    const ALL: [Temperament; 5] = [
        Temperament::Early,
        Temperament::Steady,
        Temperament::Late,
        Temperament::Proxy,
        Temperament::Bold,
    ];

    /// The first action within a minute, looked for every quarter of a second.
    fn first_action(bidder: &mut Bidder, change: impl Fn(&mut Sight)) -> Option<(i64, Action)> {
        (0..240).map(|quarter| quarter * 250).find_map(|now_ms| {
            let mut seen = sight(now_ms);
            change(&mut seen);
            bidder.decide(&seen).map(|action| (now_ms, action))
        })
    }

    proptest! {
        #[test]
        fn nobody_exceeds_the_own_limit_or_bids_below_the_minimum(
            seed in any::<u64>(), sale_seed in any::<u64>(), kind in 0usize..5,
            stirs in proptest::collection::vec((1i64..9_000, 1i64..120_000, any::<bool>()), 1..60),
            closes in proptest::option::of(1i64..400_000),
        ) {
            let mut bidder = Bidder::new(ALL[kind], 1.0, sale_seed, seed);
            let mut seen = sight(0);
            seen.closes_in_ms = closes;
            for (pause_ms, raise, warned) in stirs {
                for _ in 0..4 {
                    seen.now_ms += pause_ms;
                    if let Some(action) = bidder.decide(&seen) {
                        let limit = bidder.limit_minor(seen.lot_id).unwrap();
                        prop_assert!(action.most_minor() <= limit);
                        prop_assert!(action.most_minor() >= seen.minimum_minor);
                    }
                }
                seen.minimum_minor += raise;
                seen.stirred_at_ms = seen.now_ms;
                seen.warned = warned;
            }
        }
    }

    #[test]
    fn each_temperament_has_its_moment() {
        for seed in 0..40 {
            let when = |temperament| {
                let mut bidder = Bidder::new(temperament, 1.0, 4, seed);
                first_action(&mut bidder, |seen| seen.minimum_minor = 1)
            };
            let (early_ms, _) = when(Temperament::Early).unwrap();
            let (late_ms, _) = when(Temperament::Late).unwrap();
            let (_, proxy) = when(Temperament::Proxy).unwrap();
            assert!(early_ms <= 5_000 && late_ms > 26_000, "{early_ms} {late_ms}");
            assert!(matches!(proxy, Action::Max(_)));
        }
    }

    #[test]
    fn a_late_bidder_wakes_at_fair_warning() {
        let mut bidder = Bidder::new(Temperament::Late, 1.0, 4, 1);
        let (at_ms, _) = first_action(&mut bidder, |seen| {
            seen.minimum_minor = 1;
            seen.warned = seen.now_ms > 9_000;
        })
        .unwrap();
        assert!((9_000..14_000).contains(&at_ms), "{at_ms}");
    }

    #[test]
    fn nobody_bids_while_leading_paused_closed_or_tired() {
        for temperament in ALL {
            let silent = |change: fn(&mut Sight)| {
                let mut bidder = Bidder::new(temperament, 1.0, 4, 3);
                first_action(&mut bidder, |seen| {
                    seen.minimum_minor = 1;
                    change(seen);
                })
                .is_none()
            };
            assert!(silent(|seen| seen.leading = true));
            assert!(silent(|seen| seen.state = LotState::Paused));
            assert!(silent(|seen| seen.state = LotState::Closed));
            assert!(silent(|seen| seen.opened_at_ms = seen.now_ms - TIRED_AFTER_MS - 1));
        }
    }

    #[test]
    fn visitors_are_contested_a_few_times_and_then_left_to_win() {
        for temperament in ALL {
            let acts = |contested, below_reserve| {
                let mut bidder = Bidder::new(temperament, 1.0, 4, 3);
                first_action(&mut bidder, |seen| {
                    seen.minimum_minor = 1;
                    seen.visited = true;
                    seen.visitor_leads = true;
                    seen.contested = contested;
                    seen.below_reserve = below_reserve;
                })
                .is_some()
            };
            assert!(acts(0, false), "{temperament:?} takes up the contest");
            assert!(!acts(4, false), "{temperament:?} lets go");
            assert!(acts(4, true), "{temperament:?} carries on below the reserve");
        }
        for lot in 0..200 {
            assert!((2..=4).contains(&patience(Uuid::from_u128(lot))));
        }
    }

    #[test]
    fn only_a_proxy_uses_the_book_and_once() {
        for temperament in ALL {
            let mut bidder = Bidder::new(temperament, 1.0, 4, 8);
            let mut left = 0;
            for second in 0..200 {
                let mut seen = sight(second * 1_000);
                seen.state = LotState::Pending;
                seen.minimum_minor = 1;
                left += u32::from(bidder.decide(&seen).is_some());
            }
            assert_eq!(
                left,
                u32::from(temperament == Temperament::Proxy),
                "{temperament:?}"
            );
        }
    }

    #[test]
    fn the_same_seed_decides_the_same() {
        let run = |seed| {
            let mut bidder = Bidder::new(Temperament::Bold, 0.8, 4, seed);
            first_action(&mut bidder, |_| {})
        };
        assert_eq!(run(5), run(5));
    }

    #[test]
    fn limits_are_round_figures() {
        assert_eq!(round_down(1_234_567), 1_200_000);
        assert_eq!(round_down(99), 99);
        assert_eq!(round_down(0), 0);
    }
}
