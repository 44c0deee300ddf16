//! `gavel` as a child process: started, waited for, told to stop, killed.

use gavel_actors::auctions::conformance::{Left, replay_is_exact};
use gavel_gateway::client::child::{self, Child, without_settings};
use rustix::process::Signal;
use std::{
    ops::Deref,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    thread,
};

pub use gavel_gateway::client::child::Output;

/// Runs a command that ends by itself; nothing of the caller's environment gets in.
pub fn run(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
    without_settings(command.args(arguments)).output().unwrap()
}

/// How the program is to be started.
#[derive(Debug, Clone)]
pub struct Launch {
    launch: child::Launch,
    /// Its data directory, where others see it as well.
    data: Option<PathBuf>,
}

impl Launch {
    /// `gavel serve` on a free port; nothing of the caller's environment gets in.
    pub fn serve(data: &Path) -> Self {
        Self::new("serve", data)
    }

    /// `gavel demo` on a free port.
    pub fn demo(data: &Path) -> Self {
        Self::new("demo", data)
    }

    fn new(subcommand: &'static str, data: &Path) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_gavel"));
        Self {
            launch: child::Launch::node(program, subcommand, data),
            data: Some(data.to_owned()),
        }
    }

    fn with(self, change: impl FnOnce(child::Launch) -> child::Launch) -> Self {
        let launch = change(self.launch);
        Self { launch, ..self }
    }

    /// Adds arguments.
    pub fn arguments<const N: usize>(self, arguments: [&str; N]) -> Self {
        self.with(|launch| launch.arguments(arguments))
    }

    /// Listens there instead of on a free port.
    pub fn listen(self, address: &str) -> Self {
        self.with(|launch| launch.listen(address))
    }

    /// Sets an environment variable.
    pub fn environment(self, name: &str, value: impl std::fmt::Display) -> Self {
        self.with(|launch| launch.environment(name, value))
    }

    /// Starts it in a mount namespace of its own, after this script has arranged it: what is
    /// mounted there is seen by nobody else and is gone with the process.
    pub fn in_own_mounts(mut self, script: &str) -> Self {
        let mut way = vec!["unshare".to_owned(), "--mount".to_owned()];
        if !rustix::process::geteuid().is_root() {
            way.extend(["--user".to_owned(), "--map-root-user".to_owned()]);
        }
        way.extend(["sh", "-euc"].map(str::to_owned));
        way.extend([format!("{script}\nexec \"$@\""), "sh".to_owned()]);
        self.data = None;
        self.with(|launch| launch.by_way_of(way))
    }

    /// Allows it only so many open files: at first, and at most when it asks for more.
    pub fn open_files(self, soft: u32, hard: u32) -> Self {
        let script = format!("ulimit -S -n {soft}\nulimit -H -n {hard}\nexec \"$@\"");
        self.with(|launch| launch.by_way_of(["sh", "-euc", &script, "sh"]))
    }

    /// Starts it and reads along; it may not get far.
    pub fn begin(&self) -> Gavel {
        Gavel {
            child: Some(self.launch.begin().unwrap()),
            data: self.data.clone(),
        }
    }

    /// Starts it and waits until it listens.
    pub async fn start(&self) -> Gavel {
        let child = self
            .launch
            .start()
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let gavel = Gavel {
            child: Some(child),
            data: self.data.clone(),
        };
        // Said before, but through another pipe.
        let read = |output: &Output| !output.logged("the journal was read").is_empty();
        assert!(gavel.printed(read).await, "it says what it has read");
        gavel
    }

    /// Starts it, expects it to end by itself, and gives what it said.
    pub async fn refused(&self) -> Ended {
        let gavel = self.begin();
        if let Some(address) = gavel.listening().await.unwrap() {
            panic!("it should have refused to start, yet it listens on {address}");
        }
        gavel.ended().await
    }
}

/// What was left of a process.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub output: Output,
}

/// The running program. Dropped, it is killed.
#[derive(Debug)]
pub struct Gavel {
    /// `None` once it was waited for.
    child: Option<Child>,
    data: Option<PathBuf>,
}

impl Deref for Gavel {
    type Target = Child;

    fn deref(&self) -> &Child {
        self.child.as_ref().unwrap()
    }
}

impl Gavel {
    /// A path as the process sees it, in its own mounts.
    pub fn path(&self, path: &Path) -> PathBuf {
        Path::new("/proc")
            .join(self.pid().to_string())
            .join("root")
            .join(path.strip_prefix("/").unwrap())
    }

    /// Waits until what it has printed is as asked for; `false` when it has ended before.
    pub async fn printed(&self, wanted: impl FnMut(&Output) -> bool) -> bool {
        self.deref().printed(wanted).await.unwrap()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        self.deref().signal(signal).unwrap();
    }

    /// SIGKILL, now.
    pub fn kill(mut self) -> Ended {
        let was_up = !self.address.is_empty();
        let ended = self.child.take().unwrap().kill().unwrap();
        self.left_behind(was_up, ended)
    }

    /// Waits until it ends by itself.
    pub async fn ended(mut self) -> Ended {
        let was_up = !self.address.is_empty();
        let ended = self.child.take().unwrap().ended().await.unwrap();
        self.left_behind(was_up, ended)
    }

    /// Whatever a node that was up leaves behind replays to the same bytes.
    fn left_behind(&self, was_up: bool, ended: child::Ended) -> Ended {
        let child::Ended { status, output } = ended;
        if let Some(data) = self.data.as_ref().filter(|_| was_up) {
            let left = if status.success() {
                Left::Cleanly
            } else {
                Left::Somehow
            };
            println!("{:?}", replay_is_exact(data, left));
        }
        Ended { status, output }
    }
}

impl Ended {
    /// It was killed, did not end by itself before, and nothing in it had panicked.
    pub fn assert_killed(&self) {
        let said = self.output.stderr.join("\n");
        assert_eq!(self.status.signal(), Some(Signal::KILL.as_raw()), "{said}");
        assert!(!said.contains("panicked at"), "{said}");
    }

    /// One reason on standard error with all of these words, exit code 1, and no address announced.
    pub fn assert_reason(&self, wanted: &[&str]) {
        let said = self.output.stderr.join("\n");
        assert_eq!(self.status.code(), Some(1), "{said}");
        assert_eq!(self.output.stdout, [""; 0]);
        assert!(!said.contains("panicked"), "{said}");
        let reason = self
            .output
            .reason()
            .unwrap_or_else(|| panic!("no reason:\n{said}"));
        for word in wanted {
            assert!(reason.contains(word), "{word} is missing: {reason}");
        }
    }
}

impl Drop for Gavel {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(child) = &self.child
        {
            eprintln!("the program's last words:\n{}", child.output().last_words());
        }
    }
}
