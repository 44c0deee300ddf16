//! A step of a vector: one command, and what it should bring.

use super::{
    expect::{self, Check},
    keys::{AMOUNT, Fault, Keys, STANDINGS, amount, instant},
    names::{Names, ONLY, paddle_of},
};
use gavel_engine::{
    auction::{Approval, Command, EnterBid, GroupLots, Hammer, PlaceBid, Register},
    ids::{BidderId, LotId},
    lot::{Channel, Offer, Together},
    money::{Amount, Currency},
    time::Timestamp,
};
use serde_json::Value;

const TRUTH: &str = "true or false";
const CLOSE: &str = "an integer or null";

/// One command and what it should bring.
#[derive(Debug)]
pub struct Step {
    pub at: Timestamp,
    pub action: Action,
    /// What it would bring is looked at, and it is not done: from the view of this lot.
    pub foresee: Option<LotId>,
    pub expect: Vec<Check>,
}

/// What a step asks for.
#[derive(Debug)]
pub enum Action {
    Command(Box<Command>),
    /// The house's word on what somebody may be bound to over all sales.
    Credit(BidderId, Option<Amount>),
    /// What other sales bind somebody to.
    Elsewhere(BidderId, Amount),
}

/// Reads the step with this index.
pub fn read(step: &Value, index: usize, currency: Currency, names: &mut Names) -> Result<Step, Fault> {
    let mut keys = Keys::of(step, "", Some(index))?;
    let at = keys.required_as("at_ms", "an integer", instant)?;
    let lot_id = keys
        .optional_as("lot", "one of the lots", |value| names.lot(value.as_str()?))?
        .unwrap_or(ONLY);
    let foresee = keys
        .optional_as("foresee", TRUTH, Value::as_bool)?
        .unwrap_or_default();
    let mut reader = Reader {
        index,
        lot_id,
        currency,
        names,
        found: Vec::new(),
    };
    reader.simple(&mut keys)?;
    reader.rostrum(&mut keys)?;
    reader.groups(&mut keys)?;
    reader.house(&mut keys)?;
    let mut found = reader.found;
    let expect = match keys.optional("expect") {
        None => Vec::new(),
        Some(expect) => expect::read(expect, index, lot_id, names, currency)?,
    };
    keys.finish()?;
    let count = found.len();
    match (found.pop(), count) {
        (Some(action), 1) => Ok(Step {
            at,
            action,
            foresee: foresee.then_some(lot_id),
            expect,
        }),
        _ => Err(Fault {
            step: Some(index),
            field: "step".to_owned(),
            expected: "one command".into(),
            got: format!("{count} commands").into(),
        }),
    }
}

/// Collects the commands of one step, of which there should be one.
struct Reader<'a> {
    index: usize,
    lot_id: LotId,
    currency: Currency,
    names: &'a mut Names,
    found: Vec<Action>,
}

