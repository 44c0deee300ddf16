//! How often anyone may ask: by address, by account name, by bidder. Memory is bounded whatever the
//! number of callers.

mod acquainted;
mod limiter;

use acquainted::Acquainted;
use gavel_engine::ids::UserId;
use governor::Quota;
use limiter::{CALLERS_MAX, Limiter};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

/// How often something may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// In the long run.
    pub per_minute: NonZeroU32,
    /// At once, after a while of silence.
    pub burst: NonZeroU32,
}

/// The limits of a node. Those by address are wide: a whole saleroom may share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Requests of any kind, by address.
    pub api: Rate,
    /// Attempts to sign in, by address.
    pub sign_in_address: Rate,
    /// Attempts to sign in to one account that fail, by address.
    pub sign_in_name_address: Rate,
    /// Attempts to sign in to one account that fail, from all addresses together, without those
    /// from where it was signed in to before.
    pub sign_in_name: Rate,
    /// Attempts to sign up, by address.
    pub sign_up_address: Rate,
    /// Refreshes of a session, by address.
    pub refresh_address: Rate,
    /// Bids, by bidder.
    pub bid: Rate,
    /// Questions for the fate of bids, by bidder.
    pub bid_status: Rate,
    /// Sales that sockets begin to follow, by address: each takes a snapshot of the sale.
    pub subscribe_address: Rate,
    /// Connections of any kind at once; fewer where the system does not allow as many open files.
    pub connections: NonZeroU32,
    /// WebSockets of one address; at most half of all there may be.
    pub sockets_per_address: NonZeroU32,
}

impl Rate {
    /// A rate; `None` if either is zero.
    pub const fn new(per_minute: u32, burst: u32) -> Option<Self> {
        match (NonZeroU32::new(per_minute), NonZeroU32::new(burst)) {
            (Some(per_minute), Some(burst)) => Some(Self { per_minute, burst }),
            _ => None,
        }
    }

    fn quota(self) -> Quota {
        Quota::per_minute(self.per_minute).allow_burst(self.burst)
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "evaluated when compiled, with the constants below"
        )]
        const fn rate(per_minute: u32, burst: u32) -> Rate {
            Rate::new(per_minute, burst).expect("neither is zero")
        }
        #[expect(
            clippy::expect_used,
            reason = "evaluated when compiled, with the constants below"
        )]
        const fn count(count: u32) -> NonZeroU32 {
            NonZeroU32::new(count).expect("it is not zero")
        }
        const DEFAULT: LimitsConfig = LimitsConfig {
            api: rate(30_000, 2_000),
            sign_in_address: rate(120, 60),
            sign_in_name_address: rate(10, 10),
            sign_in_name: rate(30, 100),
            sign_up_address: rate(60, 60),
            refresh_address: rate(300, 200),
            bid: rate(600, 20),
            bid_status: rate(600, 100),
            subscribe_address: rate(6_000, 4_000),
            connections: count(25_000),
            sockets_per_address: count(2_000),
        };
        DEFAULT
    }
}

/// All limiters of a node. Cheap to clone. Each check answers how long to wait when it refuses.
#[derive(Debug, Clone)]
pub struct Limits {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    api: Limiter,
    sign_in_address: Limiter,
    sign_in_name_address: Limiter,
    sign_in_name: Limiter,
    acquainted: Acquainted,
    sign_up_address: Limiter,
    refresh_address: Limiter,
    bid: Limiter,
    bid_status: Limiter,
    subscribe_address: Limiter,
}

impl Limits {
    /// Limiters that have seen nobody yet.
    pub fn new(config: LimitsConfig) -> Self {
        Self {
            inner: Arc::new(Inner {
                api: Limiter::of(config.api),
                sign_in_address: Limiter::of(config.sign_in_address),
                sign_in_name_address: Limiter::of(config.sign_in_name_address),
                sign_in_name: Limiter::of(config.sign_in_name),
                acquainted: Acquainted::new(CALLERS_MAX),
                sign_up_address: Limiter::of(config.sign_up_address),
                refresh_address: Limiter::of(config.refresh_address),
                bid: Limiter::of(config.bid),
                bid_status: Limiter::of(config.bid_status),
                subscribe_address: Limiter::of(config.subscribe_address),
            }),
        }
    }

    /// A request of any kind.
    ///
    /// # Errors
    /// How long to wait; so in all checks.
    pub fn api(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.api.check(network(address))
    }

