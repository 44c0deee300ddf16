//! The hammer holds a short window for bids that were sent before it could be heard.

use crate::support::{ANN, BOB, CYD, ONE, Sale, amount, buy, hammer, max, pass, place, reopen, rules};
use gavel_engine::{
    Reason,
    auction::{Command, Event, LateBid, PlaceBid, SaleKind},
    ids::BidderId,
    lot::{Channel, Offer, Outcome, Phase},
    money::Amount,
    rules::{RuleSet, SoftClose},
    time::Timestamp,
};

fn window() -> RuleSet {
    RuleSet {
        hammer_window_ms: 400,
        ..rules()
    }
}

/// Ann leads at 100, and the hammer was struck at 1000.
fn struck() -> Sale {
    let mut sale = Sale::of(SaleKind::Room, &[window(), rules()]);
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    sale.at(1000).done(hammer(None));
    sale
}

/// A bid over a connection on which the hammer could be heard so long after it was struck.
fn sent(sale: &mut Sale, bidder: BidderId, offer: Offer, sent_before_ms: Option<i64>) -> Command {
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, bidder, offer) else {
        unreachable!()
    };
    Command::PlaceBid(PlaceBid {
        sent_before_ms,
        ..bid
    })
}

#[test]
fn nothing_is_sold_before_the_window_is_over() {
    let mut sale = struck();
    assert_eq!(sale.lot(ONE).phase, Phase::Open);
    let strike = sale.lot(ONE).strike.unwrap();
    assert_eq!((strike.at, strike.falls_at), (Timestamp(1000), Timestamp(1400)));
    assert_eq!(sale.auction.next_due(), Some(Timestamp(1400)));
    sale.at(1399).done(Command::Tick);
    assert_eq!(sale.lot(ONE).outcome, None);
    sale.at(1650).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((100, ANN)));
    assert_eq!(
        sale.lot(ONE).closed_at,
        Some(Timestamp(1400)),
        "when it fell, not when it was noticed"
    );
    assert!(matches!(
        sale.events().last(),
        Some(Event::LotClosed { by_hammer: true, .. })
    ));
}

#[test]
fn a_bid_sent_before_the_hammer_could_be_heard_counts_and_lifts_it() {
    let mut sale = struck();
    let bid = sent(&mut sale, BOB, amount(110), Some(150));
    let events = sale.at(1149).done(bid);
    let Some(Event::HammerLifted {
        by: Some(LateBid {
            after_ms,
            sent_before_ms,
            ..
        }),
        ..
    }) = events.last()
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (*after_ms, *sent_before_ms),
        (149, 150),
        "the record says why it counted"
    );
    assert_eq!(sale.stands(), Some((110, BOB)));
    sale.at(5000).done(Command::Tick);
    assert_eq!(
        sale.lot(ONE).phase,
        Phase::Open,
        "nothing is sold at a price nobody called"
    );
    sale.done(hammer(None));
    sale.at(5400).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((110, BOB)));
}

#[test]
fn a_bid_sent_when_the_hammer_could_be_heard_does_not_count() {
    let mut sale = struck();
    for (at, sent_before_ms) in [
        (1150, Some(150)),
        (1000, None),
        (1001, Some(1)),
        (1200, Some(0)),
        (1001, Some(-5)),
    ] {
        let mut sale = sale.clone();
        let bid = sent(&mut sale, BOB, amount(110), sent_before_ms);
        assert_eq!(sale.at(at).refused(bid), Reason::AfterHammer);
    }
    // However slow the connection: once it has fallen, it has fallen.
    let late = sent(&mut sale, BOB, amount(110), Some(60_000));
    assert_eq!(sale.at(1400).refused(late), Reason::Closed);
}

#[test]
fn the_floor_and_the_clerk_hear_the_hammer_at_once() {
    let mut sale = struck();
    let bid = sale.enter(Some(2), Channel::Floor, amount(110));
    assert_eq!(sale.refused(bid), Reason::AfterHammer);
}

#[test]
fn a_late_bid_that_is_refused_for_another_reason_lifts_nothing() {
    let mut sale = struck();
    let low = sent(&mut sale, BOB, amount(105), Some(300));
    assert_eq!(sale.at(1100).refused(low), Reason::BelowMinimum);
    assert!(sale.lot(ONE).strike.is_some());
}

#[test]
fn a_late_losing_bid_and_a_late_raise_lift_it_too() {
    let mut sale = Sale::of(SaleKind::Room, &[window()]);
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, max(500));
    for (bidder, offer, price) in [(BOB, amount(200), 210), (ANN, max(600), 210)] {
        let now = sale.now.0 + 1000;
        sale.at(now).done(hammer(None));
        let bid = sent(&mut sale, bidder, offer, Some(100));
        sale.at(now + 50).done(bid);
        assert_eq!((sale.stands(), sale.lot(ONE).strike), (Some((price, ANN)), None));
    }
}

