//! Random sales: setups, and what happens in them.

use super::{invariants::SALE, meaning::LEADERS_MAX};
use gavel_engine::{
    auction::{Approval, LotSetup, SaleKind, Setup},
    ids::{BidderId, LotId},
    lot::{Channel, Together},
    money::{Amount, Currency},
    rules::{
        Band, DutchClock, Format, OffIncrement, ReserveRule, RuleSet, Runs, RunsFrom, SoftClose, TieRule,
    },
    time::Timestamp,
};
use proptest::{option, prelude::*, sample::select};

pub const BIDDERS: u128 = 5;
pub const LOTS: u128 = 4;
/// Consigns some lots, and may bid on none of those.
const SELLER: BidderId = BidderId(BIDDERS);

/// One thing that happens; amounts are relative to what the lot would take, so that most of them
/// are near the edges of the rules.
#[derive(Debug, Clone)]
pub enum Action {
    Place {
        who: u128,
        kind: Kind,
        above: i64,
        channel: Channel,
        book: bool,
        sent_before_ms: Option<i64>,
    },
    Enter {
        paddle: Option<u32>,
        kind: Kind,
        above: i64,
        channel: Channel,
    },
    /// A bid that something is wrong with before its amount is looked at.
    Odd {
        amount: i64,
        currency: &'static str,
        bidder: u128,
        bid_id: u128,
    },
    Retract(usize),
    Ask(i64),
    Step(Option<i64>),
    Open,
    Next,
    Start,
    End,
    Hammer {
        sold: bool,
        override_reserve: bool,
        paddle: Option<u32>,
        /// The price that was seen, that far from the real one.
        seen: Option<i64>,
    },
    Lift,
    Reopen(Option<i64>),
    Pause,
    Resume,
    Warn,
    Register {
        who: u128,
        paddle: u32,
        standing: Approval,
        limit: Option<i64>,
    },
    Suspend {
        who: u128,
        retract_bids: bool,
    },
    LeaveBook(u128),
    TakeFromBook(u32),
    Withdraw,
    Skip,
    Reoffer(Option<i64>),
    Group {
        together: Together,
        which: Vec<bool>,
        opening: Option<i64>,
    },
    Split,
    Choose(Vec<bool>),
    Void(u128),
    Say(usize),
    Tick,
    /// No command of the sale: a limit over all sales, and a hold in another one.
    Credit(u128, Option<i64>),
    Elsewhere(u128, i64),
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Amount,
    Max,
    BuyNow,
}

fn channels(clerk: bool) -> impl Strategy<Value = Channel> {
    use Channel::{Absentee, Floor, House, Online, Phone};
    let usual = select(vec![Online, Online, Floor, Floor, Phone, Absentee]);
    prop_oneof![24 => usual, u32::from(clerk) * 4 + 1 => Just(House)]
}

fn kinds() -> impl Strategy<Value = Kind> {
    use Kind::{Amount, BuyNow, Max};
    select([vec![Amount; 8], vec![Max; 8], vec![BuyNow]].concat())
}

fn standings() -> impl Strategy<Value = Approval> {
    use Approval::{Approved, Pending, Suspended};
    select([vec![Approved; 8], vec![Pending, Suspended]].concat())
}

fn limits() -> impl Strategy<Value = Option<i64>> {
    option::weighted(0.7, prop_oneof![1 => -1..1_i64, 20 => 50..1500_i64])
}

