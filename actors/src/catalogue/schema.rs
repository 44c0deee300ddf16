//! The engine's rule set as OpenAPI shows it: the engine itself knows no API. A test holds these
//! fields against what the engine writes.

#![expect(dead_code, reason = "the types are only described, the engine's own are used")]

use utoipa::ToSchema;
use uuid::Uuid;

/// How a lot is sold; stored with the lot and final once its sale is published.
#[derive(ToSchema)]
pub struct Rules {
    /// Layout of the rules.
    #[schema(minimum = 1, maximum = 2)]
    version: u16,
    #[schema(inline)]
    format: Format,
    /// Lowest first bid, minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    opening_price_minor: i64,
    /// 1 to 24 bands, sorted by `from_minor`.
    #[schema(inline, min_items = 1, max_items = 24)]
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
    /// The lot closes by itself at this instant, Unix milliseconds; for timed sales, and for sealed bids in
    /// the room. Null in a timed sale that has `first_close_at_ms`: the lot is given its close when the sale is
    /// published.
    closes_at_ms: Option<i64>,
    /// Late bids move the close.
    #[schema(inline)]
    soft_close: Option<SoftClose>,
    /// The consignor's account, who may not bid; null for all but staff.
    seller: Option<Uuid>,
    /// The falling clock of a Dutch lot; null for all others.
    #[schema(inline)]
    dutch: Option<DutchClock>,
    /// Sealed formats: a bidder may replace the bid.
    revisions: Option<bool>,
    /// Instead of `closes_at_ms`: the lot closes some time after it was opened or after its first bid.
    #[schema(inline)]
    runs: Option<Runs>,
    /// How long after the hammer was struck bids still count that were sent before it could be heard,
    /// milliseconds; 0 is not at all. Left out, an English lot of a room sale is given 400.
    #[schema(minimum = 0, maximum = 2000)]
    hammer_window_ms: Option<i64>,
    /// The lot can be bought at this price until the first bid, minor units.
    buy_now_price_minor: Option<i64>,
    /// Times the money: bids are for one piece, and the winner buys so many.
    #[schema(minimum = 1, maximum = 1000)]
    quantity: Option<u32>,
    /// The auctioneer may bid for the seller below the reserve; false for all but staff.
    house_bids: Option<bool>,
    /// The currency that the reserve was agreed in; must be the sale's. Null for all but staff.
    reserve_currency: Option<String>,
    /// The leader may raise the price with exact amounts.
    self_raise: Option<bool>,
}

/// A price that falls until somebody buys.
#[derive(ToSchema)]
struct DutchClock {
    /// The price at the opening, minor units.
    start_minor: i64,
    /// By how much it falls, minor units.
    step_minor: i64,
    /// How often it falls, milliseconds.
    every_ms: i64,
    /// The lowest price, minor units.
    floor_minor: i64,
}

/// A close that follows from something that happens.
#[derive(ToSchema)]
struct Runs {
    /// What starts the clock; the opening for sealed bids.
    #[schema(inline)]
    from: Option<RunsFrom>,
    /// How long it runs then, milliseconds.
    duration_ms: i64,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum RunsFrom {
    Opening,
    FirstBid,
}

/// One band of the ladder: from this price on, bids rise by this step.
#[derive(ToSchema)]
struct Band {
    /// Lowest price of the band, minor units.
    from_minor: i64,
    /// The step, minor units; beside `step_bp` the least that it may be.
    step_minor: Option<i64>,
    /// The step as a part of the price in basis points, rounded up to the minor unit.
    #[schema(minimum = 1, maximum = 10_000)]
    step_bp: Option<u32>,
}

/// Open ascending bids with proxies; a falling clock; hidden bids of which the highest pays itself, or
/// the second highest.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Format {
    English,
    Dutch,
    SealedFirstPrice,
    Vickrey,
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
    /// Lots of one number move together.
    group: Option<u32>,
}

#[cfg(test)]
mod tests {
    use gavel_engine::rules::RuleSet;
    use serde_json::{Map, Value, json};
    use utoipa::{PartialSchema, ToSchema};

    fn keys(object: &Map<String, Value>) -> Vec<&str> {
        let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn describes_what_the_engine_writes() {
        let rules: RuleSet = serde_json::from_value(json!({
            "version": 1, "format": "english", "opening_price_minor": 1,
            "increments": [{"from_minor": 0, "step_minor": 1}],
            "soft_close": {"window_ms": 1, "extend_ms": 1, "max_extensions": null},
        }))
        .unwrap();
        let written = serde_json::to_value(rules).unwrap();
        let schema = serde_json::to_value(super::Rules::schema()).unwrap();
        let described = schema["properties"].as_object().unwrap();
        assert_eq!(keys(described), keys(written.as_object().unwrap()));
        for (name, value) in described {
            let text = value.to_string();
            let inner = match &written[name] {
                Value::Array(items) => items[0].as_object(),
                Value::Object(inner) => Some(inner),
                _ => None,
            };
            for key in inner.into_iter().flat_map(Map::keys) {
                assert!(
                    text.contains(&format!("\"{key}\"")),
                    "{name}.{key} is not in {text}"
                );
            }
            if let Value::String(word) = &written[name] {
                assert!(
                    text.contains(&format!("\"{word}\"")),
                    "{name}: {word} is not in {text}"
                );
            }
        }
        assert_eq!(super::Rules::name(), "Rules");
    }
}
