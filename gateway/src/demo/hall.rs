//! A whole evening in virtual time: the decision cores against the real rules, without a server.

use super::{
    accounts::REGULARS,
    autopilot::{Autopilot, HAMMER_UP_MS, LotNotes, Move},
    catalogue,
    floor::Floor,
    online::look,
    pace::Clock,
    scene::{Cast, Scene, visitor_leads},
    temperament::{Action, Bidder, TIRED_AFTER_MS},
    wire::{Channel, Event, Happening, Leader, Lot, LotState, LotView, SaleStatus, SaleView, Update},
};
use gavel_engine::{
    auction::{
        Approval, Auction, Command, EnterBid, Event as Fact, Hammer, LotSetup, PlaceBid, Record, Register,
        SaleKind, SalePhase, Setup,
    },
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{self, Offer, Outcome, Phase},
    money::{Amount, Currency},
    rules::RuleSet,
    time::Timestamp,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// One look at the hall, milliseconds.
const TICK_MS: i64 = 250;
/// The visitor's number.
const VISITOR: u32 = 1_500;

/// What became of a lot.
#[derive(Debug)]
struct Story {
    lasted_ms: i64,
    first_bid_after_ms: Option<i64>,
    quiet_before_hammer_ms: i64,
    bids: usize,
    sold_minor: Option<i64>,
    winner: Option<u32>,
    channels: Vec<Channel>,
}

struct Hall {
    auction: Auction,
    now_ms: i64,
    ids: u128,
    scene: Scene,
    cast: Cast,
    entries: BTreeMap<Uuid, Lot>,
    autopilot: Autopilot,
    floor: Floor,
    online: Vec<(u32, Bidder)>,
    /// Bids the minimum up to this whenever somebody else leads, three seconds later.
    visitor_limit_minor: i64,
    stories: Vec<Story>,
    messages: Vec<String>,
}

fn channel(channel: lot::Channel) -> Channel {
    match channel {
        lot::Channel::Online => Channel::Online,
        lot::Channel::Floor => Channel::Floor,
        lot::Channel::Phone => Channel::Phone,
        lot::Channel::Absentee => Channel::Absentee,
        lot::Channel::House => unreachable!("the demonstration's rules let nobody bid for the seller"),
    }
}

impl Hall {
    fn open(seed: u64, visitor_limit_minor: i64) -> Self {
        let mut entries = BTreeMap::new();
        let mut setups = Vec::new();
        let mut notes = Vec::new();
        for index in 0..catalogue::ROOM.lots.len() {
            let mut input = catalogue::ROOM.lot_input(index, 0, 1.0).unwrap();
            let lot_id = Uuid::from_u128(u128::from(seed) << 32 | index as u128);
            let rules: RuleSet = serde_json::from_value(input["rules"].clone()).unwrap();
            input["id"] = serde_json::json!(lot_id);
            input["has_picture"] = serde_json::json!(true);
            let entry: Lot = serde_json::from_value(input).unwrap();
            notes.push(LotNotes {
                lot_id,
                number: entry.number.clone(),
                artist: entry.artist.clone(),
                title: entry.title.clone(),
                opening_minor: entry.rules.opening_price_minor,
                increments: entry.rules.increments.clone(),
            });
            setups.push(LotSetup {
                lot_id: LotId::from(lot_id),
                rules,
            });
            entries.insert(lot_id, entry);
        }
        let mut hall = Self {
            auction: Auction::default(),
            now_ms: 0,
            ids: 0,
            scene: Scene::default(),
            cast: Cast::new(),
            entries,
            autopilot: Autopilot::new(seed, notes),
            floor: Floor::new(seed),
            online: Vec::new(),
            visitor_limit_minor,
            stories: Vec::new(),
            messages: Vec::new(),
        };
        let setup = Setup {
            sale_id: SaleId(1),
            currency: "GBP".parse::<Currency>().unwrap(),
            kind: SaleKind::Room,
            lots: setups,
        };
        assert!(hall.give(&Command::Create(Box::new(setup))));
        for (index, regular) in REGULARS.iter().enumerate() {
            let paddle = 1_001 + u32::try_from(index).unwrap();
            hall.register(paddle);
            hall.cast.insert(paddle);
            let bidder = Bidder::new(regular.temperament, regular.appetite, seed, seed + index as u64);
            hall.online.push((paddle, bidder));
        }
        hall.register(VISITOR);
        hall
    }

    fn register(&mut self, paddle: u32) {
        assert!(self.give(&Command::Register(Register {
            bidder: BidderId(u128::from(paddle)),
            paddle: Paddle(paddle),
            standing: Approval::Approved,
            limit: None,
        })));
    }

    fn fresh_id(&mut self) -> BidId {
        self.ids += 1;
        BidId(1 << 100 | self.ids)
    }

    /// Gives a command, and shows everybody what came of it. False when it is refused.
    fn give(&mut self, command: &Command) -> bool {
        let at = Timestamp(self.now_ms);
        let Ok(mut facts) = self.auction.decide(command, at, &Unlimited) else {
            return false;
        };
        self.auction.apply(&Record {
            at,
            events: facts.clone(),
        });
        while self.auction.owes_book_bids() {
            let events = self.auction.book_bids_due(at, &Unlimited);
            facts.extend(events.iter().cloned());
            self.auction.apply(&Record { at, events });
        }
        let events: Vec<Happening> = facts.iter().map(|fact| self.tell(fact)).collect();
        let touched = events.iter().find_map(|happening| happening.lot_id);
        let lots = if matches!(command, Command::Create(_)) {
            self.auction
                .lots()
                .iter()
                .map(|lot| self.view(lot.lot_id))
                .collect()
        } else {
            touched
                .map(|lot_id| self.view(LotId::from(lot_id)))
                .into_iter()
                .collect()
        };
        let update = Update {
            sale_id: Uuid::nil(),
            after_seq: self.scene.seq,
            seq: self.scene.seq + 1,
            events,
            sale: Some(SaleView {
                status: match self.auction.phase() {
                    SalePhase::Published => SaleStatus::Published,
                    SalePhase::Live => SaleStatus::Live,
                    SalePhase::Ended => SaleStatus::Ended,
                },
            }),
            lots,
        };
        assert!(self.scene.take_update(&update, &self.cast, self.now_ms));
        true
    }

    fn tell(&self, fact: &Fact) -> Happening {
        let about = |lot_id: &LotId, event| Happening {
            lot_id: Some((*lot_id).into()),
            event,
        };
        match fact {
            Fact::LotOpened(lot_id) => about(lot_id, Event::LotOpened),
            Fact::BidAccepted { lot_id, bid, .. } => {
                let paddle = self.auction.paddle(bid.bidder).map(|paddle| paddle.0);
                let channel = channel(bid.channel);
                about(lot_id, Event::BidAccepted { paddle, channel })
            }
            Fact::AskSet(lot_id, _) => about(lot_id, Event::AskSet),
            Fact::FairlyWarned(lot_id) => about(lot_id, Event::FairWarning),
            Fact::LotClosed { lot_id, outcome, .. } => match outcome {
                Outcome::Sold { .. } => about(lot_id, Event::LotSold),
                _ => about(lot_id, Event::LotUnsold),
            },
            _ => Happening {
                lot_id: None,
                event: Event::Other,
            },
        }
    }

    fn view(&self, lot_id: LotId) -> LotView {
        let lot = self.auction.lot(lot_id).unwrap();
        let leader = lot.leader().map(|leader| Leader {
            paddle: self.auction.paddle(leader).map(|paddle| paddle.0),
            channel: channel(
                lot.bids
                    .iter()
                    .rev()
                    .find(|historic| historic.bid.bidder == leader)
                    .unwrap()
                    .bid
                    .channel,
            ),
        });
        LotView {
            lot_id: lot_id.into(),
            state: match lot.phase {
                Phase::Pending => LotState::Pending,
                Phase::Open => LotState::Open,
                Phase::Paused(_) => LotState::Paused,
                Phase::Closed => LotState::Closed,
            },
            price_minor: lot.price().map(Amount::minor),
            leader,
            minimum_minor: Some(lot.minimum(self.auction.clock()).minor()),
            ask_minor: lot.ask.map(Amount::minor),
            reserve_met: lot.reserve_met(),
            closes_at_ms: None,
            fair_warning: lot.fair_warning,
            bid_count: u32::try_from(lot.bids.len()).unwrap(),
        }
    }

    /// One look at the hall by everybody. False when the sale is over.
    fn tick(&mut self) -> bool {
        self.now_ms += TICK_MS;
        let clock = Clock::start(1.0);
        // Bidders look at the catalogue now and then, and at the block all the time.
        let browsing = self.now_ms % 2_000 == 0;
        let lot_ids: Vec<Uuid> = self
            .scene
            .lots
            .values()
            .filter(|lot| lot.view.state == LotState::Open || browsing && lot.view.state == LotState::Pending)
            .map(|lot| lot.view.lot_id)
            .collect();
        for index in 0..self.online.len() {
            for lot_id in &lot_ids {
                let lot = &self.scene.lots[lot_id];
                let by_visitor = visitor_leads(lot.view.leader, &self.cast);
                let (paddle, bidder) = &mut self.online[index];
                let paddle = *paddle;
                let sight = look(
                    lot,
                    &self.entries[lot_id],
                    self.now_ms,
                    clock,
                    by_visitor,
                    |leader, _| leader == Some(paddle),
                );
                if let Some(action) = bidder.decide(&sight) {
                    assert!(action.most_minor() <= bidder.limit_minor(*lot_id).unwrap());
                    self.bid_online(paddle, *lot_id, action);
                }
            }
        }
        self.visitor_bids();
        if let Some(lot) = self.scene.on_the_block() {
            let (lot_id, leader) = (lot.view.lot_id, lot.view.leader);
            let by_visitor = visitor_leads(leader, &self.cast);
            let sight = look(
                lot,
                &self.entries[&lot_id],
                self.now_ms,
                clock,
                by_visitor,
                |_, _| false,
            );
            if let Some(bid) = self.floor.decide(&sight, leader) {
                let bid_id = self.fresh_id();
                self.give(&Command::EnterBid(EnterBid {
                    bid_id,
                    lot_id: LotId::from(lot_id),
                    paddle: bid.paddle.map(Paddle),
                    channel: if bid.channel == Channel::Phone {
                        lot::Channel::Phone
                    } else {
                        lot::Channel::Floor
                    },
                    offer: Offer::Amount(Amount(bid.amount_minor)),
                    currency: "GBP".parse::<Currency>().unwrap(),
                }));
            }
        }
        match self.autopilot.decide(&self.scene, &self.cast, true, self.now_ms) {
            Some(Move::EndSale) => {
                assert!(self.give(&Command::End));
                false
            }
            Some(next) => {
                self.make(&next);
                true
            }
            None => true,
        }
    }

    fn bid_online(&mut self, paddle: u32, lot_id: Uuid, action: Action) {
        let bid_id = self.fresh_id();
        let (offer, book_if_pending) = match action {
            Action::Bid(minor) => (Offer::Amount(Amount(minor)), false),
            Action::Max(minor) => (Offer::Max(Amount(minor)), true),
        };
        self.give(&Command::PlaceBid(PlaceBid {
            bid_id,
            lot_id: LotId::from(lot_id),
            bidder: BidderId(u128::from(paddle)),
            channel: lot::Channel::Online,
            offer,
            currency: "GBP".parse::<Currency>().unwrap(),
            book_if_pending,
            sent_before_ms: None,
        }));
    }

    fn visitor_bids(&mut self) {
        let Some(lot) = self.scene.on_the_block() else {
            return;
        };
        let thought_ms = self.now_ms - lot.stirred_at_ms;
        let minimum_minor = lot.view.minimum_minor.unwrap();
        let leads = visitor_leads(lot.view.leader, &self.cast);
        if leads || thought_ms < 3_000 || minimum_minor > self.visitor_limit_minor {
            return;
        }
        self.bid_online(VISITOR, lot.view.lot_id, Action::Bid(minimum_minor));
    }

    fn make(&mut self, next: &Move) {
        let command = match next {
            Move::StartSale => Command::Start,
            Move::Open(lot_id) => Command::OpenLot(LotId::from(*lot_id)),
            Move::Ask(lot_id, ask_minor) => Command::SetAsk(LotId::from(*lot_id), Amount(*ask_minor)),
            Move::Warn(lot_id) => Command::WarnFairly(LotId::from(*lot_id)),
            Move::Sell { lot_id, unnamed } => Command::Hammer(Hammer {
                lot_id: LotId::from(*lot_id),
                sold: true,
                override_reserve: false,
                paddle: unnamed.then(|| Paddle(self.floor.name_winner())),
                price_seen: None,
            }),
            Move::Pass(lot_id) => Command::Hammer(Hammer {
                lot_id: LotId::from(*lot_id),
                sold: false,
                override_reserve: false,
                paddle: None,
                price_seen: None,
            }),
            Move::Resume(lot_id) => Command::Resume(LotId::from(*lot_id)),
            Move::Say(text) => {
                assert!(text.chars().count() <= 280);
                self.messages.push(text.clone());
                Command::Say(text.clone())
            }
            Move::EndSale => Command::End,
        };
        assert!(self.give(&command), "{next:?} was refused");
        if let Move::Sell { lot_id, .. } | Move::Pass(lot_id) = next {
            self.remember(*lot_id);
        }
    }

    fn remember(&mut self, lot_id: Uuid) {
        let scene = &self.scene.lots[&lot_id];
        let lot = self.auction.lot(LotId::from(lot_id)).unwrap();
        let (sold_minor, winner) = match lot.outcome.unwrap() {
            Outcome::Sold { winner, price } => (
                Some(price.minor()),
                self.auction.paddle(winner).map(|paddle| paddle.0),
            ),
            _ => (None, None),
        };
        self.stories.push(Story {
            lasted_ms: self.now_ms - scene.opened_at_ms,
            first_bid_after_ms: lot.bids.first().map(|bid| bid.at.as_ms() - scene.opened_at_ms),
            quiet_before_hammer_ms: self.now_ms
                - lot.bids.last().map_or(scene.opened_at_ms, |bid| bid.at.as_ms()),
            bids: lot.bids.len(),
            sold_minor,
            winner,
            channels: lot.bids.iter().map(|bid| channel(bid.bid.channel)).collect(),
        });
    }

    /// Holds the whole sale.
    fn hold(mut self) -> Self {
        for _ in 0..(60 * 60 * 1_000 / TICK_MS) {
            if !self.tick() {
                return self;
            }
        }
        panic!("the sale did not end within an hour");
    }
}

#[test]
fn every_sale_ends_in_good_time_and_most_lots_sell() {
    let mut stories = Vec::new();
    for seed in 0..12 {
        let hall = Hall::open(seed, 0).hold();
        assert_eq!(hall.stories.len(), catalogue::ROOM.lots.len());
        assert_eq!(hall.auction.phase(), SalePhase::Ended);
        assert!(
            (8..=20).contains(&(hall.now_ms / 60_000)),
            "seed {seed}: {} min",
            hall.now_ms / 60_000
        );
        stories.extend(hall.stories);
    }
    let count = stories.len();
    for story in &stories {
        assert!(story.lasted_ms <= TIRED_AFTER_MS + 45_000, "{story:?}");
        assert!(story.quiet_before_hammer_ms >= HAMMER_UP_MS, "{story:?}");
        assert!(
            story.sold_minor.is_none() || story.winner.is_some(),
            "a winner has a number: {story:?}"
        );
    }
    let share = |is: fn(&Story) -> bool| stories.iter().filter(|story| is(story)).count() * 100 / count;
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
