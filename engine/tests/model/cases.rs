//! What may happen in a sale, at random, and the command that it means.

use super::naive;
use gavel_engine::{
    auction::{Approval, Command, EnterBid, Hammer, LotSetup, PlaceBid, Register, SaleKind, Setup},
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, OffIncrement, ReserveRule, RuleSet, SoftClose, TieRule},
    time::Timestamp,
};
use proptest::{option, prelude::*, sample::select};

pub const BIDDERS: u128 = 5;
pub const LOTS: u128 = 3;
/// Consigns some lots, and may bid on none of those.
const SELLER: BidderId = BidderId(BIDDERS);

/// Instead of a distance from the minimum: exactly what the leader has offered, for ties.
const LEADERS_MAX: i64 = i64::MAX;

/// One thing that happens; amounts are relative to what the lot would take, so that most of them
/// are near the edges of the rules.
#[derive(Debug, Clone)]
pub enum Action {
    Place {
        who: u128,
        max: bool,
        above: i64,
        channel: Channel,
        book: bool,
    },
    Enter {
        paddle: Option<u32>,
        max: bool,
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
    },
    Reopen(Option<i64>),
    Pause,
    Resume,
    Warn,
    Register {
        who: u128,
        paddle: u32,
        standing: Approval,
    },
    Void(u128),
    Say(usize),
    Tick,
}

fn channels() -> impl Strategy<Value = Channel> {
    use Channel::{Absentee, Floor, Online, Phone};
    select(vec![Online, Online, Floor, Floor, Phone, Absentee])
}

fn standings() -> impl Strategy<Value = Approval> {
    use Approval::{Approved, Pending, Suspended};
    select(vec![Approved, Approved, Approved, Pending, Suspended])
}

pub fn actions() -> impl Strategy<Value = Action> {
    let paddle = || option::weighted(0.6, 1..9_u32);
    // From clearly too low to far above, most of them close to the minimum.
    let above = || prop_oneof![4 => -3..6_i64, 3 => 0..60_i64, 1 => -40..400_i64, 2 => Just(LEADERS_MAX)];
    let place = (1..=BIDDERS, any::<bool>(), above(), channels(), any::<bool>()).prop_map(
        |(who, max, above, channel, book)| Action::Place {
            who,
            max,
            above,
            channel,
            book,
        },
    );
    let enter = (paddle(), any::<bool>(), above(), channels()).prop_map(|(paddle, max, above, channel)| {
        Action::Enter {
            paddle,
            max,
            above,
            channel,
        }
    });
    let odd = (
        select(vec![
            i64::MIN,
            -1,
            0,
            1,
            1_000_000_000_000_000,
            1_000_000_000_000_001,
            i64::MAX,
        ]),
        select(vec!["USD", "USD", "USD", "EUR"]),
        1..=BIDDERS + 2,
        0..60_u128,
    )
        .prop_map(|(amount, currency, bidder, bid_id)| Action::Odd {
            amount,
            currency,
            bidder,
            bid_id,
        });
    let hammer = (any::<bool>(), any::<bool>(), option::weighted(0.3, 1..9_u32)).prop_map(
        |(sold, override_reserve, paddle)| Action::Hammer {
            sold,
            override_reserve,
            paddle,
        },
    );
    let register =
        (1..=BIDDERS, 1..9_u32, standings()).prop_map(|(who, paddle, standing)| Action::Register {
            who,
            paddle,
            standing,
        });
    prop_oneof![
        24 => place,
        10 => enter,
        1 => odd,
        6 => (0..20_usize).prop_map(Action::Retract),
        5 => (-3..40_i64).prop_map(Action::Ask),
        2 => option::of(prop_oneof![9 => 1..30_i64, 1 => -1..1_i64]).prop_map(Action::Step),
        4 => Just(Action::Open),
        4 => Just(Action::Next),
        2 => Just(Action::Start),
        1 => Just(Action::End),
        4 => hammer,
        3 => option::of(-50..300_i64).prop_map(Action::Reopen),
        2 => Just(Action::Pause),
        3 => Just(Action::Resume),
        2 => Just(Action::Warn),
        2 => register,
        1 => (0..60_u128).prop_map(Action::Void),
        1 => (275..285_usize).prop_map(Action::Say),
        3 => Just(Action::Tick),
    ]
}

