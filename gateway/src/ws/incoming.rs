//! What a client may send, and what is wrong with everything else.

use crate::access;
use gavel_engine::{
    auction::{Command, EnterBid, GroupLots, Hammer},
    ids::{BidId, LotId, Paddle, SaleId},
    lot::{Channel, Offer, Together},
    money::{Amount, Currency},
    time::Timestamp,
};
use serde::Deserialize;

/// The longest `command_id`, in bytes.
pub const COMMAND_ID_BYTES_MAX: usize = 64;

/// A message of a client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Incoming {
    /// Says who is there.
    SignIn {
        /// An access token.
        token: String,
    },
    /// Follows a sale.
    Subscribe {
        /// Which.
        sale_id: SaleId,
        /// What the client has already.
        #[serde(default)]
        last_seq: Option<u64>,
    },
    /// Stops following a sale.
    Unsubscribe {
        /// Which.
        sale_id: SaleId,
    },
    /// Bids.
    Bid(BidRequest),
    /// Asks for the fate of a bid.
    BidStatus {
        /// Of which sale.
        sale_id: SaleId,
        /// Which.
        bid_id: BidId,
    },
    /// Runs the sale.
    Command {
        /// Comes back in the answer.
        command_id: String,
        /// Which sale.
        sale_id: SaleId,
        /// What to do.
        command: StaffCommand,
    },
    /// Takes the own maximum out of an absentee book.
    LeaveBook {
        /// Comes back in the answer.
        command_id: String,
        /// Of which sale.
        sale_id: SaleId,
        /// Of which lot.
        lot_id: LotId,
    },
    /// A fair warning is on display.
    WarningShown {
        /// In which sale.
        sale_id: SaleId,
        /// For which lot.
        lot_id: LotId,
        /// The record that brought it.
        seq: u64,
    },
    /// Measures the clock and the way.
    Ping {
        /// Comes back in the answer.
        t: f64,
    },
}

impl Incoming {
    /// The message's `type`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "sign_in",
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Bid(_) => "bid",
            Self::BidStatus { .. } => "bid_status",
            Self::Command { .. } => "command",
            Self::LeaveBook { .. } => "leave_book",
            Self::WarningShown { .. } => "warning_shown",
            Self::Ping { .. } => "ping",
        }
    }
}

/// A bid as a client sends it: `amount_minor`, `max_minor` or `buy_now_minor`.
#[derive(Debug, Deserialize)]
pub struct BidRequest {
    /// Made by the client, one for each bid.
    pub bid_id: BidId,
    /// Which sale.
    pub sale_id: SaleId,
    /// Which lot.
    pub lot_id: LotId,
    /// The currency that the client showed.
    pub currency: String,
    /// One bid of exactly this.
    #[serde(default)]
    pub amount_minor: Option<Amount>,
    /// A maximum.
    #[serde(default)]
    pub max_minor: Option<Amount>,
    /// The lot's fixed price, to buy it at once.
    #[serde(default)]
    pub buy_now_minor: Option<Amount>,
}

impl BidRequest {
    /// What is offered; `None` unless it is exactly one of the three.
    pub fn offer(&self) -> Option<Offer> {
        match (self.amount_minor, self.max_minor, self.buy_now_minor) {
            (Some(amount), None, None) => Some(Offer::Amount(amount)),
            (None, Some(max), None) => Some(Offer::Max(max)),
            (None, None, Some(price)) => Some(Offer::BuyNow(price)),
            _ => None,
        }
    }
}

