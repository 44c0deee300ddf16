//! Lots offered together: combined into one, or for the winner to choose from.

use crate::support::{
    ANN, BOB, CYD, ONE, SELLER, Sale, THREE, TWO, amount, clock, group, hammer, max, pass, pass_on, reoffer,
    reopen, rules,
};
use gavel_engine::{
    Reason,
    auction::{Command, Event, GroupLots, Hammer, SaleKind},
    ids::LotId,
    lot::{Channel, Outcome, Phase, Together},
    money::Amount,
    rules::RuleSet,
    time::Timestamp,
};

const FOUR: LotId = LotId(4);

/// Five lots with reserves 100, 200, 300...; SELLER consigned the second one.
fn hall() -> Sale {
    let lots: Vec<_> = (1..=5)
        .map(|number| RuleSet {
            reserve_price_minor: Some(Amount(100 * number)),
            opening_price_minor: Amount(10 * number),
            seller: (number == 2).then_some(SELLER),
            buy_now_price_minor: Some(Amount(900)),
            ..rules()
        })
        .collect();
    Sale::of(SaleKind::Room, &lots)
}

fn choose(taken: &[LotId]) -> Command {
    Command::Choose {
        lot_id: ONE,
        taken: taken.to_vec(),
    }
}

fn pending(sale: &Sale, lot_id: LotId) -> bool {
    let lot = sale.lot(lot_id);
    lot.phase == Phase::Pending && lot.group.is_none() && lot.led_by.is_none()
}

#[test]
fn combined_lots_open_at_the_sum_and_need_the_sum_of_the_reserves() {
    let mut sale = hall();
    sale.done(group(Together::Combined, &[THREE, ONE, TWO]));
    let lead = sale.lot(ONE);
    assert_eq!(lead.rules.opening_price_minor, Amount(60));
    assert_eq!(lead.rules.reserve_price_minor, Some(Amount(600)));
    assert_eq!(
        lead.rules.buy_now_price_minor, None,
        "nobody named a price for all of them"
    );
    assert_eq!(
        lead.group.as_ref().unwrap().others,
        [TWO, THREE],
        "in running order"
    );
    sale.done(Command::OpenNextLot);
    assert_eq!(sale.auction.current_lot(), Some(ONE));
    assert_eq!(
        sale.bid_refused(ONE, SELLER, amount(700)).reason,
        Reason::SellerMayNotBid
    );
    sale.bids(ANN, amount(590));
    assert_eq!(sale.refused(hammer(None)), Reason::ReserveNotMet);
    sale.bids(BOB, amount(600));
    sale.done(hammer(None));
    assert_eq!(sale.sold(ONE), Some((600, BOB)));
    for other in [TWO, THREE] {
        assert_eq!(sale.lot(other).outcome, Some(Outcome::SoldWith(ONE)));
        assert_eq!(sale.refused(reoffer(other)), Reason::AlreadySold);
        assert_eq!(sale.refused(reopen(other)), Reason::InAGroup);
    }
    assert_eq!(sale.bound(BOB), 600, "once");
    sale.done(Command::OpenNextLot);
    assert_eq!(sale.auction.current_lot(), Some(FOUR));
}

#[test]
fn what_is_sold_together_is_reopened_together() {
    let mut sale = hall();
    sale.done(group(Together::Combined, &[ONE, TWO]));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(300));
    sale.done(hammer(None));
    sale.done(reopen(ONE));
    assert_eq!(
        (sale.lot(TWO).phase, sale.lot(TWO).outcome),
        (Phase::Pending, None)
    );
    sale.done(pass());
    assert_eq!(sale.lot(TWO).phase, Phase::Pending);
    assert_eq!(sale.lot(TWO).led_by, Some(ONE), "still together");
}

