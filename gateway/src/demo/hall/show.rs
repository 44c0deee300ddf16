//! What the rules made of it, as the wire would tell it.

use super::Hall;
use crate::demo::wire::{
    Channel, Event, FallingPrice, Format, Group, Happening, Leader, LotState, LotView, SaleStatus, SaleView,
    Strike, Update,
};
use gavel_engine::{
    auction::{Event as Fact, SalePhase},
    ids::LotId,
    lot::{self, Outcome, Phase},
    money::Amount,
    rules,
};
use uuid::Uuid;

pub fn channel(channel: lot::Channel) -> Channel {
    match channel {
        lot::Channel::Online => Channel::Online,
        lot::Channel::Floor => Channel::Floor,
        lot::Channel::Phone => Channel::Phone,
        lot::Channel::Absentee => Channel::Absentee,
        lot::Channel::House => unreachable!("the demonstration's rules let nobody bid for the seller"),
    }
}

impl Hall {
    /// The update on these facts, which are applied already.
    pub(super) fn update(&self, facts: &[Fact]) -> Update {
        // Of a small sale every lot is told every time.
        let lots = self.auction.lots().iter().map(|lot| self.view(lot.lot_id));
        Update {
            sale_id: Uuid::nil(),
            after_seq: self.scene.seq,
            seq: self.scene.seq + 1,
            events: facts.iter().map(|fact| self.tell(fact)).collect(),
            sale: Some(SaleView {
                status: match self.auction.phase() {
                    SalePhase::Published => SaleStatus::Published,
                    SalePhase::Live => SaleStatus::Live,
                    SalePhase::Ended => SaleStatus::Ended,
                },
            }),
            lots: lots.collect(),
        }
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
            Fact::HammerStruck { lot_id, .. } => about(lot_id, Event::HammerStruck),
            Fact::LotsGrouped { lot_id, .. } => about(lot_id, Event::LotsGrouped),
            Fact::ChoiceMade { lot_id, .. } => about(lot_id, Event::ChoiceMade),
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
        let clock = lot.rules.dutch.filter(|_| lot.phase == Phase::Open);
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
            format: match lot.rules.format {
                rules::Format::English => Format::English,
                rules::Format::Dutch => Format::Dutch,
                rules::Format::SealedFirstPrice => Format::SealedFirstPrice,
                rules::Format::Vickrey => Format::Vickrey,
            },
            state: match lot.phase {
                Phase::Pending => LotState::Pending,
                Phase::Open => LotState::Open,
                Phase::Paused(_) => LotState::Paused,
                Phase::Closed => LotState::Closed,
            },
            price_minor: lot.price().map(Amount::minor),
            leader,
            minimum_minor: clock.is_none().then(|| lot.minimum(self.auction.clock()).minor()),
            ask_minor: lot.ask.map(Amount::minor),
            reserve_met: lot.reserve_met(),
            closes_at_ms: None,
            fair_warning: lot.fair_warning,
            bid_count: Some(lot.bids_standing),
            buy_now_minor: None,
            clock: clock.map(|clock| FallingPrice {
                start_minor: clock.start_minor.minor(),
                step_minor: clock.step_minor.minor(),
                every_ms: clock.every_ms,
                floor_minor: clock.floor_minor.minor(),
            }),
            hammer: lot.strike.map(|strike| Strike {
                falls_at_ms: strike.falls_at.as_ms(),
            }),
            group: lot.group.as_ref().map(|group| Group {
                others: group.others.iter().copied().map(Uuid::from).collect(),
            }),
            led_by: lot.led_by.map(Uuid::from),
            choice_due: lot.choice_is_due(),
        }
    }
}
