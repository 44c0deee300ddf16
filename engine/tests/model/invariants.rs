//! What always holds, whatever the model says: checked on the engine's own records, one by one.
//! The numbers are those of the guarantees' section "Invariants of the rules".

use gavel_engine::{
    auction::{Auction, Command, Event, Record},
    credit::Ledger,
    ids::{BidderId, LotId, SaleId},
    lot::{Lot, Outcome, Phase},
    money::Currency,
    rules::Format,
};
use proptest::{prelude::*, test_runner::TestCaseError};
use std::collections::{BTreeMap, BTreeSet};

pub const SALE: SaleId = SaleId(9);
pub const ELSEWHERE: SaleId = SaleId(10);

/// The price of a lot falls only when bids are taken back or the lot is offered anew.
pub const I1: &str = "I1: the price fell";
/// Records are counted one by one, and their time never goes back.
pub const I2: &str = "I2: time or sequence went back";
/// Nobody is bound to more by anything that happens than the limits of sale and credit allow.
pub const I3: &str = "I3: bound to more than the limit";
/// Exposures are the sums of what the lots hold, and the ledger that is told of them agrees.
pub const I4: &str = "I4: holds are not conserved";
/// A closed lot ends as it ended, until it is reopened, offered anew or chosen from.
pub const I5: &str = "I5: an outcome changed";
/// The log alone gives the same state, byte by byte, also after a trip through text.
pub const I6: &str = "I6: the log gives another state";
/// To decide changes nothing, and the same question has the same answer.
pub const I7: &str = "I7: decide is not pure";
/// A sealed lot shows no price, leader or minimum of its bids before it has closed.
pub const I8: &str = "I8: a sealed bid shows";
/// The house never wins.
pub const I9: &str = "I9: the house has won";
/// Nothing is sold below its reserve, except by the auctioneer's explicit word.
pub const I10: &str = "I10: sold below the reserve";

/// The engine under test with its log and the ledger that it tells.
#[derive(Default)]
pub struct Engine {
    pub state: Auction,
    pub ledger: Ledger,
    pub log: Vec<Record>,
    /// Lots that the auctioneer sold below the reserve by explicit word.
    overridden: BTreeSet<LotId>,
}

impl Engine {
    pub fn record(&mut self, record: Record) -> Result<(), TestCaseError> {
        let before: BTreeMap<_, _> = self.state.exposures().collect();
        let (seq, clock) = (self.state.seq(), self.state.clock());
        for event in &record.events {
            self.sold_as_it_may_be(event)?;
        }
        let (state, ledger) = (&mut self.state, &mut self.ledger);
        state.apply_telling(&record, |bidder, exposure| {
            ledger.hold(SALE, Currency::USD, bidder, exposure);
        });
        prop_assert_eq!(state.seq(), seq + 1, "{}", I2);
        prop_assert!(state.clock() == record.at && clock <= record.at, "{}", I2);
        for (bidder, exposure) in state.exposures() {
            let more = before.get(&bidder).is_none_or(|before| *before < exposure);
            if !more || bidder == BidderId::HOUSE {
                continue;
            }
            let limit = state
                .registration(bidder)
                .and_then(|registration| registration.limit);
            prop_assert!(
                limit.is_none_or(|limit| exposure <= limit),
                "{}: {:?}",
                I3,
                record
            );
            let left = ledger.left(bidder, Currency::USD);
            prop_assert!(left.is_none_or(|left| left.0 >= 0), "{}: {:?}", I3, record);
        }
        self.log.push(record);
        Ok(())
    }