#[test]
fn unsold_lots_are_combined_and_split_again() {
    let mut sale = hall();
    for lot in [ONE, TWO] {
        sale.done(Command::OpenLot(lot));
        sale.bids_on(lot, ANN, amount(50));
        sale.done(pass_on(lot));
    }
    sale.done(group(Together::Combined, &[ONE, TWO]));
    assert_eq!(sale.stands(), None, "bids for one lot are no bids for two");
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    assert_eq!(sale.refused(Command::Split(ONE)), Reason::AlreadyOpen);
    sale.done(pass());
    let events = sale.done(Command::Split(ONE));
    assert!(matches!(&events[..], [Event::LotsSplit { .. }]));
    for lot in [ONE, TWO] {
        assert!(pending(&sale, lot));
    }
    assert_eq!(sale.stands(), None, "and bids for two are none for one");
    assert_eq!(sale.lot(ONE).rules.opening_price_minor, Amount(10));
    assert_eq!(sale.refused(reopen(ONE)), Reason::NotClosed);
    assert_eq!(sale.refused(Command::Split(ONE)), Reason::NoGroup);
}

#[test]
fn a_led_lot_follows_its_leader_in_everything() {
    let mut sale = hall();
    sale.done(group(Together::Combined, &[ONE, TWO]));
    assert_eq!(sale.bid_refused(TWO, ANN, amount(100)).reason, Reason::NotOpen);
    for (command, reason) in [
        (Command::OpenLot(TWO), Reason::InAGroup),
        (Command::Skip(TWO), Reason::InAGroup),
        (Command::Withdraw(TWO), Reason::InAGroup),
        (Command::Withdraw(ONE), Reason::InAGroup),
        (Command::Split(TWO), Reason::NoGroup),
        (group(Together::Choice, &[TWO, THREE]), Reason::InAGroup),
        (group(Together::Choice, &[ONE, THREE]), Reason::InAGroup),
    ] {
        assert_eq!(sale.refused(command), reason);
    }
    let Command::EnterBid(bid) = sale.enter(Some(1), Channel::Absentee, max(100)) else {
        unreachable!()
    };
    let booked = Command::EnterBid(gavel_engine::auction::EnterBid { lot_id: TWO, ..bid });
    assert_eq!(sale.refused(booked), Reason::InAGroup);
}

#[test]
fn the_winner_of_a_choice_takes_some_and_the_rest_is_a_choice_again() {
    let mut sale = hall();
    sale.done(group(Together::Choice, &[ONE, TWO, THREE, FOUR]));
    assert_eq!(
        sale.lot(ONE).rules.reserve_price_minor,
        Some(Amount(400)),
        "any of them may be taken"
    );
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.refused(choose(&[ONE])), Reason::NotAChoice, "nobody has won");
    sale.bids(ANN, max(500));
    sale.bids(BOB, amount(410));
    sale.done(hammer(None));
    assert_eq!(sale.sold(ONE), Some((420, ANN)));
    assert_eq!(sale.bound(ANN), 420, "one at least");

    assert_eq!(sale.refused(Command::OpenLot(LotId(5))), Reason::ChoicePending);
    assert_eq!(sale.refused(Command::OpenNextLot), Reason::ChoicePending);
    assert_eq!(sale.refused(Command::End), Reason::ChoicePending);
    for nothing in [&[][..], &[ONE, ONE], &[ONE, LotId(9)]] {
        assert_eq!(sale.refused(choose(nothing)), Reason::NotAChoice);
    }
    sale.done(choose(&[THREE, ONE]));
    assert_eq!(
        (sale.sold(ONE), sale.sold(THREE)),
        (Some((420, ANN)), Some((420, ANN)))
    );
    assert_eq!(sale.bound(ANN), 840);
    assert_eq!(sale.lot(TWO).group.as_ref().unwrap().others, [FOUR]);
    assert_eq!(sale.lot(TWO).group.as_ref().unwrap().together, Together::Choice);
    sale.done(Command::OpenNextLot);
    assert_eq!(sale.auction.current_lot(), Some(TWO));
}

