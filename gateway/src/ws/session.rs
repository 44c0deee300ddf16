//! One connection: who it is, what it follows, what it asks.

use super::{
    Shared,
    answers::{self, Fault},
    decoder::{Decoder, Received, Violation},
    frames,
    hub::{Subscriber, WorkerHub},
    incoming::{self, BidRequest, COMMAND_ID_BYTES_MAX, Incoming, Order, StaffCommand, Unreadable},
    outbox::Outbox,
    seats::Seat,
};
use gavel_actors::{
    auctions::{Arrival, AuctionHandle, wire::Audience},
    users::{Identity, Me, TokenError, User},
};
use gavel_engine::{
    Reason,
    auction::{PlaceBid, Verdict},
    ids::{BidId, LotId, SaleId, UserId},
    lot::Channel,
    money::Currency,
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    rc::Rc,
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

const MESSAGES_PER_S: NonZeroU32 = NonZeroU32::new(20).unwrap();
const MESSAGES_BURST: NonZeroU32 = NonZeroU32::new(40).unwrap();

/// Each takes a snapshot of the sale, which the auction makes while bids wait.
const SUBSCRIBES_PER_S: NonZeroU32 = NonZeroU32::new(1).unwrap();
/// As many as one socket may follow, and a few again.
const SUBSCRIBES_BURST: NonZeroU32 = NonZeroU32::new(35).unwrap();

/// Requests of one socket that may be under way at once.
const UNDER_WAY_MAX: usize = 64;

/// Sales that one socket may follow.
const FOLLOWED_MAX: usize = 32;

/// Whoever has a seat that is kept for staff must sign in as such within this time.
const PROOF_MS_MAX: u64 = 5_000;

/// How often the client is asked for a sign of life.
const PING_MS: u64 = 15_000;

/// Without a sign of life for this long the client is gone.
const SILENCE_MS_MAX: u64 = 45_000;

/// A client that takes nothing for this long is cut off.
const STUCK_MS_MAX: u64 = 20_000;

struct SignedIn {
    user: User,
    identity: Identity,
}

/// From where a connection comes, and its seat.
pub struct Visitor {
    /// The client's address.
    pub address: IpAddr,
    /// Its seat.
    pub seat: Rc<Seat>,
}

/// See the module's documentation.
pub struct Session {
    visitor: Visitor,
    shared: Shared,
    hub: WorkerHub,
    outbox: Outbox,
    who: RefCell<Option<SignedIn>>,
    followed: RefCell<HashMap<SaleId, Rc<Subscriber>>>,
    stale: Rc<Notify>,
    under_way: Cell<usize>,
    rate: DefaultDirectRateLimiter,
    subscribe_rate: DefaultDirectRateLimiter,
}

/// A message ends the connection.
struct Ended(Fault);

impl Session {
    /// Of a new connection, signed in as nobody.
    pub fn new(shared: Shared, hub: WorkerHub, outbox: Outbox, visitor: Visitor) -> Self {
        Self {
            visitor,
            shared,
            hub,
            outbox,
            who: RefCell::default(),
            followed: RefCell::default(),
            stale: Rc::default(),
            under_way: Cell::new(0),
            rate: RateLimiter::direct(Quota::per_second(MESSAGES_PER_S).allow_burst(MESSAGES_BURST)),
            subscribe_rate: RateLimiter::direct(
                Quota::per_second(SUBSCRIBES_PER_S).allow_burst(SUBSCRIBES_BURST),
            ),
        }
    }

    fn require_rate(&self) -> Result<(), Ended> {
        self.rate.check().map_err(|_| Ended(Fault::TooFrequent))
    }

    async fn take(self: &Rc<Self>, text: &[u8]) -> Result<(), Ended> {
        self.require_rate()?;
        if std::str::from_utf8(text).is_err() {
            return Err(Ended(Fault::NotText));
        }
        let message = incoming::read(text).map_err(|unreadable| match unreadable {
            Unreadable::Malformed => Ended(Fault::Malformed),
            Unreadable::UnknownType => Ended(Fault::UnknownType),
        })?;
        if self.visitor.seat.is_unproven() && !matches!(message, Incoming::SignIn { .. }) {
            return Err(Ended(Fault::Busy));
        }
        match message {
            Incoming::SignIn { token } => self.sign_in(&token).await,
            Incoming::Subscribe { sale_id, last_seq } => self.subscribe(sale_id, last_seq).await,
            Incoming::Unsubscribe { sale_id } => {
                self.unsubscribe(sale_id);
                Ok(())
            }
            Incoming::Bid(bid) => self.bid(bid),
            Incoming::BidStatus { sale_id, bid_id } => self.bid_status(sale_id, bid_id),
            Incoming::Command {
                command_id,
                sale_id,
                command,
            } => self.command(command_id, sale_id, command),
            Incoming::Ping { t } => {
                self.outbox.answer(answers::pong(t, self.shared.clock.now()));
                Ok(())
            }
        }
    }

    async fn sign_in(self: &Rc<Self>, token: &str) -> Result<(), Ended> {
        let identity = self.shared.verifier.verify(token).map_err(|error| match error {
            TokenError::Expired => Ended(Fault::TokenExpired),
            TokenError::Invalid => Ended(Fault::TokenInvalid),
        })?;
        let user = match self
            .shared
            .users
            .send(Me {
                user_id: identity.user_id,
            })
            .await
        {
            Ok(user) => user,
            Err(gavel_actors::users::Error::NotFound) => return Err(Ended(Fault::TokenInvalid)),
            Err(_) => return Err(Ended(Fault::Busy)),
        };
        if self.visitor.seat.is_for_staff() {
            if !identity.role.is_staff() {
                return Err(Ended(Fault::Busy));
            }
            self.visitor.seat.prove();
        }
        self.outbox
            .answer(answers::signed_in(&user, self.shared.clock.now()));
        let before = self.who.replace(Some(SignedIn { user, identity }));
        let looks = |who: Option<&SignedIn>| who.map(|who| (who.user.id, who.identity.role.is_staff()));
        if looks(before.as_ref()) != looks(self.who.borrow().as_ref()) {
            // What is followed looks different to somebody else.
            let followed: Vec<_> = self.followed.borrow().keys().copied().collect();
            for sale_id in followed {
                self.unsubscribe(sale_id);
                self.subscribe(sale_id, None).await?;
            }
        }
        Ok(())
    }

    /// Who is signed in, with a token that still counts.
    fn signed_in(&self) -> Result<(UserId, bool), Ended> {
        let who = self.who.borrow();
        let who = who.as_ref().ok_or(Ended(Fault::Unauthorised))?;
        if self.shared.clock.now() >= who.identity.expires_at_ms {
            return Err(Ended(Fault::TokenExpired));
        }
        Ok((who.user.id, who.identity.role.is_staff()))
    }

    /// How long the token still counts; `None` for a guest, who has none.
    fn token_left(&self) -> Option<Duration> {
        let who = self.who.borrow();
        let left_ms = who
            .as_ref()?
            .identity
            .expires_at_ms
            .since_ms(self.shared.clock.now());
        Some(Duration::from_millis(u64::try_from(left_ms).unwrap_or(0)))
    }

    async fn subscribe(self: &Rc<Self>, sale_id: SaleId, last_seq: Option<u64>) -> Result<(), Ended> {
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            self.outbox.answer(Fault::UnknownSale.frame());
            return Ok(());
        };
        self.unsubscribe(sale_id);
        if self.followed.borrow().len() >= FOLLOWED_MAX || self.subscribe_rate.check().is_err() {
            return Err(Ended(Fault::TooFrequent));
        }
        // Many behind one address may come back at once; those for whom it is too much try later.
        if self.shared.limits.subscribe(self.visitor.address).is_err() {
            return Err(Ended(Fault::Busy));
        }
        let (audience, who) = match self.who.borrow().as_ref() {
            Some(who) if who.identity.role.is_staff() => (
                Audience::Staff,
                Some((who.user.id, who.user.display_name.clone())),
            ),
            Some(who) => (
                Audience::Public,
                Some((who.user.id, who.user.display_name.clone())),
            ),
            None => (Audience::Public, None),
        };
        let viewer = who.as_ref().map(|(user, _)| *user);
        let subscriber = Subscriber::new(
            sale_id,
            audience,
            viewer,
            self.outbox.clone(),
            Rc::clone(&self.stale),
        );
        self.hub.add(&subscriber, &auction);
        // Staff are counted as watchers, but not listed among the bidders who are online.
        auction.topic().join(who.filter(|_| audience == Audience::Public));
        self.followed.borrow_mut().insert(sale_id, Rc::clone(&subscriber));
        self.start(&auction, &subscriber, last_seq).await
    }

    async fn start(
        &self,
        auction: &AuctionHandle,
        subscriber: &Subscriber,
        last_seq: Option<u64>,
    ) -> Result<(), Ended> {
        let followed = auction
            .follow(subscriber.audience(), subscriber.viewer(), last_seq)
            .await;
        subscriber.start(&followed.map_err(|_| Ended(self.refusal()))?);
        Ok(())
    }

    /// Why an auction does not take a request now.
    fn refusal(&self) -> Fault {
        if self.shared.auctions.is_stopping() {
            Fault::ShuttingDown
        } else {
            Fault::Busy
        }
    }

    fn unsubscribe(&self, sale_id: SaleId) {
        let Some(subscriber) = self.followed.borrow_mut().remove(&sale_id) else {
            return;
        };
        self.hub.remove(&subscriber);
        if let Some(auction) = self.shared.auctions.find(sale_id) {
            let counted = subscriber
                .viewer()
                .filter(|_| subscriber.audience() == Audience::Public);
            auction.topic().leave(counted);
        }
    }

    /// Sockets that fell behind start again from a snapshot, once they have taken what waits.
    async fn refresh_stale(&self) -> Result<(), Ended> {
        if !self.outbox.is_drained_or(&self.stale) {
            return Ok(());
        }
        let stale: Vec<_> = self
            .followed
            .borrow()
            .values()
            .filter(|subscriber| subscriber.is_stale())
            .cloned()
            .collect();
        for subscriber in stale {
            if let Some(auction) = self.shared.auctions.find(subscriber.sale_id()) {
                subscriber.hold();
                self.start(&auction, &subscriber, None).await?;
            }
        }
        Ok(())
    }

    fn bid(self: &Rc<Self>, bid: BidRequest) -> Result<(), Ended> {
        let (user_id, _) = self.signed_in()?;
        let offer = bid.offer().ok_or(Ended(Fault::Malformed))?;
        let BidRequest {
            bid_id,
            sale_id,
            lot_id,
            currency,
            ..
        } = bid;
        if !self.may_bid(user_id, sale_id, Some(lot_id), bid_id) {
            return Ok(());
        }
        let refuse = |reason: Reason| {
            self.outbox.answer(answers::refused(
                sale_id,
                Some(lot_id),
                bid_id,
                &reason.into(),
                false,
            ));
        };
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            refuse(Reason::UnknownSale);
            return Ok(());
        };
        let Ok(currency) = currency.parse::<Currency>() else {
            refuse(Reason::WrongCurrency);
            return Ok(());
        };
        let place = PlaceBid {
            bid_id,
            lot_id,
            bidder: user_id.into(),
            channel: Channel::Online,
            offer,
            currency,
            book_if_pending: true,
            sent_before_ms: None,
        };
        let arrival = Arrival {
            received_at: self.shared.clock.now(),
            round_trip_ms: None,
        };
        self.under_way(async move |session| {
            let reply = auction.place_bid(place, arrival).await;
            session.answer_bid(sale_id, Some(lot_id), bid_id, reply);
        })
    }

    /// Whether the bidder's quota allows another bid; if not, that is answered.
    fn may_bid(&self, user_id: UserId, sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId) -> bool {
        let Err(wait) = self.shared.limits.bid(user_id) else {
            return true;
        };
        let message = format!("Too many bids; the next one is taken in {} ms.", wait.as_millis());
        let answer = answers::not_taken(sale_id, lot_id, bid_id, "rate_limited", &message);
        self.outbox.answer(answer);
        false
    }

    fn bid_status(self: &Rc<Self>, sale_id: SaleId, bid_id: BidId) -> Result<(), Ended> {
        let (user_id, _) = self.signed_in()?;
        // An unknown bid becomes void, which is a record on disk as a bid is.
        if !self.may_bid(user_id, sale_id, None, bid_id) {
            return Ok(());
        }
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            let refused = answers::refused(sale_id, None, bid_id, &Reason::UnknownSale.into(), false);
            self.outbox.answer(refused);
            return Ok(());
        };
        self.under_way(async move |session| {
            let reply = auction.bid_status(user_id.into(), bid_id).await;
            session.answer_bid(sale_id, None, bid_id, reply);
        })
    }

    fn answer_bid(
        &self,
        sale_id: SaleId,
        lot_id: Option<LotId>,
        bid_id: BidId,
        reply: gavel_actors::auctions::BidReply,
    ) {
        self.outbox.answer(match reply {
            Ok(Ok(fate)) => answers::fate(sale_id, lot_id, bid_id, &fate),
            Ok(Err(rejection)) => answers::refused(sale_id, lot_id, bid_id, &rejection, false),
            Err(refused) => answers::not_taken(sale_id, lot_id, bid_id, refused.code(), &refused.to_string()),
        });
    }

    fn command(
        self: &Rc<Self>,
        command_id: String,
        sale_id: SaleId,
        command: StaffCommand,
    ) -> Result<(), Ended> {
        let (_, staff) = self.signed_in()?;
        if !staff {
            return Err(Ended(Fault::Forbidden));
        }
        if command_id.len() > COMMAND_ID_BYTES_MAX {
            return Err(Ended(Fault::Malformed));
        }
        let Some(auction) = self.shared.auctions.find(sale_id) else {
            let refused = Ok(Err(Reason::UnknownSale.into()));
            self.outbox
                .answer(answers::command(sale_id, &command_id, refused));
            return Ok(());
        };
        let order = Order::from(command);
        self.under_way(async move |session| {
            let result = match order {
                Order::Bid(bid) => auction.enter_bid(bid).await.map(|reply| {
                    reply.and_then(|fate| match fate.answer.verdict {
                        Verdict::Refused(rejection) => Err(rejection),
                        Verdict::Accepted { .. } | Verdict::Booked | Verdict::Sealed => Ok(fate.answer.seq),
                    })
                }),
                Order::Command(command) => auction.command(command).await,
                Order::UnknownCurrency => Ok(Err(Reason::WrongCurrency.into())),
            };
            session
                .outbox
                .answer(answers::command(sale_id, &command_id, result));
        })
    }

    /// Runs a request beside the others; requests reach their auction in the order they came in.
    fn under_way(self: &Rc<Self>, request: impl AsyncFnOnce(&Rc<Self>) + 'static) -> Result<(), Ended> {
        if self.under_way.get() >= UNDER_WAY_MAX {
            return Err(Ended(Fault::TooFrequent));
        }
        self.under_way.set(self.under_way.get() + 1);
        let session = Rc::clone(self);
        actix_web::rt::spawn(async move {
            request(&session).await;
            session.under_way.set(session.under_way.get() - 1);
        });
        Ok(())
    }

    fn end(&self, fault: Fault) {
        self.outbox.answer(fault.frame());
        self.outbox.finish(fault.close());
    }
}

