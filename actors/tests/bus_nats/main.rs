//! The bus on a real NATS server: what every bus must do, and what a server that comes and goes means to it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod leases;
mod server;

use futures_util::future::BoxFuture;
use gavel_actors::{
    bus::{
        Bus, Consumer, ConsumerOptions, Error, Leases, Message, NatsBus, NatsOptions, StreamOptions,
        conformance::Place,
    },
    bus_conformance,
};
use server::Server;
use std::{collections::BTreeSet, fs, path::Path, sync::Arc, time::Duration};

const PATIENCE: Duration = Duration::from_secs(30);

async fn connect(server: &Server) -> NatsBus {
    let options = NatsOptions {
        url: server.url(),
        name: "a test".to_owned(),
        ..NatsOptions::default()
    };
    NatsBus::connect(options).await.unwrap()
}

async fn reachable(bus: &NatsBus, wanted: bool) {
    let reached = async {
        while bus.is_reachable() != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, reached)
        .await
        .unwrap_or_else(|_| panic!("waited in vain for is_reachable = {wanted}"));
}

impl Place for Server {
    fn join(&self) -> BoxFuture<'_, Arc<dyn Bus>> {
        Box::pin(async {
            let bus = connect(self).await;
            reachable(&bus, true).await;
            Arc::new(bus) as Arc<dyn Bus>
        })
    }

    fn leases(&self) -> BoxFuture<'_, Arc<dyn Leases>> {
        Box::pin(async {
            let (_, leases) = leases::node(self).await;
            Arc::new(leases) as Arc<dyn Leases>
        })
    }
}

bus_conformance!(Server::start);

fn message(body: usize) -> Message {
    Message::new("k.sale".parse().unwrap(), body.to_string())
}

async fn keep(bus: &NatsBus) {
    let options = StreamOptions {
        name: "sales".to_owned(),
        subjects: vec!["k.>".parse().unwrap()],
        messages_max: 10_000,
        same_id_within: Duration::from_mins(2),
    };
    bus.keep(options).await.unwrap();
}

async fn read(bus: &NatsBus) -> Consumer {
    let options = ConsumerOptions {
        stream: "sales".to_owned(),
        name: "reader".to_owned(),
        only: None,
        again_after: Duration::from_secs(1),
    };
    bus.consume(options).await.unwrap()
}

