//! Identifiers: 128-bit values, shown and parsed as hyphenated UUIDs in text formats and kept as a
//! bare `u128` in binary ones, so that a frame on disk carries 16 bytes and no length.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A text is not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a UUID")]
pub struct ParseIdError(String);

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_u128(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                Uuid::try_parse(text)
                    .map(|id| Self(id.as_u128()))
                    .map_err(|_| ParseIdError(text.chars().take(64).collect()))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id.as_u128())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                Uuid::from_u128(id.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() {
                    to.collect_str(self)
                } else {
                    to.serialize_u128(self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                    text.parse().map_err(D::Error::custom)
                } else {
                    u128::deserialize(from).map(Self)
                }
            }
        }
    };
}

id! {
    /// A sale, and with it the live auction that holds it.
    SaleId
}
id! {
    /// A lot of a sale.
    LotId
}
id! {
    /// An account.
    UserId
}
id! {
    /// Whoever a bid counts for: an account, a paddle issued in the room, or an unnamed room bidder.
    BidderId
}
id! {
    /// Made by the client, one for each bid: a repeat gets the first answer again.
    BidId
}

impl BidderId {
    /// The house itself, which bids for the seller below the reserve. No account has this id.
    pub const HOUSE: Self = Self(u128::MAX);
}

impl From<UserId> for BidderId {
    fn from(user: UserId) -> Self {
        Self(user.0)
    }
}

/// A bidder's number in one sale, as called by the auctioneer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Paddle(pub u32);

impl Paddle {
    /// Numbers up to this one are issued in the room; accounts that register get higher ones, so
    /// that a clerk never gives away the number of somebody who registers a moment later.
    pub const ROOM_MAX: Self = Self(999);
}

impl fmt::Display for Paddle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_is_a_uuid() {
        let id = LotId(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        let text = serde_json::to_string(&id).unwrap();
        assert_eq!(text, "\"01234567-89ab-cdef-0123-456789abcdef\"");
        assert_eq!(serde_json::from_str::<LotId>(&text).unwrap(), id);
        assert!("lot 7".parse::<LotId>().is_err());
        assert!(serde_json::from_str::<LotId>("7").is_err());
    }
}
