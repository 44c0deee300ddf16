//! Starting and stopping a node.

use super::{
    Capacity, Config,
    tls::{self, Certificates},
};
use crate::{
    assets,
    limits::Limits,
    rest,
    ws::{self, WorkerHub},
};
use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    App, HttpServer,
    dev::ServerHandle,
    http::header::STRICT_TRANSPORT_SECURITY,
    middleware::{Condition, DefaultHeaders},
    rt::net::TcpStream,
    web,
};
use gavel_actors::{
    auctions::{self, AuctionRegistry, CreditBook, Projector, Settings, Snapshotter},
    catalogue::CatalogueActor,
    clock::{SharedClock, SystemClock},
    users::{SigningKey, TokenVerifier, Users, UsersActor, UsersConfig},
};
use gavel_engine::ids::SaleId;
use gavel_storage::{
    data_dir::{self, DataDir},
    journal, relational, snapshot,
};
use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::sync::watch;

/// How long requests under way may take once the node stops.
const GRACE_S: u64 = 5;

/// A client whose kernel takes nothing for this long is cut off by ours.
const UNSENT_MS_MAX: u32 = 30_000;

/// A client on the slowest of lines has shaken hands by then.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// Browsers that were here once come back by HTTPS only, for a year.
const HTTPS_ONLY: &str = "max-age=31536000";

