//! Holds what the node serves at the end of a day against what it said before, and against the journal.

use super::{
    finding::{Fault, Findings},
    history::History,
    house::{House, Sale},
    ledger::{Ledger, Taken},
};
use crate::client::{
    rest::{self, Account},
    socket::{Heard, Socket},
};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, time::Duration};

/// How often results are looked at, and how long between: the catalogue follows by itself.
const LOOKS_MAX: u32 = 300;
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The whole sale as staff see it, but for the node's clock.
pub async fn snapshot(address: &str, house: &House, sale: &Sale) -> Option<Value> {
    let mut socket = Socket::follow(address, &house.staff, &[(&sale.id, None)]).await?;
    loop {
        match socket.hear::<Value>().await {
            Heard::Message(mut message) if message["type"] == "snapshot" => {
                message.as_object_mut()?.remove("server_time_ms");
                return Some(message);
            }
            Heard::Message(_) => {}
            _ => return None,
        }
    }
}

/// The bids of every lot of a sale, newest first, as staff see them.
///
/// # Errors
/// The node does not give them.
pub async fn bids(staff: &mut Account, sale: &Sale) -> Result<BTreeMap<String, Value>, rest::Error> {
    let mut bids = BTreeMap::new();
    for lot in &sale.lots {
        let path = format!("/sales/{}/lots/{lot}/bids", sale.id);
        let list: Value = staff.get(&path).await?.unwrap_or_default();
        bids.insert(lot.clone(), list["bids"].clone());
    }
    Ok(bids)
}

/// What is served of the lots' bids is what the journal has.
pub fn hold_bids(served: &BTreeMap<String, Value>, history: &History, findings: &mut Findings) {
    for (lot, bids) in served {
        if history.bids.get(lot) != Some(bids) {
            let kept = history.bids.get(lot);
            let what = format!("lot {lot} is served with bids {bids}, the journal has {kept:?}");
            findings.note(Fault::Changed, what);
        }
    }
}

/// The catalogue has the outcome of every lot that has closed.
///
/// # Errors
/// The node does not give the results.
pub async fn hold_results(
    staff: &mut Account,
    sale: &Sale,
    snapshot: &Value,
    findings: &RefCell<Findings>,
) -> Result<(), rest::Error> {
    let fields = |of: &Value| ["result", "price_minor", "winner_paddle"].map(|field| of[field].clone());
    let closed = snapshot["lots"].as_array().into_iter().flatten();
    let wanted: Vec<_> = closed
        .filter(|lot| !lot["outcome"].is_null())
        .map(|lot| (lot["lot_id"].clone(), fields(&lot["outcome"])))
        .collect();
    let mut missing = wanted.clone();
    for _ in 0..LOOKS_MAX {
        let path = format!("/sales/{}/results", sale.id);
        let listed: Value = staff.get(&path).await?.unwrap_or_default();
        let listed = listed["results"].as_array().cloned().unwrap_or_default();
        missing.clone_from(&wanted);
        missing.retain(|(lot_id, outcome)| {
            let mut of_lot = listed.iter().filter(|result| result["lot_id"] == *lot_id);
            !of_lot.any(|result| fields(result) == *outcome)
        });
        if missing.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    for (lot_id, outcome) in missing {
        let what = format!("lot {lot_id} ended as {outcome:?}, which the results do not have");
        findings.borrow_mut().note(Fault::Lost, what);
    }
    Ok(())
}

/// Every bid is sent once more, and gets its first answer again.
pub async fn repeat_every_bid(
    address: &str,
    token: &str,
    ledger: &mut Ledger,
    findings: &RefCell<Findings>,
) -> Option<()> {
    let mut next = 0;
    while next < ledger.bids.len() {
        let mut socket = Socket::follow(address, token, &[]).await?;
        let first = next;
        next = ledger.bids.len().min(first + socket.left());
        for placed in &ledger.bids[first..next] {
            if !socket.send(&placed.request).await {
                return None;
            }
        }
        let mut unanswered: std::collections::BTreeSet<_> = (first..next).collect();
        while !unanswered.is_empty() {
            let Heard::Message(answer) = socket.hear::<Value>().await else {
                return None;
            };
            if !["bid_accepted", "bid_refused"].contains(&answer["type"].as_str().unwrap_or_default()) {
                continue;
            }
            let mut findings = findings.borrow_mut();
            if let Some(index) = ledger.find(&answer["bid_id"]) {
                unanswered.remove(&index);
            }
            match ledger.take(&answer, &mut findings) {
                Taken::Again if answer["repeated"] == true => {}
                _ => findings.note(Fault::Lost, format!("what was answered is not known: {answer}")),
            }
        }
    }
    Some(())
}
