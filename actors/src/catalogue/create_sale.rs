//! Entering a new sale.

use super::{CatalogueActor, CreateSale, Error, Sale, Viewer, validation, view};
use actix::{Handler, ResponseFuture};
use uuid::Uuid;

impl Handler<CreateSale> for CatalogueActor {
    type Result = ResponseFuture<Result<Sale, Error>>;

    fn handle(&mut self, message: CreateSale, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let id = Uuid::now_v7().into();
            let sale =
                validation::new_sale(id, message.input, core.clock.now()).map_err(Error::Validation)?;
            core.store.sales().insert_draft(sale.clone()).await?;
            Ok(view::sale(sale, Vec::new(), Viewer::Staff))
        })
    }
}
