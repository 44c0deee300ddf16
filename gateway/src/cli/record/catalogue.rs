//! What the data directory knows of a sale beside its journal: titles, numbers, names.

use gavel_engine::ids::{BidderId, LotId, SaleId};
use gavel_storage::relational::{self, BookVisibility, Store};
use std::{collections::HashMap, path::Path};

/// What one sale's catalogue says.
pub struct Catalogue {
    /// The sale's title.
    pub title: String,
    /// What staff may see of maxima before a lot has closed.
    pub visibility: BookVisibility,
    /// Number and title of each lot.
    pub lots: HashMap<LotId, (String, String)>,
    /// What others see of each registered account.
    pub names: HashMap<BidderId, String>,
}

/// The titles of all published sales.
pub fn titles(data: &Path) -> Result<HashMap<SaleId, String>, String> {
    with(data, async |store| {
        let mut titles = HashMap::new();
        for id in store.sales().published_ids().await? {
            if let Some(sale) = store.sales().by_id(id).await? {
                titles.insert(id, sale.title);
            }
        }
        Ok(titles)
    })
}

/// The catalogue of one sale.
pub fn read(data: &Path, sale_id: SaleId) -> Result<Catalogue, String> {
    with(data, async |store| {
        let sale = store.sales().by_id(sale_id).await?;
        let sale = sale.ok_or(relational::Error::NoSuchSale)?;
        let lots = store.lots().of_sale(sale_id).await?;
        let registrations = store.registrations().of_sale(sale_id).await?;
        Ok(Catalogue {
            title: sale.title,
            visibility: sale.book_visibility,
            lots: lots
                .into_iter()
                .map(|lot| (lot.id, (lot.number.to_string(), lot.title)))
                .collect(),
            names: registrations
                .into_iter()
                .map(|registration| (registration.user_id.into(), registration.display_name))
                .collect(),
        })
    })
}

fn with<T>(data: &Path, ask: impl AsyncFnOnce(&Store) -> Result<T, relational::Error>) -> Result<T, String> {
    let asked = actix_web::rt::System::new().block_on(async {
        let store = Store::open_to_read(data).await?;
        let asked = ask(&store).await;
        store.close().await?;
        asked
    });
    asked.map_err(|error| error.to_string())
}
