//! Withdraw, skip, offer again; buy now and times the money; suspensions; the book given up.

use crate::support::{
    ANN, BOB, CYD, ONE, SELLER, Sale, THREE, TWO, amount, buy, hammer, max, pass, place, register, reoffer,
    reopen, rules,
};
use gavel_engine::{
    Reason, WouldTake,
    auction::{Approval, Command, Event, SaleKind},
    ids::{BidId, LotId, Paddle},
    lot::{Channel, Outcome, Phase},
    money::Amount,
    rules::{Format, RuleSet},
    time::Timestamp,
};

#[test]
fn a_withdrawn_lot_is_over_and_binds_nobody() {
    for opened in [false, true] {
        let mut sale = Sale::room();
        if opened {
            sale.done(Command::OpenLot(ONE));
            sale.bids(ANN, max(300));
        }
        sale.done(Command::Withdraw(ONE));
        assert_eq!(sale.lot(ONE).outcome, Some(Outcome::Withdrawn));
        assert_eq!(sale.bound(ANN), 0);
        assert_eq!(sale.refused(Command::Withdraw(ONE)), Reason::Closed);
        assert_eq!(sale.refused(Command::OpenLot(ONE)), Reason::Closed);
        sale.done(Command::OpenNextLot);
        assert_eq!(
            sale.auction.current_lot(),
            Some(TWO),
            "the running order goes on without it"
        );
    }
}

#[test]
fn skipped_lots_come_when_no_other_is_left() {
    let mut sale = Sale::of(SaleKind::Room, &vec![rules(); 3]);
    sale.done(Command::Skip(ONE));
    assert_eq!(sale.done(Command::Skip(ONE)).len(), 0, "once is enough");
    let mut order = Vec::new();
    for _ in 0..3 {
        sale.done(Command::OpenNextLot);
        let lot_id = sale.auction.current_lot().unwrap();
        order.push(lot_id);
        assert!(!sale.lot(lot_id).skipped);
        assert_eq!(sale.refused(Command::Skip(lot_id)), Reason::AlreadyOpen);
        sale.done(crate::support::pass_on(lot_id));
        assert_eq!(sale.refused(Command::Skip(lot_id)), Reason::Closed);
    }
    assert_eq!(order, [TWO, THREE, ONE]);
    assert_eq!(sale.refused(Command::OpenNextLot), Reason::NoNextLot);
}

#[test]
fn offered_again_a_lot_is_as_new_except_for_its_book() {
    let mut sale = Sale::room();
    sale.leaves(CYD, 150);
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, max(300));
    sale.done(Command::SetAsk(ONE, Amount(500)));
    sale.done(Command::SetStep(ONE, Some(Amount(50))));
    assert_eq!(sale.refused(reoffer(ONE)), Reason::NotClosed);
    sale.done(pass());
    let events = sale.done(reoffer(ONE));
    assert!(matches!(events[..], [Event::LotReoffered { .. }]));
    let lot = sale.lot(ONE);
    assert_eq!(
        (lot.phase, lot.outcome, lot.standing),
        (Phase::Pending, None, None)
    );
    assert_eq!(
        (lot.ask, lot.step, lot.bids.len(), lot.reoffers),
        (None, None, 0, 1)
    );
    assert_eq!(sale.bound(ANN), 0);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), Some((100, CYD)), "her maximum is still wanted");
}

#[test]
fn a_maximum_that_was_taken_back_is_not_bid_when_the_lot_is_offered_again() {
    let mut sale = Sale::room();
    let left = sale.leaves(ANN, 300);
    sale.done(Command::OpenLot(ONE));
    sale.done(Command::Retract(ONE, left));
    sale.done(pass());
    sale.done(reoffer(ONE));
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
}

#[test]
fn only_what_was_not_sold_is_offered_again() {
    let mut sale = Sale::room();
    assert_eq!(sale.refused(reoffer(ONE)), Reason::NotClosed);
    sale.done(Command::Withdraw(ONE));
    sale.done(reoffer(ONE));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    sale.done(hammer(None));
    assert_eq!(sale.refused(reoffer(ONE)), Reason::AlreadySold);
}

