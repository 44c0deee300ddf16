//! Rule sets that make no sense are refused when they are saved, with the field named.

use super::{
    BANDS_MAX, Format, HAMMER_WINDOW_MS_MAX, OffIncrement, QUANTITY_MAX, RULES_VERSION, RuleSet, RunsFrom,
    SoftClose,
};
use crate::money::{Amount, Currency};
use serde::Serialize;

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 366 * DAY_MS;
const FALLS_MAX: i64 = 100_000;
const ALL_OF_IT_BP: u32 = 10_000;

/// A field of a rule set makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// Path of the field, as in the JSON form: `increments[2].step_minor`.
    pub field: String,
    /// What would be accepted.
    pub message: String,
}

/// What was found so far.
#[derive(Default)]
struct Findings(Vec<FieldError>);

impl Findings {
    fn refuse_unless(&mut self, sound: bool, field: impl Into<String>, message: &str) {
        if !sound {
            self.0.push(FieldError {
                field: field.into(),
                message: message.to_owned(),
            });
        }
    }
}

impl RuleSet {
    /// Every field that makes no sense; an empty list is a rule set that can be used.
    pub fn validate(&self) -> Vec<FieldError> {
        let mut findings = Findings::default();
        findings.refuse_unless(
            (1..=RULES_VERSION).contains(&self.version),
            "version",
            "must be 1 or 2",
        );
        findings.refuse_unless(
            self.opening_price_minor.is_payable(),
            "opening_price_minor",
            "must be more than zero and at most 10^15",
        );
        self.check_increments(&mut findings);
        findings.refuse_unless(
            self.reserve_price_minor.is_none_or(Amount::is_payable),
            "reserve_price_minor",
            "must be more than zero and at most 10^15, or absent",
        );
        findings.refuse_unless(
            (1..=QUANTITY_MAX).contains(&self.quantity),
            "quantity",
            "must be from 1 to 1000",
        );
        findings.refuse_unless(
            !self.opening_price_minor.is_payable()
                || self.times_the_money(self.opening_price_minor) <= Amount::MAX,
            "quantity",
            "must not take the opening price of all pieces beyond 10^15",
        );
        self.check_close(&mut findings);
        self.check_dutch(&mut findings);
        self.check_hammer(&mut findings);
        findings.0
    }

    /// The same for a lot of a sale that is held in this currency.
    pub fn validate_in(&self, currency: Currency) -> Vec<FieldError> {
        let mut findings = Findings(self.validate());
        findings.refuse_unless(
            self.reserve_currency.is_none_or(|agreed| agreed == currency),
            "reserve_currency",
            "must be the sale's currency",
        );
        findings.0
    }

    fn check_increments(&self, findings: &mut Findings) {
        findings.refuse_unless(
            (1..=BANDS_MAX).contains(&self.increments.len()),
            "increments",
            "needs 1 to 24 bands",
        );
        for (index, band) in self.increments.iter().enumerate() {
            let path = |field: &str| format!("increments[{index}].{field}");
            findings.refuse_unless(
                band.from_minor.0 == 0 || band.from_minor.is_payable(),
                path("from_minor"),
                "must be from 0 to 10^15",
            );
            findings.refuse_unless(
                band.step_minor.is_payable() || band.step_bp.is_some() && band.step_minor.0 == 0,
                path("step_minor"),
                "must be more than zero and at most 10^15, or absent beside step_bp",
            );
            findings.refuse_unless(
                band.step_bp.is_none_or(|bp| (1..=ALL_OF_IT_BP).contains(&bp)),
                path("step_bp"),
                "must be from 1 to 10000 basis points",
            );
            findings.refuse_unless(
                band.step_bp.is_none() || self.off_increment == OffIncrement::Accept,
                path("step_bp"),
                "has no ladder to stay on; needs off_increment accept",
            );
            findings.refuse_unless(
                index == 0 || self.increments[index - 1].from_minor < band.from_minor,
                path("from_minor"),
                "must be above that of the band before it",
            );
        }
    }

