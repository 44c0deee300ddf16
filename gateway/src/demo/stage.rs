//! What the simulated people share: who of the numbers they are, and how many of them watch.

use super::scene::Cast;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

/// Shared by everybody in the demonstration.
#[derive(Debug)]
pub struct Stage {
    /// Where all chance comes from.
    pub seed: u64,
    casts: Mutex<BTreeMap<Uuid, Cast>>,
    watching: AtomicU32,
}

impl Stage {
    /// Nobody here yet.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            casts: Mutex::default(),
            watching: AtomicU32::new(0),
        }
    }

    /// This number belongs to the simulation.
    pub fn enlist(&self, sale_id: Uuid, paddle: u32) {
        let mut casts = self.casts.lock().unwrap_or_else(PoisonError::into_inner);
        casts.entry(sale_id).or_default().insert(paddle);
    }

    /// Forgets the casts of sales that are over.
    pub fn keep_only(&self, sales: &[Uuid]) {
        let mut casts = self.casts.lock().unwrap_or_else(PoisonError::into_inner);
        casts.retain(|sale_id, _| sales.contains(sale_id));
    }

    /// Looks at the simulated numbers of a sale.
    pub fn with_cast<T>(&self, sale_id: Uuid, look: impl FnOnce(&Cast) -> T) -> T {
        let casts = self.casts.lock().unwrap_or_else(PoisonError::into_inner);
        look(casts.get(&sale_id).unwrap_or(&Cast::new()))
    }

    /// One more of the simulation's sockets, until the value is dropped.
    pub fn watch(self: &Arc<Self>) -> Watching {
        self.watching.fetch_add(1, Ordering::Relaxed);
        Watching(Arc::clone(self))
    }

    /// The simulation's own sockets.
    pub fn watching(&self) -> u32 {
        self.watching.load(Ordering::Relaxed)
    }
}

/// See [`Stage::watch`].
#[derive(Debug)]
pub struct Watching(Arc<Stage>);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.watching.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long to wait after so many failures in a row: doubling to ten seconds, with jitter, so that
/// a restarted server is not met by everybody at once.
pub fn backoff(failures: u32) -> Duration {
    let ceiling_ms = 250_u64 << failures.min(5);
    Duration::from_millis(rand::random_range(ceiling_ms / 2..=ceiling_ms).min(10_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_are_kept_by_sale() {
        let stage = Arc::new(Stage::new(1));
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        stage.enlist(first, 7);
        stage.enlist(second, 8);
        assert!(stage.with_cast(first, |cast| cast.contains(&7) && !cast.contains(&8)));
        stage.keep_only(&[second]);
        assert!(stage.with_cast(first, Cast::is_empty));
        let seat = stage.watch();
        assert_eq!(stage.watching(), 1);
        drop(seat);
        assert_eq!(stage.watching(), 0);
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        assert!(backoff(0) <= Duration::from_millis(250));
        assert!(backoff(60) >= Duration::from_secs(4) && backoff(60) <= Duration::from_secs(10));
    }
}
