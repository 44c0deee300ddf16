//! Benchmarks: `make bench`. Each figure is a ratio against a bare limit in the same run, or a time
//! per bid of the pure engine; the benches are in `benches/`.
