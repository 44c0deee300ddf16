//! Bid history.

use super::State;
use super::paths::LotPath;
use crate::access::Caller;
use crate::problem::Problem;
use actix_web::get;
use actix_web::web::{Data, Json, Path};
use gavel_actors::auctions::wire::BidView;
use gavel_actors::catalogue::GetLot;
use serde::Serialize;
use utoipa::ToSchema;

/// A lot's bids.
#[derive(Debug, Serialize, ToSchema)]
pub struct BidList {
    /// Newest first.
    #[schema(value_type = Vec<Bid>)]
    bids: Vec<BidView>,
}

/// A bid that was accepted.
#[derive(ToSchema)]
#[schema(as = Bid)]
#[expect(
    dead_code,
    clippy::struct_field_names,
    reason = "only described, the live side's own is used; a test compares them"
)]
pub(super) struct Bid {
    /// Number of its record in the sale.
    seq: u64,
    /// When it was accepted, Unix milliseconds.
    at_ms: i64,
    /// The bidder's number; null for a room bidder without one, and for the house that bids for the
    /// seller.
    #[schema(required)]
    paddle: Option<u32>,
    #[schema(inline)]
    channel: BidChannel,
    /// The price that it gave, minor units.
    amount_minor: i64,
    /// Only for its own bidder and for staff.
    #[schema(inline)]
    kind: Option<BidKind>,
    /// The auctioneer has taken it back, or its bidder has replaced it under seal.
    retracted: bool,
    /// It is the caller's own.
    mine: bool,
    /// Only for staff.
    bid_id: Option<uuid::Uuid>,
    /// The maximum, minor units: for its own bidder, and for staff as far as the house shows it.
    max_minor: Option<i64>,
}

/// Where it came from.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only described")]
enum BidChannel {
    Online,
    Floor,
    Phone,
    Absentee,
    House,
}

/// An exact amount, a maximum, or the fixed price.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "only described")]
enum BidKind {
    Bid,
    Max,
    BuyNow,
}

/// The bids of a lot, newest first. Sealed bids are their bidders' own, and staff's once the lot has closed.
#[utoipa::path(tag = "lots", params(LotPath), responses((status = 200, body = BidList)))]
#[get("/sales/{sale_id}/lots/{lot_id}/bids")]
pub(super) async fn list_bids(
    state: Data<State>,
    caller: Caller,
    path: Path<LotPath>,
) -> Result<Json<BidList>, Problem> {
    let LotPath { sale_id, lot_id } = path.into_inner();
    let viewer = caller.0.as_ref().map(|identity| identity.user_id);
    let history = match state.auctions.find(sale_id) {
        Some(auction) => auction.history(lot_id, caller.audience(), viewer).await?,
        None => None,
    };
    if let Some(bids) = history {
        return Ok(Json(BidList { bids }));
    }
    // A draft is not live: its lots have no bids, for those who may see them at all.
    let viewer = caller.viewer();
    let get = GetLot {
        sale_id,
        lot_id,
        viewer,
    };
    state.catalogue.send(get).await?;
    Ok(Json(BidList { bids: Vec::new() }))
}
