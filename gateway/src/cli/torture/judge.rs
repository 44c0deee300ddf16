//! Holds what clients were told against what the journal has.

use super::{
    console::{Log, event_of},
    finding::{Fault, Findings},
    history::{History, told_by},
    ledger::Ledger,
    witness::{Audience, Witness},
};
use serde_json::Value;
use std::collections::BTreeSet;

/// Every certain answer stands in the journal of its sale, in the record that was named, and says there
/// what was said. How many were compared.
pub fn answers(sale: &str, history: &History, ledger: &Ledger, findings: &mut Findings) -> u64 {
    let mut compared = 0;
    let placed = ledger.bids.iter().filter(|bid| bid.request["sale_id"] == sale);
    for (bid, fate) in placed.filter_map(|bid| Some((bid, bid.fate.as_ref()?))) {
        compared += 1;
        let bid_id = bid.request["bid_id"].as_str().unwrap_or_default();
        let Some(fact) = history.facts.get(bid_id).and_then(|facts| facts.first()) else {
            findings.note(Fault::Lost, format!("not in the journal: {fate}"));
            continue;
        };
        let told = told_by(fate);
        if told == fact.told {
            continue;
        }
        let (seq, kept) = (told["seq"].as_u64(), fact.told["seq"].as_u64());
        let fault = match (seq, kept) {
            (Some(_), None) => Fault::Lost,
            (Some(seq), Some(kept)) if seq != kept => Fault::Reordered,
            _ => Fault::Changed,
        };
        findings.note(fault, format!("told {fate}, but the journal has {}", fact.told));
    }
    compared
}

/// No bid has two answers in the journal, and none is there that nobody sent.
pub fn once_each(history: &History, sent: &BTreeSet<&str>, findings: &mut Findings) {
    for (bid_id, facts) in &history.facts {
        if facts.len() > 1 {
            let what = format!("bid {bid_id} was answered {} times: {facts:?}", facts.len());
            findings.note(Fault::Duplicated, what);
        }
        if !sent.contains(bid_id.as_str()) {
            let what = format!("nobody sent bid {bid_id}: {facts:?}");
            findings.note(Fault::Unexpected, what);
        }
    }
}

/// Every update and every snapshot that anybody was shown follows from the journal's records. How many
/// were compared.
pub fn shown(history: &History, witness: &Witness, findings: &mut Findings) -> u64 {
    let mut compared = 0;
    let mut hold = |seq: u64, before: &Value, kept: Option<&Value>| {
        compared += 1;
        match kept {
            Some(kept) if kept == before => {}
            _ if seq > history.last_seq => {
                let last_seq = history.last_seq;
                let what = format!("record {seq} was shown, the journal ends at {last_seq}: {before}");
                findings.note(Fault::Lost, what);
            }
            kept => {
                let what = format!("record {seq} was shown as {before}, the journal has {kept:?}");
                findings.note(Fault::Changed, what);
            }
        }
    };
    for (audience, seq, content) in witness.shown() {
        hold(seq, content, history.shown.get(&(audience, seq)));
    }
    for (seq, state) in witness.states() {
        hold(*seq, state, history.states.get(seq));
    }
    compared
}

