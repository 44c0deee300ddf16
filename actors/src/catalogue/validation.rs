//! What the fields of sales and lots may hold.

use super::{LotEdit, LotInput, RulesInput, SaleEdit, SaleInput};
use crate::text::{Fields, line, lines};
use gavel_engine::ids::{BidderId, LotId, SaleId, UserId};
use gavel_engine::money::{Amount, Currency};
use gavel_engine::rules::{FieldError, Format, RuleSet};
use gavel_engine::time::Timestamp;
use gavel_storage::relational::{LotNumber, LotRecord, SaleKind, SaleRecord, SaleStatus, StaggeredCloses};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How long after its start the last lot of a sale may close, milliseconds.
const HELD_MAX_MS: i64 = 366 * DAY_MS;

/// How far ahead a sale may be planned, milliseconds.
const PLANNED_AHEAD_MAX_MS: i64 = 5 * 366 * DAY_MS;

/// As many of a sale's errors as one answer holds.
const ERRORS_SHOWN_MAX: usize = 50;

/// What a currency must be.
const CURRENCY: &str = "must be a currency code of ISO 4217, in capitals";

/// A new sale.
pub(super) fn new_sale(id: SaleId, input: SaleInput, now: Timestamp) -> Result<SaleRecord, Vec<FieldError>> {
    sale(id, input, Some(now))
}

/// A draft sale after an edit. A start that is not touched may lie in the past.
pub(super) fn edited_sale(
    before: SaleRecord,
    edit: SaleEdit,
    now: Timestamp,
) -> Result<SaleRecord, Vec<FieldError>> {
    let starts_at_ms = edit.starts_at_ms.unwrap_or(before.starts_at_ms);
    let input = SaleInput {
        title: edit.title.unwrap_or(before.title),
        description: edit.description.unwrap_or(before.description),
        location: edit.location.unwrap_or(before.location),
        kind: edit.kind.unwrap_or(before.kind),
        currency: edit.currency.unwrap_or_else(|| before.currency.code().to_owned()),
        starts_at_ms,
        auto_approve: edit.auto_approve.unwrap_or(before.auto_approve),
        book_visibility: edit.book_visibility.unwrap_or(before.book_visibility),
        first_close_at_ms: edit
            .first_close_at_ms
            .unwrap_or(before.closes.map(|closes| closes.first_at_ms)),
        close_every_ms: edit
            .close_every_ms
            .unwrap_or(before.closes.map(|closes| closes.every_ms)),
    };
    sale(
        before.id,
        input,
        (starts_at_ms != before.starts_at_ms).then_some(now),
    )
}

/// A draft sale; its start is compared with `now` when that is given.
fn sale(id: SaleId, input: SaleInput, now: Option<Timestamp>) -> Result<SaleRecord, Vec<FieldError>> {
    let mut fields = Fields::default();
    fields.check("title", line(&input.title, 1, 200));
    fields.check("description", lines(&input.description, 10_000));
    fields.check("location", line(&input.location, 0, 200));
    if let Some(now) = now {
        let ahead_ms = input.starts_at_ms.since_ms(now);
        if !(-DAY_MS..=PLANNED_AHEAD_MAX_MS).contains(&ahead_ms) {
            fields.refuse(
                "starts_at_ms",
                "must be from a day ago to five years ahead, in Unix milliseconds",
            );
        }
    }
    let closes = staggered_closes(&mut fields, &input);
    let currency = input.currency.parse::<Currency>();
    let currency = fields.parse("currency", currency, CURRENCY);
    let currency = fields.finish_with(currency)?;
    Ok(SaleRecord {
        id,
        title: input.title,
        description: input.description,
        location: input.location,
        kind: input.kind,
        currency,
        starts_at_ms: input.starts_at_ms,
        auto_approve: input.auto_approve,
        book_visibility: input.book_visibility,
        closes,
        status: SaleStatus::Draft,
        current_lot_id: None,
    })
}

