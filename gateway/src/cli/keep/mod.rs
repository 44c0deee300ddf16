//! Keeping what a house depends on: `gavel verify`, `gavel backup`, `gavel restore` and `gavel repair`.

pub mod backup;
pub mod repair;
pub mod restore;
pub mod verify;

use super::record::{print, shown, unwritten};
use gavel_actors::{
    auctions::keep::{Error, Examined},
    clock::{Clock as _, SystemClock},
};
use gavel_engine::{ids::SaleId, time::Timestamp};
use std::{fmt::Write as _, io::Write, process::ExitCode};

/// Runs a tool to its end.
fn run<T>(tool: impl Future<Output = Result<T, Error>>) -> Result<T, String> {
    let done = actix_web::rt::System::new().block_on(tool);
    done.map_err(|error| error.to_string())
}

fn now() -> Timestamp {
    SystemClock.now()
}

/// Prints lines; the code says whether all was well, also when nobody reads them.
fn tell(text: &str, code: ExitCode) -> ExitCode {
    let printed = print(|out| out.write_all(text.as_bytes()).map_err(|error| unwritten(&error)));
    if printed == ExitCode::SUCCESS {
        code
    } else {
        printed
    }
}

/// A value as a line of JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).map_or_else(|error| format!("{error}\n"), |text| text + "\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the database calls a sale.
fn title(examined: &Examined, sale_id: SaleId) -> Option<String> {
    examined.told.get(&sale_id).map(|told| shown(&told.title))
}

/// `1 record`, `2 records`.
fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
