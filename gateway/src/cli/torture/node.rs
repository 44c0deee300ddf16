//! A node that is tried: with an account for its auctioneer, and nobody who asks too often.

use crate::client::child::{Launch, without_settings};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// The least that a node takes: accounts here keep no secrets.
const PASSWORD_MEMORY_KIB: u32 = 8;

/// Makes a data directory with an account that may run sales in it.
///
/// # Errors
/// What the command said.
pub fn add_auctioneer(program: &Path, data: &Path, name: &str, password: &str) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(["user", "add", name, "--role", "auctioneer", "--data"]);
    without_settings(command.arg(data))
        .env("GAVEL_PASSWORD", password)
        .env("GAVEL_PASSWORD_MEMORY_KIB", PASSWORD_MEMORY_KIB.to_string());
    let done = command.stdin(Stdio::null()).output();
    let done = done.map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&done.stderr).into_owned())
}

/// Nobody asks too often, and passwords are looked at quickly.
pub fn unlimited(launch: Launch) -> Launch {
    let limits = ["API", "SIGN_UP_ADDRESS", "SUBSCRIBE_ADDRESS", "BID", "BID_STATUS"];
    let launch = launch.environment("GAVEL_PASSWORD_MEMORY_KIB", PASSWORD_MEMORY_KIB);
    limits.iter().fold(launch, |launch, limit| {
        launch
            .environment(&format!("GAVEL_LIMITS__{limit}__PER_MINUTE"), 10_000_000)
            .environment(&format!("GAVEL_LIMITS__{limit}__BURST"), 1_000_000)
    })
}
