//! How far bidders may go over all sales in a currency.

use super::State;
use super::body::Body;
use super::paths::CreditPath;
use crate::access::Staff;
use crate::problem::Problem;
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpResponse, delete, get, put};
use gavel_actors::catalogue::{Credit, CreditInput, GetCredit, RemoveCredit, SetCredit};

/// How far a bidder may go over all sales in a currency, and has gone.
#[utoipa::path(tag = "credit", params(CreditPath), responses((status = 200, body = Credit)))]
#[get("/users/{user_id}/credit/{currency}")]
pub(super) async fn get_credit(
    state: Data<State>,
    _: Staff,
    path: Path<CreditPath>,
) -> Result<Json<Credit>, Problem> {
    let CreditPath { user_id, currency } = path.into_inner();
    Ok(Json(state.catalogue.send(GetCredit { user_id, currency }).await?))
}

/// Bounds what a bidder may be bound to at once over all sales in a currency. What the bidder is bound to
/// already stays.
#[utoipa::path(
    tag = "credit",
    params(CreditPath),
    request_body = CreditInput,
    responses((status = 200, body = Credit))
)]
#[put("/users/{user_id}/credit/{currency}")]
pub(super) async fn set_credit(
    state: Data<State>,
    _: Staff,
    path: Path<CreditPath>,
    Body(input): Body<CreditInput>,
) -> Result<Json<Credit>, Problem> {
    let CreditPath { user_id, currency } = path.into_inner();
    let set = SetCredit {
        user_id,
        currency,
        limit: input.limit_minor,
    };
    Ok(Json(state.catalogue.send(set).await?))
}

/// No bound over all sales in a currency any more; a repeat changes nothing.
#[utoipa::path(
    tag = "credit",
    params(CreditPath),
    responses((status = 204, description = "There is no bound now"))
)]
#[delete("/users/{user_id}/credit/{currency}")]
pub(super) async fn remove_credit(
    state: Data<State>,
    _: Staff,
    path: Path<CreditPath>,
) -> Result<HttpResponse, Problem> {
    let CreditPath { user_id, currency } = path.into_inner();
    state.catalogue.send(RemoveCredit { user_id, currency }).await?;
    Ok(HttpResponse::NoContent().finish())
}
