//! The simulated room: people with paddles, one or two without, the telephones, and the bids that
//! were written down before the sale. What it sees in, what the clerk enters out; no I/O.

use super::{
    scene::{Cast, ROOM_PADDLES_MAX},
    temperament::{Action, Bidder, Sight, Temperament, heat, round_down},
    wire::{Channel, Format, Leader},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// The first number handed out in the room.
const PADDLES_FROM: u32 = 201;
/// People in the room who hold a paddle.
const PADDLES: u32 = 14;
/// The numbers used for bidders on the telephone.
const PHONES_FROM: u32 = 401;
/// How many telephones there are.
const PHONES: u32 = 4;
/// The numbers handed to unnamed winners, up to the last of the room's.
const NAMED_FROM: u32 = 601;

/// A bid that the clerk enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloorBid {
    /// `None`: nobody saw a number.
    pub paddle: Option<u32>,
    /// Floor or telephone.
    pub channel: Channel,
    /// Minor units.
    pub amount_minor: i64,
}

/// A bid that was left in writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenBid {
    /// For which lot.
    pub lot_id: Uuid,
    /// Whose.
    pub paddle: u32,
    /// Minor units.
    pub max_minor: i64,
}

/// Somebody who can bid in the room.
#[derive(Debug)]
struct Seat {
    paddle: Option<u32>,
    channel: Channel,
    bidder: Bidder,
}

/// The room during one sale.
#[derive(Debug)]
pub struct Floor {
    seed: u64,
    rng: StdRng,
    lot: Option<Uuid>,
    seats: Vec<Seat>,
}