/// What people do; in a hall lots are grouped more often.
fn actions(hall: bool) -> impl Strategy<Value = Action> {
    let paddle = || option::weighted(0.6, 1..9_u32);
    // From clearly too low to far above, most of them close to the minimum.
    let above = || prop_oneof![4 => -3..6_i64, 3 => 0..60_i64, 1 => -40..400_i64, 2 => Just(LEADERS_MAX)];
    let sent = || option::weighted(0.7, -5..120_i64);
    let place = (
        1..=BIDDERS,
        kinds(),
        above(),
        channels(false),
        any::<bool>(),
        sent(),
    )
        .prop_map(
            |(who, kind, above, channel, book, sent_before_ms)| Action::Place {
                who,
                kind,
                above,
                channel,
                book,
                sent_before_ms,
            },
        );
    let enter = (paddle(), kinds(), above(), channels(true)).prop_map(|(paddle, kind, above, channel)| {
        Action::Enter {
            paddle,
            kind,
            above,
            channel,
        }
    });
    let amounts = select(vec![
        i64::MIN,
        -1,
        0,
        1,
        Amount::MAX.0,
        Amount::MAX.0 + 1,
        i64::MAX,
    ]);
    let currencies = select(vec!["USD", "USD", "USD", "EUR"]);
    let odd =
        (amounts, currencies, 1..=BIDDERS + 2, 0..60_u128).prop_map(|(amount, currency, bidder, bid_id)| {
            Action::Odd {
                amount,
                currency,
                bidder,
                bid_id,
            }
        });
    let seen = option::weighted(0.3, prop_oneof![3 => Just(0), 1 => Just(5_i64)]);
    let hammer = (
        prop::bool::weighted(0.7),
        any::<bool>(),
        option::weighted(0.3, 1..9_u32),
        seen,
    )
        .prop_map(|(sold, override_reserve, paddle, seen)| Action::Hammer {
            sold,
            override_reserve,
            paddle,
            seen,
        });
    let register =
        (1..=BIDDERS, 1..9_u32, standings(), limits()).prop_map(|(who, paddle, standing, limit)| {
            Action::Register {
                who,
                // Mostly the number that they have.
                paddle: if paddle > 3 {
                    u32::try_from(who).unwrap()
                } else {
                    paddle
                },
                standing,
                limit,
            }
        });
    let which = || prop::collection::vec(prop::bool::weighted(0.6), LOTS as usize);
    let group = (
        select(vec![Together::Combined, Together::Choice]),
        which(),
        option::weighted(0.3, 0..90_i64),
    )
        .prop_map(|(together, which, opening)| Action::Group {
            together,
            which,
            opening,
        });
    let suspend =
        (1..=BIDDERS, any::<bool>()).prop_map(|(who, retract_bids)| Action::Suspend { who, retract_bids });
    let rare = |weight: u32| if hall { 4 * weight } else { weight };
    let bidding = prop_oneof![
        30 => place,
        10 => enter,
        1 => odd,
        3 => (0..20_usize).prop_map(Action::Retract),
        1 => suspend,
        1 => (1..=BIDDERS).prop_map(Action::LeaveBook),
        1 => (1..=9_u32).prop_map(Action::TakeFromBook),
    ];
    let rostrum = prop_oneof![
        4 => (-3..40_i64).prop_map(Action::Ask),
        2 => option::of(prop_oneof![9 => 1..30_i64, 1 => -1..1_i64]).prop_map(Action::Step),
        3 => Just(Action::Open),
        5 => Just(Action::Next),
        2 => Just(Action::Start),
        6 => hammer,
        2 => Just(Action::Lift),
        4 => option::of(-50..300_i64).prop_map(Action::Reopen),
        1 => Just(Action::Pause),
        4 => Just(Action::Resume),
        1 => Just(Action::Warn),
        1 => Just(Action::Withdraw),
        1 => Just(Action::Skip),
        3 => option::of(-50..300_i64).prop_map(Action::Reoffer),
        rare(1) => group,
        rare(1) => Just(Action::Split),
        rare(1) => which().prop_map(Action::Choose),
    ];
    let office = prop_oneof![
        30 => register,
        3 => Just(Action::End),
        5 => (0..60_u128).prop_map(Action::Void),
        2 => (275..285_usize).prop_map(Action::Say),
        10 => Just(Action::Tick),
        20 => (1..=BIDDERS, limits()).prop_map(|(who, limit)| Action::Credit(who, limit)),
        10 => (1..=BIDDERS, 0..400_i64).prop_map(|(who, amount)| Action::Elsewhere(who, amount)),
    ];
    prop_oneof![11 => bidding, 8 => rostrum, 2 => office]
}

