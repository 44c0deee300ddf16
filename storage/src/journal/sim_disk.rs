//! A disk in memory that loses what a power cut would: writes that were not synced, in any part, and names whose
//! directory was not. Deterministic: whatever is random comes from the caller.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, DiskDir, DiskFile};

/// What a power cut leaves whole.
const SECTOR_BYTES: usize = 512;

/// What goes wrong with an operation that changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The process dies right there: this operation and all later ones fail, until the next [`SimDisk::power_cut`].
    Death,
    /// The next sync fails. What it should have made durable is lost, though it can still be read.
    FailedSync,
    /// The next write fails.
    FailedWrite,
}

/// Where random numbers come from.
pub type Random<'r> = &'r mut dyn FnMut() -> u64;

/// Files in memory; clones share them.
#[derive(Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: Vec<Content>,
    /// Names as whoever looks sees them, and as they are on the disk.
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Changes of names that no sync of their directory has made durable.
    renamed: Vec<NameChange>,
    free_bytes: u64,
    /// Operations until something goes wrong.
    mishap: Option<(u64, Mishap)>,
    mishaps: u64,
    dead: bool,
}

#[derive(Default)]
struct Content {
    visible: Vec<u8>,
    durable: Vec<u8>,
    /// What was written since the last sync: offset and length.
    dirty: Vec<(usize, usize)>,
}

#[derive(Clone)]
struct NameChange {
    removed: Option<PathBuf>,
    added: Option<(PathBuf, usize)>,
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        if let Some(removed) = &self.removed {
            names.remove(removed);
        }
        if let Some((added, file)) = &self.added {
            names.insert(added.clone(), *file);
        }
    }
}

/// What an operation does to the disk.
#[derive(PartialEq, Eq)]
enum Does {
    Write,
    Sync,
    Name,
}

impl State {
    fn dead() -> io::Error {
        io::Error::other("the process is dead")
    }

    /// Counts an operation; `Err` if it comes to nothing.
    fn operate(&mut self, does: &Does) -> io::Result<()> {
        if self.dead {
            return Err(Self::dead());
        }
        let Some((left, mishap)) = &mut self.mishap else {
            return Ok(());
        };
        *left = left.saturating_sub(1);
        let hits = match mishap {
            Mishap::Death => true,
            Mishap::FailedSync => *does == Does::Sync,
            Mishap::FailedWrite => *does == Does::Write,
        };
        if *left > 0 || !hits {
            return Ok(());
        }
        let (_, mishap) = self.mishap.take().unwrap_or((0, Mishap::Death));
        self.mishaps += 1;
        if mishap == Mishap::Death {
            self.dead = true;
            return Err(Self::dead());
        }
        Err(io::Error::other("input/output error"))
    }

    fn rename(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        self.renamed.push(change);
    }
}

impl SimDisk {
    /// An empty disk on which new files may take this many bytes in all.
    pub fn new(free_bytes: u64) -> Self {
        let disk = Self::default();
        disk.lock().free_bytes = free_bytes;
        disk
    }

    /// From now on, new files may take this many bytes more (or fewer).
    pub fn add_free_bytes(&self, bytes: i64) {
        let mut state = self.lock();
        state.free_bytes = state.free_bytes.saturating_add_signed(bytes);
    }

    /// What new files may take, in bytes.
    pub fn free_bytes(&self) -> u64 {
        self.lock().free_bytes
    }

    /// After this many operations something goes wrong.
    pub fn plan(&self, operations: u64, mishap: Mishap) {
        self.lock().mishap = Some((operations, mishap));
    }

    /// How often something went wrong so far.
    pub fn mishaps(&self) -> u64 {
        self.lock().mishaps
    }

    /// The process dies now.
    pub fn kill(&self) {
        self.lock().dead = true;
    }

    /// Whether the process is dead.
    pub fn is_dead(&self) -> bool {
        self.lock().dead
    }

    /// The process has ended and the disk stays as it is: everything written is there for the next one.
    pub fn restart(&self) {
        let mut state = self.lock();
        state.dead = false;
        state.mishap = None;
    }

