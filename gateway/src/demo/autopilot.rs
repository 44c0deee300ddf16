//! The simulated auctioneer: what the rostrum sees in, one move out. Pure; time is demonstration
//! time in milliseconds, chance comes from its own seeded generator.

pub mod patter;

use super::{
    scene::{Cast, LotScene, Scene, visitor_leads},
    wire::{Band, Channel, Format, Lot, LotState, SaleStatus},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use uuid::Uuid;

/// After a bid, an ask or a warning the hammer stays up at least this long.
pub const HAMMER_UP_MS: i64 = 4_000;
/// After a command by a person the autopilot keeps its hands off for this long.
pub const HANDS_OFF_MS: i64 = 90_000;
/// Between two moves.
const BETWEEN_MOVES_MS: i64 = 1_000;
/// Before the first lot.
const SETTLE_MS: i64 = 300;
/// Between two lots.
const BETWEEN_LOTS_MS: i64 = 5_000;
/// Before the winner of a choice has made up the mind.
const CHOICE_MS: i64 = 2_500;
/// Between two remarks.
const BETWEEN_REMARKS_MS: i64 = 9_000;
/// How long an ask without bids stands before it is lowered.
const UNANSWERED_MS: i64 = 9_000;
/// How often the opening ask is lowered.
const LOWERED_MAX: u32 = 2;

/// What the auctioneer knows of a lot beforehand.
#[derive(Debug, Clone)]
pub struct LotNotes {
    /// Which lot.
    pub lot_id: Uuid,
    /// As printed.
    pub number: String,
    /// Who made it, without dates.
    pub artist: String,
    /// The work.
    pub title: String,
    /// How it is sold.
    pub format: Format,
    /// How many pieces the winner buys at the price of one.
    pub pieces: u32,
    /// The first ask, minor units.
    pub opening_minor: i64,
    /// The ladder.
    pub increments: Vec<Band>,
    /// Lots that are offered with it for the winner to choose from.
    pub choice: Vec<Uuid>,
}

impl LotNotes {
    /// On these lots, in running order; `choice_of` gives the numbers of those that are offered with
    /// one of a number.
    pub fn on(lots: &[Lot], choice_of: impl Fn(&str) -> &'static [&'static str]) -> Vec<Self> {
        let with = |number: &str| {
            let numbers = choice_of(number);
            let others = lots.iter().filter(|lot| numbers.contains(&lot.number.as_str()));
            others.map(|lot| lot.id).collect()
        };
        lots.iter()
            .map(|lot| Self {
                lot_id: lot.id,
                number: lot.number.clone(),
                artist: lot.artist.split(" (").next().unwrap_or_default().to_owned(),
                title: lot.title.clone(),
                format: lot.rules.format,
                pieces: lot.rules.quantity.unwrap_or(1),
                opening_minor: lot.rules.opening_price_minor,
                increments: lot.rules.increments.clone(),
                choice: with(&lot.number),
            })
            .collect()
    }
}

/// What the auctioneer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// Begins the sale.
    StartSale,
    /// Opens a lot.
    Open(Uuid),
    /// Asks for an amount, minor units.
    Ask(Uuid, i64),
    /// Gives fair warning.
    Warn(Uuid),
    /// Sold.
    Sell {
        /// Which lot.
        lot_id: Uuid,
        /// The winner is in the room and has shown no number.
        unnamed: bool,
    },
    /// Not sold.
    Pass(Uuid),
    /// Offers lots together, for the winner to choose from; the first leads.
    Group(Vec<Uuid>),
    /// What the winner of a choice takes.
    Choose {
        /// The lot that leads.
        lot_id: Uuid,
        /// One or more.
        taken: Vec<Uuid>,
    },
    /// A lot that somebody paused and left goes on.
    Resume(Uuid),
    /// A word to the room.
    Say(String),
    /// The sale is over.
    EndSale,
}

/// The auctioneer of one sale.
#[derive(Debug)]
pub struct Autopilot {
    rng: StdRng,
    notes: Vec<LotNotes>,
    hands_off_until_ms: Option<i64>,
    moved_at_ms: Option<i64>,
    said_at_ms: Option<i64>,
    /// When there was nothing on the block for the first time since the last lot.
    idle_since_ms: Option<i64>,
    farewell_said: bool,
    /// Lots that were offered together with others already: whoever splits them means it.
    grouped: BTreeSet<Uuid>,
    lot: OnTheBlock,
}

