//! How a node is set up: built-in values, then a file, then `GAVEL_…` in the environment, then
//! flags; the later wins.

use super::TlsConfig;
use crate::{
    limits::LimitsConfig,
    rest::{Network, TrustedProxies},
    ws::Origins,
};
use clap::Args;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use gavel_storage::journal;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf};

/// Variables of the environment that other parts of Gavel, its examples and its tests read.
const NOT_SETTINGS: &[&str] = &[
    "bin",
    "config",
    "demo_pace",
    "demo_seed",
    "log",
    "password",
    "shared",
    "test_seed",
    "url",
];

/// Flags of `gavel serve` and `gavel demo`.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct ServeArgs {
    /// Directory for everything that the node keeps [default: ./data].
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// How the journal is kept, `segments` or `sled` [default: segments]; what a directory holds stays.
    #[arg(long, value_name = "KIND")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<journal::Kind>,
    /// Address to listen on [default: 127.0.0.1:8080]; port 0 takes any free one.
    #[arg(long, value_name = "ADDR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Certificate chain in PEM form: the node speaks HTTPS and WSS only. Renewals are taken without a restart.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM form.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub tls_key: Option<PathBuf>,
    /// HTTP worker threads [default: one for each core].
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<usize>,
    /// Configuration file (TOML); its keys are those printed by `--print-config`.
    #[arg(long, value_name = "FILE", env = "GAVEL_CONFIG")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Print the configuration in force, with every key, and exit.
    #[arg(long)]
    #[serde(skip)]
    pub print_config: bool,
}

impl ServeArgs {
    fn tls(&self) -> TlsConfig {
        TlsConfig {
            cert: self.tls_cert.clone(),
            key: self.tls_key.clone(),
        }
    }
}

/// More threads than any machine has use for.
const THREADS_MAX: u64 = 1024;

/// Smaller segments would not hold a sale's rules, larger ones take too long to prepare.
const SEGMENT_BYTES: RangeInclusive<u64> = 64 << 10..=1 << 30;

/// What a segment is a multiple of.
const SEGMENT_UNIT_BYTES: u64 = 4096;

/// From the least that argon2 takes to what one sign-in may take of a machine.
const PASSWORD_MEMORY_KIB: RangeInclusive<u64> = 8..=4 << 20;

/// From next to nothing to longer than anybody waits.
const STOP_MS: RangeInclusive<u64> = 100..=3_600_000;

/// More closed segments than any disk holds.
const KEEP_SEGMENTS_MAX: u64 = 1_000_000;

/// Which segments of the journal stay in the data directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// An existing directory of this node only, to which closed segments are copied; without one, all of them stay.
    pub archive: Option<PathBuf>,
    /// How many closed segments stay in the data directory as well.
    pub keep_segments: u64,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            archive: None,
            keep_segments: 16,
        }
    }
}

/// A node's settings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Directory for everything that the node keeps.
    pub data: PathBuf,
    /// How the journal is kept: `segments` or `sled`.
    pub journal: journal::Kind,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// HTTP worker threads.
    pub workers: usize,
    /// Threads that auctions are spread over.
    pub auction_threads: usize,
    /// Size of a journal segment, in bytes; a sled journal has none.
    pub segment_bytes: u64,
    /// How long stopping may take, in milliseconds, before the process just ends; requests under way
    /// are given 5 s of it.
    pub stop_ms_max: u64,
    /// Memory that password hashing takes, in KiB.
    pub password_memory_kib: u32,
    /// The refresh cookie is sent over HTTPS only; with `tls` it always is.
    pub secure_cookies: bool,
    /// Proxies, as addresses or networks, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
    /// Origins, as in `https://example.com`, whose pages may open sockets, beside the node's own; `*` for all.
    pub origins: Vec<String>,
    /// What becomes of old segments.
    pub retention: RetentionConfig,
    /// How often clients may ask.
    pub limits: LimitsConfig,
    /// Certificates; without them the node speaks plain HTTP.
    pub tls: TlsConfig,
}

