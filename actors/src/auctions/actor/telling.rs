//! What is durable is told: to followers, to single bidders, to the relational store.

use super::{AuctionActor, undone::Undone};
use crate::auctions::{
    messages::{Follow, Followed, Foresee, Foreseen, History, TellStanding},
    projector::Projection,
    topic::Update,
    warnings::WarningSeen,
    wire::{self, Audience, LotView, Outgoing, Present, SaleView, StaffView, You},
};
use actix::Handler;
use gavel_engine::{
    Reason,
    auction::{Auction, Event, Record},
    ids::{BidderId, LotId, UserId},
    lot::Offer,
};
use gavel_storage::faults::{Fault, planted};
use std::collections::BTreeSet;

impl AuctionActor {
    /// A record is durable: now it is true for everybody.
    pub(super) fn settle(&mut self, record: &Record) {
        let undone = Undone::before(&self.stable, record);
        let mut exposed = BTreeSet::new();
        self.stable.apply_telling(record, |bidder, _| {
            exposed.insert(bidder);
        });
        if planted(Fault::ApplyTwice) && self.stable.seq().is_multiple_of(7) {
            self.stable.apply(record);
        }
        let changed = wire::changed_lots(record, &self.stable);
        self.lots_shown.change(&changed);
        self.involved.note(record);
        let seq = self.stable.seq();
        // First: whoever is told of a warning may answer at once.
        self.note_warnings(record);
        let visibility = self.visibility;
        let mut encode = |audience| {
            let after_seq = self.recent.last_seq(audience);
            let update = wire::update(
                self.sale_id,
                after_seq,
                record,
                &self.stable,
                &changed,
                audience,
                visibility,
            )?;
            self.recent.push(audience, seq, update.clone());
            Some(update)
        };
        let (public, staff) = (encode(Audience::Public), encode(Audience::Staff));
        let mut personal = self.standings(record, exposed);
        personal.extend(undone.notices(&self.stable));
        if public.is_some() || staff.is_some() || !personal.is_empty() {
            self.topic.send(Update {
                sale_id: self.sale_id,
                seq: Some(seq),
                public,
                staff,
                personal,
            });
        }
        self.note_strikes(record);
        self.project(record);
    }

    /// Fair warnings that a record brings or ends, and who may see them. What was not told yet of those
    /// that end is told now.
    fn note_warnings(&self, record: &Record) {
        let mut warned = Vec::new();
        for event in &record.events {
            match event {
                Event::FairlyWarned(lot_id) => warned.push(*lot_id),
                Event::Registered { bidder, .. } => self.topic.register([UserId(bidder.0)]),
                _ => {}
            }
        }
        self.settle_warnings(&warned);
    }

    /// Warnings are what the stable state says, with a new one on each of these lots.
    pub(super) fn settle_warnings(&self, warned: &[LotId]) {
        let stands = |lot_id| self.stable.lot(lot_id).is_some_and(|lot| lot.fair_warning);
        let seq = self.stable.seq();
        for last in self.topic.settle_warnings(seq, warned, stands) {
            self.tell_staff(&self.warning_seen(last));
        }
    }

    /// From when on a hammer that was struck can be heard.
    fn note_strikes(&mut self, record: &Record) {
        let told_at = self.clock.now();
        for event in &record.events {
            match event {
                Event::HammerStruck { lot_id, .. } => {
                    self.strikes_told.insert(*lot_id, told_at);
                }
                Event::HammerLifted { lot_id, .. } | Event::LotClosed { lot_id, .. } => {
                    self.strikes_told.remove(lot_id);
                }
                _ => {}
            }
        }
    }

    /// Tells the relational store. After one loss nothing more is told until everything is.
    fn project(&mut self, record: &Record) {
        if !self.projection_lost
            && let Some(projection) = Projection::of(&self.stable, &record.events)
        {
            self.projection_lost = !self.projector.try_send(projection);
        }
    }

    /// The own standing of those for whom it changed otherwise than an update shows: what is left of
    /// a limit, for one, when the exposure has changed.
    fn standings(&self, record: &Record, exposed: BTreeSet<BidderId>) -> Vec<(UserId, bytes::Bytes)> {
        let mut concerned = exposed;
        concerned.retain(|bidder| self.is_limited(*bidder));
        for event in &record.events {
            match event {
                Event::Registered { bidder, .. }
                | Event::AbsenteeWithdrawn { bidder, .. }
                | Event::BidsRetracted { bidder, .. } => {
                    concerned.insert(*bidder);
                }
                Event::AbsenteeLeft { entry, .. } => {
                    concerned.insert(entry.bidder);
                }
                // An exact bid shows all there is to know of it.
                Event::BidAccepted { bid, standing, .. }
                    if standing.is_none() || matches!(bid.offer, Offer::Max(_)) =>
                {
                    concerned.insert(bid.bidder);
                }
                Event::BidRetracted { lot_id, bid_id, .. } => {
                    let bids = self.stable.lot(*lot_id).map(|lot| lot.bids.as_slice());
                    let bids = bids.unwrap_or_default().iter().map(|historic| historic.bid);
                    let retracted = bids.filter(|bid| bid.bid_id == *bid_id);
                    concerned.extend(retracted.map(|bid| bid.bidder));
                }
                _ => {}
            }
        }
        let standings = concerned
            .into_iter()
            .filter_map(|bidder| Some((UserId(bidder.0), self.standing(bidder)?)));
        standings.collect()
    }

