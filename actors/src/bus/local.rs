//! The bus of one process.

mod leases;
mod stream;

pub use leases::LocalLeases;

use super::{
    Appended, Bus, Consumer, ConsumerOptions, Error, Message, Pattern, Received, SUBSCRIPTION_QUEUE_MAX,
    StreamOptions, Subscription, message::fits, received::Answer,
};
use bytes::Bytes;
use futures_util::{
    FutureExt as _,
    future::{self, BoxFuture},
    stream as streams,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use stream::Stream;
use tokio::sync::mpsc::{self, error::TrySendError};

/// See the module. Clones are the same bus.
#[derive(Clone, Default)]
pub struct LocalBus {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    listeners: Mutex<Listeners>,
    streams: Mutex<BTreeMap<String, Arc<Stream>>>,
}

#[derive(Default)]
struct Listeners {
    all: Vec<Listener>,
    /// Counts deliveries, so that the members of a group take turns.
    turn: usize,
}

struct Listener {
    pattern: Pattern,
    group: Option<String>,
    queue: mpsc::Sender<Received>,
    missed: Arc<AtomicU64>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that is done with a lock held can leave half of a change behind.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of a message that was offered to those who listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nobody listens.
    Nobody,
    /// Everybody who should hear it has too much waiting.
    Missed,
    /// Somebody hears it.
    Somebody,
}

impl Listener {
    fn offer(&self, received: Received) -> Result<(), Received> {
        self.queue.try_send(received).map_err(|error| match error {
            TrySendError::Full(received) | TrySendError::Closed(received) => received,
        })
    }
}

impl Listeners {
    /// Hands a message to every listener, and to one of each group; `answer` makes the way back for each.
    fn tell(&mut self, message: &Message, answer: impl Fn() -> Option<Answer>) -> Told {
        self.all.retain(|listener| !listener.queue.is_closed());
        self.turn = self.turn.wrapping_add(1);
        let mut groups: BTreeMap<Option<&str>, Vec<&Listener>> = BTreeMap::new();
        for listener in &self.all {
            if listener.pattern.matches(&message.subject) {
                groups
                    .entry(listener.group.as_deref())
                    .or_default()
                    .push(listener);
            }
        }
        let mut told = Told::Nobody;
        let received = || Received {
            message: message.clone(),
            answer: answer(),
        };
        let mut note = |heard: bool| match heard {
            true => told = Told::Somebody,
            false if told == Told::Nobody => told = Told::Missed,
            false => {}
        };
        for (group, listeners) in groups {
            if group.is_none() {
                for listener in listeners {
                    let heard = listener.offer(received()).is_ok();
                    listener.missed.fetch_add(u64::from(!heard), Ordering::Relaxed);
                    note(heard);
                }
                continue;
            }
            // Whoever's turn it is, or the next one that takes it.
            let first = self.turn % listeners.len();
            let mut offered = Err(received());
            for index in 0..listeners.len() {
                if let Err(received) = offered {
                    offered = listeners[(first + index) % listeners.len()].offer(received);
                }
            }
            if offered.is_err() {
                listeners[first].missed.fetch_add(1, Ordering::Relaxed);
            }
            note(offered.is_ok());
        }
        told
    }
}

impl LocalBus {
    fn stream(&self, name: &str) -> Result<Arc<Stream>, Error> {
        lock(&self.inner.streams)
            .get(name)
            .cloned()
            .ok_or_else(|| Error::NotKept {
                what: name.to_owned(),
            })
    }

    async fn ask(&self, message: Message, deadline: Duration) -> Result<Message, Error> {
        message.require_fit()?;
        let subject = message.subject.to_string();
        // Room for one: the first answer counts.
        let (answers, mut answered) = mpsc::channel::<Bytes>(1);
        let told = lock(&self.inner.listeners).tell(&message, || Some(answer_to(&answers)));
        drop(answers);
        match told {
            Told::Nobody => return Err(Error::NobodyThere { subject }),
            Told::Missed => return Err(Error::Busy { subject }),
            Told::Somebody => {}
        }
        match tokio::time::timeout(deadline, answered.recv()).await {
            Ok(Some(body)) => Ok(Message::new(message.subject, body)),
            // Everybody who has heard it has let it drop, or time is over.
            Ok(None) | Err(_) => Err(Error::Unanswered {
                subject,
                deadline_ms: u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX),
            }),
        }
    }
}

fn answer_to(answers: &mpsc::Sender<Bytes>) -> Answer {
    let answers = answers.clone();
    Box::new(move |body| {
        let fits = fits(body.len());
        future::ready(fits.map(|()| {
            // Somebody else was first, or nobody waits any more.
            let _ = answers.try_send(body);
        }))
        .boxed()
    })
}

impl Bus for LocalBus {
    fn publish(&self, message: Message) -> BoxFuture<'_, Result<(), Error>> {
        let told = message.require_fit().map(|()| {
            lock(&self.inner.listeners).tell(&message, || None);
        });
        future::ready(told).boxed()
    }

    fn subscribe(
        &self,
        pattern: Pattern,
        group: Option<String>,
    ) -> BoxFuture<'_, Result<Subscription, Error>> {
        let (queue, heard) = mpsc::channel(SUBSCRIPTION_QUEUE_MAX);
        let missed = Arc::<AtomicU64>::default();
        lock(&self.inner.listeners).all.push(Listener {
            pattern,
            group,
            queue,
            missed: Arc::clone(&missed),
        });
        let messages = streams::unfold(heard, |mut heard| async {
            heard.recv().await.map(|received| (received, heard))
        });
        future::ready(Ok(Subscription {
            messages: Box::pin(messages),
            missed,
        }))
        .boxed()
    }

    fn request(&self, message: Message, deadline: Duration) -> BoxFuture<'_, Result<Message, Error>> {
        self.ask(message, deadline).boxed()
    }

    fn keep(&self, options: StreamOptions) -> BoxFuture<'_, Result<(), Error>> {
        let mut streams = lock(&self.inner.streams);
        match streams.get(&options.name) {
            Some(stream) => stream.change(options),
            None => {
                streams.insert(options.name.clone(), Arc::new(Stream::new(options)));
            }
        }
        future::ready(Ok(())).boxed()
    }

    fn append(&self, id: String, message: Message) -> BoxFuture<'_, Result<Appended, Error>> {
        let appended = message.require_fit().and_then(|()| {
            let streams = lock(&self.inner.streams);
            let stream = streams.values().find(|stream| stream.keeps(&message.subject));
            let stream = stream.ok_or_else(|| Error::NotKept {
                what: message.subject.to_string(),
            })?;
            // Whoever listens to the subject hears what is kept, too; a repeat is not told twice.
            let appended = stream.append(id, &message);
            if !appended.is_repeat {
                lock(&self.inner.listeners).tell(&message, || None);
            }
            Ok(appended)
        });
        future::ready(appended).boxed()
    }

    fn consume(&self, options: ConsumerOptions) -> BoxFuture<'_, Result<Consumer, Error>> {
        let consumer = self.stream(&options.stream).map(|stream| {
            let reader = stream.reader(options);
            let deliveries = streams::unfold(reader, |reader| async {
                let delivery = reader.next().await;
                Some((delivery, reader))
            });
            Consumer {
                deliveries: Box::pin(deliveries),
            }
        });
        future::ready(consumer).boxed()
    }

    fn is_reachable(&self) -> bool {
        true
    }
}