    /// The power fails: of what was not synced, any part may be gone. A new process may start.
    pub fn power_cut(&self, random: Random<'_>) {
        let mut state = self.lock();
        state.dead = false;
        state.mishap = None;
        let mut names = state.durable_names.clone();
        // Some file systems keep the order of such changes, others do not.
        let in_order = random().is_multiple_of(2);
        for change in std::mem::take(&mut state.renamed) {
            if random().is_multiple_of(2) {
                change.apply(&mut names);
            } else if in_order {
                break;
            }
        }
        state.durable_names.clone_from(&names);
        state.names = names;
        for file in &mut state.files {
            let dirty = std::mem::take(&mut file.dirty);
            match random() % 4 {
                0 => {}
                1 => keep(file, &dirty, &mut |_| true),
                2 => {
                    let kept = random() % 16;
                    keep(file, &dirty, &mut |sector| sector < kept);
                }
                _ => keep(file, &dirty, &mut |_| random().is_multiple_of(2)),
            }
            file.visible.clone_from(&file.durable);
        }
    }

    /// The names in a directory and how long the files are up to their last byte that is not zero.
    pub fn files(&self) -> Vec<(PathBuf, usize)> {
        let state = self.lock();
        let used = |file: &Content| {
            file.visible
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |last| last + 1)
        };
        state
            .names
            .iter()
            .map(|(path, file)| (path.clone(), used(&state.files[*file])))
            .collect()
    }

    /// Changes bytes of a file behind everybody's back, as a failing drive or somebody with access does.
    pub fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.lock();
        if let Some(file) = state.names.get(path).copied() {
            let file = &mut state.files[file];
            change(&mut file.visible);
            file.durable.clone_from(&file.visible);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, path: &Path) -> io::Result<SimFile> {
        let file = self.lock().names.get(path).copied();
        let file = file.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        Ok(SimFile {
            disk: self.clone(),
            file,
        })
    }
}

/// Makes those of the written sectors durable that `is_kept`, which is asked with their number.
fn keep(file: &mut Content, dirty: &[(usize, usize)], is_kept: &mut dyn FnMut(u64) -> bool) {
    let length = file.visible.len();
    file.durable.resize(length, 0);
    let mut number = 0;
    for (offset, bytes) in dirty {
        let mut at = *offset;
        while at < offset + bytes {
            let end = ((at / SECTOR_BYTES + 1) * SECTOR_BYTES)
                .min(offset + bytes)
                .min(length);
            if is_kept(number) {
                file.durable[at..end].copy_from_slice(&file.visible[at..end]);
            }
            number += 1;
            at = end;
        }
    }
}

impl Disk for SimDisk {
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.lock();
        let names = state.names.keys().filter(|path| path.parent() == Some(dir));
        Ok(names
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect())
    }

    fn open(&self, path: &Path, _: bool) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(self.file(path)?))
    }

    fn create_zeroed(&self, path: &Path, bytes: u64) -> io::Result<Box<dyn DiskFile>> {
        {
            let mut state = self.lock();
            state.operate(&Does::Name)?;
            let left = state.free_bytes.checked_sub(bytes);
            state.free_bytes = left.ok_or(io::Error::from(io::ErrorKind::StorageFull))?;
            let zeros = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
            state.files.push(Content {
                visible: zeros.clone(),
                durable: zeros,
                dirty: Vec::new(),
            });
            let file = state.files.len() - 1;
            state.rename(NameChange {
                removed: None,
                added: Some((path.to_owned(), file)),
            });
        }
        self.open(path, true)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate(&Does::Name)?;
        let file = state.names.get(from).copied();
        let file = file.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        state.rename(NameChange {
            removed: Some(from.to_owned()),
            added: Some((to.to_owned(), file)),
        });
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.lock();
        state.operate(&Does::Name)?;
        let file = state.names.get(path).copied();
        let file = file.ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        state.free_bytes += state.files[file].visible.len() as u64;
        state.rename(NameChange {
            removed: Some(path.to_owned()),
            added: None,
        });
        Ok(())
    }

    fn open_dir(&self, _: &Path) -> io::Result<Box<dyn DiskDir>> {
        Ok(Box::new(SimDir(self.clone())))
    }
}

struct SimDir(SimDisk);

impl DiskDir for SimDir {
    fn sync(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.operate(&Does::Sync)?;
        for change in std::mem::take(&mut state.renamed) {
            change.apply(&mut state.durable_names);
        }
        Ok(())
    }
}

struct SimFile {
    disk: SimDisk,
    file: usize,
}

