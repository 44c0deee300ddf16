//! Streams and their consumers, by JetStream.

use super::{
    NatsBus,
    connection::Connection,
    failed,
    translate::{header_map, message_of},
};
use crate::bus::{
    Appended, Consumer, ConsumerOptions, Delivery, Error, Message, StreamOptions, UNDER_WAY_MAX,
    received::{Settle, Settled},
};
use async_nats::jetstream::{
    self, AckKind,
    consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull},
    context::{CreateStreamErrorKind, PublishErrorKind},
    message::PublishMessage,
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType},
};
use futures_util::{FutureExt as _, StreamExt as _, stream as streams};
use std::time::Duration;

/// Messages that the server sends without having been asked for each.
const AT_ONCE: usize = 64;
/// How often the server says that it is there while it has nothing else to say.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// The pause before a consumer that was cut off reads on.
const READ_ON_AFTER: Duration = Duration::from_millis(100);

impl NatsBus {
    pub(super) async fn make_stream(&self, options: StreamOptions) -> Result<(), Error> {
        self.require_connection()?;
        let config = Config {
            name: options.name,
            subjects: options.subjects.iter().map(ToString::to_string).collect(),
            max_messages: options.messages_max.into(),
            duplicate_window: options.same_id_within,
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            storage: StorageType::File,
            ..Config::default()
        };
        let made = self.context.create_or_update_stream(config).await;
        made.map(drop).map_err(|error| match error.kind() {
            CreateStreamErrorKind::TimedOut => Error::Unreachable,
            _ => failed(&error),
        })
    }

    pub(super) async fn append_once(&self, id: String, message: Message) -> Result<Appended, Error> {
        message.require_fit()?;
        self.require_connection()?;
        let what = message.subject.to_string();
        let publish = PublishMessage::build()
            .headers(header_map(&message.headers))
            .payload(message.body)
            .message_id(id);
        let kept = async { self.context.send_publish(what.clone(), publish).await?.await };
        let kept = self
            .connection
            .in_time(kept)
            .await?
            .map_err(|error| match error.kind() {
                PublishErrorKind::StreamNotFound => Error::NotKept { what },
                PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => Error::Unreachable,
                _ => failed(&error),
            })?;
        Ok(Appended {
            sequence: kept.sequence,
            is_repeat: kept.duplicate,
        })
    }

    pub(super) async fn read(&self, options: ConsumerOptions) -> Result<Consumer, Error> {
        self.require_connection()?;
        let consumer = self.consumer(&options).await?;
        let reading = Reading {
            bus: self.clone(),
            options,
            consumer,
            messages: None,
        };
        let deliveries = streams::unfold(reading, |mut reading| async {
            let delivery = reading.next().await;
            Some((delivery, reading))
        });
        Ok(Consumer {
            deliveries: deliveries.boxed(),
        })
    }

    async fn consumer(&self, options: &ConsumerOptions) -> Result<PullConsumer, Error> {
        let only = options.only.as_ref().map(ToString::to_string);
        let config = pull::Config {
            durable_name: Some(options.name.clone()),
            filter_subject: only.unwrap_or_default(),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: options.again_after,
            max_ack_pending: i64::try_from(UNDER_WAY_MAX).unwrap_or(i64::MAX),
            ..pull::Config::default()
        };
        let made = self.context.create_consumer_on_stream(config, &options.stream);
        self.connection.in_time(made).await?.map_err(|error| {
            let text = error.to_string();
            if text.contains("stream not found") {
                let what = options.stream.clone();
                return Error::NotKept { what };
            }
            Error::Failed(text)
        })
    }
}

/// A consumer that reads on after whatever cuts it off.
struct Reading {
    bus: NatsBus,
    options: ConsumerOptions,
    consumer: PullConsumer,
    /// What comes, and on which connection.
    messages: Option<(pull::Stream, u64)>,
}

impl Reading {
    async fn next(&mut self) -> Delivery {
        loop {
            let connection = &self.bus.connection;
            let Some((messages, number)) = &mut self.messages else {
                self.messages = self.begin().await;
                continue;
            };
            let number = *number;
            let next = connection.until_broken(messages.next()).await;
            match next {
                // What had come before the connection broke is not waited for: it comes again.
                _ if connection.number() != number => self.messages = None,
                Ok(Some(Ok(message))) => {
                    if let Some(delivery) = delivery(message, connection.clone(), number).await {
                        return delivery;
                    }
                }
                other => {
                    if let Ok(Some(Err(error))) = other {
                        tracing::warn!(consumer = self.options.name, %error, "a consumer was cut off; reading on");
                    }
                    self.messages = None;
                    tokio::time::sleep(READ_ON_AFTER).await;
                }
            }
        }
    }

    /// Begins to read; the consumer is made again where the server has forgotten it.
    async fn begin(&mut self) -> Option<(pull::Stream, u64)> {
        let number = self.bus.connection.number();
        let begun = self
            .consumer
            .stream()
            .max_messages_per_batch(AT_ONCE)
            .heartbeat(HEARTBEAT)
            .messages();
        if let Ok(Ok(messages)) = self.bus.connection.in_time(begun).await {
            return Some((messages, number));
        }
        tokio::time::sleep(READ_ON_AFTER).await;
        if self.bus.require_connection().is_ok() {
            match self.bus.consumer(&self.options).await {
                Ok(consumer) => self.consumer = consumer,
                Err(error) => {
                    tracing::warn!(consumer = self.options.name, %error, "a consumer cannot go on yet");
                }
            }
        }
        None
    }
}

/// What was handed out. What cannot be read never can be: it is done with, and said.
async fn delivery(message: jetstream::Message, connection: Connection, number: u64) -> Option<Delivery> {
    let Ok(info) = message.info() else {
        tracing::warn!(subject = %message.subject, "a kept message without its place is left out");
        return None;
    };
    let (sequence, times) = (info.stream_sequence, info.delivered);
    let (message, acker) = message.split();
    let Some(message) = message_of(message) else {
        if let Err(error) = acker.ack_with(AckKind::Term).await {
            tracing::warn!(%error, "a kept message that cannot be read comes again");
        }
        return None;
    };
    let settle: Settle = Box::new(move |settled| {
        async move {
            // Only what the server has heard is settled, and it may not know any more what it had handed out before.
            if connection.number() != number {
                return Err(Error::Unreachable);
            }
            let told = match settled {
                Settled::Done => connection.in_time(acker.double_ack()).await?,
                Settled::Again => connection.in_time(acker.ack_with(AckKind::Nak(None))).await?,
            };
            told.map_err(|error| failed(&error))
        }
        .boxed()
    });
    Some(Delivery {
        message,
        sequence,
        times: u64::try_from(times).unwrap_or_default(),
        settle,
    })
}
