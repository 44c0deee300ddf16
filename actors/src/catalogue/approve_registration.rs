//! Letting a registered bidder bid.

use super::{ApproveRegistration, CatalogueActor, Error, Registration, RegistrationStatus};
use actix::{Handler, ResponseFuture};

impl Handler<ApproveRegistration> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: ApproveRegistration, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            core.set_registration(message.sale_id, message.user_id, RegistrationStatus::Approved)
                .await
        })
    }
}
