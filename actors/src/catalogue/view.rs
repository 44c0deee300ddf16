//! Records as the API shows them.

use super::{Lot, Registration, ResultView, Sale, SaleSummary, Viewer};
use gavel_engine::ids::LotId;
use gavel_engine::rules::RuleSet;
use gavel_storage::relational::{LotRecord, RegistrationRecord, ResultRecord, SaleOverview, SaleRecord};

pub(super) fn summary(overview: SaleOverview) -> SaleSummary {
    let SaleOverview {
        sale,
        lot_count,
        cover_lot_id,
    } = overview;
    summary_of(sale, lot_count, cover_lot_id)
}

/// A sale with its lots, which are in running order.
pub(super) fn sale(sale: SaleRecord, lots: Vec<LotRecord>, viewer: Viewer) -> Sale {
    let cover_lot_id = lots
        .iter()
        .find(|lot| lot.picture_etag.is_some())
        .map(|lot| lot.id);
    let (auto_approve, book_visibility) = (sale.auto_approve, sale.book_visibility);
    let lots = self::lots(lots, viewer);
    let lot_count = u64::try_from(lots.len()).unwrap_or(u64::MAX);
    Sale {
        summary: summary_of(sale, lot_count, cover_lot_id),
        auto_approve,
        book_visibility,
        lots,
    }
}

/// All lots of a sale, in running order.
pub(super) fn lots(lots: Vec<LotRecord>, viewer: Viewer) -> Vec<Lot> {
    (1..)
        .zip(lots)
        .map(|(position, record)| lot(record, position, viewer))
        .collect()
}

pub(super) fn lot(lot: LotRecord, position: u32, viewer: Viewer) -> Lot {
    let (rules, seller_id) = match viewer {
        Viewer::Staff => (lot.rules, lot.seller_id),
        Viewer::Public => (
            RuleSet {
                reserve_price_minor: None,
                reserve_currency: None,
                house_bids: false,
                seller: None,
                ..lot.rules
            },
            None,
        ),
    };
    Lot {
        id: lot.id,
        sale_id: lot.sale_id,
        position,
        number: lot.number.to_string(),
        title: lot.title,
        artist: lot.artist,
        description: lot.description,
        estimate_low_minor: lot.estimate_low_minor,
        estimate_high_minor: lot.estimate_high_minor,
        rules,
        seller_id,
        has_picture: lot.picture_etag.is_some(),
    }
}

pub(super) fn registration(record: RegistrationRecord) -> Registration {
    let RegistrationRecord {
        sale_id,
        user_id,
        name,
        display_name,
        paddle,
        status,
        registered_at_ms,
        limit,
    } = record;
    Registration {
        sale_id,
        user_id,
        name,
        display_name,
        paddle,
        status,
        at_ms: registered_at_ms,
        limit_minor: limit,
    }
}

pub(super) fn result(record: ResultRecord) -> ResultView {
    let ResultRecord {
        lot_id,
        number,
        title,
        outcome,
    } = record;
    ResultView {
        lot_id,
        number,
        title,
        result: outcome.result,
        price_minor: outcome.price_minor,
        winner_paddle: outcome.winner_paddle,
        closed_at_ms: outcome.closed_at_ms,
    }
}

fn summary_of(sale: SaleRecord, lot_count: u64, cover_lot_id: Option<LotId>) -> SaleSummary {
    SaleSummary {
        id: sale.id,
        title: sale.title,
        description: sale.description,
        location: sale.location,
        kind: sale.kind,
        currency: sale.currency.code().to_owned(),
        exponent: sale.currency.exponent(),
        starts_at_ms: sale.starts_at_ms,
        status: sale.status,
        lot_count,
        current_lot_id: sale.current_lot_id,
        cover_lot_id,
        first_close_at_ms: sale.closes.map(|closes| closes.first_at_ms),
        close_every_ms: sale.closes.map(|closes| closes.every_ms),
    }
}
