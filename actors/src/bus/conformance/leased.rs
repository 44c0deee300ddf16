//! Who alone may do something.

#![allow(missing_docs, reason = "the cases are named for what they hold")]

use super::super::{Lease, Leases};
use super::{Place, soon};

async fn take(leases: &dyn Leases, name: &str) -> Option<Lease> {
    let taken = soon("a lease", leases.take(name.to_owned())).await;
    taken.expect("it is there")
}

/// Tries until nobody else has it.
async fn take_in_the_end(leases: &dyn Leases) -> Lease {
    let taken = async {
        loop {
            if let Some(lease) = take(leases, "sale").await {
                return lease;
            }
            tokio::task::yield_now().await;
        }
    };
    soon("a lease that is free", taken).await
}

pub async fn of_many_who_ask_at_once_one_has_it(place: &impl Place) {
    let mut nodes = Vec::new();
    for _ in 0..8 {
        nodes.push(place.leases().await);
    }
    for name in ["sale-1", "sale-2"] {
        let asked = nodes.iter().map(|leases| take(&**leases, name));
        let taken: Vec<_> = futures_util::future::join_all(asked).await;
        let taken: Vec<_> = taken.into_iter().flatten().collect();
        assert_eq!(taken.len(), 1, "{name}");
        assert!(taken[0].is_held() && taken[0].name() == name);
    }
}

pub async fn what_is_given_back_is_free_at_once_and_was_not_before(place: &impl Place) {
    let (one, other) = (place.leases().await, place.leases().await);
    let lease = take(&*one, "sale").await.expect("nobody has it");
    for leases in [&one, &other] {
        assert!(
            take(&**leases, "sale").await.is_none(),
            "not even to its holder twice"
        );
    }
    let fence = lease.fence();
    lease.give_back().await;
    let next = take(&*other, "sale").await.expect("nobody has it");
    assert!(next.fence() > fence);
}

pub async fn a_holder_that_is_gone_is_followed_by_another_with_a_greater_fence(place: &impl Place) {
    let other = place.leases().await;
    let mut fence = 0;
    for _ in 0..2 {
        let leases = place.leases().await;
        let lease = take_in_the_end(&*leases).await;
        assert!(lease.is_held() && lease.fence() > fence);
        fence = lease.fence();
        drop(lease);
    }
    let lease = take_in_the_end(&*other).await;
    assert!(lease.is_held() && lease.fence() > fence);
}