impl Default for Config {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            data: PathBuf::from("data"),
            journal: journal::Kind::default(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            workers: cores,
            auction_threads: cores,
            segment_bytes: 64 << 20,
            stop_ms_max: 20_000,
            password_memory_kib: 19 * 1024,
            secure_cookies: false,
            trusted_proxies: Vec::new(),
            origins: Vec::new(),
            retention: RetentionConfig::default(),
            limits: LimitsConfig::default(),
            tls: TlsConfig::default(),
        }
    }
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// A text that names the key and the source of a value that makes no sense.
    pub fn read(args: &ServeArgs) -> Result<Self, String> {
        let mut sources = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = &args.config {
            if !file.is_file() {
                return Err(format!("the configuration file {} is not there", file.display()));
            }
            sources = sources.merge(Toml::file_exact(file));
        }
        sources
            .merge(
                Env::prefixed("GAVEL_")
                    // Read elsewhere.
                    .ignore(NOT_SETTINGS)
                    .split("__"),
            )
            .merge(Serialized::defaults(args))
            .merge(Serialized::default("tls", args.tls()))
            .extract()
            .map_err(|error| format!("configuration: {error}"))
            .and_then(Self::checked)
    }

    /// What makes no sense is refused before anything is made or started with it.
    fn checked(self) -> Result<Self, String> {
        let within = |name: &str, value: u64, allowed: RangeInclusive<u64>| {
            if allowed.contains(&value) {
                return Ok(());
            }
            let (least, most) = allowed.into_inner();
            Err(format!(
                "configuration: {name} is {value}, but must be from {least} to {most}"
            ))
        };
        within("workers", self.workers as u64, 1..=THREADS_MAX)?;
        within("auction_threads", self.auction_threads as u64, 1..=THREADS_MAX)?;
        within("segment_bytes", self.segment_bytes, SEGMENT_BYTES)?;
        within("stop_ms_max", self.stop_ms_max, STOP_MS)?;
        within(
            "password_memory_kib",
            self.password_memory_kib.into(),
            PASSWORD_MEMORY_KIB,
        )?;
        self.tls.files()?;
        within(
            "retention.keep_segments",
            self.retention.keep_segments,
            0..=KEEP_SEGMENTS_MAX,
        )?;
        if self.retention.archive.is_some() && self.journal != journal::Kind::Segments {
            return Err(
                "configuration: retention.archive is set, but only a journal of segments can be archived"
                    .to_owned(),
            );
        }
        if !self.segment_bytes.is_multiple_of(SEGMENT_UNIT_BYTES) {
            let bytes = self.segment_bytes;
            return Err(format!(
                "configuration: segment_bytes is {bytes}, but must be a multiple of {SEGMENT_UNIT_BYTES}"
            ));
        }
        Ok(self)
    }

    /// What becomes of old segments; the archive by its whole path.
    pub(super) fn retention(&self) -> Result<Option<journal::Retention>, super::Error> {
        let Some(archive) = &self.retention.archive else {
            return Ok(None);
        };
        let archive = std::path::absolute(archive)
            .map_err(|error| super::Error::Config(format!("retention.archive: {error}")))?;
        let keep_segments = usize::try_from(self.retention.keep_segments).unwrap_or(usize::MAX);
        Ok(Some(journal::Retention::new(archive, keep_segments)))
    }

    /// The proxies that are trusted.
    pub(super) fn proxies(&self) -> Result<TrustedProxies, super::Error> {
        let networks: Result<Vec<Network>, _> =
            self.trusted_proxies.iter().map(|text| text.parse()).collect();
        let wrong =
            |error: crate::rest::NetworkError| super::Error::Config(format!("trusted_proxies: {error}"));
        networks.map(TrustedProxies).map_err(wrong)
    }

    /// Whose pages may open sockets.
    pub(super) fn origins(&self) -> Result<Origins, super::Error> {
        let wrong = |error| super::Error::Config(format!("origins: {error}"));
        Origins::new(&self.origins, self.proxies()?).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("gavel.toml");
        std::fs::write(&file, "workers = 3\nlisten = \"127.0.0.1:9\"\n").unwrap();
        let args = ServeArgs {
            config: Some(file.clone()),
            listen: Some("127.0.0.1:7".parse().unwrap()),
            ..ServeArgs::default()
        };
        let config = Config::read(&args).unwrap();
        assert_eq!((config.workers, config.listen.port()), (3, 7));
        assert_eq!(config.segment_bytes, 64 << 20);
        std::fs::write(&file, "wokers = 3\n").unwrap();
        assert!(Config::read(&args).unwrap_err().contains("wokers"));
        std::fs::write(&file, "workers = \"many\"\n").unwrap();
        assert!(Config::read(&args).unwrap_err().contains("workers"));
        let absent = ServeArgs {
            config: Some(dir.path().join("none.toml")),
            ..ServeArgs::default()
        };
        assert!(Config::read(&absent).unwrap_err().contains("not there"));
    }
}
