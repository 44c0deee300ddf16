//! Events of one sale as entries of its history.

mod shown;

use super::{
    catalogue::Catalogue,
    entry::{Entry, Who},
};
use crate::utc::utc;
use gavel_actors::auctions::wire::offer_kind;
use gavel_engine::{
    Reason, Rejection,
    auction::{Approval, Auction, Event, SaleKind},
    ids::{BidId, BidderId, LotId},
    lot::{Bid, Channel, Offer, Outcome, Standing, Together},
    money::Amount,
    time::Timestamp,
};

/// Tells events of one sale.
pub struct Teller<'a> {
    /// The sale at the end of what is known of it.
    end: &'a Auction,
    catalogue: Option<&'a Catalogue>,
}

impl<'a> Teller<'a> {
    /// Whether a lot has closed is judged by `end`.
    pub fn new(end: &'a Auction, catalogue: Option<&'a Catalogue>) -> Self {
        Self { end, catalogue }
    }

    /// An event; `after` is the state after its record.
    pub fn tell(&self, event: &Event, after: &Auction) -> Entry {
        self.bidding(event, after)
            .or_else(|| self.book(event, after))
            .or_else(|| self.selling(event, after))
            .or_else(|| self.on_offer(event))
            .unwrap_or_else(|| self.running(event))
    }

    /// Bids, and what becomes of them.
    fn bidding(&self, event: &Event, after: &Auction) -> Option<Entry> {
        Some(match event {
            Event::BidAccepted { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("bid_accepted", *lot_id)
            }
            Event::BidAccepted {
                lot_id,
                bid,
                standing,
            } => self.accepted(after, *lot_id, bid, *standing),
            Event::BidRefused { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("bid_refused", *lot_id)
            }
            Event::BidRefused {
                lot_id,
                bid_id,
                bidder,
                offer,
                rejection,
            } => self.refused(after, *lot_id, *bid_id, *bidder, *offer, rejection),
            Event::BidVoided { bidder, bid_id } => {
                let who = self.who(after, *bidder, None);
                Entry {
                    bid_id: Some(*bid_id),
                    text: format!(
                        "a bid of {} had not arrived when it was asked for, and is void",
                        who.words()
                    ),
                    who: Some(who),
                    ..Entry::of("bid_voided")
                }
            }
            Event::BidRetracted { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("bid_retracted", *lot_id)
            }
            Event::BidRetracted {
                lot_id,
                bid_id,
                standing,
            } => {
                let bids = after
                    .lot(*lot_id)
                    .map(|lot| lot.bids.as_slice())
                    .unwrap_or_default();
                let bid = bids.iter().find(|historic| historic.bid.bid_id == *bid_id);
                let who = bid.map(|bid| self.who(after, bid.bid.bidder, Some(bid.bid.channel)));
                let whose = who.as_ref().map_or_else(|| "somebody".to_owned(), Who::words);
                Entry {
                    bid_id: Some(*bid_id),
                    who,
                    ..self.standing(
                        "bid_retracted",
                        *lot_id,
                        &format!("a bid of {whose} is taken back"),
                        *standing,
                        after,
                    )
                }
            }
            Event::BidsRetracted { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("bids_retracted", *lot_id)
            }
            Event::BidsRetracted {
                lot_id,
                bidder,
                standing,
            } => {
                let who = self.who(after, *bidder, None);
                let words = format!("every bid of {} is taken back", who.words());
                Entry {
                    who: Some(who),
                    ..self.standing("bids_retracted", *lot_id, &words, *standing, after)
                }
            }
            _ => return None,
        })
    }

    /// Maxima that are left before a lot is opened.
    fn book(&self, event: &Event, after: &Auction) -> Option<Entry> {
        Some(match event {
            Event::AbsenteeLeft { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("absentee_left", *lot_id)
            }
            Event::AbsenteeLeft { lot_id, entry } => {
                let who = self.who(after, entry.bidder, None);
                let offer = Offer::Max(entry.max);
                let amount = self.offered(*lot_id, Channel::Absentee, offer);
                let words = format!(
                    "{} leaves {} in the book",
                    who.words(),
                    self.offer_words(offer, amount)
                );
                Entry {
                    bid_id: Some(entry.bid_id),
                    offer: Some(offer_kind(offer)),
                    amount_minor: amount,
                    withheld: amount.is_none(),
                    who: Some(who),
                    ..self.on("absentee_left", *lot_id, &words)
                }
            }
            Event::AbsenteeWithdrawn { lot_id, .. } if self.is_sealed(*lot_id) => {
                self.sealed("absentee_withdrawn", *lot_id)
            }
            Event::AbsenteeWithdrawn { lot_id, bidder } => {
                let who = self.who(after, *bidder, None);
                let words = format!("{} takes the maximum out of the book", who.words());
                Entry {
                    who: Some(who),
                    ..self.on("absentee_withdrawn", *lot_id, &words)
                }
            }
            Event::BookRead(lot_id) => self.on("book_read", *lot_id, "the house has bid for the book"),
            _ => return None,
        })
    }

