//! Whole sales: what happens in them is made from the bytes, and the engine must agree with the naive
//! model of its own tests after every step.

#[path = "../../../engine/tests/model"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "the model of the engine's tests, which fail by panicking"
)]
mod model {
    mod cases;
    mod invariants;
    mod meaning;
    mod naive;
    mod play;

    pub use cases::{happenings, openings, setups};
    pub use play::play;
}

use gavel_engine::auction::SaleKind;
use proptest::{
    strategy::{Strategy, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// More is a longer sale, not another one.
const HAPPENINGS_MAX: usize = 200;

/// The first byte says what kind of sale it is, four bytes each what is sold, how it begins, and what
/// happens then, one thing after the other: so they are changed, moved and left out by themselves.
pub fn run(data: &[u8]) {
    let Some((kind, genes)) = data.split_first() else {
        return;
    };
    let (kind, hall) = match kind % 4 {
        0 => (SaleKind::Room, false),
        1 => (SaleKind::Timed, false),
        2 => (SaleKind::Room, true),
        _ => (SaleKind::Timed, true),
    };
    let mut genes = genes.chunks_exact(4);
    let (Some(sold), Some(beginning)) = (genes.next(), genes.next()) else {
        return;
    };
    let setup = expressed(&model::setups(kind, hall), sold);
    let mut happenings = expressed(&model::openings(kind, hall), beginning);
    let then = model::happenings(hall);
    happenings.extend(genes.take(HAPPENINGS_MAX).map(|gene| expressed(&then, gene)));
    if let Err(broken) = model::play(&setup, &happenings) {
        panic!("{broken}\n{setup:#?}\n{happenings:#?}");
    }
}

/// What a gene stands for: the same in every run.
fn expressed<S: Strategy>(strategy: &S, gene: &[u8]) -> S::Value {
    let mut seed = [1; 16];
    seed[..gene.len()].copy_from_slice(gene);
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let dice = TestRng::from_seed(RngAlgorithm::XorShift, &seed);
    let mut runner = TestRunner::new_with_rng(config, dice);
    match strategy.new_tree(&mut runner) {
        Ok(tree) => tree.current(),
        Err(reason) => panic!("nothing is filtered out: {reason}"),
    }
}
