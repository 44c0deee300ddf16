//! The rules of a lot as they stand in a vector.

use super::{
    keys::{AMOUNT, Fault, Keys, amount, instant},
    names::Names,
};
use gavel_engine::{
    money::{Amount, Currency},
    rules::{
        Band, DutchClock, Format, OffIncrement, ReserveRule, RuleSet, Runs, RunsFrom, SoftClose, TieRule,
    },
};
use serde_json::Value;

/// Where the lot stands in the vector, and how its keys are read.
pub struct Place<'a> {
    /// `lot`, or `lots[2]`.
    pub path: &'a str,
    pub currency: Currency,
}

/// The format, which decides how everything else is read.
pub fn read_format(lot: &Value) -> Result<Format, Fault> {
    let format = lot.get("format").cloned().unwrap_or(Value::Null);
    serde_json::from_value(format.clone()).map_err(|_| Fault {
        step: None,
        field: "format".to_owned(),
        expected: "english, dutch, sealed_first_price or vickrey".into(),
        got: format,
    })
}

impl Place<'_> {
    /// Reads what is left of a lot's keys when its name was read.
    pub fn read_lot(&self, mut keys: Keys<'_>, lot: &Value, names: &mut Names) -> Result<RuleSet, Fault> {
        let currency = self.currency;
        let money = |value: &Value| amount(value, currency);
        let truth = "true or false";
        keys.present("format");
        let format = read_format(lot)?;
        let increments = match keys.optional_as("increments", "an array", Value::as_array)? {
            None => vec![Band {
                step_minor: Amount(10_i64.pow(currency.exponent())),
                ..Band::default()
            }],
            Some(bands) => bands
                .iter()
                .enumerate()
                .map(|(index, band)| self.read_band(band, index))
                .collect::<Result<_, Fault>>()?,
        };
        let rules = RuleSet {
            format,
            reserve_price_minor: keys.optional_as("reserve_price", AMOUNT, money)?,
            reserve_rule: keys.word::<ReserveRule>("reserve_rule", "hold, jump or post_in_full")?,
            tie_rule: keys.word::<TieRule>("tie_rule", "earliest or floor")?,
            off_increment: keys.word::<OffIncrement>("off_increment", "accept or reject")?,
            closes_at_ms: keys.optional_as("closes_at_ms", "an integer", instant)?,
            soft_close: keys
                .optional("soft_close")
                .map(|soft| self.read_soft_close(soft))
                .transpose()?,
            seller: keys
                .optional_as("seller", "a text", Value::as_str)?
                .map(|seller| names.bidder(seller)),
            dutch: keys
                .optional("dutch")
                .map(|clock| self.read_clock(clock))
                .transpose()?,
            revisions: keys
                .optional_as("revisions", truth, Value::as_bool)?
                .unwrap_or_default(),
            runs: keys
                .optional("runs")
                .map(|runs| self.read_runs(runs))
                .transpose()?,
            hammer_window_ms: keys
                .optional_as("hammer_window_ms", "an integer", Value::as_i64)?
                .unwrap_or_default(),
            buy_now_price_minor: keys.optional_as("buy_now_price", AMOUNT, money)?,
            quantity: keys
                .optional_as("quantity", "a number of pieces", count)?
                .unwrap_or(1),
            house_bids: keys
                .optional_as("house_bids", truth, Value::as_bool)?
                .unwrap_or_default(),
            self_raise: keys
                .optional_as("self_raise", truth, Value::as_bool)?
                .unwrap_or_default(),
            ..RuleSet::english(keys.amount("opening_price", currency)?, increments)
        };
        keys.finish()?;
        match rules.validate().first() {
            None => Ok(rules),
            Some(error) => {
                let key = error.field.split(['.', '[']).next().unwrap_or_default();
                let key = key.strip_suffix("_minor").unwrap_or(key);
                Err(Fault {
                    step: None,
                    field: format!("{}.{}", self.path, error.field.replace("_minor", "")),
                    expected: error.message.as_str().into(),
                    got: lot.get(key).cloned().unwrap_or(Value::Null),
                })
            }
        }
    }

    fn part<'a>(&self, value: &'a Value, key: &str) -> Result<Keys<'a>, Fault> {
        Keys::of(value, &format!("{}.{key}", self.path), None)
    }

    fn read_band(&self, band: &Value, index: usize) -> Result<Band, Fault> {
        let mut keys = self.part(band, &format!("increments[{index}]"))?;
        let from_minor = keys.amount("from", self.currency)?;
        let step_bp = keys.optional_as("step_bp", "a number of basis points", count)?;
        let step_minor = match step_bp {
            None => keys.amount("step", self.currency)?,
            Some(_) => keys
                .optional_as("step", AMOUNT, |value| amount(value, self.currency))?
                .unwrap_or_default(),
        };
        keys.finish()?;
        Ok(Band {
            from_minor,
            step_minor,
            step_bp,
        })
    }

    fn read_clock(&self, clock: &Value) -> Result<DutchClock, Fault> {
        let mut keys = self.part(clock, "dutch")?;
        let clock = DutchClock {
            start_minor: keys.amount("start", self.currency)?,
            step_minor: keys.amount("step", self.currency)?,
            every_ms: keys.integer("every_ms")?,
            floor_minor: keys.amount("floor", self.currency)?,
        };
        keys.finish()?;
        Ok(clock)
    }

    fn read_soft_close(&self, soft: &Value) -> Result<SoftClose, Fault> {
        let mut keys = self.part(soft, "soft_close")?;
        let soft = SoftClose {
            window_ms: keys.integer("window_ms")?,
            extend_ms: keys.integer("extend_ms")?,
            max_extensions: keys.optional_as("max_extensions", "a number of moves or null", count)?,
            group: keys.optional_as("group", "a number or null", count)?,
        };
        keys.finish()?;
        Ok(soft)
    }

    fn read_runs(&self, runs: &Value) -> Result<Runs, Fault> {
        let mut keys = self.part(runs, "runs")?;
        let runs = Runs {
            from: keys.word::<RunsFrom>("from", "opening or first_bid")?,
            duration_ms: keys.integer("duration_ms")?,
        };
        keys.finish()?;
        Ok(runs)
    }
}

fn count(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}
