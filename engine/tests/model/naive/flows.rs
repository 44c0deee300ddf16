//! What comes back, and what is offered together.

use super::{Answer, Lot, Outcome, Phase, Sale, lot::Group};
use gavel_engine::{
    Reason,
    auction::{Command, GroupLots},
    ids::LotId,
    lot::Together,
    money::Amount,
    rules::{Format, RuleSet},
    time::Timestamp,
};

impl Sale {
    pub(super) fn flow(&mut self, command: &Command, now: i64) -> Answer {
        match command {
            Command::Reopen { lot_id, closes_at } => self.reopen(*lot_id, *closes_at),
            Command::Withdraw(id) => {
                let index = self.find(*id)?;
                let lot = &self.lots[index];
                if lot.phase == Phase::Closed {
                    return Err(Reason::Closed.into());
                }
                lot.hammer_is_up()?;
                if lot.led_by.is_some() || lot.group.is_some() {
                    return Err(Reason::InAGroup.into());
                }
                self.close(index, Outcome::Withdrawn, now);
                Ok(())
            }
            Command::Skip(id) => {
                let index = self.find(*id)?;
                let lot = &mut self.lots[index];
                match lot.phase {
                    Phase::Pending if lot.led_by.is_some() => Err(Reason::InAGroup.into()),
                    Phase::Pending => {
                        lot.skipped = true;
                        Ok(())
                    }
                    Phase::Open | Phase::Paused => Err(Reason::AlreadyOpen.into()),
                    Phase::Closed => Err(Reason::Closed.into()),
                }
            }
            Command::Reoffer { lot_id, closes_at } => {
                let index = self.find(*lot_id)?;
                let lot = &mut self.lots[index];
                match lot.outcome {
                    None => Err(Reason::NotClosed.into()),
                    Some(Outcome::Unsold | Outcome::Withdrawn) => {
                        lot.start_over();
                        lot.closes_at = closes_at.map(|at| at.0).or(lot.closes_at);
                        Ok(())
                    }
                    Some(_) => Err(Reason::AlreadySold.into()),
                }
            }
            Command::Group(group) => self.join(group),
            Command::Split(id) => {
                let index = self.find(*id)?;
                let lot = &self.lots[index];
                if lot.group.is_none() {
                    return Err(Reason::NoGroup.into());
                }
                if lot.running() {
                    return Err(Reason::AlreadyOpen.into());
                }
                if matches!(lot.outcome, Some(Outcome::Sold(..))) {
                    return Err(Reason::AlreadySold.into());
                }
                self.part(index);
                if self.lots[index].phase == Phase::Closed {
                    self.lots[index].start_over();
                }
                self.lots[index].skipped = false;
                Ok(())
            }
            Command::Choose { lot_id, taken } => self.choose(*lot_id, taken, now),
            _ => unreachable!("no flow"),
        }
    }

    fn reopen(&mut self, id: LotId, closes_at: Option<Timestamp>) -> Answer {
        let index = self.find(id)?;
        let lot = &self.lots[index];
        if lot.phase != Phase::Closed {
            return Err(Reason::NotClosed.into());
        }
        if lot.rules.format != Format::English {
            return Err(Reason::WrongFormat.into());
        }
        if matches!(lot.outcome, Some(Outcome::With(_))) {
            return Err(Reason::InAGroup.into());
        }
        if !lot.choice_is_due() {
            self.rostrum_is_free()?;
        }
        if lot.chosen {
            // Nobody has bid for this lot alone.
            self.lots[index].start_over();
        } else if let Some(result) = lot.result() {
            let bound = result.leader_max * i64::from(lot.rules.quantity);
            self.covers(index, result.leader, bound)?;
        }
        self.look_at(index);
        for other in self.combined_with(index) {
            let other = &mut self.lots[other];
            (other.phase, other.outcome, other.closed_at) = (Phase::Pending, None, None);
        }
        let lot = &mut self.lots[index];
        (lot.phase, lot.outcome, lot.closed_at) = (Phase::Open, None, None);
        lot.closes_at = closes_at.map(|at| at.0);
        self.book_is_due(index);
        Ok(())
    }

