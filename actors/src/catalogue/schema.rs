//! The engine's rule set as OpenAPI shows it: the engine itself knows no API. A test holds these
//! fields against what the engine writes.

#![expect(dead_code, reason = "the types are only described, the engine's own are used")]

use utoipa::ToSchema;
use uuid::Uuid;

/// How a lot is sold; stored with the lot and final once its sale is published.
#[derive(ToSchema)]
pub struct Rules {
    /// Layout of the rules.
    #[schema(minimum = 1, maximum = 1)]
    version: u16,
    /// Open ascending bids with proxies.
    #[schema(inline)]
    format: Format,
    /// Lowest first bid, minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    opening_price_minor: i64,
    /// 1 to 64 bands, sorted by `from_minor`.
    #[schema(inline, min_items = 1, max_items = 64)]
    increments: Vec<Band>,
    /// Hidden price below which the lot is not sold by itself; null for all but staff.
    reserve_price_minor: Option<i64>,
    /// What the reserve does to the price.
    #[schema(inline)]
    reserve_rule: Option<ReserveRule>,
    /// Who leads on equal amounts.
    #[schema(inline)]
    tie_rule: Option<TieRule>,
    /// What happens to amounts between two steps.
    #[schema(inline)]
    off_increment: Option<OffIncrement>,
    /// The lot closes by itself at this instant, Unix milliseconds; for timed sales, and only there.
    closes_at_ms: Option<i64>,
    /// Late bids move the close.
    #[schema(inline)]
    soft_close: Option<SoftClose>,
    /// The consignor's account, who may not bid; null for all but staff.
    seller: Option<Uuid>,
}

/// One band of the ladder: from this price on, bids rise by this step.
#[derive(ToSchema)]
struct Band {
    /// Lowest price of the band, minor units.
    from_minor: i64,
    /// The step, minor units.
    step_minor: i64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Format {
    English,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum ReserveRule {
    Hold,
    Jump,
    PostInFull,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum TieRule {
    Earliest,
    Floor,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum OffIncrement {
    Accept,
    Reject,
}

/// A late bid moves the close.
#[derive(ToSchema)]
struct SoftClose {
    /// A bid this near to the close moves it, milliseconds.
    window_ms: i64,
    /// The close moves to the bid's time plus this, milliseconds.
    extend_ms: i64,
    /// How often it may move; null is without bound.
    max_extensions: Option<u32>,
}