/// Before the first lot: maxima for the book, limits, a group; and then it begins.
fn beginnings(kind: SaleKind, hall: bool) -> impl Strategy<Value = Vec<Action>> {
    let left = (1..=BIDDERS, 0..300_i64).prop_map(|(who, above)| Action::Place {
        who,
        kind: Kind::Max,
        above,
        channel: Channel::Online,
        book: true,
        sent_before_ms: None,
    });
    let limited = (1..=BIDDERS, limits()).prop_map(|(who, limit)| Action::Register {
        who,
        paddle: u32::try_from(who).unwrap(),
        standing: Approval::Approved,
        limit,
    });
    let credit = (1..=BIDDERS, limits()).prop_map(|(who, limit)| Action::Credit(who, limit));
    let together = select(vec![Together::Combined, Together::Choice]);
    let which = prop::collection::vec(prop::bool::weighted(0.8), LOTS as usize);
    let group = (together, which).prop_map(|(together, which)| Action::Group {
        together,
        which,
        opening: None,
    });
    let before = prop::collection::vec(prop_oneof![left, limited, credit], 0..6);
    let begin = match kind {
        SaleKind::Room => Action::Next,
        SaleKind::Timed => Action::Start,
    };
    (before, group).prop_map(move |(before, group)| {
        let grouped = hall.then_some(group);
        before.into_iter().chain(grouped).chain([begin.clone()]).collect()
    })
}

/// Which lot an action is for.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// One of those that are open, else the next one.
    Live(usize),
    /// This one; the last number is no lot at all.
    Number(u128),
}

/// What happens, to which lot, and how long after what was before, milliseconds.
pub type Happening = (Action, Target, i64);

/// A whole sale.
pub fn sales(kind: SaleKind, hall: bool) -> impl Strategy<Value = Vec<Happening>> {
    let rest = prop::collection::vec(happenings(hall), 1..60);
    (openings(kind, hall), rest).prop_map(|(mut all, rest)| {
        all.extend(rest);
        all
    })
}

/// How a sale begins.
pub fn openings(kind: SaleKind, hall: bool) -> impl Strategy<Value = Vec<Happening>> {
    beginnings(kind, hall).prop_map(|actions| {
        let happening = |action| (action, Target::Live(0), 1);
        actions.into_iter().map(happening).collect()
    })
}

/// One thing that happens after that.
pub fn happenings(hall: bool) -> impl Strategy<Value = Happening> {
    let target = prop_oneof![
        20 => Just(Target::Live(0)),
        12 => (0..6_usize).prop_map(Target::Live),
        9 => (1..=LOTS).prop_map(Target::Number),
        1 => Just(Target::Number(LOTS + 1)),
    ];
    (actions(hall), target, 0..40_i64)
}

fn ladders() -> impl Strategy<Value = Vec<Band>> {
    let band = |(from, step, bp): (i64, i64, u32)| Band {
        from_minor: Amount(from),
        step_minor: Amount(step),
        step_bp: (bp > 0).then_some(bp),
    };
    select(vec![
        vec![(0, 1, 0)],
        vec![(0, 10, 0), (200, 20, 0), (500, 50, 0)],
        vec![(50, 5, 0), (100, 25, 0), (150, 7, 0)],
        vec![(0, 3, 0), (100, 1, 0), (120, 40, 0)],
        vec![(0, 0, 500)],
        vec![(0, 5, 333), (150, 0, 1250), (300, 40, 0)],
    ])
    .prop_map(move |bands| bands.into_iter().map(band).collect())
}

/// How a lot closes by itself, if it does.
fn closes() -> impl Strategy<Value = (Option<Timestamp>, Option<Runs>, Option<SoftClose>)> {
    let soft = (0..100_i64, 1..100_i64, option::of(0..3_u32), option::of(0..2_u32));
    let soft = soft.prop_map(|(window_ms, extend_ms, max_extensions, group)| SoftClose {
        window_ms,
        extend_ms,
        max_extensions,
        group,
    });
    let runs = (select(vec![RunsFrom::Opening, RunsFrom::FirstBid]), 20..800_i64)
        .prop_map(|(from, duration_ms)| Runs { from, duration_ms });
    let when = prop_oneof![
        4 => Just((None, None)),
        3 => (100..2000_i64).prop_map(|close| (Some(Timestamp(close)), None)),
        2 => runs.prop_map(|runs| (None, Some(runs))),
    ];
    (when, option::of(soft)).prop_map(|((closes_at, runs), soft)| {
        let closes = closes_at.is_some() || runs.is_some();
        (closes_at, runs, soft.filter(|_| closes))
    })
}

