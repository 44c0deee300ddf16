//! The bus of one process.

use futures_util::future::BoxFuture;
use gavel_actors::{
    bus::{Bus, Leases, LocalBus, LocalLeases, conformance::Place},
    bus_conformance,
};
use std::sync::Arc;

struct Process(LocalBus, LocalLeases);

impl Place for Process {
    fn join(&self) -> BoxFuture<'_, Arc<dyn Bus>> {
        let bus: Arc<dyn Bus> = Arc::new(self.0.clone());
        Box::pin(std::future::ready(bus))
    }

    fn leases(&self) -> BoxFuture<'_, Arc<dyn Leases>> {
        let leases: Arc<dyn Leases> = Arc::new(self.1.clone());
        Box::pin(std::future::ready(leases))
    }
}

fn fresh() -> Process {
    Process(LocalBus::default(), LocalLeases::default())
}

bus_conformance!(fresh);