#[test]
fn a_timed_lot_offered_again_gets_a_close_of_its_own() {
    let timed = RuleSet {
        closes_at_ms: Some(Timestamp(1000)),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Timed, &[timed]);
    sale.done(Command::Start);
    let again = Command::Reoffer {
        lot_id: ONE,
        closes_at: Some(Timestamp(5000)),
    };
    sale.at(1000).done(again);
    sale.at(2000).done(Command::OpenLot(ONE));
    assert_eq!(sale.auction.next_due(), Some(Timestamp(5000)));
    // By its own rules its time would be up already: it closes at once.
    let mut late = Sale::of(
        SaleKind::Timed,
        &[RuleSet {
            closes_at_ms: Some(Timestamp(1000)),
            ..rules()
        }],
    );
    late.done(Command::Start);
    late.at(1000).done(reoffer(ONE));
    late.done(Command::OpenLot(ONE));
    late.done(Command::Tick);
    assert_eq!(late.lot(ONE).outcome, Some(Outcome::Unsold));
}

fn for_sale_at(price: i64) -> Sale {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            buy_now_price_minor: Some(Amount(price)),
            seller: Some(SELLER),
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    sale
}

#[test]
fn a_fixed_price_ends_the_lot_until_the_first_bid() {
    let mut sale = for_sale_at(900);
    let moved = sale.bid_refused(ONE, ANN, buy(800));
    assert_eq!(
        (moved.reason, moved.would_take),
        (Reason::PriceMoved, Some(WouldTake::Exactly(Amount(900))))
    );
    assert_eq!(
        sale.bid_refused(ONE, SELLER, buy(900)).reason,
        Reason::SellerMayNotBid
    );
    let mut bid_first = sale.clone();
    sale.bids(ANN, buy(900));
    assert_eq!((sale.sold(ONE), sale.bound(ANN)), (Some((900, ANN)), 900));

    let first = bid_first.bids(BOB, amount(100));
    let gone = bid_first.bid_refused(ONE, ANN, buy(900));
    assert_eq!(
        (gone.reason, gone.would_take),
        (Reason::NoBuyNow, Some(WouldTake::AtLeast(Amount(110))))
    );
    bid_first.done(Command::Retract(ONE, first));
    bid_first.bids(ANN, buy(900));
}

#[test]
fn a_sale_at_the_fixed_price_can_be_undone() {
    let mut sale = for_sale_at(900);
    let bought = sale.bids(ANN, buy(900));
    sale.done(reopen(ONE));
    assert_eq!(sale.stands(), Some((900, ANN)));
    assert_eq!(sale.bid_refused(ONE, BOB, buy(900)).reason, Reason::NoBuyNow);
    sale.done(Command::Retract(ONE, bought));
    assert_eq!(sale.stands(), None);
    sale.bids(BOB, buy(900));
    assert_eq!(sale.sold(ONE), Some((900, BOB)));
}

#[test]
fn what_has_no_fixed_price_is_not_bought_at_one() {
    let mut sale = Sale::room();
    assert_eq!(sale.bid_refused(ONE, ANN, buy(900)).reason, Reason::NotOpen);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.bid_refused(ONE, ANN, buy(900)).reason, Reason::NoBuyNow);
    let mut limited = for_sale_at(900);
    limited.limit(ANN, Some(899));
    assert_eq!(limited.bid_refused(ONE, ANN, buy(900)).reason, Reason::OverLimit);
}

#[test]
fn times_the_money_the_price_is_for_one_and_the_winner_is_bound_to_all() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            quantity: 12,
            reserve_price_minor: Some(Amount(150)),
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, max(200));
    assert_eq!((sale.stands(), sale.bound(ANN)), (Some((100, ANN)), 2400));
    assert_eq!(
        sale.refused(hammer(None)),
        Reason::ReserveNotMet,
        "the reserve is for one too"
    );
    sale.bids(BOB, amount(160));
    sale.done(hammer(None));
    assert_eq!((sale.sold(ONE), sale.bound(ANN)), (Some((170, ANN)), 2040));
}

/// Ann leads lots one and two over Bob, and lost lot three.
fn ann_leads() -> Sale {
    let mut sale = Sale::of(SaleKind::Timed, &vec![rules(); 3]);
    sale.done(Command::Start);
    for lot in [ONE, TWO] {
        sale.bids_on(lot, BOB, max(200));
        sale.bids_on(lot, ANN, max(300));
    }
    sale.bids_on(THREE, ANN, amount(100));
    sale.done(crate::support::pass_on(THREE));
    sale
}

