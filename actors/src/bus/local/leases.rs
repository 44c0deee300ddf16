//! Leases among those of one process.

use super::lock;
use crate::bus::{
    Error,
    lease::{Keeper, Lease, Leases},
};
use futures_util::{
    FutureExt as _,
    future::{self, BoxFuture},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// Longer than any process runs: nothing in one process cuts a holder off.
const FOR_GOOD: Duration = Duration::from_hours(24 * 365 * 30);

/// See [`Leases`]. Clones are of the same process.
#[derive(Clone, Default)]
pub struct LocalLeases {
    inner: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    names: BTreeSet<String>,
    last_fence: u64,
}

/// Frees a name when it is dropped.
struct Frees {
    leases: LocalLeases,
    name: String,
}

impl Drop for Frees {
    fn drop(&mut self) {
        lock(&self.leases.inner).names.remove(&self.name);
    }
}

impl LocalLeases {
    fn take_one(&self, name: String) -> Option<Lease> {
        let mut taken = lock(&self.inner);
        if !taken.names.insert(name.clone()) {
            return None;
        }
        taken.last_fence += 1;
        let fence = taken.last_fence;
        drop(taken);
        let frees = Frees {
            leases: self.clone(),
            name: name.clone(),
        };
        let (held, until) = watch::channel(Instant::now() + FOR_GOOD);
        let (give_back, mut given_back) = watch::channel(false);
        // Whoever drops the lease ends this, and with it what is moved into it.
        let keeper = Keeper(tokio::spawn(async move {
            let _ = given_back.changed().await;
            held.send_replace(Instant::now());
            drop(frees);
        }));
        Some(Lease {
            name,
            fence,
            until,
            keeper,
            give_back,
        })
    }
}

impl Leases for LocalLeases {
    fn take(&self, name: String) -> BoxFuture<'_, Result<Option<Lease>, Error>> {
        future::ready(Ok(self.take_one(name))).boxed()
    }
}
