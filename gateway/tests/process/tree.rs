//! What a directory holds, to be compared before and after.

use std::{collections::BTreeMap, fs, path::Path};

/// Every file's content by its path; directories have none.
pub type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// The tree below `root`.
pub fn tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    visit(root, root, &mut found);
    found
}

fn visit(root: &Path, dir: &Path, found: &mut Tree) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.insert(name, None);
            visit(root, &path, found);
        } else {
            found.insert(name, Some(fs::read(&path).unwrap()));
        }
    }
}

/// What differs, by name: a message for people.
pub fn differences(before: &Tree, after: &Tree) -> Vec<String> {
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    let changed = names.filter_map(|name| match (before.get(name), after.get(name)) {
        (Some(_), None) => Some(format!("{name} is gone")),
        (None, Some(_)) => Some(format!("{name} is new")),
        (before, after) if before != after => Some(format!("{name} has changed")),
        _ => None,
    });
    changed.collect()
}

/// Copies a directory.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            // Permissions come with it.
            fs::copy(&path, &target).unwrap();
        }
    }
}
