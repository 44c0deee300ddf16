//! The forms that values of a vector are read into, which are those that they are shown in.

use super::{
    keys::{Fault, Keys, amount},
    names::Names,
};
use gavel_engine::money::Currency;
use serde_json::{Value, json};

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
pub const OUTCOME: Form = |value, names, currency| read_outcome(value, "outcome", names, currency).ok();
pub const WOULD_TAKE: Form = |value, names, currency| {
    let (key, amount) = value.as_object().filter(|keys| keys.len() == 1)?.iter().next()?;
    let known = ["at_least", "at_most", "exactly"].contains(&key.as_str());
    let amount = MONEY(amount, names, currency).filter(|_| known)?;
    Some(json!({ key: amount }))
};

/// What [`read_outcome`] accepts as a result.
const RESULTS: &str = "sold, unsold, withdrawn or sold_with";

/// Reads how a lot ended; null is that it has not.
pub fn read_outcome(value: &Value, path: &str, names: &Names, currency: Currency) -> Result<Value, Fault> {
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
