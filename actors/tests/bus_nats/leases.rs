//! Leases: at most one holder, who knows when it no longer is.

use super::{PATIENCE, connect, reachable, server::Server};
use gavel_actors::bus::{Error, Lease, Leases as _, NatsBus, NatsLeases};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The shortest that a server takes.
const TIME: Duration = Duration::from_secs(1);

async fn node(server: &Server) -> (NatsBus, NatsLeases) {
    node_of(server, TIME).await
}

async fn node_of(server: &Server, time: Duration) -> (NatsBus, NatsLeases) {
    let bus = connect(server).await;
    reachable(&bus, true).await;
    let leases = NatsLeases::open(&bus, "owners", time).await.unwrap();
    (bus, leases)
}

async fn take(leases: &NatsLeases) -> Option<Lease> {
    leases.take("sale-1".to_owned()).await.unwrap()
}

/// Tries until nobody else has it.
async fn take_in_the_end(leases: &NatsLeases) -> Lease {
    let taken = async {
        loop {
            if let Ok(Some(lease)) = leases.take("sale-1".to_owned()).await {
                return lease;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, taken).await.unwrap()
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_has_it_and_names_are_apart() {
    let server = Server::start();
    let mut nodes = Vec::new();
    for _ in 0..8 {
        nodes.push(node(&server).await);
    }
    for name in ["sale-1", "sale-2"] {
        let asked = nodes.iter().map(|(_, leases)| leases.take(name.to_owned()));
        let taken = futures_util::future::join_all(asked).await;
        let taken: Vec<_> = taken.into_iter().filter_map(Result::unwrap).collect();
        assert_eq!(taken.len(), 1, "{name}");
        assert!(taken[0].is_held() && taken[0].name() == name);
    }
}

#[tokio::test]
async fn it_is_kept_up_beyond_its_time_and_given_back_at_once() {
    let server = Server::start();
    let ((_one, one), (_other, other)) = (node(&server).await, node(&server).await);
    let lease = take(&one).await.unwrap();
    let began = Instant::now();
    while began.elapsed() < TIME * 3 {
        assert!(lease.is_held(), "after {:?}", began.elapsed());
        assert!(take(&other).await.is_none());
    }
    let fence = lease.fence();
    let given_back = Instant::now();
    lease.give_back().await;
    let next = take(&other).await.expect("nobody has it");
    assert!(given_back.elapsed() < TIME, "its time was not waited for");
    assert!(next.fence() > fence);
    assert!(take(&one).await.is_none());
}

/// As of a node that was killed, whose connection is gone.
#[tokio::test]
async fn a_holder_that_is_gone_is_followed_by_another_with_a_greater_fence() {
    let server = Server::start();
    let (_other, other) = node(&server).await;
    let mut fence = 0;
    for _ in 0..2 {
        let (bus, leases) = node(&server).await;
        let lease = take_in_the_end(&leases).await;
        assert!(lease.fence() > fence);
        fence = lease.fence();
        drop((lease, leases, bus));
        assert!(
            take(&other).await.is_none(),
            "it is not free before its time is over"
        );
    }
    let lease = take_in_the_end(&other).await;
    assert!(lease.fence() > fence && lease.is_held());
}

/// Whoever cannot keep a lease up knows that it is lost no later than the server gives it to another.
#[tokio::test]
async fn whoever_is_cut_off_has_lost_it_before_another_has_it() {
    let mut server = Server::start();
    let (bus, leases) = node(&server).await;
    let lease = take(&leases).await.unwrap();
    assert!(lease.is_held() && lease.left() <= TIME);
    server.kill();
    reachable(&bus, false).await;
    timeout(PATIENCE, lease.lost()).await.unwrap();
    assert!(!lease.is_held());
    assert_eq!(lease.left(), Duration::ZERO);
    let refused = leases.take("sale-2".to_owned()).await.map(drop);
    assert_eq!(refused, Err(Error::Unreachable));
    server.start_again();
    let (_other, other) = node(&server).await;
    let next = take_in_the_end(&other).await;
    assert!(next.fence() > lease.fence());
    assert!(!lease.is_held(), "what is lost does not come back");
}

#[tokio::test]
async fn a_short_break_loses_nothing() {
    let mut server = Server::start();
    let (bus, leases) = node_of(&server, TIME * 10).await;
    let lease = take(&leases).await.unwrap();
    server.kill();
    reachable(&bus, false).await;
    server.start_again();
    reachable(&bus, true).await;
    let (_other, other) = node_of(&server, TIME * 10).await;
    assert!(take(&other).await.is_none(), "it is still held");
    assert!(lease.is_held());
}

/// An operator who takes an entry out, or another program that writes one, ends the lease.
#[tokio::test]
async fn an_entry_that_somebody_else_has_written_ends_it() {
    let server = Server::start();
    let (_bus, leases) = node(&server).await;
    let lease = take(&leases).await.unwrap();
    let stranger = async_nats::connect(server.url()).await.unwrap();
    let stranger = async_nats::jetstream::new(stranger);
    let written = stranger
        .publish("$KV.owners.sale-1", "somebody".into())
        .await
        .unwrap();
    written.await.unwrap();
    timeout(PATIENCE, lease.lost()).await.unwrap();
    assert!(take(&leases).await.is_none(), "it is somebody's");
}

#[tokio::test]
async fn a_time_that_is_none_is_refused() {
    let server = Server::start();
    let bus = connect(&server).await;
    reachable(&bus, true).await;
    for time in [
        Duration::ZERO,
        Duration::from_millis(999),
        Duration::from_millis(1_500),
    ] {
        let refused = NatsLeases::open(&bus, "owners", time).await.map(drop);
        assert!(matches!(refused, Err(Error::Failed(_))), "{time:?}");
    }
}