    /// An attempt to sign in; counts as a failure unless the attempt says otherwise. Counted for
    /// the account and the address together: nobody keeps anybody else out. Also counted for the
    /// account alone, so that many addresses do not make many guesses; not from where it was signed
    /// in to before, so that those many do not keep its owner out either.
    pub fn sign_in(&self, address: IpAddr, name: &str) -> Result<Attempt, Duration> {
        let network = network(address);
        self.inner.sign_in_address.check(network)?;
        let name = folded(name);
        self.inner.sign_in_name_address.check((&name, network))?;
        let acquainted = self.inner.acquainted.contains((&name, network));
        if !acquainted {
            self.inner.sign_in_name.check(&name)?;
        }
        Ok(Attempt {
            limits: self.clone(),
            name,
            network,
            acquainted,
        })
    }

    /// An attempt to sign up.
    pub fn sign_up(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.sign_up_address.check(network(address))
    }

    /// A refresh of a session.
    pub fn refresh(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.refresh_address.check(network(address))
    }

    /// A bid.
    pub fn bid(&self, bidder: UserId) -> Result<(), Duration> {
        self.inner.bid.check(bidder.0)
    }

    /// A question for the fate of a bid.
    pub fn bid_status(&self, bidder: UserId) -> Result<(), Duration> {
        self.inner.bid_status.check(bidder.0)
    }

    /// A sale that a socket begins to follow.
    pub fn subscribe(&self, address: IpAddr) -> Result<(), Duration> {
        self.inner.subscribe_address.check(network(address))
    }
}

/// An attempt to sign in that was let through.
#[derive(Debug)]
#[must_use = "without a word on how it ended it counts as a failure"]
pub struct Attempt {
    limits: Limits,
    name: String,
    network: IpAddr,
    acquainted: bool,
}

impl Attempt {
    /// The password was right.
    pub fn succeeded(self) {
        self.limits.inner.acquainted.add((&self.name, self.network));
        self.give_back();
    }

    /// The password was not looked at.
    pub fn give_back(self) {
        let inner = &self.limits.inner;
        inner.sign_in_name_address.give_back((&self.name, self.network));
        if !self.acquainted {
            inner.sign_in_name.give_back(&self.name);
        }
    }
}

/// Whoever has one IPv6 address has 2⁶⁴ of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Capitals do not make another name.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_caller() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3::4"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    fn from(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    #[test]
    fn guesses_from_one_address_keep_nobody_else_out() {
        let limits = Limits::new(LimitsConfig {
            sign_in_name_address: Rate::new(1, 2).unwrap(),
            ..LimitsConfig::default()
        });
        for name in ["jane", "Jane "] {
            let _failed = limits.sign_in(from(1), name).unwrap();
        }
        limits.sign_in(from(1), "JANE").unwrap_err();
        limits.sign_in(from(1), "john").unwrap().give_back();
        // Those who know their password are never counted.
        for _ in 0..10 {
            limits.sign_in(from(2), "jane").unwrap().succeeded();
        }
    }

    #[test]
    fn guesses_from_many_addresses_keep_no_owner_out_either() {
        let limits = Limits::new(LimitsConfig {
            sign_in_name: Rate::new(1, 3).unwrap(),
            ..LimitsConfig::default()
        });
        limits.sign_in(from(1), "jane").unwrap().succeeded();
        for last in 2..5 {
            let _failed = limits.sign_in(from(last), "jane").unwrap();
        }
        limits.sign_in(from(5), "Jane").unwrap_err();
        limits.sign_in(from(5), "john").unwrap().succeeded();
        for _ in 0..3 {
            limits.sign_in(from(1), "Jane").unwrap().succeeded();
        }
        // A guess from there is counted there.
        let _failed = limits.sign_in(from(1), "jane").unwrap();
    }

    #[test]
    fn a_configuration_names_only_what_differs_and_no_rate_is_zero() {
        let config: LimitsConfig =
            serde_json::from_str(r#"{"bid": {"per_minute": 60, "burst": 5}}"#).unwrap();
        assert_eq!(config.bid, Rate::new(60, 5).unwrap());
        assert_eq!(config.api, LimitsConfig::default().api);
        for wrong in [
            r#"{"bid": {"per_minute": 0, "burst": 5}}"#,
            r#"{"bids": {}}"#,
            r#"{"connections": 0}"#,
        ] {
            serde_json::from_str::<LimitsConfig>(wrong).unwrap_err();
        }
    }
}
