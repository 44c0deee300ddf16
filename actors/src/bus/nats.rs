//! The bus of many processes, on a NATS server with JetStream.

mod connection;
mod kept;
mod lease;
mod translate;

pub use lease::NatsLeases;

use super::{
    Appended, Bus, Consumer, ConsumerOptions, Error, Message, Pattern, SUBSCRIPTION_QUEUE_MAX, StreamOptions,
    Subscription, UNDER_WAY_MAX,
};
use async_nats::{
    Client, ConnectOptions, Request, RequestErrorKind, ServerAddr,
    connection::State,
    jetstream::{self, context::ContextBuilder},
};
use bytes::Bytes;
use connection::{Connection, again_after, note};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use translate::{header_map, headers_of, received};

/// Commands to the server that may wait in this process.
const COMMANDS_MAX: usize = 1024;

/// Where the server is, and who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NatsOptions {
    /// One or more, with commas between them: `nats://127.0.0.1:4222`, `tls://NAME:PASSWORD@bus.example:4222`.
    pub url: String,
    /// What the server calls this connection.
    pub name: String,
    /// A file with a JWT and its seed, as `nsc` makes them.
    pub credentials: Option<PathBuf>,
    /// Certificates that vouch for the server beside those of the machine.
    pub certificates: Option<PathBuf>,
}

/// See the module. Clones share one connection.
#[derive(Clone)]
pub struct NatsBus {
    client: Client,
    context: jetstream::Context,
    missed: Arc<AtomicU64>,
    connection: Connection,
}

impl NatsBus {
    /// Begins to connect, and goes on with it for as long as the bus is there: that no server is there yet is no error.
    ///
    /// # Errors
    /// [`Error::Failed`]: an address that is none, a file that cannot be used.
    pub async fn connect(options: NatsOptions) -> Result<Self, Error> {
        let servers: Vec<_> = options.url.split(',').map(server).collect::<Result<_, _>>()?;
        let missed = Arc::<AtomicU64>::default();
        let (broke, connection) = Connection::new();
        let counted = Arc::clone(&missed);
        let mut connect = ConnectOptions::new()
            .name(&options.name)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(again_after)
            .client_capacity(COMMANDS_MAX)
            .subscription_capacity(SUBSCRIPTION_QUEUE_MAX)
            .event_callback(move |event| {
                note(&event, &counted, &broke);
                std::future::ready(())
            });
        // The client itself does not look at what stands in front of the host.
        if let Some((name, password)) = servers.iter().find_map(name_and_password) {
            connect = connect.user_and_password(name, password);
        }
        if let Some(path) = &options.credentials {
            connect = connect.credentials_file(path).await.map_err(|error| {
                Error::Failed(format!(
                    "the credentials in {} cannot be used: {error}",
                    path.display()
                ))
            })?;
        }
        if let Some(path) = options.certificates {
            // The client reads it anew for each connection, and would only try again if it cannot.
            readable_certificates(&path)?;
            connect = connect.add_root_certificates(path).require_tls(true);
        }
        let client = connect.connect(servers).await.map_err(|error| failed(&error))?;
        let context = ContextBuilder::new()
            .max_ack_inflight(UNDER_WAY_MAX)
            .build(client.clone());
        Ok(Self {
            client,
            context,
            missed,
            connection,
        })
    }

    fn require_connection(&self) -> Result<(), Error> {
        // Without this it would wait in this process, and go out some time later.
        if self.is_reachable() {
            Ok(())
        } else {
            Err(Error::Unreachable)
        }
    }

    async fn tell(&self, message: Message) -> Result<(), Error> {
        message.require_fit()?;
        self.require_connection()?;
        let Message {
            subject,
            headers,
            body,
        } = message;
        let sent = self
            .client
            .publish_with_headers(subject.to_string(), header_map(&headers), body);
        let sent = self.connection.in_time(sent).await?;
        sent.map_err(|error| failed(&error))
    }

    async fn listen(&self, pattern: Pattern, group: Option<String>) -> Result<Subscription, Error> {
        self.require_connection()?;
        let pattern = pattern.to_string();
        let subscribed = async {
            match group {
                Some(group) => self.client.queue_subscribe(pattern, group).await,
                None => self.client.subscribe(pattern).await,
            }
        };
        let subscribed = self.connection.in_time(subscribed).await?;
        let subscriber = subscribed.map_err(|error| failed(&error))?;
        self.round_trip().await?;
        let (client, connection) = (self.client.clone(), self.connection.clone());
        let messages = subscriber.filter_map(move |message| {
            let heard = received(&client, &connection, message);
            async { heard }
        });
        Ok(Subscription {
            messages: messages.boxed(),
            missed: Arc::clone(&self.missed),
        })
    }