/// Serves a connection until either side ends it.
pub async fn run(session: Rc<Session>, mut decoder: Decoder) {
    let mut shutdown = session.shared.shutdown.clone();
    let mut heartbeat = tokio::time::interval(Duration::from_millis(PING_MS));
    let mut heard_at = Instant::now();
    let proof_due = heard_at + Duration::from_millis(PROOF_MS_MAX);
    while !session.outbox.has_ended() {
        let token_left = session.token_left();
        let result = tokio::select! {
            received = decoder.next() => {
                heard_at = Instant::now();
                match received {
                    Ok(Received::Text(text)) => session.take(&text).await,
                    Ok(Received::Ping(payload)) => session.require_rate().map(|()| {
                        session.outbox.answer(frames::pong(&payload));
                    }),
                    Ok(Received::Pong) => Ok(()),
                    Ok(Received::Closed) => {
                        session.outbox.finish(frames::close(actix_http::ws::CloseCode::Normal, ""));
                        Ok(())
                    }
                    Err(Violation::TooLarge) => Err(Ended(Fault::TooLarge)),
                    Err(Violation::NotText) => Err(Ended(Fault::NotText)),
                    Err(Violation::Protocol) => Err(Ended(Fault::Malformed)),
                }
            }
            () = session.stale.notified() => session.refresh_stale().await,
            _ = heartbeat.tick() => check(&session.outbox, heard_at, Instant::now()),
            // Whoever's token ran out sees and does no more than a stranger: nothing.
            () = tokio::time::sleep(token_left.unwrap_or_default()), if token_left.is_some() => {
                Err(Ended(Fault::TokenExpired))
            }
            () = tokio::time::sleep_until(proof_due), if session.visitor.seat.is_unproven() => {
                Err(Ended(Fault::Busy))
            }
            _ = shutdown.wait_for(|stopping| *stopping) => Err(Ended(Fault::ShuttingDown)),
        };
        if let Err(Ended(fault)) = result {
            session.end(fault);
        }
    }
    let followed: Vec<_> = session.followed.borrow().keys().copied().collect();
    for sale_id in followed {
        session.unsubscribe(sale_id);
    }
}

