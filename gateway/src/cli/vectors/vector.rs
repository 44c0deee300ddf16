//! A rule vector as it stands in its file.

use super::keys::{AMOUNT, Fault, Keys, amount, instant};
use gavel_engine::{
    ids::{BidId, BidderId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::{Band, DutchClock, Format, OffIncrement, ReserveRule, RuleSet, SoftClose, TieRule},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A scripted auction.
#[derive(Debug)]
pub struct Vector {
    pub currency: Currency,
    pub rules: RuleSet,
    pub names: Names,
    pub steps: Vec<Step>,
    /// In the form that [`super::runner`] gives outcomes.
    pub outcome: Value,
}

/// One command and what it should bring.
#[derive(Debug)]
pub struct Step {
    pub at: Timestamp,
    pub action: Action,
    /// Field and value, in the form that [`super::runner`] gives them.
    pub expect: Vec<(&'static str, Value)>,
}

/// What a step asks for.
#[derive(Debug)]
pub enum Action {
    Open,
    Bid {
        bid_id: BidId,
        bidder: BidderId,
        channel: Channel,
        offer: Offer,
    },
    Retract(BidId),
    Ask(Amount),
    Pause,
    Resume,
    Hammer {
        sold: bool,
        override_reserve: bool,
    },
    Reopen(Option<Timestamp>),
    Tick,
}

/// Numbers for the names of a vector, in order of appearance: the same vector gives the same ids.
#[derive(Debug, Default)]
pub struct Names {
    bidders: BTreeMap<String, u128>,
    bids: BTreeMap<String, u128>,
    bids_seen: u128,
}

impl Names {
    fn bidder(&mut self, name: &str) -> BidderId {
        let next = self.bidders.len() as u128 + 1;
        BidderId(*self.bidders.entry(name.to_owned()).or_insert(next))
    }

    fn bid(&mut self, name: Option<&str>) -> BidId {
        let next = self.bids_seen + 1;
        let number = match name {
            None => next,
            Some(name) => *self.bids.entry(name.to_owned()).or_insert(next),
        };
        self.bids_seen = self.bids_seen.max(number);
        BidId(number)
    }

    /// Everybody who appears, by number.
    pub fn bidders(&self) -> impl Iterator<Item = BidderId> {
        (1..=self.bidders.len() as u128).map(BidderId)
    }

    /// The name of a bidder.
    pub fn name_of(&self, bidder: BidderId) -> Option<&str> {
        let (name, _) = self.bidders.iter().find(|(_, number)| **number == bidder.0)?;
        Some(name)
    }
}

impl Vector {
    /// Reads a vector; `value` is an object with a name.
    pub fn read(value: &Value) -> Result<Self, Fault> {
        let mut keys = Keys::of(value, "", None)?;
        keys.text("name")?;
        keys.optional_as("why", "a text", Value::as_str)?;
        let lot = keys.required_as("lot", "an object", Some)?;
        // First, because everything else is read differently in another format.
        let format = read_format(lot)?;
        let currency: Currency = keys.required_as("currency", "a code of ISO 4217", |value| {
            value.as_str()?.parse().ok()
        })?;
        let mut names = Names::default();
        let rules = read_lot(lot, format, currency, &mut names)?;
        let mut steps = Vec::new();
        for (index, step) in keys
            .required_as("steps", "an array", Value::as_array)?
            .iter()
            .enumerate()
        {
            let step = read_step(step, index, currency, &mut names)?;
            if let Some(before) = steps.last().map(|before: &Step| before.at)
                && step.at < before
            {
                return Err(Fault {
                    step: Some(index),
                    field: "at_ms".to_owned(),
                    expected: format!("at least {}", before.as_ms()).into(),
                    got: step.at.as_ms().into(),
                });
            }
            steps.push(step);
        }
        let outcome = match keys.present("outcome") {
            None => return Err(keys.fault("outcome", "an object or null")),
            Some(Value::Null) => Value::Null,
            Some(outcome) => read_outcome(outcome, currency)?,
        };
        keys.finish()?;
        Ok(Self {
            currency,
            rules,
            names,
            steps,
            outcome,
        })
    }
}

fn read_format(lot: &Value) -> Result<Format, Fault> {
    let format = lot.get("format").cloned().unwrap_or(Value::Null);
    serde_json::from_value(format.clone()).map_err(|_| Fault {
        step: None,
        field: "format".to_owned(),
        expected: "english, dutch, sealed_first_price or vickrey".into(),
        got: format,
    })
}

fn read_lot(lot: &Value, format: Format, currency: Currency, names: &mut Names) -> Result<RuleSet, Fault> {
    let mut keys = Keys::of(lot, "lot", None)?;
    keys.present("format");
    let increments = match keys.optional_as("increments", "an array", Value::as_array)? {
        None => vec![Band {
            step_minor: Amount(10_i64.pow(currency.exponent())),
            ..Band::default()
        }],
        Some(bands) => bands
            .iter()
            .enumerate()
            .map(|(index, band)| read_band(band, &format!("lot.increments[{index}]"), currency))
            .collect::<Result<_, Fault>>()?,
    };
    let rules = RuleSet {
        format,
        reserve_price_minor: keys.optional_as("reserve_price", AMOUNT, |value| amount(value, currency))?,
        reserve_rule: keys.word::<ReserveRule>("reserve_rule", "hold, jump or post_in_full")?,
        tie_rule: keys.word::<TieRule>("tie_rule", "earliest or floor")?,
        off_increment: keys.word::<OffIncrement>("off_increment", "accept or reject")?,
        closes_at_ms: keys.optional_as("closes_at_ms", "an integer", instant)?,
        soft_close: keys.optional("soft_close").map(read_soft_close).transpose()?,
        seller: keys
            .optional_as("seller", "a text", Value::as_str)?
            .map(|seller| names.bidder(seller)),
        dutch: keys
            .optional("dutch")
            .map(|clock| read_clock(clock, currency))
            .transpose()?,
        revisions: keys
            .optional_as("revisions", "true or false", Value::as_bool)?
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
                field: format!("lot.{}", error.field.replace("_minor", "")),
                expected: error.message.as_str().into(),
                got: lot.get(key).cloned().unwrap_or(Value::Null),
            })
        }
    }
}

