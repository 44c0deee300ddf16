//! A rule vector as it stands in its file.

use super::{
    expect::{self, Check},
    keys::{AMOUNT, Fault, Keys, STANDINGS, amount},
    names::{Names, ONLY},
    rules::{Place, read_format},
    step::{self, Step},
};
use gavel_engine::{
    auction::{Approval, LotSetup, SaleKind},
    ids::BidderId,
    money::{Amount, Currency},
};
use serde_json::Value;

/// A scripted auction.
#[derive(Debug)]
pub struct Vector {
    pub currency: Currency,
    pub kind: SaleKind,
    /// In running order.
    pub lots: Vec<LotSetup>,
    /// Those of whom more is said than that they bid.
    pub bidders: Vec<Bidder>,
    pub names: Names,
    pub steps: Vec<Step>,
    /// How each lot ends.
    pub outcomes: Vec<Check>,
}

/// What a vector says of somebody before its first step.
#[derive(Debug)]
pub struct Bidder {
    pub id: BidderId,
    /// `None`: has not asked for a place in the sale.
    pub standing: Option<Approval>,
    pub limit: Option<Amount>,
    pub credit: Option<Amount>,
    pub elsewhere: Amount,
}

impl Vector {
    /// Reads a vector; `value` is an object with a name.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        let mut keys = Keys::of(value, "", None)?;
        keys.text("name")?;
        keys.optional_as("why", "a text", Value::as_str)?;
        let several = keys.optional_as("lots", "an array", Value::as_array)?;
        let lots: Vec<&Value> = match several {
            None => vec![keys.required_as("lot", "an object", Some)?],
            Some(lots) => lots.iter().collect(),
        };
        // First, because everything else is read differently in another format.
        for lot in &lots {
            read_format(lot)?;
        }
        let currency: Currency = keys.required_as("currency", "a code of ISO 4217", |value| {
            value.as_str()?.parse().ok()
        })?;
        let kind = keys.word::<SaleKind>("sale", "room or timed")?;
        let mut names = Names::default();
        let lots = if several.is_some() {
            read_lots(&lots, currency, &mut names)?
        } else {
            let place = Place {
                path: "lot",
                currency,
            };
            let of_lot = Keys::of(lots[0], place.path, None)?;
            let rules = place.read_lot(of_lot, lots[0], &mut names)?;
            vec![LotSetup { lot_id: ONLY, rules }]
        };
        let bidders = match keys.optional("bidders") {
            None => Vec::new(),
            Some(bidders) => read_bidders(bidders, currency, &mut names)?,
        };
        let steps = keys.required_as("steps", "an array", Value::as_array)?;
        let steps = read_steps(steps, currency, &mut names)?;
        let outcomes = expect::read_outcomes(&mut keys, several.is_some(), &lots, &names, currency)?;
        keys.finish()?;
        Ok(Self {
            currency,
            kind,
            lots,
            bidders,
            names,
            steps,
            outcomes,
        })
    }
}

fn read_lots(lots: &[&Value], currency: Currency, names: &mut Names) -> Result<Vec<LotSetup>, Fault> {
    let mut read = Vec::with_capacity(lots.len());
    for (index, lot) in lots.iter().enumerate() {
        let path = format!("lots[{index}]");
        let mut keys = Keys::of(lot, &path, None)?;
        let lot_id = keys.required_as("name", "a name that no other lot has", |value| {
            names.add_lot(value.as_str()?)
        })?;
        let place = Place {
            path: &path,
            currency,
        };
        let rules = place.read_lot(keys, lot, names)?;
        read.push(LotSetup { lot_id, rules });
    }
    Ok(read)
}

fn read_bidders(bidders: &Value, currency: Currency, names: &mut Names) -> Result<Vec<Bidder>, Fault> {
    let mut all = Keys::of(bidders, "bidders", None)?;
    let mut read = Vec::new();
    for (name, about) in all.every() {
        let mut keys = Keys::of(about, &format!("bidders.{name}"), None)?;
        let money = |value: &Value| amount(value, currency);
        read.push(Bidder {
            id: names.bidder(name),
            standing: read_standing(&mut keys)?,
            limit: keys.optional_as("limit", AMOUNT, money)?,
            credit: keys.optional_as("credit", AMOUNT, money)?,
            elsewhere: keys.optional_as("elsewhere", AMOUNT, money)?.unwrap_or_default(),
        });
        keys.finish()?;
    }
    Ok(read)
}

fn read_standing(keys: &mut Keys<'_>) -> Result<Option<Approval>, Fault> {
    let registered = keys.optional_as("registered", "true or false", Value::as_bool)?;
    let standing = keys.optional_word("standing", STANDINGS)?;
    match (registered, standing) {
        (Some(false), None) => Ok(None),
        (Some(false), Some(_)) => Err(keys.fault("standing", "no such key beside registered false")),
        (_, standing) => Ok(Some(standing.unwrap_or(Approval::Approved))),
    }
}

fn read_steps(steps: &[Value], currency: Currency, names: &mut Names) -> Result<Vec<Step>, Fault> {
    let mut read: Vec<Step> = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let step = step::read(step, index, currency, names)?;
        if let Some(before) = read.last().map(|before| before.at)
            && step.at < before
        {
            return Err(Fault {
                step: Some(index),
                field: "at_ms".to_owned(),
                expected: format!("at least {}", before.as_ms()).into(),
                got: step.at.as_ms().into(),
            });
        }
        read.push(step);
    }
    Ok(read)
}
