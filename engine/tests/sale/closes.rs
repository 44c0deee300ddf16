//! Closes that follow from something, closes that move together, steps that follow the price.

use crate::support::{ANN, BOB, ONE, Sale, THREE, TWO, amount, max, pass, reopen, rules};
use gavel_engine::{
    auction::{Command, Event, SaleKind},
    ids::LotId,
    lot::Phase,
    money::Amount,
    rules::{Band, RuleSet, Runs, RunsFrom, SoftClose},
    time::Timestamp,
};

fn runs(from: RunsFrom) -> RuleSet {
    RuleSet {
        runs: Some(Runs {
            from,
            duration_ms: 500,
        }),
        ..rules()
    }
}

/// Closes at that instant; a bid in the last 100 ms gives 100 more to all lots of the group.
fn soft(closes_at: i64, group: Option<u32>, max_extensions: Option<u32>) -> RuleSet {
    RuleSet {
        closes_at_ms: Some(Timestamp(closes_at)),
        soft_close: Some(SoftClose {
            window_ms: 100,
            extend_ms: 100,
            max_extensions,
            group,
        }),
        ..rules()
    }
}

fn started(lots: &[RuleSet]) -> Sale {
    let mut sale = Sale::of(SaleKind::Timed, lots);
    sale.done(Command::Start);
    sale
}

fn close(sale: &Sale, lot_id: LotId) -> (i64, u32) {
    let lot = sale.lot(lot_id);
    (lot.closes_at.unwrap().0, lot.extensions)
}

#[test]
fn a_clock_may_run_from_the_opening() {
    let mut sale = Sale::of(SaleKind::Room, &[runs(RunsFrom::Opening)]);
    assert_eq!(sale.lot(ONE).closes_at, None);
    sale.at(300).done(Command::OpenLot(ONE));
    assert_eq!(close(&sale, ONE), (800, 0));
    sale.bids(ANN, amount(100));
    sale.at(800).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((100, ANN)));
}

#[test]
fn or_from_the_first_bid_which_may_be_one_of_the_book() {
    let mut sale = started(&[runs(RunsFrom::FirstBid), runs(RunsFrom::FirstBid)]);
    sale.at(9000).done(Command::Tick);
    assert_eq!(sale.lot(ONE).phase, Phase::Open, "nobody has bid");
    let first = sale.bids(ANN, amount(100));
    assert_eq!(close(&sale, ONE), (9500, 0));
    sale.at(9100).bids(BOB, amount(200));
    sale.done(Command::Retract(ONE, first));
    assert_eq!(close(&sale, ONE), (9500, 0), "the close stays");

    let mut booked = Sale::of(SaleKind::Timed, &[runs(RunsFrom::FirstBid)]);
    booked.leaves(ANN, 300);
    booked.leaves(BOB, 400);
    booked.at(50).done(Command::Start);
    assert_eq!(close(&booked, ONE), (550, 0));

    // As if they had come one by one: the first starts the clock, the second is a late bid.
    let short = RuleSet {
        closes_at_ms: None,
        runs: runs(RunsFrom::FirstBid).runs,
        ..soft(0, None, None)
    };
    let hurried = RuleSet {
        soft_close: short.soft_close.map(|soft| SoftClose {
            window_ms: 500,
            extend_ms: 600,
            ..soft
        }),
        ..short
    };
    let mut booked = Sale::of(SaleKind::Timed, &[hurried]);
    for bidder in [ANN, BOB, crate::support::CYD] {
        let max = 300 + 100 * i64::try_from(bidder.0).unwrap();
        booked.leaves(bidder, max);
    }
    booked.at(50).done(Command::Start);
    assert_eq!(close(&booked, ONE), (650, 1));
}

#[test]
fn reopened_without_a_close_the_next_bid_starts_no_clock() {
    let mut sale = started(&[runs(RunsFrom::FirstBid)]);
    sale.bids(ANN, amount(100));
    sale.done(pass());
    sale.done(reopen(ONE));
    sale.bids(BOB, amount(110));
    assert_eq!(sale.lot(ONE).closes_at, None, "it no longer closes by time");
}

