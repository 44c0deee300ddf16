//! A lot's rules as somebody may write them.

use gavel_actors::catalogue::RulesInput;
use gavel_engine::{
    Reason,
    auction::{
        Approval, Auction, Command, Event, Hammer, LotSetup, PlaceBid, Record, Register, SaleKind, Setup,
    },
    credit::Unlimited,
    ids::{BidId, BidderId, LotId, Paddle, SaleId},
    lot::{Channel, Offer},
    money::{Amount, Currency},
    rules::RuleSet,
    time::Timestamp,
};

const LOT: LotId = LotId(1);
const OTHER: LotId = LotId(2);
const BIDDERS: [BidderId; 2] = [BidderId(1), BidderId(2)];
const DAY_MS: i64 = 86_400_000;

/// Refused with every field named, or a lot can be sold by them from its opening to its close.
pub fn run(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<RulesInput>(data) else {
        return;
    };
    let rules = input.rules;
    let text = serde_json::to_string(&rules).unwrap_or_else(|error| panic!("{error}: {rules:?}"));
    let again = serde_json::from_str::<RuleSet>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(rules, again, "what is written is read back");
    let findings = rules.validate_in(Currency::USD);
    for finding in &findings {
        assert!(
            !finding.field.is_empty() && !finding.message.is_empty(),
            "{finding:?}"
        );
    }
    for kind in [SaleKind::Room, SaleKind::Timed] {
        sell(&rules, kind, findings.is_empty());
    }
}

/// A sale that is driven as its actor would.
struct Sale {
    auction: Auction,
    now: Timestamp,
}

impl Sale {
    fn record(&mut self, events: Vec<Event>) {
        if !events.is_empty() {
            let at = self.now;
            self.auction.apply(&Record { at, events });
        }
    }

    fn at(&mut self, now: Timestamp) {
        self.now = now;
        let due = self.auction.due(now);
        self.record(due);
        self.book();
    }

    fn book(&mut self) {
        loop {
            let events = self.auction.book_bids_due(self.now, &Unlimited);
            if events.is_empty() {
                return;
            }
            self.record(events);
        }
    }

    fn order(&mut self, command: &Command) -> Result<(), Reason> {
        let events = self.auction.decide(command, self.now, &Unlimited);
        let events = events.map_err(|rejection| rejection.reason)?;
        self.record(events);
        self.book();
        Ok(())
    }

    fn bid(&mut self, bidder: BidderId, offer: Offer) -> Result<(), Reason> {
        let number = u128::from(self.auction.seq());
        self.order(&Command::PlaceBid(PlaceBid {
            bid_id: BidId(number),
            lot_id: LOT,
            bidder,
            offer,
            currency: Currency::USD,
            channel: Channel::Online,
            book_if_pending: false,
            sent_before_ms: None,
        }))
    }

    /// The lowest bid that the lot would take.
    fn minimum(&self) -> Amount {
        self.auction
            .lot(LOT)
            .map_or(Amount(1), |lot| lot.minimum(self.now))
    }
}

fn sell(rules: &RuleSet, kind: SaleKind, is_sound: bool) {
    let lot = |lot_id| LotSetup {
        lot_id,
        rules: rules.clone(),
    };
    let setup = Setup {
        sale_id: SaleId(1),
        currency: Currency::USD,
        kind,
        lots: vec![lot(LOT), lot(OTHER)],
    };
    let mut sale = Sale {
        auction: Auction::default(),
        now: Timestamp(0),
    };
    let created = sale.order(&Command::Create(Box::new(setup)));
    assert_eq!(created.is_ok(), is_sound, "{rules:?}");
    if !is_sound {
        return;
    }
    for (bidder, paddle) in BIDDERS.into_iter().zip(1..) {
        let register = Register {
            bidder,
            paddle: Paddle(paddle),
            standing: Approval::Approved,
            limit: None,
        };
        assert_eq!(sale.order(&Command::Register(register)), Ok(()));
    }
    assert_eq!(sale.order(&Command::Start), Ok(()));
    if kind == SaleKind::Room {
        assert_eq!(sale.order(&Command::OpenLot(LOT)), Ok(()));
    }
    for round in 0..4 {
        let minimum = sale.minimum();
        let _ = sale.bid(BIDDERS[round % 2], Offer::Amount(minimum));
        let _ = sale.bid(BIDDERS[1], Offer::Max(minimum.plus(Amount(1_000))));
        let next = sale.auction.next_due().unwrap_or(sale.now.plus_ms(1_000));
        // Right before something is due, and at that moment.
        if next > sale.now.plus_ms(1) {
            sale.at(next.plus_ms(-1));
            let _ = sale.bid(BIDDERS[0], Offer::Amount(sale.minimum()));
        }
        if let Some(price) = rules.buy_now_price_minor {
            let _ = sale.bid(BIDDERS[0], Offer::BuyNow(price));
        }
        sale.at(next);
    }
    let _ = sale.order(&Command::Hammer(Hammer {
        lot_id: LOT,
        sold: true,
        override_reserve: true,
        paddle: None,
        price_seen: None,
    }));
    // Whatever closes by itself does so in the end.
    for _ in 0..64 {
        let Some(next) = sale.auction.next_due() else {
            return;
        };
        sale.at(next.max(sale.now));
    }
    let (now, far) = (sale.now, sale.now.plus_ms(DAY_MS));
    sale.at(far);
    assert!(
        sale.auction.next_due().is_none_or(|next| next > now),
        "time stands still"
    );
}