/// What staff may do in a sale.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StaffCommand {
    StartSale,
    EndSale,
    OpenLot {
        lot_id: LotId,
    },
    NextLot,
    FloorBid {
        lot_id: LotId,
        bid_id: BidId,
        amount_minor: Amount,
        currency: String,
        #[serde(default)]
        paddle: Option<Paddle>,
        #[serde(default)]
        channel: FloorChannel,
    },
    AbsenteeBid {
        lot_id: LotId,
        bid_id: BidId,
        paddle: Paddle,
        max_minor: Amount,
        currency: String,
    },
    LeaveBook {
        lot_id: LotId,
        paddle: Paddle,
    },
    SetAsk {
        lot_id: LotId,
        ask_minor: Amount,
    },
    SetStep {
        lot_id: LotId,
        step_minor: Option<Amount>,
    },
    FairWarning {
        lot_id: LotId,
    },
    Hammer {
        lot_id: LotId,
        result: HammerResult,
        #[serde(default)]
        override_reserve: bool,
        #[serde(default)]
        paddle: Option<Paddle>,
        #[serde(default)]
        price_minor: Option<Amount>,
    },
    LiftHammer {
        lot_id: LotId,
    },
    Withdraw {
        lot_id: LotId,
    },
    Skip {
        lot_id: LotId,
    },
    Reoffer {
        lot_id: LotId,
        #[serde(default)]
        closes_at_ms: Option<Timestamp>,
    },
    Group {
        together: Together,
        lots: Vec<LotId>,
        #[serde(default)]
        opening_minor: Option<Amount>,
    },
    Split {
        lot_id: LotId,
    },
    Choose {
        lot_id: LotId,
        taken: Vec<LotId>,
    },
    ForeseeRetract {
        lot_id: LotId,
        bid_id: BidId,
    },
    ForeseeReopen {
        lot_id: LotId,
        #[serde(default)]
        closes_at_ms: Option<Timestamp>,
    },
    Retract {
        lot_id: LotId,
        bid_id: BidId,
    },
    Reopen {
        lot_id: LotId,
        #[serde(default)]
        closes_at_ms: Option<Timestamp>,
    },
    Pause {
        lot_id: LotId,
    },
    Resume {
        lot_id: LotId,
    },
    Message {
        text: String,
    },
}

/// Where a bid that the clerk enters came from.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorChannel {
    /// The room.
    #[default]
    Floor,
    /// The telephone.
    Phone,
    /// The auctioneer for the seller, below the reserve.
    House,
}

/// How the auctioneer ends a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HammerResult {
    /// To the leader.
    Sold,
    /// To nobody.
    Pass,
}

/// What a command of staff is to the engine.
#[derive(Debug)]
pub enum Order {
    /// A bid, whose fate is kept under its id.
    Bid(EnterBid),
    /// Anything else.
    Command(Command),
    /// What the command would bring to the lot; nothing happens.
    Foresee(LotId, Command),
    /// An amount in what is no currency.
    UnknownCurrency,
}

impl From<StaffCommand> for Order {
    fn from(command: StaffCommand) -> Self {
        use StaffCommand as Staff;
        Self::Command(match command {
            Staff::FloorBid {
                lot_id,
                bid_id,
                amount_minor,
                currency,
                paddle,
                channel,
            } => {
                let channel = match channel {
                    FloorChannel::Floor => Channel::Floor,
                    FloorChannel::Phone => Channel::Phone,
                    FloorChannel::House => Channel::House,
                };
                return enter(
                    bid_id,
                    lot_id,
                    paddle,
                    channel,
                    Offer::Amount(amount_minor),
                    &currency,
                );
            }
            Staff::AbsenteeBid {
                lot_id,
                bid_id,
                paddle,
                max_minor,
                currency,
            } => {
                let offer = Offer::Max(max_minor);
                return enter(bid_id, lot_id, Some(paddle), Channel::Absentee, offer, &currency);
            }
            Staff::StartSale => Command::Start,
            Staff::EndSale => Command::End,
            Staff::OpenLot { lot_id } => Command::OpenLot(lot_id),
            Staff::NextLot => Command::OpenNextLot,
            Staff::LeaveBook { lot_id, paddle } => Command::TakeFromBook { lot_id, paddle },
            Staff::SetAsk { lot_id, ask_minor } => Command::SetAsk(lot_id, ask_minor),
            Staff::SetStep { lot_id, step_minor } => Command::SetStep(lot_id, step_minor),
            Staff::FairWarning { lot_id } => Command::WarnFairly(lot_id),
            Staff::Hammer {
                lot_id,
                result,
                override_reserve,
                paddle,
                price_minor,
            } => Command::Hammer(Hammer {
                lot_id,
                sold: result == HammerResult::Sold,
                override_reserve,
                paddle,
                price_seen: price_minor,
            }),
            Staff::LiftHammer { lot_id } => Command::LiftHammer(lot_id),
            Staff::Withdraw { lot_id } => Command::Withdraw(lot_id),
            Staff::Skip { lot_id } => Command::Skip(lot_id),
            Staff::Reoffer { lot_id, closes_at_ms } => Command::Reoffer {
                lot_id,
                closes_at: closes_at_ms,
            },
            Staff::Group {
                together,
                lots,
                opening_minor,
            } => Command::Group(GroupLots {
                together,
                lots,
                opening_price: opening_minor,
            }),
            Staff::Split { lot_id } => Command::Split(lot_id),
            Staff::Choose { lot_id, taken } => Command::Choose { lot_id, taken },
            Staff::ForeseeRetract { lot_id, bid_id } => {
                return Self::Foresee(lot_id, Command::Retract(lot_id, bid_id));
            }
            Staff::ForeseeReopen { lot_id, closes_at_ms } => {
                let closes_at = closes_at_ms;
                return Self::Foresee(lot_id, Command::Reopen { lot_id, closes_at });
            }
            Staff::Retract { lot_id, bid_id } => Command::Retract(lot_id, bid_id),
            Staff::Reopen { lot_id, closes_at_ms } => Command::Reopen {
                lot_id,
                closes_at: closes_at_ms,
            },
            Staff::Pause { lot_id } => Command::Pause(lot_id),
            Staff::Resume { lot_id } => Command::Resume(lot_id),
            Staff::Message { text } => Command::Say(text),
        })
    }
}

