//! `gavel torture`: a node is killed again and again while it sells, and everything that anybody was
//! told is held against what it has kept.
//!
//! The node is this program, started as a child. Bidders ([`bidder`]) and an auctioneer ([`console`])
//! reach it over the network as everybody does, and write down what they are told ([`ledger`],
//! [`witness`]); at the end of each day ([`day`]) that is compared ([`judge`]) with what the journal has
//! ([`history`]) and with what the node serves ([`served`]).

mod bidder;
mod console;
mod day;
mod figures;
pub mod finding;
pub(super) mod following;
mod history;
pub(super) mod house;
mod judge;
pub mod ledger;
pub(super) mod node;
mod served;
pub mod witness;
mod world;

pub use figures::Figures;

use super::serve::refuse;
use crate::client::{
    child::{self, Child, Launch},
    rest::{self, Account},
};
use finding::{Fault, Findings};
use gavel_actors::auctions::RecoveryError;
use gavel_storage::journal::Kind;
use house::People;
use node::{add_auctioneer, unlimited};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{
    cell::RefCell,
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
};

/// Kills of one day: then new sales begin.
const KILLS_A_DAY: u32 = 20;

/// Of a hundred starts so many are killed as well.
const KILLED_STARTS_PERCENT: u32 = 25;

/// The size of the journal's segments.
const SEGMENT_BYTES: u64 = 128 << 10;

/// Kills a node again and again in the middle of its sales, and looks for anything that it had said and
/// does not know any more.
///
/// A node is started in a directory of its own, sells in a room and by the clock to bidders who are
/// connected over the network, is killed with SIGKILL at random moments, also while it starts, and is
/// started again. Every answer and every update that any client received is then compared with the
/// journal, with what the node serves, and with what it answers when it is asked again.
///
/// Exit code 0: nothing was lost, duplicated, reordered or changed, and every start came up. 1: otherwise;
/// the first findings are told on the standard error.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How often the node is killed
    #[arg(long, value_name = "N", default_value_t = 20)]
    kills: u32,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Which journal the node keeps, `segments` or `sled`
    #[arg(long, value_name = "KIND", default_value_t)]
    journal: Kind,
    /// Bidders who are connected at once
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1000))]
    bidders: u32,
    /// So many of a hundred kills are requests to stop, by SIGTERM
    #[arg(long, value_name = "PERCENT", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100))]
    stops: u32,
    /// Where all chance comes from [default: any]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Directory for the node's data, new or empty; it is kept [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// What is done to which node.
#[derive(Debug, Clone)]
pub struct Plan {
    /// `gavel`.
    pub program: PathBuf,
    /// The node's data directory.
    pub data: PathBuf,
    /// What the node keeps its journal in.
    pub journal: Kind,
    /// How often it is killed.
    pub kills: u32,
    /// Of a hundred kills so many are requests to stop.
    pub stops_percent: u32,
    /// Of a hundred starts so many are killed as well.
    pub killed_starts_percent: u32,
    /// Bidders who are connected at once.
    pub bidders: u32,
    /// Where all chance comes from.
    pub seed: u64,
}

