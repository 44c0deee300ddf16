//! Between messages of the bus and those of NATS.

use super::super::{BODY_BYTES_MAX, Headers, Message, Received, Subject, message::fits, received::Answer};
use super::{connection::Connection, failed};
use async_nats::{Client, HeaderMap, header::NATS_MESSAGE_ID};
use bytes::Bytes;
use futures_util::FutureExt as _;

pub(super) fn header_map(headers: &Headers) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(name.as_str(), value.as_str());
    }
    map
}

/// The first value of each; those of NATS itself are not the message's.
pub(super) fn headers_of(map: Option<&HeaderMap>) -> Headers {
    let own = |name: &str| !name.starts_with("Nats-");
    map.into_iter()
        .flat_map(HeaderMap::iter)
        .filter(|(name, _)| own(name.as_ref()))
        .filter_map(|(name, values)| {
            let value = values.first()?;
            Some((name.to_string(), value.as_str().to_owned()))
        })
        .collect()
}

/// What was heard; nothing for a subject that Gavel would not use, or for more than a message may carry.
pub(super) fn message_of(message: async_nats::Message) -> Option<Message> {
    let subject: Subject = match message.subject.as_str().parse() {
        Ok(subject) => subject,
        Err(error) => {
            tracing::warn!(%error, "a message is left out");
            return None;
        }
    };
    if message.payload.len() > BODY_BYTES_MAX {
        tracing::warn!(%subject, bytes = message.payload.len(), "a message is left out: it is too large");
        return None;
    }
    Some(Message {
        subject,
        headers: headers_of(message.headers.as_ref()),
        body: message.payload,
    })
}

/// The same, with the way back to whoever has asked.
pub(super) fn received(
    client: &Client,
    connection: &Connection,
    message: async_nats::Message,
) -> Option<Received> {
    // Whoever appends waits for the stream's word, which is not for others to give.
    let headers = message.headers.as_ref();
    let is_kept = headers.is_some_and(|headers| headers.get(NATS_MESSAGE_ID).is_some());
    let reply = message.reply.clone().filter(|_| !is_kept);
    let answer = reply.map(|reply| {
        let (client, connection) = (client.clone(), connection.clone());
        let answer = move |body: Bytes| {
            async move {
                fits(body.len())?;
                let sent = connection.in_time(client.publish(reply, body)).await?;
                sent.map_err(|error| failed(&error))
            }
            .boxed()
        };
        Box::new(answer) as Answer
    });
    let message = message_of(message)?;
    Some(Received { message, answer })
}
