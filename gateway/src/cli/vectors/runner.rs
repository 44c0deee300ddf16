//! Plays a vector through a whole sale and holds every answer against it.

use super::{
    expect::{Check, Of},
    keys::Fault,
    names::paddle_of,
    show,
    step::{Action, Step},
    vector::Vector,
};
use gavel_engine::{
    Reason, Rejection,
    auction::{Approval, Auction, Command, Event, Record, Register, Setup},
    credit::Ledger,
    ids::{BidderId, SaleId},
    money::Amount,
    time::Timestamp,
};
use serde_json::Value;

const SALE: SaleId = SaleId(1);
/// Stands for all other sales.
const ELSEWHERE: SaleId = SaleId(2);

/// Plays `vector`; the first difference, if there is one.
pub fn play(vector: &Vector) -> Result<(), Fault> {
    let mut played = Played {
        vector,
        auction: Auction::default(),
        ledger: Ledger::default(),
    };
    played.announce()?;
    let mut now = Timestamp(0);
    for (index, step) in vector.steps.iter().enumerate() {
        now = step.at;
        played.time_passes(now);
        let (answer, foreseen) = played.step(step);
        let seen = foreseen.as_ref().unwrap_or(&played.auction);
        for check in &step.expect {
            let got = played.got(check.of, seen, now, answer);
            compare(Some(index), check, got)?;
        }
    }
    for check in &vector.outcomes {
        let got = played.got(check.of, &played.auction, now, Ok(()));
        compare(None, check, got)?;
    }
    Ok(())
}

/// A vector on its way.
struct Played<'a> {
    vector: &'a Vector,
    auction: Auction,
    ledger: Ledger,
}

impl Played<'_> {
    /// The sale with its lots, everybody who appears approved for it, and what more the vector says.
    fn announce(&mut self) -> Result<(), Fault> {
        let vector = self.vector;
        let setup = Setup {
            sale_id: SALE,
            currency: vector.currency,
            kind: vector.kind,
            lots: vector.lots.clone(),
        };
        let start = vector.steps.first().map_or(Timestamp(0), |step| step.at);
        let mut commands = vec![Command::Create(Box::new(setup))];
        for bidder in vector.names.bidders() {
            let said = vector.bidders.iter().find(|said| said.id == bidder);
            let standing = said.map_or(Some(Approval::Approved), |said| said.standing);
            commands.extend(standing.map(|standing| {
                Command::Register(Register {
                    bidder,
                    paddle: paddle_of(bidder),
                    standing,
                    limit: said.and_then(|said| said.limit),
                })
            }));
        }
        for said in &vector.bidders {
            self.ledger.set_limit(said.id, vector.currency, said.credit);
            self.held_elsewhere(said.id, said.elsewhere);
        }
        for command in commands {
            self.command(&command, start).map_err(|rejection| Fault {
                step: None,
                field: "lot".to_owned(),
                expected: "accepted".into(),
                got: rejection.reason.code().into(),
            })?;
        }
        Ok(())
    }

    fn held_elsewhere(&mut self, bidder: BidderId, held: Amount) {
        self.ledger.hold(ELSEWHERE, self.vector.currency, bidder, held);
    }

    /// What is due happens before anything else.
    fn time_passes(&mut self, now: Timestamp) {
        loop {
            let events = self.auction.due(now);
            if events.is_empty() {
                return;
            }
            self.apply(now, events);
        }
    }

    /// The answer; and the lot as it would be, where the step is only foreseen.
    fn step(&mut self, step: &Step) -> (Result<(), Rejection>, Option<Auction>) {
        let command = match &step.action {
            Action::Command(command) => command,
            Action::Credit(bidder, limit) => {
                self.ledger.set_limit(*bidder, self.vector.currency, *limit);
                return (Ok(()), None);
            }
            Action::Elsewhere(bidder, held) => {
                self.held_elsewhere(*bidder, *held);
                return (Ok(()), None);
            }
        };
        let Some(lot_id) = step.foresee else {
            return (self.command(command, step.at), None);
        };
        let credit = self.ledger.in_currency(self.vector.currency);
        match self.auction.foresee(lot_id, command, step.at, &credit) {
            Ok(copy) => (Ok(()), Some(copy)),
            Err(rejection) => (Err(rejection), None),
        }
    }

    /// A command, and what the house bids for its books then.
    fn command(&mut self, command: &Command, now: Timestamp) -> Result<(), Rejection> {
        let credit = self.ledger.in_currency(self.vector.currency);
        let events = self.auction.decide(command, now, &credit)?;
        self.apply(now, events);
        loop {
            let credit = self.ledger.in_currency(self.vector.currency);
            let events = self.auction.book_bids_due(now, &credit);
            if events.is_empty() {
                return Ok(());
            }
            self.apply(now, events);
        }
    }

    fn apply(&mut self, at: Timestamp, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let (ledger, currency) = (&mut self.ledger, self.vector.currency);
        self.auction
            .apply_telling(&Record { at, events }, |bidder, amount| {
                ledger.hold(SALE, currency, bidder, amount);
            });
    }

    /// What a check is held against; `seen` is the sale, or a lot as it would be.
    fn got(&self, of: Of, seen: &Auction, now: Timestamp, answer: Result<(), Rejection>) -> Value {
        let (names, currency) = (&self.vector.names, self.vector.currency);
        match of {
            Of::Accepted => answer.is_ok().into(),
            Of::Reason => answer
                .err()
                .map(|rejection| rejection.reason)
                .map(Reason::code)
                .into(),
            Of::WouldTake => {
                let would_take = answer.err().and_then(|rejection| rejection.would_take);
                show::would_take(would_take, currency)
            }
            Of::Current => show::current(seen.current_lot(), names),
            Of::Lot(lot_id, field) => seen
                .lot(lot_id)
                .map_or(Value::Null, |lot| field.of(lot, now, names, currency)),
            Of::Exposure(bidder) => show::money(currency, Some(seen.exposure(bidder))),
            Of::Left(bidder) => show::money(currency, self.left(bidder, seen)),
        }
    }

    fn left(&self, bidder: BidderId, seen: &Auction) -> Option<Amount> {
        let exposure = seen.exposure(bidder);
        let limit = seen
            .registration(bidder)
            .and_then(|registration| registration.limit);
        let here = limit.map(|limit| limit.minus(exposure));
        // The ledger knows the holds of the sale itself, also when a copy is looked at.
        let more = exposure.minus(self.auction.exposure(bidder));
        let everywhere = self.ledger.left(bidder, self.vector.currency);
        let everywhere = everywhere.map(|left| left.minus(more));
        let left = here.into_iter().chain(everywhere).min();
        left.map(|left| left.max(Amount(0)))
    }
}

fn compare(step: Option<usize>, check: &Check, got: Value) -> Result<(), Fault> {
    if check.expected == got {
        return Ok(());
    }
    Err(Fault {
        step,
        field: check.field.clone(),
        expected: check.expected.clone(),
        got,
    })
}
