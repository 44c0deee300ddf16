//! Accounts and sessions: who someone is, and how they prove it.
//!
//! [`UsersActor`] answers requests; [`TokenVerifier`] tells whether an access token counts, without it.

mod error;
mod keys;
mod messages;
mod secret;
mod token;

pub use error::Error;
pub use keys::{KeyError, SigningKey};
pub use messages::*;
pub use secret::{Password, RefreshToken};
pub use token::{ACCESS_TOKEN_LIFE_MS, Identity, TokenError, TokenVerifier};
