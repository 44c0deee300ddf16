//! What a command would change, from a copy: nothing else, and nothing here.

use crate::support::{ANN, BOB, CYD, ONE, Sale, TWO, amount, hammer, max, pass, reopen, rules};
use gavel_engine::{
    Reason,
    auction::{Command, SaleKind},
    ids::LotId,
    lot::Lot,
    money::Currency,
    rules::{RuleSet, SoftClose},
    time::Timestamp,
};

impl Sale {
    /// The lot as it would be after a command; and that the command then makes it just that.
    fn foreseen(&mut self, lot_id: LotId, command: Command) -> Lot {
        let before = self.auction.clone();
        let credit = self.ledger.in_currency(Currency::USD);
        let copy = self.auction.foresee(lot_id, &command, self.now, &credit).unwrap();
        assert_eq!(self.auction, before, "I7: to look ahead changes nothing");
        let foreseen = copy.lot(lot_id).unwrap().clone();
        self.done(command);
        // Sequence numbers count the records in between, which a copy of one lot has not seen.
        assert_eq!(self.lot(lot_id), &foreseen);
        foreseen
    }
}

/// Cyd, Ann and Bob have bid, in this order; the book holds one more.
fn contested() -> Sale {
    let mut sale = Sale::of(
        SaleKind::Timed,
        &[
            RuleSet {
                closes_at_ms: Some(Timestamp(10_000)),
                soft_close: Some(SoftClose {
                    window_ms: 100,
                    extend_ms: 500,
                    max_extensions: None,
                    group: Some(1),
                }),
                ..rules()
            },
            rules(),
        ],
    );
    sale.done(Command::Start);
    sale.bids(CYD, max(300));
    sale.bids(ANN, max(500));
    sale
}

#[test]
fn a_retraction_shows_price_leader_and_close_as_they_would_be() {
    let mut sale = contested();
    let highest = sale.at(9950).bids(BOB, max(900));
    assert_eq!(sale.stands(), Some((510, BOB)));
    let lot = sale.foreseen(ONE, Command::Retract(ONE, highest));
    assert_eq!(
        lot.standing.map(|standing| (standing.price.0, standing.leader)),
        Some((310, ANN))
    );
    assert_eq!(lot.closes_at, Some(Timestamp(10_450)), "the close stays");
}

#[test]
fn who_would_lapse_for_want_of_credit_is_foreseen_too() {
    let mut sale = contested();
    let highest = sale.bids(BOB, max(900));
    sale.limit(ANN, Some(400));
    let lot = sale.foreseen(ONE, Command::Retract(ONE, highest));
    assert_eq!(lot.leader(), Some(CYD));
}

#[test]
fn so_is_what_the_house_would_bid_from_the_book() {
    let mut sale = Sale::room();
    sale.leaves(CYD, 105);
    sale.leaves(BOB, 900);
    let high = sale.leaves(ANN, 1000);
    sale.done(Command::OpenLot(ONE));
    let lot = sale.foreseen(ONE, Command::Retract(ONE, high));
    assert_eq!(lot.leader(), Some(BOB));
    let bob = sale
        .lot(ONE)
        .bids
        .iter()
        .find(|bid| bid.bid.bidder == BOB)
        .unwrap()
        .bid
        .bid_id;
    sale.foreseen(ONE, Command::Retract(ONE, bob));
}

#[test]
fn a_reopening_shows_the_lot_as_it_would_go_on() {
    let mut sale = contested();
    sale.done(hammer(None));
    let lot = sale.foreseen(ONE, reopen(ONE));
    assert_eq!((lot.outcome, lot.closes_at), (None, None));
    sale.done(pass());
    let lot = sale.foreseen(
        ONE,
        Command::Reopen {
            lot_id: ONE,
            closes_at: Some(Timestamp(77_000)),
        },
    );
    assert_eq!(lot.closes_at, Some(Timestamp(77_000)));
}

#[test]
fn a_suspension_shows_its_effect_on_each_lot() {
    let mut sale = contested();
    sale.bids_on(TWO, ANN, amount(100));
    let suspend = Command::Suspend {
        bidder: ANN,
        retract_bids: true,
    };
    let credit = sale.ledger.in_currency(Currency::USD);
    let two = sale.auction.foresee(TWO, &suspend, sale.now, &credit).unwrap();
    assert_eq!(two.lot(TWO).unwrap().leader(), None);
    assert_eq!(two.lots().len(), 1, "from the view of one lot");
    let one = sale.foreseen(ONE, suspend);
    assert_eq!(one.leader(), Some(CYD));
}

#[test]
fn what_would_be_refused_is_refused() {
    let mut sale = contested();
    let credit = sale.ledger.in_currency(Currency::USD);
    let refused = sale
        .auction
        .foresee(ONE, &reopen(ONE), sale.now, &credit)
        .unwrap_err();
    assert_eq!(refused.reason, Reason::NotClosed);
    assert_eq!(sale.refused(reopen(ONE)), Reason::NotClosed, "and so it is");
}
