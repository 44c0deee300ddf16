//! Whose pages may open sockets. Browsers let any page connect anywhere, as whoever sits in front of them and from
//! wherever that is, so a page of another site would see what only the own network is meant to.

use crate::rest::TrustedProxies;
use actix_web::{dev::RequestHead, http::header};

/// Stands for every origin.
const ANY: &str = "*";

/// A setting that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: write https://host or https://host:port, or \"*\" for all")]
pub struct OriginError(String);

/// The origins of pages that may connect, beside the node's own.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    others: Vec<String>,
    proxies: TrustedProxies,
}

impl Origins {
    /// Those that are listed; what a trusted proxy says of the node's own name counts.
    ///
    /// # Errors
    /// [`OriginError`] names the first that is none.
    pub fn new(others: &[String], proxies: TrustedProxies) -> Result<Self, OriginError> {
        for origin in others {
            let sound = origin == ANY
                || authority(origin)
                    .is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
            if !sound {
                return Err(OriginError(origin.chars().take(64).collect()));
            }
        }
        let others = others.to_vec();
        Ok(Self { others, proxies })
    }

    /// Whether whoever asks may connect: not a browser, or one with a page of the node's own or of a listed origin.
    pub fn admit(&self, head: &RequestHead) -> bool {
        let Some(origin) = head.headers.get(header::ORIGIN) else {
            return true;
        };
        let Ok(origin) = origin.to_str() else { return false };
        let is_own = || {
            let host = self.proxies.host(head);
            authority(origin).is_some_and(|page| host.is_some_and(|host| page.eq_ignore_ascii_case(host)))
        };
        let is_listed = |other: &String| other == ANY || other.eq_ignore_ascii_case(origin);
        self.others.iter().any(is_listed) || is_own()
    }
}

/// Host and port, as a browser also writes them into `Host`: without the scheme's own port.
fn authority(origin: &str) -> Option<&str> {
    origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn admits(others: &[&str], headers: &[(&'static str, &str)]) -> bool {
        let others: Vec<_> = others.iter().map(|other| (*other).to_owned()).collect();
        let proxies = TrustedProxies(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut request = TestRequest::default().peer_addr("10.0.0.1:1".parse().unwrap());
        for header in headers {
            request = request.append_header(*header);
        }
        let request = request.to_http_request();
        Origins::new(&others, proxies).unwrap().admit(request.head())
    }

    #[test]
    fn pages_of_the_node_may_connect_and_those_of_others_when_listed() {
        let host = ("host", "bid.example.com");
        for (origin, own) in [
            ("https://bid.example.com", true),
            ("http://BID.example.com", true),
            ("https://bid.example.com:8443", false),
            ("https://bid.example.com.evil.net", false),
            ("https://evil.net", false),
            ("null", false),
            ("file://bid.example.com", false),
            ("bid.example.com", false),
            ("", false),
        ] {
            let headers = [host, ("origin", origin)];
            assert_eq!(admits(&[], &headers), own, "{origin}");
            assert!(admits(&["*"], &headers), "{origin}");
        }
        assert!(admits(
            &["https://evil.net"],
            &[host, ("origin", "https://Evil.net")]
        ));
        assert!(!admits(
            &["https://evil.net"],
            &[host, ("origin", "http://evil.net")]
        ));
        assert!(admits(&[], &[host]), "no browser");
        assert!(!admits(&[], &[("origin", "https://bid.example.com")]), "no host");
    }

    #[test]
    fn behind_a_proxy_the_node_is_called_what_the_proxy_says() {
        let headers = |said| {
            [
                ("host", "127.0.0.1:8080"),
                ("x-forwarded-host", said),
                ("origin", "https://bid.example.com"),
            ]
        };
        assert!(admits(&[], &headers("bid.example.com")));
        assert!(
            admits(&[], &headers("made.up, bid.example.com")),
            "the nearest proxy's word"
        );
        assert!(!admits(&[], &headers("other.example.com")));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for wrong in [
            "",
            "example.com",
            "https://",
            "https://a/b",
            "ws://a",
            "https://a@b",
            "**",
        ] {
            let error = Origins::new(&[wrong.to_owned()], TrustedProxies::default()).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }
}
