//! How far a bidder may go in one sale.

use super::{CatalogueActor, Error, Registration, SetLimit};
use actix::{Handler, ResponseFuture};

impl Handler<SetLimit> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: SetLimit, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move { core.set_limit(message).await })
    }
}
