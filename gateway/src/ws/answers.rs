//! The node's own words on a socket, beside those of auctions.

use super::frames;
use actix_http::ws::CloseCode;
use bytes::Bytes;
use gavel_actors::{
    auctions::{BidFate, Refused, wire::Outgoing},
    users::User,
};
use gavel_engine::{
    Rejection,
    auction::Verdict,
    ids::{BidId, LotId, SaleId},
    time::Timestamp,
};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Word<'a> {
    SignedIn { user: &'a User, server_time_ms: Timestamp },
    Pong { t: f64, server_time_ms: Timestamp },
    Error { code: &'a str, message: &'a str },
}

impl Word<'_> {
    fn frame(&self) -> Bytes {
        // Plain structs: serialising them into memory has no way to fail.
        frames::text(&serde_json::to_vec(self).unwrap_or_default())
    }
}

pub fn signed_in(user: &User, server_time_ms: Timestamp) -> Bytes {
    Word::SignedIn { user, server_time_ms }.frame()
}

pub fn pong(t: f64, server_time_ms: Timestamp) -> Bytes {
    Word::Pong { t, server_time_ms }.frame()
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Malformed,
    UnknownType,
    NotText,
    TooLarge,
    TooFrequent,
    Unauthorised,
    Forbidden,
    TokenExpired,
    TokenInvalid,
    UnknownSale,
    SlowConsumer,
    ShuttingDown,
    Busy,
}

impl Fault {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownType => "unknown_type",
            Self::NotText => "not_text",
            Self::TooLarge => "too_large",
            Self::TooFrequent => "too_frequent",
            Self::Unauthorised => "unauthorised",
            Self::Forbidden => "forbidden",
            Self::TokenExpired => "token_expired",
            Self::TokenInvalid => "token_invalid",
            Self::UnknownSale => "unknown_sale",
            Self::SlowConsumer => "slow_consumer",
            Self::ShuttingDown => "shutting_down",
            Self::Busy => "busy",
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Malformed => "The message is not JSON of a known shape.",
            Self::UnknownType => "There is no message of that type.",
            Self::NotText => "Messages are UTF-8 text.",
            Self::TooLarge => "A message has at most 8192 bytes.",
            Self::TooFrequent => "At most 20 messages a second.",
            Self::Unauthorised => "Sign in first.",
            Self::Forbidden => "Your role may not do that.",
            Self::TokenExpired => "The access token has expired; refresh it and connect again.",
            Self::TokenInvalid => "The access token is not valid.",
            Self::UnknownSale => "There is no such sale.",
            Self::SlowConsumer => "The connection does not take what is sent.",
            Self::ShuttingDown => "The node is stopping; connect again in a moment.",
            Self::Busy => "Too much is under way, try again in a moment.",
        }
    }

    const fn close_code(self) -> CloseCode {
        match self {
            Self::TooLarge => CloseCode::Size,
            Self::NotText | Self::Malformed => CloseCode::Invalid,
            Self::ShuttingDown => CloseCode::Away,
            _ => CloseCode::Policy,
        }
    }

    /// Tells the client.
    pub fn frame(self) -> Bytes {
        Word::Error { code: self.code(), message: self.message() }.frame()
    }

    /// The last frame of the connection.
    pub fn close(self) -> Bytes {
        frames::close(self.close_code(), self.code())
    }
}

/// The fate of a bid.
pub fn fate(sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, fate: &BidFate) -> Bytes {
    let BidFate { answer, own_max, repeated } = *fate;
    let lot_id = answer.asked.map(|(lot_id, _)| lot_id).or(lot_id);
    let (price_minor, minimum_minor, leading) = match answer.verdict {
        Verdict::Refused(rejection) => return refused(sale_id, lot_id, bid_id, &rejection, repeated),
        Verdict::Accepted { price, leading, minimum } => (Some(price), Some(minimum), leading),
        Verdict::Booked => (None, None, false),
    };
    let Some(lot_id) = lot_id else {
        // An accepted bid always names its lot.
        return Fault::Busy.frame();
    };
    let accepted = Outgoing::BidAccepted {
        bid_id,
        sale_id,
        lot_id,
        seq: answer.seq,
        at_ms: answer.at,
        leading,
        price_minor,
        minimum_minor,
        max_minor: own_max,
        repeated,
    };
    frames::text(&accepted.encode())
}

/// A bid that will never count.
pub fn refused(
    sale_id: SaleId,
    lot_id: Option<LotId>,
    bid_id: BidId,
    rejection: &Rejection,
    repeated: bool,
) -> Bytes {
    let refused = Outgoing::BidRefused {
        bid_id,
        sale_id,
        lot_id,
        code: rejection.reason.code(),
        message: rejection.reason.message(),
        minimum_minor: rejection.minimum_minor,
        is_final: true,
        repeated,
    };
    frames::text(&refused.encode())
}

/// A bid that was not taken on; the same id may be sent again.
pub fn not_taken(sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, code: &str, message: &str) -> Bytes {
    let refused = Outgoing::BidRefused {
        bid_id,
        sale_id,
        lot_id,
        code,
        message,
        minimum_minor: None,
        is_final: false,
        repeated: false,
    };
    frames::text(&refused.encode())
}

/// How a command of staff ended.
pub fn command(
    sale_id: SaleId,
    command_id: &str,
    result: Result<Result<u64, Rejection>, Refused>,
) -> Bytes {
    let outgoing = match result {
        Ok(Ok(seq)) => Outgoing::CommandDone { command_id, sale_id, seq },
        Ok(Err(rejection)) => Outgoing::CommandRefused {
            command_id,
            sale_id,
            code: rejection.reason.code(),
            message: rejection.reason.message(),
            minimum_minor: rejection.minimum_minor,
        },
        Err(refused) => Outgoing::CommandRefused {
            command_id,
            sale_id,
            code: refused.code(),
            message: "The sale cannot take that now; try again in a moment.",
            minimum_minor: None,
        },
    };
    frames::text(&outgoing.encode())
}