#[test]
fn a_pass_can_be_lifted_by_a_late_bid_too() {
    let mut sale = Sale::of(
        SaleKind::Room,
        &[RuleSet {
            buy_now_price_minor: Some(Amount(900)),
            ..window()
        }],
    );
    sale.done(Command::OpenLot(ONE));
    sale.done(pass());
    let mut bought = sale.clone();
    let bid = sent(&mut sale, BOB, amount(100), Some(100));
    sale.at(50).done(bid);
    assert_eq!(sale.stands(), Some((100, BOB)));
    let bid = sent(&mut bought, BOB, buy(900), Some(100));
    bought.at(50).done(bid);
    assert_eq!(bought.sold(ONE), Some((900, BOB)));
    let mut nobody = Sale::of(SaleKind::Room, &[window()]);
    nobody.done(Command::OpenLot(ONE));
    nobody.done(pass());
    nobody.at(400).done(Command::Tick);
    assert_eq!(nobody.lot(ONE).outcome, Some(Outcome::Unsold));
}

#[test]
fn the_auctioneer_can_lift_it_and_do_nothing_else() {
    let mut sale = struck();
    let bid = sale.lot(ONE).bids[0].bid.bid_id;
    for command in [
        hammer(None),
        pass(),
        Command::SetAsk(ONE, Amount(200)),
        Command::SetStep(ONE, None),
        Command::WarnFairly(ONE),
        Command::Pause(ONE),
        Command::Withdraw(ONE),
        Command::Retract(ONE, bid),
    ] {
        assert_eq!(sale.refused(command), Reason::HammerFalling);
    }
    sale.done(Command::LiftHammer(ONE));
    assert_eq!(sale.refused(Command::LiftHammer(ONE)), Reason::NotStruck);
    sale.bids(BOB, amount(110));
}

#[test]
fn the_price_that_the_auctioneer_saw_is_the_one_that_is_sold_at() {
    let mut sale = Sale::of(SaleKind::Room, &[window()]);
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    let seen = |price| {
        let Command::Hammer(hammer) = hammer(None) else {
            unreachable!()
        };
        Command::Hammer(gavel_engine::auction::Hammer {
            price_seen: Some(Amount(price)),
            ..hammer
        })
    };
    let refused = sale.rejected(seen(90));
    assert_eq!(refused.reason, Reason::PriceMoved);
    assert_eq!(
        (refused.minimum(), refused.maximum()),
        (Some(Amount(100)), Some(Amount(100)))
    );
    sale.done(seen(100));
}

#[test]
fn bids_of_the_book_wait_while_it_falls_and_count_when_it_is_lifted() {
    let mut sale = Sale::of(SaleKind::Room, &[window()]);
    sale.leaves(CYD, 300);
    sale.done(crate::support::register(
        CYD,
        3,
        gavel_engine::auction::Approval::Pending,
    ));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    sale.done(hammer(None));
    sale.done(crate::support::register(
        CYD,
        3,
        gavel_engine::auction::Approval::Approved,
    ));
    assert_eq!(sale.stands(), Some((100, ANN)));
    sale.done(Command::LiftHammer(ONE));
    assert_eq!(sale.stands(), Some((110, CYD)));
}

#[test]
fn a_suspension_that_takes_bids_back_lifts_the_hammer() {
    let mut sale = struck();
    sale.done(Command::Suspend {
        bidder: BOB,
        retract_bids: true,
    });
    assert!(sale.lot(ONE).strike.is_some(), "Bob has no bids here");
    sale.done(Command::Suspend {
        bidder: ANN,
        retract_bids: true,
    });
    assert_eq!((sale.lot(ONE).strike, sale.stands()), (None, None));
}

#[test]
fn a_hammer_near_the_close_falls_with_the_close() {
    let mut sale = Sale::of(
        SaleKind::Timed,
        &[RuleSet {
            closes_at_ms: Some(Timestamp(1000)),
            soft_close: Some(SoftClose {
                window_ms: 100,
                extend_ms: 100,
                max_extensions: None,
                group: None,
            }),
            ..window()
        }],
    );
    sale.done(Command::Start);
    sale.bids(ANN, amount(100));
    sale.at(900).done(hammer(None));
    assert_eq!(sale.lot(ONE).strike.unwrap().falls_at, Timestamp(1000));
    let bid = sent(&mut sale, BOB, amount(110), Some(350));
    assert_eq!(sale.clone().at(1000).refused(bid.clone()), Reason::Closed);
    sale.at(990).done(bid);
    assert_eq!(
        sale.lot(ONE).closes_at,
        Some(Timestamp(1090)),
        "a late bid like any other"
    );
}

#[test]
fn what_has_fallen_can_be_reopened_and_struck_again() {
    let mut sale = struck();
    sale.at(1400).done(reopen(ONE));
    assert_eq!(sale.lot(ONE).closed_at, None);
    sale.bids(BOB, amount(110));
    sale.done(hammer(None));
    sale.at(1800).done(Command::Tick);
    assert_eq!(sale.sold(ONE), Some((110, BOB)));
}