#[test]
fn a_late_bid_moves_every_open_lot_of_the_group_that_would_close_sooner() {
    let mut sale = started(&[
        soft(1000, Some(1), None),
        soft(1020, Some(1), None),
        soft(1500, Some(1), None),
        soft(1020, Some(2), None),
        soft(1020, None, None),
        soft(1020, Some(1), Some(0)),
    ]);
    sale.done(Command::Pause(THREE));
    sale.at(950).bids_on(ONE, ANN, amount(100));
    let closes = [1, 2, 3, 4, 5, 6].map(|lot| close(&sale, LotId(lot)));
    assert_eq!(
        closes,
        [(1050, 1), (1050, 1), (1500, 0), (1020, 0), (1020, 0), (1020, 0)],
        "later ones, other groups and those that may not move stay"
    );
    // Not late for lot three, which has time until 1500.
    sale.done(Command::Resume(THREE));
    let bid_id = sale.bid_id();
    let events = sale.done(crate::support::place(bid_id, THREE, ANN, amount(100)));
    let moved = |event: &&Event| matches!(event, Event::CloseExtended { .. });
    assert_eq!(events.iter().filter(moved).count(), 0);
}

#[test]
fn a_lot_that_may_not_move_itself_still_moves_the_others() {
    let mut sale = started(&[soft(1000, Some(1), Some(0)), soft(1000, Some(1), None)]);
    sale.at(990).bids_on(ONE, ANN, amount(100));
    assert_eq!((close(&sale, ONE), close(&sale, TWO)), ((1000, 0), (1090, 1)));
    sale.at(1000).done(Command::Tick);
    assert_eq!(sale.lot(TWO).phase, Phase::Open);
}

#[test]
fn five_hundred_lots_close_staggered_each_in_its_own_time() {
    let lots: Vec<_> = (1..=500)
        .map(|number| soft(1000 + 10 * number, None, None))
        .collect();
    let mut sale = started(&lots);
    for number in 1..=500 {
        assert_eq!(sale.auction.next_due(), Some(Timestamp(1000 + 10 * number)));
        sale.at(1000 + 10 * number).done(Command::Tick);
        let closed = sale
            .auction
            .lots()
            .iter()
            .filter(|lot| lot.phase == Phase::Closed)
            .count();
        assert_eq!(i64::try_from(closed), Ok(number));
    }
    assert_eq!(sale.auction.next_due(), None);
}

#[test]
fn lots_that_close_in_one_instant_fit_records_of_bounded_size() {
    let mut sale = started(&vec![soft(1000, None, None); 501]);
    let due = sale.auction.due(Timestamp(1000));
    assert_eq!(due.len(), 500);
    sale.at(1000).apply(due);
    assert_eq!(sale.auction.due(Timestamp(1000)).len(), 1);
    assert_eq!(sale.auction.next_due(), Some(Timestamp(1000)));
}

#[test]
fn a_step_may_be_a_part_of_the_price_rounded_up_and_never_less_than_its_floor() {
    let percent = |from, least, bp| Band {
        from_minor: Amount(from),
        step_minor: Amount(least),
        step_bp: Some(bp),
    };
    let mut sale = started(&[RuleSet {
        increments: vec![percent(0, 15, 500), percent(1000, 0, 250)],
        ..rules()
    }]);
    sale.bids(ANN, amount(100));
    for (bid, next) in [
        (115, 130),
        (301, 317),
        (999, 1049),
        (1049, 1076),
        (10_001, 10_252),
    ] {
        let bidder = if sale.stands().unwrap().1 == ANN { BOB } else { ANN };
        sale.bids(bidder, amount(bid));
        assert_eq!(sale.lot(ONE).minimum(Timestamp(0)), Amount(next), "after {bid}");
    }
    // The house answers by the same step.
    let (_, leader) = sale.stands().unwrap();
    let other = if leader == ANN { BOB } else { ANN };
    sale.bids(other, max(20_000));
    assert_eq!(sale.stands(), Some((10_252, other)));
}
