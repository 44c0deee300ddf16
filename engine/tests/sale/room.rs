//! The running order, asks and steps by hand, hostile amounts, answers to repeats.

use crate::support::{
    ANN, BOB, ONE, Sale, TWO, amount, hammer, max, pass, pass_on, place, reopen, rules, setup,
};
use gavel_engine::{
    Reason,
    auction::{Command, Event, REFUSALS_KEPT, Repeat, SaleKind},
    credit::Unlimited,
    ids::{BidId, LotId},
    lot::Channel,
    money::Amount,
    rules::{OffIncrement, RuleSet},
    time::Timestamp,
};

fn opened(events: &[Event]) -> Option<LotId> {
    events.iter().find_map(|event| match event {
        Event::LotOpened(lot_id) => Some(*lot_id),
        _ => None,
    })
}

#[test]
fn the_running_order_goes_on_after_the_lot_that_was_reopened_and_comes_round() {
    let mut sale = Sale::of(SaleKind::Room, &vec![rules(); 4]);
    sale.done(Command::OpenLot(TWO));
    sale.done(pass_on(TWO));
    sale.done(reopen(TWO));
    assert_eq!(sale.auction.current_lot(), Some(TWO));
    assert_eq!(sale.refused(Command::OpenNextLot), Reason::AnotherLotOpen);
    sale.done(pass_on(TWO));
    assert_eq!(opened(&sale.done(Command::OpenNextLot)), Some(LotId(3)));
    sale.done(pass_on(LotId(3)));
    // A look back at lot two does not bring lot three again.
    sale.done(reopen(TWO));
    sale.done(pass_on(TWO));
    assert_eq!(opened(&sale.done(Command::OpenNextLot)), Some(LotId(4)));
    sale.done(pass_on(LotId(4)));
    assert_eq!(opened(&sale.done(Command::OpenNextLot)), Some(ONE));
    sale.done(pass_on(ONE));
    assert_eq!(sale.refused(Command::OpenNextLot), Reason::NoNextLot);
    sale.done(Command::End);
    assert_eq!(sale.refused(Command::OpenNextLot), Reason::SaleEnded);
}

#[test]
fn in_the_room_no_lot_is_reopened_beside_an_open_one() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    sale.done(pass());
    sale.done(Command::OpenNextLot);
    assert_eq!(sale.refused(reopen(ONE)), Reason::AnotherLotOpen);
    assert_eq!(sale.refused(Command::End), Reason::AnotherLotOpen);
    let mut timed = Sale::of(SaleKind::Timed, &[rules(), rules()]);
    timed.done(Command::Start);
    timed.done(pass());
    timed.done(reopen(ONE));
}

#[test]
fn a_timed_sale_of_which_one_lot_was_opened_by_hand_can_still_be_started() {
    let mut sale = Sale::of(SaleKind::Timed, &[rules(), rules()]);
    sale.done(Command::OpenLot(TWO));
    assert_eq!(opened(&sale.done(Command::Start)), Some(ONE));
    assert_eq!(sale.refused(Command::Start), Reason::AlreadyStarted);
}

#[test]
fn a_step_set_by_hand_holds_until_it_is_taken_back_and_is_kept_with_the_bid() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    sale.done(Command::SetStep(ONE, Some(Amount(50))));
    sale.bids(ANN, max(1000));
    assert_eq!(sale.lot(ONE).minimum(Timestamp(0)), Amount(150));
    let bob = sale.bids(BOB, amount(300));
    assert_eq!(
        sale.stands(),
        Some((350, ANN)),
        "the house answers by the same step"
    );
    sale.done(Command::SetStep(ONE, None));
    assert_eq!(sale.lot(ONE).minimum(Timestamp(0)), Amount(360));
    let other = sale.bids(BOB, amount(400));
    sale.done(Command::Retract(ONE, other));
    assert_eq!(
        sale.stands(),
        Some((350, ANN)),
        "as it was when Bob bid, not by the ladder"
    );
    sale.done(Command::Retract(ONE, bob));
    assert_eq!(sale.stands(), Some((100, ANN)));
}

#[test]
fn between_two_steps_set_by_hand_nothing_is_taken_where_the_house_insists() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            off_increment: OffIncrement::Reject,
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    let bid = sale.bid_id();
    assert_eq!(
        sale.refused(place(bid, ONE, ANN, amount(105))),
        Reason::OffIncrement
    );
    sale.done(Command::SetStep(ONE, Some(Amount(25))));
    assert_eq!(
        sale.refused(place(bid, ONE, ANN, amount(110))),
        Reason::OffIncrement
    );
    sale.done(place(bid, ONE, ANN, amount(150)));
}

