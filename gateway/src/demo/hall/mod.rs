//! A whole evening in virtual time: the decision cores against the real rules, without a server.

mod evening;
mod show;

use super::{
    accounts::REGULARS,
    autopilot::{Autopilot, LotNotes, Move},
    catalogue,
    floor::Floor,
    online::look,
    pace::Clock,
    scene::{Cast, Scene, visitor_leads},
    temperament::{Action, Bidder},
    wire::{Channel, Lot, LotState},
};
use gavel_engine::{
    auction::{
        Approval, Auction, Command, EnterBid, Event as Fact, GroupLots, Hammer, LotSetup, PlaceBid, Record,
        Register, SaleKind, Setup,
    },
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{self, Offer, Outcome, Together},
    money::{Amount, Currency},
    rules::{Format, RuleSet},
    time::Timestamp,
};
use show::channel;
use std::collections::BTreeMap;
use uuid::Uuid;

/// One look at the hall, milliseconds.
const TICK_MS: i64 = 250;
/// The visitor's number.
const VISITOR: u32 = 1_500;

/// What became of a lot that was called out.
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

impl Hall {
    fn open(seed: u64, visitor_limit_minor: i64) -> Self {
        let mut entries = BTreeMap::new();
        let mut setups = Vec::new();
        let mut lots = Vec::new();
        for index in 0..catalogue::ROOM.lots.len() {
            let mut input = catalogue::ROOM.lot_input(index, 0, 1.0).unwrap();
            let lot_id = Uuid::from_u128(u128::from(seed) << 32 | index as u128);
            let rules: RuleSet = serde_json::from_value(input["rules"].clone()).unwrap();
            input["id"] = serde_json::json!(lot_id);
            input["has_picture"] = serde_json::json!(true);
            let entry: Lot = serde_json::from_value(input).unwrap();
            lots.push(entry.clone());
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
            autopilot: Autopilot::new(
                seed,
                LotNotes::on(&lots, |number| catalogue::ROOM.choice_of(number)),
            ),
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
        let Ok(facts) = self.auction.decide(command, at, &Unlimited) else {
            return false;
        };
        self.take(facts);
        while self.auction.owes_book_bids() {
            let facts = self.auction.book_bids_due(at, &Unlimited);
            self.take(facts);
        }
        true
    }

    /// A hammer falls, a clock runs out.
    fn time_passes(&mut self) {
        loop {
            let facts = self.auction.due(Timestamp(self.now_ms));
            if facts.is_empty() {
                return;
            }
            self.take(facts);
        }
    }

    fn take(&mut self, events: Vec<Fact>) {
        let at = Timestamp(self.now_ms);
        let record = Record { at, events };
        self.auction.apply(&record);
        let update = self.update(&record.events);
        assert!(self.scene.take_update(&update, &self.cast, self.now_ms));
        for fact in &record.events {
            if let Fact::LotClosed { lot_id, .. } = fact {
                self.remember((*lot_id).into());
            }
        }
    }

    /// One look at the hall by everybody. False when the sale is over.
    fn tick(&mut self) -> bool {
        self.now_ms += TICK_MS;
        self.time_passes();
        let clock = Clock::start(1.0);
        // Bidders look at the catalogue now and then, and at the block all the time.
        let browsing = self.now_ms % 2_000 == 0;
        let lot_ids: Vec<Uuid> = self
            .scene
            .lots
            .values()
            .filter(|lot| lot.view.led_by.is_none())
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
            Action::BuyNow(minor) => (Offer::BuyNow(Amount(minor)), false),
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
        let on_the_clock = lot
            .view
            .clock
            .map(|falling| falling.after(self.now_ms - lot.opened_at_ms));
        let minimum_minor = on_the_clock.or(lot.view.minimum_minor).unwrap();
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
            Move::Group(lots) => Command::Group(GroupLots {
                together: Together::Choice,
                lots: lots.iter().copied().map(LotId::from).collect(),
                opening_price: None,
            }),
            Move::Choose { lot_id, taken } => Command::Choose {
                lot_id: LotId::from(*lot_id),
                taken: taken.iter().copied().map(LotId::from).collect(),
            },
            Move::Resume(lot_id) => Command::Resume(LotId::from(*lot_id)),
            Move::Say(text) => {
                assert!(text.chars().count() <= 280);
                self.messages.push(text.clone());
                Command::Say(text.clone())
            }
            Move::EndSale => Command::End,
        };
        assert!(self.give(&command), "{next:?} was refused");
    }

    fn remember(&mut self, lot_id: Uuid) {
        let scene = &self.scene.lots[&lot_id];
        let lot = self.auction.lot(LotId::from(lot_id)).unwrap();
        if lot.rules.format != Format::English {
            return;
        }
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
