//! The node's own words on a socket, beside those of auctions.

use super::frames;
use actix_http::ws::CloseCode;
use bytes::Bytes;
use gavel_actors::{
    auctions::{BidFate, Foreseen, Refused, wire::Outgoing},
    users::User,
};
use gavel_engine::{
    Reason, Rejection,
    auction::Verdict,
    ids::{BidId, LotId, SaleId},
    time::Timestamp,
};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Word<'a> {
    SignedIn {
        user: &'a User,
        server_time_ms: Timestamp,
    },
    Pong {
        t: f64,
        server_time_ms: Timestamp,
    },
    Error {
        code: &'a str,
        message: &'a str,
    },
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

macro_rules! faults {
    ($($name:ident = $code:literal, $close:ident, $message:literal;)+) => {
        /// Why a message was not taken, or a connection ends.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault { $($name,)+ }

        impl Fault {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)+];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)+ }
            }

            const fn close_code(self) -> CloseCode {
                match self { $(Self::$name => CloseCode::$close,)+ }
            }
        }
    };
}

faults! {
    Malformed = "malformed", Invalid, "The message is not JSON of a known shape.";
    UnknownType = "unknown_type", Policy, "There is no message of that type.";
    NotText = "not_text", Invalid, "Messages are UTF-8 text.";
    TooLarge = "too_large", Size, "A message has at most 8192 bytes.";
    TooFrequent = "too_frequent", Policy, "That is more than a connection may ask for at once.";
    Unauthorised = "unauthorised", Policy, "Sign in first.";
    Forbidden = "forbidden", Policy, "Your role may not do that.";
    TokenExpired = "token_expired", Policy, "The access token has expired; refresh it and connect again.";
    TokenInvalid = "token_invalid", Policy, "The access token is not valid.";
    UnknownSale = "unknown_sale", Policy, "There is no such sale.";
    SlowConsumer = "slow_consumer", Policy, "The connection does not take what is sent.";
    ShuttingDown = "shutting_down", Away, "The node is stopping; connect again in a moment.";
    Busy = "busy", Again, "Too much is under way, try again in a moment.";
}

impl Fault {
    /// Tells the client.
    pub fn frame(self) -> Bytes {
        Word::Error {
            code: self.code(),
            message: self.message(),
        }
        .frame()
    }

    /// The last frame of the connection.
    pub fn close(self) -> Bytes {
        frames::close(self.close_code(), self.code())
    }
}

/// The fate of a bid.
pub fn fate(sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, fate: &BidFate) -> Bytes {
    let BidFate {
        answer,
        own_max,
        repeated,
    } = *fate;
    let lot_id = answer.asked.map(|(lot_id, _)| lot_id).or(lot_id);
    let (price_minor, minimum_minor, leading) = match answer.verdict {
        Verdict::Refused(rejection) => return refused(sale_id, lot_id, bid_id, &rejection, repeated),
        Verdict::Accepted {
            price,
            leading,
            minimum,
        } => (Some(price), Some(minimum), leading),
        // What is sealed tells nobody where it stands.
        Verdict::Booked | Verdict::Sealed => (None, None, false),
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
        minimum_minor: rejection.minimum(),
        maximum_minor: rejection.maximum(),
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
        maximum_minor: None,
        is_final: false,
        repeated: false,
    };
    frames::text(&refused.encode())
}

/// A bid that no sale has seen, so that none remembers it.
pub fn unknown(sale_id: SaleId, lot_id: Option<LotId>, bid_id: BidId, reason: Reason) -> Bytes {
    not_taken(sale_id, lot_id, bid_id, reason.code(), reason.message())
}

/// What a command would bring.
pub fn foresight(
    sale_id: SaleId,
    command_id: &str,
    foreseen: Result<Result<Foreseen, Rejection>, Refused>,
) -> Bytes {
    match foreseen {
        Ok(Ok(Foreseen { seq, before, after })) => {
            let foresight = Outgoing::Foresight {
                command_id,
                sale_id,
                seq,
                before: Box::new(before),
                after: Box::new(after),
            };
            frames::text(&foresight.encode())
        }
        Ok(Err(rejection)) => command(sale_id, command_id, Ok(Err(rejection))),
        Err(refused) => command(sale_id, command_id, Err(refused)),
    }
}

/// How a command of staff ended.
pub fn command(sale_id: SaleId, command_id: &str, result: Result<Result<u64, Rejection>, Refused>) -> Bytes {
    let outgoing = match result {
        Ok(Ok(seq)) => Outgoing::CommandDone {
            command_id,
            sale_id,
            seq,
        },
        Ok(Err(rejection)) => Outgoing::CommandRefused {
            command_id,
            sale_id,
            code: rejection.reason.code(),
            message: rejection.reason.message(),
            minimum_minor: rejection.minimum(),
            maximum_minor: rejection.maximum(),
        },
        Err(refused) => Outgoing::CommandRefused {
            command_id,
            sale_id,
            code: refused.code(),
            message: match refused {
                Refused::Busy | Refused::Unavailable => {
                    "The sale cannot take that now; try again in a moment."
                }
                Refused::UnknownFate => "It is not known whether that happened; look at the sale first.",
            },
            minimum_minor: None,
            maximum_minor: None,
        },
    };
    frames::text(&outgoing.encode())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use yaml_rust2::YamlLoader;

    #[test]
    fn every_fault_is_documented_with_its_close_code() {
        let contract = YamlLoader::load_from_str(include_str!("../../../docs/asyncapi.yaml")).unwrap();
        let codes = contract[0]["components"]["schemas"]["ErrorCode"]["oneOf"].as_vec();
        let documented: BTreeMap<&str, Option<i64>> = codes
            .unwrap()
            .iter()
            .map(|code| (code["const"].as_str().unwrap(), code["x-close-code"].as_i64()))
            .collect();
        let closes = |fault: Fault| {
            // After this one the connection goes on.
            (fault != Fault::UnknownSale).then(|| i64::from(u16::from(fault.close_code())))
        };
        let real = Fault::ALL.iter().map(|fault| (fault.code(), closes(*fault)));
        assert_eq!(documented, real.collect());
    }
}