/// The closes of a timed sale's lots; `None` when each says its own.
fn staggered_closes(fields: &mut Fields, input: &SaleInput) -> Option<StaggeredCloses> {
    const EVERY: &str = "close_every_ms";
    const FIRST: &str = "first_close_at_ms";
    let (first_at_ms, every_ms) = (input.first_close_at_ms, input.close_every_ms);
    if input.kind == SaleKind::Room {
        for (field, given) in [(FIRST, first_at_ms.is_some()), (EVERY, every_ms.is_some())] {
            if given {
                fields.refuse(field, "must be null in a room sale, where the hammer closes lots");
            }
        }
        return None;
    }
    if let Some(first_at_ms) = first_at_ms {
        let after_start_ms = first_at_ms.since_ms(input.starts_at_ms);
        if !(1..=HELD_MAX_MS).contains(&after_start_ms) {
            fields.refuse(
                FIRST,
                "must be after the start of the sale and within a year of it",
            );
        }
    }
    if every_ms.is_some_and(|every_ms| !(0..=DAY_MS).contains(&every_ms)) {
        fields.refuse(EVERY, "must be from 0 to one day, in milliseconds");
    }
    match (first_at_ms, every_ms) {
        (Some(_), None) => fields.refuse(
            EVERY,
            "is needed beside first_close_at_ms; 0 closes all lots at once",
        ),
        (None, Some(_)) => fields.refuse(FIRST, "is needed beside close_every_ms"),
        _ => {}
    }
    let (first_at_ms, every_ms) = first_at_ms.zip(every_ms)?;
    Some(StaggeredCloses {
        first_at_ms,
        every_ms,
    })
}

/// A new lot of `sale`.
pub(super) fn new_lot(id: LotId, sale: &SaleRecord, input: LotInput) -> Result<LotRecord, Vec<FieldError>> {
    let mut fields = Fields::default();
    let number = input.number.parse::<LotNumber>();
    let number = fields.parse("number", number, "must be 1 to 99999, then at most two letters");
    fields.check("title", line(&input.title, 1, 200));
    fields.check("artist", line(&input.artist, 0, 200));
    fields.check("description", lines(&input.description, 20_000));
    let entered = input.rules.in_sale(sale.kind);
    let (low, high) = (input.estimate_low_minor, input.estimate_high_minor);
    for (field, estimate) in [("estimate_low_minor", low), ("estimate_high_minor", high)] {
        if estimate.is_some_and(|estimate| !estimate.is_payable()) {
            fields.refuse(field, "must be more than zero and at most 10^15, or null");
        }
    }
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        fields.refuse("estimate_low_minor", "must not be above the high estimate");
    }
    let seller = match (input.seller_id, entered.seller) {
        (Some(account), Some(bidder)) if BidderId::from(account) != bidder => {
            fields.refuse(
                "seller_id",
                "must be the same as rules.seller when both are given",
            );
            None
        }
        (account, bidder) => account.or(bidder.map(|bidder| UserId(bidder.0))),
    };
    let rules = RuleSet {
        seller: seller.map(BidderId::from),
        ..entered
    };
    fields.nest("rules", lot_rules(sale, &rules));
    let number = fields.finish_with(number)?;
    Ok(LotRecord {
        id,
        sale_id: sale.id,
        number,
        title: input.title,
        artist: input.artist,
        description: input.description,
        estimate_low_minor: low,
        estimate_high_minor: high,
        rules,
        seller_id: seller,
        picture_etag: None,
    })
}

/// A lot of `sale` after an edit.
pub(super) fn edited_lot(
    sale: &SaleRecord,
    before: LotRecord,
    edit: LotEdit,
) -> Result<LotRecord, Vec<FieldError>> {
    // Either of the two names of the seller may be edited alone; the other one follows.
    let (seller_id, rules) = match (edit.seller_id, edit.rules) {
        (Some(seller_id), None) => (
            seller_id,
            RulesInput::from(RuleSet {
                seller: None,
                ..before.rules
            }),
        ),
        (None, Some(rules)) => (None, rules),
        (seller_id, rules) => (
            seller_id.unwrap_or(before.seller_id),
            rules.unwrap_or_else(|| before.rules.into()),
        ),
    };
    let input = LotInput {
        number: edit.number.unwrap_or_else(|| before.number.to_string()),
        title: edit.title.unwrap_or(before.title),
        artist: edit.artist.unwrap_or(before.artist),
        description: edit.description.unwrap_or(before.description),
        estimate_low_minor: edit.estimate_low_minor.unwrap_or(before.estimate_low_minor),
        estimate_high_minor: edit.estimate_high_minor.unwrap_or(before.estimate_high_minor),
        rules,
        seller_id,
    };
    new_lot(before.id, sale, input)
}

