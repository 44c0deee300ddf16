//! How many connections the node takes. Every one is an open file, and so is every segment and every
//! connection to the database: strangers must never use up what those need.

use super::Error;
use crate::limits::LimitsConfig;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that may be opened beside those that are open when the node begins to listen: the
/// journal's next segments, more connections to the database, snapshots, pictures.
const FILES_OF_DISK: usize = 64;

/// What an HTTP worker opens for itself.
const FILES_OF_WORKER: usize = 8;

/// Taken for open when the system does not say.
const FILES_OPEN_GUESS: usize = 64;

/// A node that takes fewer is of no use to anybody.
const CONNECTIONS_MIN: usize = 16;

/// The most that are kept for requests: they come and go within seconds.
const FOR_REQUESTS_MAX: usize = 1024;

/// The most sockets that are kept for staff.
const FOR_STAFF_MAX: usize = 64;

/// How many connections there may be, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Connections of any kind at once; those beyond wait with the kernel.
    pub connections: usize,
    /// WebSockets that anybody may have.
    pub sockets: usize,
    /// WebSockets beyond those, for staff.
    pub staff_sockets: usize,
    /// WebSockets of one address among those that anybody may have.
    pub sockets_per_address: usize,
}

impl Capacity {
    /// What the process may open, after raising that as far as it may.
    ///
    /// # Errors
    /// [`Error::Config`] when there is no room to serve anybody.
    pub fn of_this_process(limits: &LimitsConfig, workers: usize) -> Result<Self, Error> {
        // The listing itself is open while it is counted; that is one too many and does no harm.
        let open = std::fs::read_dir("/dev/fd").map_or(FILES_OPEN_GUESS, Iterator::count);
        Self::within(raise_files_max(), open, workers, limits)
    }

    fn within(
        files_max: Option<u64>,
        files_open: usize,
        workers: usize,
        limits: &LimitsConfig,
    ) -> Result<Self, Error> {
        let files_max = files_max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
        let wanted = limits.connections.get() as usize;
        let kept = files_open + FILES_OF_DISK + workers * FILES_OF_WORKER;
        let connections = wanted.min(files_max.saturating_sub(kept));
        // Each worker takes at least one.
        let connections_min = CONNECTIONS_MIN.max(workers);
        if connections < connections_min {
            let files_min = kept + connections_min;
            return Err(Error::Config(format!(
                "room for {connections} connections is too little: limits.connections must be at least \
                 {connections_min}, and at least {files_min} open files must be allowed, not {files_max} \
                 (see `ulimit -n`)"
            )));
        }
        let requests = (connections / 4).min(FOR_REQUESTS_MAX);
        let staff_sockets = (connections / 8).min(FOR_STAFF_MAX);
        let sockets = connections - requests - staff_sockets;
        Ok(Self {
            connections,
            sockets,
            staff_sockets,
            // Whatever is configured, nobody takes all of it.
            sockets_per_address: (sockets / 2).min(limits.sockets_per_address.get() as usize),
        })
    }
}

/// Raises the soft limit on open files to the hard one; gives the limit in force, `None` for none.
fn raise_files_max() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return current;
    }
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        // Some systems do not allow what they call the maximum.
        Err(error) => {
            tracing::warn!(%error, "the limit on open files stays as it is");
            current
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn limits(connections: u32, sockets_per_address: u32) -> LimitsConfig {
        LimitsConfig {
            connections: NonZeroU32::new(connections).unwrap(),
            sockets_per_address: NonZeroU32::new(sockets_per_address).unwrap(),
            ..LimitsConfig::default()
        }
    }

    #[test]
    fn all_that_is_taken_at_once_leaves_room_for_the_disk() {
        let workers = 2;
        for (files_max, used, wanted) in [
            (256, 60, 25_000),
            (1024, 60, 25_000),
            (1 << 20, 60, 25_000),
            (1024, 60, 100),
        ] {
            let capacity = Capacity::within(Some(files_max), used, workers, &limits(wanted, 2_000)).unwrap();
            let Capacity {
                connections,
                sockets,
                staff_sockets,
                sockets_per_address,
            } = capacity;
            assert!(
                used + FILES_OF_DISK + workers * FILES_OF_WORKER + connections
                    <= usize::try_from(files_max).unwrap()
            );
            assert!(connections <= wanted as usize);
            assert!(sockets + staff_sockets < connections, "{capacity:?}");
            assert!(staff_sockets > 0 && sockets_per_address > 0, "{capacity:?}");
            assert!(sockets_per_address * 2 <= sockets, "{capacity:?}");
        }
        let unlimited = Capacity::within(None, 60, workers, &limits(25_000, 2_000)).unwrap();
        assert_eq!(
            (unlimited.connections, unlimited.sockets_per_address),
            (25_000, 2_000)
        );
    }

    #[test]
    fn too_little_room_is_said_with_what_would_do() {
        let within = |files_max, workers, connections| {
            Capacity::within(files_max, 60, workers, &limits(connections, 2_000))
        };
        let error = within(Some(128), 1, 25_000).unwrap_err().to_string();
        assert!(error.contains("at least 148 open files"), "{error}");
        assert!(
            error.contains("not 128") && error.contains("ulimit -n"),
            "{error}"
        );
        within(Some(148), 1, 25_000).unwrap();
        within(None, 1, 15).unwrap_err();
        within(None, 32, 31).unwrap_err();
    }
}
