use super::*;
use crate::relational::tests::{execute, lot, open, sale, sold};
use crate::relational::{Outcome, UserRecord};
use std::os::unix::fs::PermissionsExt as _;

const SALE: SaleId = SaleId(1);

/// A sale of three lots: the first two sold by records 5 and 9, of 10.
async fn held(store: &Store) {
    store.sales().insert_draft(sale(1)).await.unwrap();
    for (id, number) in [(2, "1"), (3, "2"), (4, "3")] {
        store.lots().insert(lot(SALE, id, number)).await.unwrap();
    }
    for (seq, change) in [
        (4, stands(SaleStatus::Live)),
        (5, ended(2, Some(sold(500)))),
        (7, ended(3, Some(sold(600)))),
        (8, ended(3, None)),
        (9, ended(3, Some(sold(700)))),
        (10, stands(SaleStatus::Ended)),
    ] {
        assert!(
            store
                .results()
                .apply("results", SALE, seq, &[change])
                .await
                .unwrap()
        );
    }
}

fn ended(lot: u128, outcome: Option<Outcome>) -> Change {
    Change::Lot {
        lot_id: LotId(lot),
        outcome,
    }
}

fn stands(status: SaleStatus) -> Change {
    Change::Sale {
        status,
        current_lot_id: None,
    }
}

async fn prices(store: &Store) -> Vec<(LotId, i64)> {
    let closed = store.results().of_sale(SALE).await.unwrap();
    let price = |outcome: Outcome| outcome.price_minor.map_or(0, gavel_engine::money::Amount::minor);
    closed
        .into_iter()
        .map(|lot| (lot.lot_id, price(lot.outcome)))
        .collect()
}

#[tokio::test]
async fn what_records_that_are_gone_have_told_is_taken_back_and_later_ones_count_again() {
    // As of each record: what the lots amount to then.
    let as_of_7 = [
        ended(2, Some(sold(500))),
        ended(3, Some(sold(600))),
        stands(SaleStatus::Live),
    ];
    let as_of_8 = [
        ended(2, Some(sold(500))),
        ended(3, None),
        stands(SaleStatus::Live),
    ];
    for (seq, state, wanted) in [
        (7, as_of_7, vec![(LotId(2), 500), (LotId(3), 600)]),
        (8, as_of_8, vec![(LotId(2), 500)]),
    ] {
        let (_directory, store) = open().await;
        held(&store).await;
        assert_eq!(store.progress().await.unwrap()[&SALE].seq, 10);
        for _ in 0..2 {
            store.results().rewind(SALE, seq, &state).await.unwrap();
            assert_eq!(prices(&store).await, wanted);
            let sale = store.sales().by_id(SALE).await.unwrap().unwrap();
            assert_eq!(sale.status, SaleStatus::Live);
            let progress = &store.progress().await.unwrap()[&SALE];
            assert_eq!((progress.seq, progress.live_seq), (seq, seq));
        }
        // The next record has a number that was taken before.
        let change = [ended(3, Some(sold(650)))];
        let results = store.results();
        assert!(results.apply("results", SALE, seq + 1, &change).await.unwrap());
        assert_eq!(prices(&store).await[1], (LotId(3), 650));
    }
}

#[tokio::test]
async fn what_the_database_was_behind_with_is_made_up_for() {
    let (_directory, store) = open().await;
    held(&store).await;
    let changes = [ended(4, Some(sold(900))), stands(SaleStatus::Ended)];
    store.results().rewind(SALE, 12, &changes).await.unwrap();
    assert_eq!(prices(&store).await[2], (LotId(4), 900));
    assert_eq!(store.progress().await.unwrap()[&SALE].seq, 12);
}

#[tokio::test]
async fn a_sale_without_a_record_is_a_draft_and_nothing_of_it_is_known() {
    let (_directory, store) = open().await;
    held(&store).await;
    store.results().back_to_draft(SALE).await.unwrap();
    assert_eq!(prices(&store).await, []);
    assert_eq!(store.progress().await.unwrap()[&SALE].seq, 0);
    let sale = store.sales().by_id(SALE).await.unwrap().unwrap();
    assert_eq!(sale.status, SaleStatus::Draft);
    assert_eq!(store.lots().of_sale(SALE).await.unwrap().len(), 3);
    let unknown = store.results().back_to_draft(SaleId(9)).await;
    assert!(matches!(unknown, Err(Error::NoSuchSale)));
}

#[tokio::test]
async fn a_copy_is_whole_private_and_made_beside_a_writer() {
    let (directory, store) = open().await;
    let place = tempfile::tempdir().unwrap();
    held(&store).await;
    let copy = async |name: &str| {
        let to = place.path().join(name);
        fs::create_dir(&to).unwrap();
        let file = to.join(FILE_NAME);
        Store::copy(directory.path(), &file).await.unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let copy = Store::open_to_read(&to).await.unwrap();
        assert_eq!(copy.findings().await.unwrap(), [""; 0]);
        assert_eq!(prices(&copy).await, prices(&store).await);
        copy.close().await.unwrap();
    };
    copy("first").await;
    let changes = [ended(4, Some(sold(900)))];
    store
        .results()
        .apply("results", SALE, 11, &changes)
        .await
        .unwrap();
    copy("second").await;
    // Something else is never overwritten.
    let taken = place.path().join("second").join(FILE_NAME);
    let error = Store::copy(directory.path(), &taken).await.unwrap_err();
    assert!(matches!(error, Error::CannotOpen { .. }), "{error:?}");
    // While none runs there is no log beside the file, and none is made.
    store.close().await.unwrap();
    let last = place.path().join("last");
    Store::copy(directory.path(), &last).await.unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn what_does_not_hold_is_found() {
    let (directory, store) = open().await;
    for id in 0..200_u32 {
        let user = UserRecord {
            name: format!("user-{id}"),
            ..crate::relational::tests::user(id.into(), "")
        };
        store.users().insert(user).await.unwrap();
    }
    held(&store).await;
    assert_eq!(store.findings().await.unwrap(), [""; 0]);
    execute(&store, "PRAGMA foreign_keys = OFF").await;
    execute(&store, "DELETE FROM sales").await;
    let findings = store.findings().await.unwrap();
    assert!(
        findings.iter().any(|finding| finding.contains("lots")),
        "{findings:?}"
    );
    store.close().await.unwrap();

    let path = directory.path().join(FILE_NAME);
    let whole = fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    let middle = whole.len() / 2 / 4096 * 4096;
    damaged[middle..middle + 8192].fill(0xa5);
    fs::write(&path, &damaged).unwrap();
    let store = Store::open_to_read(directory.path()).await.unwrap();
    let found = store.findings().await;
    assert!(
        matches!(&found, Err(Error::Damaged(_))) || found.as_ref().is_ok_and(|found| !found.is_empty()),
        "{found:?}"
    );
}