fn enter(
    bid_id: BidId,
    lot_id: LotId,
    paddle: Option<Paddle>,
    channel: Channel,
    offer: Offer,
    currency: &str,
) -> Order {
    match currency.parse::<Currency>() {
        Ok(currency) => Order::Bid(EnterBid {
            bid_id,
            lot_id,
            paddle,
            channel,
            offer,
            currency,
        }),
        Err(_) => Order::UnknownCurrency,
    }
}

/// Why a text is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Not JSON, or not of any message's shape.
    Malformed,
    /// JSON with a `type` that does not exist.
    UnknownType,
}

/// Reads one message.
///
/// # Errors
/// [`Unreadable`].
pub fn read(text: &[u8]) -> Result<Incoming, Unreadable> {
    #[derive(Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type", borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    serde_json::from_slice(text).map_err(|_| match serde_json::from_slice::<Typed<'_>>(text) {
        Ok(typed) if access::needs_of_message(&typed.kind).is_none() => Unreadable::UnknownType,
        _ => Unreadable::Malformed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01234567-89ab-4def-8123-456789abcdef";

    #[test]
    fn reads_a_bid_with_exactly_one_offer() {
        let bid = |offer: &str| {
            let text = format!(
                r#"{{"type":"bid","bid_id":"{ID}","sale_id":"{ID}","lot_id":"{ID}","currency":"USD"{offer}}}"#
            );
            match read(text.as_bytes()) {
                Ok(Incoming::Bid(bid)) => bid.offer(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(bid(r#","amount_minor":500"#), Some(Offer::Amount(Amount(500))));
        assert_eq!(bid(r#","max_minor":700"#), Some(Offer::Max(Amount(700))));
        assert_eq!(bid(""), None);
        assert_eq!(bid(r#","buy_now_minor":900"#), Some(Offer::BuyNow(Amount(900))));
        assert_eq!(bid(r#","amount_minor":5,"max_minor":7"#), None);
        assert_eq!(bid(r#","max_minor":7,"buy_now_minor":7"#), None);
    }

    #[test]
    fn every_message_is_known_by_the_type_that_it_was_sent_with() {
        for right in &access::MESSAGE_RIGHTS {
            let fields = match right.kind {
                "sign_in" => r#""token":"t""#.to_owned(),
                "ping" => r#""t":1"#.to_owned(),
                "bid" => format!(
                    r#""bid_id":"{ID}","sale_id":"{ID}","lot_id":"{ID}","currency":"USD","max_minor":1"#
                ),
                "command" => {
                    format!(r#""command_id":"1","sale_id":"{ID}","command":{{"kind":"next_lot"}}"#)
                }
                "leave_book" => format!(r#""command_id":"1","sale_id":"{ID}","lot_id":"{ID}""#),
                "warning_shown" => format!(r#""sale_id":"{ID}","lot_id":"{ID}","seq":7"#),
                _ => format!(r#""sale_id":"{ID}","bid_id":"{ID}""#),
            };
            let message = format!(r#"{{"type":"{}",{fields}}}"#, right.kind);
            assert_eq!(read(message.as_bytes()).unwrap().kind(), right.kind);
        }
    }

    #[test]
    fn tells_unknown_types_from_broken_texts() {
        let nested = "[".repeat(5000);
        for (text, expected) in [
            (r#"{"type":"dance"}"#, Unreadable::UnknownType),
            ("", Unreadable::Malformed),
            (r#"{"type":"bid""#, Unreadable::Malformed),
            (r#"{"type":"bid","bid_id":"7"}"#, Unreadable::Malformed),
            (
                r#"{"type":"bid_status","sale_id":1,"bid_id":2}"#,
                Unreadable::Malformed,
            ),
            (nested.as_str(), Unreadable::Malformed),
            ("[1]", Unreadable::Malformed),
            ("null", Unreadable::Malformed),
        ] {
            assert_eq!(read(text.as_bytes()).err(), Some(expected), "{text:.40}");
        }
    }
}