    fn check_close(&self, findings: &mut Findings) {
        findings.refuse_unless(
            self.closes_at_ms.is_none_or(|close| close.0 >= 0),
            "closes_at_ms",
            "must not be negative",
        );
        if let Some(runs) = self.runs {
            findings.refuse_unless(
                (1..=YEAR_MS).contains(&runs.duration_ms),
                "runs.duration_ms",
                "must be from 1 ms to one year",
            );
            findings.refuse_unless(
                self.closes_at_ms.is_none(),
                "runs",
                "must be absent beside closes_at_ms",
            );
            findings.refuse_unless(
                self.format != Format::Dutch,
                "runs",
                "must be absent: the Dutch clock ends by itself",
            );
            findings.refuse_unless(
                runs.from == RunsFrom::Opening || !self.format.is_sealed(),
                "runs.from",
                "must be opening for sealed bids: a close that starts with the first would tell that there is one",
            );
        }
        let closes = self.closes_at_ms.is_some() || self.runs.is_some();
        findings.refuse_unless(
            closes || !self.format.is_sealed(),
            "closes_at_ms",
            "is needed for sealed bids, or runs",
        );
        if let Some(soft) = &self.soft_close {
            findings.refuse_unless(closes, "soft_close", "needs closes_at_ms or runs");
            findings.refuse_unless(
                self.format == Format::English,
                "soft_close",
                "must be absent: only English lots have one",
            );
            soft.check(findings);
        }
    }

    fn check_dutch(&self, findings: &mut Findings) {
        let Some(clock) = &self.dutch else {
            findings.refuse_unless(self.format != Format::Dutch, "dutch", "is needed for this format");
            return;
        };
        findings.refuse_unless(
            self.format == Format::Dutch,
            "dutch",
            "must be absent: only Dutch lots have a clock",
        );
        for (field, amount) in [
            ("dutch.start_minor", clock.start_minor),
            ("dutch.step_minor", clock.step_minor),
            ("dutch.floor_minor", clock.floor_minor),
        ] {
            findings.refuse_unless(
                amount.is_payable(),
                field,
                "must be more than zero and at most 10^15",
            );
        }
        findings.refuse_unless(
            clock.floor_minor <= clock.start_minor,
            "dutch.floor_minor",
            "must not be above start_minor",
        );
        findings.refuse_unless(
            (1..=DAY_MS).contains(&clock.every_ms),
            "dutch.every_ms",
            "must be from 1 ms to one day",
        );
        findings.refuse_unless(
            clock.falls() <= FALLS_MAX,
            "dutch.step_minor",
            "must bring the clock to the floor in at most 100000 steps",
        );
    }

    fn check_hammer(&self, findings: &mut Findings) {
        findings.refuse_unless(
            (0..=HAMMER_WINDOW_MS_MAX).contains(&self.hammer_window_ms),
            "hammer_window_ms",
            "must be from 0 to 2000 ms",
        );
        if let Some(price) = self.buy_now_price_minor {
            findings.refuse_unless(
                price.is_payable(),
                "buy_now_price_minor",
                "must be more than zero and at most 10^15, or absent",
            );
            findings.refuse_unless(
                self.format == Format::English,
                "buy_now_price_minor",
                "must be absent: only English lots have one",
            );
            let least = self.reserve_price_minor.max(Some(self.opening_price_minor));
            findings.refuse_unless(
                Some(price) >= least,
                "buy_now_price_minor",
                "must not be below the opening price or the reserve",
            );
        }
        findings.refuse_unless(
            !self.house_bids || self.format == Format::English && self.reserve_price_minor.is_some(),
            "house_bids",
            "needs an English lot with a reserve",
        );
        findings.refuse_unless(
            !self.self_raise || self.format == Format::English,
            "self_raise",
            "must be false: only English lots have a leader who can be seen",
        );
    }
}

impl SoftClose {
    fn check(&self, findings: &mut Findings) {
        findings.refuse_unless(
            (0..=DAY_MS).contains(&self.window_ms),
            "soft_close.window_ms",
            "must be from 0 to one day",
        );
        findings.refuse_unless(
            (1..=DAY_MS).contains(&self.extend_ms),
            "soft_close.extend_ms",
            "must be from 1 ms to one day",
        );
    }
}
