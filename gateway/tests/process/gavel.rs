//! `gavel` as a child process: started, waited for, told to stop, killed.

use gavel_actors::auctions::conformance::{Left, replay_is_exact};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};
use tokio::sync::watch;

/// Longer than anything here takes on the slowest machine; only a hang is.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a command that ends by itself; nothing of the caller's environment gets in.
pub fn run(arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
    without_settings(command.args(arguments)).output().unwrap()
}

fn without_settings(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GAVEL_") {
            command.env_remove(name);
        }
    }
    command
}

/// How the program is to be started.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What comes before the program, to start it in a place of its own.
    before: Vec<String>,
    /// Its data directory, where others see it as well.
    data: Option<PathBuf>,
    subcommand: &'static str,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
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
        let place = data.to_owned();
        let data = data.to_str().unwrap();
        Self {
            before: Vec::new(),
            data: Some(place),
            subcommand,
            arguments: ["--data", data, "--listen", "127.0.0.1:0", "--log-json"]
                .map(str::to_owned)
                .to_vec(),
            environment: Vec::new(),
        }
    }

    /// Adds arguments.
    pub fn arguments<const N: usize>(mut self, arguments: [&str; N]) -> Self {
        self.arguments.extend(arguments.map(str::to_owned));
        self
    }

    /// Listens there instead of on a free port.
    pub fn listen(mut self, address: &str) -> Self {
        let listen = self
            .arguments
            .iter()
            .position(|argument| argument == "--listen")
            .unwrap();
        address.clone_into(&mut self.arguments[listen + 1]);
        self
    }

    /// Sets an environment variable.
    pub fn environment(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.environment.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts it in a mount namespace of its own, after this script has arranged it: what is
    /// mounted there is seen by nobody else and is gone with the process.
    pub fn in_own_mounts(mut self, script: &str) -> Self {
        let mut before = vec!["unshare".to_owned(), "--mount".to_owned()];
        if !rustix::process::geteuid().is_root() {
            before.extend(["--user".to_owned(), "--map-root-user".to_owned()]);
        }
        before.extend(["sh", "-euc"].map(str::to_owned));
        before.extend([format!("{script}\nexec \"$@\""), "sh".to_owned()]);
        self.before = before;
        self.data = None;
        self
    }

    /// Allows it only so many open files: at first, and at most when it asks for more.
    pub fn open_files(mut self, soft: u32, hard: u32) -> Self {
        let script = format!("ulimit -S -n {soft}\nulimit -H -n {hard}\nexec \"$@\"");
        self.before = ["sh", "-euc", &script, "sh"].map(str::to_owned).to_vec();
        self
    }

    fn spawn(&self) -> Child {
        let program = env!("CARGO_BIN_EXE_gavel").to_owned();
        let mut line = self.before.iter().chain([&program]);
        let mut command = Command::new(line.next().unwrap());
        command.args(line).arg(self.subcommand).args(&self.arguments);
        without_settings(&mut command);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Starts it and reads along; it may not get far.
    pub fn begin(&self) -> Gavel {
        let mut child = self.spawn();
        let (output, heard) = watch::channel(Output::default());
        let output = Arc::new(output);
        let stdout = child.stdout.take().unwrap();
        let stderr = child.stderr.take().unwrap();
        let readers = vec![
            listen(stdout, &output, |output| &mut output.stdout),
            listen(stderr, &output, |output| &mut output.stderr),
        ];
        Gavel {
            child,
            heard,
            readers,
            data: self.data.clone(),
            address: String::new(),
        }
    }

    /// Starts it and waits until it listens.
    pub async fn start(&self) -> Gavel {
        let mut gavel = self.begin();
        gavel.address = gavel.listening().await.unwrap_or_else(|| {
            panic!("it does not start:\n{}", gavel.output().stderr.join("\n"));
        });
        // Said before, but through another pipe.
        let read = |output: &Output| !output.logged("the journal was read").is_empty();
        assert!(gavel.printed(read).await, "it says what it has read");
        gavel
    }

    /// Starts it, expects it to end by itself, and gives what it said.
    pub async fn refused(&self) -> Ended {
        let gavel = self.begin();
        if let Some(address) = gavel.listening().await {
            panic!("it should have refused to start, yet it listens on {address}");
        }
        gavel.ended().await
    }
}

/// What was printed so far, by line.
#[derive(Debug, Clone, Default)]
pub struct Output {
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
    /// Pipes that have ended.
    closed: usize,
}

impl Output {
    /// The fields of the log lines with this message.
    pub fn logged(&self, message: &str) -> Vec<Value> {
        let lines = self
            .stderr
            .iter()
            .filter_map(|line| serde_json::from_str(line).ok());
        let fields = lines.map(|line: Value| line["fields"].clone());
        fields
            .filter(|fields| {
                fields["message"]
                    .as_str()
                    .is_some_and(|said| said.contains(message))
            })
            .collect()
    }

    /// The reason that was given for not starting: the last thing said.
    pub fn reason(&self) -> String {
        let said = self.stderr.join("\n");
        let reason = self.stderr.iter().position(|line| line.starts_with("gavel: "));
        let reason = reason.unwrap_or_else(|| panic!("no reason:\n{said}"));
        self.stderr[reason..].join("\n")
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
    child: Child,
    heard: watch::Receiver<Output>,
    readers: Vec<thread::JoinHandle<()>>,
    data: Option<PathBuf>,
    /// Where it listens, as `127.0.0.1:PORT`.
    pub address: String,
}

impl Gavel {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A path as the process sees it, in its own mounts.
    pub fn path(&self, path: &Path) -> PathBuf {
        Path::new("/proc")
            .join(self.pid().to_string())
            .join("root")
            .join(path.strip_prefix("/").unwrap())
    }

    /// What it has printed so far.
    pub fn output(&self) -> Output {
        self.heard.borrow().clone()
    }

    /// Waits until what it has printed is as asked for; `false` when it has ended before.
    pub async fn printed(&self, mut wanted: impl FnMut(&Output) -> bool) -> bool {
        let mut heard = self.heard.clone();
        let seen = heard.wait_for(|output| wanted(output) || output.closed == 2);
        let output = tokio::time::timeout(PATIENCE, seen)
            .await
            .expect("it hangs")
            .unwrap();
        let output = output.clone();
        wanted(&output)
    }

    async fn listening(&self) -> Option<String> {
        let find = |output: &Output| {
            let mut lines = output.stdout.iter();
            lines.find_map(|line| line.strip_prefix("Gavel listens on http://").map(str::to_owned))
        };
        self.printed(|output| find(output).is_some()).await;
        find(&self.output())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// SIGKILL, now.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.reap()
    }

    /// Waits until it ends by itself.
    pub async fn ended(mut self) -> Ended {
        // Both pipes end with the process.
        self.printed(|_| false).await;
        self.reap()
    }

    /// Whatever a node that was up leaves behind replays to the same bytes.
    fn replay(&self, status: ExitStatus) {
        let was_up = !self.address.is_empty();
        if let Some(data) = self.data.as_ref().filter(|_| was_up) {
            let left = if status.success() {
                Left::Cleanly
            } else {
                Left::Somehow
            };
            println!("{:?}", replay_is_exact(data, left));
        }
    }

    fn reap(&mut self) -> Ended {
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        self.replay(status);
        Ended {
            status,
            output: self.output(),
        }
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
        let reason = self.output.reason();
        for word in wanted {
            assert!(reason.contains(word), "{word} is missing: {reason}");
        }
    }
}

impl Drop for Gavel {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let stderr = self.output().stderr;
            let last = &stderr[stderr.len().saturating_sub(20)..];
            eprintln!("the program's last words:\n{}", last.join("\n"));
        }
    }
}

fn listen(
    pipe: impl Read + Send + 'static,
    output: &Arc<watch::Sender<Output>>,
    part: fn(&mut Output) -> &mut Vec<String>,
) -> thread::JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            output.send_modify(|output| part(output).push(line));
        }
        output.send_modify(|output| output.closed += 1);
    })
}
