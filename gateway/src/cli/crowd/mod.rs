//! `gavel crowd`: a node with more people connected than most sales ever see, of whom many never read,
//! while bids are taken. What it may keep for those who do not read is bounded.

mod clients;
mod load;
mod memory;

use super::{
    serve::refuse,
    torture::{
        house::{self, House, People},
        node::{add_auctioneer, unlimited},
    },
};
use crate::client::{
    child::{self, Launch},
    rest,
};
use clients::{Heard, enter, ignore, listen};
use load::Load;
use memory::{Memory, resident_kb};
use serde::Serialize;
use std::{
    cell::Cell,
    fs, io,
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Connections that are opened at once.
const AT_ONCE: usize = 50;

/// How often the node's memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Everybody has heard of everything after this, or will not.
const PATIENCE: Duration = Duration::from_mins(1);

/// The most that the node may keep for one socket that does not read: 32 KiB that the HTTP server has
/// taken from its queue, in a buffer that has grown to twice that, and the queue's places. The updates
/// in the queue are shared by all sockets.
const DEAF_KB_MAX: u64 = 96;

/// What else may grow while a sale goes on: the sale, the updates that queues share, what the allocator
/// keeps.
const SALE_KB_MAX: u64 = 16 << 10;

/// What else may grow for one socket that reads.
const READER_KB_MAX: u64 = 8;

/// Connects a crowd to a node, of whom some never read, bids, and watches the node's memory.
///
/// A node is started in a temporary directory. `clients` follow a sale over WebSockets; `deaf` of them
/// read nothing, but are there. Then the sale goes on: bids and messages, each of which is told to
/// everybody. Figures are in KiB; `owed_kb` is what those who do not read were told, which a node that
/// keeps everything would keep.
///
/// Exit code 0: whoever reads has heard everything, and the memory has stayed within `allowed_kb`. 1:
/// otherwise.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// People who are connected at once
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    clients: usize,
    /// How many of them never read
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    deaf: usize,
    /// Updates that are told to everybody
    #[arg(long, value_name = "N", default_value_t = 400)]
    updates: u64,
    /// How many of them in a second, at most
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    per_second: u64,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// Who comes to which node, and what they hear.
#[derive(Debug, Clone)]
pub struct Plan {
    /// `gavel`.
    pub program: PathBuf,
    /// The node's data directory.
    pub data: PathBuf,
    /// People who are connected at once.
    pub clients: usize,
    /// How many of them never read.
    pub deaf: usize,
    /// Updates that are told to everybody.
    pub updates: u64,
    /// How many of them in a second, at most.
    pub per_second: u64,
}

/// What came of it. Memory is in KiB.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Figures {
    /// People who were connected.
    pub clients: usize,
    /// How many of them never read.
    pub deaf: usize,
    /// Updates that were told to everybody.
    pub updates: u64,
    /// Updates that were heard, all who read together.
    pub heard: u64,
    /// Updates that were missing or out of order.
    pub gaps: u64,
    /// Times that somebody who reads had to start again from a snapshot.
    pub conflated: u64,
    /// People who read and did not hear everything to the end.
    pub behind: u64,
    /// People who do not read and were cut off.
    pub cut_off: u64,
    /// The node's memory before anybody came.
    pub rss_kb_start: u64,
    /// When everybody was there.
    pub rss_kb_connected: u64,
    /// The most after that.
    pub rss_kb_max: u64,
    /// The most in the first half of the time after that.
    pub rss_kb_early: u64,
    /// The most in the second half.
    pub rss_kb_late: u64,
    /// The most that it may grow to.
    pub allowed_kb: u64,
    /// What those who do not read were told.
    pub owed_kb: u64,
    /// How long the sale went on, in milliseconds.
    pub load_ms: u64,
}

impl Figures {
    /// Whoever reads has heard everything, and the memory has stayed within its bounds.
    pub fn is_sound(&self) -> bool {
        self.gaps == 0 && self.behind == 0 && self.rss_kb_max <= self.allowed_kb
    }
}

