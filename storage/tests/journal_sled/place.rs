//! A directory with a sled journal, for tests that change what is in it.

use std::fs;
use std::path::{Path, PathBuf};

use gavel_storage::journal::conformance::{Image, Kept, Place, fill, reopen};
use gavel_storage::journal::recovery::Visitor;
use gavel_storage::journal::{Error, Journal, Recovery, SledJournal, SledOptions, Start};
use tempfile::TempDir;

pub struct SledPlace(pub TempDir);

impl SledPlace {
    pub fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With this many records, closed, and what they are.
    pub fn filled(records: u64) -> (Self, Vec<Kept>) {
        let place = Self::fresh();
        let (mut journal, _, _) = reopen(&place, Start::beginning()).unwrap();
        let all = fill(&mut *journal, records);
        drop(journal);
        (place, all)
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn seal(&self) -> PathBuf {
        self.dir().join("sealed")
    }

    pub fn sled(&self) -> PathBuf {
        self.dir().join("sled")
    }

    /// What it opens to.
    pub fn opened(&self) -> Result<Vec<Kept>, Error> {
        reopen(self, Start::beginning()).map(|(_, _, kept)| kept)
    }
}

pub fn options() -> SledOptions {
    SledOptions {
        cache_bytes: 1 << 20,
        reserve_bytes: 0,
        ..SledOptions::default()
    }
}

impl Place for SledPlace {
    fn open(&self, start: Start, visit: &mut Visitor<'_>) -> Result<(Box<dyn Journal>, Recovery), Error> {
        let (journal, recovery) = SledJournal::open(self.dir(), options(), start, visit)?;
        Ok((Box::new(journal), recovery))
    }

    fn image(&self) -> Image {
        image_of(self.dir())
    }

    fn with_image(&self, image: &Image) -> Box<dyn Place> {
        let place = Self::fresh();
        write_image(place.dir(), image);
        Box::new(place)
    }
}

/// Every file below a directory, by its name there.
pub fn image_of(dir: &Path) -> Image {
    let mut image = Image::new();
    read_into(dir, Path::new(""), &mut image);
    image.sort();
    image
}

pub fn write_image(dir: &Path, image: &Image) {
    for (name, bytes) in image {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn read_into(root: &Path, below: &Path, image: &mut Image) {
    for entry in fs::read_dir(root.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = below.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            read_into(root, &name, image);
        } else {
            image.push((name, fs::read(entry.path()).unwrap()));
        }
    }
}
