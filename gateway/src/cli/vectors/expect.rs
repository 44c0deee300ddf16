//! What a vector expects: of the answer, of lots, of bidders.

use super::{
    keys::{Fault, Keys, amount},
    names::Names,
    show,
    vector::ONLY,
};
use gavel_engine::{
    auction::LotSetup,
    ids::{BidderId, LotId},
    money::Currency,
};
use serde_json::{Value, json};

/// One value that is checked.
#[derive(Debug)]
pub struct Check {
    /// The path of the key, without `expect`.
    pub field: String,
    pub of: Of,
    /// In the form that [`show`] gives values.
    pub expected: Value,
}

/// What a check is about.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    Accepted,
    Reason,
    WouldTake,
    /// The lot at the rostrum.
    Current,
    Lot(LotId, show::Field),
    /// What the sale binds a bidder to.
    Exposure(BidderId),
    /// What a bidder may still be bound to.
    Left(BidderId),
}

/// Reads the value of a key into the form that [`show`] gives; `None` when it makes no sense.
pub type Form = fn(&Value, &Names, Currency) -> Option<Value>;

pub const FLAG: Form = |value, _, _| value.is_boolean().then(|| value.clone());
pub const TEXT: Form = |value, _, _| value.is_string().then(|| value.clone());
pub const INTEGER: Form = |value, _, _| value.is_i64().then(|| value.clone());
pub const MONEY: Form = |value, _, currency| {
    let amount = amount(value, currency)?;
    Some(currency.format_amount(amount).into())
};
pub const LOT: Form = |value, names, _| {
    names.lot(value.as_str()?)?;
    Some(value.clone())
};
pub const LOTS: Form = |value, names, currency| {
    let lots = value.as_array()?.iter();
    lots.map(|lot| LOT(lot, names, currency)).collect()
};
pub const BIDDERS: Form = |value, names, _| {
    let bidders = value.as_array()?.iter();
    bidders
        .map(|name| names.known_bidder(name.as_str()?).map(|_| name.clone()))
        .collect()
};
pub const OUTCOME: Form = |value, names, currency| outcome(value, names, currency);

/// Reads the `expect` of the step with this index, which is for this lot.
pub fn read(
    expect: &Value,
    index: usize,
    lot_id: LotId,
    names: &Names,
    currency: Currency,
) -> Result<Vec<Check>, Fault> {
    let mut keys = Keys::of(expect, "expect", Some(index))?;
    let mut checks = Vec::new();
    for (key, form, read, of) in [
        ("accepted", "true or false", FLAG, Of::Accepted),
        ("reason", "a code or null", TEXT, Of::Reason),
        (
            "would_take",
            "at_least, at_most or exactly an amount, or null",
            WOULD_TAKE,
            Of::WouldTake,
        ),
        ("current", "one of the lots or null", LOT, Of::Current),
    ] {
        let value = value_of(&mut keys, key, form, |value| read(value, names, currency))?;
        checks.extend(value.map(|expected| Check {
            field: key.to_owned(),
            of,
            expected,
        }));
    }
    read_fields(&mut keys, "", lot_id, names, currency, &mut checks)?;
    for (key, of) in [
        ("exposure", Of::Exposure as fn(BidderId) -> Of),
        ("left", Of::Left),
    ] {
        let Some(bidders) = keys.optional(key) else {
            continue;
        };
        let mut all = Keys::of(bidders, &keys.path(key), Some(index))?;
        for (name, value) in all.every() {
            let fault = |expected: &str| all.fault(name, expected);
            let bidder = names
                .known_bidder(name)
                .ok_or_else(|| fault("somebody named before"))?;
            let expected = match value {
                Value::Null => Value::Null,
                value => MONEY(value, names, currency).ok_or_else(|| fault("an amount or null"))?,
            };
            checks.push(Check {
                field: format!("{key}.{name}"),
                of: of(bidder),
                expected,
            });
        }
    }
    if let Some(lots) = keys.optional("lots") {
        let mut all = Keys::of(lots, "expect.lots", Some(index))?;
        for (name, value) in all.every() {
            let lot_id = names
                .lot(name)
                .ok_or_else(|| all.fault(name, "one of the lots"))?;
            let mut keys = Keys::of(value, &all.path(name), Some(index))?;
            let prefix = format!("lots.{name}.");
            read_fields(&mut keys, &prefix, lot_id, names, currency, &mut checks)?;
            keys.finish()?;
        }
    }
    keys.finish()?;
    Ok(checks)
}

