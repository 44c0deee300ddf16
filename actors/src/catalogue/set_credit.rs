//! Bounding how far a bidder may go over all sales.

use super::{CatalogueActor, Credit, Error, SetCredit, validation};
use actix::{Handler, ResponseFuture};
use gavel_storage::relational::CreditLine;

impl Handler<SetCredit> for CatalogueActor {
    type Result = ResponseFuture<Result<Credit, Error>>;

    fn handle(&mut self, message: SetCredit, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let user_id = message.user_id;
            let currency = validation::currency(&message.currency).map_err(Error::Validation)?;
            let limit = validation::limit(message.limit).map_err(Error::Validation)?;
            let line = CreditLine {
                user_id,
                currency,
                limit,
            };
            let live = core.live().await;
            core.store.credit_lines().set(line).await?;
            live.credit_changed(user_id, currency, Some(limit));
            Ok(Credit {
                currency: currency.code().to_owned(),
                limit_minor: Some(limit),
                exposure_minor: live.exposure(user_id, currency),
            })
        })
    }
}
