//! What may be shown, and by which names.

use super::Teller;
use crate::cli::record::entry::{Named, Who};
use gavel_engine::{
    auction::Auction,
    ids::{BidderId, LotId, Paddle},
    lot::{Channel, Lot, Offer},
    money::Amount,
};
use gavel_storage::relational::BookVisibility;

impl Teller<'_> {
    pub(super) fn is_sealed(&self, lot_id: LotId) -> bool {
        self.end.lot(lot_id).is_some_and(Lot::hides_bids)
    }

    /// Whether maxima on a lot may be shown, as to staff.
    pub(super) fn shows_maxima(&self, lot_id: LotId) -> bool {
        let closed = self.end.lot(lot_id).is_some_and(|lot| lot.outcome.is_some());
        let visibility = self.catalogue.map(|catalogue| catalogue.visibility);
        closed || visibility == Some(BookVisibility::Full)
    }

    /// What was offered, if it may be shown: a maximum that is not reached yet tells what is behind a bid.
    pub(super) fn offered(&self, lot_id: LotId, channel: Channel, offer: Offer) -> Option<Amount> {
        let entered = matches!(channel, Channel::Floor | Channel::Phone);
        let shown = !matches!(offer, Offer::Max(_)) || entered || self.shows_maxima(lot_id);
        shown.then(|| offer.ceiling())
    }

    pub(super) fn offer_words(&self, offer: Offer, amount: Option<Amount>) -> String {
        let what = match offer {
            Offer::Amount(_) => "",
            Offer::Max(_) => "a maximum of ",
            Offer::BuyNow(_) => "the fixed price of ",
        };
        match amount {
            Some(amount) => format!("{what}{}", self.money(amount)),
            None => "a maximum (withheld until the lot has closed)".to_owned(),
        }
    }

    pub(super) fn money(&self, amount: Amount) -> String {
        match self.end.currency() {
            Some(currency) => format!("{} {currency}", currency.format_amount(amount)),
            None => amount.minor().to_string(),
        }
    }

    pub(super) fn named(&self, lot_id: LotId) -> Named {
        let known = self.catalogue.and_then(|catalogue| catalogue.lots.get(&lot_id));
        Named {
            lot_id,
            number: known.map(|(number, _)| number.clone()),
            title: known.map(|(_, title)| title.clone()),
        }
    }

    pub(super) fn numbers(&self, lots: &[LotId]) -> String {
        if lots.is_empty() {
            return "no lot".to_owned();
        }
        let names: Vec<_> = lots.iter().map(|lot_id| self.named(*lot_id).words()).collect();
        names.join(", ")
    }

    pub(super) fn who(&self, auction: &Auction, bidder: BidderId, channel: Option<Channel>) -> Who {
        let paddle = auction.paddle(bidder);
        let is_account = paddle.is_some_and(|paddle| paddle > Paddle::ROOM_MAX);
        let name = self.catalogue.and_then(|catalogue| catalogue.names.get(&bidder));
        Who {
            paddle,
            name: if bidder == BidderId::HOUSE {
                Some("the house".to_owned())
            } else {
                name.cloned()
            },
            user_id: is_account.then_some(bidder),
            channel,
        }
    }
}
