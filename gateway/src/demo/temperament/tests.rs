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
fn the_clock_is_stopped_at_what_the_lot_is_worth_and_nobody_writes_to_it() {
    for temperament in ALL {
        let mut bidder = Bidder::new(temperament, 1.0, 4, 8);
        let mut seen = sight(0);
        seen.format = Format::Dutch;
        seen.state = LotState::Pending;
        for second in 0..200 {
            seen.now_ms = second * 1_000;
            assert_eq!(bidder.decide(&seen), None, "{temperament:?}");
        }
        seen.state = LotState::Open;
        let limit = bidder.limit_minor(seen.lot_id).unwrap();
        let mut stopped = None;
        for step in 0..400 {
            seen.now_ms += 250;
            seen.minimum_minor = (limit + 400_000 - step * 10_000).max(1);
            if let Some(action) = bidder.decide(&seen) {
                stopped = Some(action);
                break;
            }
        }
        let Some(Action::Bid(price)) = stopped else {
            panic!("{temperament:?}: {stopped:?}");
        };
        assert!((limit - 150_000..=limit).contains(&price), "{price} of {limit}");
    }
}

#[test]
fn a_sealed_bid_says_the_limit_and_once() {
    for temperament in ALL {
        let mut bidder = Bidder::new(temperament, 1.0, 4, 8);
        let mut bids = Vec::new();
        for second in 0..400 {
            let mut seen = sight(second * 1_000);
            seen.format = Format::Vickrey;
            seen.minimum_minor = 1;
            seen.closes_in_ms = Some(400_000 - second * 1_000);
            bids.extend(bidder.decide(&seen));
        }
        let limit = bidder.limit_minor(sight(0).lot_id).unwrap();
        assert_eq!(bids, [Action::Bid(limit)], "{temperament:?}");
    }
}

#[test]
fn only_the_bold_buy_at_once_and_within_the_limit() {
    for temperament in ALL {
        let first = |price: fn(i64) -> i64| {
            let mut bidder = Bidder::new(temperament, 1.0, 4, 8);
            bidder.decide(&sight(0));
            let limit = bidder.limit_minor(sight(0).lot_id).unwrap();
            first_action(&mut bidder, |seen| {
                seen.minimum_minor = 1;
                seen.buy_now_minor = Some(price(limit));
            })
        };
        let bought = |action: Option<(i64, Action)>| matches!(action, Some((_, Action::BuyNow(_))));
        assert_eq!(bought(first(|limit| limit)), temperament == Temperament::Bold);
        assert!(!bought(first(|limit| limit + 1)));
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