/// Cuts off whoever is silent or takes nothing, and asks the others for a sign of life.
fn check(outbox: &Outbox, heard_at: Instant, now: Instant) -> Result<(), Ended> {
    let too_long = |since: Instant, ms_max| now.duration_since(since) > Duration::from_millis(ms_max);
    let silent = too_long(heard_at, SILENCE_MS_MAX);
    let stuck = outbox
        .stuck_since()
        .is_some_and(|since| too_long(since, STUCK_MS_MAX));
    if silent || stuck {
        return Err(Ended(Fault::SlowConsumer));
    }
    outbox.answer(frames::ping());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};

    #[test]
    fn who_is_silent_or_takes_nothing_is_cut_off_and_nobody_else() {
        let mut outbox = Outbox::default();
        let start = Instant::now();
        let after = |ms| start + Duration::from_millis(ms);
        let fault = |result: Result<(), Ended>| result.err().map(|Ended(fault)| fault);

        assert_eq!(fault(check(&outbox, start, after(SILENCE_MS_MAX))), None);
        let ping = outbox.next().now_or_never();
        assert_eq!(
            ping,
            Some(Some(Ok(frames::ping()))),
            "it is asked for a sign of life"
        );
        let silent = check(&outbox, start, after(SILENCE_MS_MAX + 1));
        assert_eq!(fault(silent), Some(Fault::SlowConsumer));

        outbox.answer(frames::text(b"taken by nobody"));
        // Something was put in a moment after the start.
        let stuck_at = outbox.stuck_since().unwrap();
        let late = stuck_at + Duration::from_millis(STUCK_MS_MAX);
        assert_eq!(fault(check(&outbox, late, late)), None);
        let stuck = check(&outbox, late, late + Duration::from_millis(1));
        assert_eq!(
            fault(stuck),
            Some(Fault::SlowConsumer),
            "although it goes on talking"
        );
    }
}
