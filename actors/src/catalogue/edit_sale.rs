//! Changing a draft sale.

use super::{CatalogueActor, EditSale, Error, Sale, Viewer, validation, view};
use actix::{Handler, ResponseFuture};

impl Handler<EditSale> for CatalogueActor {
    type Result = ResponseFuture<Result<Sale, Error>>;

    fn handle(&mut self, message: EditSale, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let now = core.clock.now();
            let edit = |sale| validation::edited_sale(sale, message.edit, now).map_err(Error::Validation);
            let sale = core.store.sales().edit_draft(message.sale_id, edit).await?;
            let lots = core.store.lots().of_sale(message.sale_id).await?;
            Ok(view::sale(sale, lots, Viewer::Staff))
        })
    }
}
