//! A real node with certificates: HTTPS and WSS, renewals without a restart, and pairs that cannot be used.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail by panicking"
)]

mod process;

use futures_util::{SinkExt, StreamExt};
use process::{
    gavel::{Gavel, Launch},
    house::{self, CURRENCY, House, OPENING_MINOR, PASSWORD},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::{
    fs::{self, Permissions},
    io::ErrorKind,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};
use uuid::Uuid;

const HOST: &str = "localhost";

/// Who signs certificates, and where a node finds those.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: TempDir,
}

/// A certificate and its key, in PEM form.
struct Pair {
    cert: String,
    key: String,
    der: Vec<u8>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self {
            issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn issue(&self) -> Pair {
        self.issue_with(|_| ())
    }

    fn issue_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new([HOST.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            cert: cert.pem(),
            key: key.serialize_pem(),
            der: cert.der().to_vec(),
        }
    }

    fn cert(&self) -> PathBuf {
        self.directory.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.directory.path().join("key.pem")
    }

    fn install(&self, pair: &Pair) {
        // As renewals do it: whole files take the place of the old ones.
        for (file, text) in [(self.key(), &pair.key), (self.cert(), &pair.cert)] {
            let new = file.with_extension("new");
            fs::write(&new, text).unwrap();
            fs::set_permissions(&new, Permissions::from_mode(0o600)).unwrap();
            fs::rename(new, file).unwrap();
        }
    }

    fn launch(&self, launch: Launch) -> Launch {
        let (cert, key) = (self.cert(), self.key());
        launch.arguments([
            "--tls-cert",
            cert.to_str().unwrap(),
            "--tls-key",
            key.to_str().unwrap(),
        ])
    }

    async fn connect(&self, address: &str) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(address).await.unwrap();
        let name = ServerName::try_from(HOST).unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap()
    }

    /// The certificate that a new connection is shown.
    async fn shown(&self, address: &str) -> Vec<u8> {
        let stream = self.connect(address).await;
        let (_, session) = stream.get_ref();
        session.peer_certificates().unwrap()[0].to_vec()
    }

    /// The answer to a request, head and body.
    async fn ask(&self, address: &str, request: &str, body: &Value) -> (String, String) {
        let body = body.to_string();
        let length = body.len();
        let request = format!(
            "{request} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        let answer = exchange(self.connect(address).await, &request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    async fn socket(&self, address: &str) -> Socket {
        let stream = self.connect(address).await;
        Socket(
            client_async(format!("wss://{HOST}/ws/v1"), stream)
                .await
                .unwrap()
                .0,
        )
    }

    /// Waits until new connections are shown this.
    async fn until_shown(&self, gavel: &Gavel, pair: &Pair) {
        let renewed = async {
            while self.shown(&gavel.address).await != pair.der {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        process::within(Duration::from_mins(1), renewed).await;
    }
}

async fn exchange(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Err(error) if ![ErrorKind::UnexpectedEof, ErrorKind::ConnectionReset].contains(&error.kind()) => {
            panic!("{error}")
        }
        _ => String::from_utf8_lossy(&answer).into_owned(),
    }
}

struct Socket(WebSocketStream<TlsStream<TcpStream>>);

impl Socket {
    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn expect(&mut self, kind: &str) -> Value {
        loop {
            let Message::Text(text) = self.0.next().await.unwrap().unwrap() else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] == kind {
                return message;
            }
            assert_ne!(message["type"], "error", "{message}");
        }
    }

    /// Whether it is still served.
    async fn ping(&mut self, t: u32) {
        self.send(json!({"type": "ping", "t": t})).await;
        assert_eq!(self.expect("pong").await["t"].as_f64(), Some(t.into()));
    }
}

/// A house that was prepared without TLS, and how it is started with.
async fn prepared(directory: &Path, authority: &Authority) -> (Launch, House) {
    let (_, launch) = house::open(directory).await;
    let plain = launch.start().await;
    let house = House::prepare(&plain.address, 1, 1).await;
    house.open_first_lot(&plain.address).await;
    plain.signal(Signal::TERM);
    assert!(plain.ended().await.status.success());
    (authority.launch(launch), house)
}

#[actix_web::test]
async fn with_certificates_everything_goes_over_tls_and_bids_are_answered() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.install(&authority.issue());
    let (launch, house) = prepared(directory.path(), &authority).await;
    let gavel = launch.start().await;
    let address = &gavel.address;
    assert!(gavel.output().stdout.iter().any(|line| line.contains("https://")));

    let stream = authority.connect(address).await;
    // More than this is not bounded by the limits on connections, and sockets need it.
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    drop(stream);
    let sign_in = json!({"name": "bidder-0", "password": PASSWORD});
    let (head, body) = authority
        .ask(address, "POST /api/v1/auth/sign-in", &sign_in)
        .await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    let cookie = head.lines().find(|line| line.starts_with("set-cookie")).unwrap();
    for flag in [
        "; secure",
        "; httponly",
        "; samesite=strict",
        "; path=/api/v1/auth",
    ] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let (page, _) = authority.ask(address, "GET /", &Value::Null).await;
    for head in [head, page] {
        assert!(head.contains("\r\nstrict-transport-security: max-age="), "{head}");
    }

