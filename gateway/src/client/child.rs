//! `gavel` as a child process: started, waited for, told to stop, killed.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::{
    ffi::OsString,
    io::{self, BufRead as _, BufReader, Read},
    path::Path,
    process::{self, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Longer than anything here takes on the slowest machine; only a hang is.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the program says when it can be reached.
const LISTENS: &str = "Gavel listens on ";

/// A child process does not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be started or waited for.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It ended instead of listening.
    #[error("it does not start ({}):\n{}", .0.status, .0.output.reason().unwrap_or_else(|| .0.output.last_words()))]
    Ended(Ended),
    /// It does nothing.
    #[error("it does nothing for {} s:\n{}", PATIENCE.as_secs(), .0.last_words())]
    Hangs(Output),
}

/// Nothing of the caller's settings gets into a process that is started with this command.
pub fn without_settings(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GAVEL_") {
            command.env_remove(name);
        }
    }
    command
}

/// How the program is to be started. Nothing of the caller's settings gets in.
#[derive(Debug, Clone)]
pub struct Launch {
    line: Vec<OsString>,
    environment: Vec<(String, String)>,
}

impl Launch {
    /// A subcommand that runs a node, with its data here, on a free port, logging JSON.
    pub fn node(program: &Path, subcommand: &str, data: &Path) -> Self {
        let mut line = vec![program.into(), subcommand.into(), "--data".into(), data.into()];
        line.extend(["--listen", "127.0.0.1:0", "--log-json"].map(OsString::from));
        Self {
            line,
            environment: Vec::new(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn arguments<const N: usize>(mut self, arguments: [&str; N]) -> Self {
        self.line.extend(arguments.map(OsString::from));
        self
    }

    /// Listens there instead of on a free port.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        let flag = self.line.iter().position(|argument| argument == "--listen");
        if let Some(value) = flag.and_then(|flag| self.line.get_mut(flag + 1)) {
            *value = address.into();
        }
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn environment(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        self.environment.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts it by way of this command, which is given the program and its arguments.
    #[must_use]
    pub fn by_way_of<T: Into<OsString>>(mut self, command: impl IntoIterator<Item = T>) -> Self {
        self.line.splice(..0, command.into_iter().map(Into::into));
        self
    }

    /// Starts it and reads along; it may not get far.
    ///
    /// # Errors
    /// There is no such program, or no process to be had.
    pub fn begin(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.line[0]);
        command.args(&self.line[1..]);
        without_settings(&mut command);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let begun = Instant::now();
        let mut process = command.spawn()?;
        let (output, heard) = watch::channel(Output::default());
        let output = Arc::new(output);
        let mut readers = Vec::new();
        if let Some(stdout) = process.stdout.take() {
            readers.push(listen(stdout, &output, |output| &mut output.stdout));
        }
        if let Some(stderr) = process.stderr.take() {
            readers.push(listen(stderr, &output, |output| &mut output.stderr));
        }
        Ok(Child {
            process,
            heard,
            readers,
            begun,
            address: String::new(),
        })
    }

    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start(&self) -> Result<Child, Error> {
        let mut child = self.begin()?;
        match child.listening().await? {
            Some(address) => child.address = address,
            None => return Err(Error::Ended(child.reap()?)),
        }
        Ok(child)
    }
}

/// What was printed so far, by line.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Of the standard output.
    pub stdout: Vec<String>,
    /// Of the standard error.
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

    /// The reason that was given for ending: the last thing said, if it is one.
    pub fn reason(&self) -> Option<String> {
        let reason = self.stderr.iter().position(|line| line.starts_with("gavel: "))?;
        Some(self.stderr[reason..].join("\n"))
    }

    /// The end of what it said on the standard error.
    pub fn last_words(&self) -> String {
        const LINES: usize = 20;
        self.stderr[self.stderr.len().saturating_sub(LINES)..].join("\n")
    }
}

/// What was left of a process.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// Everything that it printed.
    pub output: Output,
}

/// The running program. Dropped, it is killed.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    heard: watch::Receiver<Output>,
    readers: Vec<thread::JoinHandle<()>>,
    begun: Instant,
    /// Where it listens, as `127.0.0.1:PORT`; empty before.
    pub address: String,
}

impl Child {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// How long ago it was started.
    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// What it has printed so far.
    pub fn output(&self) -> Output {
        self.heard.borrow().clone()
    }

    /// Waits until what it has printed is as asked for; `false` when it has ended before.
    ///
    /// # Errors
    /// [`Error::Hangs`].
    pub async fn printed(&self, mut wanted: impl FnMut(&Output) -> bool) -> Result<bool, Error> {
        let mut heard = self.heard.clone();
        let pipes = self.readers.len();
        let seen = heard.wait_for(|output| wanted(output) || output.closed == pipes);
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(Ok(output)) => {
                let output = output.clone();
                Ok(wanted(&output))
            }
            Ok(Err(_)) => Ok(wanted(&self.output())),
            Err(_) => Err(Error::Hangs(self.output())),
        }
    }

    /// Where it listens, as soon as it does; `None` when it ends before.
    ///
    /// # Errors
    /// [`Error::Hangs`].
    pub async fn listening(&self) -> Result<Option<String>, Error> {
        let find = |output: &Output| {
            let mut lines = output.stdout.iter();
            lines.find_map(|line| Some(line.strip_prefix(LISTENS)?.split_once("://")?.1.to_owned()))
        };
        self.printed(|output| find(output).is_some()).await?;
        Ok(find(&self.output()))
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// It is gone.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process(Pid::from_child(&self.process), signal)?)
    }

    /// SIGKILL, now.
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(mut self) -> io::Result<Ended> {
        self.process.kill()?;
        self.reap()
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn ended(mut self) -> Result<Ended, Error> {
        // Both pipes end with the process.
        self.printed(|_| false).await?;
        Ok(self.reap()?)
    }

    fn reap(&mut self) -> io::Result<Ended> {
        let status = self.process.wait()?;
        for reader in self.readers.drain(..) {
            // It only reads lines.
            let _ = reader.join();
        }
        Ok(Ended {
            status,
            output: self.output(),
        })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
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
