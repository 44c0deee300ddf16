//! Listing where a bidder is registered.

use super::{CatalogueActor, Error, ListOwnRegistrations, RegistrationList, SALES_LISTED_MAX, view};
use actix::{Handler, ResponseFuture};

impl Handler<ListOwnRegistrations> for CatalogueActor {
    type Result = ResponseFuture<Result<RegistrationList, Error>>;

    fn handle(&mut self, message: ListOwnRegistrations, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let registrations = core.store.registrations();
            let registrations = registrations.of_user(message.user_id, SALES_LISTED_MAX).await?;
            Ok(RegistrationList {
                registrations: registrations.into_iter().map(view::registration).collect(),
            })
        })
    }
}