/// The node could not be put to the test any further.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The directory is not new.
    #[error("{} is not empty: a node that is killed needs a directory of its own", .0.display())]
    NotEmpty(PathBuf),
    /// The file system or the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The node's process.
    #[error(transparent)]
    Child(#[from] child::Error),
    /// Its accounts.
    #[error("the auctioneer's account cannot be made: {0}")]
    Account(String),
    /// The house.
    #[error("the sales cannot be prepared: {0}")]
    House(#[from] house::Error),
    /// A request.
    #[error(transparent)]
    Rest(#[from] rest::Error),
    /// The journal.
    #[error("the journal cannot be read back: {0}")]
    Journal(#[from] RecoveryError),
    /// Nobody is answered any more.
    #[error("nobody is answered any more")]
    Silent,
    /// One of those who try the node.
    #[error("a client has ended: {0}")]
    Client(String),
}

/// What came of it.
#[derive(Debug)]
pub struct Report {
    /// The figures.
    pub figures: Figures,
    /// The first findings.
    pub told: Vec<(Fault, String)>,
    /// Why it ended early, if it did.
    pub ended: Option<Error>,
}

/// A node that is put to the test.
struct Torture {
    plan: Plan,
    launch: Launch,
    rng: StdRng,
    people: People,
    findings: Rc<RefCell<Findings>>,
    figures: Figures,
    last_start_ms: u64,
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let json = self.json;
        let program = match std::env::current_exe() {
            Ok(program) => program,
            Err(error) => return refuse(&format!("this program cannot be found: {error}")),
        };
        let kept = self.data.is_some();
        let data = self.data.unwrap_or_else(|| {
            let name = format!("gavel-torture-{}", uuid::Uuid::new_v4());
            std::env::temp_dir().join(name)
        });
        let plan = Plan {
            program,
            data: data.clone(),
            journal: self.journal,
            kills: self.kills,
            stops_percent: self.stops,
            killed_starts_percent: KILLED_STARTS_PERCENT,
            bidders: self.bidders,
            seed: self.seed.unwrap_or_else(rand::random),
        };
        let report = actix_web::rt::System::new().block_on(torture(plan));
        let report = match report {
            Ok(report) => report,
            Err(error) => return refuse(&error.to_string()),
        };
        let clean = report.is_clean();
        if clean && !kept {
            // Best effort: it is the directory for what may be left behind.
            let _ = fs::remove_dir_all(&data);
        }
        report.print(json, &data);
        if clean {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Puts a node to the test. Needs a running actix system.
///
/// # Errors
/// Why it could not begin; what happens later is in the report.
pub async fn torture(plan: Plan) -> Result<Report, Error> {
    if fs::read_dir(&plan.data).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::NotEmpty(plan.data));
    }
    fs::create_dir_all(&plan.data)?;
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let staff = format!("torture-{:08x}", rng.random::<u32>());
    let password = uuid::Uuid::new_v4().to_string();
    add_auctioneer(&plan.program, &plan.data, &staff, &password).map_err(Error::Account)?;
    // Nobody listens there; everybody moves to where the node listens.
    let nowhere = rest::House::at("http://127.0.0.1:0")?;
    let mut torture = Torture {
        launch: launch(&plan),
        rng,
        people: People::new(&nowhere, (&staff, &password), plan.bidders as usize),
        findings: Rc::default(),
        figures: Figures {
            seed: plan.seed,
            ..Figures::default()
        },
        last_start_ms: 0,
        plan,
    };
    let ended = torture.days().await.err();
    Ok(torture.report(ended))
}

/// Under settings with which a start takes milliseconds and the journal goes on to a new segment every few
/// hundred bids.
fn launch(plan: &Plan) -> Launch {
    let launch = unlimited(Launch::node(&plan.program, "serve", &plan.data))
        .environment("GAVEL_WORKERS", 2)
        .environment("GAVEL_AUCTION_THREADS", 2)
        .environment("GAVEL_SEGMENT_BYTES", SEGMENT_BYTES);
    match plan.journal {
        Kind::Segments => launch,
        Kind::Sled => launch.arguments(["--journal", "sled"]),
    }
}

impl Torture {
    async fn days(&mut self) -> Result<(), Error> {
        let mut left = self.plan.kills;
        let mut gavel = self.start().await?;
        loop {
            let kills = left.min(KILLS_A_DAY);
            gavel = self.day(gavel, kills).await?;
            left -= kills;
            if left == 0 {
                gavel.kill()?;
                return Ok(());
            }
        }
    }

    /// Starts the node.
    async fn start(&mut self) -> Result<Child, Error> {
        let started = self.launch.start().await;
        let gavel = started.inspect_err(|_| self.figures.failed_starts += 1)?;
        self.last_start_ms = u64::try_from(gavel.age().as_millis()).unwrap_or(u64::MAX);
        self.figures.max_start_ms = self.figures.max_start_ms.max(self.last_start_ms);
        // Said before, but through another pipe.
        let said = |output: &child::Output| !output.logged("the journal was read").is_empty();
        gavel.printed(said).await?;
        let output = gavel.output();
        self.figures.torn_tails += output.logged("it was cut off").len() as u64;
        for read in output.logged("the journal was read") {
            if read["records"].as_u64() < read["last_lsn"].as_u64() {
                self.figures.starts_from_snapshots += 1;
            }
        }
        Ok(gavel)
    }

    fn report(self, ended: Option<Error>) -> Report {
        let findings = self.findings.borrow();
        let figures = Figures {
            lost: findings.count(Fault::Lost),
            duplicated: findings.count(Fault::Duplicated),
            reordered: findings.count(Fault::Reordered),
            changed: findings.count(Fault::Changed),
            unexpected: findings.count(Fault::Unexpected),
            ..self.figures
        };
        Report {
            figures,
            told: findings.told().to_vec(),
            ended,
        }
    }
}

impl People {
    /// The auctioneer, where the node listens now.
    fn at(&mut self, address: &str) -> Result<&mut Account, rest::Error> {
        let house = rest::House::at(&format!("http://{address}"))?;
        self.staff.move_to(&house);
        Ok(&mut self.staff)
    }
}

impl Report {
    /// The node kept its word to the end.
    pub fn is_clean(&self) -> bool {
        self.ended.is_none() && self.figures.is_clean()
    }

    #[expect(clippy::print_stdout, clippy::print_stderr, reason = "the command's result")]
    fn print(&self, json: bool, data: &Path) {
        for (fault, what) in &self.told {
            eprintln!("{fault:?}: {what}");
        }
        if let Some(error) = &self.ended {
            eprintln!("gavel: it ended early: {error}");
        }
        if !self.is_clean() {
            let seed = self.figures.seed;
            eprintln!(
                "gavel: the node's data is left in {}, the seed is {seed}",
                data.display()
            );
        }
        if json {
            // Numbers under names: serialising them into memory has no way to fail.
            println!("{}", serde_json::to_string(&self.figures).unwrap_or_default());
            return;
        }
        let figures = &self.figures;
        println!(
            "{} kills, and {} while it started; {} stops",
            figures.kills, figures.kills_at_start, figures.stops
        );
        println!(
            "{} acknowledged: {} bids that count, {} that do not, {} that never arrived, {} commands",
            figures.acknowledged, figures.accepted, figures.refused, figures.not_received, figures.commands
        );
        println!(
            "{} updates and snapshots, {} things told again",
            figures.shown, figures.repeats
        );
        println!(
            "{} lost, {} duplicated, {} reordered, {} changed, {} unexpected",
            figures.lost, figures.duplicated, figures.reordered, figures.changed, figures.unexpected
        );
        println!(
            "{} starts failed, the longest took {} ms; {} found an unfinished write, {} began from snapshots",
            figures.failed_starts, figures.max_start_ms, figures.torn_tails, figures.starts_from_snapshots
        );
    }
}
