//! Those who use the node: bidders with bad connections, and an auctioneer.

use super::{
    line::{Broken, Line},
    observed::{Asked, Observed, Step},
    plan::{Dice, OPENING, ROOM, STEP, TIMED, TROUBLE_MS, WATCHED, WATCHERS},
    protocol::{Ask, Reply, Word},
};
use gavel_engine::{
    auction::Answer,
    ids::{BidId, BidderId, LotId, SaleId},
    lot::Offer,
    money::Amount,
};
use rand::RngExt;
use std::{rc::Rc, time::Duration};

/// The most bids of one bidder on the watched lot: the check of its history takes long for more.
const WATCHED_BIDS_MAX: u32 = 4;

/// A bidder who bids for some time, and comes to know what became of every bid.
pub struct Bidder {
    who: BidderId,
    line: Line,
    observed: Rc<Observed>,
    /// When it is enough.
    until: Duration,
    dice: Dice,
    bids: u64,
    watched_bids: u32,
    /// As whom the history of the watched lot knows this bidder: somebody who does not wait for an
    /// answer is somebody else with the next bid.
    thread: u64,
}

/// A bid that has an answer, or not yet.
struct Sent {
    bid_id: BidId,
    sale_id: SaleId,
    lot_id: LotId,
    offer: Offer,
}

impl Bidder {
    pub fn new(bidder: BidderId, observed: Rc<Observed>, until: Duration, dice: Dice) -> Self {
        let name = format!("bidder {}", bidder.0);
        Self {
            who: bidder,
            line: Line::new(name, bidder, vec![TIMED, ROOM], Rc::clone(&observed)),
            observed,
            until,
            dice,
            bids: 0,
            watched_bids: 0,
            thread: u64::try_from(bidder.0).expect("small") * 1_000,
        }
    }

    pub async fn run(mut self) -> turmoil::Result {
        let mut last: Option<Sent> = None;
        while turmoil::sim_elapsed().unwrap_or_default() < self.until {
            let pause = Duration::from_millis(self.dice.random_range(20..2_500));
            self.line.listen(pause).await;
            if self.line.views.len() < 2 {
                // Connects, and follows.
                let _ = self.line.ask(Ask::Ping).await;
                continue;
            }
            match &last {
                // Once more, as somebody does who is not sure: it has the answer that it had.
                Some(sent) if self.dice.random_bool(0.1) => {
                    let ask = self.ask_of(sent);
                    if let Ok(Reply::Bid { answer, .. }) = self.line.ask(ask).await {
                        self.observed.heard(sent.bid_id, answer);
                    }
                }
                _ => last = self.bid().await,
            }
        }
        self.observed.finished.borrow_mut().push(self.line.name.clone());
        while !Line::is_over() {
            // Connected to the end, to see how everything ends.
            let _ = self.line.ask(Ask::Ping).await;
            self.line.listen(Duration::from_secs(1)).await;
        }
        for (sale_id, view) in &self.line.views {
            let mut views = self.observed.views.borrow_mut();
            views.push((self.line.name.clone(), *sale_id, view.clone()));
        }
        Ok(())
    }

    fn ask_of(&self, sent: &Sent) -> Ask {
        Ask::Bid {
            sale_id: sent.sale_id,
            lot_id: sent.lot_id,
            bidder: self.who,
            bid_id: sent.bid_id,
            offer: sent.offer,
        }
    }

    /// A new bid, sent until it is answered or given up on.
    async fn bid(&mut self) -> Option<Sent> {
        let sent = self.choose()?;
        let is_watched = sent.lot_id == WATCHED;
        if is_watched {
            self.watched_bids += 1;
            self.observed.step(Step::Sent {
                thread: self.thread,
                bidder: self.who,
                max: sent.offer.ceiling().0,
            });
        }
        let asked = Asked {
            sale_id: sent.sale_id,
            lot_id: sent.lot_id,
            bidder: self.who,
            offer: sent.offer,
            sent: 0,
            answers: Vec::new(),
        };
        self.observed.sent(sent.bid_id, asked);
        let answer = self.insist(&sent).await;
        if is_watched {
            match answer {
                Some(answer) => self.observed.step(Step::Heard {
                    thread: self.thread,
                    answer,
                }),
                None => self.thread += 1,
            }
        }
        answer.map(|_| sent)
    }

    /// Sends a bid again after every failure; `None` when it is given up on.
    async fn insist(&mut self, sent: &Sent) -> Option<Answer> {
        loop {
            let asks_only = self.dice.random_bool(0.1);
            let ask = if asks_only {
                Ask::Status {
                    sale_id: sent.sale_id,
                    bidder: self.who,
                    bid_id: sent.bid_id,
                }
            } else {
                self.ask_of(sent)
            };
            match self.line.ask(ask).await {
                Ok(Reply::Bid { answer, .. }) => {
                    self.observed.heard(sent.bid_id, answer);
                    return Some(answer);
                }
                Ok(Reply::Rejected(code)) => {
                    self.observed.violation(format!(
                        "{:?} is refused without being remembered: {code}",
                        sent.bid_id
                    ));
                    return None;
                }
                Ok(Reply::Refused(_)) | Err(Broken) => {
                    // Some never come to know.
                    if self.dice.random_bool(0.08) || Line::is_over() {
                        return None;
                    }
                    let pause = Duration::from_millis(self.dice.random_range(50..800));
                    self.line.listen(pause).await;
                }
                Ok(Reply::Done(_) | Reply::Following(_)) => unreachable!("not asked for"),
            }
        }
    }

