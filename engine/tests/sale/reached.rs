//! Every reason to refuse and every event is brought about by some command.

use crate::support::{
    ANN, BOB, CYD, ONE, SELLER, Sale, THREE, TWO, amount, buy, group, hammer, max, pass, pass_on, place,
    register, reoffer, reopen, rules, sell, setup,
};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Event, Hammer, PlaceBid, SaleKind, Verdict},
    ids::{BidId, BidderId, LotId},
    lot::{Channel, Together},
    money::{Amount, Currency},
    rules::{Format, OffIncrement, RuleSet, Runs, RunsFrom, SoftClose},
    time::Timestamp,
};
use std::collections::BTreeSet;

const FOUR: LotId = LotId(4);

/// What was reached on the way.
#[derive(Default)]
struct Reached {
    reasons: BTreeSet<Reason>,
    events: Vec<Event>,
}

impl Reached {
    fn refused(&mut self, sale: &mut Sale, command: Command) {
        self.reasons.insert(sale.refused(command));
    }

    fn bid_refused(&mut self, sale: &mut Sale, bidder: BidderId, offer: gavel_engine::lot::Offer) {
        let bid_id = sale.bid_id();
        self.refused(sale, place(bid_id, ONE, bidder, offer));
    }

    fn keep(&mut self, sale: &Sale) {
        self.events.extend(sale.events().cloned());
    }
}

fn everything() -> Reached {
    let mut reached = Reached::default();
    a_room_sale(&mut reached);
    the_hammer(&mut reached);
    flows(&mut reached);
    sealed(&mut reached);
    reached
}

/// What came before, during and after the bidding on a strict lot.
fn a_room_sale(reached: &mut Reached) {
    let strict = RuleSet {
        reserve_price_minor: Some(Amount(10_000)),
        off_increment: OffIncrement::Reject,
        closes_at_ms: Some(Timestamp(1000)),
        soft_close: Some(SoftClose {
            window_ms: 500,
            extend_ms: 600,
            max_extensions: Some(1),
            group: None,
        }),
        seller: Some(SELLER),
        ..rules()
    };
    reached.refused(&mut Sale::default(), Command::Start);
    let mut sale = Sale::of(SaleKind::Room, &[strict, rules()]);
    reached.refused(&mut sale, Command::Create(Box::new(setup(SaleKind::Room, &[]))));
    let mut doubled = setup(SaleKind::Room, &[rules(), rules()]);
    doubled.lots[1].lot_id = ONE;
    reached.refused(&mut Sale::default(), Command::Create(Box::new(doubled)));

    sale.leaves(ANN, 150);
    reached.refused(&mut sale, hammer(None));
    reached.refused(&mut sale, Command::OpenLot(LotId(99)));
    sale.done(Command::Start);
    reached.refused(&mut sale, Command::Start);
    sale.done(Command::Say("Welcome".to_owned()));
    reached.refused(&mut sale, Command::Say("x".repeat(281)));

    sale.done(Command::OpenLot(ONE));
    for command in [
        Command::OpenLot(ONE),
        Command::OpenLot(TWO),
        Command::Resume(ONE),
        Command::Retract(ONE, BidId(9)),
        reopen(ONE),
        hammer(None),
        hammer(Some(99)),
    ] {
        reached.refused(&mut sale, command);
    }
    for (bidder, offer) in [
        (ANN, amount(200)),
        (ANN, max(150)),
        (BOB, amount(5)),
        (BOB, amount(105)),
        (BOB, amount(121)),
        (BOB, amount(0)),
        (BOB, buy(500)),
        (SELLER, amount(200)),
        (BidderId(99), amount(200)),
    ] {
        reached.bid_refused(&mut sale, bidder, offer);
    }
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, BOB, amount(200)) else {
        unreachable!()
    };
    let currency: Currency = "EUR".parse().unwrap();
    reached.refused(&mut sale, Command::PlaceBid(PlaceBid { currency, ..bid }));
    for standing in [Approval::Pending, Approval::Suspended] {
        sale.done(register(BOB, 2, standing));
        reached.bid_refused(&mut sale, BOB, amount(200));
    }
    sale.done(register(BOB, 2, Approval::Approved));
    sale.limit(CYD, Some(150));
    reached.bid_refused(&mut sale, CYD, amount(200));
    sale.done(Command::WarnFairly(ONE));
    sale.done(Command::SetAsk(ONE, Amount(120)));
    sale.done(Command::SetStep(ONE, Some(Amount(20))));
    let late = sale.at(700).bids(BOB, amount(200));
    reached.refused(&mut sale, place(late, ONE, BOB, amount(200)));
    let no_fit = sale.enter(None, Channel::Absentee, max(300));
    reached.refused(&mut sale, no_fit);
    reached.refused(&mut sale, hammer(Some(2)));
    sale.done(Command::VoidBid {
        bidder: BOB,
        bid_id: BidId(77),
    });
    let Some(Verdict::Refused(void)) = sale.auction.answer(BidId(77)).map(|answer| answer.verdict) else {
        panic!("not void");
    };
    reached.reasons.insert(void.reason);
    // Whoever drives the state records the refusal of a bid; no command does.
    let bid_id = sale.bid_id();
    let rejection = sale.rejected(place(bid_id, ONE, ANN, amount(1)));
    sale.apply(vec![Event::BidRefused {
        lot_id: ONE,
        bid_id,
        bidder: ANN,
        offer: amount(1),
        rejection,
    }]);
    sale.done(Command::Pause(ONE));
    reached.bid_refused(&mut sale, ANN, amount(300));
    sale.done(Command::Resume(ONE));
    sale.done(Command::Retract(ONE, late));

    sale.at(1300).done(Command::Tick);
    reached.bid_refused(&mut sale, ANN, amount(300));
    sale.done(reopen(ONE));
    sale.done(pass());
    sale.done(Command::OpenNextLot);
    reached.refused(&mut sale, sell(TWO, None));
    sale.bids_on(TWO, ANN, amount(300));
    sale.done(sell(TWO, None));
    reached.refused(&mut sale, Command::OpenNextLot);
    sale.done(Command::End);
    reached.refused(&mut sale, Command::End);
    reached.keep(&sale);
}

