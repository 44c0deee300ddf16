//! Sales.

use super::State;
use super::body::Body;
use super::paths::SalePath;
use crate::access::{Caller, Staff};
use crate::problem::Problem;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, get, http::header, patch, post};
use gavel_actors::catalogue::{
    CreateSale, EditSale, GetSale, ListSales, PublishSale, Sale, SaleEdit, SaleInput, SaleList,
};

/// The latest sales; drafts only for staff.
#[utoipa::path(tag = "sales", responses((status = 200, body = SaleList)))]
#[get("/sales")]
pub(super) async fn list_sales(state: Data<State>, caller: Caller) -> Result<Json<SaleList>, Problem> {
    let viewer = caller.viewer();
    Ok(Json(state.catalogue.send(ListSales { viewer }).await?))
}

/// Enters a draft sale.
#[utoipa::path(
    tag = "sales",
    request_body = SaleInput,
    responses((status = 201, body = Sale, headers(("location" = String, description = "Path of the sale"))))
)]
#[post("/sales")]
pub(super) async fn create_sale(
    state: Data<State>,
    _: Staff,
    Body(input): Body<SaleInput>,
) -> Result<HttpResponse, Problem> {
    let sale = state.catalogue.send(CreateSale { input }).await?;
    let path = format!("/api/v1/sales/{}", sale.summary.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, path))
        .json(sale))
}

/// A sale and its lots.
#[utoipa::path(tag = "sales", params(SalePath), responses((status = 200, body = Sale)))]
#[get("/sales/{sale_id}")]
pub(super) async fn get_sale(
    state: Data<State>,
    caller: Caller,
    path: Path<SalePath>,
) -> Result<Json<Sale>, Problem> {
    let get = GetSale {
        sale_id: path.sale_id,
        viewer: caller.viewer(),
    };
    Ok(Json(state.catalogue.send(get).await?))
}

/// Changes a draft sale; what is absent stays.
#[utoipa::path(
    tag = "sales",
    params(SalePath),
    request_body = SaleEdit,
    responses((status = 200, body = Sale))
)]
#[patch("/sales/{sale_id}")]
pub(super) async fn edit_sale(
    state: Data<State>,
    _: Staff,
    path: Path<SalePath>,
    Body(edit): Body<SaleEdit>,
) -> Result<Json<Sale>, Problem> {
    let sale_id = path.sale_id;
    Ok(Json(state.catalogue.send(EditSale { sale_id, edit }).await?))
}

/// Makes the catalogue of a sale final, and the sale known to the public.
#[utoipa::path(tag = "sales", params(SalePath), responses((status = 200, body = Sale)))]
#[post("/sales/{sale_id}/publish")]
pub(super) async fn publish_sale(
    state: Data<State>,
    _: Staff,
    path: Path<SalePath>,
) -> Result<Json<Sale>, Problem> {
    let sale_id = path.sale_id;
    Ok(Json(state.catalogue.send(PublishSale { sale_id }).await?))
}
