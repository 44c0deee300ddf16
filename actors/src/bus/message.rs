//! What goes over the bus.

use super::{Error, Subject};
use bytes::Bytes;
use std::collections::BTreeMap;

/// The most a message carries, in bytes: half of what a NATS server takes unless told otherwise.
pub const BODY_BYTES_MAX: usize = 512 * 1024;

/// Beside the body: what carries a trace on, such as `traceparent`.
pub type Headers = BTreeMap<String, String>;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is about.
    pub subject: Subject,
    /// Beside the body.
    pub headers: Headers,
    /// JSON, by convention.
    pub body: Bytes,
}

impl Message {
    /// Without headers.
    pub fn new(subject: Subject, body: impl Into<Bytes>) -> Self {
        Self {
            subject,
            headers: Headers::new(),
            body: body.into(),
        }
    }

    pub(super) fn require_fit(&self) -> Result<(), Error> {
        let header = |(name, value): (&String, &String)| name.len() + value.len();
        fits(self.body.len() + self.headers.iter().map(header).sum::<usize>())
    }
}

pub(super) fn fits(bytes: usize) -> Result<(), Error> {
    if bytes > BODY_BYTES_MAX {
        Err(Error::TooLarge { bytes })
    } else {
        Ok(())
    }
}
