//! Showing one bidder's registration.

use super::{CatalogueActor, Error, GetRegistration, Registration, view};
use actix::{Handler, ResponseFuture};

impl Handler<GetRegistration> for CatalogueActor {
    type Result = ResponseFuture<Result<Registration, Error>>;

    fn handle(&mut self, message: GetRegistration, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let registered = core
                .store
                .registrations()
                .by_user(message.sale_id, message.user_id)
                .await?;
            registered
                .map(view::registration)
                .ok_or(Error::NotFound("registration"))
        })
    }
}
