//! How often anyone may ask: by address, by account name, by bidder. Memory is bounded whatever the
//! number of callers.

use gavel_engine::ids::UserId;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter, nanos::Nanos};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Callers that one limiter tells apart; those beyond share one quota.
const CALLERS_MAX: usize = 100_000;

/// Checks between two attempts to forget callers when a limiter is full: forgetting looks at all.
const CHECKS_PER_PURGE: usize = 10_000;

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In the long run.
    pub per_minute: NonZeroU32,
    /// At once, after a while of silence.
    pub burst: NonZeroU32,
}

/// The limits of a node. Those by address are wide: a whole saleroom may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Requests of any kind, by address.
    pub api: Rate,
    /// Attempts to sign in, by address.
    pub sign_in_address: Rate,
    /// Attempts to sign in or up, by account name.
    pub sign_in_name: Rate,
    /// Attempts to sign up, by address.
    pub sign_up_address: Rate,
    /// Refreshes of a session, by address.
    pub refresh_address: Rate,
    /// Bids, by bidder.
    pub bid: Rate,
}

impl Rate {
    /// A rate; `None` if either is zero.
    pub const fn new(per_minute: u32, burst: u32) -> Option<Self> {
        match (NonZeroU32::new(per_minute), NonZeroU32::new(burst)) {
            (Some(per_minute), Some(burst)) => Some(Self { per_minute, burst }),
            _ => None,
        }
    }

    fn quota(self) -> Quota {
        Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "evaluated when compiled, with the constants below"
        )]
        const fn rate(per_minute: u32, burst: u32) -> Rate {
            Rate::new(per_minute, burst).expect("neither is zero")
        }
        const DEFAULT: LimitsConfig = LimitsConfig {
            api: rate(30_000, 2_000),
            sign_in_address: rate(120, 60),
            sign_in_name: rate(10, 10),
            sign_up_address: rate(60, 60),
            refresh_address: rate(300, 200),
            bid: rate(600, 20),
        };
        DEFAULT
    }
}

/// All limiters of a node. Cheap to clone. Each check answers how long to wait when it refuses.
#[derive(Debug, Clone)]
pub struct Limits {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    api: Limiter,
    sign_in_address: Limiter,
    sign_in_name: Limiter,
    sign_up_address: Limiter,
    refresh_address: Limiter,
    bid: Limiter,
}

impl Limits {
    /// Limiters that have seen nobody yet.
    pub fn new(config: LimitsConfig) -> Self {
        let limiter = |rate: Rate| Limiter::new(rate.quota(), CALLERS_MAX, DefaultClock::default());
        Self {
            inner: Arc::new(Inner {
                api: limiter(config.api),
                sign_in_address: limiter(config.sign_in_address),
                sign_in_name: limiter(config.sign_in_name),
                sign_up_address: limiter(config.sign_up_address),
                refresh_address: limiter(config.refresh_address),
                bid: limiter(config.bid),
            }),
        }
    }

    /// A request of any kind.
    ///
    /// # Errors
    /// How long to wait; so in all checks.
    pub fn api(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.api.check(network(address))
    }

    /// An attempt to sign in. Also counted by name, so that many addresses do not make many guesses.
    pub fn sign_in(&self, address: IpAddr, name: &str) -> Result<(), Duration> {
        self.inner.sign_in_address.check(network(address))?;
        self.inner.sign_in_name.check(folded(name))
    }

    /// An attempt to sign up.
    pub fn sign_up(&self, address: IpAddr, name: &str) -> Result<(), Duration> {
        self.inner.sign_up_address.check(network(address))?;
        self.inner.sign_in_name.check(folded(name))
    }

    /// A refresh of a session.
    pub fn refresh(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.refresh_address.check(network(address))
    }

    /// A bid.
    pub fn bid(&self, bidder: UserId) -> Result<(), Duration> {
        self.inner.bid.check(bidder.0)
    }
}

/// Whoever has one IPv6 address has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Capitals do not make another name.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// One quota for each caller.
#[derive(Debug)]
struct Limiter<C: Clock = DefaultClock> {
    quotas: RateLimiter<u64, Callers, C, NoOpMiddleware<C::Instant>>,
    /// Callers are known by a keyed hash: memory does not grow with the length of names, and nobody
    /// can choose a name to be taken for another.
    hasher: RandomState,
    callers_max: usize,
    checks_when_full: AtomicUsize,
}