#[test]
fn without_the_leading_lot_the_rest_stands_alone_or_is_led_by_the_next() {
    let won = |lots: &[LotId]| {
        let mut sale = hall();
        sale.done(group(Together::Choice, lots));
        sale.done(Command::OpenLot(ONE));
        sale.bids(ANN, amount(500));
        sale.done(hammer(None));
        sale
    };
    let mut two = won(&[ONE, TWO]);
    two.done(choose(&[TWO]));
    assert!(pending(&two, ONE), "alone");
    assert_eq!(
        two.lot(ONE).rules.reserve_price_minor,
        Some(Amount(100)),
        "by its own rules"
    );
    assert_eq!((two.sold(TWO), two.bound(ANN)), (Some((500, ANN)), 500));
    let mut three = won(&[ONE, TWO, THREE]);
    three.done(choose(&[TWO]));
    assert_eq!(three.lot(THREE).led_by, Some(ONE));
    let mut all = won(&[ONE, TWO, THREE]);
    all.done(choose(&[ONE, TWO, THREE]));
    assert_eq!(all.bound(ANN), 1500);
    assert_eq!(all.refused(choose(&[ONE])), Reason::NotAChoice, "once");
}

#[test]
fn nobody_takes_more_than_the_limit_covers() {
    let mut sale = hall();
    sale.done(group(Together::Choice, &[ONE, TWO, THREE]));
    sale.done(Command::OpenLot(ONE));
    sale.limit(ANN, Some(1100));
    sale.bids(ANN, amount(500));
    sale.done(hammer(None));
    let refused = sale.rejected(choose(&[ONE, TWO, THREE]));
    assert_eq!(
        (refused.reason, refused.maximum()),
        (Reason::OverLimit, Some(Amount(1100)))
    );
    sale.limit(ANN, Some(0));
    sale.done(choose(&[TWO]));
    assert_eq!(
        sale.bound(ANN),
        500,
        "what was won is hers whatever the limit is now"
    );
}

#[test]
fn a_choice_that_was_won_by_mistake_is_reopened() {
    let mut sale = hall();
    sale.done(group(Together::Choice, &[ONE, TWO]));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(500));
    sale.done(hammer(None));
    assert_eq!(sale.refused(Command::Split(ONE)), Reason::AlreadySold);
    sale.done(reopen(ONE));
    sale.bids(CYD, amount(510));
    sale.done(hammer(None));
    sale.done(choose(&[TWO]));
    assert_eq!(sale.sold(TWO), Some((510, CYD)));
}

#[test]
fn a_lot_that_was_taken_in_a_choice_is_reopened_alone_and_without_the_bids_of_the_choice() {
    let mut sale = hall();
    sale.done(group(Together::Choice, &[ONE, TWO, THREE]));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, max(900));
    sale.bids(BOB, amount(500));
    sale.done(hammer(None));
    sale.done(choose(&[ONE, THREE]));
    sale.limit(ANN, Some(0));
    for taken in [ONE, THREE] {
        let bids = sale.lot(taken).bids.len();
        assert_eq!(
            bids,
            if taken == ONE { 2 } else { 0 },
            "the history stays to be seen"
        );
        sale.done(reopen(taken));
        assert_eq!(sale.stands_on(taken), None, "nobody has bid for it alone");
        assert_eq!(
            sale.lot(taken).minimum(sale.now),
            Amount(10 * i64::try_from(taken.0).unwrap()),
            "its own opening price"
        );
        sale.bids_on(taken, CYD, amount(500));
        sale.done(Command::Hammer(Hammer {
            lot_id: taken,
            sold: true,
            override_reserve: false,
            paddle: None,
            price_seen: None,
        }));
        assert_eq!(sale.sold(taken), Some((500, CYD)));
    }
    assert_eq!((sale.bound(ANN), sale.bound(CYD)), (0, 1000));
    sale.done(reopen(ONE));
    assert_eq!(sale.stands(), Some((500, CYD)), "from where it stood, as any lot");
}

