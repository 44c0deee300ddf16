//! Every reason to refuse and every event is brought about by some command.

use crate::support::{ANN, BOB, ONE, SELLER, Sale, TWO, amount, hammer, max, pass, place, register, rules};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, Event, PlaceBid, SaleKind, Verdict},
    credit::Unlimited,
    ids::{BidId, BidderId, LotId},
    lot::Channel,
    money::{Amount, Currency},
    rules::{OffIncrement, RuleSet, SoftClose},
    time::Timestamp,
};
use std::collections::BTreeSet;

/// Reasons that no command of the engine gives: `wrong_format` waits for a second format of lots.
const ELSEWHERE: [Reason; 1] = [Reason::WrongFormat];

/// A sale that brings about every event; what it logged.
fn eventful() -> (Sale, BTreeSet<Reason>) {
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
    let mut reasons = BTreeSet::new();
    let mut nothing = Sale::default();
    reasons.insert(nothing.refused(Command::Start));

    let mut sale = Sale::of(SaleKind::Room, &[strict, rules()]);
    let mut refused = |sale: &mut Sale, command| {
        reasons.insert(sale.refused(command));
    };
    let again = crate::support::setup(SaleKind::Room, &[]);
    refused(&mut sale, Command::Create(Box::new(again)));
    let mut doubled = crate::support::setup(SaleKind::Room, &[rules(), rules()]);
    doubled.lots[1].lot_id = ONE;
    refused(&mut Sale::default(), Command::Create(Box::new(doubled)));

    // Before the opening.
    sale.leaves(ANN, 150);
    refused(&mut sale, hammer(None));
    refused(&mut sale, Command::OpenLot(LotId(99)));
    sale.done(Command::Start);
    refused(&mut sale, Command::Start);
    sale.done(Command::Say("Welcome".to_owned()));
    refused(&mut sale, Command::Say("x".repeat(281)));

    // While it is open.
    sale.done(Command::OpenLot(ONE));
    refused(&mut sale, Command::OpenLot(ONE));
    refused(&mut sale, Command::OpenLot(TWO));
    refused(&mut sale, Command::Resume(ONE));
    refused(&mut sale, Command::Retract(ONE, BidId(9)));
    refused(
        &mut sale,
        Command::Reopen {
            lot_id: ONE,
            closes_at: None,
        },
    );
    refused(&mut sale, hammer(None));
    refused(&mut sale, hammer(Some(99)));
    for (bidder, offer) in [
        (ANN, amount(200)),
        (ANN, max(150)),
        (BOB, amount(5)),
        (BOB, amount(105)),
        (BOB, amount(121)),
        (BOB, amount(0)),
        (SELLER, amount(200)),
        (BidderId(99), amount(200)),
    ] {
        let bid_id = sale.bid_id();
        refused(&mut sale, place(bid_id, ONE, bidder, offer));
    }
    let bid_id = sale.bid_id();
    let Command::PlaceBid(bid) = place(bid_id, ONE, BOB, amount(200)) else {
        unreachable!()
    };
    let currency: Currency = "EUR".parse().unwrap();
    refused(&mut sale, Command::PlaceBid(PlaceBid { currency, ..bid }));
    for standing in [Approval::Pending, Approval::Suspended] {
        sale.done(register(BOB, 2, standing));
        refused(&mut sale, place(bid_id, ONE, BOB, amount(200)));
    }
    sale.done(register(BOB, 2, Approval::Approved));
    sale.done(Command::WarnFairly(ONE));
    sale.done(Command::SetAsk(ONE, Amount(120)));
    sale.done(Command::SetStep(ONE, Some(Amount(20))));
    let late = sale.at(700).bids(BOB, amount(200));
    refused(&mut sale, place(late, ONE, BOB, amount(200)));
    let no_fit = sale.enter(None, Channel::Absentee, max(300));
    refused(&mut sale, no_fit);
    refused(&mut sale, hammer(Some(2)));
    sale.done(Command::VoidBid {
        bidder: BOB,
        bid_id: BidId(77),
    });
    let Some(Verdict::Refused(void)) = sale.auction.answer(BidId(77)).map(|answer| answer.verdict) else {
        panic!("not void");
    };
    let recorded = sale
        .auction
        .decide(&place(BidId(78), ONE, ANN, amount(1)), sale.now, &Unlimited);
    sale.apply(vec![Event::BidRefused {
        lot_id: ONE,
        bid_id: BidId(78),
        bidder: ANN,
        offer: amount(1),
        rejection: recorded.unwrap_err(),
    }]);
    sale.done(Command::Pause(ONE));
    refused(&mut sale, place(bid_id, ONE, ANN, amount(300)));
    sale.done(Command::Resume(ONE));
    sale.done(Command::Retract(ONE, late));

    // After its time, after the hammer, and after the sale.
    sale.at(1300).done(Command::Tick);
    refused(&mut sale, place(bid_id, ONE, ANN, amount(300)));
    sale.done(Command::Reopen {
        lot_id: ONE,
        closes_at: None,
    });
    sale.done(pass());
    sale.done(Command::OpenNextLot);
    let other = Command::Hammer(gavel_engine::auction::Hammer {
        lot_id: TWO,
        sold: true,
        override_reserve: false,
        paddle: None,
        price_seen: None,
    });
    refused(&mut sale, other.clone());
    sale.done(place(bid_id, TWO, ANN, amount(300)));
    sale.done(other);
    refused(&mut sale, Command::OpenNextLot);
    sale.done(Command::End);
    refused(&mut sale, Command::End);
    reasons.insert(void.reason);
    (sale, reasons)
}