impl<C: Clock> Limiter<C> {
    fn new(quota: Quota, callers_max: usize, clock: C) -> Self {
        Self {
            quotas: RateLimiter::new(quota, Callers::new(callers_max), clock),
            hasher: RandomState::new(),
            callers_max,
            checks_when_full: AtomicUsize::new(0),
        }
    }

    fn check(&self, caller: impl Hash) -> Result<(), Duration> {
        if self.quotas.len() >= self.callers_max
            && self
                .checks_when_full
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(CHECKS_PER_PURGE)
        {
            self.quotas.retain_recent();
        }
        self.quotas
            .check_key(&self.hasher.hash_one(caller))
            .map_err(|refused| refused.wait_time_from(self.quotas.clock().now()))
    }
}

/// When each caller's next request is due. Callers beyond `callers_max` are taken for one.
#[derive(Debug)]
struct Callers {
    callers_max: usize,
    due: Mutex<Due>,
}

#[derive(Debug, Default)]
struct Due {
    known: HashMap<u64, Nanos>,
    others: Option<Nanos>,
}

impl Callers {
    fn new(callers_max: usize) -> Self {
        Self {
            callers_max,
            due: Mutex::default(),
        }
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        // Each change is a single write, so whoever panics elsewhere leaves it whole.
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Callers {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, caller: &u64, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut due = self.due();
        let known = due.known.get(caller).copied();
        let taken_alone = known.is_some() || due.known.len() < self.callers_max;
        let (decision, next) = decide(if taken_alone { known } else { due.others })?;
        if taken_alone {
            due.known.insert(*caller, next);
        } else {
            due.others = Some(next);
        }
        Ok(decision)
    }
}

impl ShrinkableKeyedStateStore<u64> for Callers {
    fn retain_recent(&self, drop_below: Nanos) {
        self.due().known.retain(|_, due| *due > drop_below);
    }

    fn len(&self) -> usize {
        self.due().known.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;

    fn limiter(
        per_minute: u32,
        burst: u32,
        callers_max: usize,
    ) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let quota = Rate::new(per_minute, burst).unwrap().quota();
        (Limiter::new(quota, callers_max, clock.clone()), clock)
    }

    #[test]
    fn a_burst_then_the_rate_and_the_wait_that_was_promised() {
        let (limiter, clock) = limiter(60, 3, 10);
        for _ in 0..3 {
            limiter.check("jane").unwrap();
        }
        let wait = limiter.check("jane").unwrap_err();
        assert_eq!(wait, Duration::from_secs(1));
        limiter.check("john").unwrap();
        clock.advance(Duration::from_millis(999));
        limiter.check("jane").unwrap_err();
        clock.advance(Duration::from_millis(1));
        limiter.check("jane").unwrap();
        limiter.check("jane").unwrap_err();
    }

    #[test]
    fn callers_beyond_the_bound_share_one_quota_until_others_are_forgotten() {
        let (limiter, clock) = limiter(60, 1, 2);
        limiter.check(1).unwrap();
        limiter.check(2).unwrap();
        limiter.check(3).unwrap();
        limiter.check(4).unwrap_err();
        assert_eq!(limiter.quotas.len(), 2);
        clock.advance(Duration::from_secs(10));
        limiter.checks_when_full.store(0, Ordering::Relaxed);
        limiter.check(4).unwrap();
        limiter.check(5).unwrap();
        assert_eq!(limiter.quotas.len(), 2);
    }

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    #[test]
    fn a_name_is_counted_from_all_addresses_and_in_any_case() {
        let limits = Limits::new(LimitsConfig {
            sign_in_name: Rate::new(1, 2).unwrap(),
            ..LimitsConfig::default()
        });
        limits.sign_in([192, 0, 2, 1].into(), "jane").unwrap();
        limits.sign_in([192, 0, 2, 2].into(), "Jane ").unwrap();
        limits.sign_in([192, 0, 2, 3].into(), "JANE").unwrap_err();
        limits.sign_in([192, 0, 2, 3].into(), "john").unwrap();
    }

    #[test]
    fn a_configuration_names_only_what_differs_and_no_rate_is_zero() {
        let config: LimitsConfig =
            serde_json::from_str(r#"{"bid": {"per_minute": 60, "burst": 5}}"#).unwrap();
        assert_eq!(config.bid, Rate::new(60, 5).unwrap());
        assert_eq!(config.api, LimitsConfig::default().api);
        for wrong in [r#"{"bid": {"per_minute": 0, "burst": 5}}"#, r#"{"bids": {}}"#] {
            serde_json::from_str::<LimitsConfig>(wrong).unwrap_err();
        }
    }
}