#[test]
fn a_maximum_is_for_what_was_offered_when_it_was_left() {
    for together in [Together::Combined, Together::Choice] {
        let mut sale = hall();
        sale.leaves(ANN, 700);
        sale.done(group(together, &[ONE, TWO]));
        sale.leaves(BOB, 650);
        sale.done(Command::OpenLot(ONE));
        assert_eq!(
            sale.stands().map(|(_, leader)| leader),
            Some(BOB),
            "for the group"
        );
        sale.done(pass());
        sale.done(Command::Split(ONE));
        sale.done(Command::OpenLot(ONE));
        assert_eq!(sale.stands(), Some((10, ANN)), "for the lot alone");
    }
}

#[test]
fn a_maximum_that_waits_for_its_lot_alone_can_be_given_up() {
    let leave = |bidder| Command::LeaveBook { lot_id: ONE, bidder };
    let mut sale = hall();
    sale.leaves(ANN, 300);
    sale.done(group(Together::Combined, &[ONE, TWO]));
    assert_eq!(sale.refused(leave(BOB)), Reason::UnknownBid);
    sale.leaves(ANN, 700);
    sale.done(leave(ANN));
    assert_eq!(sale.refused(leave(ANN)), Reason::UnknownBid, "both are gone");
    sale.done(Command::Split(ONE));
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
}

#[test]
fn an_unsold_group_is_offered_again_as_a_group_with_its_new_close() {
    let mut sale = hall();
    sale.done(group(Together::Choice, &[ONE, TWO]));
    sale.done(Command::OpenLot(ONE));
    sale.done(pass());
    sale.done(Command::Reoffer {
        lot_id: ONE,
        closes_at: Some(Timestamp(9000)),
    });
    assert!(sale.lot(ONE).group.is_some());
    sale.done(Command::Split(ONE));
    assert_eq!(sale.lot(ONE).closes_at, Some(Timestamp(9000)));
    sale.done(group(Together::Combined, &[ONE, TWO]));
    assert_eq!(sale.lot(ONE).closes_at, Some(Timestamp(9000)));
}

#[test]
fn what_cannot_be_offered_together_is_refused() {
    let pieces = RuleSet {
        quantity: 2,
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Room, &[rules(), rules(), clock(), pieces, rules()]);
    for (lots, reason) in [
        (&[][..], Reason::NoGroup),
        (&[ONE], Reason::NoGroup),
        (&[ONE, ONE], Reason::NoGroup),
        (&[ONE, LotId(9)], Reason::UnknownLot),
        (&[ONE, THREE], Reason::WrongFormat),
        (&[ONE, FOUR], Reason::WrongFormat),
    ] {
        assert_eq!(sale.refused(group(Together::Combined, lots)), reason, "{lots:?}");
    }
    for price in [0, -1, Amount::MAX.0 + 1] {
        let command = Command::Group(GroupLots {
            together: Together::Combined,
            lots: vec![ONE, TWO],
            opening_price: Some(Amount(price)),
        });
        assert_eq!(sale.refused(command), Reason::AmountOutOfRange);
    }
    sale.done(Command::OpenLot(ONE));
    assert_eq!(
        sale.refused(group(Together::Combined, &[ONE, TWO])),
        Reason::AlreadyOpen
    );
    sale.bids(ANN, amount(100));
    sale.done(hammer(None));
    assert_eq!(
        sale.refused(group(Together::Combined, &[ONE, TWO])),
        Reason::AlreadySold
    );
    sale.done(Command::Withdraw(TWO));
    assert_eq!(
        sale.refused(group(Together::Combined, &[TWO, LotId(5)])),
        Reason::Closed
    );
}

#[test]
fn sums_that_nobody_can_pay_make_no_group() {
    let dear = RuleSet {
        opening_price_minor: Amount::MAX,
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Room, &[dear.clone(), dear]);
    let command = group(Together::Combined, &[ONE, TWO]);
    assert_eq!(sale.refused(command), Reason::AmountOutOfRange);
    sale.done(Command::Group(GroupLots {
        together: Together::Combined,
        lots: vec![ONE, TWO],
        opening_price: Some(Amount(5)),
    }));
    assert_eq!(sale.lot(ONE).rules.opening_price_minor, Amount(5));
}
