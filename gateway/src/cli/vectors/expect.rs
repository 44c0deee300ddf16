//! What a vector expects: of the answer, of lots, of bidders.

use super::{
    forms::{FLAG, LOT, MONEY, TEXT, WOULD_TAKE, read_outcome},
    keys::{Fault, Keys},
    names::{Names, ONLY},
    show,
};
use gavel_engine::{
    auction::LotSetup,
    ids::{BidderId, LotId},
    money::Currency,
};
use serde_json::Value;

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
