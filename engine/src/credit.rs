//! Credit over all sales: what a bidder may be bound to at once, and what is left of it.
//!
//! A bidder's exposure is the sum of the holds over all lots: the leader's maximum while a lot is
//! open, the hammer price once it is sold, every sealed bid until it is opened. Exposures follow
//! from the auctions' logs, so the ledger is rebuilt from them and never written. Whoever decides
//! a bid holds the ledger from the check until the bid's record has its place in the journal: two
//! lots bid on in the same millisecond cannot both use the same credit.

use crate::{
    ids::{BidderId, SaleId},
    money::{Amount, Currency},
};
use std::collections::BTreeMap;

/// Says what a bidder may still be bound to beside all present holds; `None` is without bound.
pub trait Credit {
    /// Minor units of the sale's currency; negative when a limit was lowered below the holds.
    fn left(&self, bidder: BidderId) -> Option<Amount>;
}

/// No limit over all sales.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

impl Credit for Unlimited {
    fn left(&self, _: BidderId) -> Option<Amount> {
        None
    }
}

/// The holds of every live sale and the limits over all of them. A limit is in one currency and
/// bounds the sales held in it.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    lines: BTreeMap<(BidderId, Currency), Line>,
    sales: BTreeMap<SaleId, Held>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Line {
    limit: Option<Amount>,
    exposure: Amount,
}

#[derive(Debug, Clone)]
struct Held {
    currency: Currency,
    bidders: BTreeMap<BidderId, Amount>,
}

/// The ledger as one sale sees it.
#[derive(Debug)]
pub struct InSale<'a> {
    ledger: &'a Ledger,
    currency: Currency,
}

impl Credit for InSale<'_> {
    fn left(&self, bidder: BidderId) -> Option<Amount> {
        self.ledger.left(bidder, self.currency)
    }
}

impl Ledger {
    /// What bounds a sale that is held in this currency.
    pub const fn in_currency(&self, currency: Currency) -> InSale<'_> {
        InSale {
            ledger: self,
            currency,
        }
    }

    /// The bidder's limit over all sales in a currency from now on; `None` lifts it. What is held
    /// stays held.
    pub fn set_limit(&mut self, bidder: BidderId, currency: Currency, limit: Option<Amount>) {
        self.line(bidder, currency, |line| line.limit = limit);
    }

    /// The bidder's limit over all sales in a currency.
    pub fn limit(&self, bidder: BidderId, currency: Currency) -> Option<Amount> {
        self.lines.get(&(bidder, currency)).and_then(|line| line.limit)
    }

    /// The sum of the bidder's holds in all sales in a currency.
    pub fn exposure(&self, bidder: BidderId, currency: Currency) -> Amount {
        self.lines
            .get(&(bidder, currency))
            .map_or(Amount(0), |line| line.exposure)
    }

    /// What the bidder may still be bound to; `None` is without bound.
    pub fn left(&self, bidder: BidderId, currency: Currency) -> Option<Amount> {
        let line = self.lines.get(&(bidder, currency))?;
        line.limit.map(|limit| limit.minus(line.exposure))
    }

    /// A bidder's exposure in one sale is this from now on.
    pub fn hold(&mut self, sale_id: SaleId, currency: Currency, bidder: BidderId, amount: Amount) {
        let held = self.sales.entry(sale_id).or_insert_with(|| Held {
            currency,
            bidders: BTreeMap::new(),
        });
        let before = if amount.0 == 0 {
            held.bidders.remove(&bidder)
        } else {
            held.bidders.insert(bidder, amount)
        };
        let before = before.unwrap_or_default();
        self.line(bidder, currency, |line| {
            line.exposure = line.exposure.minus(before).plus(amount);
        });
    }

    /// The holds of a sale are these and no others, as its log gives them.
    pub fn replace(
        &mut self,
        sale_id: SaleId,
        currency: Currency,
        holds: impl IntoIterator<Item = (BidderId, Amount)>,
    ) {
        self.release(sale_id);
        for (bidder, amount) in holds {
            self.hold(sale_id, currency, bidder, amount);
        }
    }

    /// The sale is over and its winners' debts are somebody else's to keep: nothing is held for it.
    pub fn release(&mut self, sale_id: SaleId) {
        let Some(held) = self.sales.remove(&sale_id) else {
            return;
        };
        for (bidder, amount) in held.bidders {
            self.line(bidder, held.currency, |line| {
                line.exposure = line.exposure.minus(amount);
            });
        }
    }

    /// Changes a line; one that says nothing is not kept.
    fn line(&mut self, bidder: BidderId, currency: Currency, change: impl FnOnce(&mut Line)) {
        let key = (bidder, currency);
        let line = self.lines.entry(key).or_default();
        change(line);
        if line.limit.is_none() && line.exposure.0 == 0 {
            self.lines.remove(&key);
        }
    }
}