impl DiskFile for SimFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.lock().files[self.file].visible.len() as u64)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let state = self.disk.lock();
        let bytes = &state.files[self.file].visible;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let length = buf.len().min(bytes.len() - offset);
        buf[..length].copy_from_slice(&bytes[offset..offset + length]);
        Ok(length)
    }

    fn write_all_at(&self, written: &[u8], offset: u64) -> io::Result<()> {
        let mut state = self.disk.lock();
        if state.dead {
            return Err(State::dead());
        }
        let operated = state.operate(&Does::Write);
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let file = &mut state.files[self.file];
        if file.visible.len() < offset + written.len() {
            file.visible.resize(offset + written.len(), 0);
        }
        // Also by a write that fails or dies: any part of it may have got there.
        file.visible[offset..offset + written.len()].copy_from_slice(written);
        file.dirty.push((offset, written.len()));
        operated
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.lock();
        let was_dead = state.dead;
        let operated = state.operate(&Does::Sync);
        let is_dead = state.dead;
        let file = &mut state.files[self.file];
        if operated.is_ok() {
            // Only what is dirty: what an earlier sync has failed to save is not.
            let dirty = std::mem::take(&mut file.dirty);
            keep(file, &dirty, &mut |_| true);
        } else if !was_dead && !is_dead {
            // The kernel takes the pages for clean from now on: no later sync writes them.
            file.dirty.clear();
        }
        operated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> PathBuf {
        PathBuf::from("/d/f")
    }

    /// A disk with a file whose name is durable.
    fn with_file() -> (SimDisk, Box<dyn DiskFile>) {
        let disk = SimDisk::new(1 << 20);
        let file = disk.create_zeroed(&path(), 2048).unwrap();
        disk.open_dir(Path::new("/d")).unwrap().sync().unwrap();
        (disk, file)
    }

    /// What is left of two written sectors, over many power cuts.
    fn left(sync: bool) -> Vec<(bool, bool)> {
        let mut found = Vec::new();
        for seed in 0..200_u64 {
            let (disk, file) = with_file();
            file.write_all_at(&[7; 1024], 0).unwrap();
            if sync {
                file.sync_data().unwrap();
            }
            let mut state = seed;
            disk.power_cut(&mut || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                state >> 33
            });
            let mut bytes = [0; 1024];
            disk.open(&path(), false).unwrap().read_at(&mut bytes, 0).unwrap();
            assert!(bytes[..512].iter().all(|byte| *byte == bytes[0]));
            found.push((bytes[0] == 7, bytes[600] == 7));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn what_was_synced_stays_and_of_the_rest_any_part_may_be_gone() {
        assert_eq!(left(true), [(true, true)]);
        assert_eq!(
            left(false),
            [(false, false), (false, true), (true, false), (true, true)]
        );
    }

    #[test]
    fn a_name_that_was_not_synced_may_be_gone() {
        let disk = SimDisk::new(1 << 20);
        disk.create_zeroed(&path(), 512).unwrap();
        disk.power_cut(&mut || 1);
        assert!(disk.list(Path::new("/d")).unwrap().is_empty());
        let (disk, _) = with_file();
        disk.rename(&path(), Path::new("/d/g")).unwrap();
        disk.power_cut(&mut || 1);
        assert_eq!(disk.list(Path::new("/d")).unwrap(), ["f"]);
    }

    #[test]
    fn what_a_failed_sync_should_have_saved_is_gone_whatever_the_next_one_says() {
        let (disk, file) = with_file();
        disk.plan(1, Mishap::FailedSync);
        file.write_all_at(&[7; 512], 0).unwrap();
        file.sync_data().unwrap_err();
        file.sync_data().unwrap();
        let mut byte = [0];
        file.read_at(&mut byte, 0).unwrap();
        assert_eq!(byte, [7], "the cache still has it");
        // The later sync makes durable what was written after, not what it had given up.
        disk.power_cut(&mut || 1);
        file.read_at(&mut byte, 0).unwrap();
        assert_eq!(byte, [0]);
    }

    #[test]
    fn a_dead_process_changes_nothing_more() {
        let (disk, file) = with_file();
        disk.plan(1, Mishap::Death);
        file.write_all_at(&[7; 512], 0).unwrap_err();
        assert!(disk.is_dead());
        file.write_all_at(&[7; 512], 512).unwrap_err();
        file.sync_data().unwrap_err();
        disk.create_zeroed(Path::new("/d/new"), 512)
            .map(drop)
            .unwrap_err();
        disk.restart();
        let mut byte = [0];
        file.read_at(&mut byte, 512).unwrap();
        assert_eq!(byte, [0]);
    }
}