    fn accepted(&self, after: &Auction, lot_id: LotId, bid: &Bid, standing: Option<Standing>) -> Entry {
        let who = self.who(after, bid.bidder, Some(bid.channel));
        let amount = self.offered(lot_id, bid.channel, bid.offer);
        let words = format!("{} bids {}", who.words(), self.offer_words(bid.offer, amount));
        Entry {
            bid_id: Some(bid.bid_id),
            offer: Some(offer_kind(bid.offer)),
            amount_minor: amount,
            withheld: amount.is_none(),
            who: Some(who),
            ..self.standing("bid_accepted", lot_id, &words, standing, after)
        }
    }

    fn refused(
        &self,
        after: &Auction,
        lot_id: LotId,
        bid_id: BidId,
        bidder: BidderId,
        offer: Offer,
        rejection: &Rejection,
    ) -> Entry {
        let who = self.who(after, bidder, None);
        let amount = self.offered(lot_id, Channel::Online, offer);
        // What a limit leaves, and what one's own maximum asks for, tell of bids that may be hidden.
        let tells_more = match rejection.reason {
            Reason::OverLimit => true,
            Reason::NotAboveOwnMax => !self.shows_maxima(lot_id),
            _ => false,
        };
        let bound = |amount: Option<Amount>| amount.filter(|_| !tells_more);
        let (minimum, maximum) = (bound(rejection.minimum()), bound(rejection.maximum()));
        let mut words = format!(
            "{} bids {}, which is refused: {}",
            who.words(),
            self.offer_words(offer, amount),
            rejection.reason.code()
        );
        if let Some(minimum) = minimum {
            words = format!("{words}, at least {}", self.money(minimum));
        }
        if let Some(maximum) = maximum.filter(|_| minimum.is_none()) {
            words = format!("{words}, at most {}", self.money(maximum));
        }
        Entry {
            bid_id: Some(bid_id),
            offer: Some(offer_kind(offer)),
            amount_minor: amount,
            withheld: amount.is_none() || tells_more,
            code: Some(rejection.reason.code()),
            minimum_minor: minimum,
            maximum_minor: maximum,
            who: Some(who),
            ..self.on("bid_refused", lot_id, &words)
        }
    }

    /// How lots come to an end, or do not.
    fn selling(&self, event: &Event, after: &Auction) -> Option<Entry> {
        Some(match event {
            Event::LotClosed {
                lot_id,
                outcome,
                by_hammer,
            } => {
                let by = if *by_hammer {
                    "by the hammer"
                } else {
                    "without a hammer"
                };
                self.outcome("lot_closed", *lot_id, *outcome, by, after)
            }
            Event::HammerStruck { lot_id, strike } => {
                let falls_at = strike.falls_at;
                let by = format!("as soon as the hammer falls, at {}", utc(falls_at));
                Entry {
                    until_ms: Some(falls_at),
                    ..self.outcome("hammer_struck", *lot_id, strike.outcome, &by, after)
                }
            }
            Event::HammerLifted { lot_id, by } => {
                let words = match by {
                    None => "the auctioneer lifts the hammer".to_owned(),
                    Some(late) => format!(
                        "a bid that came {} ms after the stroke lifts the hammer: it was sent before the \
                         stroke could be heard, up to {} ms",
                        late.after_ms, late.sent_before_ms
                    ),
                };
                Entry {
                    bid_id: by.map(|late| late.bid_id),
                    ..self.on("hammer_lifted", *lot_id, &words)
                }
            }
            Event::LotReopened { lot_id, closes_at } => {
                self.until("lot_reopened", *lot_id, "open again", *closes_at)
            }
            Event::LotReoffered { lot_id, closes_at } => {
                self.until("lot_reoffered", *lot_id, "offered again", *closes_at)
            }
            Event::ChoiceMade {
                lot_id,
                taken,
                left,
                winner,
                price,
            } => {
                let who = self.who(after, *winner, None);
                let words = format!(
                    "{} takes {} at {} each; {} left",
                    who.words(),
                    self.numbers(taken),
                    self.money(*price),
                    self.numbers(left)
                );
                Entry {
                    who: Some(who),
                    price_minor: Some(*price),
                    lots: taken.iter().map(|lot_id| self.named(*lot_id)).collect(),
                    ..self.on("choice_made", *lot_id, &words)
                }
            }
            _ => return None,
        })
    }