fn clocks() -> impl Strategy<Value = DutchClock> {
    (50..400_i64, 1..60_i64, 1..60_i64, 1..50_i64).prop_map(|(start, step, every_ms, floor)| DutchClock {
        start_minor: Amount(start),
        step_minor: Amount(step),
        every_ms,
        floor_minor: Amount(floor),
    })
}

fn rule_sets(hall: bool) -> impl Strategy<Value = RuleSet> {
    use Format::{Dutch, English, SealedFirstPrice, Vickrey};
    let others = if hall {
        vec![]
    } else {
        vec![Dutch, SealedFirstPrice, Vickrey]
    };
    let formats = select([vec![English; 9], others].concat());
    let pieces = if hall { vec![1] } else { vec![1, 1, 1, 1, 2, 3_u32] };
    let reserve = (
        option::of(1..400_i64),
        select(vec![
            ReserveRule::Hold,
            ReserveRule::Jump,
            ReserveRule::PostInFull,
        ]),
        any::<bool>(),
    );
    let extras = (
        select(pieces),
        option::weighted(0.2, 0..300_i64),
        select(vec![0, 0, 60, 2000_i64]),
        any::<bool>(),
        option::weighted(0.3, Just(SELLER)),
    );
    let details = (
        select(vec![TieRule::Earliest, TieRule::Floor]),
        select(vec![OffIncrement::Accept, OffIncrement::Reject]),
    );
    (
        formats,
        1..150_i64,
        ladders(),
        reserve,
        details,
        closes(),
        clocks(),
        extras,
    )
        .prop_map(
            |(format, opening, increments, reserve, details, close, clock, extras)| {
                let (closes_at_ms, runs, soft_close) = close;
                let (reserve, reserve_rule, house) = reserve;
                let (quantity, buy_now, hammer_window_ms, revisions, seller) = extras;
                let (tie_rule, off_increment) = details;
                let english = format == English;
                let percent = increments.iter().any(|band| band.step_bp.is_some());
                let closing = closes_at_ms.is_some() || runs.is_some() || !format.is_sealed();
                RuleSet {
                    format,
                    increments,
                    reserve_price_minor: reserve.map(Amount),
                    reserve_rule,
                    tie_rule,
                    off_increment: if percent {
                        OffIncrement::Accept
                    } else {
                        off_increment
                    },
                    closes_at_ms: closes_at_ms.or((!closing).then_some(Timestamp(500))),
                    soft_close: soft_close.filter(|_| english),
                    seller,
                    dutch: (format == Dutch).then_some(clock),
                    revisions,
                    runs: runs.filter(|_| format != Dutch).map(|runs| Runs {
                        from: if format.is_sealed() {
                            RunsFrom::Opening
                        } else {
                            runs.from
                        },
                        ..runs
                    }),
                    hammer_window_ms,
                    buy_now_price_minor: buy_now
                        .filter(|_| english)
                        .map(|above| Amount(opening.max(reserve.unwrap_or(0)) + above)),
                    quantity,
                    house_bids: house && english && reserve.is_some(),
                    // Of the same coin as a field that English lots do not look at.
                    self_raise: revisions && english,
                    ..RuleSet::english(Amount(opening), Vec::new())
                }
            },
        )
}

pub fn setups(kind: SaleKind, hall: bool) -> impl Strategy<Value = Setup> {
    prop::collection::vec(rule_sets(hall), LOTS as usize).prop_map(move |rules| Setup {
        sale_id: SALE,
        currency: Currency::USD,
        kind,
        lots: (1..)
            .map(LotId)
            .zip(rules)
            .map(|(lot_id, rules)| LotSetup { lot_id, rules })
            .collect(),
    })
}
