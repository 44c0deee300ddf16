//! Plays a vector through a whole auction of one lot and holds every answer against it.

use super::{
    keys::Fault,
    vector::{Action, Step, Vector},
};
use gavel_engine::{
    Reason,
    auction::{Approval, Auction, Command, Hammer, LotSetup, PlaceBid, Record, Register, SaleKind, Setup},
    credit::Unlimited,
    ids::{LotId, Paddle, SaleId},
    lot::{Lot, Outcome, Phase},
    money::Amount,
    time::Timestamp,
};
use serde_json::{Value, json};

const LOT: LotId = LotId(1);

/// Plays `vector`; the first difference, if there is one.
pub fn play(vector: &Vector) -> Result<(), Fault> {
    let mut auction = announced(vector)?;
    for (index, step) in vector.steps.iter().enumerate() {
        time_passes(&mut auction, step.at);
        let command = command(vector, &step.action);
        let answer = apply(&mut auction, step.at, |auction| {
            auction
                .decide(&command, step.at, &Unlimited)
                .map_err(|rejection| rejection.reason)
        });
        check(vector, &auction, index, step, answer)?;
    }
    let got = lot(&auction)?
        .outcome
        .map_or(Value::Null, |outcome| match outcome {
            Outcome::Sold { winner, price } => json!({
                "result": "sold",
                "winner": vector.names.name_of(winner),
                "price": money(vector, Some(price)),
            }),
            Outcome::Unsold | Outcome::Withdrawn | Outcome::SoldWith(_) => {
                json!({"result": "unsold", "winner": null, "price": null})
            }
        });
    compare(None, "outcome", &vector.outcome, got)
}

/// What is due happens before anything else.
fn time_passes(auction: &mut Auction, at: Timestamp) {
    loop {
        let events = auction.due(at);
        if events.is_empty() {
            return;
        }
        auction.apply(&Record { at, events });
    }
}

/// The sale with its lot, and everybody who appears approved for it.
fn announced(vector: &Vector) -> Result<Auction, Fault> {
    let mut auction = Auction::default();
    let setup = Setup {
        sale_id: SaleId(1),
        currency: vector.currency,
        kind: SaleKind::Room,
        lots: vec![LotSetup {
            lot_id: LOT,
            rules: vector.rules.clone(),
        }],
    };
    let registrations = vector.names.bidders().zip(1..).map(|(bidder, number)| {
        Command::Register(Register {
            bidder,
            paddle: Paddle(number),
            standing: Approval::Approved,
            limit: None,
        })
    });
    let start = vector.steps.first().map_or(Timestamp(0), |step| step.at);
    for command in [Command::Create(Box::new(setup))]
        .into_iter()
        .chain(registrations)
    {
        apply(&mut auction, start, |auction| {
            auction
                .decide(&command, start, &Unlimited)
                .map_err(|rejection| rejection.reason)
        })
        .map_err(|reason| refused("lot", reason))?;
    }
    Ok(auction)
}

fn apply(
    auction: &mut Auction,
    at: Timestamp,
    decide: impl FnOnce(&Auction) -> Result<Vec<gavel_engine::auction::Event>, Reason>,
) -> Result<(), Reason> {
    let events = decide(auction)?;
    if !events.is_empty() {
        auction.apply(&Record { at, events });
    }
    Ok(())
}

fn command(vector: &Vector, action: &Action) -> Command {
    match *action {
        Action::Open => Command::OpenLot(LOT),
        Action::Bid {
            bid_id,
            bidder,
            channel,
            offer,
        } => Command::PlaceBid(PlaceBid {
            bid_id,
            lot_id: LOT,
            bidder,
            channel,
            offer,
            currency: vector.currency,
            book_if_pending: false,
            sent_before_ms: None,
        }),
        Action::Retract(bid_id) => Command::Retract(LOT, bid_id),
        Action::Ask(ask) => Command::SetAsk(LOT, ask),
        Action::Pause => Command::Pause(LOT),
        Action::Resume => Command::Resume(LOT),
        Action::Hammer {
            sold,
            override_reserve,
        } => Command::Hammer(Hammer {
            lot_id: LOT,
            sold,
            override_reserve,
            paddle: None,
            price_seen: None,
        }),
        Action::Reopen(closes_at) => Command::Reopen {
            lot_id: LOT,
            closes_at,
        },
        Action::Tick => Command::Tick,
    }
}

fn check(
    vector: &Vector,
    auction: &Auction,
    index: usize,
    step: &Step,
    answer: Result<(), Reason>,
) -> Result<(), Fault> {
    let lot = lot(auction)?;
    for (field, expected) in &step.expect {
        let got = match *field {
            "accepted" => answer.is_ok().into(),
            "reason" => answer.err().map(Reason::code).into(),
            "state" => state(lot).into(),
            "price" => money(vector, lot.price().or_else(|| lot.clock_price(step.at))),
            "leader" => lot
                .leader()
                .and_then(|leader| vector.names.name_of(leader))
                .into(),
            "minimum" => {
                let takes_bids = matches!(lot.phase, Phase::Open | Phase::Paused(_));
                money(vector, takes_bids.then(|| lot.minimum(step.at)))
            }
            "reserve_met" => lot.reserve_met().into(),
            _ => lot.closes_at.map(Timestamp::as_ms).into(),
        };
        compare(Some(index), field, expected, got)?;
    }
    Ok(())
}

fn compare(step: Option<usize>, field: &str, expected: &Value, got: Value) -> Result<(), Fault> {
    if *expected == got {
        return Ok(());
    }
    Err(Fault {
        step,
        field: field.to_owned(),
        expected: expected.clone(),
        got,
    })
}

fn lot(auction: &Auction) -> Result<&Lot, Fault> {
    auction.lot(LOT).ok_or_else(|| refused("lot", Reason::UnknownLot))
}

fn refused(field: &str, reason: Reason) -> Fault {
    Fault {
        step: None,
        field: field.to_owned(),
        expected: "accepted".into(),
        got: reason.code().into(),
    }
}

fn state(lot: &Lot) -> &'static str {
    match lot.phase {
        Phase::Pending => "pending",
        Phase::Open => "open",
        Phase::Paused(_) => "paused",
        Phase::Closed => "closed",
    }
}

fn money(vector: &Vector, amount: Option<Amount>) -> Value {
    amount.map(|amount| vector.currency.format_amount(amount)).into()
}
