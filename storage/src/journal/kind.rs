//! Which journal a directory holds, and the one way to open whichever it is.

use std::path::Path;
use std::str::FromStr;
use std::{fmt, io};

use super::disk::{Disk, OsDisk};
use super::recovery::{Recovery, Start, Visitor};
use super::{Error, Journal, Options, SegmentJournal, SledJournal, SledOptions, segment, sled_journal};

/// How a journal is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Preallocated segment files.
    #[default]
    Segments,
    /// Entries of sled.
    Sled,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Segments => "segments",
            Self::Sled => "sled",
        })
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let kinds = [Self::Segments, Self::Sled];
        let kind = kinds.into_iter().find(|kind| kind.to_string() == text);
        kind.ok_or_else(|| format!("a journal is kept in `{}` or `{}`", Self::Segments, Self::Sled))
    }
}

impl Kind {
    /// What the directory holds, by the files in it; `None` for an empty one, and for one that is not there.
    ///
    /// # Errors
    /// [`Error::BothKinds`], [`Error::Io`].
    pub fn of(dir: &Path) -> Result<Option<Self>, Error> {
        Self::on(&OsDisk, dir)
    }

    /// The same on any disk.
    fn on(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, Error> {
        let names = match disk.list(dir) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("list", dir)(error)),
        };
        let (mut segments, mut sled) = (false, false);
        for name in names {
            segments |= segment::first_lsn_of(&name).is_some();
            sled |= name == sled_journal::DIR || name == sled_journal::SEAL;
        }
        match (segments, sled) {
            (false, false) => Ok(None),
            (true, false) => Ok(Some(Self::Segments)),
            (false, true) => Ok(Some(Self::Sled)),
            (true, true) => Err(Error::BothKinds { dir: dir.to_owned() }),
        }
    }
}

/// Opens the journal in an existing directory that nobody else writes to, or begins one of this kind.
///
/// # Errors
/// [`Error::OtherKind`], [`Error::BothKinds`]: nothing was changed. Those of [`SegmentJournal::open`] and
/// [`SledJournal::open`].
pub fn open(
    kind: Kind,
    dir: &Path,
    options: &Options,
    start: Start,
    visit: &mut Visitor<'_>,
) -> Result<(Box<dyn Journal>, Recovery), Error> {
    if let Some(found) = Kind::on(&*options.disk, dir)?
        && found != kind
    {
        return Err(Error::OtherKind {
            dir: dir.to_owned(),
            found,
            asked: kind,
        });
    }
    match kind {
        Kind::Segments => {
            let (journal, recovery) = SegmentJournal::open(dir, options.clone(), start, visit)?;
            Ok((Box::new(journal), recovery))
        }
        Kind::Sled => {
            let (journal, recovery) = SledJournal::open(dir, SledOptions::default(), start, visit)?;
            Ok((Box::new(journal), recovery))
        }
    }
}
