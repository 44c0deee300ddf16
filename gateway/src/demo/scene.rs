//! A sale as one participant sees it: the server's views, and a memory of when things happened.
//! Pure: time comes in as an argument, in milliseconds of demonstration time.

use super::wire::{Channel, Event, Leader, LotState, LotView, SaleStatus, Snapshot, Update};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The numbers of the simulated bidders of one sale. Whoever else bids online is a visitor.
pub type Cast = BTreeSet<u32>;

/// Numbers up to this one are issued in the room; whoever registers online gets a higher one.
pub const ROOM_PADDLES_MAX: u32 = 999;

/// A sale as it is seen.
#[derive(Debug, Default)]
pub struct Scene {
    /// Last update seen.
    pub seq: u64,
    /// `None` before the first snapshot.
    pub status: Option<SaleStatus>,
    /// Every lot.
    pub lots: BTreeMap<Uuid, LotScene>,
}

/// A lot as it is seen.
#[derive(Debug, Clone)]
pub struct LotScene {
    /// The server's words.
    pub view: LotView,
    /// When it was opened, or first seen open.
    pub opened_at_ms: i64,
    /// When the last bid was accepted, or the last ask set, or it was opened.
    pub stirred_at_ms: i64,
    /// When the last bid was accepted, if one was seen.
    pub bid_at_ms: Option<i64>,
    /// When fair warning was given, while it stands.
    pub warned_at_ms: Option<i64>,
    /// When it was closed.
    pub closed_at_ms: Option<i64>,
    /// A visitor has bid on it.
    pub visited: bool,
    /// How often the simulation took the lead from a visitor, or withstood one.
    pub contested: u32,
}

/// Whether this is a visitor's bid.
fn is_visitor(paddle: Option<u32>, channel: Channel, cast: &Cast) -> bool {
    matches!(channel, Channel::Online | Channel::Absentee)
        && paddle.is_some_and(|paddle| paddle > ROOM_PADDLES_MAX && !cast.contains(&paddle))
}

/// Whether a visitor leads.
pub fn visitor_leads(leader: Option<Leader>, cast: &Cast) -> bool {
    leader.is_some_and(|leader| is_visitor(leader.paddle, leader.channel, cast))
}

impl Scene {
    /// Takes a snapshot. What was remembered of a lot stays where nothing happened since.
    pub fn take_snapshot(&mut self, snapshot: &Snapshot, now_ms: i64) {
        self.seq = snapshot.seq;
        self.status = Some(snapshot.sale.status);
        for view in &snapshot.lots {
            match self.lots.get_mut(&view.lot_id) {
                Some(lot) if lot.view.state == view.state && lot.view.bid_count == view.bid_count => {
                    lot.view = view.clone();
                }
                _ => {
                    self.lots
                        .insert(view.lot_id, LotScene::first_seen(view.clone(), now_ms));
                }
            }
        }
    }

    /// Takes an update; one that is already known changes nothing. False when updates are missing
    /// before it.
    pub fn take_update(&mut self, update: &Update, cast: &Cast, now_ms: i64) -> bool {
        if update.seq <= self.seq {
            return true;
        }
        let complete = self.seq >= update.after_seq;
        self.seq = update.seq;
        if let Some(sale) = &update.sale {
            self.status = Some(sale.status);
        }
        for view in &update.lots {
            let events: Vec<&Event> = update
                .events
                .iter()
                .filter(|happening| happening.lot_id == Some(view.lot_id))
                .map(|happening| &happening.event)
                .collect();
            self.lots
                .entry(view.lot_id)
                .or_insert_with(|| LotScene::first_seen(view.clone(), now_ms))
                .take(view, &events, cast, now_ms);
        }
        complete
    }

    /// The lot whose winner has to choose.
    pub fn choice_due(&self) -> Option<&LotScene> {
        self.lots.values().find(|lot| lot.view.choice_due)
    }

    /// The lot that is open or paused.
    pub fn on_the_block(&self) -> Option<&LotScene> {
        self.lots
            .values()
            .find(|lot| matches!(lot.view.state, LotState::Open | LotState::Paused))
    }
}

impl LotScene {
    /// A lot about whose past nothing is known.
    pub fn first_seen(view: LotView, now_ms: i64) -> Self {
        Self {
            opened_at_ms: now_ms,
            stirred_at_ms: now_ms,
            bid_at_ms: view.bid_count.is_some_and(|count| count > 0).then_some(now_ms),
            warned_at_ms: view.fair_warning.then_some(now_ms),
            closed_at_ms: (view.state == LotState::Closed).then_some(now_ms),
            visited: false,
            contested: 0,
            view,
        }
    }

