//! One simulation: a seed's plan carried out, and what came of it.

use super::{
    clients::{Bidder, House},
    judge,
    node::{self, JOURNAL, Machine},
    observed::Observed,
    plan::{BIDDERS, Dice, END_MS, Plan, TROUBLE_MS, Tampering, Trouble},
    tamper,
    trace::Trace,
};
use futures_util::future::join_all;
use gavel_storage::journal::{Survey, sim_disk::Mishap};
use rand::{Rng, RngExt};
use std::{
    cell::Cell,
    path::Path,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    time::{Duration, UNIX_EPOCH},
};
use turmoil::{Builder, Sim};

/// How far time goes between two looks at what is to go wrong.
const TICK_MS: u64 = 20;

/// What a full disk lacks, in bytes.
const FULL_BYTES: i64 = 1 << 40;

thread_local! {
    static ENTROPY: Cell<u64> = const { Cell::new(0) };
}

/// Random bits for the journal that follow from the seed.
pub fn entropy() -> u128 {
    ENTROPY.set(ENTROPY.get().wrapping_add(1));
    u128::from(ENTROPY.get()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}

/// What came of a simulation.
#[derive(Debug, Default)]
pub struct Report {
    pub seed: u64,
    /// Of everything that happened, in order.
    pub hash: String,
    /// What must not be.
    pub violations: Vec<String>,
    pub answers: usize,
    pub records: u64,
    pub starts: u64,
    /// Simulated.
    pub duration_ms: u64,
    /// The journal was changed behind the node's back, and the node has refused to start.
    pub has_refused: bool,
}

/// Carries out the plan of a seed.
pub fn run(seed: u64, is_printed: bool) -> Report {
    ENTROPY.set(seed.wrapping_mul(7_919));
    let plan = Plan::of(seed);
    let trace = Rc::new(Trace::new(is_printed));
    let observed = Rc::new(Observed::new(Rc::clone(&trace)));
    let mut sim = Builder::new()
        .rng_seed(seed)
        .epoch(UNIX_EPOCH + Duration::from_millis(u64::try_from(super::plan::EPOCH_MS).unwrap_or(0)))
        .simulation_duration(Duration::from_millis(END_MS * 2))
        .tick_duration(Duration::from_millis(TICK_MS))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(60))
        .tcp_capacity(4096)
        .build();
    let machine = Rc::new(Machine::new(plan, Rc::clone(&trace)));
    let on = Rc::clone(&machine);
    sim.host("node", move || node::run(Rc::clone(&on)));
    for (place, bidders) in ["east", "west"].into_iter().zip(BIDDERS.chunks(3)) {
        let bidders: Vec<_> = bidders
            .iter()
            .map(|(bidder, _)| {
                let dice = machine.plan.dice(u64::try_from(bidder.0).unwrap_or(0));
                let until = Duration::from_millis(machine.plan.bidding_ms);
                Bidder::new(*bidder, Rc::clone(&observed), until, dice).run()
            })
            .collect();
        sim.client(place, async move {
            for ended in join_all(bidders).await {
                ended?;
            }
            Ok(())
        });
    }
    let registered = BIDDERS.iter().map(|(bidder, _)| *bidder).collect();
    sim.client(
        "house",
        House::new(Rc::clone(&observed), machine.plan.dice(99), registered).run(),
    );
    let mut world = World {
        dice: machine.plan.dice(1_000),
        troubles: machine.plan.troubles.clone().into_iter().rev().collect(),
        machine,
        observed,
        trace,
        up_at_ms: None,
        later: Vec::new(),
        is_tampered: false,
        is_forged: false,
    };
    let duration_ms = world.run(&mut sim);
    // Without it nobody is left to hold on to the machine's things.
    drop(sim);
    world.report(duration_ms)
}

struct World {
    machine: Rc<Machine>,
    observed: Rc<Observed>,
    trace: Rc<Trace>,
    dice: Dice,
    /// Those that come last first.
    troubles: Vec<(u64, Trouble)>,
    /// When the node, which is down, starts again.
    up_at_ms: Option<u64>,
    /// What is over at some time.
    later: Vec<(u64, Over)>,
    is_tampered: bool,
    /// A record was replaced by another with valid checksums.
    is_forged: bool,
}

/// What is over.
#[derive(PartialEq, Eq)]
enum Over {
    SlowDisk,
    FullDisk,
    Partition,
}

