//! Reads the objects of a vector key by key, so that whatever is missing, of the wrong type or
//! unknown is reported by its path.

use gavel_engine::{
    money::{Amount, Currency},
    time::Timestamp,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Where a vector and the engine, or a vector and its own format, disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Index into `steps`; `None` for what belongs to the vector as a whole.
    pub step: Option<usize>,
    /// The expectation (`price`), or the path of the key (`lot.increments[1].step`).
    pub field: String,
    /// What the vector expects; for a key that cannot be read, what would be accepted there.
    pub expected: Value,
    /// What the engine gave; for a key that cannot be read, what stands there.
    pub got: Value,
}

/// An object of which every key has to be asked for.
pub struct Keys<'a> {
    map: &'a Map<String, Value>,
    path: String,
    step: Option<usize>,
    asked: Vec<&'a str>,
}

impl<'a> Keys<'a> {
    /// `path` names the object in faults; empty for the vector itself.
    pub fn of(value: &'a Value, path: &str, step: Option<usize>) -> Result<Self, Fault> {
        let map = value.as_object().ok_or_else(|| Fault {
            step,
            field: path.to_owned(),
            expected: "an object".into(),
            got: value.clone(),
        })?;
        Ok(Self {
            map,
            path: path.to_owned(),
            step,
            asked: Vec::new(),
        })
    }

    /// The path of a key.
    pub fn path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// A fault at a key.
    pub fn fault(&self, key: &str, expected: &str) -> Fault {
        Fault {
            step: self.step,
            field: self.path(key),
            expected: expected.into(),
            got: self.map.get(key).cloned().unwrap_or(Value::Null),
        }
    }

    /// The value of a key, which may be null; `None` when the key is absent.
    pub fn present(&mut self, key: &'static str) -> Option<&'a Value> {
        self.asked.push(key);
        self.map.get(key)
    }

    /// The value of a key; `None` when it is absent or null.
    pub fn optional(&mut self, key: &'static str) -> Option<&'a Value> {
        self.present(key).filter(|value| !value.is_null())
    }

    /// Every key with its value, where the keys are names.
    pub fn every(&mut self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let map = self.map;
        self.asked.extend(map.keys().map(String::as_str));
        map.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a key that is a name, which may be null.
    pub fn named(&mut self, name: &str) -> Option<&'a Value> {
        let (name, value) = self.map.get_key_value(name)?;
        self.asked.push(name);
        Some(value)
    }

    /// A value read by `read`; `None` when it is absent or null.
    pub fn optional_as<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        self.optional(key)
            .map(|value| read(value).ok_or_else(|| self.fault(key, expected)))
            .transpose()
    }

    /// A value read by `read`, which must be there.
    pub fn required_as<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, Fault> {
        self.optional_as(key, expected, read)?
            .ok_or_else(|| self.fault(key, expected))
    }

    /// One of a few words that `T` knows; its default when absent.
    pub fn word<T: DeserializeOwned + Default>(
        &mut self,
        key: &'static str,
        words: &str,
    ) -> Result<T, Fault> {
        Ok(self.optional_word(key, words)?.unwrap_or_default())
    }

    /// One of a few words that `T` knows; `None` when it is absent or null.
    pub fn optional_word<T: DeserializeOwned>(
        &mut self,
        key: &'static str,
        words: &str,
    ) -> Result<Option<T>, Fault> {
        self.optional_as(key, words, |value| serde_json::from_value(value.clone()).ok())
    }

    /// An amount, which must be there.
    pub fn amount(&mut self, key: &'static str, currency: Currency) -> Result<Amount, Fault> {
        self.required_as(key, AMOUNT, |value| amount(value, currency))
    }

    /// A number of milliseconds, which must be there.
    pub fn integer(&mut self, key: &'static str) -> Result<i64, Fault> {
        self.required_as(key, "an integer", Value::as_i64)
    }

    /// A text, which must be there.
    pub fn text(&mut self, key: &'static str) -> Result<&'a str, Fault> {
        self.required_as(key, "a text", Value::as_str)
    }

    /// Every key must have been asked for.
    pub fn finish(self) -> Result<(), Fault> {
        match self.map.keys().find(|key| !self.asked.contains(&key.as_str())) {
            None => Ok(()),
            Some(unknown) => Err(Fault {
                step: self.step,
                field: self.path(unknown),
                expected: "no such key".into(),
                got: self.map.get(unknown).cloned().unwrap_or(Value::Null),
            }),
        }
    }
}

/// What [`amount`] accepts.
pub const AMOUNT: &str = "an amount as a decimal text";

/// What a standing with the house is called.
pub const STANDINGS: &str = "approved, pending or suspended";

/// A decimal text of major units.
pub fn amount(value: &Value, currency: Currency) -> Option<Amount> {
    currency.parse_amount(value.as_str()?).ok()
}

/// An instant.
pub fn instant(value: &Value) -> Option<Timestamp> {
    value.as_i64().map(Timestamp)
}
