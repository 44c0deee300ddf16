//! Every field of a rule set that makes no sense is named.

use crate::support::rules;
use gavel_engine::{
    money::Amount,
    rules::{BANDS_MAX, Band, RuleSet, SoftClose},
    time::Timestamp,
};

fn fields(change: impl FnOnce(&mut RuleSet)) -> Vec<String> {
    let mut rules = rules();
    rules.closes_at_ms = Some(Timestamp(1000));
    rules.soft_close = Some(SoftClose {
        window_ms: 100,
        extend_ms: 100,
        max_extensions: None,
        group: None,
    });
    rules.reserve_price_minor = Some(Amount(500));
    change(&mut rules);
    rules.validate().into_iter().map(|error| error.field).collect()
}

fn band(from: i64, step: i64) -> Band {
    Band {
        from_minor: Amount(from),
        step_minor: Amount(step),
        step_bp: None,
    }
}

#[test]
fn sensible_rules_have_no_errors() {
    let none: [String; 0] = [];
    assert_eq!(fields(|_| {}), none);
    assert_eq!(
        fields(|rules| rules.increments = (0..).take(BANDS_MAX).map(|from| band(from, 1)).collect()),
        none
    );
    assert_eq!(
        fields(|rules| {
            rules.opening_price_minor = Amount::MAX;
            rules.reserve_price_minor = Some(Amount::MAX);
            rules.increments = vec![band(Amount::MAX.0, Amount::MAX.0)];
        }),
        none
    );
}

#[test]
fn every_senseless_field_is_named() {
    type Change = fn(&mut RuleSet);
    fn soft(rules: &mut RuleSet) -> &mut SoftClose {
        rules.soft_close.as_mut().unwrap()
    }
    const DAY_MS: i64 = 86_400_000;
    let cases: [(&str, Change); 20] = [
        ("version", |rules| rules.version = 0),
        ("version", |rules| rules.version = 3),
        ("opening_price_minor", |rules| {
            rules.opening_price_minor = Amount(0);
        }),
        ("opening_price_minor", |rules| {
            rules.opening_price_minor = Amount(i64::MAX);
        }),
        ("increments", |rules| rules.increments.clear()),
        ("increments", |rules| {
            rules.increments = (0..).take(BANDS_MAX + 1).map(|from| band(from, 1)).collect();
        }),
        ("increments[0].from_minor", |rules| {
            rules.increments = vec![band(-1, 1)];
        }),
        ("increments[0].from_minor", |rules| {
            rules.increments = vec![band(Amount::MAX.0 + 1, 1)];
        }),
        ("increments[1].from_minor", |rules| {
            rules.increments = vec![band(0, 1), band(0, 1)];
        }),
        ("increments[2].from_minor", |rules| {
            rules.increments = vec![band(0, 1), band(9, 1), band(8, 1)];
        }),
        ("increments[0].step_minor", |rules| {
            rules.increments = vec![band(0, 0)];
        }),
        ("increments[1].step_minor", |rules| {
            rules.increments = vec![band(0, 1), band(5, -1)];
        }),
        ("reserve_price_minor", |rules| {
            rules.reserve_price_minor = Some(Amount(0));
        }),
        ("reserve_price_minor", |rules| {
            rules.reserve_price_minor = Some(Amount(-5));
        }),
        ("closes_at_ms", |rules| rules.closes_at_ms = Some(Timestamp(-1))),
        ("soft_close.window_ms", |rules| soft(rules).window_ms = -1),
        ("soft_close.window_ms", |rules| soft(rules).window_ms = DAY_MS + 1),
        ("soft_close.extend_ms", |rules| soft(rules).extend_ms = 0),
        ("soft_close.extend_ms", |rules| soft(rules).extend_ms = DAY_MS + 1),
        ("soft_close", |rules| rules.closes_at_ms = None),
    ];
    for (field, change) in cases {
        assert_eq!(fields(change), [field]);
    }
    let all = fields(|rules| {
        rules.version = 7;
        rules.opening_price_minor = Amount(-1);
        rules.increments.clear();
    });
    assert_eq!(
        all,
        ["version", "opening_price_minor", "increments"],
        "all at once"
    );
}

#[test]
fn rules_are_data_that_reads_back_and_knows_no_other_fields() {
    let text = serde_json::to_string(&rules()).unwrap();
    assert_eq!(serde_json::from_str::<RuleSet>(&text).unwrap(), rules());
    let least = r#"{"version":2,"format":"english","opening_price_minor":100,
        "increments":[{"from_minor":0,"step_minor":10}]}"#;
    assert_eq!(
        serde_json::from_str::<RuleSet>(least).unwrap(),
        rules(),
        "the rest has defaults"
    );
    for unknown in [
        least.replacen('{', r#"{"buyers_premium":25,"#, 1),
        least.replace("english", "japanese"),
        least.replace("100", "100.5"),
        least.replace("100", "\"100\""),
        least.replace("\"version\":2,", ""),
    ] {
        assert!(serde_json::from_str::<RuleSet>(&unknown).is_err(), "{unknown}");
    }
}

#[test]
fn a_step_is_that_of_the_last_band_reached() {
    let mut rules = rules();
    rules.increments = vec![band(100, 10), band(200, 20)];
    let steps = [0, 99, 100, 199, 200, i64::MAX].map(|price| rules.step_at(Amount(price)).0);
    assert_eq!(steps, [10, 10, 10, 10, 20, 20]);
}