    pub(super) fn combined_with(&self, index: usize) -> Vec<usize> {
        match &self.lots[index].group {
            Some(group) if group.together == Together::Combined => {
                group.others.iter().map(|other| self.index(*other)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn join(&mut self, command: &GroupLots) -> Answer {
        let mut wanted = command.lots.clone();
        wanted.sort();
        wanted.dedup();
        if wanted.len() != command.lots.len() || wanted.len() < 2 {
            return Err(Reason::NoGroup.into());
        }
        for id in &wanted {
            let lot = &self.lots[self.find(*id)?];
            if lot.running() {
                return Err(Reason::AlreadyOpen.into());
            }
            match lot.outcome {
                None | Some(Outcome::Unsold) => {}
                Some(Outcome::Withdrawn) => return Err(Reason::Closed.into()),
                Some(_) => return Err(Reason::AlreadySold.into()),
            }
            if lot.rules.format != Format::English || lot.rules.quantity > 1 {
                return Err(Reason::WrongFormat.into());
            }
            if lot.led_by.is_some() || lot.group.is_some() {
                return Err(Reason::InAGroup.into());
            }
        }
        if command.opening_price.is_some_and(|price| price.0 < 1) {
            return Err(Reason::AmountOutOfRange.into());
        }
        self.bundle(command.together, command.opening_price, &wanted);
        Ok(())
    }

    /// Lots in running order, which is that of their ids here, become a group.
    fn bundle(&mut self, together: Together, opening: Option<Amount>, ids: &[LotId]) {
        let lots: Vec<&Lot> = ids.iter().map(|id| &self.lots[self.index(*id)]).collect();
        let own_rules = lots[0].rules.clone();
        let openings: Vec<i64> = lots.iter().map(|lot| lot.rules.opening_price_minor.0).collect();
        let reserves = lots.iter().filter_map(|lot| lot.rules.reserve_price_minor);
        let reserves: Vec<i64> = reserves.map(|reserve| reserve.0).collect();
        let (price, reserve) = match together {
            Together::Combined => (openings.iter().sum(), reserves.iter().sum()),
            Together::Choice => (openings[0], reserves.iter().copied().max().unwrap_or(0)),
        };
        let rules = RuleSet {
            opening_price_minor: opening.unwrap_or(Amount(price)),
            reserve_price_minor: (!reserves.is_empty()).then_some(Amount(reserve)),
            buy_now_price_minor: None,
            house_bids: own_rules.house_bids && !reserves.is_empty(),
            ..own_rules.clone()
        };
        let group = Group {
            together,
            others: ids[1..].to_vec(),
            own_rules,
            sellers: lots[1..].iter().filter_map(|lot| lot.rules.seller).collect(),
        };
        for id in ids {
            let index = self.index(*id);
            let lot = &mut self.lots[index];
            if lot.phase == Phase::Closed {
                lot.start_over();
            }
            lot.skipped = false;
            lot.led_by = (*id != ids[0]).then_some(ids[0]);
        }
        let lead = self.index(ids[0]);
        let lead = &mut self.lots[lead];
        lead.rules = rules;
        lead.group = Some(group);
        lead.own_book = lead.book.split_off(0);
    }

    /// Each by itself again.
    fn part(&mut self, index: usize) {
        let group = self.lots[index].group.take().unwrap();
        self.lots[index].rules = group.own_rules;
        self.lots[index].book = self.lots[index].own_book.split_off(0);
        for other in group.others {
            let other = self.index(other);
            self.lots[other].led_by = None;
        }
    }

    fn choose(&mut self, id: LotId, taken: &[LotId], now: i64) -> Answer {
        let index = self.find(id)?;
        let lot = &self.lots[index];
        let (true, Some(group), Some(Outcome::Sold(winner, price))) =
            (lot.choice_is_due(), &lot.group, lot.outcome)
        else {
            return Err(Reason::NotAChoice.into());
        };
        let mut members = vec![id];
        members.extend(&group.others);
        let mut wanted = taken.to_vec();
        wanted.sort();
        wanted.dedup();
        if wanted.is_empty() || wanted.len() != taken.len() || !wanted.iter().all(|id| members.contains(id)) {
            return Err(Reason::NotAChoice.into());
        }
        self.covers(index, winner, price * i64::try_from(wanted.len()).unwrap())?;

        let sold_by = self.lots[index].rules.clone();
        self.part(index);
        for id in &members[1..] {
            let other = self.index(*id);
            if wanted.contains(id) {
                self.lots[other].close(Outcome::Sold(winner, price), now);
                self.lots[other].chosen = true;
            }
        }
        if wanted.contains(&id) {
            self.lots[index].sold_by = Some(sold_by);
            self.lots[index].chosen = true;
        } else {
            self.lots[index].start_over();
        }
        let left: Vec<LotId> = members.into_iter().filter(|id| !wanted.contains(id)).collect();
        if left.len() > 1 {
            self.bundle(Together::Choice, None, &left);
        }
        Ok(())
    }
}
