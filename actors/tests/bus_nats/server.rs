//! A NATS server of a test's own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Where `make` has put it.
const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/bin/nats-server");
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Server {
    directory: TempDir,
    process: Option<Child>,
    /// The same after a restart.
    port: u16,
    /// Beside what every server is started with.
    arguments: Vec<String>,
}

impl Server {
    /// Runs with an empty directory, on a free port.
    pub fn start() -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), &[])
    }

    /// The same in a directory that may hold what `arguments` name.
    pub fn start_with(directory: TempDir, arguments: &[&str]) -> Self {
        let mut server = Self {
            directory,
            process: None,
            port: 0,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        };
        server.run(-1);
        server
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address())
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// As by SIGKILL.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// On the same directory and port.
    pub fn start_again(&mut self) {
        self.run(i32::from(self.port));
    }

    fn run(&mut self, port: i32) {
        let program =
            std::env::var_os("GAVEL_NATS_SERVER").map_or_else(|| PathBuf::from(SERVER), PathBuf::from);
        assert!(
            program.exists(),
            "{} is not there: run .ci/install test-tools",
            program.display()
        );
        let directory = self.directory.path();
        let process = Command::new(program)
            .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream"])
            .arg("--store_dir")
            .arg(directory.join("store"))
            .arg("--ports_file_dir")
            .arg(directory)
            .args(&self.arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ports = directory.join(format!("nats-server_{}.ports", process.id()));
        self.process = Some(process);
        self.port = announced(&ports);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The port in the file that the server writes once it listens.
fn announced(path: &Path) -> u16 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let ports = fs::read_to_string(path).unwrap_or_default();
        let ports: serde_json::Value = serde_json::from_str(&ports).unwrap_or_default();
        let url = ["nats", "tls"]
            .iter()
            .find_map(|scheme| ports[scheme][0].as_str());
        if let Some(url) = url {
            return url.rsplit(':').next().unwrap().parse().unwrap();
        }
        assert!(Instant::now() < deadline, "the server does not listen");
        std::thread::yield_now();
    }
}
