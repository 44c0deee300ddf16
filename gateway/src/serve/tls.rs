//! TLS with certificates from PEM files, which are taken anew when they change: a renewal needs no restart
//! and ends no connection.

use crate::utc::utc;
use gavel_engine::time::Timestamp;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{
        CertificateDer, PrivateKeyDer, UnixTime,
        pem::{self, PemObject as _},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
    time::MissedTickBehavior,
};

/// How often the files are looked at.
const LOOK_MS: u64 = 2_000;

/// A certificate that is good for less than this is one that should have been renewed.
const SOON: Duration = Duration::from_hours(14 * 24);

/// How often that is said.
const REMIND: Duration = Duration::from_hours(24);

/// Where the certificates are; either both or none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsConfig {
    /// The chain in PEM form: the server's certificate, then those in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,
    /// Its private key in PEM form, not encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

impl TlsConfig {
    /// Both files; `None` without TLS.
    ///
    /// # Errors
    /// Which of them is missing.
    pub(super) fn files(&self) -> Result<Option<Files>, String> {
        match (&self.cert, &self.key) {
            (None, None) => Ok(None),
            (Some(cert), Some(key)) => Ok(Some(Files {
                cert: cert.clone(),
                key: key.clone(),
            })),
            (Some(_), None) => Err("configuration: tls.cert needs tls.key (--tls-key) beside it".to_owned()),
            (None, Some(_)) => Err("configuration: tls.key needs tls.cert (--tls-cert) beside it".to_owned()),
        }
    }
}

/// Why a pair of files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cryptography cannot do what is needed.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
    /// SIGHUP cannot be listened to.
    #[error("cannot listen for SIGHUP: {0}")]
    Signal(io::Error),
    /// A file that cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Read {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file without what belongs in it.
    #[error("{} has no {wanted} in PEM form", file.display())]
    Nothing {
        /// Which.
        file: PathBuf,
        /// What was looked for.
        wanted: &'static str,
    },
    /// A file that is no PEM.
    #[error("{} is not in PEM form: {source}", file.display())]
    Pem {
        /// Which.
        file: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// A certificate or key that cannot be used.
    #[error("{} cannot be used: {reason}", file.display())]
    Unusable {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A certificate at another time than its own.
    #[error("the certificate in {} {is} {when}", file.display())]
    Time {
        /// Which.
        file: PathBuf,
        /// How.
        is: &'static str,
        /// The instant in UTC.
        when: String,
    },
    /// A key of another certificate.
    #[error("the key in {} is not that of the first certificate in {}", key.display(), cert.display())]
    Mismatch {
        /// The chain.
        cert: PathBuf,
        /// The key.
        key: PathBuf,
    },
}

/// Where a pair is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Files {
    cert: PathBuf,
    key: PathBuf,
}

/// What the files held.
#[derive(PartialEq, Eq)]
struct Contents {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    fn read(&self) -> Result<Contents, Error> {
        let read = |file: &Path| {
            fs::read(file).map_err(|source| Error::Read {
                file: file.to_owned(),
                source,
            })
        };
        Ok(Contents {
            cert: read(&self.cert)?,
            key: read(&self.key)?,
        })
    }

    /// The pair, when it can be used now.
    fn pair(&self, contents: &Contents, now: UnixTime) -> Result<CertifiedKey, Error> {
        let unusable = |file: &Path, reason: &dyn std::fmt::Display| Error::Unusable {
            file: file.to_owned(),
            reason: reason.to_string(),
        };
        let pem = |file: &Path, wanted, source| match source {
            pem::Error::NoItemsFound => Error::Nothing {
                file: file.to_owned(),
                wanted,
            },
            source => Error::Pem {
                file: file.to_owned(),
                source,
            },
        };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&contents.cert)
            .collect::<Result<_, _>>()
            .map_err(|error| pem(&self.cert, CHAIN, error))?;
        let Some(first) = chain.first() else {
            return Err(pem(&self.cert, CHAIN, pem::Error::NoItemsFound));
        };
        check(first, now).map_err(|wrong| match wrong {
            Wrong::Time(is, when) => Error::Time {
                file: self.cert.clone(),
                is,
                when: readable(when),
            },
            Wrong::Other(error) => unusable(&self.cert, &error),
        })?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key).map_err(|error| pem(&self.key, KEY, error))?;
        let key = provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| unusable(&self.key, &error))?;
        let pair = CertifiedKey::new(chain, key);
        match pair.keys_match() {
            Ok(()) => Ok(pair),
            Err(rustls::Error::InconsistentKeys(_)) => Err(Error::Mismatch {
                cert: self.cert.clone(),
                key: self.key.clone(),
            }),
            Err(error) => Err(unusable(&self.cert, &error)),
        }
    }

    /// Others who can read the key can be this server.
    fn warn_of_readers(&self) {
        let Ok(metadata) = fs::metadata(&self.key) else {
            return;
        };
        let mode = metadata.permissions().mode();
        if mode & 0o007 != 0 {
            tracing::warn!(
                file = %self.key.display(), mode = format!("{:o}", mode & 0o777),
                "the private key is open to everybody on this machine; take that away with `chmod o=`"
            );
        }
    }

    fn warn_of_end(&self, pair: &CertifiedKey, now: UnixTime) {
        let soon = UnixTime::since_unix_epoch(Duration::from_secs(now.as_secs()) + SOON);
        if let Some(Err(Wrong::Time(_, when))) = pair.cert.first().map(|first| check(first, soon)) {
            tracing::warn!(
                file = %self.cert.display(), ends = readable(when),
                "the certificate ends soon; a new one is taken as soon as it is there"
            );
        }
    }
}

