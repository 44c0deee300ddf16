//! Every command in every state: taken, or refused with this code and nothing changed.

use crate::support::{
    ANN, BOB, CYD, ONE, Sale, TWO, amount, group, hammer, max, pass, place, register, reoffer, reopen, rules,
    setup,
};
use gavel_engine::{
    Reason,
    auction::{Approval, Command, EnterBid, PlaceBid, SaleKind},
    ids::{BidId, LotId, Paddle},
    lot::{Channel, Together},
    money::Amount,
    rules::RuleSet,
};

/// A name, and a sale that is there.
type State = (&'static str, fn() -> Sale);

/// Where lot one is. Ann leads where there is a leader, by bid 101.
const STATES: [State; 11] = [
    ("unknown", Sale::default),
    ("pending", three),
    ("open", || with(&[Command::OpenLot(ONE)])),
    ("bid on", led),
    ("paused", || led_then(&[Command::Pause(ONE)])),
    ("struck", || led_then(&[hammer(None)])),
    ("sold", || {
        let mut sale = led_then(&[hammer(None)]);
        sale.at(400).done(Command::Tick);
        sale
    }),
    ("withdrawn", || led_then(&[Command::Withdraw(ONE)])),
    ("leads", || with(&[group(Together::Combined, &[ONE, TWO])])),
    ("chosen from", || {
        let mut sale = with(&[group(Together::Choice, &[ONE, TWO]), Command::OpenLot(ONE)]);
        sale.bids(ANN, max(300));
        sale.done(hammer(None));
        sale.at(400).done(Command::Tick);
        sale
    }),
    ("ended", || with(&[Command::End])),
];

fn three() -> Sale {
    let lot = RuleSet {
        hammer_window_ms: 400,
        ..rules()
    };
    Sale::of(SaleKind::Room, &vec![lot; 3])
}

fn with(commands: &[Command]) -> Sale {
    let mut sale = three();
    for command in commands {
        sale.done(command.clone());
    }
    sale
}

fn led() -> Sale {
    let mut sale = with(&[Command::OpenLot(ONE)]);
    assert_eq!(sale.bids(ANN, max(300)), BidId(101));
    sale
}

fn led_then(commands: &[Command]) -> Sale {
    let mut sale = led();
    for command in commands {
        sale.done(command.clone());
    }
    sale
}

fn book() -> Command {
    let Command::PlaceBid(bid) = place(BidId(900), ONE, BOB, max(200)) else {
        unreachable!()
    };
    Command::PlaceBid(PlaceBid {
        book_if_pending: true,
        ..bid
    })
}

fn enter() -> Command {
    let Command::EnterBid(bid) = three().enter(Some(3), Channel::Floor, amount(400)) else {
        unreachable!()
    };
    Command::EnterBid(EnterBid {
        bid_id: BidId(901),
        ..bid
    })
}

/// A command and what each of [`STATES`] says to it, in their order; `-` is taken.
type Row = (&'static str, fn() -> Command, &'static str);

#[rustfmt::skip]
const TABLE: [Row; 30] = [
    //                                                             unknown      pending        open           bid on         paused         struck         sold           withdrawn      leads          chosen from    ended
    ("create",      || Command::Create(Box::new(setup(SaleKind::Room, &[]))),
                                                                  "-            already_created already_created already_created already_created already_created already_created already_created already_created already_created already_created"),
    ("start",       || Command::Start,                            "unknown_sale -              already_started already_started already_started already_started already_started already_started - already_started sale_ended"),
    ("end",         || Command::End,                              "unknown_sale -              another_lot_open another_lot_open another_lot_open another_lot_open - - - choice_pending sale_ended"),
    ("register",    || register(CYD, 7, Approval::Pending),       "unknown_sale - - - - - - - - - -"),
    ("suspend",     || Command::Suspend { bidder: BOB, retract_bids: true },
                                                                  "unknown_sale - - - - - - - - - -"),
    ("bid",         || place(BidId(900), ONE, BOB, amount(400)),  "unknown_sale not_open - - paused after_hammer closed closed not_open closed sale_ended"),
    ("low bid",     || place(BidId(900), ONE, BOB, amount(50)),   "unknown_sale not_open below_minimum below_minimum paused after_hammer closed closed not_open closed sale_ended"),
    ("book",        book,                                         "unknown_sale - - - paused after_hammer closed closed - closed sale_ended"),
    ("enter",       enter,                                        "unknown_sale not_open - - paused after_hammer closed closed not_open closed sale_ended"),
    ("void",        || Command::VoidBid { bidder: BOB, bid_id: BidId(900) },
                                                                  "unknown_sale - - - - - - - - - -"),
    ("leave book",  || Command::LeaveBook { lot_id: ONE, bidder: BOB },
                                                                  "unknown_sale unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid sale_ended"),
    ("take from book", || Command::TakeFromBook { lot_id: ONE, paddle: Paddle(2) },
                                                                  "unknown_sale unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid unknown_bid sale_ended"),
    ("open",        || Command::OpenLot(ONE),                     "unknown_sale - already_open already_open already_open already_open closed closed - closed sale_ended"),
    ("open other",  || Command::OpenLot(LotId(3)),                "unknown_sale - another_lot_open another_lot_open another_lot_open another_lot_open - - - choice_pending sale_ended"),
    ("open next",   || Command::OpenNextLot,                      "unknown_sale - another_lot_open another_lot_open another_lot_open another_lot_open - - - choice_pending sale_ended"),
    ("open none",   || Command::OpenLot(LotId(9)),                "unknown_sale unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot unknown_lot"),
    ("ask",         || Command::SetAsk(ONE, Amount(500)),         "unknown_sale not_open - - paused hammer_falling closed closed not_open closed sale_ended"),
    ("step",        || Command::SetStep(ONE, Some(Amount(5))),    "unknown_sale not_open - - paused hammer_falling closed closed not_open closed sale_ended"),
    ("warn",        || Command::WarnFairly(ONE),                  "unknown_sale not_open - - paused hammer_falling closed closed not_open closed sale_ended"),
    ("sell",        || hammer(None),                              "unknown_sale not_open no_bids - paused hammer_falling closed closed not_open closed sale_ended"),
    ("pass",        pass,                                         "unknown_sale not_open - - paused hammer_falling closed closed not_open closed sale_ended"),
    ("lift",        || Command::LiftHammer(ONE),                  "unknown_sale not_open not_struck not_struck paused - closed closed not_open closed sale_ended"),
    ("withdraw",    || Command::Withdraw(ONE),                    "unknown_sale - - - - hammer_falling closed closed in_a_group closed sale_ended"),
    ("skip",        || Command::Skip(ONE),                        "unknown_sale - already_open already_open already_open already_open closed closed - closed sale_ended"),
    ("reoffer",     || reoffer(ONE),                              "unknown_sale not_closed not_closed not_closed not_closed not_closed already_sold - not_closed already_sold sale_ended"),
    ("group",       || group(Together::Choice, &[ONE, LotId(3)]), "unknown_sale - already_open already_open already_open already_open already_sold closed in_a_group already_sold sale_ended"),
    ("split",       || Command::Split(ONE),                       "unknown_sale no_group no_group no_group no_group no_group no_group no_group - already_sold sale_ended"),
    ("choose",      || Command::Choose { lot_id: ONE, taken: vec![ONE] },
                                                                  "unknown_sale not_a_choice not_a_choice not_a_choice not_a_choice not_a_choice not_a_choice not_a_choice not_a_choice - sale_ended"),
    ("retract",     || Command::Retract(ONE, BidId(101)),         "unknown_sale unknown_bid unknown_bid - - hammer_falling closed closed unknown_bid closed sale_ended"),
    ("reopen",      || reopen(ONE),                               "unknown_sale not_closed not_closed not_closed not_closed not_closed - - not_closed - sale_ended"),
];

#[rustfmt::skip]
const TABLE_OF_TIME: [Row; 3] = [
    ("pause",  || Command::Pause(ONE),                "unknown_sale not_open - - paused hammer_falling closed closed not_open closed sale_ended"),
    ("resume", || Command::Resume(ONE),               "unknown_sale not_open not_paused not_paused - not_paused closed closed not_open closed sale_ended"),
    ("say",    || Command::Say("Welcome".to_owned()), "unknown_sale - - - - - - - - - -"),
];

#[test]
fn every_command_in_every_state_is_taken_or_refused_with_its_code_and_changes_nothing() {
    for (name, command, answers) in TABLE.iter().chain(&TABLE_OF_TIME) {
        let answers: Vec<_> = answers.split_whitespace().collect();
        assert_eq!(answers.len(), STATES.len(), "{name}");
        for ((state, sale), expected) in STATES.iter().zip(answers) {
            let mut sale = sale();
            let before = (
                sale.auction.clone(),
                sale.ledger.exposure(ANN, gavel_engine::money::Currency::USD),
            );
            let answer = sale
                .try_to(command())
                .err()
                .map_or("-", |rejection| rejection.reason.code());
            assert_eq!(answer, expected, "{name} while {state}");
            if answer != "-" {
                let after = (
                    sale.auction.clone(),
                    sale.ledger.exposure(ANN, gavel_engine::money::Currency::USD),
                );
                assert!(
                    before == after,
                    "I7: {name} while {state} was refused and changed something"
                );
            }
        }
    }
}

#[test]
fn a_sale_that_is_over_takes_no_command_but_words_and_registrations() {
    let mut over = with(&[Command::End]);
    for (name, command, answers) in TABLE.iter().chain(&TABLE_OF_TIME) {
        let taken = answers.ends_with('-');
        assert_eq!(
            taken,
            ["register", "suspend", "void", "say"].contains(name),
            "{name}"
        );
        if !taken {
            let reason = over.refused(command());
            assert!([Reason::SaleEnded, Reason::AlreadyCreated, Reason::UnknownLot].contains(&reason));
        }
    }
}
