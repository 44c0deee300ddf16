//! The node: unmodified actors over the journal on the simulated disk, in one thread.

use super::{
    memory::{MemoryResults, MemorySnapshots},
    plan::{BIDDERS, Plan},
    protocol::{Ask, Question, Reply, Said, Word},
    trace::Trace,
};
use gavel_actors::{
    auctions::{
        Arrival, AuctionRegistry, BidReply, CommandReply, CreditBook, Projector, Received, Settings,
        Snapshotter, hub, recover, wire::Audience,
    },
    clock::{Clock, SharedClock},
};
use gavel_engine::{
    auction::{Approval, Command, Hammer, PlaceBid, Register},
    ids::{BidderId, Paddle, SaleId, UserId},
    lot::Channel,
    money::{Amount, Currency},
    time::Timestamp,
};
use gavel_storage::{
    journal::{Kind, Options, SteppedWriter, WriterOptions, sim_disk::SimDisk},
    relational::BookVisibility,
};
use serde_json::value::RawValue;
use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, Ipv4Addr},
    path::Path,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::{Notify, mpsc},
    task::spawn_local,
};
use turmoil::net::{TcpListener, TcpStream};

pub const PORT: u16 = 9000;
pub const JOURNAL: &str = "/journal";

/// How often the journal's and the snapshots' threads would look whether there is something to do.
const BESIDE_MS: u64 = 10;

/// The machine's clock: simulated time, and how far it is off.
#[derive(Default)]
pub struct SimClock {
    pub off_ms: AtomicI64,
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let elapsed = turmoil::sim_elapsed().unwrap_or_default();
        let elapsed_ms = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
        Timestamp(super::plan::EPOCH_MS + elapsed_ms + self.off_ms.load(Ordering::Relaxed))
    }
}

/// The machine that the node runs on: what is there from one process to the next.
pub struct Machine {
    pub plan: Plan,
    pub disk: SimDisk,
    pub snapshots: MemorySnapshots,
    pub results: MemoryResults,
    pub clock: Arc<SimClock>,
    pub trace: Rc<Trace>,
    /// What a write takes at present.
    pub write_ms: Cell<u64>,
    /// Steps of the node until its process dies.
    pub steps_left: Cell<Option<u64>>,
    /// The process that runs.
    pub process: RefCell<Option<Process>>,
    /// Why the last start was refused.
    pub refused: RefCell<Option<String>>,
    pub starts: Cell<u64>,
    pub stop: Notify,
    pub stopped: Cell<bool>,
}

/// What runs on the machine.
#[derive(Clone)]
pub struct Process {
    pub registry: AuctionRegistry,
    pub credit: CreditBook,
}

impl Machine {
    pub fn new(plan: Plan, trace: Rc<Trace>) -> Self {
        Self {
            disk: SimDisk::new(64 << 20),
            snapshots: MemorySnapshots::default(),
            results: MemoryResults::default(),
            clock: Arc::default(),
            trace,
            write_ms: Cell::new(plan.write_ms),
            steps_left: Cell::new(None),
            process: RefCell::default(),
            refused: RefCell::default(),
            starts: Cell::new(0),
            stop: Notify::new(),
            stopped: Cell::new(false),
            plan,
        }
    }

    /// Nothing that is done after this has an effect outside of the process.
    fn is_dead(&self) -> bool {
        if let Some(left) = self.steps_left.get() {
            self.steps_left.set(left.checked_sub(1));
            if left == 0 {
                self.disk.kill();
            }
        }
        self.disk.is_dead()
    }

    pub fn options(&self) -> Options {
        Options {
            segment_bytes: 32 << 10,
            disk: Arc::new(self.disk.clone()),
            entropy: super::world::entropy,
            has_threads: false,
            ..Options::default()
        }
    }
}

