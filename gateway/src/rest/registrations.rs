//! Who bids in a sale.

use super::State;
use super::body::Body;
use super::paths::{RegistrationPath, SalePath, SuspendQuery};
use crate::access::{SignedIn, Staff};
use crate::problem::Problem;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpResponse, get, post, put};
use gavel_actors::catalogue::{
    ApproveRegistration, GetRegistration, LimitInput, ListOwnRegistrations, ListRegistrations, Register,
    Registration, RegistrationList, SetLimit, SuspendRegistration,
};

/// Registers the caller for a sale; a repeat answers the same registration.
#[utoipa::path(tag = "registrations", params(SalePath), responses((status = 201, body = Registration)))]
#[post("/sales/{sale_id}/registrations")]
pub(super) async fn register(
    state: Data<State>,
    SignedIn(identity): SignedIn,
    path: Path<SalePath>,
) -> Result<HttpResponse, Problem> {
    let register = Register {
        sale_id: path.sale_id,
        user_id: identity.user_id,
    };
    Ok(HttpResponse::Created().json(state.catalogue.send(register).await?))
}

/// The caller's registration for a sale.
#[utoipa::path(tag = "registrations", params(SalePath), responses((status = 200, body = Registration)))]
#[get("/sales/{sale_id}/registrations/me")]
pub(super) async fn my_registration(
    state: Data<State>,
    SignedIn(identity): SignedIn,
    path: Path<SalePath>,
) -> Result<Json<Registration>, Problem> {
    let get = GetRegistration {
        sale_id: path.sale_id,
        user_id: identity.user_id,
    };
    Ok(Json(state.catalogue.send(get).await?))
}

/// The caller's registrations for all sales, the latest sale first.
#[utoipa::path(tag = "registrations", responses((status = 200, body = RegistrationList)))]
#[get("/me/registrations")]
pub(super) async fn my_registrations(
    state: Data<State>,
    SignedIn(identity): SignedIn,
) -> Result<Json<RegistrationList>, Problem> {
    let list = ListOwnRegistrations {
        user_id: identity.user_id,
    };
    Ok(Json(state.catalogue.send(list).await?))
}

/// All registrations for a sale.
#[utoipa::path(tag = "registrations", params(SalePath), responses((status = 200, body = RegistrationList)))]
#[get("/sales/{sale_id}/registrations")]
pub(super) async fn list_registrations(
    state: Data<State>,
    _: Staff,
    path: Path<SalePath>,
) -> Result<Json<RegistrationList>, Problem> {
    let sale_id = path.sale_id;
    Ok(Json(state.catalogue.send(ListRegistrations { sale_id }).await?))
}

/// Lets a registered bidder bid.
#[utoipa::path(tag = "registrations", params(RegistrationPath), responses((status = 200, body = Registration)))]
#[post("/sales/{sale_id}/registrations/{user_id}/approve")]
pub(super) async fn approve_registration(
    state: Data<State>,
    _: Staff,
    path: Path<RegistrationPath>,
) -> Result<Json<Registration>, Problem> {
    let RegistrationPath { sale_id, user_id } = path.into_inner();
    let approve = ApproveRegistration { sale_id, user_id };
    Ok(Json(state.catalogue.send(approve).await?))
}

/// Stops a registered bidder from bidding.
#[utoipa::path(tag = "registrations", params(RegistrationPath, SuspendQuery), responses((status = 200, body = Registration)))]
#[post("/sales/{sale_id}/registrations/{user_id}/suspend")]
pub(super) async fn suspend_registration(
    state: Data<State>,
    _: Staff,
    path: Path<RegistrationPath>,
    query: Query<SuspendQuery>,
) -> Result<Json<Registration>, Problem> {
    let RegistrationPath { sale_id, user_id } = path.into_inner();
    let suspend = SuspendRegistration {
        sale_id,
        user_id,
        retract_bids: query.retract_bids,
    };
    Ok(Json(state.catalogue.send(suspend).await?))
}

/// Bounds what a registered bidder may be bound to in the sale at once; null is without bound. What the
/// bidder is bound to already stays.
#[utoipa::path(
    tag = "registrations",
    params(RegistrationPath),
    request_body = LimitInput,
    responses((status = 200, body = Registration))
)]
#[put("/sales/{sale_id}/registrations/{user_id}/limit")]
pub(super) async fn set_limit(
    state: Data<State>,
    _: Staff,
    path: Path<RegistrationPath>,
    Body(input): Body<LimitInput>,
) -> Result<Json<Registration>, Problem> {
    let RegistrationPath { sale_id, user_id } = path.into_inner();
    let set = SetLimit {
        sale_id,
        user_id,
        limit: input.limit_minor,
    };
    Ok(Json(state.catalogue.send(set).await?))
}
