//! How far a bidder may go over all sales.

use super::{CatalogueActor, Credit, Error, GetCredit, validation};
use actix::{Handler, ResponseFuture};

impl Handler<GetCredit> for CatalogueActor {
    type Result = ResponseFuture<Result<Credit, Error>>;

    fn handle(&mut self, message: GetCredit, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let GetCredit { user_id, currency } = message;
            let currency = validation::currency(&currency).map_err(Error::Validation)?;
            if core.store.users().by_id(user_id).await?.is_none() {
                return Err(Error::NotFound("user"));
            }
            let line = core.store.credit_lines().of_user(user_id, currency).await?;
            Ok(Credit {
                currency: currency.code().to_owned(),
                limit_minor: line.map(|line| line.limit),
                exposure_minor: core.live().await.exposure(user_id, currency),
            })
        })
    }
}