fn read_fields(
    keys: &mut Keys<'_>,
    prefix: &str,
    lot_id: LotId,
    names: &Names,
    currency: Currency,
    checks: &mut Vec<Check>,
) -> Result<(), Fault> {
    for field in show::Field::ALL {
        let (key, form, read) = field.form();
        let value = value_of(keys, key, form, |value| read(value, names, currency))?;
        checks.extend(value.map(|expected| Check {
            field: format!("{prefix}{key}"),
            of: Of::Lot(lot_id, *field),
            expected,
        }));
    }
    Ok(())
}

/// The value of a key, which may be null; `None` when it is not there.
fn value_of(
    keys: &mut Keys<'_>,
    key: &'static str,
    form: &str,
    read: impl FnOnce(&Value) -> Option<Value>,
) -> Result<Option<Value>, Fault> {
    match keys.present(key) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Value::Null)),
        Some(value) => match read(value) {
            None => Err(keys.fault(key, form)),
            read => Ok(read),
        },
    }
}

const WOULD_TAKE: Form = |value, names, currency| {
    let (key, amount) = value.as_object().filter(|keys| keys.len() == 1)?.iter().next()?;
    let known = ["at_least", "at_most", "exactly"].contains(&key.as_str());
    let amount = MONEY(amount, names, currency).filter(|_| known)?;
    Some(json!({ key: amount }))
};

/// The `outcome` of a vector: of its lot, or of each of its lots.
pub fn read_outcomes(
    keys: &mut Keys<'_>,
    several: bool,
    lots: &[LotSetup],
    names: &Names,
    currency: Currency,
) -> Result<Vec<Check>, Fault> {
    let check = |field: String, lot_id, expected| Check {
        field,
        of: Of::Lot(lot_id, show::Field::Outcome),
        expected,
    };
    let Some(value) = keys.present("outcome") else {
        return Err(keys.fault("outcome", "an object or null"));
    };
    if !several {
        let expected = read_outcome(value, "outcome", names, currency)?;
        return Ok(vec![check("outcome".to_owned(), ONLY, expected)]);
    }
    let mut of_lots = Keys::of(value, "outcome", None)?;
    let mut checks = Vec::with_capacity(lots.len());
    for lot in lots {
        let name = names.name_of_lot(lot.lot_id).unwrap_or_default();
        let value = of_lots.named(name);
        let value = value.ok_or_else(|| of_lots.fault(name, "an object or null"))?;
        let path = of_lots.path(name);
        let expected = read_outcome(value, &path, names, currency)?;
        checks.push(check(path, lot.lot_id, expected));
    }
    of_lots.finish()?;
    Ok(checks)
}

/// What [`read_outcome`] accepts as a result.
const RESULTS: &str = "sold, unsold, withdrawn or sold_with";

fn read_outcome(value: &Value, path: &str, names: &Names, currency: Currency) -> Result<Value, Fault> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let mut keys = Keys::of(value, path, None)?;
    let result = keys.required_as("result", RESULTS, |value| {
        let result = value.as_str()?;
        ["sold", "unsold", "withdrawn", "sold_with"]
            .contains(&result)
            .then_some(result)
    })?;
    let winner = keys.optional_as("winner", "a name or null", Value::as_str)?;
    let price = keys.optional_as("price", "an amount or null", |value| {
        MONEY(value, names, currency)
    })?;
    let with = keys.optional_as("lot", "one of the lots", |value| LOT(value, names, currency))?;
    keys.finish()?;
    let mut outcome = json!({ "result": result, "winner": winner, "price": price });
    if let Some(with) = with {
        outcome["lot"] = with;
    }
    Ok(outcome)
}

fn outcome(value: &Value, names: &Names, currency: Currency) -> Option<Value> {
    read_outcome(value, "outcome", names, currency).ok()
}
