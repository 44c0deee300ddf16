//! What the fields of sales and lots may hold.

use super::{LotEdit, LotInput, SaleEdit, SaleInput};
use crate::text::{Fields, line, lines};
use gavel_engine::ids::{BidderId, LotId, SaleId, UserId};
use gavel_engine::money::{Amount, Currency};
use gavel_engine::rules::{FieldError, Format, RuleSet};
use gavel_engine::time::Timestamp;
use gavel_storage::relational::{LotNumber, LotRecord, SaleKind, SaleRecord, SaleStatus};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

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
        status: SaleStatus::Draft,
        current_lot_id: None,
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
    let (low, high) = (input.estimate_low_minor, input.estimate_high_minor);
    for (field, estimate) in [("estimate_low_minor", low), ("estimate_high_minor", high)] {
        if estimate.is_some_and(|estimate| !estimate.is_payable()) {
            fields.refuse(field, "must be more than zero and at most 10^15, or null");
        }
    }
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        fields.refuse("estimate_low_minor", "must not be above the high estimate");
    }
    let seller = match (input.seller_id, input.rules.seller) {
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
        ..input.rules
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
            RuleSet {
                seller: None,
                ..before.rules
            },
        ),
        (None, Some(rules)) => (None, rules),
        (seller_id, rules) => (
            seller_id.unwrap_or(before.seller_id),
            rules.unwrap_or(before.rules),
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

/// May the sale be published at `now`? Its kind may have changed after lots were entered.
pub(super) fn publishable(
    sale: &SaleRecord,
    lots: &[LotRecord],
    now: Timestamp,
) -> Result<(), Vec<FieldError>> {
    let mut fields = Fields::default();
    for lot in lots {
        let parent = format!("lots[{}].rules", lot.number);
        fields.nest(&parent, lot_rules(sale, &lot.rules));
        if lot.rules.closes_at_ms.is_some_and(|close| close <= now) {
            fields.refuse(&format!("{parent}.closes_at_ms"), "has passed");
        }
    }
    fields.finish().map_err(|mut errors| {
        errors.truncate(ERRORS_SHOWN_MAX);
        errors
    })
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
        (SaleKind::Timed, None) if !by_itself => refuse("must be given in a timed sale"),
        (SaleKind::Timed, Some(close)) if close <= sale.starts_at_ms => {
            refuse("must be after the start of the sale");
        }
        (SaleKind::Timed, Some(close)) if close.since_ms(sale.starts_at_ms) > 366 * DAY_MS => {
            refuse("must be within a year of the start of the sale");
        }
        _ => {}
    }
    errors
}
