//! The simulated auctioneer: what the rostrum sees in, one move out. Pure; time is demonstration
//! time in milliseconds, chance comes from its own seeded generator.

pub mod patter;

use super::{
    scene::{Cast, LotScene, Scene, visitor_leads},
    wire::{Band, Channel, LotState, SaleStatus},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
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
    /// The first ask, minor units.
    pub opening_minor: i64,
    /// The ladder.
    pub increments: Vec<Band>,
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
            SaleStatus::Published => {
                (self.idle_for(now_ms) >= SETTLE_MS && doors_open).then_some(Move::StartSale)
            }
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
        let any_closed = scene.lots.values().any(|lot| lot.view.state == LotState::Closed);
        let wait_ms = if any_closed { BETWEEN_LOTS_MS } else { SETTLE_MS };
        if idle_ms < wait_ms {
            return None;
        }
        let pending = |notes: &&LotNotes| {
            scene
                .lots
                .get(&notes.lot_id)
                .is_some_and(|lot| lot.view.state == LotState::Pending)
        };
        Some(match self.notes.iter().find(pending) {
            Some(notes) => Move::Open(notes.lot_id),
            None if !std::mem::replace(&mut self.farewell_said, true) => {
                Move::Say(patter::FAREWELL.to_owned())
            }
            None => Move::EndSale,
        })
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
