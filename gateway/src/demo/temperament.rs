//! How a simulated bidder decides: what it sees in, what it does out. Pure; time is demonstration
//! time in milliseconds, chance comes from the bidder's own seeded generator.

use super::wire::{Format, LotState};
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
    /// How it is sold.
    pub format: Format,
    /// The price at which it can be bought at once, minor units.
    pub buy_now_minor: Option<i64>,
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
            format: Format::English,
            buy_now_minor: None,
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
    /// At once at the fixed price, minor units.
    BuyNow(i64),
}

impl Action {
    /// The most that it can cost, minor units.
    #[cfg(test)]
    pub fn most_minor(self) -> i64 {
        match self {
            Self::Bid(minor) | Self::Max(minor) | Self::BuyNow(minor) => minor,
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
                // Nobody stops a clock before it runs, and sealed bids wait for the lot.
                let leaves = self.temperament == Temperament::Proxy
                    && sight.format == Format::English
                    && !interest.max_left
                    && sight.now_ms >= interest.acts_at_ms;
                interest.max_left |= leaves;
                return leaves.then_some(Action::Max(limit));
            }
            LotState::Open => {}
            LotState::Paused | LotState::Closed => return None,
        }
        if sight.format != Format::English {
            return self.weigh_without_outcry(interest, sight);
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
            Temperament::Bold if sight.buy_now_minor.is_some_and(|price| price <= limit) => {
                sight.buy_now_minor.map(Action::BuyNow)
            }
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

    /// The clock is stopped at what the lot is worth to the bidder, and a sealed bid says it.
    fn weigh_without_outcry(&mut self, interest: &mut Interest, sight: &Sight) -> Option<Action> {
        if sight.now_ms < interest.acts_at_ms {
            return None;
        }
        interest.acts_at_ms = sight.now_ms + self.reaction_ms(sight);
        if sight.format == Format::Dutch {
            return Some(Action::Bid(sight.minimum_minor));
        }
        let first = !std::mem::replace(&mut interest.max_left, true);
        first.then_some(Action::Bid(interest.limit_minor))
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
            // The price waits for nobody.
            _ if sight.format == Format::Dutch => 400..2_500,
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
mod tests;
