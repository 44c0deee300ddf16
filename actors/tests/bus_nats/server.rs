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
}

impl Server {
    /// Runs with an empty directory, on a free port.
    pub fn start() -> Self {
        let mut server = Self {
            directory: tempfile::tempdir().unwrap(),
            process: None,
            port: 0,
        };
        server.run(-1);
        server
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
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
        if let Some(url) = ports["nats"][0].as_str() {
            return url.rsplit(':').next().unwrap().parse().unwrap();
        }
        assert!(Instant::now() < deadline, "the server does not listen");
        std::thread::yield_now();
    }
}
