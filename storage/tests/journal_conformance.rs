//! The segment journal, held against the suite that every journal is held against.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gavel_storage::journal::conformance::{Image, Place};
use gavel_storage::journal::mem_disk::MemDisk;
use gavel_storage::journal::recovery::Visitor;
use gavel_storage::journal::{Error, Journal, Options, Recovery, SegmentJournal, Start};
use tempfile::TempDir;

/// Segments small enough for a few dozen records, so that every case has several.
const SEGMENT_BYTES: u64 = 8192;

struct InMemory(MemDisk);

impl Place for InMemory {
    fn open(&self, start: Start, visit: &mut Visitor<'_>) -> Result<(Box<dyn Journal>, Recovery), Error> {
        let options = Options {
            segment_bytes: SEGMENT_BYTES,
            disk: Arc::new(self.0.clone()),
            ..Options::default()
        };
        let (journal, recovery) = SegmentJournal::open(Path::new("journal"), options, start, visit)?;
        Ok((Box::new(journal), recovery))
    }

    fn image(&self) -> Image {
        let mut files = self.0.files();
        files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "seg"));
        files
    }

    fn with_image(&self, image: &Image) -> Box<dyn Place> {
        let disk = MemDisk::default();
        for (path, bytes) in image {
            disk.put(path, bytes.clone());
        }
        Box::new(Self(disk))
    }
}

struct OnDisk(TempDir);

impl Place for OnDisk {
    fn open(&self, start: Start, visit: &mut Visitor<'_>) -> Result<(Box<dyn Journal>, Recovery), Error> {
        let options = Options {
            segment_bytes: SEGMENT_BYTES,
            ..Options::default()
        };
        let (journal, recovery) = SegmentJournal::open(self.0.path(), options, start, visit)?;
        Ok((Box::new(journal), recovery))
    }

    fn image(&self) -> Image {
        let paths = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let segments = paths.filter(|path| path.extension().is_some_and(|extension| extension == "seg"));
        segments
            .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
            .collect()
    }

    fn with_image(&self, image: &Image) -> Box<dyn Place> {
        let place = TempDir::new().unwrap();
        for (name, bytes) in image {
            fs::write(place.path().join(name), bytes).unwrap();
        }
        Box::new(Self(place))
    }
}

mod in_memory {
    fn fresh() -> Box<dyn super::Place> {
        Box::new(super::InMemory(super::MemDisk::default()))
    }
    gavel_storage::journal_conformance!(fresh);
}

mod on_disk {
    use gavel_storage::journal::conformance;

    fn fresh() -> Box<dyn super::Place> {
        Box::new(super::OnDisk(super::TempDir::new().unwrap()))
    }

    // Damage to every byte is for the disk in memory; what differs here is the file system.
    gavel_storage::journal_conformance!(@cases fresh: empty keeps_everything scans refuses_disorder payload_limits
        starts_from_heads notices_wrong_heads);

    #[test]
    fn an_image_is_the_journal() {
        let place = fresh();
        let (mut journal, _, _) = conformance::reopen(&*place, super::Start::beginning()).unwrap();
        let all = conformance::fill(&mut *journal, 100);
        drop(journal);
        let image = place.image();
        assert!(image.len() > 1, "one segment only");
        assert_eq!(
            conformance::reopen(&*place.with_image(&image), super::Start::beginning())
                .unwrap()
                .2,
            all
        );
    }
}
