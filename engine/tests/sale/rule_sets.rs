//! Every field of a rule set that makes no sense is named.

use crate::support::{Sale, rules, setup};
use gavel_engine::{
    Reason,
    auction::{Command, SaleKind},
    money::{Amount, Currency},
    rules::{
        BANDS_MAX, Band, DutchClock, Format, HAMMER_WINDOW_MS_MAX, OffIncrement, QUANTITY_MAX, RuleSet, Runs,
        RunsFrom, SoftClose,
    },
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

/// A Dutch lot that makes sense, and a change to it.
fn dutch_fields(change: impl FnOnce(&mut RuleSet, &mut DutchClock)) -> Vec<String> {
    let mut rules = RuleSet {
        format: Format::Dutch,
        ..rules()
    };
    let mut clock = DutchClock {
        start_minor: Amount(1000),
        step_minor: Amount(100),
        every_ms: 1000,
        floor_minor: Amount(400),
    };
    change(&mut rules, &mut clock);
    rules.dutch = Some(clock);
    rules.validate().into_iter().map(|error| error.field).collect()
}

#[test]
fn every_senseless_field_of_a_clock_is_named() {
    const DAY_MS: i64 = 86_400_000;
    type Change = fn(&mut RuleSet, &mut DutchClock);
    let none: [String; 0] = [];
    assert_eq!(dutch_fields(|_, _| {}), none);
    assert_eq!(
        dutch_fields(|_, clock| clock.floor_minor = clock.start_minor),
        none,
        "a clock that stands still is a fixed price"
    );
    let cases: [(&[&str], Change); 14] = [
        (&["dutch.start_minor", "dutch.floor_minor"], |_, clock| {
            clock.start_minor = Amount(0);
        }),
        (&["dutch.step_minor"], |_, clock| clock.step_minor = Amount(0)),
        (&["dutch.step_minor"], |_, clock| clock.step_minor = Amount(-1)),
        (&["dutch.floor_minor"], |_, clock| clock.floor_minor = Amount(0)),
        (&["dutch.floor_minor"], |_, clock| {
            clock.floor_minor = Amount(1001);
        }),
        (&["dutch.every_ms"], |_, clock| clock.every_ms = 0),
        (&["dutch.every_ms"], |_, clock| clock.every_ms = -1),
        (&["dutch.every_ms"], |_, clock| clock.every_ms = DAY_MS + 1),
        // More than 100000 steps: a lot that nobody lives to see closed.
        (&["dutch.step_minor"], |_, clock| {
            clock.start_minor = Amount(100_002);
            clock.floor_minor = Amount(1);
            clock.step_minor = Amount(1);
        }),
        (&["runs"], |rules, _| {
            rules.runs = Some(Runs {
                from: RunsFrom::Opening,
                duration_ms: 1,
            });
        }),
        (&["soft_close", "soft_close"], |rules, _| {
            rules.soft_close = Some(SoftClose {
                window_ms: 1,
                extend_ms: 1,
                max_extensions: None,
                group: None,
            });
        }),
        (&["buy_now_price_minor"], |rules, _| {
            rules.buy_now_price_minor = Some(Amount(5000));
        }),
        (&["house_bids"], |rules, _| {
            rules.house_bids = true;
            rules.reserve_price_minor = Some(Amount(500));
        }),
        (&["self_raise"], |rules, _| rules.self_raise = true),
    ];
    for (fields, change) in cases {
        assert_eq!(dutch_fields(change), fields);
    }
    let mut without = rules();
    without.format = Format::Dutch;
    let named = |rules: &RuleSet| {
        rules
            .validate()
            .into_iter()
            .map(|error| error.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(named(&without), ["dutch"]);
}

#[test]
fn every_senseless_combination_is_named() {
    type Change = fn(&mut RuleSet);
    fn percent(rules: &mut RuleSet, step_bp: u32, least: i64) {
        rules.increments[0].step_bp = Some(step_bp);
        rules.increments[0].step_minor = Amount(least);
    }
    fn runs(rules: &mut RuleSet, duration_ms: i64) {
        rules.closes_at_ms = None;
        rules.runs = Some(Runs {
            from: RunsFrom::FirstBid,
            duration_ms,
        });
    }
    const YEAR_MS: i64 = 366 * 86_400_000;
    let cases: [(&[&str], Change); 28] = [
        (&[], |rules| percent(rules, 1, 0)),
        (&[], |rules| percent(rules, 10_000, 5)),
        (&["increments[0].step_bp"], |rules| percent(rules, 0, 5)),
        (&["increments[0].step_bp"], |rules| percent(rules, 10_001, 0)),
        (&["increments[0].step_minor"], |rules| percent(rules, 500, -1)),
        (&["increments[0].step_bp"], |rules| {
            percent(rules, 500, 5);
            rules.off_increment = OffIncrement::Reject;
        }),
        (&[], |rules| runs(rules, 1)),
        (&["runs.duration_ms"], |rules| runs(rules, 0)),
        (&["runs.duration_ms"], |rules| runs(rules, -1)),
        (&["runs.duration_ms"], |rules| runs(rules, YEAR_MS + 1)),
        (&["runs"], |rules| {
            runs(rules, 1);
            rules.closes_at_ms = Some(Timestamp(5));
        }),
        (&["runs.from"], |rules| {
            runs(rules, 1);
            rules.soft_close = None;
            rules.format = Format::Vickrey;
        }),
        (&["runs.from"], |rules| {
            runs(rules, 1);
            rules.soft_close = None;
            rules.format = Format::SealedFirstPrice;
        }),
        (&[], |rules| {
            rules.format = Format::Vickrey;
            rules.soft_close = None;
            rules.closes_at_ms = None;
            rules.runs = Some(Runs {
                from: RunsFrom::Opening,
                duration_ms: 1,
            });
        }),
        (&["closes_at_ms", "soft_close"], |rules| {
            rules.format = Format::Vickrey;
            rules.closes_at_ms = None;
            rules.soft_close = Some(SoftClose {
                window_ms: 1,
                extend_ms: 1,
                max_extensions: None,
                group: None,
            });
        }),
        (&["dutch"], |rules| {
            rules.dutch = Some(DutchClock {
                start_minor: Amount(1000),
                step_minor: Amount(100),
                every_ms: 1000,
                floor_minor: Amount(400),
            });
        }),
        (&["hammer_window_ms"], |rules| rules.hammer_window_ms = -1),
        (&["hammer_window_ms"], |rules| {
            rules.hammer_window_ms = HAMMER_WINDOW_MS_MAX + 1;
        }),
        (&[], |rules| rules.hammer_window_ms = HAMMER_WINDOW_MS_MAX),
        (&["quantity"], |rules| rules.quantity = 0),
        (&["quantity"], |rules| rules.quantity = QUANTITY_MAX + 1),
        (&["quantity"], |rules| {
            rules.quantity = 2;
            rules.opening_price_minor = Amount(Amount::MAX.0 / 2 + 1);
        }),
        (&["buy_now_price_minor", "buy_now_price_minor"], |rules| {
            rules.buy_now_price_minor = Some(Amount(0));
        }),
        (&["buy_now_price_minor"], |rules| {
            rules.buy_now_price_minor = Some(Amount(499));
        }),
        (&[], |rules| rules.buy_now_price_minor = Some(Amount(500))),
        (&["house_bids"], |rules| {
            rules.house_bids = true;
            rules.reserve_price_minor = None;
        }),
        (&[], |rules| rules.house_bids = true),
        (&[], |rules| rules.self_raise = true),
    ];
    for (index, (named, change)) in cases.into_iter().enumerate() {
        let found = fields(change);
        assert!(
            named.iter().all(|field| found.iter().any(|other| other == field)),
            "{index}: {found:?}"
        );
        assert!(
            found.iter().all(|field| named.contains(&field.as_str())),
            "{index}: {found:?}"
        );
    }
}

#[test]
fn a_reserve_agreed_in_another_currency_is_named() {
    let mut rules = rules();
    rules.reserve_price_minor = Some(Amount(500));
    let named = |rules: &RuleSet| {
        let errors = rules.validate_in(Currency::USD);
        errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    rules.reserve_currency = Some(Currency::USD);
    assert!(named(&rules).is_empty());
    rules.reserve_currency = Some("EUR".parse().unwrap());
    assert_eq!(named(&rules), ["reserve_currency"]);
    let setup = setup(SaleKind::Room, &[rules]);
    let refused = Sale::default().refused(Command::Create(Box::new(setup)));
    assert_eq!(refused, Reason::InvalidSetup);
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