/// A hammer with a window, the house, and a price that has moved.
fn the_hammer(reached: &mut Reached) {
    let lot = RuleSet {
        hammer_window_ms: 400,
        reserve_price_minor: Some(Amount(300)),
        house_bids: true,
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Room, &[lot, rules()]);
    sale.done(Command::OpenLot(ONE));
    reached.refused(&mut sale, Command::LiftHammer(ONE));
    let at_the_reserve = sale.enter(None, Channel::House, amount(300));
    reached.refused(&mut sale, at_the_reserve);
    let below = sale.enter(None, Channel::House, amount(200));
    sale.done(below);
    let over = Hammer {
        lot_id: ONE,
        sold: true,
        override_reserve: true,
        paddle: None,
        price_seen: None,
    };
    reached.refused(&mut sale, Command::Hammer(over.clone()));
    sale.bids(ANN, amount(310));
    let moved = Hammer {
        price_seen: Some(Amount(300)),
        ..over
    };
    reached.refused(&mut sale, Command::Hammer(moved));
    sale.done(hammer(None));
    reached.refused(&mut sale, hammer(None));
    reached.bid_refused(&mut sale, BOB, amount(320));
    sale.done(Command::LiftHammer(ONE));
    sale.done(hammer(None));
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, BOB, amount(320)) else {
        unreachable!()
    };
    sale.at(100).done(Command::PlaceBid(PlaceBid {
        sent_before_ms: Some(150),
        ..bid
    }));
    sale.done(Command::Suspend {
        bidder: BOB,
        retract_bids: true,
    });
    sale.done(hammer(None));
    sale.at(500).done(Command::OpenLot(TWO));
    let as_house = sale.enter(None, Channel::House, amount(300));
    let Command::EnterBid(bid) = as_house else {
        unreachable!()
    };
    let on_two = gavel_engine::auction::EnterBid { lot_id: TWO, ..bid };
    reached.refused(&mut sale, Command::EnterBid(on_two));
    reached.keep(&sale);
}

