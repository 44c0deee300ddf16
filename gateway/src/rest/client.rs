//! From where a request comes: the connection says, unless it is a proxy's that we trust.

use super::State;
use actix_web::dev::{Payload, RequestHead};
use actix_web::http::header::{HOST, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// From where a request comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// The address of the one who asks.
    pub address: IpAddr,
    /// A trusted proxy says that the request came to it over TLS.
    pub https: bool,
}

/// The proxies whose word counts; none unless configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(pub Vec<Network>);

/// An address, or a network as in `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

/// A text is no address and no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an IP address nor a network like 10.0.0.0/8")]
pub struct NetworkError(String);

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let wrong = || NetworkError(text.chars().take(64).collect());
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| wrong())?,
            None => bits_max,
        };
        if prefix_bits > bits_max {
            return Err(wrong());
        }
        Ok(Self { address, prefix_bits })
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let prefix_bits = u32::from(self.prefix_bits);
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= prefix_bits
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= prefix_bits
            }
            _ => false,
        }
    }
}

impl TrustedProxies {
    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// From where a request comes.
    pub fn client(&self, head: &RequestHead) -> Client {
        self.client_behind(head.peer_addr.as_ref(), &head.headers)
    }

    /// What the node is called there, with the port unless it is the usual one.
    pub fn host<'a>(&self, head: &'a RequestHead) -> Option<&'a str> {
        let peer = head.peer_addr.as_ref().map(|peer| peer.ip().to_canonical());
        let forwarded = head.headers.get_all(FORWARDED_HOST).last();
        let is_trusted = peer.is_none_or(|peer| self.trust(peer));
        let host = forwarded
            .filter(|_| is_trusted)
            .or_else(|| head.headers.get(HOST));
        host?.to_str().ok()?.rsplit(',').next().map(str::trim)
    }

    fn client_behind(&self, peer: Option<&SocketAddr>, headers: &HeaderMap) -> Client {
        // Only a Unix socket has no peer address, and whoever has one of those is on this machine.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip().to_canonical());
        if !self.trust(peer) {
            return Client {
                address: peer,
                https: false,
            };
        }
        // Each proxy adds the address that it saw, to the right; what is left of the first one that
        // we do not trust may be made up.
        let mut address = peer;
        let hops: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for hop in hops.iter().rev() {
            let Some(hop) = parse_hop(hop.trim()) else { break };
            address = hop;
            if !self.trust(hop) {
                break;
            }
        }
        let https = headers
            .get_all(FORWARDED_PROTO)
            .last()
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.rsplit(',').next())
            .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        Client { address, https }
    }
}

/// An address, with a port or without.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = bare
        .unwrap_or(text)
        .parse()
        .or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

impl FromRequest for Client {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().copied();
        let client = known.unwrap_or_else(|| {
            let nobody = TrustedProxies::default();
            let state = request.app_data::<actix_web::web::Data<State>>();
            state
                .map_or(&nobody, |state| &state.proxies)
                .client(request.head())
        });
        ready(Ok(client))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn client(trusted: &[&str], peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let proxies = TrustedProxies(trusted.iter().map(|text| text.parse().unwrap()).collect());
        let mut request = TestRequest::default().peer_addr(SocketAddr::new(peer.parse().unwrap(), 1));
        for header in headers {
            request = request.append_header(*header);
        }
        let client = proxies.client(request.to_http_request().head());
        (client.address.to_string(), client.https)
    }

    #[test]
    fn strangers_cannot_choose_their_address() {
        let forged = [
            ("x-forwarded-for", "198.51.100.1"),
            ("x-forwarded-proto", "https"),
        ];
        let seen = client(&[], "192.0.2.9", &forged);
        assert_eq!(seen, ("192.0.2.9".to_owned(), false));
        let seen = client(&["10.0.0.0/8"], "192.0.2.9", &forged);
        assert_eq!(seen, ("192.0.2.9".to_owned(), false));
    }

    #[test]
    fn the_last_hop_that_is_not_ours_is_the_client() {
        let headers = [
            ("x-forwarded-for", "203.0.113.7, 198.51.100.1"),
            ("x-forwarded-for", "10.1.2.3"),
            ("x-forwarded-proto", "http, https"),
        ];
        let seen = client(&["10.0.0.0/8", "::1"], "10.9.9.9", &headers);
        assert_eq!(seen, ("198.51.100.1".to_owned(), true));
        let seen = client(&["10.0.0.0/8", "::1"], "::1", &headers);
        assert_eq!(seen.0, "198.51.100.1");
    }

    #[test]
    fn hops_come_in_several_forms() {
        for (hop, expected) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let seen = client(&["10.0.0.1"], "10.0.0.1", &[("x-forwarded-for", hop)]);
            assert_eq!(seen.0, expected, "{hop:?}");
        }
    }

    #[test]
    fn networks_are_what_they_say() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.1"),
            ("192.0.2.4", "192.0.2.4", "192.0.2.5"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(inside.parse().unwrap()), "{network:?}");
            assert!(!network.contains(outside.parse().unwrap()), "{network:?}");
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "localhost"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong:?}");
        }
    }
}