    fn take(&mut self, view: &LotView, events: &[&Event], cast: &Cast, now_ms: i64) {
        let visitor_led = visitor_leads(self.view.leader, cast);
        let visitor_leads_now = visitor_leads(view.leader, cast);
        let mut visitor_bid = false;
        for event in events {
            match event {
                Event::LotOpened | Event::LotReopened | Event::LotReoffered => {
                    self.opened_at_ms = now_ms;
                    self.stirred_at_ms = now_ms;
                    self.closed_at_ms = None;
                }
                Event::BidAccepted { paddle, channel } => {
                    self.bid_at_ms = Some(now_ms);
                    self.stirred_at_ms = now_ms;
                    visitor_bid |= is_visitor(*paddle, *channel, cast);
                }
                Event::AskSet | Event::Resumed | Event::BidRetracted | Event::HammerLifted { .. } => {
                    self.stirred_at_ms = now_ms;
                }
                Event::FairWarning => self.warned_at_ms = Some(now_ms),
                Event::LotSold | Event::LotUnsold | Event::LotWithdrawn => self.closed_at_ms = Some(now_ms),
                _ => {}
            }
        }
        let bid = events
            .iter()
            .any(|event| matches!(event, Event::BidAccepted { .. }));
        self.visited |= visitor_bid || visitor_leads_now;
        // Taken from the visitor, the visitor's bid answered, or the visitor's maximum tried.
        let lost = visitor_led && !visitor_leads_now;
        let answered = visitor_bid && !visitor_leads_now;
        let tried = bid && !visitor_bid && visitor_led && visitor_leads_now;
        self.contested += u32::from(lost || answered || tried);
        if !view.fair_warning {
            self.warned_at_ms = None;
        }
        self.view = view.clone();
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::demo::wire::{Format, Happening};

    /// A lot that is open at `price`, led by `leader`.
    pub fn open_lot(lot_id: Uuid, price: Option<i64>, minimum: i64, leader: Option<Leader>) -> LotView {
        LotView {
            lot_id,
            format: Format::English,
            state: LotState::Open,
            price_minor: price,
            leader,
            minimum_minor: Some(minimum),
            ask_minor: None,
            reserve_met: None,
            closes_at_ms: None,
            fair_warning: false,
            bid_count: Some(u32::from(price.is_some())),
            buy_now_minor: None,
            clock: None,
            hammer: None,
            group: None,
            led_by: None,
            choice_due: false,
        }
    }

    fn online(paddle: u32) -> Leader {
        Leader {
            paddle: Some(paddle),
            channel: Channel::Online,
        }
    }

    fn bid(seq: u64, paddle: u32, view: LotView) -> Update {
        Update {
            sale_id: Uuid::nil(),
            after_seq: seq - 1,
            seq,
            events: vec![Happening {
                lot_id: Some(view.lot_id),
                event: Event::BidAccepted {
                    paddle: Some(paddle),
                    channel: Channel::Online,
                },
            }],
            sale: None,
            lots: vec![view],
        }
    }

    #[test]
    fn contests_with_a_visitor_are_counted() {
        let cast = Cast::from([1_001, 1_002]);
        let lot_id = Uuid::from_u128(5);
        let mut scene = Scene::default();
        assert!(scene.take_update(
            &bid(1, 1_001, open_lot(lot_id, Some(100), 110, Some(online(1_001)))),
            &cast,
            10
        ));
        assert!(!scene.lots[&lot_id].visited);
        // A visitor takes the lead, is outbid, bids in vain against a maximum, leads and is tried.
        scene.take_update(
            &bid(2, 1_077, open_lot(lot_id, Some(110), 120, Some(online(1_077)))),
            &cast,
            20,
        );
        assert!(scene.lots[&lot_id].visited);
        assert_eq!(scene.lots[&lot_id].contested, 0);
        scene.take_update(
            &bid(3, 1_002, open_lot(lot_id, Some(120), 130, Some(online(1_002)))),
            &cast,
            30,
        );
        assert_eq!(scene.lots[&lot_id].contested, 1);
        scene.take_update(
            &bid(4, 1_077, open_lot(lot_id, Some(140), 150, Some(online(1_002)))),
            &cast,
            40,
        );
        assert_eq!(scene.lots[&lot_id].contested, 2);
        scene.take_update(
            &bid(5, 1_077, open_lot(lot_id, Some(150), 160, Some(online(1_077)))),
            &cast,
            50,
        );
        assert_eq!(scene.lots[&lot_id].contested, 2);
        scene.take_update(
            &bid(6, 1_001, open_lot(lot_id, Some(170), 180, Some(online(1_077)))),
            &cast,
            60,
        );
        assert_eq!(scene.lots[&lot_id].contested, 3);
        assert_eq!(scene.lots[&lot_id].bid_at_ms, Some(60));
    }

    #[test]
    fn a_repeated_update_changes_nothing_and_a_gap_is_told() {
        let cast = Cast::new();
        let lot_id = Uuid::from_u128(5);
        let mut scene = Scene::default();
        scene.take_update(
            &bid(1, 1_001, open_lot(lot_id, Some(100), 110, Some(online(1_001)))),
            &cast,
            10,
        );
        assert!(scene.take_update(&bid(1, 1_001, open_lot(lot_id, Some(999), 999, None)), &cast, 99));
        assert_eq!(scene.lots[&lot_id].view.price_minor, Some(100));
        assert!(!scene.take_update(
            &bid(5, 1_001, open_lot(lot_id, Some(120), 130, Some(online(1_001)))),
            &cast,
            20
        ));
        assert_eq!(scene.seq, 5);
    }

    #[test]
    fn a_bid_ends_fair_warning() {
        let lot_id = Uuid::from_u128(5);
        let mut warned = open_lot(lot_id, Some(100), 110, Some(online(1_001)));
        warned.fair_warning = true;
        let mut scene = Scene::default();
        let warning = Update {
            sale_id: Uuid::nil(),
            after_seq: 0,
            seq: 1,
            events: vec![Happening {
                lot_id: Some(lot_id),
                event: Event::FairWarning,
            }],
            sale: None,
            lots: vec![warned],
        };
        scene.take_update(&warning, &Cast::new(), 40);
        assert_eq!(scene.lots[&lot_id].warned_at_ms, Some(40));
        scene.take_update(
            &bid(2, 1_002, open_lot(lot_id, Some(110), 120, Some(online(1_002)))),
            &Cast::new(),
            50,
        );
        assert_eq!(scene.lots[&lot_id].warned_at_ms, None);
    }
}