impl Floor {
    /// An empty room. The same `seed` fills it with the same people.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            rng: StdRng::seed_from_u64(seed ^ 0x000f_1009),
            lot: None,
            seats: Vec::new(),
        }
    }

    /// The next bid from the room, if anybody feels like it. `sight.leading` is not looked at:
    /// the room knows its own from `leader`.
    pub fn decide(&mut self, sight: &Sight, leader: Option<Leader>) -> Option<FloorBid> {
        if self.lot != Some(sight.lot_id) {
            self.lot = Some(sight.lot_id);
            self.take_seats();
        }
        // Whoever stops the clock has bought, so nobody without a number does.
        let numbered_only = sight.format == Format::Dutch;
        for seat in &mut self.seats {
            if numbered_only && seat.paddle.is_none() {
                continue;
            }
            let mut seen = *sight;
            seen.leading = leader.is_some_and(|leader| {
                leader.paddle == seat.paddle && matches!(leader.channel, Channel::Floor | Channel::Phone)
            });
            // A maximum is not called out: who would leave one bids it step by step.
            if let Some(Action::Bid(amount_minor)) = seat.bidder.decide(&seen) {
                return Some(FloorBid {
                    paddle: seat.paddle,
                    channel: seat.channel,
                    amount_minor,
                });
            }
        }
        None
    }

    /// The bid in writing for a lot that comes up, if there is one; only somebody who has
    /// registered can leave one. Estimate in minor units.
    pub fn written_bid(
        &mut self,
        lot_id: Uuid,
        opening_minor: i64,
        estimate: (i64, i64),
        cast: &Cast,
    ) -> Option<WrittenBid> {
        // In hundredths, so that money stays whole.
        let share = self.rng.random_range(62..98);
        let chosen = self.rng.random_range(0..cast.len().max(1));
        let max_minor = round_down(i64::midpoint(estimate.0, estimate.1) / 100 * share);
        let left = self.rng.random_bool(0.22) && max_minor >= opening_minor && heat(self.seed, lot_id) > 0.6;
        let paddle = *cast.iter().nth(chosen)?;
        left.then_some(WrittenBid {
            lot_id,
            paddle,
            max_minor,
        })
    }

    /// A number for a winner who had none.
    pub fn name_winner(&mut self) -> u32 {
        // At random, so that two winners rarely share a number, also after a restart.
        self.rng.random_range(NAMED_FROM..=ROOM_PADDLES_MAX)
    }

    fn take_seats(&mut self) {
        const PHONE_MANNERS: [Temperament; 2] = [Temperament::Steady, Temperament::Late];
        self.seats.clear();
        // Somebody always likes to begin.
        self.sit(Temperament::Early, Channel::Floor, true);
        self.sit(Temperament::Steady, Channel::Floor, true);
        for _ in 0..self.rng.random_range(1..=2) {
            let manner = PHONE_MANNERS[self.rng.random_range(0..PHONE_MANNERS.len())];
            self.sit(manner, Channel::Phone, true);
        }
        if self.rng.random_bool(0.6) {
            self.sit(Temperament::Bold, Channel::Floor, false);
        }
        if self.rng.random_bool(0.5) {
            self.sit(Temperament::Late, Channel::Floor, true);
        }
    }

    fn sit(&mut self, temperament: Temperament, channel: Channel, numbered: bool) {
        let (from, count) = match channel {
            Channel::Phone => (PHONES_FROM, PHONES),
            _ => (PADDLES_FROM, PADDLES),
        };
        let mut number = from + self.rng.random_range(0..count);
        while self.seats.iter().any(|seat| seat.paddle == Some(number)) {
            number = from + (number - from + 1) % count;
        }
        let bidder = Bidder::new(temperament, 1.0, self.seed, self.rng.random());
        self.seats.push(Seat {
            paddle: numbered.then_some(number),
            channel,
            bidder,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(lot: u128, now_ms: i64) -> Sight {
        Sight::opened(lot, now_ms, 100, 10)
    }

    #[test]
    fn somebody_begins_within_five_seconds() {
        for seed in 0..100 {
            let mut floor = Floor::new(seed);
            let first = (0..21).find_map(|quarter| floor.decide(&sight(4, quarter * 250), None));
            assert!(first.is_some(), "seed {seed}");
        }
    }

    #[test]
    fn the_leader_does_not_bid_against_itself() {
        let mut floor = Floor::new(3);
        let mut before: Option<FloorBid> = None;
        let mut changes = 0;
        let mut seen = sight(4, 0);
        for quarter in 0..200 {
            seen.now_ms = quarter * 250;
            let leader = before.map(|bid| Leader {
                paddle: bid.paddle,
                channel: bid.channel,
            });
            if let Some(bid) = floor.decide(&seen, leader) {
                if let Some(before) = before {
                    assert_ne!((bid.paddle, bid.channel), (before.paddle, before.channel));
                    changes += 1;
                }
                seen.minimum_minor = bid.amount_minor + 10;
                seen.stirred_at_ms = seen.now_ms;
                before = Some(bid);
            }
        }
        assert!(changes > 5, "{changes}");
    }

    #[test]
    fn rooms_have_paddles_telephones_and_unnamed_bidders() {
        let mut floor = Floor::new(1);
        let mut kinds = std::collections::BTreeSet::new();
        for lot in 0..40 {
            for quarter in 0..200 {
                if let Some(bid) = floor.decide(&sight(lot, quarter * 250), None) {
                    assert!(bid.paddle.is_none_or(|paddle| paddle <= ROOM_PADDLES_MAX));
                    kinds.insert((bid.channel == Channel::Phone, bid.paddle.is_some()));
                }
            }
        }
        assert_eq!(kinds.len(), 3, "{kinds:?}");
    }

    #[test]
    fn written_bids_are_of_registered_people_between_the_opening_and_the_estimate() {
        let mut floor = Floor::new(6);
        let cast = Cast::from([1_001, 1_004]);
        let written: Vec<_> = (0..100)
            .filter_map(|lot| floor.written_bid(Uuid::from_u128(lot), 500_000, (800_000, 1_200_000), &cast))
            .collect();
        assert!((8..40).contains(&written.len()), "{}", written.len());
        for bid in written {
            assert!((500_000..=980_000).contains(&bid.max_minor));
            assert!(cast.contains(&bid.paddle));
        }
        assert!((0..100).all(|lot| {
            floor
                .written_bid(Uuid::from_u128(lot), 500_000, (800_000, 1_200_000), &Cast::new())
                .is_none()
        }));
    }
}
