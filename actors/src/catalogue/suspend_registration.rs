//! Stopping a registered bidder from bidding.

use super::{CatalogueActor, Error, Registration, SuspendRegistration};
use actix::{Handler, ResponseFuture};

impl Handler<SuspendRegistration> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: SuspendRegistration, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move { core.suspend(message).await })
    }
}
