//! One day: new sales, everybody in them, and a node that is killed again and again; then everything
//! is compared.

use super::{
    Error, Torture,
    bidder::take_part,
    console::{self, Log},
    finding::Fault,
    history::History,
    house::{House, Sale},
    judge,
    ledger::Ledger,
    served,
    world::{Director, World},
};
use crate::client::child::{Child, Ended};
use futures_util::future::join_all;
use gavel_actors::auctions::Archive;
use gavel_storage::journal::Kind;
use rand::RngExt as _;
use rustix::process::Signal;
use serde_json::Value;
use std::{collections::BTreeSet, os::unix::process::ExitStatusExt as _, rc::Rc, time::Duration};
use tokio::task::JoinSet;

/// Answers between two kills, at most.
const ANSWERS_MAX: u64 = 250;

/// A node that is up never leaves everybody without an answer for so long; more means that somebody
/// waits for ever.
const PATIENCE: Duration = Duration::from_mins(2);

/// Log lines that a start is let to say before it is killed.
const LINES_MAX: usize = 3;

/// What everybody wrote down.
struct Notes {
    ledgers: Vec<Ledger>,
    log: Log,
}

impl Torture {
    /// Holds a day with so many kills on the node that is up, and gives the node that is up after it.
    pub(super) async fn day(&mut self, gavel: Child, kills: u32) -> Result<Child, Error> {
        let house = House::prepare(&gavel.address, &mut self.people).await?;
        let (world, director) = World::new(house, Rc::clone(&self.findings));
        director.opened(&gavel.address);
        let mut console = actix_web::rt::spawn(console::run(world.clone(), self.rng.random()));
        let mut bidders = JoinSet::new();
        for (index, bidder) in world.house.bidders.iter().enumerate() {
            let take_part = take_part(world.clone(), bidder.clone(), self.rng.random());
            bidders.spawn_local(async move { (index, take_part.await) });
        }
        let gavel = tokio::select! {
            gavel = self.kill_again_and_again(gavel, kills, &world, &director) => gavel?,
            // Nobody leaves before the day ends, unless something here is wrong.
            left = &mut console => return Err(Error::Client(format!("{left:?}"))),
            left = bidders.join_next() => return Err(Error::Client(format!("{left:?}"))),
        };
        director.close();
        let everybody = async {
            let log = console.await.map_err(|error| Error::Client(error.to_string()))?;
            let mut ledgers = Vec::new();
            while let Some(left) = bidders.join_next().await {
                ledgers.push(left.map_err(|error| Error::Client(error.to_string()))?);
            }
            ledgers.sort_unstable_by_key(|(index, _)| *index);
            let ledgers = ledgers.into_iter().map(|(_, ledger)| ledger).collect();
            Ok::<_, Error>(Notes { ledgers, log })
        };
        let waited = tokio::time::timeout(PATIENCE, everybody).await;
        let notes = waited.map_err(|_| Error::Silent)??;
        match self.compare(gavel, &world, notes).await? {
            Some(gavel) => Ok(gavel),
            None => self.start().await,
        }
    }

    /// Kills the node after random numbers of answers; a part of the starts is killed as well.
    async fn kill_again_and_again(
        &mut self,
        mut gavel: Child,
        kills: u32,
        world: &World,
        director: &Director,
    ) -> Result<Child, Error> {
        for _ in 0..kills {
            let enough = self.rng.random_range(0..ANSWERS_MAX);
            self.answers(world, enough).await?;
            // Not always with the answer that was counted last.
            for _ in 0..self.rng.random_range(0..20) {
                tokio::task::yield_now().await;
            }
            director.going();
            if self.rng.random_range(0..100) < self.plan.stops_percent {
                self.stop(gavel).await?;
            } else {
                self.kill(gavel)?;
                self.figures.kills += 1;
            }
            world.settle();
            while self.rng.random_range(0..100) < self.plan.killed_starts_percent {
                self.kill_a_start().await?;
            }
            gavel = self.start().await?;
            director.opened(&gavel.address);
        }
        // The last start has to serve, too.
        self.answers(world, 50).await?;
        Ok(gavel)
    }

    async fn answers(&self, world: &World, more: u64) -> Result<(), Error> {
        let reached = world.answers_reach(world.answers() + more);
        tokio::time::timeout(PATIENCE, reached)
            .await
            .map_err(|_| Error::Silent)
    }

    fn kill(&mut self, gavel: Child) -> Result<(), Error> {
        let ended = gavel.kill()?;
        if ended.status.signal() != Some(Signal::KILL.as_raw()) {
            self.unexpected(&ended, "it had ended before it was killed");
        }
        self.hold_peace(&ended);
        Ok(())
    }

    async fn stop(&mut self, gavel: Child) -> Result<(), Error> {
        gavel.signal(Signal::TERM)?;
        let ended = gavel.ended().await?;
        self.figures.stops += 1;
        if !ended.status.success() {
            self.unexpected(&ended, "it did not stop cleanly");
        }
        self.hold_peace(&ended);
        Ok(())
    }

    /// Nothing in the node may have panicked, whatever was done to it.
    fn hold_peace(&mut self, ended: &Ended) {
        if ended
            .output
            .stderr
            .iter()
            .any(|line| line.contains("panicked at"))
        {
            self.unexpected(ended, "something in it had panicked");
        }
    }