    /// What is done with lots that are on offer, and with those that are not yet.
    fn on_offer(&self, event: &Event) -> Option<Entry> {
        Some(match event {
            Event::LotOpened(lot_id) => {
                let title = self.named(*lot_id).title.map(|title| format!(": {title}"));
                self.on(
                    "lot_opened",
                    *lot_id,
                    &format!("open{}", title.unwrap_or_default()),
                )
            }
            Event::CloseExtended { lot_id, closes_at } => self.until(
                "close_extended",
                *lot_id,
                "a late bid moves the close",
                Some(*closes_at),
            ),
            Event::CloseSet { lot_id, closes_at } => {
                self.until("close_set", *lot_id, "the clock starts", Some(*closes_at))
            }
            Event::AskSet(lot_id, ask) => Entry {
                amount_minor: Some(*ask),
                ..self.on(
                    "ask_set",
                    *lot_id,
                    &format!("the auctioneer asks for {}", self.money(*ask)),
                )
            },
            Event::StepSet(lot_id, step) => {
                let words = step.map_or_else(
                    || "the steps are those of the rules again".to_owned(),
                    |step| format!("the step is {}", self.money(step)),
                );
                Entry {
                    amount_minor: *step,
                    ..self.on("step_set", *lot_id, &words)
                }
            }
            Event::FairlyWarned(lot_id) => self.on("fair_warning", *lot_id, "fair warning"),
            Event::Paused(lot_id) => self.on("paused", *lot_id, "paused"),
            Event::Resumed { lot_id, closes_at } => self.until("resumed", *lot_id, "goes on", *closes_at),
            Event::LotSkipped(lot_id) => self.on("lot_skipped", *lot_id, "skipped until later"),
            Event::LotsGrouped { lot_id, group, .. } => {
                let how = match group.together {
                    Together::Combined => "as one, at one price",
                    Together::Choice => "for the winner to choose from",
                };
                let words = format!("offered together with {} {how}", self.numbers(&group.others));
                self.with_lots("lots_grouped", *lot_id, &words, &group.others)
            }
            Event::LotsSplit { lot_id, others } => {
                let words = format!("and {} are offered each by itself again", self.numbers(others));
                self.with_lots("lots_split", *lot_id, &words, others)
            }
            _ => return None,
        })
    }