const CHAIN: &str = "certificate";
const KEY: &str = "unencrypted private key";

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// What is wrong with a certificate at some time.
enum Wrong {
    Time(&'static str, UnixTime),
    Other(webpki::Error),
}

/// Whether it is a server's and good at that time. Who has signed it is for clients to judge: nobody is
/// trusted here, so the last thing that the verifier says is that it does not know the issuer.
fn check(cert: &CertificateDer<'_>, at: UnixTime) -> Result<(), Wrong> {
    let cert = webpki::EndEntityCert::try_from(cert).map_err(Wrong::Other)?;
    let usage = webpki::KeyUsage::server_auth();
    match cert.verify_for_usage(&[], &[], &[], at, usage, None, None) {
        Err(webpki::Error::CertExpired { not_after, .. }) => Err(Wrong::Time("ended", not_after)),
        Err(webpki::Error::CertNotValidYet { not_before, .. }) => Err(Wrong::Time("begins only", not_before)),
        Err(error @ (webpki::Error::RequiredEkuNotFoundContext(_) | webpki::Error::EmptyEkuExtension)) => {
            Err(Wrong::Other(error))
        }
        _ => Ok(()),
    }
}

fn readable(at: UnixTime) -> String {
    utc(Timestamp(
        i64::try_from(at.as_secs()).map_or(i64::MAX, |s| s.saturating_mul(1000)),
    ))
}

/// The pair in force, for every connection that comes.
pub(super) struct Certificates {
    files: Files,
    pair: RwLock<Arc<CertifiedKey>>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates")
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.pair())
    }
}

/// Looks for other certificates in the files; nothing is done unless it is polled.
pub(super) struct Renewal {
    certificates: Arc<Certificates>,
    /// What was read last, whether it could be used or not.
    seen: Contents,
    /// What was wrong with it, once it was said.
    wrong: Option<String>,
    hangup: Signal,
}

impl Certificates {
    /// Reads the pair, and begins to listen to SIGHUP.
    ///
    /// # Errors
    /// [`Error`].
    pub(super) fn open(files: Files) -> Result<(Arc<Self>, Renewal), Error> {
        let seen = files.read()?;
        let now = UnixTime::now();
        let pair = files.pair(&seen, now)?;
        files.warn_of_readers();
        files.warn_of_end(&pair, now);
        let hangup = signal(SignalKind::hangup()).map_err(Error::Signal)?;
        let certificates = Arc::new(Self {
            files,
            pair: RwLock::new(Arc::new(pair)),
        });
        let renewal = Renewal {
            certificates: Arc::clone(&certificates),
            seen,
            wrong: None,
            hangup,
        };
        Ok((certificates, renewal))
    }

    /// How connections are served: TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// [`Error::Setup`].
    pub(super) fn server(self: &Arc<Self>) -> Result<ServerConfig, Error> {
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        Ok(config)
    }

    fn pair(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.pair.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, pair: CertifiedKey) {
        *self.pair.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
    }
}

impl Renewal {
    /// Takes what is new until the node stops.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(Duration::from_millis(LOOK_MS));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut remind = tokio::time::interval_at(tokio::time::Instant::now() + REMIND, REMIND);
        loop {
            tokio::select! {
                _ = look.tick() => self.look(false),
                _ = self.hangup.recv() => self.look(true),
                _ = remind.tick() => self.certificates.files.warn_of_end(&self.certificates.pair(), UnixTime::now()),
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }

    /// Takes the pair in the files when it is another one, or when asked to. One that cannot be used leaves the
    /// old one in force: a renewal may be in the middle of writing, and the next look sees the rest.
    fn look(&mut self, is_asked: bool) {
        let files = self.certificates.files.clone();
        let read = files.read();
        if read.as_ref().is_ok_and(|contents| *contents == self.seen) && !is_asked {
            return;
        }
        let now = UnixTime::now();
        let taken = read.and_then(|contents| {
            let pair = files.pair(&contents, now);
            self.seen = contents;
            pair
        });
        match taken {
            Ok(pair) => {
                files.warn_of_readers();
                files.warn_of_end(&pair, now);
                self.wrong = None;
                self.certificates.put(pair);
                tracing::info!(file = %files.cert.display(), "the certificate was taken anew");
            }
            Err(error) => {
                let wrong = error.to_string();
                if is_asked || self.wrong.as_ref() != Some(&wrong) {
                    tracing::warn!(%error, "the certificate stays as it was: the new one cannot be used");
                }
                self.wrong = Some(wrong);
            }
        }
    }
}
