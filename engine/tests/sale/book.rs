//! The absentee book: left before the opening, bid by the house as soon as it is within reach.

use crate::support::{ANN, BOB, CYD, ONE, SELLER, Sale, amount, max, register, rules};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Event, SaleKind, Verdict},
    lot::Channel,
    money::Amount,
    rules::{RuleSet, SoftClose},
    time::Timestamp,
};

#[test]
fn opening_bids_the_book_in_the_order_of_time() {
    let mut sale = Sale::room();
    sale.leaves(ANN, 300);
    sale.leaves(BOB, 300);
    sale.leaves(CYD, 150);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(
        sale.stands(),
        Some((300, ANN)),
        "of equal maxima the earlier leads"
    );
    let waiting: Vec<_> = sale.lot(ONE).book.iter().filter(|entry| !entry.placed).collect();
    assert_eq!(waiting.len(), 1, "what is below the minimum waits");
    assert_eq!(waiting[0].bidder, CYD);
}

#[test]
fn the_house_leads_at_the_opening_price_with_the_only_maximum() {
    let mut sale = Sale::room();
    sale.leaves(ANN, 300);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), Some((100, ANN)));
}

#[test]
fn a_new_maximum_replaces_the_own_one_and_its_place_in_time() {
    let mut sale = Sale::room();
    let first = sale.leaves(ANN, 300);
    sale.leaves(BOB, 200);
    sale.leaves(ANN, 200);
    assert_eq!(sale.lot(ONE).book.len(), 2);
    assert_eq!(sale.auction.answer(first).unwrap().verdict, Verdict::Booked);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), Some((200, BOB)));
}

#[test]
fn a_lower_ask_brings_in_maxima_below_the_opening_price() {
    let mut sale = Sale::room();
    sale.leaves(ANN, 60);
    sale.leaves(BOB, 80);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
    sale.done(Command::SetAsk(ONE, Amount(70)));
    assert_eq!(sale.stands(), Some((70, BOB)), "nobody is bid beyond the maximum");
    assert_eq!(sale.lot(ONE).ask, None, "the ask is met");
}

#[test]
fn an_ask_or_a_step_between_two_bids_brings_in_what_fell_between_them() {
    let mut opened = Sale::room();
    opened.leaves(ANN, 200);
    opened.leaves(BOB, 105);
    opened.done(Command::OpenLot(ONE));
    assert_eq!(opened.stands(), Some((100, ANN)));

    let mut sale = opened.clone();
    sale.done(Command::SetAsk(ONE, Amount(105)));
    assert_eq!(sale.stands(), Some((115, ANN)));

    let mut sale = opened;
    sale.done(Command::SetStep(ONE, Some(Amount(5))));
    assert_eq!(sale.stands(), Some((110, ANN)));
}

#[test]
fn a_retraction_brings_back_within_reach_what_the_price_had_left_behind() {
    let mut sale = Sale::room();
    let high = sale.leaves(ANN, 900);
    let higher = sale.leaves(BOB, 1000);
    sale.leaves(CYD, 300);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), Some((910, BOB)));
    sale.done(Command::Retract(ONE, high));
    assert_eq!(
        sale.stands(),
        Some((310, BOB)),
        "Cyd's maximum is the second best now"
    );
    sale.done(Command::Retract(ONE, higher));
    assert_eq!(sale.stands(), Some((100, CYD)));
}

#[test]
fn during_a_pause_the_book_waits_for_the_lot_to_go_on() {
    let mut sale = Sale::room();
    let high = sale.leaves(ANN, 900);
    sale.leaves(BOB, 105);
    sale.done(Command::OpenLot(ONE));
    sale.done(Command::Pause(ONE));
    sale.done(Command::Retract(ONE, high));
    assert_eq!(sale.stands(), None);
    sale.done(Command::Resume(ONE));
    assert_eq!(sale.stands(), Some((100, BOB)));
}

#[test]
fn a_maximum_that_was_taken_back_is_not_bid_again() {
    let mut sale = Sale::room();
    let left = sale.leaves(ANN, 300);
    sale.done(Command::OpenLot(ONE));
    sale.done(Command::Retract(ONE, left));
    sale.done(Command::SetAsk(ONE, Amount(50)));
    assert_eq!(sale.stands(), None);
}

#[test]
fn suspended_bidders_and_the_seller_are_not_bid_for() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            seller: Some(SELLER),
            ..rules()
        }],
    );
    sale.leaves(ANN, 300);
    let by_clerk = sale.enter(Some(4), Channel::Absentee, max(300));
    assert_eq!(sale.refused(by_clerk), Reason::SellerMayNotBid);
    sale.done(register(ANN, 1, Approval::Suspended));
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
}

#[test]
fn who_is_not_present_must_be_known() {
    let mut sale = Sale::room();
    for paddle in [None, Some(77)] {
        let command = sale.enter(paddle, Channel::Absentee, max(300));
        assert_eq!(sale.refused(command), Reason::UnknownPaddle);
    }
    let known = sale.enter(Some(2), Channel::Absentee, max(300));
    sale.done(known);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), Some((100, BOB)));
    // An exact bid is nothing for the book.
    let exact = sale.enter(Some(1), Channel::Absentee, amount(110));
    sale.done(exact);
    assert_eq!(sale.stands(), Some((120, BOB)));
}

#[test]
fn bids_of_the_book_move_a_near_close_like_any_other() {
    let soft = |max_extensions| RuleSet {
        closes_at_ms: Some(Timestamp(1000)),
        soft_close: Some(SoftClose {
            window_ms: 100,
            extend_ms: 500,
            max_extensions,
            group: None,
        }),
        ..rules()
    };
    let opened_at = |now, max_extensions| {
        let mut sale = Sale::of(SaleKind::Timed, &[soft(max_extensions)]);
        sale.leaves(ANN, 300);
        sale.leaves(BOB, 200);
        sale.at(now).done(Command::Start);
        (sale.lot(ONE).closes_at.unwrap().0, sale.lot(ONE).extensions)
    };
    assert_eq!(opened_at(800, None), (1000, 0));
    assert_eq!(
        opened_at(950, None),
        (1450, 1),
        "the second one is no longer late"
    );
    assert_eq!(opened_at(950, Some(0)), (1000, 0));
    assert_eq!(
        opened_at(1000, None),
        (1000, 0),
        "opened too late, it closes at once"
    );
}

#[test]
fn a_timed_sale_opens_with_every_book_bid() {
    let mut sale = Sale::of(SaleKind::Timed, &[rules(), rules(), rules()]);
    sale.leaves(ANN, 300);
    let events = sale.done(Command::Start);
    let opened = |event: &&Event| matches!(event, Event::LotOpened(_));
    assert_eq!(events.iter().filter(opened).count(), 3);
    assert_eq!(sale.stands(), Some((100, ANN)));
    assert_eq!(
        sale.auction.current_lot(),
        None,
        "no lot is the one that all look at"
    );
}
