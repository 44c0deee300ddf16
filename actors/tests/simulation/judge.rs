//! What must hold after every simulation, read off the journal that is left on the disk.

use super::{
    invariants::Engine,
    node::Machine,
    observed::Observed,
    plan::{BIDDERS, ROOM},
    watched,
};
use gavel_actors::auctions::{RECORD, wire::LotView};
use gavel_engine::{
    auction::{Auction, Event, Record, SalePhase},
    credit::Ledger,
    ids::{BidId, SaleId},
    lot::{self, Phase},
    money::{Amount, Currency},
};
use gavel_storage::{
    journal::Survey,
    relational::{LotResult, SaleStatus},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
};

/// A sale as its records tell it.
struct History {
    sale_id: SaleId,
    /// With its place in the journal.
    records: Vec<(u64, Record)>,
    /// After each record.
    states: Vec<Auction>,
}

impl History {
    fn of(survey: &Survey, sale_id: SaleId) -> Result<Self, String> {
        let mut history = Self {
            sale_id,
            records: Vec::new(),
            states: Vec::new(),
        };
        let mut state = Auction::default();
        let mut unreadable = None;
        let scanned = survey.scan(sale_id.0, &mut |record| match RECORD.decode(record.payload) {
            Ok(decision) => {
                state.apply(&decision);
                history.states.push(state.clone());
                history.records.push((record.lsn, decision));
                ControlFlow::Continue(())
            }
            Err(error) => {
                unreadable = Some(error.to_string());
                ControlFlow::Break(())
            }
        });
        scanned.map_err(|error| error.to_string())?;
        match unreadable {
            Some(error) => Err(error),
            None => Ok(history),
        }
    }