fn rule_sets() -> impl Strategy<Value = RuleSet> {
    let ladder = select(vec![
        vec![(0, 1)],
        vec![(0, 10), (200, 20), (500, 50)],
        vec![(50, 5), (100, 25), (150, 7)],
        vec![(0, 3), (100, 1), (120, 40)],
    ]);
    let reserves = select(vec![
        ReserveRule::Hold,
        ReserveRule::Jump,
        ReserveRule::PostInFull,
    ]);
    let soft =
        (0..100_i64, 1..100_i64, option::of(0..3_u32)).prop_map(|(window_ms, extend_ms, max_extensions)| {
            SoftClose {
                window_ms,
                extend_ms,
                max_extensions,
                group: None,
            }
        });
    (
        1..150_i64,
        ladder,
        option::of(1..400_i64),
        reserves,
        select(vec![TieRule::Earliest, TieRule::Floor]),
        select(vec![OffIncrement::Accept, OffIncrement::Reject]),
        option::of((0..800_i64, option::of(soft))),
        option::weighted(0.3, Just(SELLER)),
    )
        .prop_map(
            |(opening, ladder, reserve, reserve_rule, tie_rule, off_increment, close, seller)| RuleSet {
                increments: ladder
                    .into_iter()
                    .map(|(from, step)| Band {
                        from_minor: Amount(from),
                        step_minor: Amount(step),
                        step_bp: None,
                    })
                    .collect(),
                reserve_price_minor: reserve.map(Amount),
                reserve_rule,
                tie_rule,
                off_increment,
                closes_at_ms: close.map(|(close, _)| Timestamp(close)),
                soft_close: close.and_then(|(_, soft)| soft),
                seller,
                ..RuleSet::english(Amount(opening), Vec::new())
            },
        )
}

pub fn setups() -> impl Strategy<Value = Setup> {
    let kinds = select(vec![SaleKind::Room, SaleKind::Timed]);
    (kinds, prop::collection::vec(rule_sets(), LOTS as usize)).prop_map(|(kind, rules)| Setup {
        sale_id: SaleId(9),
        currency: Currency::USD,
        kind,
        lots: (1..)
            .map(LotId)
            .zip(rules)
            .map(|(lot_id, rules)| LotSetup { lot_id, rules })
            .collect(),
    })
}

/// The command that an action means now. Lot `LOTS + 1` does not exist.
pub fn command(action: &Action, lot_id: LotId, naive: &naive::Sale, bid_id: BidId, now: i64) -> Command {
    let lot = naive.lots.iter().find(|lot| lot.id == lot_id);
    let minimum = lot.map_or(100, naive::Lot::minimum);
    let offer = |max: bool, above: i64| {
        let amount = if above == LEADERS_MAX {
            lot.and_then(|lot| lot.view().leader_max).unwrap_or(minimum)
        } else {
            minimum + above
        };
        let amount = Amount(amount);
        if max {
            Offer::Max(amount)
        } else {
            Offer::Amount(amount)
        }
    };
    let currency = Currency::USD;
    match *action {
        Action::Place {
            who,
            max,
            above,
            channel,
            book,
        } => Command::PlaceBid(PlaceBid {
            bid_id,
            lot_id,
            bidder: BidderId(who),
            channel,
            offer: offer(max, above),
            currency,
            book_if_pending: book,
            sent_before_ms: None,
        }),
        Action::Enter {
            paddle,
            max,
            above,
            channel,
        } => Command::EnterBid(EnterBid {
            bid_id,
            lot_id,
            paddle: paddle.map(Paddle),
            channel,
            offer: offer(max, above),
            currency,
        }),
        Action::Odd {
            amount,
            currency,
            bidder,
            bid_id,
        } => Command::PlaceBid(PlaceBid {
            bid_id: BidId(1000 + bid_id),
            lot_id,
            bidder: BidderId(bidder),
            channel: Channel::Online,
            offer: Offer::Max(Amount(amount)),
            currency: currency.parse().unwrap(),
            book_if_pending: false,
            sent_before_ms: None,
        }),
        Action::Retract(nth) => {
            let made = lot.and_then(|lot| lot.bids.get(nth));
            Command::Retract(lot_id, made.map_or(BidId(1), |bid| bid.id))
        }
        Action::Ask(above) => {
            // Between two bids as well as beyond the next one.
            Command::SetAsk(lot_id, Amount(minimum + above - 10))
        }
        Action::Step(step) => Command::SetStep(lot_id, step.map(Amount)),
        Action::Open => Command::OpenLot(lot_id),
        Action::Next => Command::OpenNextLot,
        Action::Start => Command::Start,
        Action::End => Command::End,
        Action::Hammer {
            sold,
            override_reserve,
            paddle,
        } => Command::Hammer(Hammer {
            lot_id,
            sold,
            override_reserve,
            paddle: paddle.map(Paddle),
            price_seen: None,
        }),
        Action::Reopen(after) => Command::Reopen {
            lot_id,
            closes_at: after.map(|after| Timestamp(now + after)),
        },
        Action::Pause => Command::Pause(lot_id),
        Action::Resume => Command::Resume(lot_id),
        Action::Warn => Command::WarnFairly(lot_id),
        Action::Register {
            who,
            paddle,
            standing,
        } => Command::Register(Register {
            bidder: BidderId(who),
            paddle: Paddle(paddle),
            standing,
            limit: None,
        }),
        Action::Void(bid_id) => Command::VoidBid {
            bidder: BidderId(1),
            bid_id: BidId(1000 + bid_id),
        },
        Action::Say(length) => Command::Say("é".repeat(length)),
        Action::Tick => Command::Tick,
    }
}
