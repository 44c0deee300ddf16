//! See [`gavel_fuzz::frame`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gavel_fuzz::frame::run(data));
