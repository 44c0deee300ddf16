use super::*;
use crate::demo::{
    scene::tests::open_lot,
    wire::{Group, Leader, LotView, Strike},
};

fn lot_id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn notes(lots: u128) -> Vec<LotNotes> {
    (1..=lots)
        .map(|number| LotNotes {
            lot_id: lot_id(number),
            number: number.to_string(),
            artist: "A".to_owned(),
            title: "T".to_owned(),
            opening_minor: 500_000,
            increments: vec![
                Band {
                    from_minor: 0,
                    step_minor: 50_000,
                },
                Band {
                    from_minor: 1_000_000,
                    step_minor: 100_000,
                },
            ],
            choice: Vec::new(),
            format: Format::English,
            pieces: 1,
        })
        .collect()
}

/// A rostrum in virtual time, a quarter of a second a look.
struct Bench {
    autopilot: Autopilot,
    scene: Scene,
    now_ms: i64,
}

impl Bench {
    fn with(view: LotView) -> Self {
        let mut bench = Self::live(3);
        bench.put(view);
        bench
    }

    fn live(lots: u128) -> Self {
        let mut scene = Scene {
            status: Some(SaleStatus::Live),
            ..Scene::default()
        };
        for number in 1..=lots {
            let mut view = open_lot(lot_id(number), None, 500_000, None);
            view.state = LotState::Pending;
            scene.lots.insert(lot_id(number), LotScene::first_seen(view, 0));
        }
        Self {
            autopilot: Autopilot::new(1, notes(lots)),
            scene,
            now_ms: 0,
        }
    }

    fn put(&mut self, view: LotView) {
        self.scene
            .lots
            .insert(view.lot_id, LotScene::first_seen(view, self.now_ms));
    }

    fn on_block(&mut self) -> &mut LotScene {
        self.scene
            .lots
            .values_mut()
            .find(|lot| matches!(lot.view.state, LotState::Open | LotState::Paused))
            .unwrap()
    }

    /// The first move within `span_ms` that is wanted; others are made and forgotten.
    fn next_move(&mut self, span_ms: i64, wanted: impl Fn(&Move) -> bool) -> Option<Move> {
        let until_ms = self.now_ms + span_ms;
        while self.now_ms < until_ms {
            self.now_ms += 250;
            let next = self
                .autopilot
                .decide(&self.scene, &Cast::new(), true, self.now_ms);
            if next.as_ref().is_some_and(&wanted) {
                return next;
            }
        }
        None
    }

    /// The first move within `span_ms` that is not a remark.
    fn next_deed(&mut self, span_ms: i64) -> Option<Move> {
        self.next_move(span_ms, |next| !matches!(next, Move::Say(_)))
    }
}

fn led(price: i64, minimum: i64, paddle: Option<u32>) -> LotView {
    let leader = Leader {
        paddle,
        channel: Channel::Floor,
    };
    open_lot(lot_id(1), Some(price), minimum, Some(leader))
}

#[test]
fn a_sale_is_started_opened_in_order_and_ended() {
    let mut bench = Bench::live(2);
    bench.scene.status = Some(SaleStatus::Published);
    assert_eq!(bench.next_deed(2_000), Some(Move::StartSale));
    bench.scene.status = Some(SaleStatus::Live);
    assert_eq!(bench.next_deed(3_000), Some(Move::Open(lot_id(1))));
    for number in 1..=2 {
        bench.scene.lots.get_mut(&lot_id(number)).unwrap().view.state = LotState::Closed;
    }
    let farewell = Move::Say(patter::FAREWELL.to_owned());
    assert_eq!(bench.next_move(8_000, |_| true), Some(farewell));
    assert_eq!(bench.next_deed(8_000), Some(Move::EndSale));
    bench.scene.status = Some(SaleStatus::Ended);
    assert_eq!(bench.next_deed(60_000), None);
}

#[test]
fn a_sale_does_not_begin_before_the_doors_open() {
    let mut bench = Bench::live(1);
    bench.scene.status = Some(SaleStatus::Published);
    for second in 1..100 {
        assert_eq!(
            bench
                .autopilot
                .decide(&bench.scene, &Cast::new(), false, second * 1_000),
            None
        );
    }
    assert!(
        bench
            .autopilot
            .decide(&bench.scene, &Cast::new(), true, 100_000)
            .is_some()
    );
}

/// Lots 1 and 2 of three are a choice.
fn choice() -> Bench {
    let mut bench = Bench::live(3);
    bench.autopilot.notes[0].choice = vec![lot_id(2)];
    bench
}

