//! What a bidder may be bound to: the limit of the sale, and the credit over all sales.

use crate::support::{ANN, BOB, CYD, ONE, SELLER, Sale, TWO, amount, hammer, max, pass, reopen, rules};
use gavel_engine::{
    Reason, WouldTake,
    auction::{Approval, Command, Register, SaleKind},
    ids::{BidderId, Paddle, SaleId},
    lot::Channel,
    money::{Amount, Currency},
    rules::{Format, RuleSet},
    time::Timestamp,
};

const ELSEWHERE: SaleId = SaleId(2);

fn timed(lots: usize) -> Sale {
    let mut sale = Sale::of(SaleKind::Timed, &vec![rules(); lots]);
    sale.done(Command::Start);
    sale
}

fn register(bidder: BidderId, paddle: u32, limit: i64) -> Command {
    Command::Register(Register {
        bidder,
        paddle: Paddle(paddle),
        standing: Approval::Approved,
        limit: Some(Amount(limit)),
    })
}

#[test]
fn the_sum_of_leading_maxima_is_bounded_and_the_refusal_says_what_is_left() {
    let mut sale = timed(2);
    sale.limit(ANN, Some(500));
    sale.bids_on(ONE, ANN, max(300));
    assert_eq!(sale.bound(ANN), 300, "the maximum, not the price");
    for offer in [max(201), amount(201)] {
        let refused = sale.bid_refused(TWO, ANN, offer);
        assert_eq!(refused.reason, Reason::OverLimit);
        assert_eq!(refused.would_take, Some(WouldTake::AtMost(Amount(200))));
    }
    sale.bids_on(TWO, ANN, max(200));
    assert_eq!(sale.bound(ANN), 500);
}

#[test]
fn to_raise_the_own_maximum_needs_only_the_difference() {
    let mut sale = timed(1);
    sale.limit(ANN, Some(500));
    sale.bids(ANN, max(400));
    let refused = sale.bid_refused(ONE, ANN, max(501));
    assert_eq!(refused.reason, Reason::OverLimit);
    assert_eq!(refused.maximum(), Some(Amount(500)));
    sale.bids(ANN, max(500));
}

#[test]
fn who_is_outbid_is_released_at_once() {
    let mut sale = timed(2);
    sale.limit(ANN, Some(500));
    sale.bids_on(ONE, ANN, max(500));
    sale.bids_on(ONE, BOB, max(600));
    assert_eq!((sale.bound(ANN), sale.bound(BOB)), (0, 600));
    sale.bids_on(TWO, ANN, max(500));
}

#[test]
fn a_sold_lot_holds_the_price_and_an_unsold_one_nothing() {
    let mut sale = timed(2);
    sale.bids_on(ONE, ANN, max(500));
    sale.done(hammer(None));
    assert_eq!(sale.bound(ANN), 100, "the hammer price");
    sale.bids_on(TWO, BOB, max(500));
    sale.done(crate::support::pass_on(TWO));
    assert_eq!(sale.bound(BOB), 0);
}

#[test]
fn a_losing_bid_beyond_the_limit_is_refused_too() {
    let mut sale = timed(1);
    sale.bids(ANN, max(1000));
    sale.limit(BOB, Some(200));
    assert_eq!(sale.bid_refused(ONE, BOB, amount(210)).reason, Reason::OverLimit);
    assert_eq!(
        sale.bid_refused(ONE, BOB, amount(50)).reason,
        Reason::BelowMinimum,
        "the lot's own refusals come first"
    );
}

#[test]
fn credit_over_all_sales_counts_what_is_held_elsewhere() {
    let mut sale = timed(1);
    let usd = Currency::USD;
    sale.ledger.set_limit(ANN, usd, Some(Amount(1000)));
    sale.ledger.hold(ELSEWHERE, usd, ANN, Amount(700));
    let refused = sale.bid_refused(ONE, ANN, max(301));
    assert_eq!(refused.would_take, Some(WouldTake::AtMost(Amount(300))));
    sale.ledger
        .hold(ELSEWHERE, "EUR".parse().unwrap(), BOB, Amount(9000));
    sale.ledger
        .set_limit(BOB, "EUR".parse().unwrap(), Some(Amount(1)));
    sale.bids(BOB, max(200));
    sale.ledger.release(ELSEWHERE);
    assert_eq!(sale.ledger.left(ANN, usd), Some(Amount(1000)));
    sale.bids(ANN, max(1000));
    assert_eq!(sale.ledger.left(ANN, usd), Some(Amount(0)));
}

