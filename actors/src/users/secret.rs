//! Texts that must not end up in a log.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A password as typed. Shown as dots only.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Takes a password as typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A refresh token: `gvr_` and 256 random bits in hexadecimal. Shown as dots only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RefreshToken(String);

impl RefreshToken {
    /// Takes what a client presents; whether it is one is seen when it is used.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for the cookie or the body.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A new one.
    pub(super) fn generate() -> Self {
        let secret = blake3::Hash::from(rand::random::<[u8; 32]>());
        Self(format!("gvr_{}", secret.to_hex()))
    }

    /// What the store keeps in its place: the secret is long and random, so a fast hash will do.
    pub(super) fn hash(&self) -> [u8; 32] {
        blake3::hash(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}
