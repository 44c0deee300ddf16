//! Told to stop: once, and the node drains; twice, or when that takes too long, and it ends at once.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// Whether the node was told to stop, by SIGINT or SIGTERM. Listened to on a thread of its own: a
/// node that reads its journal, or whose disk does not answer, can be stopped too.
#[derive(Clone)]
pub struct StopSignal {
    told: watch::Receiver<bool>,
    up: Arc<AtomicBool>,
}

impl StopSignal {
    /// Listens from now on. Once the node is told to stop it may take this long.
    pub fn listen(stop_max: Duration) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        // On this thread, so that none is missed.
        let signals = Signals::register(&runtime)?;
        let (tell, told) = watch::channel(false);
        let up = Arc::new(AtomicBool::new(false));
        let is_up = Arc::clone(&up);
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || runtime.block_on(obey(signals, &is_up, &tell, stop_max)))?;
        Ok(Self { told, up })
    }

    /// The node is up: before that there is nothing to drain.
    pub fn is_up(&self) {
        self.up.store(true, Ordering::Release);
    }

    /// Waits until the node is told to stop.
    pub async fn told(&mut self) {
        // Fails only when nobody listens any more, and then nobody would ever tell.
        let _ = self.told.wait_for(|told| *told).await;
    }
}

async fn obey(mut signals: Signals, up: &AtomicBool, tell: &watch::Sender<bool>, stop_max: Duration) {
    let first = signals.next().await;
    if !up.load(Ordering::Acquire) {
        end(first, "told to stop before it was up");
    }
    let _ = tell.send(true);
    tokio::select! {
        second = signals.next() => end(second, "told to stop again, it ends at once; what was not answered yet may have been recorded"),
        () = tokio::time::sleep(stop_max) => {
            say(&format!("not stopped within {} ms (stop_ms_max), it ends at once", stop_max.as_millis()));
            std::process::exit(1);
        }
    }
}

/// Ends the process as the signal would have.
fn end(kind: SignalKind, reason: &str) -> ! {
    say(reason);
    std::process::exit(128 + kind.as_raw_value());
}

#[expect(
    clippy::print_stderr,
    reason = "the reason why the process ends, whatever is logged"
)]
fn say(reason: &str) {
    eprintln!("gavel: {reason}");
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn register(runtime: &Runtime) -> io::Result<Self> {
        let _entered = runtime.enter();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> SignalKind {
        tokio::select! {
            _ = self.interrupt.recv() => SignalKind::interrupt(),
            _ = self.terminate.recv() => SignalKind::terminate(),
        }
    }
}
