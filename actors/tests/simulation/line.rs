//! A client's connection to the node, which breaks and is made again.

use super::{
    node::PORT,
    observed::Observed,
    plan::END_MS,
    protocol::{Ask, Question, Reply, Said},
};
use gavel_engine::ids::{BidderId, SaleId};
use serde_json::Value;
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    sync::mpsc,
    task::spawn_local,
    time::timeout,
};
use turmoil::net::{TcpStream, tcp::OwnedWriteHalf};

/// How long a client waits for an answer, milliseconds.
const PATIENCE_MS: u64 = 4_000;
/// How long it waits before it tries to connect again.
const AGAIN_MS: u64 = 300;

/// A sale as a client knows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    pub seq: u64,
    pub sale: Value,
    /// By lot.
    pub lots: BTreeMap<String, Value>,
}

/// The way to the node of one client that follows sales.
pub struct Line {
    pub name: String,
    viewer: BidderId,
    sales: Vec<SaleId>,
    observed: Rc<Observed>,
    connected: Option<Connected>,
    number: u64,
    pub views: BTreeMap<SaleId, View>,
}

struct Connected {
    to: OwnedWriteHalf,
    said: mpsc::UnboundedReceiver<Said>,
}

/// There is no answer: the connection is gone, and what became of the question is not known.
#[derive(Debug)]
pub struct Broken;

impl Line {
    pub fn new(name: String, viewer: BidderId, sales: Vec<SaleId>, observed: Rc<Observed>) -> Self {
        Self {
            name,
            viewer,
            sales,
            observed,
            connected: None,
            number: 0,
            views: BTreeMap::new(),
        }
    }

    /// Whether the simulation is over.
    pub fn is_over() -> bool {
        turmoil::sim_elapsed().is_none_or(|elapsed| elapsed >= Duration::from_millis(END_MS - 5_000))
    }

    /// Asks once; connects first if need be.
    pub async fn ask(&mut self, ask: Ask) -> Result<Reply, Broken> {
        if self.connected.is_none() {
            self.connect().await?;
        }
        self.ask_connected(ask).await
    }

    /// Takes in what has been told meanwhile.
    pub async fn listen(&mut self, duration: Duration) {
        let until = tokio::time::Instant::now() + duration;
        while let Some(connected) = &mut self.connected {
            match tokio::time::timeout_at(until, connected.said.recv()).await {
                Err(_) => return,
                Ok(None) => self.connected = None,
                Ok(Some(said)) => self.hear(said),
            }
        }
        tokio::time::sleep_until(until).await;
    }

    async fn connect(&mut self) -> Result<(), Broken> {
        let connecting = timeout(
            Duration::from_millis(PATIENCE_MS),
            TcpStream::connect(("node", PORT)),
        );
        let Ok(Ok(stream)) = connecting.await else {
            tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
            return Err(Broken);
        };
        let (from, to) = stream.into_split();
        let (hear, said) = mpsc::unbounded_channel();
        spawn_local(async move {
            let mut lines = BufReader::new(from).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let said: Said = serde_json::from_str(&line).expect("the node speaks the protocol");
                if hear.send(said).is_err() {
                    return;
                }
            }
        });
        self.connected = Some(Connected { to, said });
        for sale_id in self.sales.clone() {
            self.follow(sale_id).await?;
        }
        Ok(())
    }

    /// Follows a sale from where this client stands.
    async fn follow(&mut self, sale_id: SaleId) -> Result<(), Broken> {
        let last_seq = self.views.get(&sale_id).map(|view| view.seq);
        let ask = Ask::Follow {
            sale_id,
            viewer: self.viewer,
            last_seq,
        };
        if let Reply::Following(_) = self.ask_connected(ask).await? {
            return Ok(());
        }
        self.connected = None;
        tokio::time::sleep(Duration::from_millis(AGAIN_MS)).await;
        Err(Broken)
    }

    async fn ask_connected(&mut self, ask: Ask) -> Result<Reply, Broken> {
        self.number += 1;
        let number = self.number;
        let mut line = serde_json::to_vec(&Question { number, ask }).expect("it is JSON");
        line.push(b'\n');
        let Some(connected) = &mut self.connected else {
            return Err(Broken);
        };
        let until = tokio::time::Instant::now() + Duration::from_millis(PATIENCE_MS);
        if connected.to.write_all(&line).await.is_err() {
            self.connected = None;
            return Err(Broken);
        }
        while let Some(connected) = &mut self.connected {
            match tokio::time::timeout_at(until, connected.said.recv()).await {
                Ok(Some(Said::Reply { number: of, reply })) => {
                    if of == number {
                        return Ok(reply);
                    }
                }
                Ok(Some(said)) => self.hear(said),
                Ok(None) | Err(_) => self.connected = None,
            }
        }
        Err(Broken)
    }

    fn hear(&mut self, said: Said) {
        let text = match said {
            // To a question that is not waited for any more.
            Said::Reply { .. } => return,
            Said::Lagged => {
                self.connected = None;
                return;
            }
            Said::Update(text) => text,
        };
        let told: Value = serde_json::from_str(text.get()).expect("it is JSON");
        let sale_id: SaleId =
            serde_json::from_value(told["sale_id"].clone()).expect("every message names it");
        let seq = told["seq"].as_u64().unwrap_or_default();
        let view = self.views.entry(sale_id).or_default();
        match told["type"].as_str() {
            Some("snapshot") => {
                if seq < view.seq {
                    self.observed.violation(format!(
                        "{}: sale {sale_id} went back from record {} to {seq}",
                        self.name, view.seq
                    ));
                }
                view.lots.clear();
            }
            Some("update") => {
                if seq <= view.seq {
                    self.observed.told(&self.name, sale_id, &told);
                    return;
                }
                if told["after_seq"].as_u64().is_none_or(|after| after > view.seq) {
                    // Something is missing: it starts again from what it has.
                    self.connected = None;
                    return;
                }
            }
            // Presence, notices and the like.
            _ => return,
        }
        view.seq = seq;
        if !told["sale"].is_null() {
            view.sale = told["sale"].clone();
        }
        for lot in told["lots"].as_array().into_iter().flatten() {
            view.lots
                .insert(lot["lot_id"].as_str().unwrap_or_default().to_owned(), lot.clone());
        }
        self.observed.told(&self.name, sale_id, &told);
    }
}