    /// I9 and I10, for everything that sells.
    fn sold_as_it_may_be(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let (lot_id, winner, price) = match event {
            Event::LotReopened { lot_id, .. } | Event::LotReoffered { lot_id, .. } => {
                self.overridden.remove(lot_id);
                return Ok(());
            }
            Event::LotClosed {
                lot_id,
                outcome: Outcome::Sold { winner, price },
                ..
            } => (lot_id, winner, price),
            Event::ChoiceMade {
                lot_id,
                taken,
                winner,
                price,
                ..
            } => {
                let overridden = self.overridden.contains(lot_id);
                for taken in taken {
                    let reserve = self.state.lot(*taken).unwrap().rules.reserve_price_minor;
                    prop_assert!(
                        overridden || reserve.is_none_or(|reserve| reserve <= *price),
                        "{}",
                        I10
                    );
                }
                (lot_id, winner, price)
            }
            _ => return Ok(()),
        };
        prop_assert_ne!(*winner, BidderId::HOUSE, "{}", I9);
        let rules = &self.state.lot(*lot_id).unwrap().rules;
        // A clock has its floor instead.
        if rules.format != Format::Dutch && !self.overridden.contains(lot_id) {
            let reserve = rules.reserve_price_minor;
            prop_assert!(reserve.is_none_or(|reserve| reserve <= *price), "{}", I10);
        }
        Ok(())
    }

    /// The command was taken.
    pub fn heard(&mut self, command: &Command) {
        if let Command::Hammer(hammer) = command
            && hammer.sold
            && hammer.override_reserve
        {
            self.overridden.insert(hammer.lot_id);
        }
    }

    /// I1, I5 and I8, over a command and what it brought.
    pub fn compare(&self, before: &Auction, command: &Command) -> Result<(), TestCaseError> {
        let anew = matches!(
            command,
            Command::Reoffer { .. } | Command::Group(_) | Command::Split(_) | Command::Choose { .. }
        );
        let taken_back = matches!(command, Command::Retract(..) | Command::Suspend { .. });
        let reopened = matches!(command, Command::Reopen { .. });
        for (was, is) in before.lots().iter().zip(self.state.lots()) {
            // Reopened, a lot that was taken in a choice is offered anew, by itself.
            let anew = anew || reopened && was.chosen;
            prop_assert!(
                anew || taken_back || was.price() <= is.price(),
                "{}: {:?}",
                I1,
                command
            );
            let kept = was.outcome.is_none() || was.outcome == is.outcome;
            prop_assert!(anew || reopened || kept, "{}: {:?}", I5, command);
            prop_assert_eq!(is.outcome.is_some(), is.phase == Phase::Closed, "{}", I5);
            prop_assert!(shows_nothing(is), "{}: {:?}", I8, command);
        }
        Ok(())
    }

    /// I4, against what the model makes of its bids.
    pub fn holds(
        &self,
        here: &BTreeMap<BidderId, i64>,
        elsewhere: &BTreeMap<BidderId, i64>,
    ) -> Result<(), TestCaseError> {
        let exposures: BTreeMap<_, _> = self
            .state
            .exposures()
            .map(|(bidder, amount)| (bidder, amount.0))
            .collect();
        prop_assert_eq!(&exposures, here, "{}", I4);
        for bidder in here.keys().chain(elsewhere.keys()) {
            let all = [here, elsewhere].map(|holds| holds.get(bidder).copied().unwrap_or(0));
            let told = self.ledger.exposure(*bidder, Currency::USD);
            prop_assert_eq!(told.0, all.iter().sum::<i64>(), "{}: the ledger", I4);
        }
        Ok(())
    }

    /// I6: from the log, from the log as text, and from a snapshot.
    pub fn replays(&self) -> Result<(), TestCaseError> {
        let (mut replayed, mut read) = (Auction::default(), Auction::default());
        for record in &self.log {
            replayed.apply(record);
            let text: Record = serde_json::from_slice(&bytes(record)).unwrap();
            read.apply(&text);
        }
        let state = bytes(&self.state);
        prop_assert!(bytes(&replayed) == state, "{}", I6);
        prop_assert!(bytes(&read) == state, "{}: through text", I6);
        let snapshot: Auction = serde_json::from_slice(&state).unwrap();
        prop_assert!(snapshot == self.state, "{}: a snapshot", I6);
        Ok(())
    }
}

/// Nothing that could tell what was bid on a sealed lot.
fn shows_nothing(lot: &Lot) -> bool {
    let open = lot.rules.format.is_sealed() && lot.phase != Phase::Closed;
    !open
        || lot.hides_bids()
            && lot.standing.is_none()
            && lot.minimum(gavel_engine::time::Timestamp(0)) == lot.rules.opening_price_minor
}

fn bytes(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}
