//! See [`gavel_fuzz::commands`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gavel_fuzz::commands::run(data));
