//! Who wins when the hammer falls, and under which number.

use crate::support::{ANN, BOB, ONE, SELLER, Sale, amount, hammer, max, register, rules};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Hammer, SaleKind},
    ids::{BidderId, Paddle},
    lot::{Channel, Outcome},
    money::Amount,
    rules::RuleSet,
};

fn winner(sale: &Sale) -> Option<BidderId> {
    match sale.lot(ONE).outcome {
        Some(Outcome::Sold { winner, .. }) => Some(winner),
        _ => None,
    }
}

/// A room lot that an unnamed bidder leads at 100.
fn led_by_a_stranger() -> (Sale, BidderId) {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            seller: Some(SELLER),
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    let bid = sale.enter(None, Channel::Floor, amount(100));
    sale.done(bid);
    let (_, leader) = sale.stands().unwrap();
    (sale, leader)
}

#[test]
fn every_unnamed_bid_is_a_new_bidder() {
    let (mut sale, first) = led_by_a_stranger();
    assert_eq!(sale.auction.paddle(first), None);
    let bid = sale.enter(None, Channel::Floor, amount(110));
    sale.done(bid);
    assert_ne!(sale.stands().unwrap().1, first);
}

#[test]
fn an_unnamed_leader_wins_without_a_number_or_with_the_one_shown() {
    let (mut sale, leader) = led_by_a_stranger();
    let mut unnamed = sale.clone();
    unnamed.done(hammer(None));
    assert_eq!(winner(&unnamed), Some(leader));
    assert_eq!(unnamed.auction.paddle(leader), None);

    // A number that nobody has is issued, one that somebody has names the winner.
    let mut issued = sale.clone();
    issued.done(hammer(Some(77)));
    assert_eq!(winner(&issued), Some(leader));
    assert_eq!(issued.auction.holder(Paddle(77)), Some(leader));
    sale.done(hammer(Some(2)));
    assert_eq!(winner(&sale), Some(BOB));
}

#[test]
fn the_number_shown_must_be_one_that_may_win() {
    let (mut sale, _) = led_by_a_stranger();
    assert_eq!(sale.refused(hammer(Some(4))), Reason::SellerMayNotBid);
    sale.done(register(BOB, 2, Approval::Suspended));
    assert_eq!(sale.refused(hammer(Some(2))), Reason::Suspended);
    sale.done(register(BOB, 2, Approval::Pending));
    assert_eq!(sale.refused(hammer(Some(2))), Reason::PendingApproval);
    sale.bids(ANN, amount(110));
    assert_eq!(sale.refused(hammer(Some(2))), Reason::UnknownPaddle, "Ann leads");
    sale.done(hammer(Some(1)));
    assert_eq!(winner(&sale), Some(ANN));
}

#[test]
fn a_new_number_is_issued_with_the_first_bid_and_keeps_its_holder() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let bid = sale.enter(Some(41), Channel::Floor, amount(100));
    sale.done(bid);
    let holder = sale.auction.holder(Paddle(41)).unwrap();
    assert_eq!(sale.stands(), Some((100, holder)));
    let again = sale.enter(Some(41), Channel::Phone, amount(110));
    assert_eq!(sale.refused(again), Reason::AlreadyLeading);
    let raised = sale.enter(Some(41), Channel::Phone, max(200));
    sale.done(raised);
    assert_eq!(sale.stands(), Some((100, holder)));
}

#[test]
fn a_refused_bid_issues_no_number() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let low = sale.enter(Some(41), Channel::Floor, amount(99));
    assert_eq!(sale.refused(low), Reason::BelowMinimum);
    assert_eq!(sale.auction.holder(Paddle(41)), None);
}

#[test]
fn a_bid_id_that_is_somebodys_id_makes_no_newcomer() {
    let mut sale = Sale::room();
    sale.done(Command::OpenLot(ONE));
    let Command::EnterBid(mut bid) = sale.enter(Some(41), Channel::Floor, amount(100)) else {
        unreachable!()
    };
    bid.bid_id.0 = ANN.0;
    assert_eq!(sale.refused(Command::EnterBid(bid.clone())), Reason::BidIdReused);
    bid.paddle = None;
    assert_eq!(sale.refused(Command::EnterBid(bid)), Reason::BidIdReused);
}

#[test]
fn below_the_reserve_only_the_auctioneers_word_sells() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            reserve_price_minor: Some(Amount(500)),
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.refused(hammer(None)), Reason::NoBids);
    sale.bids(ANN, max(900));
    assert_eq!(sale.refused(hammer(None)), Reason::ReserveNotMet);
    sale.done(Command::Hammer(Hammer {
        lot_id: ONE,
        sold: true,
        override_reserve: true,
        paddle: None,
        price_seen: None,
    }));
    let price = Amount(100);
    assert_eq!(sale.lot(ONE).outcome, Some(Outcome::Sold { winner: ANN, price }));
}