fn read_band(band: &Value, path: &str, currency: Currency) -> Result<Band, Fault> {
    let mut keys = Keys::of(band, path, None)?;
    let band = Band {
        from_minor: keys.amount("from", currency)?,
        step_minor: keys.amount("step", currency)?,
        step_bp: None,
    };
    keys.finish()?;
    Ok(band)
}

fn read_clock(clock: &Value, currency: Currency) -> Result<DutchClock, Fault> {
    let mut keys = Keys::of(clock, "lot.dutch", None)?;
    let clock = DutchClock {
        start_minor: keys.amount("start", currency)?,
        step_minor: keys.amount("step", currency)?,
        every_ms: keys.integer("every_ms")?,
        floor_minor: keys.amount("floor", currency)?,
    };
    keys.finish()?;
    Ok(clock)
}

fn read_soft_close(soft: &Value) -> Result<SoftClose, Fault> {
    let mut keys = Keys::of(soft, "lot.soft_close", None)?;
    let soft = SoftClose {
        window_ms: keys.integer("window_ms")?,
        extend_ms: keys.integer("extend_ms")?,
        max_extensions: keys.optional_as("max_extensions", "a number of moves or null", |value| {
            u32::try_from(value.as_u64()?).ok()
        })?,
        group: None,
    };
    keys.finish()?;
    Ok(soft)
}