    fn after(&self, seq: u64) -> Option<&Auction> {
        self.states.get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    fn last(&self) -> &Auction {
        self.states.last().expect("a sale in the journal has records")
    }
}

/// Notes every violation; the number of records in the journal.
pub fn judge(survey: &Survey, machine: &Machine, observed: &Observed) -> u64 {
    let mut sales: Vec<_> = survey.heads().keys().copied().map(SaleId).collect();
    sales.sort_unstable();
    let mut histories = BTreeMap::new();
    for sale_id in sales {
        match History::of(survey, sale_id) {
            Ok(history) => {
                histories.insert(sale_id, history);
            }
            Err(error) => observed.violation(format!("{sale_id} cannot be replayed: {error}")),
        }
    }
    answers_stand(&histories, observed);
    order_is_kept(observed);
    nothing_else_was_told(&histories, observed);
    clients_end_with_the_truth(&histories, observed);
    for history in histories.values() {
        bids_count_once(history, observed);
        rules_hold(history, observed);
    }
    credit_holds(&histories, machine, observed);
    everything_came_to_an_end(&histories, machine, observed);
    if let Err(violation) = watched::check(&observed.watched.borrow()) {
        observed.violation(violation);
    }
    histories
        .values()
        .map(|history| history.records.len() as u64)
        .sum()
}

/// Whatever any client was ever answered is in the journal, and it was answered the same each time.
fn answers_stand(histories: &BTreeMap<SaleId, History>, observed: &Observed) {
    for (bid_id, asked) in observed.bids.borrow().iter() {
        let stands = histories
            .get(&asked.sale_id)
            .and_then(|history| history.last().answer(*bid_id));
        for (_, answer) in &asked.answers {
            if stands != Some(answer) {
                observed.violation(format!(
                    "{bid_id:?} was answered {answer:?}, the journal has {stands:?}"
                ));
            }
            let is_own = answer.bidder == asked.bidder;
            let is_about_it = answer
                .asked
                .is_none_or(|about| about == (asked.lot_id, asked.offer));
            if !is_own || !is_about_it {
                observed.violation(format!(
                    "{bid_id:?}, {asked:?}, has the answer of another bid: {answer:?}"
                ));
            }
        }
    }
}

/// Who heard of an answer before somebody sent a bid is before that one in the journal.
fn order_is_kept(observed: &Observed) {
    let bids = observed.bids.borrow();
    let mut sales: BTreeMap<SaleId, Vec<(u64, u64, u64, BidId)>> = BTreeMap::new();
    for (bid_id, asked) in bids.iter() {
        if let Some((heard, answer)) = asked.answers.first() {
            let times = (asked.sent, *heard, answer.seq, *bid_id);
            sales.entry(asked.sale_id).or_default().push(times);
        }
    }
    for bids in sales.values() {
        for (_, heard, seq, bid_id) in bids {
            for (sent, _, later_seq, later) in bids {
                if heard < sent && seq >= later_seq {
                    observed.violation(format!(
                        "{later:?} was sent after {bid_id:?} was answered from record {seq}, and stands in record {later_seq}"
                    ));
                }
            }
        }
    }
}

/// Every bid has its effect once at most.
fn bids_count_once(history: &History, observed: &Observed) {
    let mut seen = BTreeSet::new();
    for (_, record) in &history.records {
        for event in &record.events {
            let bid_id = match event {
                Event::BidAccepted { bid, .. } => bid.bid_id,
                Event::BidRefused { bid_id, .. } | Event::BidVoided { bid_id, .. } => *bid_id,
                _ => continue,
            };
            if !seen.insert(bid_id) {
                observed.violation(format!("{bid_id:?} counts twice in {}", history.sale_id));
            }
        }
    }
}

/// What followers were told is what the records say.
fn nothing_else_was_told(histories: &BTreeMap<SaleId, History>, observed: &Observed) {
    let told: Vec<_> = observed
        .told
        .borrow()
        .iter()
        .map(|(key, told)| (*key, told.clone()))
        .collect();
    for ((sale_id, seq, is_update), told) in told {
        // Nobody follows a sale that has no record; what follows it is shown as of none.
        let Some(history) = histories.get(&sale_id).filter(|_| seq > 0) else {
            continue;
        };
        let Some(state) = history.after(seq) else {
            observed.violation(format!(
                "record {seq} of {sale_id} was told and is not in the journal"
            ));
            continue;
        };
        if is_update && told["at_ms"].as_i64() != Some(state.clock().as_ms()) {
            observed.violation(format!(
                "record {seq} of {sale_id} was told with another time: {told}"
            ));
        }
        for lot in told["lots"].as_array().into_iter().flatten() {
            agrees(state, lot, observed, || {
                format!("record {seq} of {sale_id} was told")
            });
        }
    }
}

fn agrees(state: &Auction, shown: &Value, observed: &Observed, when: impl Fn() -> String) {
    let lot_id = shown["lot_id"].as_str().and_then(|lot_id| lot_id.parse().ok());
    let Some(lot) = lot_id.and_then(|lot_id| state.lot(lot_id)) else {
        observed.violation(format!("{}: no such lot: {shown}", when()));
        return;
    };
    let truth = serde_json::to_value(LotView::of(state, lot)).expect("it is JSON");
    if truth != *shown {
        observed.violation(format!("{}: {shown} is shown, {truth} is true", when()));
    }
}

/// Whoever followed to the end shows what there is.
fn clients_end_with_the_truth(histories: &BTreeMap<SaleId, History>, observed: &Observed) {
    for (client, sale_id, view) in observed.views.borrow().iter() {
        let Some(history) = histories.get(sale_id) else {
            continue;
        };
        for shown in view.lots.values() {
            agrees(history.last(), shown, observed, || {
                format!("{client} ends with record {}", view.seq)
            });
        }
    }
}

/// The rule book's invariants, record by record.
fn rules_hold(history: &History, observed: &Observed) {
    let mut engine = Engine::default();
    for (_, record) in &history.records {
        if let Err(violation) = engine.record(record.clone()) {
            observed.violation(format!("{}: {violation}", history.sale_id));
            return;
        }
    }
    if let Err(violation) = engine.replays() {
        observed.violation(format!("{}: {violation}", history.sale_id));
    }
}

/// Over all sales nobody is ever bound to more than the credit allows, and the node's ledger says at the
/// end what the records say.
fn credit_holds(histories: &BTreeMap<SaleId, History>, machine: &Machine, observed: &Observed) {
    let mut ledger = Ledger::default();
    for (bidder, limit) in BIDDERS {
        ledger.set_limit(bidder, Currency::USD, limit.map(Amount));
    }
    let mut records: Vec<_> = histories
        .values()
        .flat_map(|history| {
            let numbered = history.records.iter().zip(&history.states);
            numbered.map(|((lsn, _), state)| (*lsn, history.sale_id, state))
        })
        .collect();
    records.sort_unstable_by_key(|(lsn, ..)| *lsn);
    for (lsn, sale_id, state) in records {
        let before: Vec<_> = BIDDERS
            .iter()
            .map(|(bidder, _)| ledger.exposure(*bidder, Currency::USD))
            .collect();
        if state.phase() == SalePhase::Ended {
            ledger.release(sale_id);
        } else {
            ledger.replace(sale_id, Currency::USD, state.exposures());
        }
        for ((bidder, limit), before) in BIDDERS.iter().zip(before) {
            let now = ledger.exposure(*bidder, Currency::USD);
            if limit.is_some_and(|limit| now.0 > limit) && now > before {
                observed.violation(format!(
                    "record {lsn} binds {bidder:?} to {now:?}, over the credit"
                ));
            }
        }
    }
    let process = machine.process.borrow();
    let Some(process) = process.as_ref() else { return };
    for (bidder, _) in BIDDERS {
        let held = process.credit.exposure(bidder, Currency::USD);
        let bound = ledger.exposure(bidder, Currency::USD);
        if held != bound {
            observed.violation(format!(
                "the node holds {held:?} of {bidder:?}, the records bind to {bound:?}"
            ));
        }
    }
}

/// After the calm nothing is outstanding: lots have closed, lists are complete, clients have their answers.
fn everything_came_to_an_end(histories: &BTreeMap<SaleId, History>, machine: &Machine, observed: &Observed) {
    let outcomes = machine.results.outcomes();
    for history in histories.values() {
        for lot in history.last().lots() {
            if lot.phase != Phase::Closed && lot.phase != Phase::Pending {
                observed.violation(format!("{:?} has not closed", lot.lot_id));
            }
            let listed = outcomes.get(&lot.lot_id);
            let is_listed = match (lot.outcome, listed) {
                (None, None) => true,
                (Some(lot::Outcome::Sold { price, .. }), Some(listed)) => {
                    listed.result == LotResult::Sold && listed.price_minor == Some(price)
                }
                (Some(lot::Outcome::Unsold), Some(listed)) => listed.result == LotResult::Unsold,
                _ => false,
            };
            if !is_listed {
                observed.violation(format!(
                    "{:?} ended as {:?} and is listed as {listed:?}",
                    lot.lot_id, lot.outcome
                ));
            }
        }
    }
    if histories.contains_key(&ROOM) && machine.results.status(ROOM) != Some(SaleStatus::Ended) {
        observed.violation("the sale in the room is over and not listed as such".to_owned());
    }
    if observed.finished.borrow().len() != BIDDERS.len() + 1 {
        observed.violation(format!(
            "only these came to an end: {:?}",
            observed.finished.borrow()
        ));
    }
}