#[test]
fn of_two_limits_the_narrower_one_counts() {
    for (of_sale, of_all, left) in [(300, 500, 300), (500, 300, 300)] {
        let mut sale = timed(1);
        sale.limit(ANN, Some(of_sale));
        sale.ledger.set_limit(ANN, Currency::USD, Some(Amount(of_all)));
        assert_eq!(sale.bid_refused(ONE, ANN, max(301)).maximum(), Some(Amount(left)));
    }
}

#[test]
fn a_limit_lowered_below_the_holds_leaves_them_and_what_binds_to_no_more() {
    let sealed = RuleSet {
        format: Format::SealedFirstPrice,
        revisions: true,
        closes_at_ms: Some(Timestamp(1000)),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Timed, &[rules(), sealed]);
    sale.done(Command::Start);
    sale.bids_on(ONE, ANN, max(500));
    sale.bids_on(TWO, ANN, amount(300));
    sale.limit(ANN, Some(400));
    assert_eq!(sale.bound(ANN), 800);
    assert_eq!(sale.bid_refused(ONE, ANN, max(501)).maximum(), Some(Amount(500)));
    assert_eq!(
        sale.bid_refused(TWO, ANN, amount(301)).maximum(),
        Some(Amount(300))
    );
    sale.bids_on(TWO, ANN, amount(200));
    assert_eq!(
        sale.bound(ANN),
        700,
        "a lower sealed bid is less, though still too much"
    );
    // The lot that she leads can be sold, and reopened at the price that is held.
    sale.done(hammer(None));
    assert_eq!(sale.bound(ANN), 300);
    sale.limit(ANN, Some(0));
    assert_eq!(
        sale.rejected(reopen(ONE)).maximum(),
        Some(Amount(100)),
        "her maximum is 500"
    );
}

#[test]
fn pieces_count_each() {
    let mut sale = Sale::of(
        SaleKind::Timed,
        &[RuleSet {
            quantity: 3,
            ..rules()
        }],
    );
    sale.done(Command::Start);
    sale.limit(ANN, Some(1000));
    let refused = sale.bid_refused(ONE, ANN, max(334));
    assert_eq!(refused.maximum(), Some(Amount(333)), "for one piece");
    sale.bids(ANN, max(333));
    assert_eq!(sale.bound(ANN), 999);
}

#[test]
fn what_the_book_cannot_cover_waits_for_a_higher_limit() {
    let mut sale = Sale::room();
    sale.limit(ANN, Some(200));
    sale.leaves(ANN, 300);
    sale.done(Command::OpenLot(ONE));
    assert_eq!(sale.stands(), None);
    sale.limit(ANN, Some(300));
    assert_eq!(sale.stands(), Some((100, ANN)));
}

#[test]
fn a_leader_outbid_by_the_book_is_bid_for_from_the_book_with_what_that_releases() {
    let mut sale = Sale::room();
    sale.leaves(BOB, 200);
    sale.leaves(ANN, 300);
    sale.limit(ANN, Some(300));
    for (bidder, paddle) in [(ANN, 1), (BOB, 2)] {
        sale.done(crate::support::register(bidder, paddle, Approval::Pending));
    }
    sale.done(Command::OpenLot(ONE));
    sale.done(register(ANN, 1, 100));
    sale.bids(ANN, amount(100));
    sale.done(register(ANN, 1, 300));
    assert_eq!(sale.bound(ANN), 300, "her own maximum");
    sale.done(crate::support::register(BOB, 2, Approval::Approved));
    assert_eq!(sale.stands(), Some((210, ANN)));
}

