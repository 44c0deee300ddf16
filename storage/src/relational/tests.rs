//! The store by itself: what constraints and order promise, and what a bad file is called.

use super::*;
use gavel_engine::ids::{LotId, SaleId, UserId};
use gavel_engine::money::{Amount, Currency};
use gavel_engine::time::Timestamp;
use sea_orm::{ConnectionTrait, EntityTrait as _, Statement};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

pub(super) async fn open() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    (directory, store)
}

pub(super) fn user(id: u128, name: &str) -> UserRecord {
    UserRecord {
        id: UserId(id),
        name: name.to_owned(),
        display_name: "Somebody".to_owned(),
        email: None,
        password_hash: "$argon2id$".to_owned(),
        role: Role::Bidder,
        locale: Locale::Ru,
        created_at_ms: Timestamp(5),
    }
}

pub(super) fn sale(id: u128) -> SaleRecord {
    SaleRecord {
        id: SaleId(id),
        title: "Design".to_owned(),
        description: String::new(),
        location: String::new(),
        kind: SaleKind::Room,
        currency: Currency::USD,
        starts_at_ms: Timestamp(5),
        auto_approve: true,
        book_visibility: BookVisibility::Hidden,
        closes: None,
        status: SaleStatus::Draft,
        current_lot_id: None,
    }
}

pub(super) fn lot(sale: SaleId, id: u128, number: &str) -> LotRecord {
    let rules = r#"{"version":1,"format":"english","opening_price_minor":100,"increments":[{"from_minor":0,"step_minor":10}]}"#;
    LotRecord {
        id: LotId(id),
        sale_id: sale,
        number: number.parse().unwrap(),
        title: "Chair".to_owned(),
        artist: String::new(),
        description: String::new(),
        estimate_low_minor: None,
        estimate_high_minor: Some(Amount(7)),
        rules: serde_json::from_str(rules).unwrap(),
        seller_id: None,
        picture_etag: None,
    }
}

pub(super) fn sold(price_minor: i64) -> Outcome {
    Outcome {
        result: LotResult::Sold,
        price_minor: Some(Amount(price_minor)),
        winner_paddle: None,
        winner_user_id: Some(UserId(1)),
        closed_at_ms: Timestamp(9),
    }
}

pub(super) async fn execute(store: &Store, sql: &str) {
    let statement = Statement::from_string(store.write.get_database_backend(), sql);
    store.write.execute_raw(statement).await.unwrap();
}

async fn pragma(store: &Store, connection: &sea_orm::DatabaseConnection, name: &str) -> String {
    let statement = Statement::from_string(store.read.get_database_backend(), format!("PRAGMA {name}"));
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i64>(0).map(|n| n.to_string()))
        .unwrap()
}

#[tokio::test]
async fn commits_are_durable_and_references_are_kept() {
    let (_directory, store) = open().await;
    for connection in [&store.read, &store.write] {
        assert_eq!(pragma(&store, connection, "journal_mode").await, "wal");
        assert_eq!(pragma(&store, connection, "synchronous").await, "2", "FULL");
        assert_eq!(pragma(&store, connection, "foreign_keys").await, "1");
    }
}

#[tokio::test]
async fn the_file_is_private() {
    let (directory, store) = open().await;
    store.users().insert(user(1, "jane")).await.unwrap();
    for entry in fs::read_dir(directory.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(
            entry.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{:?}",
            entry.file_name()
        );
    }
}