    fn is_limited(&self, bidder: BidderId) -> bool {
        let registration = self.stable.registration(bidder);
        registration.is_some_and(|registration| registration.limit.is_some())
            || self.credit.left(bidder, self.currency()).is_some()
    }

    /// The message that tells a bidder how things stand.
    fn standing(&self, bidder: BidderId) -> Option<bytes::Bytes> {
        let message = Outgoing::You {
            sale_id: self.sale_id,
            seq: self.stable.seq(),
            you: self.you(bidder)?,
        };
        Some(message.encode())
    }

    fn you(&self, bidder: BidderId) -> Option<You> {
        let currency = self.stable.currency()?;
        let lots = self.involved.lots_of(bidder);
        You::of(&self.stable, bidder, self.credit.left(bidder, currency), lots)
    }

    fn follow(&mut self, follow: &Follow) -> Followed {
        let seq = self.stable.seq();
        let missed = follow
            .last_seq
            .filter(|last_seq| *last_seq <= seq)
            .and_then(|last_seq| {
                let updates = self.recent.since(follow.audience, last_seq)?;
                Some((last_seq, updates))
            });
        let bidder = follow.viewer.map(BidderId::from);
        let messages = if let Some((from_seq, updates)) = missed {
            let resumed = Outgoing::Resumed {
                sale_id: self.sale_id,
                from_seq,
                seq,
            };
            let you = bidder.and_then(|bidder| self.standing(bidder));
            [resumed.encode()].into_iter().chain(updates).chain(you).collect()
        } else {
            let you = bidder.and_then(|bidder| self.you(bidder));
            vec![self.snapshot(follow.audience, you)]
        };
        let warnings = match follow.audience {
            Audience::Staff => self.topic.warnings_seen(),
            Audience::Public => Vec::new(),
        };
        let warnings = warnings.into_iter().map(|seen| self.warning_seen(seen).encode());
        Followed {
            seq,
            messages: messages.into_iter().chain(warnings).collect(),
        }
    }

    fn snapshot(&mut self, audience: Audience, you: Option<You>) -> bytes::Bytes {
        let seq = self.stable.seq();
        let staff = audience == Audience::Staff;
        Outgoing::Snapshot {
            sale_id: self.sale_id,
            seq,
            server_time_ms: self.clock.now(),
            sale: SaleView::of(&self.stable),
            // Of everything in a snapshot only the lots are many, and they are the same for everybody.
            lots: self.lots_shown.of(&self.stable),
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
        self.tell_staff(&message);
    }

    /// Tells how fair warnings were seen since that was last told.
    pub(super) fn tell_warnings(&self) {
        for seen in self.topic.take_warnings_changed() {
            self.tell_staff(&self.warning_seen(seen));
        }
    }

    fn warning_seen(&self, seen: WarningSeen) -> Outgoing<'static> {
        Outgoing::WarningSeen {
            sale_id: self.sale_id,
            lot_id: seen.lot_id,
            seq: seen.seq,
            seen: seen.seen,
            online: self.topic.bidders_online(),
            median_ms: seen.median_ms,
            p95_ms: seen.p95_ms,
        }
    }

    /// Tells staff what is no part of the history.
    fn tell_staff(&self, message: &Outgoing<'_>) {
        self.topic.send(Update {
            sale_id: self.sale_id,
            seq: None,
            public: None,
            staff: Some(message.encode()),
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

impl Handler<TellStanding> for AuctionActor {
    type Result = ();
    fn handle(&mut self, tell: TellStanding, _: &mut Self::Context) {
        let Some(standing) = self.standing(tell.user.into()) else {
            return;
        };
        self.topic.send(Update {
            sale_id: self.sale_id,
            seq: None,
            public: None,
            staff: None,
            personal: vec![(tell.user, standing)],
        });
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

impl Handler<Foresee> for AuctionActor {
    type Result = ();
    fn handle(&mut self, foresee: Foresee, _: &mut Self::Context) {
        let Foresee {
            lot_id,
            command,
            reply,
        } = foresee;
        let now = self.now();
        let credit = self.credit.clone();
        let ledger = credit.lock();
        let after = self
            .stable
            .foresee(lot_id, &command, now, &ledger.in_currency(self.currency()));
        let foreseen = after.and_then(|after| {
            let lot = |auction: &Auction| auction.lot(lot_id).map(|lot| LotView::of(auction, lot));
            let lots = lot(&self.stable).zip(lot(&after));
            let (before, after) = lots.ok_or(Reason::UnknownLot)?;
            Ok(Foreseen {
                seq: self.stable.seq(),
                before,
                after,
            })
        });
        let _ = reply.send(foreseen);
    }
}