    let session: Value = serde_json::from_str(&body).unwrap();
    let mut socket = authority.socket(address).await;
    socket
        .send(json!({"type": "sign_in", "token": session["access_token"]}))
        .await;
    socket.expect("signed_in").await;
    let bid = json!({
        "type": "bid", "bid_id": Uuid::new_v4(), "sale_id": house.sale, "lot_id": house.lots[0],
        "currency": CURRENCY, "amount_minor": OPENING_MINOR,
    });
    socket.send(bid.clone()).await;
    let answer = socket.expect("bid_accepted").await;
    assert_eq!(answer["bid_id"], bid["bid_id"]);

    // What is no TLS is cut off, and nobody else notices.
    let plain = TcpStream::connect(address).await.unwrap();
    let answer = exchange(plain, "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(!answer.contains("HTTP"), "{answer}");
    socket.ping(1).await;
    gavel.signal(Signal::TERM);
    assert!(gavel.ended().await.status.success());
}

#[actix_web::test]
async fn without_certificates_nothing_speaks_of_tls() {
    let directory = tempfile::tempdir().unwrap();
    let (_, launch) = house::open(directory.path()).await;
    let gavel = launch.start().await;
    let plain = TcpStream::connect(&gavel.address).await.unwrap();
    let request = "GET /api/v1/about HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = exchange(plain, request).await.to_ascii_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(!answer.contains("strict-transport-security"), "{answer}");
}

#[actix_web::test]
async fn a_renewed_certificate_is_taken_without_a_restart_and_ends_no_connection() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let first = authority.issue();
    authority.install(&first);
    let (_, launch) = house::open(directory.path()).await;
    let gavel = authority.launch(launch).start().await;
    assert_eq!(authority.shown(&gavel.address).await, first.der);
    let mut socket = authority.socket(&gavel.address).await;
    socket.ping(1).await;

    let second = authority.issue();
    authority.install(&second);
    authority.until_shown(&gavel, &second).await;
    socket.ping(2).await;

    // One that cannot be used changes nothing, and the next one is taken.
    fs::write(authority.key(), authority.issue().key).unwrap();
    let told = |output: &process::gavel::Output| !output.logged("the certificate stays as it was").is_empty();
    assert!(gavel.printed(told).await);
    assert_eq!(authority.shown(&gavel.address).await, second.der);
    let third = authority.issue();
    authority.install(&third);
    authority.until_shown(&gavel, &third).await;

    // Told to look, it looks at once, also where nothing has changed.
    let taken = |output: &process::gavel::Output| output.logged("the certificate was taken anew").len();
    let before = taken(&gavel.output());
    gavel.signal(Signal::HUP);
    assert!(gavel.printed(|output| taken(output) > before).await);
    assert_eq!(authority.shown(&gavel.address).await, third.der);
    socket.ping(3).await;
}

#[actix_web::test]
async fn a_pair_that_cannot_be_used_is_named_and_nothing_is_started() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (_, launch) = house::open(directory.path()).await;
    let with = authority.launch(launch.clone());
    let (cert, key) = (authority.cert(), authority.key());
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let good = authority.issue();

    with.refused().await.assert_reason(&[cert, "No such file"]);
    let only = launch.clone().arguments(["--tls-cert", cert]);
    only.refused().await.assert_reason(&["tls.key", "--tls-key"]);
    let only = launch.arguments(["--tls-key", key]);
    only.refused().await.assert_reason(&["tls.cert", "--tls-cert"]);

    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let ended = authority.issue_with(|params| params.not_after = date_time_ymd(2021, 3, 4));
    let early = authority.issue_with(|params| params.not_before = date_time_ymd(3021, 3, 4));
    let client = authority.issue_with(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    for (chain, secret, wanted) in [
        (
            good.key.as_str(),
            good.key.as_str(),
            &[cert, "no certificate"][..],
        ),
        (&good.cert, &good.cert, &[key, "no unencrypted private key"]),
        (&good.cert, encrypted, &[key, "no unencrypted private key"]),
        (&good.cert, &authority.issue().key, &[key, cert, "is not that of"]),
        (&good.cert.replace('M', "!"), &good.key, &[cert, "PEM"]),
        (
            &good.cert.replacen("MII", "MIA", 1),
            &good.key,
            &[cert, "cannot be used"],
        ),
        (&ended.cert, &ended.key, &[cert, "ended 2021-03-04"]),
        (&early.cert, &early.key, &[cert, "begins only 3021-03-04"]),
        (&client.cert, &client.key, &[cert, "cannot be used"]),
    ] {
        fs::write(cert, chain).unwrap();
        fs::write(key, secret).unwrap();
        with.refused().await.assert_reason(wanted);
    }
}

#[actix_web::test]
async fn a_key_that_all_can_read_and_a_certificate_that_ends_soon_are_warned_of() {
    let directory = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let soon = time::OffsetDateTime::now_utc() + Duration::from_hours(48);
    authority.install(&authority.issue_with(|params| params.not_after = soon));
    fs::set_permissions(authority.key(), Permissions::from_mode(0o644)).unwrap();
    let (_, launch) = house::open(directory.path()).await;
    let gavel = authority.launch(launch).start().await;
    let output = gavel.output();
    assert_eq!(
        output.logged("the private key is open to everybody")[0]["mode"],
        "644"
    );
    assert_eq!(output.logged("the certificate ends soon").len(), 1);
    fs::set_permissions(authority.key(), Permissions::from_mode(0o640)).unwrap();
    authority.install(&authority.issue());
    let renewed =
        |output: &process::gavel::Output| !output.logged("the certificate was taken anew").is_empty();
    assert!(gavel.printed(renewed).await);
    let output = gavel.output();
    assert_eq!(output.logged("the private key is open to everybody").len(), 1);
    assert_eq!(output.logged("the certificate ends soon").len(), 1);
}
