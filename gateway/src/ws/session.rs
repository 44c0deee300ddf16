//! One connection: who it is, what it follows ([`following`]), what it asks ([`asking`]).

mod asking;
mod following;

use super::{
    Shared,
    answers::{self, Fault},
    decoder::{Decoder, Received, Violation},
    frames,
    hub::{Subscriber, WorkerHub},
    incoming::{self, Incoming, Unreadable},
    outbox::Outbox,
    pulse::Pulse,
    seats::Seat,
};
use crate::access::{self, Denied};
use gavel_actors::users::{Identity, Me, TokenError, User};
use gavel_engine::ids::{SaleId, UserId};
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

/// How often the client is asked for a sign of life, which also measures the way.
const PING_MS: u64 = 5_000;

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
    pulse: RefCell<Pulse>,
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
            pulse: RefCell::new(Pulse::new(Instant::now())),
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
        self.admit(&message)?;
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
            Incoming::LeaveBook {
                command_id,
                sale_id,
                lot_id,
            } => self.leave_book(command_id, sale_id, lot_id),
            Incoming::WarningShown { sale_id, lot_id, seq } => {
                self.warning_shown(sale_id, lot_id, seq);
                Ok(())
            }
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
            for sale_id in self.followed_sales() {
                self.unsubscribe(sale_id);
                self.subscribe(sale_id, None).await?;
            }
        }
        Ok(())
    }

    /// Whether a message is for whoever sends it.
    fn admit(&self, message: &Incoming) -> Result<(), Ended> {
        let who = self.who.borrow();
        let identity = who.as_ref().map(|who| &who.identity);
        access::admit_message(message.kind(), identity, self.shared.clock.now()).map_err(|denied| {
            Ended(match denied {
                Denied::Unauthorised => Fault::Unauthorised,
                Denied::TokenExpired => Fault::TokenExpired,
                Denied::Forbidden => Fault::Forbidden,
            })
        })
    }

    /// Who is signed in.
    fn user_id(&self) -> Result<UserId, Ended> {
        let who = self.who.borrow();
        who.as_ref()
            .map(|who| who.user.id)
            .ok_or(Ended(Fault::Unauthorised))
    }

    /// How long the way to the client and back takes, as far as was measured.
    pub fn round_trip_ms(&self) -> Option<u32> {
        self.pulse.borrow().round_trip_ms()
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

    /// A pong has come; whether it was asked for.
    fn measured(&self, payload: &[u8]) -> bool {
        self.pulse.borrow_mut().answered(payload, Instant::now())
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
    let proof_due = Instant::now() + Duration::from_millis(PROOF_MS_MAX);
    while !session.outbox.has_ended() {
        let token_left = session.token_left();
        let result = tokio::select! {
            received = decoder.next() => {
                session.pulse.borrow_mut().heard(Instant::now());
                match received {
                    Ok(Received::Text(text)) => session.take(&text).await,
                    Ok(Received::Ping(payload)) => session.require_rate().map(|()| {
                        session.outbox.answer(frames::pong(&payload));
                    }),
                    Ok(Received::Pong(payload)) if session.measured(&payload) => Ok(()),
                    // One that was not asked for is a message like any other.
                    Ok(Received::Pong(_)) => session.require_rate(),
                    Ok(Received::Closed) => {
                        session.outbox.finish(frames::close(actix_http::ws::CloseCode::Normal, ""));
                        Ok(())
                    }
                    Err(Violation::TooLarge) => Err(Ended(Fault::TooLarge)),
                    Err(Violation::NotText) => Err(Ended(Fault::NotText)),
                    Err(Violation::Protocol) => Err(Ended(Fault::Malformed)),
                    Err(Violation::TooManyParts) => Err(Ended(Fault::TooFrequent)),
                }
            }
            () = session.stale.notified() => session.refresh_stale().await,
            _ = heartbeat.tick() => beat(&session.outbox, &mut session.pulse.borrow_mut(), Instant::now()),
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
    session.unsubscribe_all();
}

/// Cuts off whoever is silent or takes nothing, and asks the others for a sign of life.
fn beat(outbox: &Outbox, pulse: &mut Pulse, now: Instant) -> Result<(), Ended> {
    let stuck_since = outbox.stuck_since();
    let stuck =
        stuck_since.is_some_and(|since| now.duration_since(since) > Duration::from_millis(STUCK_MS_MAX));
    if stuck || pulse.is_silent(now) {
        return Err(Ended(Fault::SlowConsumer));
    }
    outbox.answer(frames::ping(&pulse.ask(now, stuck_since.is_some())));
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
        let mut pulse = Pulse::new(start);
        let after = |ms| start + Duration::from_millis(ms);
        let fault = |result: Result<(), Ended>| result.err().map(|Ended(fault)| fault);

        assert_eq!(fault(beat(&outbox, &mut pulse, after(PING_MS))), None);
        let ping = outbox.next().now_or_never().unwrap().unwrap().unwrap();
        // A header of two bytes, then what is to come back.
        assert!(pulse.answered(&ping[2..], after(PING_MS + 70)));
        assert_eq!(pulse.round_trip_ms(), Some(70));
        let silent = beat(&outbox, &mut pulse, after(60_000));
        assert_eq!(fault(silent), Some(Fault::SlowConsumer));

        pulse.heard(after(60_000));
        outbox.answer(frames::text(b"taken by nobody"));
        // Something was put in a moment after the start.
        let stuck_at = outbox.stuck_since().unwrap();
        let late = stuck_at + Duration::from_millis(STUCK_MS_MAX);
        assert_eq!(fault(beat(&outbox, &mut pulse, late)), None);
        let stuck = beat(&outbox, &mut pulse, late + Duration::from_millis(1));
        assert_eq!(
            fault(stuck),
            Some(Fault::SlowConsumer),
            "although it goes on talking"
        );
    }
}
