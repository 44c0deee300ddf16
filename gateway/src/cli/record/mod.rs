//! The record of a sale, read from the data directory beside the node that runs on it or while none
//! does: `gavel log` and `gavel results`. Nothing is changed there, and the lock is not taken.

mod catalogue;
mod entry;
pub mod log;
pub mod results;
mod teller;

use super::serve::refuse;
use crate::serve::{Config, ServeArgs};
use catalogue::Catalogue;
use gavel_actors::auctions::Archive;
use gavel_engine::ids::SaleId;
use std::{
    io::{self, BufWriter, StdoutLock, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Sales that are named to whoever asked for one that is not there.
const NAMED_MAX: usize = 10;

/// Which sale, and where.
#[derive(Debug, clap::Args)]
struct SaleArgs {
    /// The sale: its id or the beginning of it, or its title or the beginning of that
    #[arg(value_name = "SALE")]
    sale: String,
    /// The node's data directory [default: ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The node's configuration file
    #[arg(long, value_name = "FILE", env = "GAVEL_CONFIG")]
    config: Option<PathBuf>,
}

/// A sale that was found.
struct Found {
    archive: Archive,
    catalogue: Result<Catalogue, String>,
    sale_id: SaleId,
}

impl SaleArgs {
    fn find(self) -> Result<Found, String> {
        let config = Config::read(&ServeArgs {
            data: self.data,
            config: self.config,
            ..ServeArgs::default()
        })?;
        let data = config.data.as_path();
        if !data.is_dir() {
            return Err(format!("there is no data directory {}", data.display()));
        }
        let archive = read(data)?;
        let sales = archive.sales();
        if sales.is_empty() {
            return Err(format!("no sale has gone live in {}", data.display()));
        }
        let titles = catalogue::titles(data);
        let mut named: Vec<(SaleId, String)> = Vec::new();
        for sale_id in sales {
            let title = titles.as_ref().ok().and_then(|titles| titles.get(&sale_id));
            named.push((sale_id, title.cloned().unwrap_or_default()));
        }
        let sale_id = choose(&self.sale, &named).map_err(|reason| match &titles {
            Ok(_) => reason,
            Err(error) => format!("{reason}\nTitles are not known: {error}"),
        })?;
        let catalogue = titles.and_then(|_| catalogue::read(data, sale_id));
        Ok(Found {
            archive,
            catalogue,
            sale_id,
        })
    }
}

fn read(data: &Path) -> Result<Archive, String> {
    let journal = data.join("journal");
    if !journal.is_dir() {
        return Err(format!("no node has run on {}", data.display()));
    }
    Archive::read(&journal).map_err(|error| error.to_string())
}

/// The one sale that is meant.
fn choose(wanted: &str, sales: &[(SaleId, String)]) -> Result<SaleId, String> {
    let wanted = wanted.trim();
    let folded = wanted.to_lowercase();
    let plain = folded.replace('-', "");
    let is_id = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    let by_id = |(id, _): &&(SaleId, String)| is_id && format!("{:032x}", id.0).starts_with(&plain);
    let by_title = |(_, title): &&(SaleId, String)| title.to_lowercase() == folded;
    let by_start =
        |(_, title): &&(SaleId, String)| !folded.is_empty() && title.to_lowercase().starts_with(&folded);
    // A whole title is meant even where another one begins with it.
    let whole: Vec<_> = sales.iter().filter(by_title).collect();
    let found = if whole.is_empty() {
        let found = sales.iter().filter(|sale| by_id(sale) || by_start(sale));
        found.collect()
    } else {
        whole
    };
    match found[..] {
        [(sale_id, _)] => Ok(*sale_id),
        [] => Err(format!(
            "there is no sale `{wanted}`; there are:\n{}",
            list(sales.iter())
        )),
        _ => Err(format!("`{wanted}` may be any of:\n{}", list(found.into_iter()))),
    }
}

fn list<'a>(sales: impl ExactSizeIterator<Item = &'a (SaleId, String)>) -> String {
    let more = sales.len().saturating_sub(NAMED_MAX);
    let named = sales
        .take(NAMED_MAX)
        .map(|(id, title)| format!("  {id}  {}", shown(title)));
    let mut lines: Vec<_> = named.collect();
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines.join("\n")
}

/// A text that somebody has typed, without what would steer a terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Writes to the standard output. A reader that goes away in the middle, as `head` does, is no error.
pub(super) fn print(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> Result<(), String>,
) -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush().map_err(|error| unwritten(&error)));
    match written {
        Err(reason) if reason != GONE => refuse(&reason),
        _ => ExitCode::SUCCESS,
    }
}

const GONE: &str = "the reader is gone";

pub(super) fn unwritten(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::BrokenPipe => GONE.to_owned(),
        _ => format!("the standard output cannot be written: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_is_found_by_id_or_title_or_the_beginning_of_either() {
        let first = SaleId(0xabc1_0000_0000_4000_8000_0000_0000_0001);
        let second = SaleId(0xabc2_0000_0000_4000_8000_0000_0000_0002);
        let sales = [
            (first, "Evening sale".to_owned()),
            (second, "Evening sale of ÖL paintings".to_owned()),
        ];
        let is = |wanted: &str, sale: SaleId| assert_eq!(choose(wanted, &sales), Ok(sale), "{wanted}");
        is(&first.to_string(), first);
        is(&first.to_string().to_uppercase(), first);
        is("abc2", second);
        is("evening SALE", first);
        is("Evening sale of öl", second);
        let no = |wanted: &str, says: &str| {
            let reason = choose(wanted, &sales).unwrap_err();
            assert!(
                reason.contains(says) && reason.contains(&first.to_string()),
                "{reason}"
            );
        };
        no("evening", "may be any of");
        no("abc", "may be any of");
        no("morning", "there is no sale `morning`");
        no("", "there is no sale");
        no("-", "there is no sale");
    }

    #[test]
    fn what_would_steer_a_terminal_is_not_shown() {
        assert_eq!(shown("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