/// A process from its start to its end.
pub async fn run(machine: Rc<Machine>) -> turmoil::Result {
    machine.starts.set(machine.starts.get() + 1);
    let mishaps_before = machine.disk.mishaps();
    let recovered = match recover(
        Path::new(JOURNAL),
        Kind::Segments,
        &machine.options(),
        &machine.snapshots,
    ) {
        Ok(recovered) => recovered,
        Err(error) => {
            machine.trace.note(|| format!("the start is refused: {error}"));
            if machine.disk.mishaps() > mishaps_before {
                // The disk is at fault and not what is on it: whoever minds the node starts it again.
                machine.disk.kill();
            } else {
                *machine.refused.borrow_mut() = Some(error.to_string());
            }
            return Ok(());
        }
    };
    machine
        .trace
        .note(|| format!("the node starts at record {}", recovered.report.last_lsn));
    let wake = Arc::new(Notify::new());
    let woken = Arc::clone(&wake);
    let bounds = WriterOptions {
        records_max: 64,
        batch_records_max: 16,
        ..WriterOptions::default()
    };
    let (journal, writer) =
        SteppedWriter::new(recovered.journal, bounds, Box::new(move || woken.notify_one()));
    let (snapshots, keep_snapshots) = Snapshotter::stepped(machine.snapshots.clone(), 40);
    spawn_local(write(Rc::clone(&machine), writer, wake));
    spawn_local(beside(keep_snapshots));
    let credit = CreditBook::default();
    for (bidder, limit) in BIDDERS {
        credit.set_limit(bidder, Currency::USD, limit.map(Amount));
    }
    let (projector, _) = Projector::start(machine.results.clone());
    let settings = Settings {
        journal,
        clock: Arc::clone(&machine.clock) as SharedClock,
        credit: credit.clone(),
        projector,
        snapshots,
        threads: 0,
    };
    let registry = AuctionRegistry::start(settings, recovered.auctions, |_| BookVisibility::Counts);
    let process = Process { registry, credit };
    *machine.process.borrow_mut() = Some(process.clone());
    spawn_local(listen(Rc::clone(&machine), process.clone()));
    machine.stop.notified().await;
    process.registry.stop().await;
    machine.trace.note(|| "the node has stopped".to_owned());
    machine.stopped.set(true);
    // As a process that ends: nobody hears of it any more.
    std::future::pending().await
}

/// The journal's writer.
async fn write(machine: Rc<Machine>, mut writer: SteppedWriter, wake: Arc<Notify>) {
    loop {
        let waited = tokio::time::timeout(Duration::from_millis(BESIDE_MS), wake.notified()).await;
        if waited.is_err() && !machine.is_dead() {
            writer.prepare();
        }
        while !machine.is_dead() && writer.collect() {
            tokio::time::sleep(Duration::from_millis(machine.write_ms.get())).await;
            if machine.is_dead() {
                break;
            }
            if let Err(error) = writer.flush() {
                machine.trace.note(|| format!("the journal has failed: {error}"));
                machine.disk.kill();
            }
        }
        if machine.disk.is_dead() {
            return std::future::pending().await;
        }
    }
}

/// What threads of their own do in a real node.
async fn beside(mut keep_snapshots: impl FnMut()) {
    loop {
        tokio::time::sleep(Duration::from_millis(BESIDE_MS)).await;
        keep_snapshots();
    }
}

async fn listen(machine: Rc<Machine>, process: Process) -> turmoil::Result {
    let listener = TcpListener::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        spawn_local(serve(Rc::clone(&machine), process.clone(), stream));
    }
}

/// One connection.
async fn serve(machine: Rc<Machine>, process: Process, stream: TcpStream) {
    let (from, mut to) = stream.into_split();
    let (said, mut saying) = mpsc::unbounded_channel::<Said>();
    let teller = Rc::clone(&machine);
    spawn_local(async move {
        while let Some(said) = saying.recv().await {
            let mut line = serde_json::to_vec(&said).expect("it is JSON");
            line.push(b'\n');
            if teller.is_dead() || to.write_all(&line).await.is_err() {
                return;
            }
        }
    });
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Question { number, ask } = serde_json::from_str(&line).expect("clients speak the protocol");
        if machine.is_dead() {
            return;
        }
        let (machine, process, said) = (Rc::clone(&machine), process.clone(), said.clone());
        spawn_local(async move {
            let reply = answer(&machine, &process, ask, &said).await;
            // Nobody hears it when the connection is gone.
            let _ = said.send(Said::Reply { number, reply });
        });
    }
}

