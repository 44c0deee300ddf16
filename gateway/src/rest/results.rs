//! How lots ended.

use super::State;
use super::paths::SalePath;
use crate::access::Caller;
use crate::problem::Problem;
use actix_web::get;
use actix_web::web::{Data, Json, Path};
use gavel_actors::catalogue::{ListResults, ResultList};

/// How the closed lots of a sale ended.
#[utoipa::path(tag = "sales", params(SalePath), responses((status = 200, body = ResultList)))]
#[get("/sales/{sale_id}/results")]
pub(super) async fn list_results(
    state: Data<State>,
    caller: Caller,
    path: Path<SalePath>,
) -> Result<Json<ResultList>, Problem> {
    let list = ListResults {
        sale_id: path.sale_id,
        viewer: caller.viewer(),
    };
    Ok(Json(state.catalogue.send(list).await?))
}
