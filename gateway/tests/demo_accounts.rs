//! `gavel demo` prints log-ins that work, or says why it cannot.

mod process;

use process::gavel::Launch;
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

#[actix_web::test]
async fn a_demonstration_whose_names_are_taken_says_so_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut add = Command::new(env!("CARGO_BIN_EXE_gavel"))
        .args(["user", "add", "bidder", "--role", "bidder", "--data"])
        .arg(&data)
        .env_remove("GAVEL_PASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(add.stdin.take().unwrap(), "a password of my own").unwrap();
    assert!(add.wait().unwrap().success());

    let ended = Launch::demo(&data).begin().ended().await;
    assert_eq!(ended.status.code(), Some(1), "{:?}", ended.output);
    let reason = ended.output.reason().unwrap();
    assert!(
        reason.contains(r#""bidder""#) && reason.contains("--data"),
        "{reason}"
    );
    let printed = ended.output.stdout.join("\n");
    assert!(!printed.contains("Sign in as"), "{printed}");
}