    /// When this is over the server has dealt with everything that was sent to it before. (A flush of the client's
    /// only says that it was sent.)
    async fn round_trip(&self) -> Result<(), Error> {
        let inbox = self.client.new_inbox();
        let trip = async {
            let back = self.client.subscribe(inbox.clone()).await;
            let mut back = back.map_err(|error| failed(&error))?;
            let sent = self.client.publish(inbox, Bytes::new()).await;
            sent.map_err(|error| failed(&error))?;
            back.next().await.map(drop).ok_or(Error::Unreachable)
        };
        self.connection.in_time(trip).await?
    }

    async fn ask(&self, message: Message, deadline: Duration) -> Result<Message, Error> {
        message.require_fit()?;
        self.require_connection()?;
        let subject = message.subject.to_string();
        let request = Request::new()
            .payload(message.body)
            .headers(header_map(&message.headers))
            .timeout(Some(deadline));
        let asked = self.client.send_request(subject.clone(), request);
        let answer = self.connection.until_broken(asked).await?;
        let answer = answer.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => Error::NobodyThere { subject },
            RequestErrorKind::TimedOut => Error::Unanswered {
                subject,
                deadline_ms: u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX),
            },
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => failed(&error),
        })?;
        Ok(Message {
            subject: message.subject,
            headers: headers_of(answer.headers.as_ref()),
            body: answer.payload,
        })
    }
}

impl Bus for NatsBus {
    fn publish(&self, message: Message) -> BoxFuture<'_, Result<(), Error>> {
        self.tell(message).boxed()
    }

    fn subscribe(
        &self,
        pattern: Pattern,
        group: Option<String>,
    ) -> BoxFuture<'_, Result<Subscription, Error>> {
        self.listen(pattern, group).boxed()
    }

    fn request(&self, message: Message, deadline: Duration) -> BoxFuture<'_, Result<Message, Error>> {
        self.ask(message, deadline).boxed()
    }

    fn keep(&self, options: StreamOptions) -> BoxFuture<'_, Result<(), Error>> {
        self.make_stream(options).boxed()
    }

    fn append(&self, id: String, message: Message) -> BoxFuture<'_, Result<Appended, Error>> {
        self.append_once(id, message).boxed()
    }

    fn consume(&self, options: ConsumerOptions) -> BoxFuture<'_, Result<Consumer, Error>> {
        self.read(options).boxed()
    }

    fn is_reachable(&self) -> bool {
        self.client.connection_state() == State::Connected
    }
}

fn readable_certificates(path: &Path) -> Result<(), Error> {
    let unusable = |why: String| {
        Error::Failed(format!(
            "the certificates in {} cannot be used: {why}",
            path.display()
        ))
    };
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let found = certificates
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unusable(error.to_string()))?;
    if found.is_empty() {
        return Err(unusable("there is none".to_owned()));
    }
    Ok(())
}

/// An address of a server. It may have a name and a password in front of an `@`, which are not told to anybody.
fn server(url: &str) -> Result<ServerAddr, Error> {
    let url = url.trim();
    let shown = url.rsplit('@').next().unwrap_or_default();
    let no_address = |why: &str| Error::Failed(format!("`{shown}` is no address of a message server: {why}"));
    let address: ServerAddr = url
        .parse()
        .map_err(|error: std::io::Error| no_address(&error.to_string()))?;
    if !["nats", "tls"].contains(&address.scheme()) || address.host().is_empty() || !url.contains("://") {
        return Err(no_address("write nats://HOST:PORT or tls://HOST:PORT"));
    }
    let login = [address.username(), address.password()];
    if login.into_iter().flatten().any(|word| word.contains('%')) {
        return Err(no_address(
            "a name or password with other than letters, digits and -._~ belongs into a file of credentials",
        ));
    }
    Ok(address)
}

fn name_and_password(address: &ServerAddr) -> Option<(String, String)> {
    let name = address.username()?;
    let password = address.password().unwrap_or_default();
    Some((name.to_owned(), password.to_owned()))
}

fn failed(error: &impl ToString) -> Error {
    Error::Failed(error.to_string())
}
