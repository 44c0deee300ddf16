//! What a seed decides beforehand: the sales, who bids in them, and what goes wrong when.

use gavel_engine::{
    auction::{LotSetup, SaleKind, Setup},
    ids::{BidderId, LotId, SaleId},
    money::{Amount, Currency},
    rules::{Band, Format, RuleSet, SoftClose},
    time::Timestamp,
};
use gavel_storage::journal::sim_disk::Mishap;
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Random numbers that follow from a seed.
pub type Dice = StdRng;

/// When every simulation begins, Unix milliseconds.
pub const EPOCH_MS: i64 = 1_800_000_000_000;

/// How long there is trouble, in simulated milliseconds; after that everything is well, so that what is
/// still outstanding has to come to an end.
pub const TROUBLE_MS: u64 = 100_000;

/// How long a simulation takes at most, in simulated milliseconds.
pub const END_MS: u64 = 140_000;

/// When the lots that stay open longest close, simulated milliseconds.
const LAST_CLOSE_MS: i64 = 115_000;

pub const OPENING: i64 = 1000;
pub const STEP: i64 = 100;

pub const TIMED: SaleId = SaleId(0x71);
pub const ROOM: SaleId = SaleId(0x72);

/// A lot whose history is held against a model of its own: few bidders, maxima only, no reserve, no limits.
pub const WATCHED: LotId = LotId(0x100);
/// Those who bid on it.
pub const WATCHERS: [BidderId; 3] = [BidderId(1), BidderId(2), BidderId(3)];

/// A bidder, and what they may be bound to over all sales, minor units.
pub const BIDDERS: [(BidderId, Option<i64>); 6] = [
    (BidderId(1), None),
    (BidderId(2), None),
    (BidderId(3), None),
    (BidderId(4), Some(6_000)),
    (BidderId(5), Some(9_000)),
    (BidderId(6), None),
];

/// What goes wrong beside the clients' own moods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The process is killed; what it had written is there.
    Kill,
    /// The power fails: what was not synced is gone, in part or wholly.
    PowerCut,
    /// The disk does something else than it was asked to, some operations later.
    Disk(u64, Mishap),
    /// The process dies at one of the next steps of the node itself.
    DeathInside(u64),
    /// A clean stop.
    Stop,
    /// The actor of a sale panics.
    Panic(SaleId),
    /// The machine's clock jumps by so many milliseconds.
    ClockJump(i64),
    /// Every write takes so many milliseconds for the next five seconds.
    SlowDisk(u64),
    /// No space for new segments for some seconds.
    FullDisk,
    /// The network between node and clients is gone for so many milliseconds.
    Partition(u64),
    /// Something that was durable is changed while the node is down.
    Tamper(Tampering),
}

/// How something that was durable is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tampering {
    /// One bit, anywhere.
    Bit,
    /// The last record is spoilt.
    LastRecord,
    /// A record becomes another one, with valid checksums.
    Forgery,
}

/// The plan of one simulation.
pub struct Plan {
    pub seed: u64,
    pub sales: Vec<Setup>,
    /// By time, simulated milliseconds.
    pub troubles: Vec<(u64, Trouble)>,
    /// How long a write usually takes, milliseconds.
    pub write_ms: u64,
    /// How long there are bids, simulated milliseconds: what happens after them has to happen by itself.
    pub bidding_ms: u64,
}

impl Plan {
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::seed_from_u64(seed);
        let write_ms = [0, 1, 4, 20][dice.random_range(0..4)];
        let mut troubles: Vec<(u64, Trouble)> = (0..dice.random_range(3..14))
            .map(|_| (dice.random_range(300..TROUBLE_MS), trouble(&mut dice)))
            .collect();
        // At most one, at the end: nothing can go on after it.
        if dice.random_bool(0.15) {
            let how = [Tampering::Bit, Tampering::LastRecord, Tampering::Forgery][dice.random_range(0..3)];
            let at = dice.random_range(TROUBLE_MS / 2..TROUBLE_MS);
            troubles.push((at, Trouble::Tamper(how)));
        }
        troubles.sort_by_key(|(at, _)| *at);
        Self {
            seed,
            sales: sales(&mut dice),
            troubles,
            write_ms,
            bidding_ms: [TROUBLE_MS / 2, TROUBLE_MS + 10_000][dice.random_range(0..2)],
        }
    }

    /// Dice for one part of the simulation.
    pub fn dice(&self, part: u64) -> Dice {
        Dice::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(part))
    }
}

fn trouble(dice: &mut Dice) -> Trouble {
    match dice.random_range(0..20) {
        0..=2 => Trouble::Kill,
        3..=5 => Trouble::PowerCut,
        6..=8 => Trouble::Disk(dice.random_range(1..60), Mishap::Death),
        9 => Trouble::Disk(dice.random_range(1..20), Mishap::FailedSync),
        10 => Trouble::Disk(dice.random_range(1..20), Mishap::FailedWrite),
        11..=12 => Trouble::DeathInside(dice.random_range(1..80)),
        13 => Trouble::Stop,
        14..=15 => Trouble::Panic([TIMED, ROOM][dice.random_range(0..2)]),
        16 => {
            let jump = [-90_000, -3_000, -400, 700, 4_000, 60_000];
            Trouble::ClockJump(jump[dice.random_range(0..jump.len())])
        }
        17 => Trouble::SlowDisk(dice.random_range(50..900)),
        18 => Trouble::FullDisk,
        _ => Trouble::Partition(dice.random_range(200..6_000)),
    }
}

fn sales(dice: &mut Dice) -> Vec<Setup> {
    let ladder = || {
        vec![Band {
            step_minor: Amount(STEP),
            ..Band::default()
        }]
    };
    let closes = |at_ms: i64| Some(Timestamp(EPOCH_MS + at_ms));
    let english = || RuleSet::english(Amount(OPENING), ladder());
    let mut watched = english();
    watched.closes_at_ms = closes(LAST_CLOSE_MS);
    let mut timed = vec![LotSetup {
        lot_id: WATCHED,
        rules: watched,
    }];
    for number in 1..5_u32 {
        let mut rules = english();
        rules.closes_at_ms = closes(dice.random_range(20_000..90_000));
        match dice.random_range(0..6) {
            0 => rules.format = Format::SealedFirstPrice,
            1 => rules.format = Format::Vickrey,
            2 => rules.reserve_price_minor = Some(Amount(2_500)),
            _ => {
                rules.soft_close = Some(SoftClose {
                    window_ms: 5_000,
                    extend_ms: dice.random_range(2_000..9_000),
                    max_extensions: Some(5),
                    group: None,
                });
            }
        }
        timed.push(LotSetup {
            lot_id: LotId(WATCHED.0 + u128::from(number)),
            rules,
        });
    }
    let room = (0..6_u32).map(|number| {
        let mut rules = english();
        if dice.random_bool(0.3) {
            rules.reserve_price_minor = Some(Amount(1_700));
        }
        LotSetup {
            lot_id: LotId(0x200 + u128::from(number)),
            rules,
        }
    });
    let room = room.collect();
    let setup = |sale_id, kind, lots| Setup {
        sale_id,
        currency: Currency::USD,
        kind,
        lots,
    };
    vec![
        setup(TIMED, SaleKind::Timed, timed),
        setup(ROOM, SaleKind::Room, room),
    ]
}