#[test]
fn hostile_amounts_are_refused_and_the_largest_is_no_overflow() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    for hostile in [i64::MIN, -1, 0, Amount::MAX.0 + 1, i64::MAX] {
        for offer in [amount(hostile), max(hostile)] {
            let bid_id = sale.bid_id();
            assert_eq!(
                sale.refused(place(bid_id, ONE, ANN, offer)),
                Reason::AmountOutOfRange
            );
            let entered = sale.enter(Some(1), Channel::Floor, offer);
            assert_eq!(sale.refused(entered), Reason::AmountOutOfRange);
        }
        let ask = Command::SetAsk(ONE, Amount(hostile));
        assert_eq!(sale.refused(ask), Reason::AmountOutOfRange);
        let step = Command::SetStep(ONE, Some(Amount(hostile)));
        assert_eq!(sale.refused(step), Reason::AmountOutOfRange);
    }
    sale.done(Command::SetStep(ONE, Some(Amount::MAX)));
    sale.bids(ANN, max(Amount::MAX.0));
    sale.done(Command::SetStep(ONE, None));
    sale.bids(BOB, max(Amount::MAX.0));
    assert_eq!(sale.stands(), Some((Amount::MAX.0, ANN)));
    let bid_id = sale.bid_id();
    let beyond = place(bid_id, ONE, BOB, amount(Amount::MAX.0));
    assert_eq!(sale.refused(beyond), Reason::BelowMinimum);
    sale.done(hammer(None));
}

#[test]
fn hostile_instants_do_not_overflow() {
    let far = RuleSet {
        closes_at_ms: Some(Timestamp(i64::MAX)),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Timed, &[far]);
    sale.done(Command::Start);
    sale.done(Command::Pause(ONE));
    sale.at(i64::MAX).done(Command::Resume(ONE));
    assert_eq!(sale.lot(ONE).closes_at, Some(Timestamp(i64::MAX)));
    sale.done(Command::Tick);
    assert!(sale.lot(ONE).outcome.is_some(), "its time is up");
}

#[test]
fn a_sale_with_two_lots_of_one_id_or_senseless_rules_is_not_taken_over() {
    let mut doubled = setup(SaleKind::Room, &[rules(), rules()]);
    doubled.lots[1].lot_id = ONE;
    let mut senseless = rules();
    senseless.increments.clear();
    for setup in [doubled, setup(SaleKind::Room, &[senseless])] {
        let refused = Sale::default().refused(Command::Create(Box::new(setup)));
        assert_eq!(refused, Reason::InvalidSetup);
    }
}

fn refusal(sale: &mut Sale, bid_id: BidId) -> Event {
    let rejection = sale
        .auction
        .decide(&place(bid_id, ONE, BOB, amount(1)), sale.now, &Unlimited)
        .unwrap_err();
    Event::BidRefused {
        lot_id: ONE,
        bid_id,
        bidder: BOB,
        offer: amount(1),
        rejection,
    }
}

#[test]
fn a_repeat_gets_the_first_answer_and_a_used_id_serves_no_other_bid() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let taken = sale.bids(ANN, amount(100));
    let answer = *sale.auction.answer(taken).unwrap();
    assert_eq!(
        sale.auction.repeat(taken, Some(ANN), ONE, amount(100)),
        Repeat::Same(answer)
    );
    assert_eq!(
        sale.auction.repeat(taken, None, ONE, amount(100)),
        Repeat::Same(answer)
    );
    for (bidder, lot, offer) in [
        (BOB, ONE, amount(100)),
        (ANN, TWO, amount(100)),
        (ANN, ONE, max(100)),
    ] {
        assert_eq!(
            sale.auction.repeat(taken, Some(bidder), lot, offer),
            Repeat::Reused
        );
    }
    assert_eq!(
        sale.auction.repeat(BidId(7), Some(ANN), ONE, amount(100)),
        Repeat::New
    );
}

#[test]
fn refusals_give_way_to_newer_ones_and_never_push_out_an_accepted_bid() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let taken = sale.bids(ANN, amount(100));
    // A refusal recorded under the id of a bid that counts is not its answer.
    let first = BidId(1 << 64);
    let mut events = vec![];
    for bid_id in [taken, first] {
        let refused = Event::BidRefused {
            lot_id: ONE,
            bid_id,
            bidder: BOB,
            offer: amount(1),
            rejection: Reason::BidIdReused.into(),
        };
        events.push(refused);
    }
    for number in 1..REFUSALS_KEPT as u128 {
        events.push(refusal(&mut sale, BidId(first.0 + number)));
    }
    sale.apply(events);
    assert!(sale.auction.answer(first).is_some());
    let newest = refusal(&mut sale, BidId(1));
    sale.apply(vec![newest]);
    assert!(sale.auction.answer(first).is_none(), "the oldest gives way");
    let answer = sale.auction.answer(taken).unwrap();
    assert_eq!(answer.bidder, ANN);
}
