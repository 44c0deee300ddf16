//! A release must not be made without the web apps; see `src/assets.rs`.

use std::{env, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=web/dist");
    let is_release = env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    if is_release && !Path::new("web/dist/index.html").exists() {
        println!("cargo::error=the web app is not built: run `npm ci && npm run build` in gateway/web first");
    }
}