#[test]
fn every_reason_is_reached_or_belongs_elsewhere() {
    let (_, reached) = eventful();
    for reason in Reason::ALL {
        assert_ne!(
            reached.contains(reason),
            ELSEWHERE.contains(reason),
            "{} is {}",
            reason.code(),
            if reached.contains(reason) {
                "reached after all"
            } else {
                "never given"
            }
        );
    }
}

/// The name of an event; a new event has to be added here, and then reached below.
fn name(event: &Event) -> &'static str {
    match event {
        Event::Created(_) => "created",
        Event::Started => "started",
        Event::Ended => "ended",
        Event::Registered { .. } => "registered",
        Event::LotOpened(_) => "lot opened",
        Event::BidAccepted { .. } => "bid accepted",
        Event::BidRefused { .. } => "bid refused",
        Event::BidVoided { .. } => "bid voided",
        Event::AbsenteeLeft { .. } => "absentee left",
        Event::CloseExtended { .. } => "close extended",
        Event::AskSet(..) => "ask set",
        Event::StepSet(..) => "step set",
        Event::FairlyWarned(_) => "fairly warned",
        Event::Paused(_) => "paused",
        Event::Resumed { .. } => "resumed",
        Event::LotClosed { by_hammer: true, .. } => "lot closed by hammer",
        Event::LotClosed { by_hammer: false, .. } => "lot closed by time",
        Event::BidRetracted { .. } => "bid retracted",
        Event::LotReopened { .. } => "lot reopened",
        Event::Said(_) => "said",
        Event::BookRead(_) => "book read",
        Event::BidsRetracted { .. } => "bids retracted",
        Event::CloseSet { .. } => "close set",
        Event::HammerStruck { .. } => "hammer struck",
        Event::HammerLifted { by: Some(_), .. } => "hammer lifted by a bid",
        Event::HammerLifted { by: None, .. } => "hammer lifted by hand",
        Event::AbsenteeWithdrawn { .. } => "absentee withdrawn",
        Event::LotSkipped(_) => "lot skipped",
        Event::LotReoffered { .. } => "lot reoffered",
        Event::LotsGrouped { .. } => "lots grouped",
        Event::LotsSplit { .. } => "lots split",
        Event::ChoiceMade { .. } => "choice made",
    }
}

#[test]
fn every_event_is_reached_and_reads_back() {
    let (sale, _) = eventful();
    let reached: BTreeSet<_> = sale.log.iter().map(name).collect();
    assert_eq!(reached.len(), 20, "{reached:?}");
    for event in &sale.log {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