fn read_step(step: &Value, index: usize, currency: Currency, names: &mut Names) -> Result<Step, Fault> {
    let mut keys = Keys::of(step, "", Some(index))?;
    let at = keys.required_as("at_ms", "an integer", instant)?;
    let expect = match keys.optional("expect") {
        None => Vec::new(),
        Some(expect) => read_expect(expect, index, currency)?,
    };
    let mut actions = Vec::new();
    for (key, action) in [
        ("open", Action::Open),
        ("pause", Action::Pause),
        ("resume", Action::Resume),
        ("tick", Action::Tick),
    ] {
        let only_true = |value: &Value| (value == &Value::Bool(true)).then_some(());
        if keys.optional_as(key, "true", only_true)?.is_some() {
            actions.push(action);
        }
    }
    if let Some(bid) = keys.optional("bid") {
        actions.push(read_bid(bid, index, currency, names)?);
    }
    if let Some(bid) = keys.optional_as("retract", "a bid's id", Value::as_str)? {
        actions.push(Action::Retract(names.bid(Some(bid))));
    }
    if let Some(ask) = keys.optional_as("ask", AMOUNT, |value| amount(value, currency))? {
        actions.push(Action::Ask(ask));
    }
    let sold_or_pass = |value: &Value| match value.as_str()? {
        "sold" => Some(true),
        "pass" => Some(false),
        _ => None,
    };
    if let Some(sold) = keys.optional_as("hammer", "sold or pass", sold_or_pass)? {
        let override_reserve = keys
            .optional_as("override_reserve", "true or false", Value::as_bool)?
            .unwrap_or_default();
        actions.push(Action::Hammer {
            sold,
            override_reserve,
        });
    }
    if let Some(reopen) = keys.optional("reopen") {
        let mut reopen = Keys::of(reopen, "reopen", Some(index))?;
        let closes_at = reopen.optional_as("closes_at_ms", "an integer or null", instant)?;
        reopen.finish()?;
        actions.push(Action::Reopen(closes_at));
    }
    keys.finish()?;
    let found = actions.len();
    match (actions.pop(), found) {
        (Some(action), 1) => Ok(Step { at, action, expect }),
        _ => Err(Fault {
            step: Some(index),
            field: "step".to_owned(),
            expected: "one command".into(),
            got: format!("{found} commands").into(),
        }),
    }
}

fn read_bid(bid: &Value, index: usize, currency: Currency, names: &mut Names) -> Result<Action, Fault> {
    let mut keys = Keys::of(bid, "bid", Some(index))?;
    let bidder = names.bidder(keys.text("bidder")?);
    let channel = keys.word("channel", "online, floor, phone or absentee")?;
    let exact = keys.optional_as("amount", AMOUNT, |value| amount(value, currency))?;
    let max = keys.optional_as("max", AMOUNT, |value| amount(value, currency))?;
    let offer = match (exact, max) {
        (Some(amount), None) => Offer::Amount(amount),
        (None, Some(max)) => Offer::Max(max),
        _ => return Err(keys.fault("amount", "either amount or max")),
    };
    let bid_id = names.bid(keys.optional_as("id", "a text", Value::as_str)?);
    keys.finish()?;
    Ok(Action::Bid {
        bid_id,
        bidder,
        channel,
        offer,
    })
}

fn read_expect(
    expect: &Value,
    index: usize,
    currency: Currency,
) -> Result<Vec<(&'static str, Value)>, Fault> {
    type Form = fn(&Value, Currency) -> Option<Value>;
    let flag: Form = |value, _| value.is_boolean().then(|| value.clone());
    let text: Form = |value, _| value.is_string().then(|| value.clone());
    let money: Form = |value, currency| {
        let amount = amount(value, currency)?;
        Some(currency.format_amount(amount).into())
    };
    let integer: Form = |value, _| value.is_i64().then(|| value.clone());
    let fields: [(&'static str, &str, Form); 8] = [
        ("accepted", "true or false", flag),
        ("reason", "a code or null", text),
        ("state", "a text", text),
        ("price", "an amount or null", money),
        ("leader", "a name or null", text),
        ("minimum", "an amount or null", money),
        ("reserve_met", "true, false or null", flag),
        ("closes_at_ms", "an integer or null", integer),
    ];
    let mut keys = Keys::of(expect, "expect", Some(index))?;
    let mut expected = Vec::with_capacity(fields.len());
    for (key, form, read) in fields {
        match keys.present(key) {
            None => {}
            Some(Value::Null) => expected.push((key, Value::Null)),
            Some(value) => {
                let value = read(value, currency).ok_or_else(|| keys.fault(key, form))?;
                expected.push((key, value));
            }
        }
    }
    keys.finish()?;
    Ok(expected)
}

fn read_outcome(outcome: &Value, currency: Currency) -> Result<Value, Fault> {
    let mut keys = Keys::of(outcome, "outcome", None)?;
    let result = keys.text("result")?;
    let winner = keys.optional_as("winner", "a name or null", Value::as_str)?;
    let price = keys.optional_as("price", "an amount or null", |value| amount(value, currency))?;
    keys.finish()?;
    Ok(json!({
        "result": result,
        "winner": winner,
        "price": price.map(|price| currency.format_amount(price)),
    }))
}
