//! See [`gavel_fuzz::payload`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gavel_fuzz::payload::run(data));
