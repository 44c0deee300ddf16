//! Refusals. A rejection is an answer, not an error: it has a stable code and, where an amount
//! would have been accepted, says which.

use crate::money::Amount;
use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)+) => {
        /// Why a command was refused.
        ///
        /// The order is part of the journal's format: append only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Reason { $($(#[$doc])* $name,)+ }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable code of the wire contract.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// One plain English sentence for people; clients translate by [`Reason::code`].
            pub const fn message(self) -> &'static str {
                match self { $(Self::$name => $message,)+ }
            }
        }
    };
}

reasons! {
    /// The lot has not been opened yet.
    NotOpen = "not_open", "The lot is not open yet.";
    /// The lot has closed.
    Closed = "closed", "The lot is closed.";
    /// The auctioneer has paused the lot.
    Paused = "paused", "The lot is paused.";
    /// The command does not exist for this format of lot.
    WrongFormat = "wrong_format", "This kind of lot does not take that.";
    /// The consignor may not bid on the own lot.
    SellerMayNotBid = "seller_may_not_bid", "You consigned this lot and may not bid on it.";
    /// Less than the lowest acceptable amount.
    BelowMinimum = "below_minimum", "The bid is below the lowest amount that is accepted now.";
    /// Neither the minimum nor on the ladder of increments.
    OffIncrement = "off_increment", "The amount is not on the bidding increments.";
    /// The leader bid an exact amount.
    AlreadyLeading = "already_leading", "You are the highest bidder already.";
    /// The leader's new maximum does not exceed the standing one.
    NotAboveOwnMax = "not_above_own_max", "Your maximum is at least that high already.";
    /// The lot is open or paused.
    AlreadyOpen = "already_open", "The lot is open already.";
    /// Nothing to sell to.
    NoBids = "no_bids", "There is no bid to sell to.";
    /// Sold needs the reserve to be met, or the auctioneer's explicit word.
    ReserveNotMet = "reserve_not_met", "The reserve is not met.";
    /// No standing bid of that id on the lot.
    UnknownBid = "unknown_bid", "There is no such bid on this lot.";
    /// Only a closed lot can be reopened.
    NotClosed = "not_closed", "The lot is not closed.";
    /// Only a paused lot can be resumed.
    NotPaused = "not_paused", "The lot is not paused.";
    /// No lot of that id in the sale.
    UnknownLot = "unknown_lot", "There is no such lot in this sale.";
    /// The amount's currency is not the sale's.
    WrongCurrency = "wrong_currency", "The sale is held in another currency.";
    /// Zero, negative, or beyond the largest amount.
    AmountOutOfRange = "amount_out_of_range", "The amount must be more than zero and within bounds.";
    /// The bidder has no paddle in this sale.
    NotRegistered = "not_registered", "Register for the sale first.";
    /// The house has not approved the registration yet.
    PendingApproval = "pending_approval", "The house has not approved your registration yet.";
    /// The house has suspended the bidder.
    Suspended = "suspended", "The house has suspended your bidding.";
    /// The bid's id was used before, for another bid.
    BidIdReused = "bid_id_reused", "That bid id was used for another bid.";
    /// The bid had not arrived when its sender asked, and is void for ever.
    NotReceived = "not_received", "The bid did not reach us and does not count.";
    /// The sale is over.
    SaleEnded = "sale_ended", "The sale has ended.";
    /// In the room, one lot is sold at a time.
    AnotherLotOpen = "another_lot_open", "Another lot is open; finish it first.";
    /// No pending lot is left in the running order.
    NoNextLot = "no_next_lot", "No lot is left in the running order.";
    /// No such paddle, or it does not belong to the leading bidder.
    UnknownPaddle = "unknown_paddle", "That paddle does not fit the leading bidder.";
    /// The sale was created before.
    AlreadyCreated = "already_created", "The sale exists already.";
    /// The sale is not known to this node.
    UnknownSale = "unknown_sale", "There is no such sale.";
    /// The sale has started already.
    AlreadyStarted = "already_started", "The sale has started already.";
    /// A text is too long.
    TextTooLong = "text_too_long", "The message is longer than 280 characters.";
    /// Two lots of one id, or rules that [`crate::rules::RuleSet::validate`] refuses.
    InvalidSetup = "invalid_setup", "The sale's lots or their rules make no sense.";
    /// A sealed bid stands, and the lot's rules do not let it be replaced.
    AlreadyBid = "already_bid", "You have bid on this lot, and its rules do not let you replace the bid.";
    /// More than the bidder may be bound to: in this sale, or by the credit over all sales.
    OverLimit = "over_limit", "That is more than your bid limit leaves.";
    /// The hammer was struck, and the bid was sent when it could be heard.
    AfterHammer = "after_hammer", "The hammer had fallen before this bid was sent.";
    /// Bids under way are waited for; only they and lifting the hammer mean anything now.
    HammerFalling = "hammer_falling", "The hammer is falling; lift it first.";
    /// The hammer was struck at a price that has moved since.
    PriceMoved = "price_moved", "The price has moved.";
    /// The lot has no fixed price, or there is a bid.
    NoBuyNow = "no_buy_now", "The lot cannot be bought at a fixed price now.";
    /// The lot's rules do not let the auctioneer bid for the seller.
    HouseMayNotBid = "house_may_not_bid", "The auctioneer may not bid for the seller on this lot.";
    /// The auctioneer bids for the seller below the reserve only, with exact amounts.
    NotBelowReserve = "not_below_reserve", "The house bids below the reserve only.";
    /// The house's own bid leads, which nobody can win by.
    HouseLeads = "house_leads", "The house's own bid leads; there is nobody to sell to.";
    /// Only what was not sold can be offered again.
    AlreadySold = "already_sold", "The lot is sold.";
    /// The lot is sold together with others.
    InAGroup = "in_a_group", "The lot is offered together with others.";
    /// The lot is not offered together with others.
    NoGroup = "no_group", "The lot is not offered together with others.";
    /// The winner has not chosen yet, or there is nothing to choose from.
    ChoicePending = "choice_pending", "The winner has not chosen yet.";
    /// Not a choice between lots of this group, or none is due.
    NotAChoice = "not_a_choice", "That cannot be chosen now.";
    /// The hammer was not struck, or has fallen.
    NotStruck = "not_struck", "The hammer is not falling.";
}

