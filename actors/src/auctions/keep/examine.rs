//! Everything in a data directory or a backup held against everything else. Nothing is written there.

use super::Error;
use crate::{
    auctions::{RECORD, STATE},
    users::SigningKey,
};
use gavel_engine::{auction::Auction, ids::SaleId};
use gavel_storage::{
    backup::{DATA, HeadEntry, Manifest},
    codec, data_dir,
    journal::{self, Checked, Head, Kind, Record},
    relational::{self, Progress, Store},
    snapshot::{self, Snapshot},
};
use serde::Serialize;
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

/// What was found in a directory.
#[derive(Debug)]
pub struct Examined {
    /// The data directory: that of the backup when it is one.
    pub data: PathBuf,
    /// What the backup says of itself; `None` for a data directory.
    pub manifest: Option<Manifest>,
    /// Whether a node, or another tool, has it open.
    pub is_open: bool,
    /// The journal, record by record.
    pub journal: Checked,
    /// Every sale that has records which hold.
    pub sales: BTreeMap<SaleId, ExaminedSale>,
    /// What was done with the snapshots.
    pub snapshots: SnapshotsFound,
    /// How far the database knows each sale.
    pub told: BTreeMap<SaleId, Progress>,
    /// What does not hold; nothing when all is well.
    pub findings: Vec<Finding>,
}

/// A sale that was replayed.
#[derive(Debug, Clone)]
pub struct ExaminedSale {
    /// Its last record.
    pub head: Head,
    /// What its records add up to.
    pub state: Auction,
}

/// What was done with the snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotsFound {
    /// So many are what the records add up to.
    Equal(usize),
    /// They were left alone, as somebody works with them. They are derived: the next start looks at them.
    InUse,
    /// They do not hold; see the findings.
    Unfit,
}

/// A part of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The files of a backup, and what its manifest says.
    Backup,
    /// The journal.
    Journal,
    /// The snapshots.
    Snapshots,
    /// The database.
    Database,
    /// The keys.
    Keys,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub part: Part,
    /// The sale, when it is about one.
    pub sale_id: Option<SaleId>,
    /// What, for people.
    pub message: String,
    /// Whether it goes away when records are given up that are not there or do not hold.
    pub repairable: bool,
}

impl Finding {
    fn of(part: Part, message: impl Into<String>) -> Self {
        Self {
            part,
            sale_id: None,
            message: message.into(),
            repairable: false,
        }
    }

    fn repairable(self) -> Self {
        Self {
            repairable: true,
            ..self
        }
    }

    fn of_sale(self, sale_id: SaleId) -> Self {
        Self {
            sale_id: Some(sale_id),
            ..self
        }
    }
}

/// Looks into all of a data directory or backup.
///
/// # Errors
/// [`Error::NothingThere`], [`Error::Backup`] for one that was not finished, [`Error::DataDir`] for one that was not
/// restored wholly; [`Error::Journal`] for what this version cannot read.
pub async fn examine(directory: &Path) -> Result<Examined, Error> {
    let manifest = Manifest::read(directory)?;
    let data = if manifest.is_some() {
        directory.join(DATA)
    } else {
        directory.to_owned()
    };
    if data_dir::is_incomplete(&data) {
        return Err(data_dir::Error::Incomplete { path: data }.into());
    }
    let is_open = data_dir::is_open(&data)?;
    examine_data(data, manifest, is_open).await
}

/// The same of a data directory that the caller has open.
pub(super) async fn examine_own(data: &Path) -> Result<Examined, Error> {
    examine_data(data.to_owned(), None, false).await
}

