use super::*;
use std::collections::BTreeSet;

/// The server refuses anything that could run or load; so does this.
fn is_harmless(svg: &str) -> bool {
    let lower = svg.to_ascii_lowercase();
    let nothing_runs = [
        "<script",
        "<foreignobject",
        "<use",
        "<image",
        "<style",
        "href",
        "javascript:",
        "<!entity",
        "data:",
    ]
    .iter()
    .all(|forbidden| !lower.contains(forbidden));
    let no_handlers = lower.match_indices(" on").all(|(at, _)| {
        let rest = lower[at + 1..].trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        !rest.starts_with('=')
    });
    let only_inner_urls = lower
        .match_indices("url(")
        .all(|(at, _)| lower[at..].starts_with("url(#"));
    let no_addresses = lower
        .replace("http://www.w3.org/2000/svg", "")
        .find("://")
        .is_none();
    nothing_runs && no_handlers && only_inner_urls && no_addresses
}

/// Every element is closed, in order, under one `svg` root, and attributes are unique and quoted.
fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut roots = 0;
    for (at, _) in svg.match_indices('<') {
        let end = at + svg[at..].find('>').expect("a tag ends");
        let tag = &svg[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closing tag");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        if open.is_empty() {
            roots += 1;
            assert_eq!(name, "svg");
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes of <{tag}>");
        let mut names = BTreeSet::new();
        for (index, piece) in tag.split('"').enumerate() {
            if index % 2 == 0
                && let Some(attribute) = piece.trim().strip_suffix('=')
            {
                let attribute = attribute.rsplit(' ').next().unwrap();
                assert!(names.insert(attribute.to_owned()), "{attribute} twice in <{tag}>");
            }
        }
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert_eq!(roots, 1);
}

#[test]
fn pictures_are_small_well_formed_and_harmless() {
    for picture in Picture::ALL {
        let svg = picture.svg();
        assert!(svg.len() < 60_000, "{picture:?} has {} bytes", svg.len());
        assert!(
            svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""),
            "{picture:?}"
        );
        assert!(is_harmless(&svg), "{picture:?}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{picture:?}");
        assert_well_formed(&svg);
        for (at, _) in svg.match_indices("url(#") {
            let id = svg[at + 5..].split(')').next().unwrap();
            assert!(svg.contains(&format!("id=\"{id}\"")), "{picture:?} lacks {id}");
        }
    }
}

#[test]
fn the_harmlessness_test_would_notice() {
    for bad in [
        "<svg><script>1</script></svg>",
        "<svg onload=\"x\"/>",
        "<svg><rect fill=\"url(http://a.b/c)\"/></svg>",
        "<svg><image href=\"x\"/></svg>",
    ] {
        assert!(!is_harmless(bad), "{bad}");
    }
}

#[test]
fn pictures_are_the_same_every_time_and_shown_once() {
    let mut shown = BTreeSet::new();
    for lot in ROOM.lots.iter().chain(TIMED.lots) {
        assert!(
            shown.insert(lot.picture.svg()),
            "{} shares its picture",
            lot.title
        );
        assert_eq!(lot.picture.svg(), lot.picture.svg());
    }
    assert_eq!(shown.len(), Picture::ALL.len());
}

#[test]
fn lots_are_numbered_and_priced_as_a_house_would() {
    assert!((16..=18).contains(&ROOM.lots.len()));
    assert!((5..=6).contains(&TIMED.lots.len()));
    for sale in [ROOM, TIMED] {
        let numbers: BTreeSet<_> = sale.lots.iter().map(|lot| lot.number).collect();
        assert_eq!(numbers.len(), sale.lots.len(), "numbers are unique");
        for lot in sale.lots {
            let (low, high) = lot.estimate_pounds;
            assert!(
                0 < lot.opening_pounds && lot.opening_pounds < low && low < high,
                "{}",
                lot.title
            );
            assert!(
                lot.reserve_pounds.is_none_or(|reserve| reserve <= low),
                "{}",
                lot.title
            );
            assert!(
                lot.reserve_pounds
                    .is_none_or(|reserve| lot.opening_pounds <= reserve)
            );
            assert!(lot.description.split("\n\n").count() >= 4, "{}", lot.title);
            assert!(!lot.description.contains("  "), "{}: a run of blanks", lot.title);
            assert!(
                lot.description.contains("cm (") || lot.description.contains("mm"),
                "{}",
                lot.title
            );
        }
    }
    assert!(ROOM.lots.iter().any(|lot| lot.number == "12A"));
    assert!(ROOM.lots.iter().any(|lot| lot.reserve_pounds.is_none()));
}

