//! The bus of one process.

use gavel_actors::{
    bus::{Bus, LocalBus, conformance::Place},
    bus_conformance,
};
use std::sync::Arc;

struct Process(LocalBus);

impl Place for Process {
    fn join(&self) -> futures_util::future::BoxFuture<'_, Arc<dyn Bus>> {
        let bus: Arc<dyn Bus> = Arc::new(self.0.clone());
        Box::pin(std::future::ready(bus))
    }
}

fn fresh() -> Process {
    Process(LocalBus::default())
}

bus_conformance!(fresh);