#[tokio::test]
async fn it_is_read_beside_a_writer_and_without_one_and_nothing_changes() {
    let (directory, store) = open().await;
    let content = || {
        let names = fs::read_dir(directory.path()).unwrap();
        let mut files: Vec<_> = names
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.to_string_lossy().ends_with("-shm"))
            .map(|path| (fs::read(&path).unwrap(), path))
            .collect();
        files.sort();
        files
    };
    let names = async |expected: &[&str]| {
        let before = content();
        let reader = Store::open_to_read(directory.path()).await.unwrap();
        for name in expected {
            assert!(reader.users().by_name(name).await.unwrap().is_some(), "{name}");
        }
        assert_eq!(reader.users().count().await.unwrap(), expected.len() as u64);
        assert!(reader.users().insert(user(9, "intruder")).await.is_err());
        reader.close().await.unwrap();
        assert_eq!(content(), before);
    };
    store.users().insert(user(1, "jane")).await.unwrap();
    names(&["jane"]).await;
    store.users().insert(user(2, "john")).await.unwrap();
    names(&["jane", "john"]).await;
    store.close().await.unwrap();
    assert_eq!(content().len(), 1, "the log is in the file");
    names(&["jane", "john"]).await;
    let nowhere = tempfile::tempdir().unwrap();
    let error = Store::open_to_read(nowhere.path()).await.unwrap_err();
    assert!(matches!(error, Error::CannotOpen { .. }), "{error:?}");
    assert!(fs::read_dir(nowhere.path()).unwrap().next().is_none(), "not made");
}

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    let (directory, store) = open().await;
    store.users().insert(user(1, "jane")).await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(directory.path()).await.unwrap();
    assert_eq!(
        store.users().by_name("jane").await.unwrap(),
        Some(user(1, "jane"))
    );
    assert_eq!(store.users().by_id(UserId(2)).await.unwrap(), None);
    assert!(matches!(
        store.users().insert(user(2, "jane")).await,
        Err(Error::NameTaken)
    ));
}

#[tokio::test]
async fn outcomes_are_idempotent_and_ordered() {
    let (_directory, store) = open().await;
    let (sale_id, lot_id) = (SaleId(1), LotId(2));
    store.sales().insert_draft(sale(1)).await.unwrap();
    store.lots().insert(lot(sale_id, 2, "1")).await.unwrap();
    let shown = async || {
        let closed = store.results().of_sale(sale_id).await.unwrap();
        closed
            .first()
            .and_then(|result| result.outcome.price_minor)
            .map(Amount::minor)
    };
    // Consumers keep cursors of their own, so that each of these gets as far as the lot.
    let consumers = std::cell::Cell::new(0);
    let tell = async |lot_id, seq, outcome| {
        consumers.set(consumers.get() + 1);
        let change = [Change::Lot { lot_id, outcome }];
        let consumer = consumers.get().to_string();
        store.results().apply(&consumer, sale_id, seq, &change).await
    };
    tell(lot_id, 5, Some(sold(500))).await.unwrap();
    tell(lot_id, 4, Some(sold(400))).await.unwrap();
    assert_eq!(shown().await, Some(500), "late");
    tell(lot_id, 6, None).await.unwrap();
    assert_eq!(shown().await, None, "opened again");
    tell(lot_id, 5, Some(sold(500))).await.unwrap();
    assert_eq!(shown().await, None, "repeated");
    tell(lot_id, 7, Some(sold(700))).await.unwrap();
    assert_eq!(shown().await, Some(700));
    let strange = tell(LotId(9), 8, None).await;
    assert!(matches!(strange, Err(Error::NoSuchLot)), "{strange:?}");
}

