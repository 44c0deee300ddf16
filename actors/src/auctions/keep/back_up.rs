//! A backup, while the node runs or while none does.
//!
//! Database and journal are two files that go on while they are copied, and they must fit:
//!
//! 1. The database may know nothing that the journal lacks. Results get there from records that are durable, so a journal
//!    that is read after the database was copied has them all.
//! 2. The journal may have no bidders, suspensions, limits or sales that the database lacks: the next start would tell
//!    the live side the database's older word. Those get into the journal from what was committed in the database, so
//!    they are in records that were written after the copy began: the journal is cut before the first such
//!    record that the copy contradicts. Every acknowledgement from before the backup was begun is before it.
//!
//! To wait for a moment without a commit in between would be simpler, and never come on a busy node: every sign-in is one. A
//! cut can only miss when a registration was changed twice within the time that the first of these steps takes;
//! then the database knows a record after the cut, which is found out, and all is done again.

use super::{Error, examine::examine, require_apart};
use crate::auctions::{RECORD, registry::approval};
use gavel_engine::{
    auction::{Approval, Event},
    ids::{BidderId, Paddle, SaleId},
    money::Amount,
    time::Timestamp,
};
use gavel_storage::{
    backup::{
        self, DATA, End, FileEntry, Manifest, copy_file, copy_files, copy_journal, create_dir,
        require_vacant, sync_dir,
    },
    data_dir::{self, DataDir},
    journal::{self, Head, Heads, Kind, Place, Record, segment},
    relational::{self, Store},
};
use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

/// How often a fitting pair is looked for.
const TRIES_MAX: u32 = 5;

/// Copies the data directory `data` into the new backup `to`: records up to one of them, the database as of then, and the
/// keys. What was written is read back and examined before this returns.
///
/// # Errors
/// [`Error`]; what is left in `to` then is no backup.
pub async fn back_up(data: &Path, to: &Path, now: Timestamp) -> Result<Manifest, Error> {
    let journal = data.join("journal");
    if !journal.is_dir() {
        return Err(Error::NothingThere {
            path: data.to_owned(),
        });
    }
    if data_dir::is_incomplete(data) {
        return Err(data_dir::Error::Incomplete {
            path: data.to_owned(),
        }
        .into());
    }
    require_apart(data, to)?;
    require_vacant(to)?;
    // Only one process at a time can have a sled journal, so no node runs until it is copied.
    let is_sled = Kind::of(&journal)? == Some(Kind::Sled);
    let held = is_sled.then(|| DataDir::open(data)).transpose();
    let held = held.map_err(|error| match error {
        data_dir::Error::InUse { .. } => journal::Error::InUse { dir: journal.clone() }.into(),
        other => Error::from(other),
    })?;
    let target = to.join(DATA);
    for dir in [to, &target, &target.join("journal"), &target.join("keys")] {
        create_dir(dir)?;
    }
    let mut files = BTreeMap::new();
    let database = target.join(relational::FILE_NAME);
    let fit = fitting(data, &journal, &target, &database).await?;
    files.insert(relational::FILE_NAME.to_owned(), FileEntry::synced(&database)?);
    let copied = match fit.end {
        _ if is_sled => copy_files(&journal, &target.join("journal"))?,
        Some(end) => copy_journal(&journal, &target.join("journal"), end)?,
        None => BTreeMap::new(),
    };
    let named = |(name, entry)| (format!("journal/{name}"), entry);
    files.extend(copied.into_iter().map(named));
    drop(held);
    keys(data, &target, &mut files)?;
    for dir in [&target.join("keys"), &target.join("journal"), &target, to] {
        sync_dir(dir)?;
    }
    let heads = fit.heads.iter();
    let sales = heads.map(|(auction, head)| (SaleId(*auction).to_string(), (*head).into()));
    let manifest = Manifest::new(now.as_ms(), fit.last_lsn, sales.collect(), files);
    manifest.clone().write(to)?;
    let examined = examine(to).await?;
    if !examined.findings.is_empty() {
        // Not to be taken for one.
        let path = to.join(backup::MANIFEST);
        fs::remove_file(&path).map_err(|source| io_error("remove", &path, source))?;
        sync_dir(to)?;
        return Err(Error::Findings {
            path: to.to_owned(),
            findings: examined.findings,
        });
    }
    Ok(manifest)
}

fn io_error(action: &'static str, path: &Path, source: io::Error) -> Error {
    backup::Error::Io {
        action,
        path: path.to_owned(),
        source,
    }
    .into()
}

fn keys(data: &Path, target: &Path, files: &mut BTreeMap<String, FileEntry>) -> Result<(), Error> {
    let keys = data.join("keys");
    let listed = match fs::read_dir(&keys) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error("list", &keys, error)),
    };
    for entry in listed {
        let path = entry.map_err(|error| io_error("list", &keys, error))?.path();
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|_| path.is_file())
        else {
            continue;
        };
        let copied = copy_file(&path, &target.join("keys").join(name), u64::MAX)?;
        files.insert(format!("keys/{name}"), copied);
    }
    Ok(())
}

