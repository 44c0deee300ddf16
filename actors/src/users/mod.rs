//! Accounts and sessions: who someone is, and how they prove it.
//!
//! [`UsersActor`] answers requests; [`TokenVerifier`] tells whether an access token counts, without it.

mod actor;
mod check_token;
mod error;
mod keys;
mod me;
mod messages;
mod passwords;
mod refresh;
mod secret;
mod seed_user;
mod sign_in;
mod sign_out;
mod sign_up;
mod token;
mod validation;

pub use actor::{REFRESH_TOKEN_LIFE_MS, Users, UsersActor, UsersConfig};
pub use error::Error;
pub use keys::{KeyError, SigningKey};
pub use messages::*;
pub use passwords::PasswordConfig;
pub use secret::{Password, RefreshToken};
pub use token::{ACCESS_TOKEN_LIFE_MS, Identity, TokenError, TokenVerifier};