impl World {
    fn run(&mut self, sim: &mut Sim<'_>) -> u64 {
        let mut is_calm = false;
        loop {
            let now_ms = u64::try_from(sim.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.trace.at(now_ms);
            if let Some(reason) = self.machine.refused.borrow_mut().take() {
                if !self.is_tampered {
                    self.observed.violation(format!("a start is refused: {reason}"));
                }
                return now_ms;
            }
            let over: Vec<_> = self.later.extract_if(.., |(at, _)| *at <= now_ms).collect();
            for (_, over) in over {
                self.end(sim, &over);
            }
            if now_ms >= TROUBLE_MS && !is_calm {
                is_calm = true;
                self.calm(sim);
            }
            while self.troubles.last().is_some_and(|(at, _)| *at <= now_ms) {
                if let Some((_, trouble)) = self.troubles.pop() {
                    self.bring(sim, now_ms, trouble);
                }
            }
            self.mind_the_node(sim, now_ms);
            match sim.step() {
                Ok(true) => return now_ms,
                Ok(false) if now_ms >= END_MS => {
                    self.observed.violation("not everybody came to an end".to_owned());
                    return now_ms;
                }
                Ok(false) => {}
                Err(error) => {
                    self.observed
                        .violation(format!("a part of the simulation has failed: {error}"));
                    return now_ms;
                }
            }
        }
    }

    /// Takes a dead node down, and starts one that is down when it is time.
    fn mind_the_node(&mut self, sim: &mut Sim<'_>, now_ms: u64) {
        let has_stopped = self.machine.stopped.replace(false);
        if self.up_at_ms.is_none() && (has_stopped || self.machine.disk.is_dead()) {
            let power_fails = !has_stopped && self.dice.random_bool(0.5);
            self.down(sim, now_ms, power_fails);
        }
        if self.up_at_ms.is_some_and(|at| at <= now_ms) {
            self.up_at_ms = None;
            sim.bounce("node");
        }
    }

    fn down(&mut self, sim: &mut Sim<'_>, now_ms: u64, power_fails: bool) {
        self.trace
            .note(|| format!("the node is down; power cut: {power_fails}"));
        self.machine.steps_left.set(None);
        sim.crash("node");
        *self.machine.process.borrow_mut() = None;
        if power_fails {
            self.machine.disk.power_cut(&mut || self.dice.next_u64());
        } else {
            self.machine.disk.restart();
        }
        self.up_at_ms = Some(now_ms + self.dice.random_range(20..3_000));
    }

    fn bring(&mut self, sim: &mut Sim<'_>, now_ms: u64, trouble: Trouble) {
        self.trace.note(|| format!("{trouble:?}"));
        let is_up = self.up_at_ms.is_none();
        match trouble {
            Trouble::Kill if is_up => self.down(sim, now_ms, false),
            Trouble::PowerCut if is_up => self.down(sim, now_ms, true),
            Trouble::Disk(operations, mishap) => self.machine.disk.plan(operations, mishap),
            Trouble::DeathInside(steps) => self.machine.steps_left.set(Some(steps)),
            Trouble::Stop if is_up => self.machine.stop.notify_one(),
            Trouble::Panic(sale_id) => {
                let process = self.machine.process.borrow();
                if let Some(auction) = process
                    .as_ref()
                    .and_then(|process| process.registry.find(sale_id))
                {
                    auction.panic();
                }
            }
            Trouble::ClockJump(jump_ms) => {
                self.machine.clock.off_ms.fetch_add(jump_ms, Ordering::Relaxed);
            }
            Trouble::SlowDisk(write_ms) => {
                self.machine.write_ms.set(write_ms);
                self.later.push((now_ms + 5_000, Over::SlowDisk));
            }
            Trouble::FullDisk => {
                self.machine.disk.add_free_bytes(-FULL_BYTES);
                self.later.push((now_ms + 8_000, Over::FullDisk));
            }
            Trouble::Partition(duration_ms) => {
                for place in ["east", "west", "house"] {
                    sim.partition(place, "node");
                }
                self.later.push((now_ms + duration_ms, Over::Partition));
            }
            Trouble::Tamper(how) => {
                if is_up {
                    self.down(sim, now_ms, false);
                }
                self.tamper(how);
            }
            Trouble::Kill | Trouble::PowerCut | Trouble::Stop => {}
        }
    }

    fn tamper(&mut self, how: Tampering) {
        let changed = tamper::change(&self.machine.disk, how, &mut self.dice);
        self.trace.note(|| format!("changed: {changed:?}"));
        self.is_tampered |= changed.is_some();
        self.is_forged |= changed.is_some() && how == Tampering::Forgery;
    }

    fn end(&mut self, sim: &Sim<'_>, over: &Over) {
        match over {
            Over::SlowDisk => self.machine.write_ms.set(self.machine.plan.write_ms),
            Over::FullDisk => self.machine.disk.add_free_bytes(FULL_BYTES),
            Over::Partition => {
                for place in ["east", "west", "house"] {
                    sim.repair(place, "node");
                }
            }
        }
    }

    /// From now on nothing goes wrong any more.
    fn calm(&mut self, sim: &Sim<'_>) {
        self.trace.note(|| "from now on all is well".to_owned());
        for (_, over) in std::mem::take(&mut self.later) {
            self.end(sim, &over);
        }
        self.machine.disk.plan(u64::MAX, Mishap::FailedSync);
        self.machine.steps_left.set(None);
        self.machine.clock.off_ms.store(0, Ordering::Relaxed);
    }

    fn report(self, duration_ms: u64) -> Report {
        let Self {
            machine,
            observed,
            trace,
            is_tampered,
            is_forged,
            ..
        } = self;
        let mut report = Report {
            seed: machine.plan.seed,
            answers: observed
                .bids
                .borrow()
                .values()
                .map(|asked| asked.answers.len())
                .sum(),
            starts: machine.starts.get(),
            duration_ms,
            ..Report::default()
        };
        match Survey::on(Arc::new(machine.disk.clone()), Path::new(JOURNAL)) {
            Ok(_) if is_forged => {
                observed.violation("a forged record is taken for what it replaced".to_owned());
            }
            Ok(survey) => report.records = judge::judge(&survey, &machine, &observed),
            Err(_) if is_tampered => report.has_refused = true,
            Err(error) => observed.violation(format!("the journal cannot be read: {error}")),
        }
        report.violations = observed.violations.take();
        report.hash = trace.hash().to_string();
        report
    }
}
