//! From where an account was signed in to before.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, Hash, RandomState},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Pairs of an account and a network, the latest of them.
#[derive(Debug)]
pub struct Acquainted {
    pairs: Mutex<Pairs>,
    hasher: RandomState,
    generation_max: usize,
}

/// When the recent ones are many, those before them are forgotten.
#[derive(Debug, Default)]
struct Pairs {
    recent: HashSet<u64>,
    before: HashSet<u64>,
}

impl Acquainted {
    /// Knows nobody; at most `pairs_max` later.
    pub fn new(pairs_max: usize) -> Self {
        Self {
            pairs: Mutex::default(),
            hasher: RandomState::new(),
            generation_max: pairs_max.div_ceil(2),
        }
    }

    /// Remembers a pair.
    pub fn add(&self, pair: impl Hash) {
        let pair = self.hasher.hash_one(pair);
        let mut pairs = self.pairs();
        if pairs.recent.len() >= self.generation_max && !pairs.recent.contains(&pair) {
            pairs.before = mem::take(&mut pairs.recent);
        }
        pairs.recent.insert(pair);
    }

    /// Whether the pair is remembered.
    pub fn contains(&self, pair: impl Hash) -> bool {
        let pair = self.hasher.hash_one(pair);
        let pairs = self.pairs();
        pairs.recent.contains(&pair) || pairs.before.contains(&pair)
    }

    fn pairs(&self) -> MutexGuard<'_, Pairs> {
        // Whoever panics elsewhere leaves both sets whole.
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_and_there_are_never_more() {
        let acquainted = Acquainted::new(4);
        for pair in 0..100 {
            assert!(!acquainted.contains(pair));
            acquainted.add(pair);
            acquainted.add(pair);
            assert!(acquainted.contains(pair));
            assert!(pair == 0 || acquainted.contains(pair - 1));
            let pairs = acquainted.pairs();
            assert!(pairs.recent.len() + pairs.before.len() <= 4);
        }
        assert!(!acquainted.contains(90));
    }
}
