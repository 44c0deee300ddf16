//! Listing the bidders of a sale.

use super::{CatalogueActor, Error, ListRegistrations, RegistrationList, Viewer, view};
use actix::{Handler, ResponseFuture};

impl Handler<ListRegistrations> for CatalogueActor {
    type Result = ResponseFuture<Result<RegistrationList, Error>>;

    fn handle(&mut self, message: ListRegistrations, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            core.visible_sale(message.sale_id, Viewer::Staff).await?;
            let registrations = core.store.registrations().of_sale(message.sale_id).await?;
            Ok(RegistrationList {
                registrations: registrations.into_iter().map(view::registration).collect(),
            })
        })
    }
}
