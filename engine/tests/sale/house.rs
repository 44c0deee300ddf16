//! The auctioneer bids for the seller: below the reserve, where the rules say so, and never to win.

use crate::support::{ANN, BOB, ONE, Sale, amount, buy, hammer, max, place, rules};
use gavel_engine::{
    Reason, WouldTake,
    auction::{Command, Event, Hammer, PlaceBid, SaleKind},
    ids::BidderId,
    lot::{Channel, Offer, Outcome},
    money::Amount,
    rules::{Format, ReserveRule, RuleSet},
    time::Timestamp,
};

fn reserved() -> RuleSet {
    RuleSet {
        reserve_price_minor: Some(Amount(500)),
        house_bids: true,
        closes_at_ms: Some(Timestamp(1000)),
        ..rules()
    }
}

fn open(rules: RuleSet) -> Sale {
    let mut sale = Sale::of(SaleKind::Room, &[rules]);
    sale.done(Command::OpenLot(ONE));
    sale
}

fn house(sale: &mut Sale, offer: Offer) -> Command {
    sale.enter(None, Channel::House, offer)
}

#[test]
fn it_bids_below_the_reserve_and_the_record_says_so() {
    let mut sale = open(reserved());
    let bid = house(&mut sale, amount(490));
    let events = sale.done(bid);
    let Some(Event::BidAccepted { bid, .. }) = events.first() else {
        panic!("{events:?}");
    };
    assert_eq!((bid.bidder, bid.channel), (BidderId::HOUSE, Channel::House));
    assert_eq!(sale.stands(), Some((490, BidderId::HOUSE)));
    assert_eq!(
        sale.refused(house(&mut sale.clone(), amount(495))),
        Reason::AlreadyLeading
    );
    sale.bids(ANN, amount(500));
    assert_eq!(sale.stands(), Some((500, ANN)));
}

#[test]
fn at_the_reserve_its_bidding_ends() {
    let mut sale = open(reserved());
    for offer in [amount(500), amount(501), max(400), buy(400)] {
        let bid = house(&mut sale, offer);
        let refused = sale.rejected(bid);
        assert_eq!(
            (refused.reason, refused.would_take),
            (Reason::NotBelowReserve, Some(WouldTake::AtMost(Amount(499)))),
            "{offer:?}"
        );
    }
}

#[test]
fn it_never_wins() {
    let over = Command::Hammer(Hammer {
        lot_id: ONE,
        sold: true,
        override_reserve: true,
        paddle: None,
        price_seen: None,
    });
    let mut sale = open(reserved());
    let bid = house(&mut sale, amount(200));
    sale.done(bid);
    assert_eq!(sale.refused(hammer(None)), Reason::ReserveNotMet);
    assert_eq!(sale.refused(over.clone()), Reason::HouseLeads, "I9");
    sale.at(1000).done(Command::Tick);
    assert_eq!(sale.lot(ONE).outcome, Some(Outcome::Unsold), "I9");

    // Nor by a fixed price.
    let mut sale = open(RuleSet {
        buy_now_price_minor: Some(Amount(900)),
        ..reserved()
    });
    let bid = house(&mut sale, buy(900));
    assert_eq!(sale.refused(bid), Reason::NotBelowReserve, "I9");
    // Nor when the bid that beat it is taken back.
    let bid = house(&mut sale, amount(200));
    sale.done(bid);
    let rival = sale.bids(ANN, amount(600));
    sale.done(Command::Retract(ONE, rival));
    assert_eq!(sale.stands(), Some((200, BidderId::HOUSE)));
    assert_eq!(sale.refused(over), Reason::HouseLeads, "I9");
}

#[test]
fn it_runs_bidders_up_like_a_rival_but_not_past_their_maximum() {
    let mut sale = open(RuleSet {
        reserve_rule: ReserveRule::Jump,
        ..reserved()
    });
    sale.bids(BOB, max(480));
    let bid = house(&mut sale, amount(300));
    sale.done(bid);
    assert_eq!(sale.stands(), Some((310, BOB)));
    assert_eq!(sale.bound(BOB), 480);
}

#[test]
fn without_the_rule_nobody_bids_for_the_seller() {
    for rules in [
        rules(),
        RuleSet {
            house_bids: false,
            ..reserved()
        },
    ] {
        let mut sale = open(rules);
        for offer in [amount(110), max(110), buy(110)] {
            let bid = house(&mut sale, offer);
            assert_eq!(sale.refused(bid), Reason::HouseMayNotBid);
        }
    }
    let mut sealed = open(RuleSet {
        format: Format::Vickrey,
        closes_at_ms: Some(Timestamp(1000)),
        ..rules()
    });
    let bid = house(&mut sealed, amount(110));
    assert_eq!(sealed.refused(bid), Reason::WrongFormat);
}

#[test]
fn nobody_else_bids_as_the_house() {
    let mut sale = open(reserved());
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, ANN, amount(200)) else {
        unreachable!()
    };
    let as_house = Command::PlaceBid(PlaceBid {
        channel: Channel::House,
        ..bid
    });
    assert_eq!(sale.refused(as_house), Reason::HouseMayNotBid);
    let bid_id = sale.bid_id();
    let by_id = place(bid_id, ONE, BidderId::HOUSE, amount(200));
    assert_eq!(sale.refused(by_id), Reason::NotRegistered);
}
