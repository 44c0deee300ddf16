//! What this is.

use super::State;
use actix_web::get;
use actix_web::web::{Data, Json};
use gavel_actors::users::Role;
use gavel_engine::ids::SaleId;
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

/// What this node is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct About {
    /// `Gavel`.
    name: &'static str,
    /// The version of the software.
    version: &'static str,
    /// How to try it, on a node that runs the demonstration.
    #[schema(required)]
    demo: Option<DemoInfo>,
}

/// A demonstration that runs on this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemoInfo {
    /// Accounts that anyone may sign in to.
    pub accounts: Vec<DemoAccount>,
    /// The sale that is being held, once there is one.
    #[schema(value_type = Option<Uuid>, required)]
    pub sale_id: Option<SaleId>,
}

/// The demonstration as the node runs it: one sale follows the other.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Accounts that anyone may sign in to.
    pub accounts: Vec<DemoAccount>,
    /// The sale that is being held.
    pub current_sale: watch::Receiver<Option<Uuid>>,
}

impl Demo {
    fn info(&self) -> DemoInfo {
        let sale_id = self.current_sale.borrow().map(SaleId::from);
        DemoInfo {
            accounts: self.accounts.clone(),
            sale_id,
        }
    }
}

/// An account of the demonstration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemoAccount {
    /// What one signs in with.
    pub name: String,
    /// The password, no secret.
    pub password: String,
    /// What the account may do.
    pub role: Role,
    /// What others see.
    pub display_name: String,
}

/// What this node is, and how to try it.
#[utoipa::path(tag = "about", responses((status = 200, body = About)))]
#[get("/about")]
pub(super) async fn about(state: Data<State>) -> Json<About> {
    Json(About {
        name: "Gavel",
        version: env!("CARGO_PKG_VERSION"),
        demo: state.demo.as_ref().map(Demo::info),
    })
}
