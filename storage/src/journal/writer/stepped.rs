//! The writer without a thread: whoever has it decides when a batch is written. Everything else is as in the thread.

use std::sync::mpsc::{self, Receiver};

use super::{Claimed, Handle, Shared, Wake, Work, WriterOptions};
use crate::faults::{Fault, planted};
use crate::journal::{Error, Journal};

/// See the module's documentation.
pub struct SteppedWriter {
    work: Work,
    queue: Receiver<super::Job>,
    collected: Option<Claimed>,
}

impl SteppedWriter {
    /// `wake` is called after every job that is handed over.
    pub fn new(journal: Box<dyn Journal>, options: WriterOptions, wake: Wake) -> (Handle, Self) {
        let shared = Shared::of(&*journal, &options, Some(wake));
        let (jobs, queue) = mpsc::channel();
        let writer = Self {
            work: Work::new(journal, options, std::sync::Arc::clone(&shared)),
            queue,
            collected: None,
        };
        (Handle { shared, jobs }, writer)
    }

    /// Takes what has queued up into a batch; `false` if there is nothing.
    pub fn collect(&mut self) -> bool {
        if self.collected.is_none()
            && let Ok(first) = self.queue.try_recv()
        {
            // Nobody sends a stop: whoever has the writer stops it.
            let mut claimed = self.work.collect_batch(first, &self.queue, &mut false);
            if planted(Fault::AcknowledgeBeforeWrite) {
                self.work.complete(&std::mem::take(&mut claimed));
            }
            self.collected = Some(claimed);
        }
        self.collected.is_some()
    }

    /// Makes the collected batch durable, and tells everybody who waits for it.
    ///
    /// # Errors
    /// As the thread's: nothing may be done with the journal any more.
    pub fn flush(&mut self) -> Result<(), Error> {
        match self.collected.take() {
            Some(claimed) => self.work.flush(&claimed),
            None => Ok(()),
        }
    }

    /// What the journal's own threads would do.
    pub fn prepare(&mut self) {
        self.work.journal.prepare();
    }
}
