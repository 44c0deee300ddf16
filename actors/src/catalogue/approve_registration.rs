//! Letting a registered bidder bid.

use super::{ApproveRegistration, CatalogueActor, Error, Registration};
use actix::{Handler, ResponseFuture};

impl Handler<ApproveRegistration> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: ApproveRegistration, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move { core.approve(message).await })
    }
}