/// How much of the journal goes with a copy of the database.
#[derive(Debug, Default)]
struct Fit {
    last_lsn: u64,
    heads: Heads,
    /// Where the last record ends; `None` without one.
    end: Option<End>,
}

async fn fitting(data: &Path, journal: &Path, target: &Path, database: &Path) -> Result<Fit, Error> {
    let mut since_lsn = journal_end(journal)?;
    let mut reason = String::new();
    for attempt in 1..=TRIES_MAX {
        if attempt > 1 {
            fs::remove_file(database).map_err(|error| io_error("remove", database, error))?;
        }
        match Store::copy(data, database).await {
            Err(relational::Error::Busy) => {
                "a node has just started".clone_into(&mut reason);
                continue;
            }
            copied => copied?,
        }
        let store = Store::open_to_read(target).await?;
        let words = Words::of(&store).await;
        let told = store.progress().await;
        store.close().await?;
        let (words, told) = (words?, told?);
        let (fit, end_lsn) = fit(journal, since_lsn, &words)?;
        let lacks = told.iter().find(|(sale_id, progress)| {
            fit.heads
                .get(&sale_id.0)
                .is_none_or(|head| head.seq < progress.seq)
        });
        let Some((sale_id, progress)) = lacks else {
            return Ok(fit);
        };
        reason = format!("the database knows of record {} of sale {sale_id}", progress.seq);
        since_lsn = end_lsn;
    }
    Err(Error::NeverFits {
        tries: TRIES_MAX,
        reason,
    })
}

/// What the catalogue says, as the live side is told it.
struct Words {
    sales: HashMap<SaleId, HashMap<BidderId, Word>>,
}

type Word = (Paddle, Approval, Option<Amount>);

impl Words {
    async fn of(store: &Store) -> Result<Self, relational::Error> {
        let mut sales = HashMap::new();
        for sale_id in store.sales().published_ids().await? {
            let registrations = store.registrations().of_sale(sale_id).await?.into_iter();
            let word = |registered: relational::RegistrationRecord| {
                let word = (registered.paddle, approval(registered.status), registered.limit);
                (registered.user_id.into(), word)
            };
            sales.insert(sale_id, registrations.map(word).collect());
        }
        Ok(Self { sales })
    }

    /// Whether a record may have been written when this was so.
    fn allow(&self, sale_id: SaleId, event: &Event) -> bool {
        match event {
            Event::Created(_) => self.sales.contains_key(&sale_id),
            Event::Registered {
                bidder,
                paddle,
                standing,
                limit,
            } if *paddle > Paddle::ROOM_MAX => {
                let registered = self.sales.get(&sale_id).and_then(|sale| sale.get(bidder));
                registered == Some(&(*paddle, *standing, *limit))
            }
            _ => true,
        }
    }
}

/// Reads the journal up to the first record after `since_lsn` that contradicts the catalogue; also where it ends now.
fn fit(journal: &Path, since_lsn: u64, words: &Words) -> Result<(Fit, u64), Error> {
    let mut fit = Fit::default();
    let mut is_over = false;
    let checked = journal::check::check(journal, &mut |record: &Record<'_>, place: Place<'_>| {
        if is_over {
            return Ok(());
        }
        if record.lsn > since_lsn {
            let decided = RECORD.decode(record.payload).map_err(|error| error.to_string())?;
            let sale_id = SaleId(record.auction);
            is_over = !decided.events.iter().all(|event| words.allow(sale_id, event));
            if is_over {
                return Ok(());
            }
        }
        let name = place.file.file_name().unwrap_or_default().to_string_lossy();
        let segment = segment::first_lsn_of(&name).unwrap_or(record.lsn);
        fit.end = Some(End {
            segment,
            bytes: place.offset + place.bytes,
        });
        fit.last_lsn = record.lsn;
        let head = Head {
            lsn: record.lsn,
            seq: record.seq,
            hash: record.hash,
        };
        fit.heads.insert(record.auction, head);
        Ok(())
    })?;
    refuse_damage(checked.damage)?;
    Ok((fit, checked.last_lsn))
}

fn journal_end(journal: &Path) -> Result<u64, Error> {
    let checked = journal::check::check(journal, &mut |_, _| Ok(()))?;
    refuse_damage(checked.damage)?;
    Ok(checked.last_lsn)
}

/// A backup of a damaged journal would be none, and would take the place of one that is.
fn refuse_damage(damage: Option<journal::Damage>) -> Result<(), Error> {
    let Some(damage) = damage else { return Ok(()) };
    Err(journal::Error::Corrupt {
        file: damage.file,
        offset: damage.offset,
        last_good_lsn: damage.last_good_lsn,
        reason: damage.reason,
    }
    .into())
}
