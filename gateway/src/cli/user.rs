//! `gavel user`: accounts that nobody may open over the network, such as those of the staff.

use super::serve::{announce, refuse};
use crate::serve::{Config, ServeArgs};
use gavel_actors::{
    clock::SystemClock,
    users::{Error, Locale, Password, Role, SeedUser, SigningKey, User, UsersActor, UsersConfig},
};
use gavel_storage::{data_dir::DataDir, relational::Store};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::{
    io::{self, BufRead as _, IsTerminal as _, Read as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

/// More than any password; what is longer is not one.
const INPUT_BYTES_MAX: u64 = 4096;

/// See the module's documentation.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Opens an account of any role, while no node runs on the directory.
    Add(AddArgs),
}

/// The password is the first line of the standard input, or asked for at a terminal, unless the
/// environment has it in `GAVEL_PASSWORD`.
#[derive(Debug, clap::Args)]
struct AddArgs {
    /// To sign in with: 3 to 32 of a-z, 0-9, `.`, `_`, `-`
    name: String,
    /// What the account may do
    #[arg(long, value_enum)]
    role: RoleName,
    /// What others see [default: NAME]
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Where to write to
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Directory for everything that the node keeps [default: ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The node's configuration file
    #[arg(long, value_name = "FILE", env = "GAVEL_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RoleName {
    /// Registers for sales and bids
    Bidder,
    /// Runs sales and keeps the catalogue
    Auctioneer,
    /// Everything that an auctioneer may do: whoever runs the house
    Admin,
}

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Bidder => Self::Bidder,
            RoleName::Auctioneer => Self::Auctioneer,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl Args {
    /// Runs the command.
    pub fn run(self) -> ExitCode {
        let Command::Add(add) = self.command;
        match add.execute() {
            Ok(user) => {
                announce(&format!(
                    "{} may sign in now, as {}",
                    user.name,
                    user.role.as_str()
                ));
                ExitCode::SUCCESS
            }
            Err(reason) => refuse(&reason),
        }
    }
}

impl AddArgs {
    fn execute(self) -> Result<User, String> {
        let config = Config::read(&ServeArgs {
            data: self.data.clone(),
            config: self.config.clone(),
            ..ServeArgs::default()
        })?;
        // Held to the end: a running node keeps this command out, and the other way round.
        let directory = DataDir::open(&config.data).map_err(text)?;
        let password = read_password().map_err(|error| format!("the password cannot be read: {error}"))?;
        let seed = SeedUser {
            display_name: self.display_name.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            email: self.email,
            password: Password::new(password),
            role: self.role.into(),
            locale: Locale::En,
        };
        let opened = actix_web::rt::System::new().block_on(open(&directory, &config, seed));
        drop(directory);
        opened
    }
}

async fn open(directory: &DataDir, config: &Config, seed: SeedUser) -> Result<User, String> {
    let store = Store::open(directory.root()).await.map_err(text)?;
    let key = SigningKey::load_or_create(directory.keys()).map_err(text)?;
    let mut users_config = UsersConfig::default();
    users_config.passwords.memory_kib = config.password_memory_kib;
    let users = UsersActor::start(users_config, store.clone(), &key, Arc::new(SystemClock)).map_err(text)?;
    let opened = users.send(seed).await.map_err(explain);
    // Also after a refusal: the actor may be at work on the store, and a connection that is given
    // up when the runtime has gone panics.
    store.close().await.map_err(text)?;
    opened
}

fn text(error: impl std::error::Error) -> String {
    error.to_string()
}

/// With the fields that are wrong, and what would be accepted.
fn explain(error: Error) -> String {
    let fields: Vec<String> = error
        .fields()
        .iter()
        .map(|field| format!("{} {}", field.field, field.message))
        .collect();
    if fields.is_empty() {
        text(error)
    } else {
        fields.join("; ")
    }
}

fn read_password() -> io::Result<String> {
    if let Ok(password) = std::env::var("GAVEL_PASSWORD") {
        return Ok(password);
    }
    let input = io::stdin();
    if !input.is_terminal() {
        return read_line();
    }
    ask();
    let shown = tcgetattr(&input)?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    tcsetattr(&input, OptionalActions::Flush, &hidden)?;
    let line = read_line();
    tcsetattr(&input, OptionalActions::Flush, &shown)?;
    line
}

#[expect(clippy::print_stderr, reason = "a question to the person at the terminal")]
fn ask() {
    eprint!("Password: ");
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().lock().take(INPUT_BYTES_MAX).read_line(&mut line)?;
    let end = line.trim_end_matches(['\n', '\r']).len();
    line.truncate(end);
    Ok(line)
}
