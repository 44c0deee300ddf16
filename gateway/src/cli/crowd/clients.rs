//! The crowd: people who watch, and people who never read.

use crate::cli::torture::following::Following;
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use std::{
    cell::{Cell, RefCell},
    io,
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

/// Sockets from one address, fewer than a node takes.
const PER_ADDRESS: usize = 1_500;

/// What a socket here takes for itself: there are many.
const BUFFER_BYTES: usize = 4 << 10;

/// How often those who do not read give a sign of life, so that silence is not what ends them.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

type Stream = WebSocketStream<TcpStream>;

/// A client could not get in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection.
    #[error("client {0} cannot connect: {1}")]
    Io(usize, io::Error),
    /// No WebSocket.
    #[error("client {0} is not let in: {1}")]
    Refused(usize, Box<tungstenite::Error>),
}

/// What the crowd has heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Updates, all clients together.
    pub updates: Cell<u64>,
    /// Bytes of them.
    pub bytes: Cell<u64>,
    /// Updates that were missing, or came twice or out of order.
    pub gaps: Cell<u64>,
    /// Times that somebody who reads had to start again from a snapshot.
    pub conflated: Cell<u64>,
    /// People who read and were cut off.
    pub readers_lost: Cell<u64>,
    /// People who do not read and were cut off.
    pub deaf_cut_off: Cell<u64>,
    /// The first things that were wrong.
    pub told: RefCell<Vec<String>>,
}

impl Heard {
    fn add(count: &Cell<u64>, more: u64) {
        count.set(count.get() + more);
    }

    fn tell(&self, what: String) {
        const TOLD_MAX: usize = 10;
        let mut told = self.told.borrow_mut();
        if told.len() < TOLD_MAX {
            told.push(what);
        }
    }
}

/// The fields of a message that matter here.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    after_seq: u64,
    #[serde(default)]
    seq: u64,
}

/// Opens the connection of one client, from an address of this machine that many share, and follows a
/// sale. The receive buffer of the `deaf` is as small as it can be.
///
/// # Errors
/// [`Error`].
pub async fn enter(node: SocketAddr, sale: &str, number: usize, deaf: bool) -> Result<Stream, Error> {
    let io = |error| Error::Io(number, error);
    let socket = TcpSocket::new_v4().map_err(io)?;
    let last = u8::try_from(2 + number / PER_ADDRESS).unwrap_or(u8::MAX);
    socket
        .bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0)))
        .map_err(io)?;
    if deaf {
        socket.set_recv_buffer_size(1).map_err(io)?;
    }
    let stream = socket.connect(node).await.map_err(io)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0);
    let url = format!("ws://{node}/ws/v1");
    let refused = |error| Error::Refused(number, Box::new(error));
    let (mut stream, _) = client_async_with_config(url, stream, Some(config))
        .await
        .map_err(refused)?;
    let subscribe = json!({"type": "subscribe", "sale_id": sale}).to_string();
    stream.send(Message::text(subscribe)).await.map_err(refused)?;
    Ok(stream)
}

/// Reads everything; `last_seq` is the last record heard of.
pub async fn listen(mut stream: Stream, heard: Rc<Heard>, last_seq: Rc<Cell<u64>>) {
    let mut following = Following::default();
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(head) = serde_json::from_str::<Head>(&text) else {
            heard.tell(format!("not of the contract: {text}"));
            break;
        };
        match head.kind.as_str() {
            "snapshot" => {
                if following.last_seq().is_some() {
                    Heard::add(&heard.conflated, 1);
                }
                following.start(head.seq);
            }
            "update" => {
                Heard::add(&heard.updates, 1);
                Heard::add(&heard.bytes, text.len() as u64);
                if let Err((fault, what)) = following.update(head.after_seq, head.seq) {
                    Heard::add(&heard.gaps, 1);
                    heard.tell(format!("{fault:?}: {what}"));
                }
            }
            "error" => {
                heard.tell(text.to_string());
                break;
            }
            _ => continue,
        }
        last_seq.set(head.seq);
    }
    Heard::add(&heard.readers_lost, 1);
}

/// Reads nothing, and gives a sign of life now and then until the node cuts it off.
pub async fn ignore(mut stream: Stream, heard: Rc<Heard>) {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        if stream.send(Message::Pong(Vec::new().into())).await.is_err() {
            Heard::add(&heard.deaf_cut_off, 1);
            return;
        }
    }
}
