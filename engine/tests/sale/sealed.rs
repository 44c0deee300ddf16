//! Hidden bids: first price and Vickrey.

use crate::support::{ANN, BOB, CYD, ONE, SELLER, Sale, amount, max, place, reopen, rules};
use gavel_engine::{
    Reason,
    auction::{Answer, Command, Event, SaleKind, Verdict},
    lot::{Lot, Outcome},
    money::Amount,
    rules::{Format, RuleSet},
    time::Timestamp,
};

fn sealed(format: Format) -> RuleSet {
    RuleSet {
        format,
        closes_at_ms: Some(Timestamp(1000)),
        seller: Some(SELLER),
        ..rules()
    }
}

fn open(rules: RuleSet) -> Sale {
    let mut sale = Sale::of(SaleKind::Timed, &[rules]);
    sale.done(Command::Start);
    sale
}

/// Everything of a lot that could tell what was bid, except the bids themselves, which whoever
/// shows a lot leaves out while [`Lot::hides_bids`].
fn shown(lot: &Lot) -> (Option<Amount>, bool, Amount, Option<bool>) {
    (
        lot.price(),
        lot.leader().is_some(),
        lot.minimum(Timestamp(0)),
        lot.reserve_met(),
    )
}

#[test]
fn nothing_is_to_be_seen_before_the_close() {
    let mut sale = open(RuleSet {
        reserve_price_minor: Some(Amount(200)),
        ..sealed(Format::Vickrey)
    });
    let before = shown(sale.lot(ONE));
    for (bidder, offer) in [(ANN, amount(500)), (BOB, max(700)), (CYD, amount(100))] {
        let bid_id = sale.bid_id();
        let events = sale.done(place(bid_id, ONE, bidder, offer));
        assert!(
            matches!(events[..], [Event::BidAccepted { standing: None, .. }]),
            "I8: {events:?}"
        );
        let Some(Answer { verdict, .. }) = sale.auction.answer(bid_id) else {
            panic!("no answer");
        };
        assert_eq!(*verdict, Verdict::Sealed);
        assert_eq!(shown(sale.lot(ONE)), before, "I8");
        assert!(sale.lot(ONE).hides_bids(), "I8");
    }
    sale.at(1000).done(Command::Tick);
    assert!(!sale.lot(ONE).hides_bids());
    assert_eq!(sale.sold(ONE), Some((500, BOB)), "the second highest bid");
}

#[test]
fn the_highest_pays_itself_or_the_second_and_never_less_than_the_reserve() {
    let outcome = |format, reserve: Option<i64>, bids: &[i64]| {
        let mut sale = open(RuleSet {
            reserve_price_minor: reserve.map(Amount),
            ..sealed(format)
        });
        for (bidder, bid) in [ANN, BOB, CYD].into_iter().zip(bids) {
            sale.bids(bidder, amount(*bid));
        }
        sale.at(1000).done(Command::Tick);
        sale.sold(ONE)
    };
    use Format::{SealedFirstPrice as First, Vickrey};
    for (format, reserve, bids, sold) in [
        (First, None, &[300, 500, 400][..], Some((500, BOB))),
        (First, None, &[500, 500][..], Some((500, ANN))),
        (First, Some(501), &[300, 500][..], None),
        (First, None, &[][..], None),
        (Vickrey, None, &[300, 500, 400][..], Some((400, BOB))),
        (Vickrey, None, &[300, 500, 500][..], Some((500, BOB))),
        (Vickrey, None, &[300][..], Some((100, ANN))),
        (Vickrey, Some(250), &[300, 200][..], Some((250, ANN))),
        (Vickrey, Some(250), &[300, 280][..], Some((280, ANN))),
        (Vickrey, Some(301), &[300][..], None),
    ] {
        assert_eq!(
            outcome(format, reserve, bids),
            sold,
            "{format:?} {reserve:?} {bids:?}"
        );
    }
}

#[test]
fn a_second_bid_replaces_the_first_only_where_the_rules_say_so() {
    let mut once = open(sealed(Format::SealedFirstPrice));
    once.bids(ANN, amount(300));
    assert_eq!(once.bid_refused(ONE, ANN, amount(400)).reason, Reason::AlreadyBid);
    assert_eq!(
        once.bid_refused(ONE, ANN, amount(99)).reason,
        Reason::BelowMinimum,
        "which comes first"
    );

    let mut sale = open(RuleSet {
        revisions: true,
        ..sealed(Format::SealedFirstPrice)
    });
    let first = sale.bids(ANN, amount(300));
    sale.bids(BOB, amount(250));
    let second = sale.bids(ANN, amount(250));
    assert_eq!(sale.bound(ANN), 250, "the replaced bid binds nobody");
    assert_eq!(
        sale.refused(Command::Retract(ONE, first)),
        Reason::UnknownBid,
        "a replaced bid is gone"
    );
    let mut taken_back = sale.clone();
    taken_back.done(Command::Retract(ONE, second));
    assert_eq!(taken_back.bound(ANN), 0, "and does not come back");
    sale.at(1000).done(Command::Tick);
    assert_eq!(
        sale.sold(ONE),
        Some((250, BOB)),
        "a new bid has its own, later place in time"
    );
}

#[test]
fn who_was_taken_back_may_bid_again() {
    let mut sale = open(sealed(Format::SealedFirstPrice));
    let bid = sale.bids(ANN, amount(300));
    sale.done(Command::Retract(ONE, bid));
    sale.bids(ANN, amount(200));
    sale.at(1000).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((200, ANN)));
    assert_eq!(sale.refused(Command::Retract(ONE, bid)), Reason::UnknownBid);
}

#[test]
fn every_sealed_bid_is_held_until_the_bids_are_opened() {
    let mut sale = open(sealed(Format::Vickrey));
    for (bidder, bid) in [(ANN, 300), (BOB, 500), (CYD, 400)] {
        sale.bids(bidder, amount(bid));
        assert_eq!(sale.bound(bidder), bid, "or the holds would tell who leads");
    }
    sale.at(1000).done(Command::Tick);
    assert_eq!([ANN, BOB, CYD].map(|bidder| sale.bound(bidder)), [0, 400, 0]);
}

#[test]
fn sealed_lots_know_no_auctioneer() {
    let mut sale = open(sealed(Format::SealedFirstPrice));
    sale.knows_no_outcry(ONE);
    assert_eq!(
        sale.bid_refused(ONE, SELLER, amount(500)).reason,
        Reason::SellerMayNotBid
    );
    sale.at(1000);
    assert_eq!(sale.refused(reopen(ONE)), Reason::WrongFormat);
}

#[test]
fn the_book_is_bid_sealed() {
    let mut sale = Sale::of(SaleKind::Timed, &[sealed(Format::SealedFirstPrice)]);
    sale.leaves(ANN, 300);
    sale.leaves(BOB, 90);
    sale.done(Command::Start);
    assert_eq!(sale.lot(ONE).standing, None, "I8");
    assert_eq!(sale.bound(ANN), 300);
    assert_eq!(sale.bid_refused(ONE, ANN, amount(400)).reason, Reason::AlreadyBid);
    sale.at(1000).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((300, ANN)));
}

#[test]
fn a_withdrawn_sealed_lot_releases_everybody() {
    let mut sale = open(sealed(Format::SealedFirstPrice));
    sale.bids(ANN, amount(300));
    sale.done(Command::Withdraw(ONE));
    assert_eq!(sale.lot(ONE).outcome, Some(Outcome::Withdrawn));
    assert_eq!(sale.bound(ANN), 0);
}