/// What was done for the lot on the block.
#[derive(Debug, Default)]
struct OnTheBlock {
    lot_id: Option<Uuid>,
    introduced: bool,
    lowered: u32,
    /// The price at which the ask was last taken back to the ladder.
    rounded_at_minor: Option<i64>,
    split: bool,
    coaxed: bool,
    /// A visitor was greeted.
    greeted: bool,
    patience_ms: i64,
}

impl Autopilot {
    /// An auctioneer for these lots, in running order.
    pub fn new(seed: u64, notes: Vec<LotNotes>) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed ^ 0x000a_c710),
            notes,
            hands_off_until_ms: None,
            moved_at_ms: None,
            said_at_ms: None,
            idle_since_ms: None,
            farewell_said: false,
            grouped: BTreeSet::new(),
            lot: OnTheBlock::default(),
        }
    }

    /// A person gave a command. True when the autopilot was at work until now.
    pub fn step_back(&mut self, now_ms: i64) -> bool {
        self.hands_off_until_ms.replace(now_ms + HANDS_OFF_MS).is_none()
    }

    /// The next move, if it is time for one. `doors_open`: the sale may begin.
    pub fn decide(&mut self, scene: &Scene, cast: &Cast, doors_open: bool, now_ms: i64) -> Option<Move> {
        if self
            .moved_at_ms
            .is_some_and(|moved| now_ms - moved < BETWEEN_MOVES_MS)
        {
            return None;
        }
        if let Some(until_ms) = self.hands_off_until_ms {
            if now_ms < until_ms {
                return None;
            }
            self.hands_off_until_ms = None;
            self.idle_since_ms = None;
            return Some(self.made(now_ms, Move::Say(patter::BACK_AGAIN.to_owned())));
        }
        let next = match scene.status? {
            SaleStatus::Draft | SaleStatus::Ended => None,
            SaleStatus::Published if self.idle_for(now_ms) < SETTLE_MS => None,
            // Before maxima are left for one of the lots that are meant for all of them.
            SaleStatus::Published => self
                .group_what_belongs_together(scene)
                .or_else(|| doors_open.then_some(Move::StartSale)),
            SaleStatus::Live => match scene.on_the_block() {
                None => self.between_lots(scene, now_ms),
                Some(lot) => {
                    self.idle_since_ms = None;
                    self.on_the_block(lot, cast, now_ms)
                }
            },
        };
        next.map(|next| self.made(now_ms, next))
    }

    fn made(&mut self, now_ms: i64, next: Move) -> Move {
        // The first lot follows at once: nobody came to hear that the sale has begun.
        self.moved_at_ms = (next != Move::StartSale).then_some(now_ms);
        if matches!(next, Move::Say(_)) {
            self.said_at_ms = Some(now_ms);
        }
        next
    }

    /// How long nothing has been on the block.
    fn idle_for(&mut self, now_ms: i64) -> i64 {
        now_ms - *self.idle_since_ms.get_or_insert(now_ms)
    }

    fn between_lots(&mut self, scene: &Scene, now_ms: i64) -> Option<Move> {
        let idle_ms = self.idle_for(now_ms);
        if let Some(won) = scene.choice_due() {
            return (idle_ms >= CHOICE_MS).then(|| self.choose(won));
        }
        let any_closed = scene.lots.values().any(|lot| lot.view.state == LotState::Closed);
        let wait_ms = if any_closed { BETWEEN_LOTS_MS } else { SETTLE_MS };
        if idle_ms < wait_ms {
            return None;
        }
        if let Some(group) = self.group_what_belongs_together(scene) {
            return Some(group);
        }
        let pending = |notes: &&LotNotes| {
            let lot = scene.lots.get(&notes.lot_id);
            lot.is_some_and(|lot| lot.view.state == LotState::Pending && lot.view.led_by.is_none())
        };
        Some(match self.notes.iter().find(pending) {
            Some(notes) => Move::Open(notes.lot_id),
            None if !std::mem::replace(&mut self.farewell_said, true) => {
                Move::Say(patter::FAREWELL.to_owned())
            }
            None => Move::EndSale,
        })
    }

    /// Lots that the catalogue offers as a choice and that nobody has offered so yet.
    fn group_what_belongs_together(&mut self, scene: &Scene) -> Option<Move> {
        let free = |lot_id: &Uuid| {
            scene.lots.get(lot_id).is_some_and(|lot| {
                let alone = lot.view.group.is_none() && lot.view.led_by.is_none();
                alone && lot.view.state == LotState::Pending
            })
        };
        let together = |notes: &LotNotes| -> Vec<Uuid> {
            [notes.lot_id]
                .into_iter()
                .chain(notes.choice.iter().copied())
                .collect()
        };
        let choices = self.notes.iter().filter(|notes| !notes.choice.is_empty());
        let lots = choices
            .filter(|notes| !self.grouped.contains(&notes.lot_id))
            .map(together)
            .find(|lots| lots.iter().all(free))?;
        self.grouped.extend(lots.first());
        Some(Move::Group(lots))
    }

    /// The winner takes the first, and now and then all of them.
    fn choose(&mut self, won: &LotScene) -> Move {
        let lot_id = won.view.lot_id;
        let others = won.view.group.iter().flat_map(|group| &group.others);
        let all = self.rng.random_bool(0.4);
        let taken = [lot_id].into_iter().chain(others.filter(|_| all).copied());
        Move::Choose {
            lot_id,
            taken: taken.collect(),
        }
    }

    fn on_the_block(&mut self, lot: &LotScene, cast: &Cast, now_ms: i64) -> Option<Move> {
        let lot_id = lot.view.lot_id;
        if self.lot.lot_id != Some(lot_id) {
            self.lot = OnTheBlock {
                lot_id: Some(lot_id),
                patience_ms: self.rng.random_range(5_000..7_500),
                ..OnTheBlock::default()
            };
        }
        if lot.view.state == LotState::Paused {
            return Some(Move::Resume(lot_id));
        }
        if !self.lot.introduced {
            self.lot.introduced = true;
            if let Some(notes) = self.notes.iter().find(|notes| notes.lot_id == lot_id) {
                return Some(Move::Say(patter::introduce(notes)));
            }
        }
        // The clock needs nobody, and while the hammer falls there is nothing to do but to wait.
        if lot.view.format == Format::Dutch || lot.view.hammer.is_some() {
            return None;
        }
        let quiet_ms = now_ms - lot.stirred_at_ms;
        match lot.view.price_minor {
            None => self.without_bids(lot, quiet_ms, now_ms),
            Some(price_minor) => self.with_bids(lot, price_minor, cast, quiet_ms, now_ms),
        }
    }

    fn without_bids(&mut self, lot: &LotScene, quiet_ms: i64, now_ms: i64) -> Option<Move> {
        let lot_id = lot.view.lot_id;
        if quiet_ms < UNANSWERED_MS {
            return None;
        }
        if self.lot.lowered < LOWERED_MAX {
            let asked = lot.view.minimum_minor?;
            let ask = lower_ask(asked);
            self.lot.lowered += 1;
            if ask < asked {
                return Some(Move::Ask(lot_id, ask));
            }
        }
        match lot.warned_at_ms {
            None => Some(Move::Warn(lot_id)),
            Some(warned_ms) if now_ms - warned_ms >= HAMMER_UP_MS => Some(Move::Pass(lot_id)),
            Some(_) => None,
        }
    }

    fn with_bids(
        &mut self,
        lot: &LotScene,
        price_minor: i64,
        cast: &Cast,
        quiet_ms: i64,
        now_ms: i64,
    ) -> Option<Move> {
        let lot_id = lot.view.lot_id;
        let below_reserve = lot.view.reserve_met == Some(false);
        if let Some(warned_ms) = lot.warned_at_ms {
            // People need longer than the simulation to think of one more.
            let hesitates = lot.visited && !visitor_leads(lot.view.leader, cast);
            let wait_ms = if hesitates {
                HAMMER_UP_MS + 4_000
            } else {
                HAMMER_UP_MS + 800
            };
            if now_ms - warned_ms < wait_ms || quiet_ms < HAMMER_UP_MS {
                return None;
            }
            return Some(if below_reserve {
                Move::Pass(lot_id)
            } else {
                Move::Sell {
                    lot_id,
                    unnamed: lot
                        .view
                        .leader
                        .is_some_and(|leader| leader.paddle.is_none() && leader.channel == Channel::Floor),
                }
            });
        }
        let step_minor = self.step_at(lot_id, price_minor);
        let next_minor = lot.view.minimum_minor.unwrap_or(price_minor + step_minor);
        if let (None, Some(rung_minor)) = (lot.view.ask_minor, self.rung_above(lot_id, next_minor))
            && rung_minor > next_minor
            && quiet_ms >= BETWEEN_MOVES_MS
            && self.lot.rounded_at_minor.replace(price_minor) != Some(price_minor)
        {
            // Somebody bid between the steps: back to round figures. Asked for once, since the house
            // may refuse, as it does above the highest amount, and the lot must still come to an end.
            return Some(Move::Ask(lot_id, rung_minor));
        }
        let elapsed_ms = now_ms - lot.opened_at_ms;
        let mut patience_ms = self.lot.patience_ms;
        if elapsed_ms < 32_000 {
            patience_ms += 3_500;
        } else if lot.visited {
            patience_ms += 2_500;
        }
        if quiet_ms < patience_ms {
            return self.remark(lot, price_minor, next_minor, cast, quiet_ms, now_ms);
        }
        if below_reserve && !self.lot.coaxed {
            self.lot.coaxed = true;
            return Some(Move::Say(patter::NOT_YET.to_owned()));
        }
        if !self.lot.split {
            self.lot.split = true;
            let half_minor = price_minor + step_minor / 2;
            if half_minor < next_minor && half_minor % 100 == 0 && self.rng.random_bool(0.3) {
                return Some(Move::Ask(lot_id, half_minor));
            }
        }
        Some(Move::Warn(lot_id))
    }

    /// Now and then a word on where the bid is.
    fn remark(
        &mut self,
        lot: &LotScene,
        price_minor: i64,
        next_minor: i64,
        cast: &Cast,
        quiet_ms: i64,
        now_ms: i64,
    ) -> Option<Move> {
        let said_long_ago = self
            .said_at_ms
            .is_none_or(|said_ms| now_ms - said_ms >= BETWEEN_REMARKS_MS);
        if !said_long_ago || quiet_ms < 600 {
            return None;
        }
        let leader = lot.view.leader?;
        if visitor_leads(Some(leader), cast) && !std::mem::replace(&mut self.lot.greeted, true) {
            return Some(Move::Say(patter::greet(price_minor)));
        }
        let choice = self.rng.random_range(0..u32::MAX);
        Some(Move::Say(patter::remark(leader, price_minor, next_minor, choice)))
    }

    fn band_at(&self, lot_id: Uuid, price_minor: i64) -> Option<Band> {
        let notes = self.notes.iter().find(|notes| notes.lot_id == lot_id)?;
        let after = notes
            .increments
            .partition_point(|band| band.from_minor <= price_minor);
        notes.increments.get(after.saturating_sub(1)).copied()
    }

    /// What the price is raised by, minor units.
    pub fn step_at(&self, lot_id: Uuid, price_minor: i64) -> i64 {
        self.band_at(lot_id, price_minor)
            .map_or(100, |band| band.step_minor.max(1))
    }

    /// The first figure of the ladder from `amount_minor` on.
    fn rung_above(&self, lot_id: Uuid, amount_minor: i64) -> Option<i64> {
        let band = self.band_at(lot_id, amount_minor)?;
        let over = (amount_minor - band.from_minor).rem_euclid(band.step_minor.max(1));
        Some(if over == 0 {
            amount_minor
        } else {
            amount_minor + band.step_minor - over
        })
    }
}

/// Three quarters, as a round figure.
fn lower_ask(asked_minor: i64) -> i64 {
    super::temperament::round_down(asked_minor / 4 * 3).max(100)
}

#[cfg(test)]
mod tests;
