//! A stream in memory, and those who read it.

use super::super::{
    Appended, ConsumerOptions, Delivery, Message, Pattern, StreamOptions, Subject, UNDER_WAY_MAX,
    received::{Settle, Settled},
};
use super::lock;
use futures_util::{FutureExt as _, future};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::{sync::Notify, time::Instant};

pub(super) struct Stream {
    state: Mutex<State>,
    /// Something was appended, or is to be handed out again.
    changed: Notify,
}

struct State {
    options: StreamOptions,
    /// By sequence.
    kept: BTreeMap<u64, Message>,
    last_sequence: u64,
    /// Ids that are known, and until when, in the order in which they came.
    ids: HashMap<String, u64>,
    ids_until: VecDeque<(Instant, String)>,
    consumers: BTreeMap<String, Standing>,
}

/// Where a consumer stands.
struct Standing {
    only: Option<Pattern>,
    /// Everything up to here was handed out at least once.
    handed_out: u64,
    /// What it was handed and is not done with: how often, and when it comes again.
    under_way: BTreeMap<u64, (u64, Instant)>,
}

/// One who reads; others may read under the same name.
pub(super) struct Reader {
    stream: Arc<Stream>,
    options: ConsumerOptions,
}

impl Stream {
    pub fn new(options: StreamOptions) -> Self {
        Self {
            state: Mutex::new(State {
                options,
                kept: BTreeMap::new(),
                last_sequence: 0,
                ids: HashMap::new(),
                ids_until: VecDeque::new(),
                consumers: BTreeMap::new(),
            }),
            changed: Notify::new(),
        }
    }

    pub fn change(&self, options: StreamOptions) {
        let mut state = lock(&self.state);
        state.options = options;
        state.forget_oldest();
    }

    pub fn keeps(&self, subject: &Subject) -> bool {
        lock(&self.state)
            .options
            .subjects
            .iter()
            .any(|pattern| pattern.matches(subject))
    }

    pub fn append(&self, id: String, message: &Message) -> Appended {
        let mut state = lock(&self.state);
        let now = Instant::now();
        state.forget_ids(now);
        if let Some(sequence) = state.ids.get(&id) {
            return Appended {
                sequence: *sequence,
                is_repeat: true,
            };
        }
        state.last_sequence += 1;
        let sequence = state.last_sequence;
        state.kept.insert(sequence, message.clone());
        let until = now + state.options.same_id_within;
        state.ids_until.push_back((until, id.clone()));
        state.ids.insert(id, sequence);
        state.forget_oldest();
        drop(state);
        self.changed.notify_waiters();
        Appended {
            sequence,
            is_repeat: false,
        }
    }

    pub fn reader(self: Arc<Self>, options: ConsumerOptions) -> Reader {
        let mut state = lock(&self.state);
        let standing = state.consumers.entry(options.name.clone()).or_insert(Standing {
            only: None,
            handed_out: 0,
            under_way: BTreeMap::new(),
        });
        standing.only.clone_from(&options.only);
        drop(state);
        Reader {
            stream: self,
            options,
        }
    }

    fn settle(&self, consumer: &str, sequence: u64, settled: Settled) {
        let mut state = lock(&self.state);
        let Some(standing) = state.consumers.get_mut(consumer) else {
            return;
        };
        match settled {
            Settled::Done => drop(standing.under_way.remove(&sequence)),
            Settled::Again => {
                if let Some((_, again_at)) = standing.under_way.get_mut(&sequence) {
                    *again_at = Instant::now();
                }
            }
        }
        drop(state);
        self.changed.notify_waiters();
    }
}

impl State {
    fn forget_oldest(&mut self) {
        while self.kept.len() > self.options.messages_max as usize {
            self.kept.pop_first();
        }
    }

    fn forget_ids(&mut self, now: Instant) {
        while let Some((until, _)) = self.ids_until.front()
            && *until <= now
        {
            if let Some((_, id)) = self.ids_until.pop_front() {
                self.ids.remove(&id);
            }
        }
    }

    /// What a consumer is handed now, or when there may be something although nothing is appended.
    fn take(
        &mut self,
        options: &ConsumerOptions,
        now: Instant,
    ) -> Result<(u64, u64, Message), Option<Instant>> {
        let Self { kept, consumers, .. } = self;
        let Some(standing) = consumers.get_mut(&options.name) else {
            return Err(None);
        };
        // What is not kept any more cannot be handed out again.
        standing
            .under_way
            .retain(|sequence, _| kept.contains_key(sequence));
        let again_at = now + options.again_after;
        let due = standing.under_way.iter_mut().find(|(_, (_, at))| *at <= now);
        if let Some((sequence, (times, at))) = due {
            *times += 1;
            *at = again_at;
            return Ok((*sequence, *times, kept[sequence].clone()));
        }
        if standing.under_way.len() < UNDER_WAY_MAX {
            let wanted = |message: &Message| {
                standing
                    .only
                    .as_ref()
                    .is_none_or(|only| only.matches(&message.subject))
            };
            let next = kept
                .range(standing.handed_out + 1..)
                .find(|(_, message)| wanted(message));
            if let Some((sequence, message)) = next {
                standing.handed_out = *sequence;
                standing.under_way.insert(*sequence, (1, again_at));
                return Ok((*sequence, 1, message.clone()));
            }
            standing.handed_out = self.last_sequence;
        }
        Err(standing.under_way.values().map(|(_, at)| *at).min())
    }
}

impl Reader {
    /// The next delivery, whenever it comes.
    pub async fn next(&self) -> Delivery {
        loop {
            let changed = self.stream.changed.notified();
            tokio::pin!(changed);
            // From here on nothing that changes is missed.
            changed.as_mut().enable();
            let taken = lock(&self.stream.state).take(&self.options, Instant::now());
            match taken {
                Ok((sequence, times, message)) => {
                    return Delivery {
                        message,
                        sequence,
                        times,
                        settle: self.settle(sequence),
                    };
                }
                Err(None) => changed.await,
                Err(Some(at)) => {
                    let _ = tokio::time::timeout_at(at, changed).await;
                }
            }
        }
    }

    fn settle(&self, sequence: u64) -> Settle {
        let stream = Arc::clone(&self.stream);
        let name = self.options.name.clone();
        Box::new(move |settled| {
            stream.settle(&name, sequence, settled);
            future::ready(Ok(())).boxed()
        })
    }
}