async fn answer(machine: &Machine, process: &Process, ask: Ask, said: &mpsc::UnboundedSender<Said>) -> Reply {
    let find = |sale_id: SaleId| process.registry.find(sale_id);
    let gone = || Reply::Refused("no such sale".to_owned());
    match ask {
        Ask::Ping => Reply::Done(0),
        Ask::Create(sale_id) => {
            let setup = machine.plan.sales.iter().find(|setup| setup.sale_id == sale_id);
            let setup = setup.expect("it is planned").clone();
            match process.registry.create(setup, BookVisibility::Counts).await {
                Ok(()) => Reply::Done(0),
                Err(refused) => Reply::Refused(refused.code().to_owned()),
            }
        }
        Ask::Register(sale_id, bidder) => {
            let register = Register {
                bidder,
                paddle: Paddle(1000 + u32::try_from(bidder.0).expect("small")),
                standing: Approval::Approved,
                limit: None,
            };
            of_command(process.registry.register(sale_id, register).await)
        }
        Ask::Bid {
            sale_id,
            lot_id,
            bidder,
            bid_id,
            offer,
        } => {
            let Some(auction) = find(sale_id) else {
                return gone();
            };
            let bid = PlaceBid {
                bid_id,
                lot_id,
                bidder,
                channel: Channel::Online,
                offer,
                currency: Currency::USD,
                book_if_pending: true,
                sent_before_ms: None,
            };
            let arrival = Arrival {
                received_at: machine.clock.now(),
                round_trip_ms: None,
            };
            of_bid(auction.place_bid(bid, arrival).await)
        }
        Ask::Status {
            sale_id,
            bidder,
            bid_id,
        } => {
            let Some(auction) = find(sale_id) else {
                return gone();
            };
            of_bid(auction.bid_status(bidder, bid_id).await)
        }
        Ask::Follow {
            sale_id,
            viewer,
            last_seq,
        } => {
            let Some(auction) = find(sale_id) else {
                return gone();
            };
            follow(&auction, viewer, last_seq, said).await
        }
        Ask::Tell(sale_id, word) => {
            let Some(auction) = find(sale_id) else {
                return gone();
            };
            of_command(auction.command(command(&word)).await)
        }
    }
}

/// What comes between the subscription and the state that it starts from is in both: the client leaves
/// out what it has.
async fn follow(
    auction: &gavel_actors::auctions::AuctionHandle,
    viewer: BidderId,
    last_seq: Option<u64>,
    said: &mpsc::UnboundedSender<Said>,
) -> Reply {
    let (sender, mut receiver) = hub();
    auction.topic().attach(&sender);
    drop(sender);
    let viewer = Some(UserId(viewer.0));
    match auction.follow(Audience::Public, viewer, last_seq).await {
        Err(refused) => Reply::Refused(refused.code().to_owned()),
        Ok(followed) => {
            for message in &followed.messages {
                let _ = said.send(update(message));
            }
            let said = said.clone();
            spawn_local(async move {
                while let Some(received) = receiver.next().await {
                    let sent = match received {
                        Received::Update(received) => received
                            .public
                            .as_ref()
                            .is_none_or(|public| said.send(update(public)).is_ok()),
                        Received::Lagged(_) => said.send(Said::Lagged).is_ok(),
                    };
                    if !sent {
                        return;
                    }
                }
            });
            Reply::Following(followed.seq)
        }
    }
}

fn update(bytes: &[u8]) -> Said {
    let text = String::from_utf8(bytes.to_vec()).expect("it is JSON");
    Said::Update(RawValue::from_string(text).expect("it is JSON"))
}

fn of_bid(reply: BidReply) -> Reply {
    match reply {
        Ok(Ok(fate)) => Reply::Bid {
            answer: fate.answer,
            repeated: fate.repeated,
        },
        Ok(Err(rejection)) => Reply::Rejected(rejection.reason.code().to_owned()),
        Err(refused) => Reply::Refused(refused.code().to_owned()),
    }
}

fn of_command(reply: CommandReply) -> Reply {
    match reply {
        Ok(Ok(seq)) => Reply::Done(seq),
        Ok(Err(rejection)) => Reply::Rejected(rejection.reason.code().to_owned()),
        Err(refused) => Reply::Refused(refused.code().to_owned()),
    }
}

fn command(word: &Word) -> Command {
    match *word {
        Word::Start => Command::Start,
        Word::End => Command::End,
        Word::OpenNext => Command::OpenNextLot,
        Word::Warn(lot_id) => Command::WarnFairly(lot_id),
        Word::Hammer(lot_id, sold) => Command::Hammer(Hammer {
            lot_id,
            sold,
            override_reserve: false,
            paddle: None,
            price_seen: None,
        }),
        Word::Pause(lot_id) => Command::Pause(lot_id),
        Word::Resume(lot_id) => Command::Resume(lot_id),
        Word::Retract(lot_id, bid_id) => Command::Retract(lot_id, bid_id),
        Word::Reopen(lot_id) => Command::Reopen {
            lot_id,
            closes_at: None,
        },
    }
}
