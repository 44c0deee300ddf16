//! Lots of a sale.

use super::State;
use super::body::Body;
use super::paths::{LotPath, SalePath};
use crate::access::{Caller, Staff};
use crate::problem::Problem;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, http::header, patch, post};
use gavel_actors::catalogue::{
    AddLot, EditLot, GetLot, ListLots, Lot, LotEdit, LotInput, LotList, RemoveLot,
};

/// The lots of a sale; reserve and seller only for staff.
#[utoipa::path(tag = "lots", params(SalePath), responses((status = 200, body = LotList)))]
#[get("/sales/{sale_id}/lots")]
pub(super) async fn list_lots(
    state: Data<State>,
    caller: Caller,
    path: Path<SalePath>,
) -> Result<Json<LotList>, Problem> {
    let list = ListLots {
        sale_id: path.sale_id,
        viewer: caller.viewer(),
    };
    Ok(Json(state.catalogue.send(list).await?))
}

/// Enters a lot of a draft sale.
#[utoipa::path(
    tag = "lots",
    params(SalePath),
    request_body = LotInput,
    responses((status = 201, body = Lot, headers(("location" = String, description = "Path of the lot"))))
)]
#[post("/sales/{sale_id}/lots")]
pub(super) async fn add_lot(
    state: Data<State>,
    _: Staff,
    path: Path<SalePath>,
    Body(input): Body<LotInput>,
) -> Result<HttpResponse, Problem> {
    let sale_id = path.sale_id;
    let lot = state.catalogue.send(AddLot { sale_id, input }).await?;
    let path = format!("/api/v1/sales/{sale_id}/lots/{}", lot.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, path))
        .json(lot))
}

/// A lot; reserve and seller only for staff.
#[utoipa::path(tag = "lots", params(LotPath), responses((status = 200, body = Lot)))]
#[get("/sales/{sale_id}/lots/{lot_id}")]
pub(super) async fn get_lot(
    state: Data<State>,
    caller: Caller,
    path: Path<LotPath>,
) -> Result<Json<Lot>, Problem> {
    let get = GetLot {
        sale_id: path.sale_id,
        lot_id: path.lot_id,
        viewer: caller.viewer(),
    };
    Ok(Json(state.catalogue.send(get).await?))
}

/// Changes a lot of a draft sale; what is absent stays, what is null is cleared.
#[utoipa::path(
    tag = "lots",
    params(LotPath),
    request_body = LotEdit,
    responses((status = 200, body = Lot))
)]
#[patch("/sales/{sale_id}/lots/{lot_id}")]
pub(super) async fn edit_lot(
    state: Data<State>,
    _: Staff,
    path: Path<LotPath>,
    Body(edit): Body<LotEdit>,
) -> Result<Json<Lot>, Problem> {
    let LotPath { sale_id, lot_id } = path.into_inner();
    let edit = EditLot {
        sale_id,
        lot_id,
        edit,
    };
    Ok(Json(state.catalogue.send(edit).await?))
}

/// Takes a lot out of a draft sale.
#[utoipa::path(
    tag = "lots",
    params(LotPath),
    responses((status = 204, description = "It is gone"))
)]
#[delete("/sales/{sale_id}/lots/{lot_id}")]
pub(super) async fn remove_lot(
    state: Data<State>,
    _: Staff,
    path: Path<LotPath>,
) -> Result<HttpResponse, Problem> {
    let LotPath { sale_id, lot_id } = path.into_inner();
    state.catalogue.send(RemoveLot { sale_id, lot_id }).await?;
    Ok(HttpResponse::NoContent().finish())
}