async fn examine_data(data: PathBuf, manifest: Option<Manifest>, is_open: bool) -> Result<Examined, Error> {
    let journal = data.join("journal");
    if !journal.is_dir() {
        return Err(Error::NothingThere { path: data });
    }
    if is_open && Kind::of(&journal)? == Some(Kind::Sled) {
        return Err(journal::Error::InUse { dir: journal }.into());
    }
    let mut findings = Vec::new();
    if let Some(manifest) = &manifest {
        let differences = manifest.differences(&data)?.into_iter();
        findings.extend(differences.map(|difference| Finding::of(Part::Backup, difference)));
    }
    // The database and the snapshots first: what is in them is in the journal by then.
    let told = database(&data, &mut findings).await;
    keys(&data, &mut findings);
    let snapshots = snapshots(&data, is_open);
    let mut replay = Replay::new(snapshots.as_ref().ok());
    let checked = journal::check::check(&journal, &mut |record, _| replay.take(record))?;
    if let Some(damage) = &checked.damage {
        let message = format!(
            "the journal is damaged: {} at byte {}: {}; the records up to {} are intact",
            damage.file.display(),
            damage.offset,
            damage.reason,
            damage.last_good_lsn
        );
        let finding = Finding::of(Part::Journal, message);
        // What a newer version wrote is well.
        let is_newer = replay.newer_at == Some(damage.last_good_lsn + 1);
        findings.push(if is_newer { finding } else { finding.repairable() });
    }
    let found = match &snapshots {
        Ok(kept) => replay.judge(kept, &checked, &mut findings),
        Err(Unread::InUse) => SnapshotsFound::InUse,
        Err(Unread::Damaged(reason)) => {
            let message = format!("the snapshots cannot be used: {reason}; the next start makes them again");
            findings.push(Finding::of(Part::Snapshots, message));
            SnapshotsFound::Unfit
        }
    };
    let sales = replay.sales(&checked);
    // Beyond damage nobody knows where a sale stands.
    if checked.damage.is_none() {
        findings.extend(ahead(&told, &sales));
    }
    if let Some(manifest) = &manifest {
        agrees(manifest, &checked, &mut findings);
    }
    Ok(Examined {
        data,
        manifest,
        is_open,
        journal: checked,
        sales,
        snapshots: found,
        told,
        findings,
    })
}

/// Replays every sale and compares it with its snapshot on the way.
struct Replay<'s> {
    states: HashMap<u128, Auction>,
    /// By the LSN that they were made at.
    snapshots: HashMap<u64, Vec<(u128, &'s Snapshot)>>,
    /// Snapshots that are what the records gave, or of a version that is not read any more.
    equal: usize,
    wrong: Vec<u128>,
    newer_at: Option<u64>,
}

impl<'s> Replay<'s> {
    fn new(contents: Option<&'s snapshot::Contents>) -> Self {
        let mut snapshots: HashMap<u64, Vec<_>> = HashMap::new();
        for (auction, snapshot) in contents.iter().flat_map(|contents| &contents.snapshots) {
            snapshots
                .entry(snapshot.lsn)
                .or_default()
                .push((*auction, snapshot));
        }
        Self {
            states: HashMap::new(),
            snapshots,
            equal: 0,
            wrong: Vec::new(),
            newer_at: None,
        }
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), String> {
        let decision = RECORD.decode(record.payload).map_err(|error| {
            if matches!(error, codec::Error::UnknownVersion { version, newest } if version > newest) {
                self.newer_at = Some(record.lsn);
                return "a newer version of Gavel wrote it; use that version".to_owned();
            }
            format!("it cannot be read: {error}")
        })?;
        let state = self.states.entry(record.auction).or_default();
        state.apply(&decision);
        if state.seq() != record.seq {
            return Err(format!(
                "it is the sale's record {}, not {}",
                state.seq(),
                record.seq
            ));
        }
        for (auction, snapshot) in self.snapshots.remove(&record.lsn).unwrap_or_default() {
            let is_of_it =
                (auction, snapshot.seq, snapshot.hash) == (record.auction, record.seq, record.hash);
            // One of another version is not used.
            let is_used = snapshot.state.first() == Some(&STATE.version());
            let is_equal = !is_used || STATE.encode(state).is_ok_and(|bytes| bytes == snapshot.state);
            if is_of_it && is_equal {
                self.equal += 1;
            } else {
                self.wrong.push(auction);
            }
        }
        Ok(())
    }

