//! Whether the node lives, and whether it can do its work.

use super::State;
use super::client::Client;
use crate::problem::Problem;
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpResponse, route};
use futures_util::future::BoxFuture;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// How long a part may take to say that it is ready.
const PROBE_MAX: Duration = Duration::from_secs(2);

/// Asks each part of the node whether it can do its work.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, Readiness> + Send + Sync>;

/// Whether a part can do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// It can.
    Ready,
    /// It says that it cannot.
    Failing,
    /// It did not answer in time.
    Silent,
}

/// Whether each part of the node can do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// The journal takes records.
    pub journal: Part,
    /// The database answers.
    pub database: Part,
}

impl Readiness {
    fn is_ready(self) -> bool {
        self.journal == Part::Ready && self.database == Part::Ready
    }
}

/// Whether the node should be sent work.
#[derive(Debug, Serialize, ToSchema)]
struct Ready {
    /// All parts can do their work.
    ready: bool,
    /// Which of them can.
    parts: Readiness,
}

/// The process is up.
#[derive(Debug, Serialize, ToSchema)]
struct Live {
    /// Always.
    live: bool,
}

/// The process is up.
#[utoipa::path(tag = "health", responses((status = 200, body = Live)))]
#[route("/healthz", method = "GET", method = "HEAD")]
pub(super) async fn live() -> HttpResponse {
    answer(StatusCode::OK).json(Live { live: true })
}

/// The node can do its work: the journal takes records and the database answers.
#[utoipa::path(
    tag = "health",
    responses((status = 200, body = Ready), (status = 503, description = "Some part cannot", body = Ready))
)]
#[route("/readyz", method = "GET", method = "HEAD")]
pub(super) async fn ready(state: Data<State>, client: Client) -> Result<HttpResponse, Problem> {
    state.limits.api(client.address).map_err(Problem::rate_limited)?;
    let silent = Readiness {
        journal: Part::Silent,
        database: Part::Silent,
    };
    let probed = tokio::time::timeout(PROBE_MAX, (state.readiness)()).await;
    Ok(report(probed.unwrap_or(silent)))
}

fn report(parts: Readiness) -> HttpResponse {
    let can_work = parts.is_ready();
    let status = if can_work {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    answer(status).json(Ready {
        ready: can_work,
        parts,
    })
}

fn answer(status: StatusCode) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_ready_when_every_part_is() {
        for (journal, database, status) in [
            (Part::Ready, Part::Ready, 200),
            (Part::Failing, Part::Ready, 503),
            (Part::Ready, Part::Silent, 503),
        ] {
            let response = report(Readiness { journal, database });
            assert_eq!(response.status(), status, "{journal:?} {database:?}");
        }
    }
}
