//! The demonstration sale: catalogue, pictures, and simulated people who make it live.
//!
//! A pure client of the public contract: everything here goes through REST and the WebSocket, as
//! any integrator's program would. [`run`] seeds an evening sale and a small timed sale into an
//! empty house, holds them with a simulated auctioneer, room and online bidders, and seeds the next
//! when one is over. Decisions ([`temperament`], [`floor`], [`autopilot`], [`hands`]) are pure and
//! take their time and chance as arguments; I/O is around them.
//!
//! It never touches a sale that is not its own, and does nothing in a house that has sales but
//! none of the demonstration's.

mod accounts;
mod autopilot;
mod catalogue;
mod floor;
mod hands;
mod online;
mod pace;
mod pictures;
mod rostrum;
mod scene;
mod seed;
mod socket;
mod stage;
mod temperament;
mod wire;

#[cfg(test)]
mod hall;

pub use accounts::{DEMO_ACCOUNTS, DemoAccount, Role};
pub use pace::{SettingError, Settings};

use crate::client::rest::{self, Account, House};
use accounts::{AUTOPILOT, REGULARS};
use online::Patron;
use pace::Clock;
use rostrum::Rostrum;
use seed::Season;
use stage::{Stage, backoff};
use std::sync::Arc;
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;
use wire::RegistrationList;

/// Between the end of a sale and the next, demonstration time.
const INTERVAL_MS: u32 = 15_000;
/// Online bidders arrive one after the other, demonstration time: a crowd at once would only meet
/// the limits on signing in.
const ARRIVALS_MS: u32 = 1_500;

/// The demonstration cannot be held.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An environment variable makes no sense.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The house does not let the demonstration work.
    #[error("the demonstration cannot be set up: {0}")]
    Rest(#[from] rest::Error),
}

/// Holds the demonstration until `shutdown` is true, at `base_url` (`http://127.0.0.1:8080`).
///
/// [`DEMO_ACCOUNTS`] must exist. The sale in the room that is on is written to `current_sale`. A
/// server that is not there, or goes away, is waited for.
///
/// Settings come from `GAVEL_DEMO_SEED` and `GAVEL_DEMO_PACE`, see [`Settings::read`].
///
/// # Errors
/// A setting that makes no sense, or a refusal that waiting does not mend, such as a missing account.
pub async fn run(
    base_url: &str,
    current_sale: watch::Sender<Option<Uuid>>,
    mut shutdown: watch::Receiver<bool>,
) -> Result<(), Error> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    tokio::select! {
        // A sender that is gone can no longer say when to stop.
        _ = shutdown.wait_for(|stop| *stop) => Ok(()),
        ended = hold_seasons(base_url, settings, current_sale) => ended,
    }
}

async fn hold_seasons(
    base_url: &str,
    settings: Settings,
    current_sale: watch::Sender<Option<Uuid>>,
) -> Result<(), Error> {
    tracing::info!(seed = settings.seed, pace = settings.pace, "demonstration");
    let house = House::at(base_url)?;
    let clock = Clock::start(settings.pace);
    let stage = Arc::new(Stage::new(settings.seed));
    let mut staff = Account::new(&house, AUTOPILOT.name, AUTOPILOT.password, AUTOPILOT.display_name);
    let (seasons, _) = watch::channel(None);
    // Dropped with this future, which ends everybody in it.
    let mut people = JoinSet::new();
    loop {
        let Some(season) = next_season(&mut staff, settings).await? else {
            tracing::info!("this house has sales of its own: the demonstration leaves it alone");
            return std::future::pending().await;
        };
        let season = Arc::new(season);
        stage.keep_only(&[season.room, season.timed]);
        enlist_known(&mut staff, &season, &stage).await;
        current_sale.send_replace(Some(season.room));
        seasons.send_replace(Some(Arc::clone(&season)));
        if people.is_empty() {
            for (index, regular) in (1..).zip(&REGULARS) {
                let patron = Patron::new(
                    &house,
                    regular,
                    &stage,
                    clock,
                    settings.seed.wrapping_add(u64::from(index)),
                );
                people.spawn(patron.take_part(clock.real(ARRIVALS_MS) * index, seasons.subscribe()));
            }
        }
        Rostrum::new(&mut staff, &season, &stage, clock).hold().await;
        tracing::info!(session = season.session, "demonstration sale is over");
        tokio::time::sleep(clock.real(INTERVAL_MS)).await;
    }
}

/// The season, as soon as the server can be reached and has no reason to refuse: once it is alive, a
/// full disk or a server too busy to answer must not be its end.
async fn next_season(staff: &mut Account, settings: Settings) -> Result<Option<Season>, Error> {
    let mut failures = 0;
    loop {
        match seed::season(staff, settings).await {
            Ok(season) => return Ok(season),
            Err(error) if error.is_lasting() => return Err(error.into()),
            Err(error) => {
                if matches!(error, rest::Error::Transport(_)) {
                    tracing::debug!(%error, "waiting for the server");
                } else {
                    tracing::warn!(%error, "the demonstration sale cannot be set up yet");
                    staff.refused(error.code().unwrap_or_default());
                }
                failures += 1;
                tokio::time::sleep(backoff(failures)).await;
            }
        }
    }
}

/// After a restart: the numbers of the simulated bidders who registered before it, so that none of
/// them is taken for a visitor until they are back.
async fn enlist_known(staff: &mut Account, season: &Season, stage: &Stage) {
    for sale_id in [season.room, season.timed] {
        let list = staff
            .get::<RegistrationList>(&format!("/sales/{sale_id}/registrations"))
            .await;
        match list {
            Ok(list) => list
                .into_iter()
                .flat_map(|list| list.registrations)
                .filter(|registration| REGULARS.iter().any(|regular| regular.name == registration.name))
                .for_each(|registration| stage.enlist(sale_id, registration.paddle)),
            Err(error) => tracing::debug!(%error, "registrations could not be read"),
        }
    }
}