#[tokio::test]
async fn an_event_is_applied_once_with_its_cursor_or_not_at_all() {
    let (_directory, store) = open().await;
    let sale_id = SaleId(1);
    store.sales().insert_draft(sale(1)).await.unwrap();
    store.lots().insert(lot(sale_id, 2, "1")).await.unwrap();
    let results = store.results();
    let status = async || store.sales().by_id(sale_id).await.unwrap().unwrap().status;
    let to = |status| Change::Sale {
        status,
        current_lot_id: None,
    };
    let cursor = async || {
        let row = entities::applied_cursors::Entity::find_by_id(("results".to_owned(), sale_id.into()));
        row.one(&store.read).await.unwrap().map(|row| row.seq)
    };
    assert_eq!(cursor().await, None);
    assert!(
        results
            .apply("results", sale_id, 3, &[to(SaleStatus::Live)])
            .await
            .unwrap()
    );
    assert!(
        !results
            .apply("results", sale_id, 3, &[to(SaleStatus::Ended)])
            .await
            .unwrap()
    );
    assert!(
        !results
            .apply("results", sale_id, 2, &[to(SaleStatus::Published)])
            .await
            .unwrap()
    );
    assert_eq!((cursor().await, status().await), (Some(3), SaleStatus::Live));

    let unknown_lot = Change::Lot {
        lot_id: LotId(9),
        outcome: None,
    };
    let failed = results
        .apply("results", sale_id, 4, &[to(SaleStatus::Ended), unknown_lot])
        .await;
    assert!(matches!(failed, Err(Error::NoSuchLot)), "{failed:?}");
    assert_eq!((cursor().await, status().await), (Some(3), SaleStatus::Live));

    assert!(
        results.apply("another", sale_id, 1, &[]).await.unwrap(),
        "each consumer has its own cursor"
    );
    assert!(
        results
            .apply("results", sale_id, 9, &[to(SaleStatus::Ended)])
            .await
            .unwrap(),
        "gaps are fine"
    );
    assert_eq!(status().await, SaleStatus::Ended);

    // The whole state makes up for what was left out before, also when its last event was applied.
    let outcome = Some(sold(500));
    let closed = [Change::Lot {
        lot_id: LotId(2),
        outcome,
    }];
    assert!(!results.apply("results", sale_id, 9, &closed).await.unwrap());
    assert!(!results.apply_whole("results", sale_id, 8, &closed).await.unwrap());
    assert!(results.of_sale(sale_id).await.unwrap().is_empty());
    assert!(results.apply_whole("results", sale_id, 9, &closed).await.unwrap());
    assert_eq!(results.of_sale(sale_id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_bidders_registrations_come_with_the_latest_sale_first() {
    let (_directory, store) = open().await;
    let registrations = store.registrations();
    let [jane, joe, nobody] = [1, 2, 3].map(UserId);
    store.users().insert(user(1, "jane")).await.unwrap();
    store.users().insert(user(2, "joe")).await.unwrap();
    for (id, starts_at_ms, bidders) in [
        (1, 20, vec![joe]),
        (2, 30, vec![jane, joe]),
        (3, 10, vec![jane]),
        (4, 30, vec![joe, jane]),
    ] {
        let draft = SaleRecord {
            starts_at_ms: Timestamp(starts_at_ms),
            ..sale(id)
        };
        store.sales().insert_draft(draft).await.unwrap();
        store.lots().insert(lot(SaleId(id), id, "1")).await.unwrap();
        let check = |_: &SaleRecord, _: &[LotRecord]| Ok::<_, Error>(Vec::new());
        store.sales().publish(SaleId(id), check).await.unwrap();
        for bidder in bidders {
            let registered = registrations.register(SaleId(id), bidder, Timestamp(6));
            registered.await.unwrap();
        }
    }
    let of_jane = registrations.of_user(jane, 9).await.unwrap();
    let sales: Vec<_> = of_jane.iter().map(|registered| registered.sale_id).collect();
    assert_eq!(sales, [2, 4, 3].map(SaleId));
    let one_by_one: Vec<_> = of_jane.iter().map(|registered| registered.paddle.0).collect();
    assert_eq!(one_by_one, [1001, 1002, 1001]);
    for registered in &of_jane {
        let alone = registrations.by_user(registered.sale_id, jane).await.unwrap();
        assert_eq!(alone.as_ref(), Some(registered));
    }
    assert_eq!(registrations.of_user(jane, 2).await.unwrap(), of_jane[..2]);
    assert_eq!(registrations.of_user(nobody, 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_refused_edit_changes_nothing() {
    let (_directory, store) = open().await;
    store.sales().insert_draft(sale(1)).await.unwrap();
    let refused = store
        .sales()
        .edit_draft(SaleId(1), |_| Err(Error::SaleEnded))
        .await;
    assert!(matches!(refused, Err(Error::SaleEnded)));
    let check = |_: &SaleRecord, _: &[LotRecord]| Ok::<_, Error>(Vec::new());
    assert!(matches!(
        store.sales().publish(SaleId(1), check).await,
        Err(Error::NoLots)
    ));
    assert_eq!(store.sales().by_id(SaleId(1)).await.unwrap(), Some(sale(1)));
}

#[tokio::test]
async fn a_sale_holds_so_many_lots_and_not_one_more() {
    let (_directory, store) = open().await;
    store.sales().insert_draft(sale(1)).await.unwrap();
    store.lots().insert(lot(SaleId(1), 1, "1")).await.unwrap();
    let columns = "sale_id, number, title, artist, description, rules";
    execute(
        &store,
        &format!(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {LOTS_MAX}) \
             INSERT INTO lots (id, sort_key, {columns}) SELECT randomblob(16), i * 1000, {columns} FROM lots, n"
        ),
    )
    .await;
    let one_more = store.lots().insert(lot(SaleId(1), 2, "99999")).await;
    assert!(matches!(one_more, Err(Error::TooManyLots)), "{one_more:?}");
    let overview = store.sales().list(true, 10).await.unwrap();
    assert_eq!(overview[0].lot_count, LOTS_MAX);
}

#[tokio::test]
async fn many_writers_wait_for_each_other() {
    let (_directory, store) = open().await;
    store.sales().insert_draft(sale(1)).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for n in 1..=40_u128 {
        let store = store.clone();
        writers.spawn(async move {
            store.lots().insert(lot(SaleId(1), n, &n.to_string())).await?;
            store
                .lots()
                .of_sale(SaleId(1))
                .await
                .map(|lots| lots.iter().any(|lot| lot.id == LotId(n)))
        });
    }
    for written in writers.join_all().await {
        assert!(written.unwrap(), "a reader sees what was committed before");
    }
    assert_eq!(store.lots().of_sale(SaleId(1)).await.unwrap().len(), 40);
}

async fn refused(directory: &Path) -> Error {
    Store::open(directory)
        .await
        .expect_err("the store must refuse to open")
}

#[tokio::test]
async fn a_damaged_file_is_refused() {
    let (directory, store) = open().await;
    for n in 1..200 {
        store
            .users()
            .insert(user(n, &format!("bidder{n}")))
            .await
            .unwrap();
    }
    store.close().await.unwrap();
    let path = directory.path().join(FILE_NAME);
    let whole = fs::read(&path).unwrap();
    let torn = &whole[..whole.len() / 2];
    let mut header = whole.clone();
    header[..16].fill(b'x');
    let mut pages = whole.clone();
    pages[4096..12_288].fill(0xa5);
    for damaged in [
        torn,
        &header,
        &pages,
        b"hello, this is no database at all".as_slice(),
    ] {
        fs::write(&path, damaged).unwrap();
        let error = refused(directory.path()).await;
        assert!(matches!(error, Error::Damaged(_)), "{error:?}");
        assert!(error.to_string().contains("restore it from a backup"));
        assert_eq!(fs::read(&path).unwrap(), damaged, "the evidence is not touched");
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(
        Store::open(directory.path())
            .await
            .unwrap()
            .users()
            .count()
            .await
            .unwrap(),
        199
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (directory, store) = open().await;
    execute(
        &store,
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)",
    )
    .await;
    store.close().await.unwrap();
    let error = refused(directory.path()).await;
    assert!(
        matches!(&error, Error::NewerSchema { found, .. } if found == "m9999_future"),
        "{error:?}"
    );
    assert!(error.to_string().contains("start the newer version"), "{error}");
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    assert!(matches!(refused(&missing).await, Error::CannotOpen { path, .. } if path.starts_with(&missing)));
    fs::create_dir(directory.path().join(FILE_NAME)).unwrap();
    assert!(matches!(
        refused(directory.path()).await,
        Error::CannotOpen { .. }
    ));
}

#[tokio::test]
async fn a_full_disk_and_a_read_only_file_are_told_apart() {
    let (_directory, store) = open().await;
    execute(&store, "PRAGMA query_only = 1").await;
    let error = store.users().insert(user(1, "jane")).await.unwrap_err();
    assert!(matches!(error, Error::ReadOnly(_)), "{error:?}");
    execute(&store, "PRAGMA query_only = 0").await;
    execute(&store, "PRAGMA max_page_count = 1").await;
    store.sales().insert_draft(sale(1)).await.unwrap();
    let description = "x".repeat(1_000_000);
    let error = store
        .sales()
        .insert_draft(SaleRecord {
            description,
            ..sale(2)
        })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::DiskFull(_)), "{error:?}");
    assert_eq!(
        store.sales().list(true, 9).await.unwrap().len(),
        1,
        "and nothing was half written"
    );
}

#[tokio::test]
async fn values_that_make_no_sense_are_told() {
    let (_directory, store) = open().await;
    store.users().insert(user(1, "jane")).await.unwrap();
    execute(&store, "UPDATE users SET role = 'emperor'").await;
    let error = store.users().by_name("jane").await.unwrap_err();
    assert!(
        matches!(&error, Error::BadValue(text) if text.contains("emperor")),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_was_stored_before_there_were_limits_has_none() {
    let (directory, store) = open().await;
    store.users().insert(user(1, "jane")).await.unwrap();
    store.sales().insert_draft(sale(1)).await.unwrap();
    store.lots().insert(lot(SaleId(1), 1, "1")).await.unwrap();
    let check = |_: &SaleRecord, _: &[LotRecord]| Ok::<_, Error>(Vec::new());
    store.sales().publish(SaleId(1), check).await.unwrap();
    let registrations = store.registrations();
    let registered = registrations.register(SaleId(1), UserId(1), Timestamp(5)).await;
    let registered = registered.unwrap();
    for undone in [
        "ALTER TABLE registrations DROP COLUMN bid_limit_minor",
        "DROP TABLE credit_lines",
        "DELETE FROM seaql_migrations WHERE version = 'm0002_limits'",
    ] {
        execute(&store, undone).await;
    }
    store.close().await.unwrap();

    let store = Store::open(directory.path()).await.unwrap();
    let registrations = store.registrations();
    let kept = registrations.by_user(SaleId(1), UserId(1)).await.unwrap();
    assert_eq!(kept, Some(registered));
    assert_eq!(store.credit_lines().all().await.unwrap(), []);
    let limit = Some(Amount(5_000));
    let limited = registrations
        .set_limit(SaleId(1), UserId(1), limit)
        .await
        .unwrap();
    assert_eq!(limited.limit, limit);
    let nobody = registrations.set_limit(SaleId(1), UserId(2), limit).await;
    assert!(matches!(nobody, Err(Error::NoSuchRegistration)), "{nobody:?}");
}

#[tokio::test]
async fn a_bidder_has_one_credit_line_in_a_currency() {
    let (_directory, store) = open().await;
    store.users().insert(user(1, "jane")).await.unwrap();
    let lines = store.credit_lines();
    let line = |user: u128, currency: &str, limit: i64| CreditLine {
        user_id: UserId(user),
        currency: currency.parse().unwrap(),
        limit: Amount(limit),
    };
    for (currency, limit) in [("EUR", 5), ("USD", 6), ("EUR", 7)] {
        lines.set(line(1, currency, limit)).await.unwrap();
    }
    let euro = lines.of_user(UserId(1), "EUR".parse().unwrap()).await.unwrap();
    assert_eq!(euro, Some(line(1, "EUR", 7)));
    assert_eq!(lines.all().await.unwrap().len(), 2);
    for _ in 0..2 {
        lines.remove(UserId(1), "EUR".parse().unwrap()).await.unwrap();
        assert_eq!(lines.all().await.unwrap(), [line(1, "USD", 6)]);
    }
    let nobody = lines.set(line(2, "EUR", 5)).await;
    assert!(matches!(nobody, Err(Error::NoSuchUser)), "{nobody:?}");
}