/// It could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The node's process.
    #[error(transparent)]
    Child(#[from] child::Error),
    /// Its accounts.
    #[error("the auctioneer's account cannot be made: {0}")]
    Account(String),
    /// The house.
    #[error("the sale cannot be prepared: {0}")]
    House(#[from] house::Error),
    /// A request.
    #[error(transparent)]
    Rest(#[from] rest::Error),
    /// One of the crowd.
    #[error(transparent)]
    Client(#[from] clients::Error),
    /// The sale.
    #[error("the sale does not go on: {0}")]
    Load(#[from] load::Error),
    /// Nothing to measure with.
    #[error("this system does not say how much memory a process has")]
    NoMemory,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        if self.deaf > self.clients {
            let Self { deaf, clients, .. } = self;
            return refuse(&format!(
                "--deaf is {deaf}, but must be at most {clients}, as --clients"
            ));
        }
        let program = match std::env::current_exe() {
            Ok(program) => program,
            Err(error) => return refuse(&format!("this program cannot be found: {error}")),
        };
        let data = std::env::temp_dir().join(format!("gavel-crowd-{}", uuid::Uuid::new_v4()));
        let plan = Plan {
            program,
            data: data.clone(),
            clients: self.clients,
            deaf: self.deaf,
            updates: self.updates,
            per_second: self.per_second,
        };
        let gathered = actix_web::rt::System::new().block_on(gather(plan));
        // Best effort: it is the directory for what may be left behind.
        let _ = fs::remove_dir_all(&data);
        match gathered {
            Ok((figures, told)) => report(&figures, &told, self.json),
            Err(error) => refuse(&error.to_string()),
        }
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's result")]
fn report(figures: &Figures, told: &[String], json: bool) -> ExitCode {
    for what in told {
        eprintln!("{what}");
    }
    if json {
        // Numbers under names: serialising them into memory has no way to fail.
        println!("{}", serde_json::to_string(figures).unwrap_or_default());
    } else {
        let Figures {
            clients,
            deaf,
            updates,
            heard,
            gaps,
            behind,
            conflated,
            cut_off,
            ..
        } = figures;
        println!(
            "{clients} clients, of whom {deaf} never read; {updates} updates in {} ms",
            figures.load_ms
        );
        println!("{heard} heard, {gaps} gaps, {behind} behind, {conflated} conflated; {cut_off} cut off");
        println!(
            "memory in KiB: {} alone, {} with everybody there, at most {} after that ({} in the first half, {} in the \
             second), {} allowed; {} were told to those who do not read",
            figures.rss_kb_start,
            figures.rss_kb_connected,
            figures.rss_kb_max,
            figures.rss_kb_early,
            figures.rss_kb_late,
            figures.allowed_kb,
            figures.owed_kb,
        );
    }
    if figures.is_sound() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Gathers the crowd and holds the sale. Needs a running actix system. The figures, and the first things
/// that were wrong.
///
/// # Errors
/// Why it could not be tried.
pub async fn gather(plan: Plan) -> Result<(Figures, Vec<String>), Error> {
    fs::create_dir_all(&plan.data)?;
    let (staff, password) = ("auctioneer", uuid::Uuid::new_v4().to_string());
    add_auctioneer(&plan.program, &plan.data, staff, &password).map_err(Error::Account)?;
    let launch = unlimited(Launch::node(&plan.program, "serve", &plan.data));
    let gavel = launch.start().await?;
    let nowhere = rest::House::at("http://127.0.0.1:0")?;
    let mut people = People::new(&nowhere, (staff, &password), load::BIDDERS);
    let house = House::prepare(&gavel.address, &mut people).await?;
    let memory = || resident_kb(gavel.pid()).ok_or(Error::NoMemory);
    let mut figures = Figures {
        clients: plan.clients,
        deaf: plan.deaf,
        rss_kb_start: memory()?,
        ..Figures::default()
    };

    let node: SocketAddr = gavel.address.parse().map_err(io::Error::other)?;
    let heard = Rc::new(Heard::default());
    let last_seqs: Vec<_> = (plan.deaf..plan.clients).map(|_| Rc::new(Cell::new(0))).collect();
    let mut crowd = JoinSet::new();
    let mut numbers = (0..plan.clients).peekable();
    while numbers.peek().is_some() {
        let entering = numbers.by_ref().take(AT_ONCE).map(|number| {
            let deaf = number < plan.deaf;
            let stream = enter(node, &house.room.id, number, deaf);
            async move { stream.await.map(|stream| (number, stream)) }
        });
        for (number, stream) in futures_util::future::try_join_all(entering).await? {
            let heard = Rc::clone(&heard);
            match number.checked_sub(plan.deaf) {
                None => crowd.spawn_local(ignore(stream, heard)),
                Some(reader) => crowd.spawn_local(listen(stream, heard, Rc::clone(&last_seqs[reader]))),
            };
        }
    }
    let everybody = |seq: u64| last_seqs.iter().filter(|last| last.get() < seq).count();
    wait_for(|| everybody(1) == 0).await;
    figures.rss_kb_connected = memory()?;

    let began = Instant::now();
    let mut looked = Memory::default();
    let mut load = Load::begin(&gavel.address, &house).await?;
    let pace = Duration::from_secs(1) / u32::try_from(plan.per_second).unwrap_or(u32::MAX);
    let mut next = tokio::time::interval(pace);
    let mut look = tokio::time::interval(LOOK_EVERY);
    while figures.updates < plan.updates {
        tokio::select! {
            _ = look.tick() => looked.note(memory()?),
            _ = next.tick() => {
                load.go_on().await?;
                figures.updates += 1;
            }
        }
    }
    wait_for(|| everybody(load.last_seq()) == 0).await;
    looked.note(memory()?);
    figures.load_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    figures.heard = heard.updates.get();
    figures.gaps = heard.gaps.get();
    figures.conflated = heard.conflated.get();
    figures.behind = heard.readers_lost.get().max(everybody(load.last_seq()) as u64);
    figures.cut_off = heard.deaf_cut_off.get();
    figures.rss_kb_max = looked.max_kb();
    (figures.rss_kb_early, figures.rss_kb_late) = looked.halves_kb();
    let readers = (plan.clients - plan.deaf) as u64;
    let each_kb = heard.bytes.get() / 1024 / readers.max(1);
    figures.owed_kb = each_kb * plan.deaf as u64;
    figures.allowed_kb =
        figures.rss_kb_connected + plan.deaf as u64 * DEAF_KB_MAX + readers * READER_KB_MAX + SALE_KB_MAX;
    let told = heard.told.take();
    drop(crowd);
    gavel.kill()?;
    Ok((figures, told))
}

/// Waits until it is so, or can no longer be expected to be.
async fn wait_for(mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
