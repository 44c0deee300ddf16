//! `gavel`: the node and its tools.

use clap::{Parser, Subcommand};
use gavel_gateway::cli;
use std::process::ExitCode;

/// Live auctions: a room with an auctioneer, and bidders online.
#[derive(Debug, Parser)]
#[command(name = "gavel", version, about, max_term_width = 100)]
struct Gavel {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a node.
    Serve(cli::serve::Args),
    /// Runs a node with a demonstration sale that is alive, and prints log-ins to it.
    Demo(cli::demo::Args),
    /// Opens accounts, such as those of the staff.
    User(cli::user::Args),
    /// Prints the history of a sale from its journal.
    Log(cli::record::log::Args),
    /// Prints what became of each lot of a sale: prices realised.
    Results(cli::record::results::Args),

    /// Checks everything that a data directory or a backup holds.
    Verify(cli::keep::verify::Args),
    /// Copies a data directory while its node runs.
    Backup(cli::keep::backup::Args),
    /// Makes a data directory from a backup.
    Restore(cli::keep::restore::Args),
    /// Gives up the end of a damaged journal.
    Repair(cli::keep::repair::Args),

    /// Holds the engine against rule vectors.
    Vectors(cli::vectors::VectorsArgs),
    /// Replays recorded auctions through the engine.
    Replay(cli::replay::ReplayArgs),

    /// Kills a node again and again while it sells, and looks for what it has forgotten.
    Torture(cli::torture::Args),
    /// Connects a crowd to a node, of whom some never read, and watches its memory.
    Crowd(cli::crowd::Args),
}

fn main() -> ExitCode {
    match Gavel::parse().command {
        Command::Serve(args) => args.run(),
        Command::Demo(args) => args.run(),
        Command::User(args) => args.run(),
        Command::Log(args) => args.run(),
        Command::Results(args) => args.run(),

        Command::Verify(args) => args.run(),
        Command::Backup(args) => args.run(),
        Command::Restore(args) => args.run(),
        Command::Repair(args) => args.run(),

        Command::Vectors(args) => args.run(),
        Command::Replay(args) => args.run(),

        Command::Torture(args) => args.run(),
        Command::Crowd(args) => args.run(),
    }
}
