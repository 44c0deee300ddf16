//! The catalogue's news for the live side, and the comparison of both at the start of a node.

use super::{
    messages::Refused,
    registry::{AuctionRegistry, approval},
};
use crate::catalogue::{LiveSales, LiveUnavailable};
use futures_util::future::LocalBoxFuture;
use gavel_engine::{
    auction::{LotSetup, Register, SaleKind, Setup},
    ids::{SaleId, UserId},
    money::{Amount, Currency},
};
use gavel_storage::relational::{self, PublishedSale, RegistrationRecord, Store};
use std::time::Duration;

/// The wait after a sale was too busy to be taken over.
const BUSY_RETRY_MS: u64 = 20;

/// How often that is waited for: half a minute, longer than a disk that works takes for a segment.
const BUSY_TRIES_MAX: u32 = 1500;

impl LiveSales for AuctionRegistry {
    fn publish(&self, sale: PublishedSale) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        let registry = self.clone();
        Box::pin(async move {
            not_lost(&registry, &sale).map_err(LiveUnavailable)?;
            take_over(&registry, sale).await.map_err(unavailable)
        })
    }

    fn registration_changed(
        &self,
        registration: RegistrationRecord,
    ) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        let registry = self.clone();
        Box::pin(async move { register(&registry, &registration).await.map_err(unavailable) })
    }

    fn retract_bids(
        &self,
        sale: SaleId,
        user: UserId,
    ) -> LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        let registry = self.clone();
        Box::pin(async move {
            match registry.suspend_and_retract(sale, user.into()).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(rejection)) => Err(LiveUnavailable(rejection.reason.message().to_owned())),
                Err(refused) => Err(unavailable(refused)),
            }
        })
    }

    fn credit_changed(&self, user: UserId, currency: Currency, limit: Option<Amount>) {
        self.credit().set_limit(user.into(), currency, limit);
        self.tell_standing(user);
    }

    fn exposure(&self, user: UserId, currency: Currency) -> Amount {
        self.credit().exposure(user.into(), currency)
    }
}

/// Tells the live side everything that the catalogue has published: what it knows already changes
/// nothing, what a crash kept from it is made up for.
///
/// # Errors
/// A text that says which side failed.
pub async fn reconcile(registry: &AuctionRegistry, store: &Store) -> Result<(), String> {
    let ids = store
        .sales()
        .published_ids()
        .await
        .map_err(|error| error.to_string())?;
    for id in ids {
        let published = store
            .sales()
            .published_by_id(id)
            .await
            .map_err(|error| error.to_string())?;
        if let Some(sale) = published {
            not_lost(registry, &sale)?;
            take_over_patiently(registry, sale)
                .await
                .map_err(|refused| refused.to_string())?;
        }
    }
    Ok(())
}

/// A sale that has been live has a journal. If that is gone, so are bids that were acknowledged: a new,
/// empty sale in its place would hide it.
fn not_lost(registry: &AuctionRegistry, published: &PublishedSale) -> Result<(), String> {
    let sale_id = published.sale.id;
    if published.live_seq == 0 || registry.find(sale_id).is_some() {
        return Ok(());
    }
    Err(format!(
        "sale {sale_id} was live up to record {}, but the journal knows nothing of it",
        published.live_seq
    ))
}

/// A start may find the journal at the end of a segment while the next one is still being made, which
/// is no reason not to start.
async fn take_over_patiently(registry: &AuctionRegistry, sale: PublishedSale) -> Result<(), Refused> {
    for _ in 0..BUSY_TRIES_MAX {
        match take_over(registry, sale.clone()).await {
            Err(Refused::Busy | Refused::UnknownFate) => {
                actix::clock::sleep(Duration::from_millis(BUSY_RETRY_MS)).await;
            }
            ended => return ended,
        }
    }
    take_over(registry, sale).await
}

async fn take_over(registry: &AuctionRegistry, published: PublishedSale) -> Result<(), Refused> {
    let PublishedSale {
        sale,
        lots,
        registrations,
        live_seq: _,
    } = published;
    let setup = Setup {
        sale_id: sale.id,
        currency: sale.currency,
        kind: match sale.kind {
            relational::SaleKind::Room => SaleKind::Room,
            relational::SaleKind::Timed => SaleKind::Timed,
        },
        lots: lots
            .into_iter()
            .map(|lot| LotSetup {
                lot_id: lot.id,
                rules: lot.rules,
            })
            .collect(),
    };
    registry.create(setup, sale.book_visibility).await?;
    for registration in &registrations {
        register(registry, registration).await?;
    }
    Ok(())
}

async fn register(registry: &AuctionRegistry, registration: &RegistrationRecord) -> Result<(), Refused> {
    let word = Register {
        bidder: registration.user_id.into(),
        paddle: registration.paddle,
        standing: approval(registration.status),
        limit: registration.limit,
    };
    if let Err(rejection) = registry.register(registration.sale_id, word).await? {
        // The numbers of accounts and of the room are apart, so this is a fault to be looked at.
        tracing::error!(
            sale = %registration.sale_id,
            paddle = registration.paddle.0,
            code = rejection.reason.code(),
            "a registration was refused by the live sale"
        );
    }
    Ok(())
}

fn unavailable(refused: Refused) -> LiveUnavailable {
    LiveUnavailable(refused.to_string())
}
