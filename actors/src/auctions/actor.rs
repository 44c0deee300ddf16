//! The actor of one live auction.

mod bidding;
mod shown;
mod telling;
mod undone;

use self::shown::{Involved, ShownLots};
use super::{
    RECORD,
    credit::CreditBook,
    messages::{CommandReply, Direct, Durable, Misplaced, Refused, Reply, Stop},
    obituary::Obituary,
    outstanding::{Outstanding, Waiting},
    projector::{Projection, Projector},
    recent::Recent,
    snapshots::Snapshotter,
    topic::Topic,
};
use crate::clock::SharedClock;
use actix::{Actor, ActorContext, AsyncContext, Context, Handler, SpawnHandle};
use gavel_engine::{
    Rejection,
    auction::{Auction, Command, Event, Record},
    credit::Ledger,
    ids::{LotId, SaleId, UserId},
    money::Currency,
    time::Timestamp,
};
use gavel_storage::{
    faults::{Fault, planted},
    journal::{self, Append, DurableSink, Handle, Permit},
    relational::BookVisibility,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// Requests that one auction may have under way, from its mailbox to the disk; the next one is answered
/// `busy`.
pub(super) const MAILBOX_MAX: usize = 4096;

/// How long a close waits that the journal had no room for.
const RETRY_MS: u64 = 20;

/// How long a timer waits at most before it looks at the clock again, which may have been set meanwhile.
const CLOCK_TRUSTED_MS: u64 = 1000;

/// How often presence is told, and lost projections are repeated.
const HOUSEKEEPING_MS: u64 = 1000;

/// How often consoles are told who has seen a fair warning, while that changes.
const WARNINGS_MS: u64 = 250;

/// What an auction's actor works with.
pub(super) struct Parts {
    pub(super) sale_id: SaleId,
    pub(super) state: Auction,
    /// Place and hash of the state's last record in the journal.
    pub(super) head: Option<(u64, journal::Hash)>,
    pub(super) visibility: BookVisibility,
    pub(super) journal: Handle,
    pub(super) clock: SharedClock,
    pub(super) credit: CreditBook,
    pub(super) topic: Arc<Topic>,
    pub(super) projector: Projector,
    pub(super) snapshots: Snapshotter,
    pub(super) obituary: Obituary,
}

/// See the module's documentation.
pub(super) struct AuctionActor {
    sale_id: SaleId,
    /// Everything decided: what the next command is decided against.
    speculative: Auction,
    /// Everything durable: what anyone is shown.
    stable: Auction,
    outstanding: Outstanding,
    /// Place and hash of the last record in the journal.
    head: Option<(u64, journal::Hash)>,
    recent: Recent,
    visibility: BookVisibility,
    journal: Handle,
    sink: Arc<dyn DurableSink>,
    clock: SharedClock,
    credit: CreditBook,
    /// When everybody was told of a hammer that was struck and has not fallen.
    strikes_told: BTreeMap<LotId, Timestamp>,
    lots_shown: ShownLots,
    involved: Involved,
    topic: Arc<Topic>,
    projector: Projector,
    projection_lost: bool,
    snapshots: Snapshotter,
    timer: Option<(Timestamp, SpawnHandle)>,
    /// Runs while a fair warning stands.
    warnings_timer: Option<SpawnHandle>,
    stopping: Option<oneshot::Sender<()>>,
    obituary: Obituary,
}

/// Brings durability back into the actor as a message.
struct Sink(actix::Addr<AuctionActor>);

impl DurableSink for Sink {
    fn durable(&self, _auction: u128, seq: u64, lsn: u64, hash: journal::Hash) {
        // Past the mailbox's bound on purpose: at most one for each record that the journal has
        // admitted, and dropping one would leave its bidders without an answer.
        self.0.do_send(Durable { seq, lsn, hash });
    }

    fn refused(&self, _auction: u128, seq: u64, expected_seq: u64) {
        self.0.do_send(Misplaced { seq, expected_seq });
    }
}

impl AuctionActor {
    /// The actor with its state as recovered; everything in it is durable.
    pub(super) fn new(parts: Parts, ctx: &mut Context<Self>) -> Self {
        ctx.set_mailbox_capacity(MAILBOX_MAX);
        let registrations = parts.state.registrations();
        parts
            .topic
            .register(registrations.map(|(bidder, _)| UserId(bidder.0)));
        parts.credit.hold_all(parts.sale_id, &parts.state);
        Self {
            sale_id: parts.sale_id,
            speculative: parts.state.clone(),
            involved: Involved::of(&parts.state),
            recent: Recent::starting_at(parts.state.seq()),
            stable: parts.state,
            outstanding: Outstanding::default(),
            head: parts.head,
            visibility: parts.visibility,
            journal: parts.journal,
            sink: Arc::new(Sink(ctx.address())),
            clock: parts.clock,
            credit: parts.credit,
            strikes_told: BTreeMap::new(),
            lots_shown: ShownLots::default(),
            topic: parts.topic,
            projector: parts.projector,
            projection_lost: true,
            snapshots: parts.snapshots,
            timer: None,
            warnings_timer: None,
            stopping: None,
            obituary: parts.obituary,
        }
    }

    /// Now, never earlier than what the auction has seen.
    fn now(&self) -> Timestamp {
        if planted(Fault::FollowClockBack) {
            return self.clock.now();
        }
        self.clock.now().max(self.speculative.clock())
    }

    fn reserve(&self) -> Result<Permit, Refused> {
        if self.stopping.is_some() {
            return Err(Refused::Unavailable);
        }
        self.journal.reserve().map_err(Refused::from)
    }

    /// Time first: what was due by `now` happens before anything else.
    fn advance(&mut self, now: Timestamp) -> Result<(), Refused> {
        self.bid_books(now)?;
        loop {
            let events = self.speculative.due(now);
            if events.is_empty() {
                return Ok(());
            }
            let permit = self.reserve()?;
            let credit = self.credit.clone();
            self.record(permit, Record { at: now, events }, &mut credit.lock())?;
        }
    }

    /// What the house owes to absentee books.
    fn bid_books(&mut self, now: Timestamp) -> Result<(), Refused> {
        loop {
            if !self.speculative.owes_book_bids() {
                return Ok(());
            }
            let permit = self.reserve()?;
            let credit = self.credit.clone();
            let mut ledger = credit.lock();
            let events = self
                .speculative
                .book_bids_due(now, &ledger.in_currency(self.currency()));
            self.record(permit, Record { at: now, events }, &mut ledger)?;
        }
    }

    /// Decides a command and sends its events to the journal. The ledger is held until they have
    /// their place in it.
    fn decide(&mut self, command: &Command, now: Timestamp) -> Result<Result<(), Rejection>, Refused> {
        let permit = self.reserve()?;
        let credit = self.credit.clone();
        let mut ledger = credit.lock();
        let decided = self
            .speculative
            .decide(command, now, &ledger.in_currency(self.currency()));
        match decided {
            Err(rejection) => Ok(Err(rejection)),
            Ok(events) if events.is_empty() => Ok(Ok(())),
            Ok(events) => self
                .record(permit, Record { at: now, events }, &mut ledger)
                .map(Ok),
        }
    }

    /// The sale's currency; before it is created, when nobody can be bound to anything, any.
    fn currency(&self) -> Currency {
        self.speculative.currency().unwrap_or(Currency::USD)
    }

    fn record(&mut self, mut permit: Permit, record: Record, ledger: &mut Ledger) -> Result<(), Refused> {
        let seq = self.speculative.seq() + 1;
        let payload = RECORD.encode(&record).map_err(|error| {
            tracing::error!(sale = %self.sale_id, %error, "a record cannot be encoded");
            Refused::Unavailable
        })?;
        permit.grow(payload.len())?;
        let append = Append {
            auction: self.sale_id.0,
            seq,
            payload,
            sink: Arc::clone(&self.sink),
        };
        self.journal.append(permit, append).map_err(|error| {
            tracing::error!(sale = %self.sale_id, %error, "the journal takes no records");
            Refused::Unavailable
        })?;
        let (sale_id, currency) = (self.sale_id, self.currency());
        self.speculative.apply_telling(&record, |bidder, amount| {
            if planted(Fault::KeepReleasedCredit) && amount < ledger.exposure(bidder, currency) {
                return;
            }
            ledger.hold(sale_id, currency, bidder, amount);
        });
        if record.events.iter().any(|event| matches!(event, Event::Ended)) {
            ledger.release(sale_id);
        }
        self.outstanding.push(seq, record);
        Ok(())
    }

    fn command(&mut self, command: &Command, reply: Reply<CommandReply>) {
        let now = self.now();
        match self.advance(now).and_then(|()| self.decide(command, now)) {
            Err(refused) => {
                let _ = reply.send(Err(refused));
            }
            Ok(result) => {
                // Its answer names the command's own record, not what the house bids after it.
                self.answer_when_durable(Waiting::Command { result, reply });
                // What cannot be recorded now is bid when the timer asks again.
                let _ = self.bid_books(now);
            }
        }
    }

    /// Answers once everything decided by now is durable.
    fn answer_when_durable(&mut self, waiting: Waiting) {
        if planted(Fault::AnswerFromSpeculation) {
            return waiting.answer(&self.speculative);
        }
        self.outstanding.answer_after_all(waiting, &self.stable);
    }

    /// Wakes the actor when the next lot's time is up.
    fn schedule(&mut self, ctx: &mut Context<Self>) {
        let next = self.speculative.next_due();
        if self.timer.map(|(at, _)| at) == next {
            return;
        }
        if let Some((_, timer)) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        let Some(at) = next else { return };
        let wait_ms = u64::try_from(at.since_ms(self.clock.now())).unwrap_or(0);
        self.arm(at, wait_ms.min(CLOCK_TRUSTED_MS), ctx);
    }

    fn arm(&mut self, at: Timestamp, wait_ms: u64, ctx: &mut Context<Self>) {
        let timer = ctx.run_later(Duration::from_millis(wait_ms), |actor, ctx| {
            actor.timer = None;
            let now = actor.now();
            match actor.advance(now) {
                Ok(()) => actor.schedule(ctx),
                Err(_) => actor.arm(now, RETRY_MS, ctx),
            }
        });
        self.timer = Some((at, timer));
    }

    /// Tells who has seen a fair warning for as long as one stands.
    fn watch_warnings(&mut self, ctx: &mut Context<Self>) {
        if self.warnings_timer.is_some() || !self.topic.has_warnings() {
            return;
        }
        let timer = ctx.run_interval(Duration::from_millis(WARNINGS_MS), |actor, ctx| {
            actor.tell_warnings();
            if !actor.topic.has_warnings()
                && let Some(timer) = actor.warnings_timer.take()
            {
                ctx.cancel_future(timer);
            }
        });
        self.warnings_timer = Some(timer);
    }

    fn housekeep(&mut self) {
        if self.topic.take_presence_changed() {
            self.tell_presence();
        }
        self.projection_lost |= self.projector.take_lost();
        if self.projection_lost {
            let whole = Projection::whole(&self.stable);
            self.projection_lost = !whole.is_none_or(|whole| self.projector.try_send(whole));
        }
    }

    fn stop_when_drained(&mut self, ctx: &mut Context<Self>) {
        if !self.outstanding.is_empty() {
            return;
        }
        if let Some(done) = self.stopping.take() {
            if let Some(head) = self.head {
                self.snapshots.keep(&self.stable, head);
            }
            self.obituary.withdraw();
            let _ = done.send(());
            ctx.stop();
        }
    }
}

impl From<journal::Refusal> for Refused {
    fn from(refusal: journal::Refusal) -> Self {
        match refusal {
            journal::Refusal::Busy => Self::Busy,
            journal::Refusal::Unavailable | journal::Refusal::Stopped => Self::Unavailable,
        }
    }
}

impl Actor for AuctionActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        if !planted(Fault::ForgetTimer) {
            self.schedule(ctx);
        }
        // Those that are left of the time before an actor died.
        self.settle_warnings(&[]);
        self.watch_warnings(ctx);
        ctx.run_interval(Duration::from_millis(HOUSEKEEPING_MS), |actor, _| {
            actor.housekeep();
        });
    }
}