    fn judge(
        &self,
        kept: &snapshot::Contents,
        checked: &Checked,
        findings: &mut Vec<Finding>,
    ) -> SnapshotsFound {
        let before = findings.len();
        for auction in &self.wrong {
            let message = "a snapshot is not what the records add up to; remove the directory `snapshots`, and the next \
                           start makes them again";
            findings.push(Finding::of(Part::Snapshots, message).of_sale(SaleId(*auction)));
        }
        let end = checked.last_lsn;
        let ahead = kept.snapshots.iter().filter(|(_, snapshot)| snapshot.lsn > end);
        // Beyond damage there may well be what they were made of.
        for (auction, snapshot) in ahead.filter(|_| checked.damage.is_none()) {
            let message = format!(
                "the journal ends at record {end}, but a snapshot was made at record {}: records that were \
                 acknowledged are missing",
                snapshot.lsn
            );
            let finding = Finding::of(Part::Journal, message).of_sale(SaleId(*auction));
            findings.push(finding.repairable());
        }
        if findings.len() > before {
            SnapshotsFound::Unfit
        } else {
            SnapshotsFound::Equal(self.equal)
        }
    }

    fn sales(self, checked: &Checked) -> BTreeMap<SaleId, ExaminedSale> {
        let placed = |(auction, state): (u128, Auction)| {
            let head = *checked.heads.get(&auction)?;
            Some((SaleId(auction), ExaminedSale { head, state }))
        };
        self.states.into_iter().filter_map(placed).collect()
    }
}

/// Why snapshots are not compared.
enum Unread {
    InUse,
    Damaged(String),
}

fn snapshots(data: &Path, is_open: bool) -> Result<snapshot::Contents, Unread> {
    if is_open {
        return Err(Unread::InUse);
    }
    snapshot::read_copy(&data.join("snapshots")).map_err(|reason| {
        // A copy of what is being written is none.
        match data_dir::is_open(data) {
            Ok(true) => Unread::InUse,
            _ => Unread::Damaged(reason),
        }
    })
}

async fn database(data: &Path, findings: &mut Vec<Finding>) -> BTreeMap<SaleId, Progress> {
    let asked = async {
        let store = Store::open_to_read(data).await?;
        let found = store.findings().await;
        let told = store.progress().await;
        store.close().await?;
        Ok::<_, relational::Error>((found?, told?))
    };
    match asked.await {
        Ok((found, told)) => {
            let named = |finding| {
                format!(
                    "the database {}: {finding}",
                    data.join(relational::FILE_NAME).display()
                )
            };
            findings.extend(
                found
                    .into_iter()
                    .map(|found| Finding::of(Part::Database, named(found))),
            );
            told
        }
        Err(error) => {
            findings.push(Finding::of(Part::Database, error.to_string()));
            BTreeMap::new()
        }
    }
}

fn keys(data: &Path, findings: &mut Vec<Finding>) {
    // The first start makes one that is not there.
    if let Err(error) = SigningKey::load(&data.join("keys")) {
        findings.push(Finding::of(Part::Keys, error.to_string()));
    }
}

/// Sales that the database knows more records of than the journal has.
fn ahead<'a>(
    told: &'a BTreeMap<SaleId, Progress>,
    sales: &'a BTreeMap<SaleId, ExaminedSale>,
) -> impl Iterator<Item = Finding> + 'a {
    told.iter().filter_map(|(sale_id, progress)| {
        let seq = sales.get(sale_id).map_or(0, |sale| sale.head.seq);
        (progress.seq > seq).then(|| {
            let message = format!(
                "the database knows of record {} of sale {sale_id} ({}), of which the journal has {seq}: records that \
                 were acknowledged are missing",
                progress.seq, progress.title
            );
            Finding::of(Part::Journal, message).of_sale(*sale_id).repairable()
        })
    })
}

/// Whether the journal of a backup is the one that it was made of.
fn agrees(manifest: &Manifest, checked: &Checked, findings: &mut Vec<Finding>) {
    let mut said = manifest.sales.clone();
    let differs = manifest.last_lsn != checked.last_lsn
        || checked.heads.iter().any(|(auction, head)| {
            let said = said.remove(&SaleId(*auction).to_string());
            said.is_none_or(|said| said != HeadEntry::from(*head))
        })
        || !said.is_empty();
    if differs && checked.damage.is_none() {
        let message = "the journal does not end where the manifest says";
        findings.push(Finding::of(Part::Backup, message));
    }
}
