//! No bound over all sales any more.

use super::{CatalogueActor, Error, RemoveCredit, validation};
use actix::{Handler, ResponseFuture};

impl Handler<RemoveCredit> for CatalogueActor {
    type Result = ResponseFuture<Result<(), Error>>;

    fn handle(&mut self, message: RemoveCredit, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let RemoveCredit { user_id, currency } = message;
            let currency = validation::currency(&currency).map_err(Error::Validation)?;
            let live = core.live().await;
            if core.store.users().by_id(user_id).await?.is_none() {
                return Err(Error::NotFound("user"));
            }
            core.store.credit_lines().remove(user_id, currency).await?;
            live.credit_changed(user_id, currency, None);
            Ok(())
        })
    }
}
