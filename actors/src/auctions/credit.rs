//! The ledger of credit over all sales, shared by the auctions of a node.

use gavel_engine::{
    auction::{Auction, SalePhase},
    credit::Ledger,
    ids::{BidderId, SaleId},
    money::{Amount, Currency},
};
use gavel_storage::{
    faults::{Fault, planted},
    relational::{self, Store},
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Held by an auction from the check of a bid until its record has its place in the journal. The
/// journal keeps one order for all auctions of the node, so what one auction released is on disk
/// before what another made of it. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct CreditBook {
    ledger: Arc<Mutex<Ledger>>,
}

impl CreditBook {
    /// With every limit that is stored. To be filled before the first auction goes on: what is held
    /// follows from the auctions.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn load(store: &Store) -> Result<Self, relational::Error> {
        let book = Self::default();
        for line in store.credit_lines().all().await? {
            book.set_limit(line.user_id.into(), line.currency, Some(line.limit));
        }
        Ok(book)
    }

    /// A bidder's limit over all sales in a currency from now on; `None` lifts it. What is held
    /// stays held.
    pub fn set_limit(&self, bidder: BidderId, currency: Currency, limit: Option<Amount>) {
        self.lock().set_limit(bidder, currency, limit);
    }

    /// What a bidder may still be bound to, minor units; `None` is without bound.
    pub fn left(&self, bidder: BidderId, currency: Currency) -> Option<Amount> {
        self.lock().left(bidder, currency)
    }

    /// What a bidder is bound to by all sales in a currency, minor units.
    pub fn exposure(&self, bidder: BidderId, currency: Currency) -> Amount {
        self.lock().exposure(bidder, currency)
    }

    /// The holds of a sale are those that its state gives; an ended one holds nothing.
    pub(super) fn hold_all(&self, sale_id: SaleId, state: &Auction) {
        if planted(Fault::ForgetHoldsAtStart) {
            return;
        }
        let mut ledger = self.lock();
        match state.currency() {
            Some(currency) if state.phase() != SalePhase::Ended => {
                ledger.replace(sale_id, currency, state.exposures());
            }
            _ => ledger.release(sale_id),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Ledger> {
        // An auction that panics with the lock is replayed, and replaces all of its holds.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
