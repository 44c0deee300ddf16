//! The scripts that build and test Gavel, with stand-ins for everything that they start.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

/// What the scripts take from the system as it is.
const TOOLS: &[&str] = &[
    "bash", "cat", "dirname", "env", "grep", "mktemp", "rm", "sed", "sh", "tail", "tee", "true",
];

/// A copy of the scripts, and a path with nothing but these programs on it.
fn stage(programs: &[(&str, &str)]) -> TempDir {
    let stage = tempfile::tempdir().unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci");
    fs::create_dir_all(stage.path().join(".ci")).unwrap();
    fs::create_dir_all(stage.path().join("bin")).unwrap();
    fs::create_dir_all(stage.path().join("gateway/web")).unwrap();
    for script in ["test", "install"] {
        fs::copy(scripts.join(script), stage.path().join(".ci").join(script)).unwrap();
    }
    let bin = stage.path().join("bin");
    for tool in TOOLS {
        let found = ["/bin", "/usr/bin"].map(|directory| Path::new(directory).join(tool));
        let found = found.iter().find(|path| path.exists()).unwrap();
        symlink(found, bin.join(tool)).unwrap();
    }
    for (name, script) in programs {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    stage
}

fn run(stage: &TempDir, script: &str, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(stage.path().join(".ci").join(script))
        .args(arguments)
        .env_clear()
        .env("PATH", stage.path().join("bin"))
        .env("TMPDIR", stage.path())
        .output()
        .unwrap();
    let said = [&*output.stdout, &output.stderr].concat();
    (output, String::from_utf8(said).unwrap())
}

/// `npm` of a project whose own tests pass, and whose browser tests come to this.
fn npm(expected: u32, unexpected: u32, flaky: u32, skipped: u32, status: u8) -> String {
    format!(
        r#"
        if [ "$1" = test ]; then echo ' Tests  7 passed | 1 skipped (8)'; exit 0; fi
        printf '  {unexpected} failed\n    [x] a.spec.ts: 3 passed of old\n  {skipped} skipped\n  {expected} passed (9s)\n'
        cat > "$PLAYWRIGHT_JSON_OUTPUT_FILE" <<JSON
{{
  "suites": [{{"title": "expected", "ok": true}}],
  "errors": [],
  "stats": {{
    "startTime": "2026-01-01T00:00:00.000Z",
    "duration": 9000.5,
    "expected": {expected},
    "skipped": {skipped},
    "unexpected": {unexpected},
    "flaky": {flaky}
  }}
}}
JSON
        exit {status}"#
    )
}

const CARGO: &str = r#"
if [ "$1" = nextest ]; then
  echo '     Summary [   1.0s] 10 tests run: 9 passed (1 slow), 1 failed, 2 skipped'
  exit "${NEXTEST_STATUS:-100}"
fi"#;

#[test]
fn every_outcome_of_every_kind_is_counted() {
    let stage = stage(&[("cargo", CARGO), ("npm", &npm(20, 3, 2, 4, 1))]);
    let (output, said) = run(&stage, "test", &[]);
    let counts: Vec<_> = said.lines().filter(|line| line.contains(" passed, ")).collect();
    let kinds = [
        "rust: 9 passed, 1 failed, 2 skipped",
        "web: 7 passed, 0 failed, 1 skipped",
        "browser: 22 passed, 3 failed, 4 skipped",
        "total: 38 passed, 4 failed, 7 skipped",
    ];
    assert!(counts.ends_with(&kinds), "{said}");
    assert_eq!(said.lines().last(), Some(kinds[3]));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_did_not_even_run_is_a_failure() {
    let cargo = "echo 'error: could not compile'; exit 101";
    let stage = stage(&[("cargo", cargo), ("npm", &npm(0, 0, 0, 0, 0))]);
    let (output, said) = run(&stage, "test", &[]);
    assert!(said.contains("rust: 0 passed, 1 failed"), "{said}");
    assert!(said.contains("browser: 0 passed, 1 failed, 0 skipped"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// Programs that are there already, and an `apt-get` that only says what it was asked for.
fn machine<'a>(user: &'a str, more: &[(&'a str, &'a str)]) -> TempDir {
    let mut programs = vec![
        ("id", user),
        ("gcc", ""),
        ("cc", ""),
        ("pkg-config", ""),
        ("cargo", ""),
        ("apt-get", r#"echo "apt-get $*" >&2"#),
    ];
    programs.extend(more);
    stage(&programs)
}

const DEBIAN_13: (&str, &str) = ("apt-cache", "echo '  Candidate: 20.19.2+dfsg-1'");
const DEBIAN_12: (&str, &str) = ("apt-cache", "echo '  Candidate: 18.20.4+dfsg-1~deb12u2'");

#[test]
fn node_is_installed_where_debian_has_one_that_will_do() {
    let (output, said) = run(&machine("echo 0", &[DEBIAN_13]), "install", &["tools"]);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("apt-get install -y -qq nodejs npm"), "{said}");

    let (output, said) = run(&machine("echo 0", &[DEBIAN_12]), "install", &["tools"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("Node.js 20 or newer with npm (here: none). Run: "),
        "{said}"
    );

    // Nobody who may install anything: the line to run.
    let sudo = ("sudo", "exit 1");
    let (output, said) = run(&machine("echo 1000", &[DEBIAN_13, sudo]), "install", &["tools"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Run: sudo apt-get install -y nodejs npm"), "{said}");
}

#[test]
fn node_that_is_too_old_is_said_to_be() {
    let old = [("node", "echo v18.20.4"), ("npm", ""), DEBIAN_13];
    let (output, said) = run(&machine("echo 0", &old), "install", &["tools"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("Node.js 20 or newer with npm (here: v18.20.4)"),
        "{said}"
    );
    assert!(!said.contains("apt-get install -y -qq"), "{said}");

    let new = [("node", "echo v22.1.0"), ("npm", ""), DEBIAN_12];
    let (output, said) = run(&machine("echo 0", &new), "install", &["tools"]);
    assert!(output.status.success() && said.is_empty(), "{said}");
}
