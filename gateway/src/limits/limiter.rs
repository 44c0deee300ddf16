//! One quota for each of any number of callers, in bounded memory.

use super::Rate;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{StateStore, keyed::ShrinkableKeyedStateStore},
};
use std::{
    collections::HashMap,
    hash::{BuildHasher as _, Hash, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Callers that one limiter tells apart; those beyond share one quota.
pub const CALLERS_MAX: usize = 100_000;

/// Checks between two attempts to forget callers when a limiter is full: forgetting looks at all.
const CHECKS_PER_PURGE: usize = 10_000;

/// One quota for each caller.
#[derive(Debug)]
pub struct Limiter<C: Clock = DefaultClock> {
    quotas: RateLimiter<u64, Callers, C, NoOpMiddleware<C::Instant>>,
    callers: Callers,
    /// Callers are known by a keyed hash: memory does not grow with the length of names, and nobody
    /// can choose a name to be taken for another.
    hasher: RandomState,
    callers_max: usize,
    checks_when_full: AtomicUsize,
    /// What one request takes of a quota.
    interval: Nanos,
}

impl Limiter {
    /// Has seen nobody yet.
    pub fn of(rate: Rate) -> Self {
        Self::new(rate.quota(), CALLERS_MAX, DefaultClock::default())
    }
}

impl<C: Clock> Limiter<C> {
    fn new(quota: Quota, callers_max: usize, clock: C) -> Self {
        let callers = Callers::new(callers_max);
        Self {
            interval: quota.replenish_interval().into(),
            quotas: RateLimiter::new(quota, callers.clone(), clock),
            callers,
            hasher: RandomState::new(),
            callers_max,
            checks_when_full: AtomicUsize::new(0),
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long to wait.
    pub fn check(&self, caller: impl Hash) -> Result<(), Duration> {
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

    /// One request of this caller, checked before, does not count after all.
    pub fn give_back(&self, caller: impl Hash) {
        let caller = self.hasher.hash_one(caller);
        self.callers.give_back(caller, self.interval);
    }
}

/// When each caller's next request is due. Callers beyond `callers_max` are taken for one.
#[derive(Debug, Clone)]
struct Callers {
    callers_max: usize,
    due: Arc<Mutex<Due>>,
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
            due: Arc::default(),
        }
    }

    fn give_back(&self, caller: u64, interval: Nanos) {
        let mut due = self.due();
        let Due { known, others } = &mut *due;
        if let Some(due) = known.get_mut(&caller).or(others.as_mut()) {
            *due = due.saturating_sub(interval);
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
    fn what_is_given_back_may_be_spent_again_and_no_more() {
        let (limiter, _) = limiter(60, 2, 10);
        limiter.check("jane").unwrap();
        limiter.check("jane").unwrap();
        limiter.check("jane").unwrap_err();
        limiter.give_back("jane");
        limiter.check("jane").unwrap();
        limiter.check("jane").unwrap_err();
        // Whoever has spent nothing gains nothing.
        limiter.give_back("john");
        for _ in 0..2 {
            limiter.check("john").unwrap();
        }
        limiter.check("john").unwrap_err();
    }
}
