//! Whole evenings: how long they last, what is sold, and to whom.

use super::{Hall, VISITOR};
use crate::demo::{autopilot::HAMMER_UP_MS, catalogue, temperament::TIRED_AFTER_MS, wire::Channel};
use gavel_engine::{auction::SalePhase, ids::LotId, lot::Outcome};
use std::collections::BTreeSet;

#[test]
fn every_sale_ends_in_good_time_and_most_lots_sell() {
    let mut stories = Vec::new();
    let (mut chosen, mut on_the_clock) = (BTreeSet::new(), 0);
    for seed in 0..12 {
        let hall = Hall::open(seed, 0).hold();
        let outcome = |number: &str| {
            let entry = hall.entries.values().find(|lot| lot.number == number).unwrap();
            hall.auction.lot(LotId::from(entry.id)).unwrap().outcome
        };
        for lot in catalogue::ROOM.lots {
            let led = catalogue::ROOM
                .lots
                .iter()
                .any(|lead| catalogue::ROOM.choice_of(lead.number).contains(&lot.number));
            assert!(
                led || outcome(lot.number).is_some(),
                "lot {} has come to an end",
                lot.number
            );
        }
        chosen.insert(matches!(outcome("17"), Some(Outcome::Sold { .. })));
        on_the_clock += usize::from(matches!(outcome("18"), Some(Outcome::Sold { .. })));
        assert_eq!(hall.auction.phase(), SalePhase::Ended);
        assert!(
            (8..=20).contains(&(hall.now_ms / 60_000)),
            "seed {seed}: {} min",
            hall.now_ms / 60_000
        );
        stories.extend(hall.stories);
    }
    assert!(chosen.contains(&true), "the second vase is sold now and then");
    assert!(
        on_the_clock >= 9,
        "the clock was stopped in {on_the_clock} of 12 sales"
    );
    let count = stories.len();
    for story in &stories {
        assert!(story.lasted_ms <= TIRED_AFTER_MS + 45_000, "{story:?}");
        assert!(story.quiet_before_hammer_ms >= HAMMER_UP_MS, "{story:?}");
        assert!(
            story.sold_minor.is_none() || story.winner.is_some(),
            "a winner has a number: {story:?}"
        );
    }
    let share =
        |is: fn(&super::Story) -> bool| stories.iter().filter(|story| is(story)).count() * 100 / count;
    let usual = share(|story| (30_000..=75_000).contains(&story.lasted_ms));
    let sold = share(|story| story.sold_minor.is_some());
    let lively = share(|story| story.bids >= 6);
    let prompt = share(|story| story.first_bid_after_ms.is_some_and(|after_ms| after_ms <= 5_000));
    assert!(usual >= 80, "{usual} % last 30 to 75 s");
    assert!((70..=97).contains(&sold), "{sold} % sold");
    assert!(lively >= 70, "{lively} % have six bids or more");
    assert!(prompt >= 80, "{prompt} % have a bid within 5 s");
    for wanted in [Channel::Online, Channel::Floor, Channel::Phone, Channel::Absentee] {
        let seen = stories
            .iter()
            .filter(|story| story.channels.contains(&wanted))
            .count();
        assert!(seen * 10 >= count, "{wanted:?} bids on {seen} of {count} lots");
    }
}

#[test]
fn a_visitor_who_means_it_wins() {
    let (mut won, mut contested, mut total) = (0, 0, 0);
    for seed in 0..4 {
        let hall = Hall::open(seed, 100_000_000).hold();
        total += hall.stories.len();
        won += hall
            .stories
            .iter()
            .filter(|story| story.winner == Some(VISITOR))
            .count();
        contested += hall.scene.lots.values().filter(|lot| lot.contested > 0).count();
    }
    assert!(won * 10 >= total * 8, "{won} of {total} won");
    assert!(contested * 10 >= total * 7, "{contested} of {total} contested");
}

#[test]
fn the_same_seed_holds_the_same_sale() {
    let prices = |seed| {
        Hall::open(seed, 0)
            .hold()
            .stories
            .iter()
            .map(|story| story.sold_minor)
            .collect::<Vec<_>>()
    };
    assert_eq!(prices(3), prices(3));
    assert_ne!(prices(3), prices(4));
}

#[test]
fn the_room_is_spoken_to_but_not_talked_over() {
    let hall = Hall::open(5, 0).hold();
    let lots = catalogue::ROOM.lots.len();
    assert!(
        (lots * 2..lots * 9).contains(&hall.messages.len()),
        "{}",
        hall.messages.len()
    );
    assert!(
        hall.messages
            .iter()
            .any(|text| text.starts_with("Lot 12A: Edmund Pascoe-Thorne"))
    );
}