#[test]
fn a_suspended_bidder_bids_no_more_and_keeps_the_bids_made() {
    let mut sale = ann_leads();
    sale.done(Command::Suspend {
        bidder: ANN,
        retract_bids: false,
    });
    assert_eq!(
        sale.auction.registration(ANN).unwrap().standing,
        Approval::Suspended
    );
    assert_eq!(sale.bid_refused(ONE, ANN, max(500)).reason, Reason::Suspended);
    let clerk = sale.enter(Some(1), Channel::Phone, max(500));
    assert_eq!(sale.refused(clerk), Reason::Suspended);
    sale.done(hammer(None));
    assert_eq!(sale.sold(ONE), Some((210, ANN)));
}

#[test]
fn or_every_bid_on_lots_that_are_not_closed_is_taken_back() {
    let mut sale = ann_leads();
    let suspend = Command::Suspend {
        bidder: ANN,
        retract_bids: true,
    };
    let events = sale.done(suspend.clone());
    let taken_back = |event: &&Event| matches!(event, Event::BidsRetracted { .. });
    assert_eq!(events.iter().filter(taken_back).count(), 2);
    for lot in [ONE, TWO] {
        assert_eq!(sale.stands_on(lot), Some((100, BOB)));
    }
    assert_eq!((sale.bound(ANN), sale.bound(BOB)), (0, 400));
    assert!(
        sale.lot(THREE).bids.iter().all(|bid| !bid.retracted),
        "what is over stays"
    );
    assert_eq!(sale.done(suspend).len(), 0, "nothing is left to take back");
    assert_eq!(
        sale.refused(Command::Suspend {
            bidder: gavel_engine::ids::BidderId(99),
            retract_bids: true
        }),
        Reason::NotRegistered
    );
}

#[test]
fn who_is_approved_again_bids_on_and_so_does_the_book() {
    let mut sale = Sale::room();
    sale.leaves(ANN, 300);
    sale.done(Command::Suspend {
        bidder: ANN,
        retract_bids: false,
    });
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
    sale.done(pass());
    sale.done(register(ANN, 1, Approval::Approved));
    assert_eq!(sale.stands(), None, "nobody bids on a closed lot");
    sale.done(reopen(ONE));
    assert_eq!(sale.stands(), Some((100, ANN)));
}

#[test]
fn a_maximum_can_be_given_up_until_it_is_bid() {
    let mut sale = Sale::room();
    let left = sale.leaves(ANN, 300);
    sale.leaves(BOB, 50);
    let leave = |bidder| Command::LeaveBook { lot_id: ONE, bidder };
    assert_eq!(sale.refused(leave(CYD)), Reason::UnknownBid);
    let mut given_up = sale.clone();
    given_up.done(leave(ANN));
    assert_eq!(given_up.refused(leave(ANN)), Reason::UnknownBid);
    given_up.done(Command::OpenLot(ONE));
    assert_eq!(given_up.stands(), None);
    assert_eq!(
        given_up.refused(place(left, ONE, ANN, max(300))),
        Reason::BidIdReused
    );

    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.refused(leave(ANN)), Reason::UnknownBid, "it was bid");
    sale.done(leave(BOB));
    sale.done(Command::SetStep(ONE, None));
    assert_eq!(sale.lot(ONE).book.len(), 1);
}

#[test]
fn the_clerk_takes_a_maximum_out_of_the_book_by_its_number() {
    let sealed = RuleSet {
        format: Format::Vickrey,
        closes_at_ms: Some(Timestamp(900)),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Room, &[rules(), sealed]);
    sale.leaves(ANN, 300);
    let take = |lot_id, paddle| Command::TakeFromBook {
        lot_id,
        paddle: Paddle(paddle),
    };
    assert_eq!(sale.refused(take(ONE, 999)), Reason::UnknownPaddle);
    assert_eq!(sale.refused(take(ONE, 2)), Reason::UnknownBid, "Bob's");
    assert_eq!(sale.refused(take(LotId(9), 1)), Reason::UnknownLot);
    // Of a sealed lot the answer would tell who is in its book.
    for paddle in [1, 2, 999] {
        assert_eq!(sale.refused(take(TWO, paddle)), Reason::WrongFormat);
    }
    sale.done(take(ONE, 1));
    assert_eq!(sale.refused(take(ONE, 1)), Reason::UnknownBid);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
}

#[test]
fn a_bid_id_that_is_the_houses_makes_no_newcomer() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let Command::EnterBid(mut bid) = sale.enter(None, Channel::Floor, amount(100)) else {
        unreachable!()
    };
    bid.bid_id = BidId(u128::MAX);
    assert_eq!(sale.refused(Command::EnterBid(bid)), Reason::BidIdReused, "I9");
}