/// Skipped, offered again, grouped, split and chosen.
fn flows(reached: &mut Reached) {
    let runs = RuleSet {
        runs: Some(Runs {
            from: RunsFrom::Opening,
            duration_ms: 500,
        }),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Room, &[rules(), rules(), rules(), runs]);
    sale.leaves(BOB, 100);
    sale.done(Command::LeaveBook {
        lot_id: ONE,
        bidder: BOB,
    });
    sale.done(Command::Skip(ONE));
    sale.done(Command::Withdraw(ONE));
    sale.done(reoffer(ONE));
    reached.refused(&mut sale, Command::Split(ONE));
    sale.done(group(Together::Combined, &[ONE, TWO]));
    reached.refused(&mut sale, Command::OpenLot(TWO));
    sale.done(Command::Split(ONE));
    sale.done(group(Together::Choice, &[ONE, TWO]));
    sale.done(Command::OpenLot(ONE));
    sale.bids(ANN, amount(100));
    sale.done(hammer(None));
    reached.refused(&mut sale, reoffer(ONE));
    reached.refused(&mut sale, Command::OpenLot(THREE));
    let choose = |taken: LotId| Command::Choose {
        lot_id: ONE,
        taken: vec![taken],
    };
    reached.refused(&mut sale, choose(THREE));
    sale.done(choose(TWO));
    sale.done(Command::OpenLot(FOUR));
    sale.done(pass_on(FOUR));
    reached.keep(&sale);
}

fn sealed(reached: &mut Reached) {
    let lot = RuleSet {
        format: Format::SealedFirstPrice,
        closes_at_ms: Some(Timestamp(1000)),
        ..rules()
    };
    let mut sale = Sale::of(SaleKind::Timed, &[lot]);
    sale.done(Command::Start);
    sale.bids(ANN, amount(300));
    reached.bid_refused(&mut sale, ANN, amount(400));
    reached.refused(&mut sale, Command::WarnFairly(ONE));
    reached.keep(&sale);
}

#[test]
fn every_reason_is_reached() {
    let reached = everything().reasons;
    for reason in Reason::ALL {
        assert!(reached.contains(reason), "{} is never given", reason.code());
    }
}

/// Number and name of an event; a new event has to be added here, and then reached above.
fn name(event: &Event) -> (usize, &'static str) {
    match event {
        Event::Created(_) => (0, "created"),
        Event::Started => (1, "started"),
        Event::Ended => (2, "ended"),
        Event::Registered { .. } => (3, "registered"),
        Event::LotOpened(_) => (4, "lot opened"),
        Event::BidAccepted {
            standing: Some(_), ..
        } => (5, "bid accepted"),
        Event::BidAccepted { standing: None, .. } => (6, "sealed bid accepted"),
        Event::BidRefused { .. } => (7, "bid refused"),
        Event::BidVoided { .. } => (8, "bid voided"),
        Event::AbsenteeLeft { .. } => (9, "absentee left"),
        Event::CloseExtended { .. } => (10, "close extended"),
        Event::AskSet(..) => (11, "ask set"),
        Event::StepSet(..) => (12, "step set"),
        Event::FairlyWarned(_) => (13, "fairly warned"),
        Event::Paused(_) => (14, "paused"),
        Event::Resumed { .. } => (15, "resumed"),
        Event::LotClosed { by_hammer: true, .. } => (16, "lot closed by hammer"),
        Event::LotClosed { by_hammer: false, .. } => (17, "lot closed by time"),
        Event::BidRetracted { .. } => (18, "bid retracted"),
        Event::LotReopened { .. } => (19, "lot reopened"),
        Event::Said(_) => (20, "said"),
        Event::BookRead(_) => (21, "book read"),
        Event::BidsRetracted { .. } => (22, "bids retracted"),
        Event::CloseSet { .. } => (23, "close set"),
        Event::HammerStruck { .. } => (24, "hammer struck"),
        Event::HammerLifted { by: Some(_), .. } => (25, "hammer lifted by a bid"),
        Event::HammerLifted { by: None, .. } => (26, "hammer lifted by hand"),
        Event::AbsenteeWithdrawn { .. } => (27, "absentee withdrawn"),
        Event::LotSkipped(_) => (28, "lot skipped"),
        Event::LotReoffered { .. } => (29, "lot reoffered"),
        Event::LotsGrouped { .. } => (30, "lots grouped"),
        Event::LotsSplit { .. } => (31, "lots split"),
        Event::ChoiceMade { .. } => (32, "choice made"),
    }
}

#[test]
fn every_event_is_reached_and_reads_back() {
    let events = everything().events;
    let reached: BTreeSet<_> = events.iter().map(name).collect();
    let numbers: Vec<_> = reached.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (0..33).collect::<Vec<_>>(), "{reached:?}");
    for event in &events {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