impl Handler<Direct> for AuctionActor {
    type Result = ();
    fn handle(&mut self, direct: Direct, ctx: &mut Self::Context) {
        self.command(&direct.command, direct.reply);
        self.schedule(ctx);
    }
}

impl Handler<Durable> for AuctionActor {
    type Result = ();
    fn handle(&mut self, durable: Durable, ctx: &mut Self::Context) {
        while let Some((record, waiting)) = self.outstanding.pop_durable(durable.seq) {
            self.settle(&record);
            for one in waiting {
                one.answer(&self.stable);
            }
        }
        let head = (durable.lsn, durable.hash);
        self.head = Some(head);
        self.snapshots.offer(&self.stable, head);
        self.watch_warnings(ctx);
        self.stop_when_drained(ctx);
    }
}

impl Handler<Misplaced> for AuctionActor {
    type Result = ();
    fn handle(&mut self, misplaced: Misplaced, ctx: &mut Self::Context) {
        // The obituary has the registry replay the auction from the journal, which is right.
        let Misplaced { seq, expected_seq } = misplaced;
        tracing::error!(sale = %self.sale_id, seq, expected_seq, "the auction and its journal disagree");
        ctx.terminate();
    }
}

impl Handler<Stop> for AuctionActor {
    type Result = ();
    fn handle(&mut self, stop: Stop, ctx: &mut Self::Context) {
        self.stopping = Some(stop.done);
        self.stop_when_drained(ctx);
    }
}

#[cfg(any(test, feature = "simulation"))]
impl Handler<super::messages::Panic> for AuctionActor {
    type Result = ();
    fn handle(&mut self, _: super::messages::Panic, _: &mut Self::Context) {
        panic!("{}", super::messages::PANIC);
    }
}
