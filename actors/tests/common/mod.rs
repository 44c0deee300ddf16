//! A node of the relational services in a directory of its own, with a clock that tests move.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]
#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod catalogue;

use gavel_actors::catalogue::{Catalogue, CatalogueActor, LiveSales, LiveUnavailable};
use gavel_actors::clock::ManualClock;
use gavel_actors::users::{
    Password, PasswordConfig, SignUp, SigningKey, TokenVerifier, Users, UsersActor, UsersConfig,
};
use gavel_engine::{
    ids::{SaleId, UserId},
    money::{Amount, Currency},
    time::Timestamp,
};
use gavel_storage::relational::{PublishedSale, RegistrationRecord, Store};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub const PASSWORD: &str = "correct horse";
pub const CLOCK_START_MS: i64 = 1_800_000_000_000;

/// What the live side was told; refuses everything while `down`.
#[derive(Default)]
pub struct Told {
    pub published: Vec<PublishedSale>,
    pub registrations: Vec<RegistrationRecord>,
    pub retracted: Vec<(SaleId, UserId)>,
    pub credit: Vec<(UserId, Currency, Option<Amount>)>,
    pub down: bool,
}

struct Live(Arc<Mutex<Told>>);

impl Live {
    fn tell(
        &self,
        note: impl FnOnce(&mut Told),
    ) -> futures_util::future::LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        let mut told = self.0.lock().unwrap();
        let answer = if told.down {
            Err(LiveUnavailable("it is down".to_owned()))
        } else {
            note(&mut told);
            Ok(())
        };
        Box::pin(async move { answer })
    }
}

impl LiveSales for Live {
    fn publish(
        &self,
        sale: PublishedSale,
    ) -> futures_util::future::LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        self.tell(|told| told.published.push(sale))
    }

    fn registration_changed(
        &self,
        registration: RegistrationRecord,
    ) -> futures_util::future::LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        self.tell(|told| told.registrations.push(registration))
    }

    fn retract_bids(
        &self,
        sale: SaleId,
        user: UserId,
    ) -> futures_util::future::LocalBoxFuture<'static, Result<(), LiveUnavailable>> {
        self.tell(|told| told.retracted.push((sale, user)))
    }

    fn credit_changed(&self, user: UserId, currency: Currency, limit: Option<Amount>) {
        self.0.lock().unwrap().credit.push((user, currency, limit));
    }

    fn exposure(&self, _: UserId, _: Currency) -> Amount {
        Amount(12)
    }
}

pub struct Node {
    pub directory: TempDir,
    pub clock: Arc<ManualClock>,
    pub store: Store,
    pub verifier: TokenVerifier,
    pub users: Users,
    pub catalogue: Catalogue,
    pub told: Arc<Mutex<Told>>,
}

/// Hashes that take microseconds.
pub fn light() -> UsersConfig {
    let passwords = PasswordConfig {
        memory_kib: 8,
        passes: 1,
        ..PasswordConfig::default()
    };
    UsersConfig {
        passwords,
        ..UsersConfig::default()
    }
}

impl Node {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(configure: impl FnOnce(&mut UsersConfig)) -> Self {
        let mut config = light();
        configure(&mut config);
        let clock = ManualClock::new(Timestamp(CLOCK_START_MS));
        Self::open(tempfile::tempdir().unwrap(), clock, config).await
    }

    /// Stops everything and starts again on the same directory.
    pub async fn restart(self) -> Self {
        self.store.close().await.unwrap();
        Self::open(self.directory, self.clock, light()).await
    }

    async fn open(directory: TempDir, clock: Arc<ManualClock>, config: UsersConfig) -> Self {
        let store = Store::open(directory.path()).await.unwrap();
        let key = SigningKey::load_or_create(&directory.path().join("keys")).unwrap();
        let told = Arc::new(Mutex::new(Told::default()));
        Self {
            verifier: TokenVerifier::new(&key, clock.clone()),
            users: UsersActor::start(config, store.clone(), &key, clock.clone()).unwrap(),
            catalogue: CatalogueActor::start(store.clone(), clock.clone(), Box::new(Live(Arc::clone(&told)))),
            directory,
            clock,
            store,
            told,
        }
    }
}

pub fn sign_up(name: &str) -> SignUp {
    SignUp {
        name: name.to_owned(),
        display_name: format!("Bidder {name}"),
        email: None,
        password: Password::new(PASSWORD),
        locale: None,
        refresh_in_body: false,
    }
}