    /// What to bid, by what this client has seen.
    fn choose(&mut self) -> Option<Sent> {
        let sale_id = if self.dice.random_bool(0.5) { TIMED } else { ROOM };
        let open: Vec<(LotId, i64)> = self.line.views[&sale_id]
            .lots
            .values()
            .filter(|lot| lot["state"] == "open")
            .filter_map(|lot| {
                let lot_id: LotId = lot["lot_id"].as_str()?.parse().ok()?;
                Some((lot_id, lot["minimum_minor"].as_i64().unwrap_or(OPENING)))
            })
            .filter(|(lot_id, _)| {
                *lot_id != WATCHED || WATCHERS.contains(&self.who) && self.watched_bids < WATCHED_BIDS_MAX
            })
            .collect();
        if open.is_empty() {
            return None;
        }
        let (lot_id, minimum) = open[self.dice.random_range(0..open.len())];
        // Sometimes less than what is taken.
        let amount = minimum + STEP * self.dice.random_range(-1..5);
        let offer = if lot_id == WATCHED || self.dice.random_bool(0.5) {
            Offer::Max(Amount(amount))
        } else {
            Offer::Amount(Amount(amount))
        };
        self.bids += 1;
        Some(Sent {
            bid_id: BidId(self.who.0 << 64 | u128::from(self.bids)),
            sale_id,
            lot_id,
            offer,
        })
    }
}

/// The house: publishes both sales, registers everybody, and sells in the room.
pub struct House {
    line: Line,
    observed: Rc<Observed>,
    dice: Dice,
    bidders: Vec<BidderId>,
}

impl House {
    pub fn new(observed: Rc<Observed>, dice: Dice, bidders: Vec<BidderId>) -> Self {
        let line = Line::new("house".to_owned(), BidderId(99), Vec::new(), Rc::clone(&observed));
        Self {
            line,
            observed,
            dice,
            bidders,
        }
    }

    pub async fn run(mut self) -> turmoil::Result {
        for sale_id in [TIMED, ROOM] {
            self.until_done(Ask::Create(sale_id)).await;
            for bidder in self.bidders.clone() {
                self.until_done(Ask::Register(sale_id, bidder)).await;
            }
            self.until_done(Ask::Tell(sale_id, Word::Start)).await;
        }
        let lots: Vec<LotId> = (0..6).map(|number| LotId(0x200 + number)).collect();
        self.line = Line::new(
            "house".to_owned(),
            BidderId(99),
            vec![ROOM],
            Rc::clone(&self.observed),
        );
        for lot_id in lots {
            self.until_done(Ask::Tell(ROOM, Word::OpenNext)).await;
            self.rest(8_000).await;
            self.mood(lot_id).await;
            self.until_done(Ask::Tell(ROOM, Word::Warn(lot_id))).await;
            self.rest(3_000).await;
            self.until_done(Ask::Tell(ROOM, Word::Hammer(lot_id, true))).await;
            // Below the reserve, or without a bid, it is passed.
            self.until_done(Ask::Tell(ROOM, Word::Hammer(lot_id, false)))
                .await;
            self.rest(1_500).await;
        }
        while turmoil::sim_elapsed().unwrap_or_default() < Duration::from_millis(TROUBLE_MS + 20_000) {
            self.rest(1_000).await;
        }
        self.until_done(Ask::Tell(ROOM, Word::End)).await;
        self.observed.finished.borrow_mut().push("house".to_owned());
        Ok(())
    }

    /// What auctioneers do beside selling.
    async fn mood(&mut self, lot_id: LotId) {
        match self.dice.random_range(0..5) {
            0 => {
                self.until_done(Ask::Tell(ROOM, Word::Pause(lot_id))).await;
                self.rest(2_000).await;
                self.until_done(Ask::Tell(ROOM, Word::Resume(lot_id))).await;
            }
            1 => {
                let last = self.observed.last_answered(lot_id);
                if let Some(bid_id) = last {
                    self.until_done(Ask::Tell(ROOM, Word::Retract(lot_id, bid_id)))
                        .await;
                }
            }
            2 => {
                self.until_done(Ask::Tell(ROOM, Word::Hammer(lot_id, true))).await;
                self.rest(1_000).await;
                self.until_done(Ask::Tell(ROOM, Word::Reopen(lot_id))).await;
            }
            _ => {}
        }
    }

    async fn rest(&mut self, most_ms: u64) {
        let pause = Duration::from_millis(self.dice.random_range(100..most_ms));
        self.line.listen(pause).await;
    }

    /// Again until there is an answer. A refusal of the engine is one: the word may have come before.
    async fn until_done(&mut self, ask: Ask) {
        loop {
            match self.line.ask(ask.clone()).await {
                Ok(Reply::Done(seq)) => {
                    self.observed
                        .trace
                        .note(|| format!("{ask:?} stands in record {seq}"));
                    return;
                }
                Ok(Reply::Rejected(code)) => {
                    self.observed.trace.note(|| format!("{ask:?} is refused: {code}"));
                    return;
                }
                Ok(Reply::Refused(_)) | Err(Broken) => {
                    if Line::is_over() {
                        return;
                    }
                    self.rest(600).await;
                }
                Ok(Reply::Bid { .. } | Reply::Following(_)) => unreachable!("not asked for"),
            }
        }
    }
}
