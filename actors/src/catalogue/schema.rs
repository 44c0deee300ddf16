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
    #[schema(inline)]
    format: Format,
    /// Lowest first bid, minor units.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64)]
    opening_price_minor: i64,
    /// 1 to 24 bands, sorted by `from_minor`.
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

/// Open ascending bids with proxies.
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
