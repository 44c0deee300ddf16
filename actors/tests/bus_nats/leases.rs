//! Leases on a server: beside what all leases must do, that their holders know when they no longer are.

use super::{PATIENCE, connect, reachable, server::Server};
use gavel_actors::bus::{Error, Lease, Leases as _, NatsBus, NatsLeases};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// The shortest that a server takes.
const TIME: Duration = Duration::from_secs(1);

pub async fn node(server: &Server) -> (NatsBus, NatsLeases) {
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
async fn it_is_kept_up_beyond_its_time_and_free_after_it_when_its_holder_is_gone() {
    let server = Server::start();
    let ((_one, one), (_other, other)) = (node(&server).await, node(&server).await);
    let lease = take(&one).await.unwrap();
    let began = Instant::now();
    while began.elapsed() < TIME * 3 {
        assert!(lease.is_held(), "after {:?}", began.elapsed());
        assert!(take(&other).await.is_none());
    }
    drop((lease, one));
    assert!(take(&other).await.is_none(), "its time is not over");
    take_in_the_end(&other).await;
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