#[test]
fn what_is_a_choice_is_offered_so_before_the_sale_begins_and_once() {
    let mut bench = choice();
    bench.scene.status = Some(SaleStatus::Published);
    let group = Move::Group(vec![lot_id(1), lot_id(2)]);
    assert_eq!(bench.next_deed(2_000), Some(group));
    assert_eq!(
        bench.next_deed(2_000),
        Some(Move::StartSale),
        "whoever splits it means it"
    );

    let mut bench = choice();
    bench.scene.lots.get_mut(&lot_id(2)).unwrap().view.led_by = Some(lot_id(1));
    assert_eq!(
        bench.next_deed(2_000),
        Some(Move::Open(lot_id(1))),
        "it is one already"
    );
    bench.scene.lots.get_mut(&lot_id(1)).unwrap().view.state = LotState::Closed;
    assert_eq!(
        bench.next_deed(9_000),
        Some(Move::Open(lot_id(3))),
        "nobody opens a led lot"
    );
}

#[test]
fn the_winner_of_a_choice_chooses_before_anything_else() {
    for seed in 0..20 {
        let mut bench = choice();
        bench.autopilot.rng = StdRng::seed_from_u64(seed);
        let won = &mut bench.scene.lots.get_mut(&lot_id(1)).unwrap().view;
        won.state = LotState::Closed;
        won.choice_due = true;
        won.group = Some(Group {
            others: vec![lot_id(2)],
        });
        let Some(Move::Choose { lot_id: lead, taken }) = bench.next_deed(9_000) else {
            panic!("no choice is made");
        };
        assert_eq!((lead, taken[0]), (lot_id(1), lot_id(1)));
        assert!(taken.len() == 1 || taken[1..] == [lot_id(2)], "{taken:?}");
    }
}

#[test]
fn a_clock_is_announced_and_left_to_run() {
    let mut view = open_lot(lot_id(1), None, 500_000, None);
    view.format = Format::Dutch;
    let mut bench = Bench::with(view);
    bench.autopilot.notes[0].format = Format::Dutch;
    let Some(Move::Say(text)) = bench.next_move(2_000, |_| true) else {
        panic!("nothing is said");
    };
    assert!(text.contains("falls"), "{text}");
    assert_eq!(bench.next_move(300_000, |_| true), None);
}

#[test]
fn nothing_is_done_while_the_hammer_falls() {
    let mut struck = led(500_000, 550_000, Some(7));
    struck.hammer = Some(Strike { falls_at_ms: 9 });
    struck.fair_warning = true;
    let mut bench = Bench::with(struck);
    assert_eq!(bench.next_deed(120_000), None);
    bench.on_block().view.hammer = None;
    assert!(matches!(bench.next_deed(9_000), Some(Move::Sell { .. })));
}

#[test]
fn the_hammer_stays_up_after_a_bid_and_falls_after_fair_warning() {
    let mut bench = Bench::with(led(500_000, 550_000, Some(7)));
    bench.autopilot.lot.split = true;
    bench.autopilot.lot.lot_id = Some(lot_id(1));
    bench.autopilot.lot.patience_ms = 5_000;
    assert_eq!(bench.next_deed(30_000), Some(Move::Warn(lot_id(1))));
    let now_ms = bench.now_ms;
    assert!(now_ms >= 5_000);
    // A bid two seconds after the warning: everything begins again.
    bench.on_block().warned_at_ms = Some(now_ms);
    assert_eq!(bench.next_deed(2_000), None);
    let bid_ms = bench.now_ms;
    let lot = bench.on_block();
    lot.warned_at_ms = None;
    lot.stirred_at_ms = bid_ms;
    lot.bid_at_ms = Some(bid_ms);
    assert_eq!(bench.next_deed(30_000), Some(Move::Warn(lot_id(1))));
    let warned_ms = bench.now_ms;
    bench.on_block().warned_at_ms = Some(warned_ms);
    let sell = Move::Sell {
        lot_id: lot_id(1),
        unnamed: false,
    };
    assert_eq!(bench.next_deed(30_000), Some(sell));
    assert!(bench.now_ms - warned_ms >= HAMMER_UP_MS);
    assert!(bench.now_ms - bid_ms >= HAMMER_UP_MS);
}

