//! See [`gavel_fuzz::rules`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gavel_fuzz::rules::run(data));
