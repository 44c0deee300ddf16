//! What is durable is told: to followers, to single bidders, to the relational store.

use super::AuctionActor;
use crate::auctions::{
    messages::{Follow, Followed, History},
    projector::Projection,
    topic::Update,
    wire::{self, Audience, LotView, Outgoing, Present, SaleView, StaffView, You},
};
use actix::Handler;
use gavel_engine::{
    auction::{Event, Record},
    ids::{BidderId, UserId},
};

impl AuctionActor {
    /// A record is durable: now it is true for everybody.
    pub(super) fn settle(&mut self, record: &Record) {
        self.stable.apply(record);
        let seq = self.stable.seq();
        let mut encode = |audience| {
            let after_seq = self.recent.last_seq(audience);
            let update = wire::update(self.sale_id, after_seq, record, &self.stable, audience)?;
            self.recent.push(audience, seq, update.clone());
            Some(update)
        };
        let (public, staff) = (encode(Audience::Public), encode(Audience::Staff));
        let personal = self.personal(record);
        if public.is_some() || staff.is_some() || !personal.is_empty() {
            self.topic.send(Update {
                sale_id: self.sale_id,
                seq: Some(seq),
                public,
                staff,
                personal,
            });
        }
        self.project(record);
    }

    /// Tells the relational store. After one loss nothing more is told until everything is.
    fn project(&mut self, record: &Record) {
        if !self.projection_lost
            && let Some(projection) = Projection::of(&self.stable, &record.events)
        {
            self.projection_lost = !self.projector.try_send(projection);
        }
    }

    /// What single bidders must hear because no update shows it.
    fn personal(&self, record: &Record) -> Vec<(UserId, bytes::Bytes)> {
        let concerned = record.events.iter().filter_map(|event| match event {
            Event::Registered { bidder, .. } => Some(*bidder),
            Event::AbsenteeLeft { entry, .. } => Some(entry.bidder),
            Event::BidRetracted { lot_id, bid_id, .. } => {
                let bids = &self.stable.lot(*lot_id)?.bids;
                bids.iter()
                    .find(|historic| historic.bid.bid_id == *bid_id)
                    .map(|historic| historic.bid.bidder)
            }
            _ => None,
        });
        concerned
            .filter_map(|bidder: BidderId| {
                let you = You::of(&self.stable, bidder)?;
                let message = Outgoing::You {
                    sale_id: self.sale_id,
                    seq: self.stable.seq(),
                    you,
                };
                Some((UserId(bidder.0), message.encode()))
            })
            .collect()
    }

    fn follow(&self, follow: &Follow) -> Followed {
        let seq = self.stable.seq();
        let missed = follow
            .last_seq
            .filter(|last_seq| *last_seq <= seq)
            .and_then(|last_seq| {
                let updates = self.recent.since(follow.audience, last_seq)?;
                Some((last_seq, updates))
            });
        let you = follow.viewer.and_then(|user| You::of(&self.stable, user.into()));
        let messages = match missed {
            Some((from_seq, updates)) => {
                let resumed = Outgoing::Resumed {
                    sale_id: self.sale_id,
                    from_seq,
                    seq,
                };
                let you = you.map(|you| {
                    Outgoing::You {
                        sale_id: self.sale_id,
                        seq,
                        you,
                    }
                    .encode()
                });
                [resumed.encode()].into_iter().chain(updates).chain(you).collect()
            }
            None => vec![self.snapshot(follow.audience, you)],
        };
        Followed { seq, messages }
    }

    fn snapshot(&self, audience: Audience, you: Option<You>) -> bytes::Bytes {
        let staff = audience == Audience::Staff;
        Outgoing::Snapshot {
            sale_id: self.sale_id,
            seq: self.stable.seq(),
            server_time_ms: self.clock.now(),
            sale: SaleView::of(&self.stable),
            lots: self
                .stable
                .lots()
                .iter()
                .map(|lot| LotView::of(&self.stable, lot))
                .collect(),
            you,
            staff: staff.then(|| StaffView::of(&self.stable, self.visibility)),
        }
        .encode()
    }

    pub(super) fn tell_presence(&self) {
        let (watchers, online) = self.topic.presence();
        let online = online.into_iter().map(|(user, display_name)| Present {
            paddle: self.stable.paddle(user.into()),
            display_name,
        });
        let message = Outgoing::Presence {
            sale_id: self.sale_id,
            watchers,
            online: online.collect(),
        };
        let staff = Some(message.encode());
        self.topic.send(Update {
            sale_id: self.sale_id,
            seq: None,
            public: None,
            staff,
            personal: Vec::new(),
        });
    }
}

impl Handler<Follow> for AuctionActor {
    type Result = ();
    fn handle(&mut self, follow: Follow, _: &mut Self::Context) {
        let followed = self.follow(&follow);
        let _ = follow.reply.send(followed);
    }
}

impl Handler<History> for AuctionActor {
    type Result = ();
    fn handle(&mut self, history: History, _: &mut Self::Context) {
        let viewer = history.viewer.map(BidderId::from);
        let bids = self
            .stable
            .lot(history.lot_id)
            .map(|lot| wire::history(&self.stable, lot, history.audience, viewer, self.visibility));
        let _ = history.reply.send(bids);
    }
}