    fn unexpected(&mut self, ended: &Ended, what: &str) {
        let what = format!("{what} ({}):\n{}", ended.status, ended.output.last_words());
        self.findings.borrow_mut().note(Fault::Unexpected, what);
    }

    /// Begins a start and kills it: at a moment, or when it has said so much.
    async fn kill_a_start(&mut self) -> Result<(), Error> {
        let starting = self.launch.begin()?;
        if self.rng.random_bool(0.5) {
            let lines = self.rng.random_range(0..LINES_MAX);
            starting.printed(|output| output.stderr.len() >= lines).await?;
        } else {
            let at_ms = self.rng.random_range(0..self.last_start_ms.max(1));
            tokio::time::sleep(Duration::from_millis(at_ms)).await;
        }
        let ended = starting.kill()?;
        if ended.status.signal() == Some(Signal::KILL.as_raw()) {
            self.figures.kills_at_start += 1;
        } else {
            self.figures.failed_starts += 1;
            self.unexpected(&ended, "a start ended before it was killed");
        }
        self.hold_peace(&ended);
        Ok(())
    }

    /// Everything that anybody was told is there, once, in order, as it was told. Gives the node back if it
    /// is still up.
    async fn compare(&mut self, gavel: Child, world: &World, notes: Notes) -> Result<Option<Child>, Error> {
        let Notes { mut ledgers, log } = notes;
        let house = &world.house;
        let unreachable = || Error::Client("the node cannot be reached".to_owned());
        // In the room nothing moves now, so a last kill may not change what anybody sees.
        let before = served::snapshot(&gavel.address, house, &house.room).await;
        let before = before.ok_or_else(unreachable)?;
        self.kill(gavel)?;
        world.settle();
        let gavel = self.start().await?;
        let address = &gavel.address;
        let staff = self.people.at(address)?;
        let mut states = Vec::new();
        for sale in house.sales() {
            let state = served::snapshot(address, house, sale)
                .await
                .ok_or_else(unreachable)?;
            served::hold_results(staff, sale, &state, &self.findings).await?;
            let mut witness = world.witness(&sale.id);
            let settled_seq = witness.settled_seq();
            witness.start(&state, settled_seq, &mut world.findings());
            drop(witness);
            states.push(state);
        }
        if before != states[0] {
            let what = format!("the sale was {before}, and is {} after a restart", states[0]);
            world.findings().note(Fault::Changed, what);
        }
        let again = ledgers
            .iter_mut()
            .zip(&house.bidders)
            .map(|(ledger, bidder)| served::repeat_every_bid(address, &bidder.token, ledger, &self.findings));
        if join_all(again).await.contains(&None) {
            return Err(unreachable());
        }
        let bids = served::bids(staff, &house.room).await?;

        // Segments are read beside the node; sled lets in only one.
        let gavel = match self.plan.journal {
            Kind::Segments => Some(gavel),
            Kind::Sled => {
                self.kill(gavel)?;
                None
            }
        };
        let journal = self.plan.data.join("journal");
        let archive = tokio::task::spawn_blocking(move || Archive::read(&journal));
        let archive = archive
            .await
            .map_err(|error| Error::Client(error.to_string()))??;
        let mut findings = self.findings.borrow_mut();
        let sent = sent(&ledgers, &log);
        for sale in house.sales() {
            let log = if sale.id == house.room.id {
                &log
            } else {
                &Log::default()
            };
            let witness = world.witness(&sale.id);
            let also: BTreeSet<_> = log.done.iter().map(|(_, seq)| *seq).collect();
            let history = History::read(&archive, sale_id(sale)?, &witness, &also)?;
            for ledger in &ledgers {
                self.figures.acknowledged += judge::answers(&sale.id, &history, ledger, &mut findings);
            }
            judge::once_each(&history, &sent, &mut findings);
            let commands = judge::commands(&history, log, &mut findings);
            self.figures.acknowledged += commands;
            self.figures.commands += commands;
            self.figures.shown += judge::shown(&history, &witness, &mut findings);
            self.figures.repeats += witness.compared();
            if sale.id == house.room.id {
                served::hold_bids(&bids, &history, &mut findings);
            }
        }
        for ledger in &ledgers {
            ledger.hold_order(&mut findings);
            self.figures.repeats += ledger.compared;
            for fate in ledger.fates() {
                let figure = match fate["code"].as_str() {
                    None => &mut self.figures.accepted,
                    Some("not_received") => &mut self.figures.not_received,
                    Some(_) => &mut self.figures.refused,
                };
                *figure += 1;
            }
        }
        Ok(gavel)
    }
}

fn sent<'a>(ledgers: &'a [Ledger], log: &'a Log) -> BTreeSet<&'a str> {
    let bids = ledgers.iter().flat_map(|ledger| &ledger.bids);
    let online = bids.filter_map(|bid| bid.request["bid_id"].as_str());
    online.chain(log.entered.iter().map(String::as_str)).collect()
}

fn sale_id(sale: &Sale) -> Result<gavel_engine::ids::SaleId, Error> {
    serde_json::from_value(Value::from(sale.id.as_str())).map_err(|error| Error::Client(error.to_string()))
}