/// Tries until it is kept, as whoever has something to tell does.
async fn append(bus: &NatsBus, number: usize) {
    loop {
        match bus.append(format!("id-{number}"), message(number)).await {
            Ok(_) => return,
            Err(Error::Unreachable | Error::Failed(_) | Error::NotKept { .. }) => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// A server that is killed again and again while there is something to keep and to read: each message comes. (What was on
/// its way when the connection broke comes later than what follows it, and what was done with may come again: a killed
/// server does not know all that it had sent and was told.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_outlives_the_server_and_readers_go_on() {
    const MESSAGES: usize = 600;
    const KILLS: usize = 3;
    let mut server = Server::start();
    let (writer, reader) = (connect(&server).await, connect(&server).await);
    reachable(&writer, true).await;
    reachable(&reader, true).await;
    keep(&writer).await;
    let mut consumer = read(&reader).await;
    let (told, mut written) = tokio::sync::watch::channel(0);
    let write = tokio::spawn(async move {
        for number in 0..MESSAGES {
            append(&writer, number).await;
            told.send_replace(number + 1);
        }
    });
    let reading = tokio::spawn(async move {
        let mut missing: BTreeSet<_> = (0..MESSAGES).collect();
        while !missing.is_empty() {
            let delivery = consumer.next().await.unwrap();
            let number: usize = std::str::from_utf8(&delivery.message.body)
                .unwrap()
                .parse()
                .unwrap();
            missing.remove(&number);
            // Without a server it comes again.
            let _ = delivery.done().await;
        }
    });
    for kill in 1..=KILLS {
        let after = MESSAGES * kill / (KILLS + 1);
        written.wait_for(|written| *written >= after).await.unwrap();
        server.kill();
        server.start_again();
    }
    let both = async {
        write.await.unwrap();
        reading.await.unwrap();
    };
    tokio::time::timeout(PATIENCE * 2, both).await.unwrap();
}

#[tokio::test]
async fn without_a_server_everything_is_refused_at_once_and_goes_on_when_it_is_there() {
    let mut server = Server::start();
    let bus = connect(&server).await;
    reachable(&bus, true).await;
    let mut heard = bus.subscribe("t.news".parse().unwrap(), None).await.unwrap();
    server.kill();
    reachable(&bus, false).await;
    let news = || Message::new("t.news".parse().unwrap(), "news");
    assert_eq!(bus.publish(news()).await, Err(Error::Unreachable));
    assert_eq!(bus.request(news(), PATIENCE).await, Err(Error::Unreachable));
    assert_eq!(bus.append("id".to_owned(), news()).await, Err(Error::Unreachable));
    let listens = bus.subscribe("t.>".parse().unwrap(), None).await;
    assert_eq!(listens.map(drop), Err(Error::Unreachable));
    server.start_again();
    reachable(&bus, true).await;
    // It listens again without having been told to.
    bus.publish(news()).await.unwrap();
    let received = tokio::time::timeout(PATIENCE, heard.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&received.message.body[..], b"news");
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let mut server = Server::start();
    server.kill();
    let bus = connect(&server).await;
    assert!(!bus.is_reachable());
    server.start_again();
    reachable(&bus, true).await;
}

/// With a certificate that somebody vouches for, and a name and a password; without them nobody gets in.
#[tokio::test]
async fn a_server_with_tls_and_a_password_is_used_by_those_who_know_it() {
    let directory = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| directory.path().join(name));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
    let server = Server::start_with(
        directory,
        &[
            "--tls",
            "--tlscert",
            certificate,
            "--tlskey",
            key,
            "--user",
            "gavel",
            "--pass",
            "secret",
        ],
    );
    let options = |user: &str, vouched: bool| NatsOptions {
        url: format!("tls://{user}@{}", server.address()),
        name: "a test".to_owned(),
        credentials: None,
        certificates: vouched.then(|| server.directory().join("cert.pem")),
    };
    let bus = NatsBus::connect(options("gavel:secret", true)).await.unwrap();
    reachable(&bus, true).await;
    let mut heard = bus.subscribe("t.news".parse().unwrap(), None).await.unwrap();
    let news = || Message::new("t.news".parse().unwrap(), "news");
    bus.publish(news()).await.unwrap();
    tokio::time::timeout(PATIENCE, heard.next())
        .await
        .unwrap()
        .unwrap();

    for (user, vouched) in [("gavel:guess", true), ("gavel:secret", false)] {
        let bus = NatsBus::connect(options(user, vouched)).await.unwrap();
        let reached = async {
            while !bus.is_reachable() {
                tokio::task::yield_now().await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_millis(300), reached).await;
        assert!(reached.is_err(), "{user}, vouched for: {vouched}");
        assert_eq!(bus.publish(news()).await, Err(Error::Unreachable));
    }
}

#[tokio::test]
async fn options_that_cannot_be_used_are_named() {
    let options = |url: &str, credentials: Option<&str>| NatsOptions {
        url: url.to_owned(),
        credentials: credentials.map(Into::into),
        ..NatsOptions::default()
    };
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.pem");
    fs::write(&empty, "no certificate").unwrap();
    let vouched = |path: &Path| NatsOptions {
        certificates: Some(path.to_owned()),
        ..options("tls://127.0.0.1:1", None)
    };
    for (options, words) in [
        (vouched(&empty), "empty.pem"),
        (vouched(Path::new("/does/not/exist.pem")), "/does/not/exist.pem"),
        (options("http://gavel:secret@127.0.0.1:1", None), "127.0.0.1"),
        (
            options("nats://gavel:secret%20@127.0.0.1:1", None),
            "file of credentials",
        ),
        (options("", None), "nats://"),
        (options("http://127.0.0.1:1", None), "scheme"),
        (options("nats://127.0.0.1:1,nats://", None), "nats://"),
        (options("nats://127.0.0.1:none", None), "port"),
        (
            options("nats://127.0.0.1:1", Some("/does/not/exist.creds")),
            "/does/not/exist.creds",
        ),
    ] {
        let refused = NatsBus::connect(options).await.map(drop).unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
}

/// What other programs send where Gavel listens harms nobody.
#[tokio::test]
async fn what_is_no_message_of_gavels_is_left_out() {
    let server = Server::start();
    let bus = connect(&server).await;
    reachable(&bus, true).await;
    let mut heard = bus.subscribe("t.>".parse().unwrap(), None).await.unwrap();
    let stranger = async_nats::connect(server.url()).await.unwrap();
    let large = vec![b'x'; gavel_actors::bus::BODY_BYTES_MAX + 1];
    stranger.publish("t.$odd", "x".into()).await.unwrap();
    stranger.publish("t.large", large.into()).await.unwrap();
    stranger.publish("t.good", "good".into()).await.unwrap();
    stranger.flush().await.unwrap();
    let received = tokio::time::timeout(PATIENCE, heard.next())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&received.message.body[..], b"good");
}
