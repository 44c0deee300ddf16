//! A falling clock: the first to stop it buys.

use crate::support::{ANN, BOB, ONE, SELLER, Sale, TWO, amount, clock, max, place, reopen, rules};
use gavel_engine::{
    Reason, WouldTake,
    auction::{Answer, Command, Event, PlaceBid, SaleKind, Verdict},
    lot::{Outcome, Phase},
    money::Amount,
    rules::RuleSet,
    time::Timestamp,
};

/// The usual one, for a consignor.
fn consigned() -> RuleSet {
    RuleSet {
        seller: Some(SELLER),
        ..clock()
    }
}

fn running() -> Sale {
    let mut sale = Sale::of(SaleKind::Room, &[consigned(), rules()]);
    sale.at(5000).done(Command::OpenLot(ONE));
    sale
}

#[test]
fn the_clock_falls_with_time_and_stays_at_the_floor() {
    let sale = running();
    let lot = sale.lot(ONE);
    for (after_ms, price) in [
        (0, 1000),
        (999, 1000),
        (1000, 900),
        (5999, 500),
        (6000, 400),
        (6999, 400),
    ] {
        assert_eq!(lot.clock_price(Timestamp(5000 + after_ms)), Some(Amount(price)));
        assert_eq!(lot.minimum(Timestamp(5000 + after_ms)), Amount(price));
    }
    assert_eq!(
        lot.closes_at,
        Some(Timestamp(12_000)),
        "the floor is shown for one step"
    );
    assert_eq!(sale.auction.next_due(), Some(Timestamp(12_000)));
}

#[test]
fn a_last_step_that_is_cut_short_by_the_floor_is_shown_in_full() {
    let mut uneven = consigned();
    uneven.dutch.as_mut().unwrap().floor_minor = Amount(950);
    let mut sale = Sale::of(SaleKind::Timed, &[uneven]);
    sale.done(Command::Start);
    assert_eq!(sale.lot(ONE).closes_at, Some(Timestamp(2000)));
    assert_eq!(sale.lot(ONE).clock_price(Timestamp(1000)), Some(Amount(950)));
}

#[test]
fn who_stops_the_clock_pays_what_it_shows_and_the_lot_is_closed() {
    let mut sale = running();
    let bid_id = sale.bid_id();
    let events = sale.at(7000).done(place(bid_id, ONE, ANN, max(2000)));
    assert!(
        matches!(
            events[..],
            [
                Event::BidAccepted { .. },
                Event::LotClosed { by_hammer: false, .. }
            ]
        ),
        "{events:?}"
    );
    assert_eq!(sale.sold(ONE), Some((800, ANN)), "not what was offered");
    assert_eq!(sale.lot(ONE).closed_at, Some(Timestamp(7000)));
    assert_eq!(sale.bound(ANN), 800);
    let Some(Answer {
        verdict: Verdict::Accepted { price, leading, .. },
        ..
    }) = sale.auction.answer(bid_id)
    else {
        panic!("no answer");
    };
    assert_eq!((*price, *leading), (Amount(800), true));
    assert_eq!(sale.bid_refused(ONE, BOB, amount(1000)).reason, Reason::Closed);
}

#[test]
fn less_than_the_clock_shows_is_refused_with_its_price() {
    let mut sale = running();
    let refused = sale.at(7999).bid_refused(ONE, ANN, amount(799));
    assert_eq!(refused.reason, Reason::BelowMinimum);
    assert_eq!(refused.would_take, Some(WouldTake::AtLeast(Amount(800))));
    assert_eq!(
        sale.bid_refused(ONE, SELLER, amount(900)).reason,
        Reason::SellerMayNotBid
    );
}

#[test]
fn nobody_at_the_floor_leaves_it_unsold_at_the_end_of_its_time() {
    let mut sale = running();
    sale.at(11_999).done(Command::Tick);
    assert_eq!(sale.lot(ONE).phase, Phase::Open);
    assert_eq!(
        sale.at(12_000).bid_refused(ONE, ANN, amount(400)).reason,
        Reason::Closed
    );
    assert_eq!(sale.lot(ONE).outcome, Some(Outcome::Unsold));
    assert_eq!(sale.lot(ONE).closed_at, Some(Timestamp(12_000)));
    sale.done(Command::OpenNextLot);
    assert_eq!(sale.auction.current_lot(), Some(TWO));
}

#[test]
fn the_clock_takes_nothing_that_belongs_to_an_open_outcry() {
    let mut sale = running();
    sale.knows_no_outcry(ONE);
    sale.bids(ANN, amount(1000));
    assert_eq!(sale.refused(reopen(ONE)), Reason::WrongFormat);
}

#[test]
fn there_is_no_absentee_book_for_a_clock() {
    let mut sale = Sale::of(SaleKind::Room, &[consigned()]);
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, ANN, max(500)) else {
        unreachable!()
    };
    let booked = Command::PlaceBid(PlaceBid {
        book_if_pending: true,
        ..bid
    });
    assert_eq!(sale.refused(booked), Reason::WrongFormat);
}

#[test]
fn offered_again_the_clock_starts_from_above() {
    let mut sale = running();
    sale.at(12_000).done(crate::support::reoffer(ONE));
    sale.at(20_000).done(Command::OpenLot(ONE));
    assert_eq!(sale.lot(ONE).closes_at, Some(Timestamp(27_000)));
    sale.at(20_500).bids(BOB, amount(1000));
    assert_eq!(sale.sold(ONE), Some((1000, BOB)));
}

#[test]
fn the_limit_is_held_against_the_price_not_the_offer() {
    let mut sale = running();
    sale.limit(ANN, Some(850));
    let refused = sale.bid_refused(ONE, ANN, amount(1000));
    assert_eq!(refused.reason, Reason::OverLimit);
    assert_eq!(refused.maximum(), Some(Amount(850)));
    sale.at(7000).bids(ANN, amount(1000));
    assert_eq!(sale.sold(ONE), Some((800, ANN)));
}