#[test]
fn no_hammer_on_a_fresh_bid_even_when_the_warning_is_old() {
    let mut bench = Bench::with(led(500_000, 550_000, Some(7)));
    bench.on_block().warned_at_ms = Some(-60_000);
    bench.next_deed(1_500);
    let now_ms = bench.now_ms;
    bench.on_block().stirred_at_ms = now_ms;
    assert_eq!(bench.next_deed(HAMMER_UP_MS - 250), None);
    assert!(matches!(bench.next_deed(2_000), Some(Move::Sell { .. })));
}

#[test]
fn an_unnamed_winner_is_named_and_a_missed_reserve_passes() {
    let mut bench = Bench::with(led(500_000, 550_000, None));
    bench.on_block().warned_at_ms = Some(0);
    assert_eq!(
        bench.next_deed(30_000),
        Some(Move::Sell {
            lot_id: lot_id(1),
            unnamed: true
        })
    );
    let mut below = led(500_000, 550_000, Some(7));
    below.reserve_met = Some(false);
    let mut bench = Bench::with(below);
    bench.on_block().warned_at_ms = Some(0);
    assert_eq!(bench.next_deed(30_000), Some(Move::Pass(lot_id(1))));
}

#[test]
fn without_bids_the_ask_comes_down_twice_and_then_the_lot_is_passed() {
    let mut bench = Bench::with(open_lot(lot_id(1), None, 500_000, None));
    let mut asks = Vec::new();
    let passed = loop {
        match bench.next_deed(60_000).expect("it goes on") {
            Move::Ask(_, ask_minor) => {
                asks.push(ask_minor);
                let now_ms = bench.now_ms;
                let lot = bench.on_block();
                lot.view.minimum_minor = Some(ask_minor);
                lot.view.ask_minor = Some(ask_minor);
                lot.stirred_at_ms = now_ms;
            }
            Move::Warn(_) => {
                let now_ms = bench.now_ms;
                bench.on_block().warned_at_ms = Some(now_ms);
            }
            other => break other,
        }
    };
    assert_eq!(asks, [370_000, 270_000]);
    assert_eq!(passed, Move::Pass(lot_id(1)));
}

#[test]
fn after_a_bid_between_the_steps_the_ask_returns_to_the_ladder() {
    let mut bench = Bench::with(led(523_400, 573_400, Some(7)));
    assert_eq!(bench.next_deed(4_000), Some(Move::Ask(lot_id(1), 600_000)));
    let mut bench = Bench::with(led(500_000, 550_000, Some(7)));
    assert_eq!(bench.next_deed(4_000), None);
}

#[test]
fn an_ask_that_the_house_refuses_does_not_keep_the_lot_open() {
    let mut bench = Bench::with(led(523_400, 573_400, Some(7)));
    bench.autopilot.lot.lot_id = Some(lot_id(1));
    bench.autopilot.lot.patience_ms = 5_000;
    bench.autopilot.lot.split = true;
    assert_eq!(bench.next_deed(4_000), Some(Move::Ask(lot_id(1), 600_000)));
    // Nothing came of it.
    assert_eq!(bench.next_deed(30_000), Some(Move::Warn(lot_id(1))));
}

#[test]
fn a_person_at_the_console_has_the_rostrum_until_ninety_seconds_after_the_last_command() {
    let mut bench = Bench::with(led(500_000, 550_000, Some(7)));
    bench.on_block().warned_at_ms = Some(0);
    assert!(bench.autopilot.step_back(0));
    let moves_until = |bench: &mut Bench, until_ms: i64| {
        let mut moves = Vec::new();
        while bench.now_ms < until_ms {
            bench.now_ms += 250;
            moves.extend(
                bench
                    .autopilot
                    .decide(&bench.scene, &Cast::new(), true, bench.now_ms),
            );
        }
        moves
    };
    assert_eq!(moves_until(&mut bench, 60_000), []);
    assert!(!bench.autopilot.step_back(60_000), "already stepped back");
    assert_eq!(moves_until(&mut bench, 60_000 + HANDS_OFF_MS - 250), []);
    let back = moves_until(&mut bench, 60_000 + HANDS_OFF_MS + 250);
    assert_eq!(back, [Move::Say(patter::BACK_AGAIN.to_owned())]);
    assert!(bench.next_deed(10_000).is_some());
}

#[test]
fn a_paused_lot_that_was_left_goes_on() {
    let mut view = led(500_000, 550_000, Some(7));
    view.state = LotState::Paused;
    let mut bench = Bench::with(view);
    bench.autopilot.step_back(0);
    assert_eq!(bench.next_deed(HANDS_OFF_MS - 250), None);
    assert_eq!(bench.next_deed(5_000), Some(Move::Resume(lot_id(1))));
}
