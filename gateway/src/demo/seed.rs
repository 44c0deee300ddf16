//! Puts the demonstration sales into the house, once.

use super::{
    catalogue::{self, MARK},
    pace::Settings,
    wire::{Lot, LotList, SaleKind, SaleList, SaleStatus, SaleSummary},
};
use crate::client::{
    rest::{Account, Error},
    unix_ms,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The sales that are on.
#[derive(Debug, Clone)]
pub struct Season {
    /// The sale in the room.
    pub room: Uuid,
    /// The timed sale beside it.
    pub timed: Uuid,
    /// Which sale in the room this is, from 1.
    pub session: usize,
    /// The lots of the room in running order.
    pub room_lots: Vec<Lot>,
    /// Every lot of both sales.
    pub lots: BTreeMap<Uuid, Lot>,
}

#[derive(Debug, Deserialize)]
struct Created {
    id: Uuid,
}

/// The demonstration sales that are on, created or completed as needed. `None` when the house has
/// sales of its own and none of the demonstration's: then it is none of the demonstration's business.
pub async fn season(staff: &mut Account, settings: Settings) -> Result<Option<Season>, Error> {
    let sales = staff
        .get::<SaleList>("/sales")
        .await?
        .map_or_else(Vec::new, |list| list.sales);
    let own: Vec<&SaleSummary> = sales
        .iter()
        .filter(|sale| sale.description.ends_with(MARK))
        .collect();
    if own.is_empty() && !sales.is_empty() {
        return Ok(None);
    }
    let (room, session, room_lots) = stage(staff, settings, &own, &catalogue::ROOM).await?;
    let (timed, _, timed_lots) = stage(staff, settings, &own, &catalogue::TIMED).await?;
    let lots = room_lots
        .iter()
        .chain(&timed_lots)
        .map(|lot| (lot.id, lot.clone()))
        .collect();
    Ok(Some(Season {
        room,
        timed,
        session,
        room_lots,
        lots,
    }))
}

/// The newest sale of its kind that has not ended, or a new one: complete and published.
async fn stage(
    staff: &mut Account,
    settings: Settings,
    own: &[&SaleSummary],
    plan: &catalogue::Sale,
) -> Result<(Uuid, usize, Vec<Lot>), Error> {
    let kind = match plan.kind {
        catalogue::Kind::Room => SaleKind::Room,
        catalogue::Kind::Timed => SaleKind::Timed,
    };
    let same_kind = || own.iter().filter(|sale| sale.kind == kind);
    let count = same_kind().count();
    let current = same_kind()
        .filter(|sale| sale.status != SaleStatus::Ended)
        .max_by_key(|sale| sale.starts_at_ms);
    let (sale_id, status, session) = if let Some(sale) = current {
        (sale.id, sale.status, count)
    } else {
        let input = plan.input(count + 1, unix_ms());
        let created: Created = expected(staff.post("/sales", &input).await?)?;
        (created.id, SaleStatus::Draft, count + 1)
    };
    if status == SaleStatus::Draft {
        complete(staff, settings, sale_id, plan).await?;
        tracing::info!(%sale_id, title = plan.title_of(session), "demonstration sale published");
    }
    let lots = lots_of(staff, sale_id).await?;
    Ok((sale_id, session, lots))
}

/// Adds what a draft lacks, which is everything for a new one, and publishes it.
async fn complete(
    staff: &mut Account,
    settings: Settings,
    sale_id: Uuid,
    plan: &catalogue::Sale,
) -> Result<(), Error> {
    let present = lots_of(staff, sale_id).await?;
    let now_ms = unix_ms();
    for (index, entry) in plan.lots.iter().enumerate() {
        let Some(input) = plan.lot_input(index, now_ms, settings.pace) else {
            continue;
        };
        let known = present.iter().find(|lot| lot.number == entry.number);
        let (lot_id, has_picture) = if let Some(lot) = known {
            // A draft that was left for a while: a close that has passed could not be published.
            let rules = json!({"rules": input["rules"]});
            staff
                .patch(&format!("/sales/{sale_id}/lots/{}", lot.id), &rules)
                .await?;
            (lot.id, lot.has_picture)
        } else {
            let created: Created = expected(staff.post(&format!("/sales/{sale_id}/lots"), &input).await?)?;
            (created.id, false)
        };
        if !has_picture {
            staff
                .put_svg(
                    &format!("/sales/{sale_id}/lots/{lot_id}/picture"),
                    &entry.picture.svg(),
                )
                .await?;
        }
    }
    let _: Option<Value> = staff
        .post(&format!("/sales/{sale_id}/publish"), &json!({}))
        .await?;
    Ok(())
}

async fn lots_of(staff: &mut Account, sale_id: Uuid) -> Result<Vec<Lot>, Error> {
    let list: LotList = expected(staff.get(&format!("/sales/{sale_id}/lots")).await?)?;
    Ok(list.lots)
}

/// An answer that must have a body.
fn expected<T>(answer: Option<T>) -> Result<T, Error> {
    answer.ok_or(Error::Unintelligible)
}
