//! Reference material that is kept beside the checkout and not copied into it.

use std::path::{Path, PathBuf};

/// A file or directory of the reference material, `../shared` as seen from the workspace's root,
/// or where `GAVEL_SHARED` says.
///
/// `None` where it is absent: the test then says so and passes. In CI (`CI=true`) it must be there.
pub fn reference(relative: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let root = std::env::var_os("GAVEL_SHARED").map_or_else(beside, PathBuf::from);
    let path = root.join(relative);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "{} is absent, and CI must not skip it",
        path.display()
    );
    eprintln!("SKIPPED: {} is absent; set GAVEL_SHARED", path.display());
    None
}
