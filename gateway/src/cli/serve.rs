//! `gavel serve`: a node until it is told to stop.

use super::signals::StopSignal;
use crate::{
    rest::Demo,
    serve::{self, Config, Running, ServeArgs},
};
use std::{io::IsTerminal, process::ExitCode, time::Duration};
use tracing_subscriber::EnvFilter;

/// See the module's documentation.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    serve: ServeArgs,
    #[command(flatten)]
    log: LogArgs,
}

/// How a node logs.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LogArgs {
    /// What is logged, as in `info,gavel_actors=debug`.
    #[arg(long, value_name = "FILTER", env = "GAVEL_LOG", default_value = "info")]
    log: String,
    /// Log lines as JSON.
    #[arg(long)]
    log_json: bool,
}

impl LogArgs {
    /// Starts logging to standard error.
    pub(super) fn init(&self) {
        let filter = EnvFilter::try_new(&self.log).unwrap_or_else(|_| EnvFilter::new("info"));
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(std::io::stderr().is_terminal())
            .with_writer(std::io::stderr);
        // A second start in one process, as in tests, keeps the first one's.
        let _ = if self.log_json {
            lines.json().try_init()
        } else {
            lines.try_init()
        };
    }
}

impl Args {
    /// Runs the node; returns when it has stopped.
    pub fn run(self) -> ExitCode {
        self.log.init();
        run(&self.serve, None, async |_, mut stop| {
            stop.told().await;
            Ok(())
        })
    }
}

/// Starts a node, lets `while_up` decide how long it runs, and stops it; an error of `while_up` is
/// why the command ends.
pub(super) fn run(
    args: &ServeArgs,
    demo: Option<Demo>,
    while_up: impl AsyncFnOnce(&Running, StopSignal) -> Result<(), String>,
) -> ExitCode {
    let config = match Config::read(args) {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    if args.print_config {
        return print_config(&config);
    }
    let stop = match StopSignal::listen(Duration::from_millis(config.stop_ms_max)) {
        Ok(stop) => stop,
        Err(error) => return refuse(&format!("cannot listen for signals: {error}")),
    };
    let system = actix_web::rt::System::new();
    let ended: Result<Result<(), String>, serve::Error> = system.block_on(async move {
        let node = serve::start(&config, demo).await?;
        stop.is_up();
        for url in node.urls() {
            announce(&format!("Gavel listens on {url}"));
        }
        let ended = while_up(&node, stop).await;
        tracing::info!("stopping");
        node.stop().await;
        Ok(ended)
    });
    match ended {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(reason)) => refuse(&reason),
        Err(error) => {
            let code = refuse(&error.to_string());
            // Actors that were started before the failure cannot be dropped without their runtime;
            // nothing of theirs is worth keeping.
            std::mem::forget(system);
            code
        }
    }
}

#[expect(clippy::print_stdout, reason = "what a person or a script waits for")]
pub(super) fn announce(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stdout, reason = "the command's result")]
fn print_config(config: &Config) -> ExitCode {
    match toml::to_string_pretty(config) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&error.to_string()),
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the reason why the command ends, whatever is logged"
)]
pub(super) fn refuse(reason: &str) -> ExitCode {
    eprintln!("gavel: {reason}");
    ExitCode::FAILURE
}