impl Reader<'_> {
    fn command(&mut self, command: Command) {
        self.found.push(Action::Command(Box::new(command)));
    }

    fn part<'v>(&self, value: &'v Value, key: &str) -> Result<Keys<'v>, Fault> {
        Keys::of(value, key, Some(self.index))
    }

    /// Commands that say nothing but that they are given.
    fn simple(&mut self, keys: &mut Keys<'_>) -> Result<(), Fault> {
        let lot_id = self.lot_id;
        for (key, command) in [
            ("start", Command::Start),
            ("end", Command::End),
            ("open", Command::OpenLot(lot_id)),
            ("next", Command::OpenNextLot),
            ("pause", Command::Pause(lot_id)),
            ("resume", Command::Resume(lot_id)),
            ("warn", Command::WarnFairly(lot_id)),
            ("lift", Command::LiftHammer(lot_id)),
            ("withdraw", Command::Withdraw(lot_id)),
            ("skip", Command::Skip(lot_id)),
            ("split", Command::Split(lot_id)),
            ("tick", Command::Tick),
        ] {
            let only_true = |value: &Value| (value == &Value::Bool(true)).then_some(());
            if keys.optional_as(key, "true", only_true)?.is_some() {
                self.command(command);
            }
        }
        Ok(())
    }

    /// Bids, and what the auctioneer does with them.
    fn rostrum(&mut self, keys: &mut Keys<'_>) -> Result<(), Fault> {
        let (lot_id, currency) = (self.lot_id, self.currency);
        let money = |value: &Value| amount(value, currency);
        if let Some(bid) = keys.optional("bid") {
            let bid = self.read_bid(bid)?;
            self.command(bid);
        }
        if let Some(bid) = keys.optional_as("retract", "a bid's id", Value::as_str)? {
            let bid_id = self.names.bid(Some(bid));
            self.command(Command::Retract(lot_id, bid_id));
        }
        if let Some(ask) = keys.optional_as("ask", AMOUNT, money)? {
            self.command(Command::SetAsk(lot_id, ask));
        }
        match keys.present("step") {
            None => {}
            Some(Value::Null) => self.command(Command::SetStep(lot_id, None)),
            Some(step) => {
                let step = money(step).ok_or_else(|| keys.fault("step", "an amount or null"))?;
                self.command(Command::SetStep(lot_id, Some(step)));
            }
        }
        let sold_or_pass = |value: &Value| match value.as_str()? {
            "sold" => Some(true),
            "pass" => Some(false),
            _ => None,
        };
        if let Some(sold) = keys.optional_as("hammer", "sold or pass", sold_or_pass)? {
            let override_reserve = keys
                .optional_as("override_reserve", TRUTH, Value::as_bool)?
                .unwrap_or_default();
            let price_seen = keys.optional_as("price_seen", AMOUNT, money)?;
            let to = keys.optional_as("to", "a name", Value::as_str)?;
            let paddle = to.map(|name| paddle_of(self.names.bidder(name)));
            self.command(Command::Hammer(Hammer {
                lot_id,
                sold,
                override_reserve,
                paddle,
                price_seen,
            }));
        }
        if let Some(reopen) = keys.optional("reopen") {
            let mut keys = self.part(reopen, "reopen")?;
            let closes_at = keys.optional_as("closes_at_ms", CLOSE, instant)?;
            keys.finish()?;
            self.command(Command::Reopen { lot_id, closes_at });
        }
        if let Some(reoffer) = keys.optional("reoffer") {
            let mut keys = self.part(reoffer, "reoffer")?;
            let closes_at = keys.optional_as("closes_at_ms", CLOSE, instant)?;
            keys.finish()?;
            self.command(Command::Reoffer { lot_id, closes_at });
        }
        Ok(())
    }

    /// Lots that are offered together.
    fn groups(&mut self, keys: &mut Keys<'_>) -> Result<(), Fault> {
        let (lot_id, currency) = (self.lot_id, self.currency);
        if let Some(group) = keys.optional("group") {
            let mut keys = self.part(group, "group")?;
            let together = keys.required_as("together", "combined or choice", |value| {
                serde_json::from_value::<Together>(value.clone()).ok()
            })?;
            let lots = keys.required_as("lots", LOTS, |value| self.lots(value))?;
            let opening_price = keys.optional_as("opening_price", AMOUNT, |value| amount(value, currency))?;
            keys.finish()?;
            self.command(Command::Group(GroupLots {
                together,
                lots,
                opening_price,
            }));
        }
        if let Some(taken) = keys.optional_as("choose", LOTS, |value| self.lots(value))? {
            self.command(Command::Choose { lot_id, taken });
        }
        Ok(())
    }

    fn lots(&self, value: &Value) -> Option<Vec<LotId>> {
        let names = value.as_array()?.iter();
        names.map(|name| self.names.lot(name.as_str()?)).collect()
    }

    /// What the house, or the bidders' own office, says.
    fn house(&mut self, keys: &mut Keys<'_>) -> Result<(), Fault> {
        let (lot_id, currency) = (self.lot_id, self.currency);
        let money = |value: &Value| amount(value, currency);
        if let Some(register) = keys.optional("register") {
            let mut keys = self.part(register, "register")?;
            let bidder = self.bidder(&mut keys)?;
            let standing = keys
                .optional_word("standing", STANDINGS)?
                .unwrap_or(Approval::Approved);
            let limit = keys.optional_as("limit", AMOUNT, money)?;
            keys.finish()?;
            self.command(Command::Register(Register {
                bidder,
                paddle: paddle_of(bidder),
                standing,
                limit,
            }));
        }
        if let Some(suspend) = keys.optional("suspend") {
            let mut keys = self.part(suspend, "suspend")?;
            let bidder = self.bidder(&mut keys)?;
            let retract_bids = keys.required_as("retract_bids", TRUTH, Value::as_bool)?;
            keys.finish()?;
            self.command(Command::Suspend { bidder, retract_bids });
        }
        if let Some(name) = keys.optional_as("leave_book", "a name", Value::as_str)? {
            let bidder = self.names.bidder(name);
            self.command(Command::LeaveBook { lot_id, bidder });
        }
        if let Some(credit) = keys.optional("credit") {
            let mut keys = self.part(credit, "credit")?;
            let bidder = self.bidder(&mut keys)?;
            let limit = keys.optional_as("limit", AMOUNT, money)?;
            keys.finish()?;
            self.found.push(Action::Credit(bidder, limit));
        }
        if let Some(elsewhere) = keys.optional("elsewhere") {
            let mut keys = self.part(elsewhere, "elsewhere")?;
            let bidder = self.bidder(&mut keys)?;
            let held: Amount = keys.amount("held", currency)?;
            keys.finish()?;
            self.found.push(Action::Elsewhere(bidder, held));
        }
        Ok(())
    }

    fn bidder(&mut self, keys: &mut Keys<'_>) -> Result<BidderId, Fault> {
        Ok(self.names.bidder(keys.text("bidder")?))
    }

    fn read_bid(&mut self, bid: &Value) -> Result<Command, Fault> {
        let (lot_id, currency) = (self.lot_id, self.currency);
        let mut keys = self.part(bid, "bid")?;
        let bidder = keys.optional_as("bidder", "a text", Value::as_str)?;
        let bidder = bidder.map(|name| self.names.bidder(name));
        let channel = keys.word::<Channel>("channel", "online, floor, phone, absentee or house")?;
        let mut offers = Vec::new();
        for (key, offer) in [
            ("amount", Offer::Amount as fn(Amount) -> Offer),
            ("max", Offer::Max),
            ("buy_now", Offer::BuyNow),
        ] {
            let given = keys.optional_as(key, AMOUNT, |value| amount(value, currency))?;
            offers.extend(given.map(offer));
        }
        let &[offer] = offers.as_slice() else {
            return Err(keys.fault("amount", "one of amount, max and buy_now"));
        };
        let id = keys.optional_as("id", "a text", Value::as_str)?;
        let bid_id = self.names.bid(id);
        let book_if_pending = keys
            .optional_as("book", TRUTH, Value::as_bool)?
            .unwrap_or_default();
        let sent_before_ms = keys.optional_as("sent_before_ms", "an integer", Value::as_i64)?;
        let nobody = match (bidder, channel) {
            (None, Channel::House) => true,
            // Is known by the bid from then on.
            (None, Channel::Floor | Channel::Phone) if id.is_some() => true,
            (None, Channel::Floor | Channel::Phone) => return Err(keys.fault("id", "a text")),
            (None, _) => return Err(keys.fault("bidder", "a text")),
            (Some(_), _) => false,
        };
        if nobody && (book_if_pending || sent_before_ms.is_some()) {
            return Err(keys.fault("bidder", "a text"));
        }
        keys.finish()?;
        Ok(match bidder {
            Some(bidder) => Command::PlaceBid(PlaceBid {
                bid_id,
                lot_id,
                bidder,
                channel,
                offer,
                currency,
                book_if_pending,
                sent_before_ms,
            }),
            None => Command::EnterBid(EnterBid {
                bid_id,
                lot_id,
                paddle: None,
                channel,
                offer,
                currency,
            }),
        })
    }
}

const LOTS: &str = "an array of lots";