#[test]
fn lots_are_sold_in_every_manner() {
    let manners: Vec<Manner> = ROOM.lots.iter().chain(TIMED.lots).map(|lot| lot.manner).collect();
    let shown = |is: fn(&Manner) -> bool| manners.iter().any(is);
    assert!(shown(|manner| matches!(manner, Manner::Pieces(2..))));
    assert!(shown(|manner| matches!(manner, Manner::FixedPrice(_))));
    assert!(shown(|manner| matches!(manner, Manner::Clock { .. })));
    assert!(shown(|manner| matches!(manner, Manner::Sealed)));
    let choices = ROOM
        .lots
        .iter()
        .filter(|lot| !ROOM.choice_of(lot.number).is_empty());
    for lead in choices.clone() {
        let at = |number: &str| ROOM.lots.iter().position(|lot| lot.number == number).unwrap();
        let others = ROOM.choice_of(lead.number);
        assert!(
            others.iter().all(|other| at(other) > at(lead.number)),
            "the first leads"
        );
    }
    assert_eq!(choices.count(), 1);
}

#[test]
fn the_engine_accepts_every_rule_set() {
    for sale in [ROOM, TIMED] {
        for index in 0..sale.lots.len() {
            let input = sale.lot_input(index, 1_750_000_000_000, 20.0).unwrap();
            let rules: gavel_engine::rules::RuleSet = serde_json::from_value(input["rules"].clone()).unwrap();
            assert_eq!(rules.validate(), Vec::new(), "{}", input["title"]);
            assert_eq!(rules.closes_at_ms.is_some(), sale.kind == Kind::Timed);
            assert_eq!(
                input["estimate_low_minor"],
                sale.lots[index].estimate_pounds.0 * 100
            );
        }
        assert!(sale.lot_input(sale.lots.len(), 0, 1.0).is_none());
    }
}

#[test]
fn bids_between_three_and_five_thousand_run_two_five_eight() {
    let input = ROOM.lot_input(0, 0, 1.0).unwrap();
    let rules: gavel_engine::rules::RuleSet = serde_json::from_value(input["rules"].clone()).unwrap();
    let mut price = gavel_engine::money::Amount(300_000);
    let mut heard = Vec::new();
    while price.minor() < 500_000 {
        price = price.plus(rules.step_at(price));
        heard.push(price.minor() / 100);
    }
    assert_eq!(heard, [3_200, 3_500, 3_800, 4_000, 4_200, 4_500, 4_800, 5_000]);
}

#[test]
fn timed_lots_close_one_after_the_other_and_sooner_at_a_faster_pace() {
    let close = |index, pace| {
        TIMED.lot_input(index, 1_000, pace).unwrap()["rules"]["closes_at_ms"]
            .as_i64()
            .unwrap()
    };
    for index in 1..TIMED.lots.len() {
        assert!(close(index, 1.0) > close(index - 1, 1.0));
    }
    assert_eq!(close(0, 1.0) - 1_000, FIRST_CLOSE_MS);
    assert_eq!(close(0, 20.0) - 1_000, FIRST_CLOSE_MS / 20);
}

#[test]
fn sessions_are_told_apart_and_marked() {
    assert_eq!(ROOM.title_of(1), ROOM.title);
    assert!(ROOM.title_of(2).ends_with("Session 2"));
    let input = ROOM.input(3, 5);
    assert!(input["description"].as_str().unwrap().ends_with(MARK));
    assert_eq!(input["book_visibility"], "counts");
    assert_eq!(input["auto_approve"], true);
}