/// The lots that get their close from the sale, with it, if the sale may be published at `now`: its kind,
/// for one, may have changed after lots were entered.
pub(super) fn completed(
    sale: &SaleRecord,
    lots: &[LotRecord],
    now: Timestamp,
) -> Result<Vec<LotRecord>, Vec<FieldError>> {
    let mut fields = Fields::default();
    let mut completed: Vec<LotRecord> = Vec::new();
    for lot in lots {
        let parent = format!("lots[{}].rules", lot.number);
        if let Some(closes) = closes_with_sale(sale, &lot.rules) {
            let mut lot = lot.clone();
            lot.rules.closes_at_ms = Some(closes.after(completed.len()));
            fields.nest(&parent, lot_rules(sale, &lot.rules));
            completed.push(lot);
        } else {
            fields.nest(&parent, lot_rules(sale, &lot.rules));
            if lot.rules.closes_at_ms.is_some_and(|close| close <= now) {
                fields.refuse(&format!("{parent}.closes_at_ms"), "has passed");
            }
        }
    }
    // One word for all of the lots.
    let first = sale.closes.filter(|_| !completed.is_empty());
    if first.is_some_and(|closes| closes.first_at_ms <= now) {
        fields.refuse("first_close_at_ms", "has passed");
    }
    fields.finish_with(Some(completed)).map_err(|mut errors| {
        errors.truncate(ERRORS_SHOWN_MAX);
        errors
    })
}

/// The sale's closes, for a lot that does not say itself when it closes.
fn closes_with_sale(sale: &SaleRecord, rules: &RuleSet) -> Option<StaggeredCloses> {
    let by_itself = rules.closes_at_ms.is_some() || rules.runs.is_some() || rules.format == Format::Dutch;
    sale.closes.filter(|_| !by_itself)
}

/// A limit that somebody may be given.
pub(super) fn limit(limit: Amount) -> Result<Amount, Vec<FieldError>> {
    let mut fields = Fields::default();
    if !(Amount(0)..=Amount::MAX).contains(&limit) {
        fields.refuse("limit_minor", "must be from 0 to 10^15 minor units");
    }
    fields.finish().map(|()| limit)
}

/// The currency of a credit line.
pub(super) fn currency(code: &str) -> Result<Currency, Vec<FieldError>> {
    let mut fields = Fields::default();
    let currency = fields.parse("currency", code.parse(), CURRENCY);
    fields.finish_with(currency)
}

/// The rules by themselves, and what the sale's kind asks of them.
fn lot_rules(sale: &SaleRecord, rules: &RuleSet) -> Vec<FieldError> {
    if let Some(closes) = closes_with_sale(sale, rules) {
        // As it will be, for the first of them.
        let mut rules = rules.clone();
        rules.closes_at_ms = Some(closes.first_at_ms);
        return lot_rules(sale, &rules);
    }
    let mut errors = rules.validate_in(sale.currency);
    let mut refuse = |message: &str| {
        errors.push(FieldError {
            field: "closes_at_ms".to_owned(),
            message: message.to_owned(),
        });
    };
    // No hammer falls on sealed bids, and a Dutch clock ends by itself.
    let by_hammer = rules.format == Format::English;
    let by_itself = rules.runs.is_some() || rules.format == Format::Dutch;
    match (sale.kind, rules.closes_at_ms) {
        (SaleKind::Room, Some(_)) if by_hammer => {
            refuse("must be null in a room sale, where the hammer closes lots");
        }
        (SaleKind::Timed, None) if !by_itself => {
            refuse("must be given in a timed sale without first_close_at_ms");
        }
        (SaleKind::Timed, Some(close)) if close <= sale.starts_at_ms => {
            refuse("must be after the start of the sale");
        }
        (SaleKind::Timed, Some(close)) if close.since_ms(sale.starts_at_ms) > HELD_MAX_MS => {
            refuse("must be within a year of the start of the sale");
        }
        _ => {}
    }
    errors
}