/// A node cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data directory.
    #[error(transparent)]
    DataDir(#[from] data_dir::Error),
    /// The relational store.
    #[error(transparent)]
    Relational(#[from] relational::Error),
    /// The snapshot store cannot even be made anew.
    #[error(transparent)]
    Snapshots(#[from] snapshot::Error),
    /// The journal.
    #[error(transparent)]
    Recovery(#[from] auctions::RecoveryError),
    /// The journal's writer.
    #[error("the journal's writer cannot start: {0}")]
    Writer(std::io::Error),
    /// The signing key or the users service.
    #[error("the users service cannot start: {0}")]
    Users(String),
    /// Live sales and catalogue cannot be brought together.
    #[error("live sales cannot be started: {0}")]
    Reconcile(String),
    /// A setting.
    #[error("configuration: {0}")]
    Config(String),
    /// The certificates.
    #[error(transparent)]
    Tls(#[from] tls::Error),
    /// The address.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

/// A node that is up.
pub struct Running {
    addresses: Vec<SocketAddr>,
    scheme: &'static str,
    inside: Option<SocketAddr>,
    users: Users,
    registry: AuctionRegistry,
    writer: journal::Writer,
    store: relational::Store,
    server: ServerHandle,
    server_task: tokio::task::JoinHandle<std::io::Result<()>>,
    shutdown: watch::Sender<bool>,
    // Held until everything else is gone: it keeps other processes out of the directory.
    _data_dir: DataDir,
}

/// Starts a node. Needs a running actix system.
///
/// # Errors
/// [`Error`]; nothing is left running then, except threads that end by themselves.
pub async fn start(config: &Config, demo: Option<rest::Demo>) -> Result<Running, Error> {
    let clock: SharedClock = Arc::new(SystemClock);
    let proxies = config.proxies()?;
    let origins = config.origins()?;
    let files = config.tls.files().map_err(Error::Config)?;
    let tls = files.map(Certificates::open).transpose()?;
    let data_dir = DataDir::open(&config.data)?;
    // Taken before anything is started, so that a taken address is found out first.
    let listener = TcpListener::bind(config.listen).map_err(|source| Error::Listen {
        address: config.listen,
        source,
    })?;
    // So is a key that needs an operator.
    let key = SigningKey::load_or_create(data_dir.keys()).map_err(|error| Error::Users(error.to_string()))?;
    let store = relational::Store::open(data_dir.root()).await?;
    let snapshots = snapshot::Store::open(data_dir.snapshots(), snapshot::Options::default())?;
    for damage in snapshots.damage() {
        tracing::warn!(reason = damage.reason, moved_to = %damage.moved_to.display(), "snapshots were damaged");
    }
    let options = journal::Options {
        segment_bytes: config.segment_bytes,
        retention: config.retention()?,
        ..journal::Options::default()
    };
    let recovered = auctions::recover(data_dir.journal(), config.journal, &options, &snapshots)?;
    report(&recovered.report, recovered.auctions.len());
    let writer = journal::Writer::start(
        recovered.journal,
        journal::WriterOptions::default(),
        Box::new(die),
    )
    .map_err(Error::Writer)?;

    let (projector, _) = Projector::start(store.clone());
    let settings = Settings {
        journal: writer.handle(),
        clock: Arc::clone(&clock),
        credit: CreditBook::load(&store).await?,
        projector,
        snapshots: Snapshotter::start(snapshots).map_err(Error::Thread)?,
        threads: config.auction_threads,
    };
    let rules = house_rules(&store).await?;
    let registry = AuctionRegistry::start(settings, recovered.auctions, |sale_id| {
        rules
            .get(&sale_id)
            .copied()
            .unwrap_or(relational::BookVisibility::Hidden)
    });
    auctions::reconcile(&registry, &store)
        .await
        .map_err(Error::Reconcile)?;

    let verifier = TokenVerifier::new(&key, Arc::clone(&clock));
    let mut users_config = UsersConfig::default();
    users_config.passwords.memory_kib = config.password_memory_kib;
    let users = UsersActor::start(users_config, store.clone(), &key, Arc::clone(&clock))
        .map_err(|error| Error::Users(error.to_string()))?;
    let catalogue = CatalogueActor::start(store.clone(), Arc::clone(&clock), Box::new(registry.clone()));

    let limits = Limits::new(config.limits);
    // Counted now: nearly everything that the node has open is open.
    let workers = config.workers.max(1);
    let capacity = Capacity::of_this_process(&config.limits, workers)?;
    tracing::info!(
        connections = capacity.connections,
        sockets = capacity.sockets,
        sockets_per_address = capacity.sockets_per_address,
        "there is room for connections"
    );
    let (shutdown, stopping) = watch::channel(false);
    let stopping_tls = stopping.clone();
    let shared = ws::Shared {
        auctions: registry.clone(),
        users: users.clone(),
        verifier: verifier.clone(),
        limits: limits.clone(),
        origins,
        seats: ws::Seats::new(capacity),
        clock: Arc::clone(&clock),
        shutdown: stopping,
    };
    let state = rest::State {
        users: users.clone(),
        catalogue,
        auctions: registry.clone(),
        verifier,
        limits,
        demo,
        clock,
        readiness: probe(writer.handle(), store.clone()),
        proxies,
        secure_cookies: config.secure_cookies || tls.is_some(),
    };
    let state = web::Data::new(state);
    let has_demo = state.demo.is_some();
    let has_tls = tls.is_some();
    let server = HttpServer::new(move || {
        let https_only = DefaultHeaders::new().add((STRICT_TRANSPORT_SECURITY, HTTPS_ONLY));
        App::new()
            .wrap(Condition::new(has_tls, https_only))
            .app_data(web::Data::new(shared.clone()))
            .app_data(web::Data::new(WorkerHub::start()))
            .route("/ws/v1", web::get().to(ws::connect))
            .configure(|config| rest::configure(config, state.clone()))
            .configure(assets::configure)
    })
    .workers(workers)
    .max_connections(capacity.connections / workers)
    .on_connect(|connection, _| bound_unsent(connection))
    .shutdown_timeout(GRACE_S)
    .tls_handshake_timeout(HANDSHAKE_MAX)
    .disable_signals();
    let refused = |address| move |source| Error::Listen { address, source };
    let (server, inside) = match tls {
        None => (server.listen(listener).map_err(refused(config.listen))?, None),
        Some((certificates, renewal)) => {
            actix_web::rt::spawn(renewal.run(stopping_tls));
            let server = server.listen_rustls_0_23(listener, certificates.server()?);
            let server = server.map_err(refused(config.listen))?;
            if has_demo {
                // The demonstration's own clients cannot know whom the certificate is for.
                let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let listener = TcpListener::bind(any).map_err(refused(any))?;
                let inside = listener.local_addr().map_err(refused(any))?;
                (server.listen(listener).map_err(refused(any))?, Some(inside))
            } else {
                (server, None)
            }
        }
    };
    let mut addresses = server.addrs();
    addresses.retain(|address| Some(*address) != inside);
    let server = server.run();
    let handle = server.handle();
    Ok(Running {
        addresses,
        scheme: if has_tls { "https" } else { "http" },
        inside,
        users,
        registry,
        writer,
        store,
        server: handle,
        server_task: actix_web::rt::spawn(server),
        shutdown,
        _data_dir: data_dir,
    })
}

impl Running {
    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The same as URLs.
    pub fn urls(&self) -> impl Iterator<Item = String> {
        let of = |address| format!("{}://{address}", self.scheme);
        self.addresses.iter().map(of)
    }

    /// Where the demonstration's own clients reach it, as a URL; never over TLS, and only from this machine.
    pub fn inside_url(&self) -> Option<String> {
        let address = self.inside.as_ref().or(self.addresses.first())?;
        Some(format!("http://{address}"))
    }

    /// The accounts, for operators.
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// Stops cleanly: bids under way are answered, sockets are told, everything is on disk.
    pub async fn stop(self) {
        self.registry.stop().await;
        // The sockets' last answers are queued by now; they are told to connect elsewhere.
        let _ = self.shutdown.send(true);
        self.server.stop(true).await;
        if let Ok(Err(error)) = self.server_task.await {
            tracing::warn!(%error, "the server ended with an error");
        }
        self.writer.shutdown();
        if let Err(error) = self.store.close().await {
            tracing::warn!(%error, "the relational store was not closed cleanly");
        }
    }
}

/// Asks the journal and the database whether they take work.
fn probe(journal: journal::Handle, store: relational::Store) -> rest::Probe {
    Arc::new(move || {
        let (journal, store) = (journal.clone(), store.clone());
        Box::pin(async move {
            let part = |works: bool| {
                if works {
                    rest::Part::Ready
                } else {
                    rest::Part::Failing
                }
            };
            rest::Readiness {
                journal: part(journal.reserve().is_ok()),
                database: part(store.users().count().await.is_ok()),
            }
        })
    })
}

async fn house_rules(
    store: &relational::Store,
) -> Result<HashMap<SaleId, relational::BookVisibility>, relational::Error> {
    let mut rules = HashMap::new();
    for id in store.sales().published_ids().await? {
        if let Some(sale) = store.sales().by_id(id).await? {
            rules.insert(id, sale.book_visibility);
        }
    }
    Ok(rules)
}

fn report(recovery: &journal::Recovery, sales: usize) {
    if let Some(torn) = &recovery.torn {
        tracing::warn!(
            file = %torn.file.display(),
            offset = torn.offset,
            bytes = torn.bytes,
            "the journal ended in the middle of a record that nobody was told about; it was cut off"
        );
    }
    tracing::info!(
        sales,
        records = recovery.records,
        last_lsn = recovery.last_lsn,
        "the journal was read"
    );
}

/// After a failed write or sync nobody knows what the disk holds. Going on could acknowledge what
/// is not there, so the process ends; the next start reads back what is.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the writer's hook is given the error"
)]
fn die(error: journal::Error) {
    tracing::error!(%error, "the journal cannot be written; the process ends so that nothing false is acknowledged");
    std::process::abort();
}

/// A socket whose peer reads nothing would otherwise keep its buffers for ever.
fn bound_unsent(connection: &dyn std::any::Any) {
    let encrypted = connection.downcast_ref::<TlsStream<TcpStream>>();
    let socket = encrypted.map(|encrypted| encrypted.get_ref().0);
    if let Some(socket) = socket.or_else(|| connection.downcast_ref()) {
        let _ = socket.set_nodelay(true);
        #[cfg(target_os = "linux")]
        let _ = rustix::net::sockopt::set_tcp_user_timeout(socket, UNSENT_MS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::sockopt::{tcp_nodelay, tcp_user_timeout};
    use rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::aws_lc_rs, pki_types};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    async fn connected() -> (TcpStream, TcpStream) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    fn bounded(socket: &TcpStream) -> bool {
        tcp_user_timeout(socket).unwrap() == UNSENT_MS_MAX && tcp_nodelay(socket).unwrap()
    }

    #[actix_web::test]
    async fn what_a_peer_leaves_unread_is_bounded_also_under_tls() {
        let (_client, plain) = connected().await;
        assert!(!bounded(&plain));
        bound_unsent(&plain);
        assert!(bounded(&plain));

        let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let key = pki_types::PrivateKeyDer::try_from(pair.signing_key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![pair.cert.der().clone()], key)
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(pair.cert.der().clone()).unwrap();
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (near, far) = connected().await;
        let name = pki_types::ServerName::try_from("localhost").unwrap();
        let (near, far) = tokio::join!(
            TlsConnector::from(Arc::new(client)).connect(name, near),
            TlsAcceptor::from(Arc::new(server)).accept(far)
        );
        near.unwrap();
        let encrypted = TlsStream::from(far.unwrap());
        assert!(!bounded(encrypted.get_ref().0));
        bound_unsent(&encrypted);
        assert!(bounded(encrypted.get_ref().0));
    }
}
