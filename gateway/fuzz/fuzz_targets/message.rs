//! See [`gavel_fuzz::message`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gavel_fuzz::message::run(data));