#[test]
fn who_leads_again_by_a_retraction_and_is_not_good_for_it_is_taken_back_too() {
    let mut sale = timed(2);
    sale.limit(ANN, Some(500));
    sale.bids_on(ONE, CYD, max(200));
    sale.bids_on(ONE, ANN, max(500));
    let highest = sale.bids_on(ONE, BOB, max(900));
    sale.bids_on(TWO, ANN, max(100));
    sale.done(Command::Retract(ONE, highest));
    assert_eq!(sale.stands(), Some((100, CYD)), "Ann's 500 lapses");
    assert_eq!(sale.bound(ANN), 100);
}

#[test]
fn leads_on_several_lots_by_one_suspension_are_covered_together() {
    let mut sale = timed(2);
    sale.limit(ANN, Some(500));
    for lot in [ONE, TWO] {
        sale.bids_on(lot, ANN, max(300));
        sale.bids_on(lot, BOB, max(400));
    }
    sale.done(Command::Suspend {
        bidder: BOB,
        retract_bids: true,
    });
    assert_eq!(sale.stands_on(ONE), Some((100, ANN)));
    assert_eq!(sale.stands_on(TWO), None, "I3: 300 more are not covered");
    assert_eq!(sale.bound(ANN), 300);
}

#[test]
fn the_number_shown_at_the_hammer_must_be_good_for_the_price() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            hammer_window_ms: 400,
            ..rules()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    let bid = sale.enter(None, Channel::Floor, amount(300));
    sale.done(bid);
    sale.limit(BOB, Some(299));
    assert_eq!(
        sale.rejected(hammer(Some(2))).would_take,
        Some(WouldTake::AtMost(Amount(299)))
    );
    sale.limit(BOB, Some(300));
    sale.done(hammer(Some(2)));
    assert_eq!(sale.bound(BOB), 300, "held while the hammer falls");
    sale.done(Command::LiftHammer(ONE));
    assert_eq!(sale.bound(BOB), 0);
    sale.done(hammer(Some(2)));
    sale.at(400).done(Command::Tick);
    assert_eq!((sale.sold(ONE), sale.bound(BOB)), (Some((300, BOB)), 300));
}

#[test]
fn a_lot_is_reopened_only_when_its_leader_is_good_for_the_maximum() {
    let mut sale = timed(2);
    sale.limit(ANN, Some(500));
    sale.bids_on(ONE, ANN, max(500));
    sale.done(pass());
    sale.bids_on(TWO, ANN, max(100));
    assert_eq!(
        sale.rejected(reopen(ONE)).would_take,
        Some(WouldTake::AtMost(Amount(400)))
    );
    sale.bids_on(TWO, BOB, max(200));
    sale.done(reopen(ONE));
    assert_eq!(sale.bound(ANN), 500);
}

#[test]
fn more_than_anybody_pays_is_out_of_range_for_all_pieces_together() {
    let mut sale = Sale::of(
        SaleKind::Timed,
        &[RuleSet {
            quantity: 1000,
            ..rules()
        }],
    );
    sale.done(Command::Start);
    let most = Amount::MAX.0 / 1000;
    assert_eq!(
        sale.bid_refused(ONE, ANN, max(most + 1)).reason,
        Reason::AmountOutOfRange
    );
    sale.bids(ANN, max(most));
    assert_eq!(sale.bound(ANN), Amount::MAX.0);
}

#[test]
fn limits_make_sense_or_are_refused() {
    let mut sale = Sale::room();
    for limit in [-1, Amount::MAX.0 + 1, i64::MIN, i64::MAX] {
        assert_eq!(sale.refused(register(ANN, 1, limit)), Reason::AmountOutOfRange);
    }
    assert_eq!(
        sale.refused(register(BidderId::HOUSE, 9, 5)),
        Reason::HouseMayNotBid
    );
    assert_eq!(sale.refused(register(ANN, 2, 5)), Reason::UnknownPaddle);
    assert_eq!(sale.done(register(SELLER, 4, 0)).len(), 1);
    assert_eq!(sale.done(register(SELLER, 4, 0)).len(), 0, "nothing new");
}