/// Every command that was carried out did so in the record that was named. How many were compared.
pub fn commands(history: &History, log: &Log, findings: &mut Findings) -> u64 {
    for (command, seq) in &log.done {
        if *seq > history.last_seq {
            let what = format!("done in record {seq}, which is not there: {command}");
            findings.note(Fault::Lost, what);
            continue;
        }
        if let Some(kind) = event_of(command) {
            let record = history.shown.get(&(Audience::Staff, *seq));
            let mut events = record
                .into_iter()
                .filter_map(|record| record["events"].as_array());
            if !events.any(|events| events.iter().any(|event| event["kind"] == kind)) {
                let what = format!("done in record {seq}, which has no {kind}: {command}, {record:?}");
                findings.note(Fault::Changed, what);
            }
        }
        if command["kind"] == "floor_bid" {
            let bid_id = command["bid_id"].as_str().unwrap_or_default();
            let facts = history.facts.get(bid_id).map(Vec::as_slice).unwrap_or_default();
            match facts.first() {
                None => findings.note(Fault::Lost, format!("not in the journal: {command}")),
                Some(fact) if fact.told["seq"] != *seq => {
                    let what = format!("told record {seq}, but the journal has {fact:?}: {command}");
                    findings.note(Fault::Reordered, what);
                }
                Some(_) => {}
            }
        }
    }
    log.done.len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::torture::history::Fact;
    use serde_json::json;

    const SALE: &str = "sale";

    fn accepted(bid_id: &str, seq: u64, price: i64) -> Value {
        json!({
            "type": "bid_accepted", "bid_id": bid_id, "sale_id": SALE, "lot_id": "lot", "seq": seq, "at_ms": 7,
            "leading": true, "price_minor": price, "minimum_minor": price + 1, "max_minor": 9, "repeated": false,
        })
    }

    fn refused(bid_id: &str) -> Value {
        json!({
            "type": "bid_refused", "bid_id": bid_id, "sale_id": SALE, "lot_id": "lot", "code": "below_minimum",
            "message": "Too little.", "minimum_minor": 5, "maximum_minor": null, "final": true, "repeated": false,
        })
    }

    /// Two bids that count and one that does not, as their bidder was told.
    fn ledger() -> (Ledger, Findings) {
        let (mut ledger, mut findings) = (Ledger::default(), Findings::default());
        for answer in [accepted("a", 1, 10), accepted("b", 2, 20), refused("c")] {
            ledger.place(json!({"bid_id": answer["bid_id"], "sale_id": SALE}), 0);
            ledger.take(&answer, &mut findings);
        }
        ledger.hold_order(&mut findings);
        assert!(findings.is_empty(), "{findings:?}");
        (ledger, findings)
    }

    fn update(seq: u64, kind: &str) -> Value {
        json!({"type": "update", "seq": seq, "at_ms": 7, "events": [{"kind": kind}], "lots": []})
    }

    /// The journal that these answers are from.
    fn history() -> History {
        let answers = [accepted("a", 1, 10), accepted("b", 2, 20), refused("c")];
        let facts = answers.iter().zip(1..).map(|(answer, seq)| {
            let told = told_by(answer);
            (
                answer["bid_id"].as_str().unwrap().to_owned(),
                vec![Fact { seq, told }],
            )
        });
        let shown = (1..=3).map(|seq| {
            let content = crate::cli::torture::witness::content(&update(seq, "bid_accepted"));
            ((Audience::Staff, seq), content)
        });
        History {
            last_seq: 3,
            facts: facts.collect(),
            shown: shown.collect(),
            states: [(2, json!({"sale": {}, "lots": [1]}))].into(),
            ..History::default()
        }
    }

    /// What is noticed when the journal is not what it was.
    fn noticed(change: impl FnOnce(&mut History)) -> Vec<(Fault, u64)> {
        let (ledger, mut findings) = ledger();
        let mut history = history();
        change(&mut history);
        assert_eq!(answers(SALE, &history, &ledger, &mut findings), 3);
        once_each(&history, &["a", "b", "c"].into(), &mut findings);
        counts(&findings)
    }

    fn counts(findings: &Findings) -> Vec<(Fault, u64)> {
        use Fault::{Changed, Duplicated, Lost, Reordered, Unexpected};
        let all = [Lost, Duplicated, Reordered, Changed, Unexpected];
        let counted = all.map(|fault| (fault, findings.count(fault)));
        counted.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    #[test]
    fn a_journal_with_all_that_was_told_is_found_whole() {
        assert_eq!(noticed(|_| ()), []);
    }

    #[test]
    fn a_lost_bid_is_noticed() {
        for bid_id in ["a", "b", "c"] {
            let lost = noticed(|history| drop(history.facts.remove(bid_id)));
            assert_eq!(lost, [(Fault::Lost, 1)], "{bid_id}");
        }
        // One that was taken back is as lost as one that is not there.
        let refused_now = noticed(|history| {
            history.facts.get_mut("a").unwrap()[0].told = told_by(&refused("a"));
        });
        assert_eq!(refused_now, [(Fault::Lost, 1)]);
    }

    #[test]
    fn a_bid_that_counts_twice_is_noticed() {
        let twice = noticed(|history| {
            let facts = history.facts.get_mut("b").unwrap();
            facts.push(Fact {
                seq: 9,
                ..facts[0].clone()
            });
        });
        assert_eq!(twice, [(Fault::Duplicated, 1)]);
    }

    #[test]
    fn bids_that_changed_places_are_noticed() {
        let swapped = noticed(|history| {
            for (bid_id, seq) in [("a", 2), ("b", 1)] {
                let fact = &mut history.facts.get_mut(bid_id).unwrap()[0];
                fact.seq = seq;
                fact.told["seq"] = json!(seq);
            }
        });
        assert_eq!(swapped, [(Fault::Reordered, 2)]);
    }

    #[test]
    fn every_changed_word_of_an_answer_is_noticed() {
        for (bid_id, field) in [
            ("a", "lot_id"),
            ("a", "at_ms"),
            ("a", "leading"),
            ("a", "price_minor"),
            ("a", "minimum_minor"),
            ("c", "code"),
            ("c", "minimum_minor"),
            ("c", "maximum_minor"),
        ] {
            let changed = noticed(|history| {
                history.facts.get_mut(bid_id).unwrap()[0].told[field] = json!("another");
            });
            assert_eq!(changed, [(Fault::Changed, 1)], "{bid_id} {field}");
        }
    }

    #[test]
    fn a_bid_that_nobody_sent_is_noticed() {
        let phantom = noticed(|history| {
            let fact = history.facts["a"].clone();
            history.facts.insert("d".to_owned(), fact);
        });
        assert_eq!(phantom, [(Fault::Unexpected, 1)]);
    }

    #[test]
    fn answers_that_change_between_two_repeats_are_noticed() {
        let told_again = |again: &Value| {
            let (mut ledger, mut findings) = ledger();
            ledger.take(again, &mut findings);
            counts(&findings)
        };
        // What may differ.
        let mut repeat = accepted("a", 1, 10);
        (repeat["repeated"], repeat["max_minor"]) = (json!(true), json!(50));
        assert_eq!(told_again(&repeat), []);
        assert_eq!(told_again(&refused("a")), [(Fault::Lost, 1)]);
        assert_eq!(told_again(&accepted("a", 4, 10)), [(Fault::Reordered, 1)]);
        assert_eq!(told_again(&accepted("a", 1, 11)), [(Fault::Changed, 1)]);
        assert_eq!(told_again(&accepted("d", 1, 11)), [(Fault::Unexpected, 1)]);
    }

    #[test]
    fn bids_of_one_connection_that_overtake_each_other_are_noticed() {
        let mut findings = Findings::default();
        let mut ledger = Ledger::default();
        for (answer, connection) in [
            (accepted("a", 5, 10), 0),
            (accepted("b", 3, 20), 1),
            (accepted("c", 4, 30), 0),
        ] {
            ledger.place(json!({"bid_id": answer["bid_id"], "sale_id": SALE}), connection);
            ledger.take(&answer, &mut findings);
        }
        ledger.hold_order(&mut findings);
        assert_eq!(counts(&findings), [(Fault::Reordered, 1)]);
    }

    #[test]
    fn what_was_shown_and_is_not_there_or_otherwise_is_noticed() {
        let held = |updates: &[Value], starts: &[Value]| {
            let mut findings = Findings::default();
            let mut witness = Witness::default();
            for update in updates {
                witness.update(Audience::Staff, update, &mut findings);
            }
            for start in starts {
                witness.start(start, 0, &mut findings);
            }
            let compared = shown(&history(), &witness, &mut findings);
            assert_eq!(compared, (updates.len() + starts.len()) as u64);
            counts(&findings)
        };
        let snapshot =
            |seq: u64, lot: u64| json!({"type": "snapshot", "seq": seq, "sale": {}, "lots": [lot]});
        assert_eq!(held(&[update(2, "bid_accepted")], &[snapshot(2, 1)]), []);
        assert_eq!(held(&[update(4, "bid_accepted")], &[]), [(Fault::Lost, 1)]);
        assert_eq!(held(&[update(2, "lot_sold")], &[]), [(Fault::Changed, 1)]);
        assert_eq!(held(&[], &[snapshot(2, 3)]), [(Fault::Changed, 1)]);
        assert_eq!(held(&[], &[snapshot(4, 1)]), [(Fault::Lost, 1)]);
    }

    #[test]
    fn a_sale_that_goes_back_or_shows_a_record_otherwise_is_noticed() {
        let mut findings = Findings::default();
        let mut witness = Witness::default();
        witness.update(Audience::Public, &update(4, "bid_accepted"), &mut findings);
        let begun_before = witness.settled_seq();
        witness.settle();
        let resumed = json!({"type": "resumed", "seq": 3});
        witness.start(&resumed, begun_before, &mut findings);
        witness.update(Audience::Public, &update(4, "bid_accepted"), &mut findings);
        assert!(
            findings.is_empty(),
            "what a node has sent before it was killed may be read after"
        );
        let begun_after = witness.settled_seq();
        witness.start(&resumed, begun_after, &mut findings);
        witness.update(Audience::Public, &update(4, "lot_sold"), &mut findings);
        assert_eq!(counts(&findings), [(Fault::Lost, 1), (Fault::Changed, 1)]);
    }

    #[test]
    fn a_command_that_was_done_and_is_not_there_is_noticed() {
        let held = |command: Value, seq: u64| {
            let mut findings = Findings::default();
            let mut history = history();
            let hammer = crate::cli::torture::witness::content(&update(3, "lot_sold"));
            history.shown.insert((Audience::Staff, 3), hammer);
            let log = Log {
                done: vec![(command, seq)],
                ..Log::default()
            };
            assert_eq!(commands(&history, &log, &mut findings), 1);
            counts(&findings)
        };
        let hammer = json!({"kind": "hammer", "result": "sold"});
        assert_eq!(held(hammer.clone(), 3), []);
        assert_eq!(held(hammer.clone(), 2), [(Fault::Changed, 1)]);
        assert_eq!(held(hammer, 4), [(Fault::Lost, 1)]);
        let floor_bid = |bid_id: &str| json!({"kind": "floor_bid", "bid_id": bid_id});
        assert_eq!(held(floor_bid("b"), 2), []);
        assert_eq!(held(floor_bid("b"), 3), [(Fault::Reordered, 1)]);
        assert_eq!(held(floor_bid("d"), 3), [(Fault::Lost, 1)]);
    }
}