    /// Everything else, which is about the sale as a whole.
    fn running(&self, event: &Event) -> Entry {
        match event {
            Event::Created(setup) => Entry {
                text: format!(
                    "the sale is set up as a {} sale of {} lots in {}",
                    match setup.kind {
                        SaleKind::Room => "room",
                        SaleKind::Timed => "timed",
                    },
                    setup.lots.len(),
                    setup.currency
                ),
                lots: setup.lots.iter().map(|lot| self.named(lot.lot_id)).collect(),
                ..Entry::of("created")
            },
            Event::Started => Entry::saying("sale_started", "the sale begins"),
            Event::Ended => Entry::saying("sale_ended", "the sale is over"),
            Event::Registered {
                bidder,
                paddle,
                standing,
                limit,
            } => {
                let who = Who {
                    paddle: Some(*paddle),
                    ..self.who(self.end, *bidder, None)
                };
                let limit = limit.map(|limit| format!(", up to {}", self.money(limit)));
                let word = match standing {
                    Approval::Pending => "waits for approval",
                    Approval::Approved => "may bid",
                    Approval::Suspended => "may not bid any more",
                };
                Entry {
                    text: format!("{} {word}{}", who.words(), limit.unwrap_or_default()),
                    who: Some(who),
                    status: Some(*standing),
                    ..Entry::of("registered")
                }
            }
            Event::Said(message) => Entry {
                text: match message.as_str() {
                    "" => "the message is taken down".to_owned(),
                    message => format!("message: {message}"),
                },
                message: Some(message.clone()),
                ..Entry::of("message")
            },
            // Told by the others; here so that a new kind of event is not forgotten.
            Event::BidAccepted { .. }
            | Event::BidRefused { .. }
            | Event::BidVoided { .. }
            | Event::AbsenteeLeft { .. }
            | Event::AbsenteeWithdrawn { .. }
            | Event::BidRetracted { .. }
            | Event::BidsRetracted { .. }
            | Event::BookRead(_)
            | Event::LotClosed { .. }
            | Event::HammerStruck { .. }
            | Event::HammerLifted { .. }
            | Event::LotReopened { .. }
            | Event::LotReoffered { .. }
            | Event::ChoiceMade { .. }
            | Event::LotOpened(_)
            | Event::CloseExtended { .. }
            | Event::CloseSet { .. }
            | Event::AskSet(..)
            | Event::StepSet(..)
            | Event::FairlyWarned(_)
            | Event::Paused(_)
            | Event::Resumed { .. }
            | Event::LotSkipped(_)
            | Event::LotsGrouped { .. }
            | Event::LotsSplit { .. } => Entry::default(),
        }
    }

    fn outcome(
        &self,
        kind: &'static str,
        lot_id: LotId,
        outcome: Outcome,
        by: &str,
        after: &Auction,
    ) -> Entry {
        match outcome {
            Outcome::Sold { winner, price } => {
                let who = self.who(after, winner, None);
                let words = format!("sold to {} for {} {by}", who.words(), self.money(price));
                Entry {
                    result: Some("sold"),
                    price_minor: Some(price),
                    who: Some(who),
                    ..self.on(kind, lot_id, &words)
                }
            }
            Outcome::Unsold => Entry {
                result: Some("unsold"),
                ..self.on(kind, lot_id, &format!("not sold, {by}"))
            },
            Outcome::Withdrawn => Entry {
                result: Some("withdrawn"),
                ..self.on(kind, lot_id, "withdrawn")
            },
            Outcome::SoldWith(lead) => Entry {
                result: Some("sold_with"),
                ..self.with_lots(
                    kind,
                    lot_id,
                    &format!("sold with {}", self.numbers(&[lead])),
                    &[lead],
                )
            },
        }
    }

    /// What the bids on a lot give after something.
    fn standing(
        &self,
        kind: &'static str,
        lot_id: LotId,
        words: &str,
        standing: Option<Standing>,
        after: &Auction,
    ) -> Entry {
        let Some(standing) = standing else {
            return self.on(kind, lot_id, words);
        };
        let leader = self.who(after, standing.leader, Some(standing.channel));
        let words = format!(
            "{words}; the price is {}, {} leads",
            self.money(standing.price),
            leader.words()
        );
        Entry {
            price_minor: Some(standing.price),
            leader: Some(leader),
            ..self.on(kind, lot_id, &words)
        }
    }

    /// Not even who it was, and how much, least of all.
    fn sealed(&self, kind: &'static str, lot_id: LotId) -> Entry {
        Entry {
            withheld: true,
            ..self.on(kind, lot_id, "sealed; withheld until the lot has closed")
        }
    }

    fn until(&self, kind: &'static str, lot_id: LotId, words: &str, until: Option<Timestamp>) -> Entry {
        let until_words = until.map(|until| format!(", closes at {}", utc(until)));
        Entry {
            until_ms: until,
            ..self.on(
                kind,
                lot_id,
                &format!("{words}{}", until_words.unwrap_or_default()),
            )
        }
    }

    fn with_lots(&self, kind: &'static str, lot_id: LotId, words: &str, others: &[LotId]) -> Entry {
        Entry {
            lots: others.iter().map(|lot_id| self.named(*lot_id)).collect(),
            ..self.on(kind, lot_id, words)
        }
    }

    fn on(&self, kind: &'static str, lot_id: LotId, words: &str) -> Entry {
        let lot = self.named(lot_id);
        Entry {
            text: format!("{}: {words}", lot.words()),
            lot: Some(lot),
            ..Entry::of(kind)
        }
    }
}
