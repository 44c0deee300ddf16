//! A lot's rules as staff enter them. What they leave out is not always what the engine makes of a
//! field that is absent: that stays as it is for the sake of what was stored before the field was.

use gavel_engine::rules::{Format, HAMMER_WINDOW_MS_USUAL, RuleSet};
use gavel_storage::relational::SaleKind;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, Visitor};
use std::fmt;

/// The field that new lots have another value for than old ones.
const HAMMER_WINDOW: &str = "hammer_window_ms";

/// A lot's rules, and whether they say how long the hammer hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesInput {
    /// As they were entered.
    pub rules: RuleSet,
    /// Whether `hammer_window_ms` was among them.
    pub says_hammer_window: bool,
}

impl RulesInput {
    /// The rules of a lot of such a sale: where a hammer falls, it waits as long as is usual unless the
    /// rules say otherwise.
    pub(super) fn in_sale(self, kind: SaleKind) -> RuleSet {
        let mut rules = self.rules;
        let falls = kind == SaleKind::Room && rules.format == Format::English;
        if falls && !self.says_hammer_window {
            rules.hammer_window_ms = HAMMER_WINDOW_MS_USUAL;
        }
        rules
    }
}

/// Rules that say everything.
impl From<RuleSet> for RulesInput {
    fn from(rules: RuleSet) -> Self {
        Self {
            rules,
            says_hammer_window: true,
        }
    }
}

impl<'de> Deserialize<'de> for RulesInput {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Entered)
    }
}

struct Entered;

impl<'de> Visitor<'de> for Entered {
    type Value = RulesInput;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rules of a lot")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<RulesInput, A::Error> {
        let mut says_hammer_window = false;
        let watched = Watched {
            fields,
            says_hammer_window: &mut says_hammer_window,
        };
        let rules = RuleSet::deserialize(MapAccessDeserializer::new(watched))?;
        Ok(RulesInput {
            rules,
            says_hammer_window,
        })
    }
}

/// Passes fields on, and notes the one.
struct Watched<'a, A> {
    fields: A,
    says_hammer_window: &'a mut bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Watched<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.fields.next_key::<String>()? else {
            return Ok(None);
        };
        *self.says_hammer_window |= name == HAMMER_WINDOW;
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entered(change: Value) -> Result<RulesInput, serde_json::Error> {
        let mut rules = json!({
            "version": 2, "format": "english", "opening_price_minor": 100,
            "increments": [{"from_minor": 0, "step_minor": 10}],
        });
        let Value::Object(change) = change else {
            panic!("{change} changes nothing")
        };
        rules.as_object_mut().unwrap().extend(change);
        serde_json::from_value(rules)
    }

    #[test]
    fn the_hammer_waits_as_usual_where_one_falls_and_nothing_is_said() {
        let window = |change: Value, kind| entered(change).unwrap().in_sale(kind).hammer_window_ms;
        assert_eq!(window(json!({}), SaleKind::Room), 400);
        assert_eq!(window(json!({}), SaleKind::Timed), 0);
        assert_eq!(window(json!({"format": "vickrey"}), SaleKind::Room), 0);
        for said in [0, 1, 400, 2_000] {
            for kind in [SaleKind::Room, SaleKind::Timed] {
                assert_eq!(window(json!({"hammer_window_ms": said}), kind), said);
            }
        }
        let stored = RulesInput::from(entered(json!({})).unwrap().rules);
        assert_eq!(stored.in_sale(SaleKind::Room).hammer_window_ms, 0);
    }

    #[test]
    fn everything_else_is_as_strict_as_it_was() {
        for senseless in [
            json!({"hammer_window_ms": null}),
            json!({"hammer_window_ms": "400"}),
            json!({"hammer": 400}),
            json!({"increments": 7}),
        ] {
            assert!(entered(senseless.clone()).is_err(), "{senseless}");
        }
        assert!(serde_json::from_str::<RulesInput>("[]").is_err());
        assert!(serde_json::from_str::<RulesInput>("{}").is_err());
    }
}