/// What would have been accepted instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WouldTake {
    /// This or more, minor units.
    AtLeast(Amount),
    /// This or less, minor units.
    AtMost(Amount),
    /// This and nothing else, minor units.
    Exactly(Amount),
}

/// A refusal, and what would have been accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Why.
    pub reason: Reason,
    /// What would be accepted now, where an amount says anything.
    pub would_take: Option<WouldTake>,
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            would_take: None,
        }
    }
}

impl Reason {
    /// The refusal that names the lowest acceptable amount.
    pub const fn at_least(self, amount: Amount) -> Rejection {
        self.but(WouldTake::AtLeast(amount))
    }

    /// The refusal that names the highest acceptable amount.
    pub const fn at_most(self, amount: Amount) -> Rejection {
        self.but(WouldTake::AtMost(amount))
    }

    /// The refusal that names the only acceptable amount.
    pub const fn exactly(self, amount: Amount) -> Rejection {
        self.but(WouldTake::Exactly(amount))
    }

    const fn but(self, would_take: WouldTake) -> Rejection {
        Rejection {
            reason: self,
            would_take: Some(would_take),
        }
    }
}

impl Rejection {
    /// The lowest amount that would be accepted now, minor units.
    pub const fn minimum(&self) -> Option<Amount> {
        match self.would_take {
            Some(WouldTake::AtLeast(amount) | WouldTake::Exactly(amount)) => Some(amount),
            Some(WouldTake::AtMost(_)) | None => None,
        }
    }

    /// The highest amount that would be accepted now, minor units.
    pub const fn maximum(&self) -> Option<Amount> {
        match self.would_take {
            Some(WouldTake::AtMost(amount) | WouldTake::Exactly(amount)) => Some(amount),
            Some(WouldTake::AtLeast(_)) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn codes_are_unique_and_equal_the_serde_names() {
        let mut codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        for reason in Reason::ALL {
            assert_eq!(
                serde_json::to_string(reason).unwrap(),
                format!("\"{}\"", reason.code())
            );
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
