//! The table of proxy-bid histories: one bid a line. Money is read as integer cents and time as an
//! exact decimal, never through floating point.

use gavel_engine::money::{Amount, Currency};
use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

const COLUMNS: [&str; 9] = [
    "auctionid",
    "bid",
    "bidtime",
    "bidder",
    "bidderrate",
    "openbid",
    "price",
    "item",
    "auction_type",
];

/// What a file holds.
#[derive(Debug, Default)]
pub struct Table {
    /// The sound rows of every auction, in the order of the file.
    pub auctions: BTreeMap<u64, Vec<Row>>,
    /// The others, each with its line and what is wrong.
    pub malformed: Vec<String>,
}

/// One bid.
#[derive(Debug, Clone)]
pub struct Row {
    /// The bidder's maximum, cents.
    pub bid: Amount,
    /// Days since the start.
    pub time: Days,
    pub bidder: String,
    /// The opening price of the auction, cents.
    pub opening_price: Amount,
    /// The recorded close of the auction, cents.
    pub final_price: Amount,
}

/// A non-negative decimal number of days, exact to the last digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    whole: u32,
    /// Digits behind the point without trailing zeros: these sort as text as they do as numbers.
    fraction: String,
}

impl Days {
    fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        Some(Self {
            whole: whole.parse().ok()?,
            fraction: fraction.trim_end_matches('0').to_owned(),
        })
    }

    /// Whole milliseconds.
    pub fn as_ms(&self) -> i64 {
        const DAY_MS: i64 = 86_400_000;
        const BILLION: i64 = 1_000_000_000;
        // Nanodays: the ninth decimal is a tenth of a millisecond.
        let nanodays = self
            .fraction
            .bytes()
            .chain(std::iter::repeat(b'0'))
            .take(9)
            .fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        i64::from(self.whole) * DAY_MS + nanodays * DAY_MS / BILLION
    }
}

/// Reads a table line by line: a broken line costs no other.
pub fn read(mut from: impl BufRead) -> io::Result<Table> {
    let mut table = Table::default();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if from.read_until(b'\n', &mut line)? == 0 {
            if number == 1 {
                return Err(io::Error::other("the file is empty"));
            }
            break;
        }
        let cells = cells(&line);
        if number == 1 {
            if cells.as_deref() != Ok(&COLUMNS.map(str::to_owned)) {
                let columns = COLUMNS.join(",");
                return Err(io::Error::other(format!(
                    "line 1: expected the columns {columns}"
                )));
            }
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match cells.and_then(|cells| row(&cells)) {
            Ok((auction, row)) => table.auctions.entry(auction).or_default().push(row),
            Err(why) => table.malformed.push(format!("line {number}: {why}")),
        }
    }
    Ok(table)
}

/// The cells of one line; quoted ones may hold commas.
fn cells(line: &[u8]) -> Result<Vec<String>, String> {
    let record = csv::ReaderBuilder::new()
        .has_headers(false)
        .buffer_capacity(256)
        .from_reader(line)
        .into_records()
        .next();
    match record {
        None => Ok(Vec::new()),
        Some(Ok(record)) => Ok(record.iter().map(str::to_owned).collect()),
        Some(Err(_)) => Err("not UTF-8".to_owned()),
    }
}

fn row(cells: &[String]) -> Result<(u64, Row), String> {
    let Ok(
        [
            auction,
            bid,
            time,
            bidder,
            rating,
            opening_price,
            final_price,
            item,
            kind,
        ],
    ) = <&[String; 9]>::try_from(cells)
    else {
        return Err(format!("{} columns instead of 9", cells.len()));
    };
    for (column, cell) in [("bidder", bidder), ("item", item), ("auction_type", kind)] {
        if cell.is_empty() {
            return Err(format!("{column}: empty"));
        }
    }
    // Bidders who had gone when the data was collected have no rating.
    if rating != "NA" && rating.parse::<i64>().is_err() {
        return Err(wrong("bidderrate", rating, "not an integer"));
    }
    let row = Row {
        bid: money("bid", bid)?,
        time: Days::read(time).ok_or_else(|| wrong("bidtime", time, "not a number of days"))?,
        bidder: bidder.clone(),
        opening_price: money("openbid", opening_price)?,
        final_price: money("price", final_price)?,
    };
    let auction = auction
        .parse()
        .map_err(|_| wrong("auctionid", auction, "not a number"))?;
    Ok((auction, row))
}

fn money(column: &str, cell: &str) -> Result<Amount, String> {
    let amount = Currency::USD
        .parse_amount(cell)
        .map_err(|error| wrong(column, cell, &error.to_string()))?;
    if amount.is_payable() {
        Ok(amount)
    } else {
        Err(wrong(column, cell, "not more than zero"))
    }
}

/// A complaint, with as much of the cell as fits on a line.
fn wrong(column: &str, cell: &str, why: &str) -> String {
    let cell: String = cell.chars().take(40).collect();
    format!("{column} {cell:?}: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_exact_decimals() {
        let days = |text| Days::read(text).unwrap();
        assert!(days("1.10") == days("1.1") && days("3") == days("3.0"));
        assert!(days("1.09") < days("1.1"));
        assert!(days("10.5") > days("9.99999"));
        assert!(days("0.123456789012345678") < days("0.123456789012345679"));
        assert_eq!(days("1.5").as_ms(), 129_600_000);
        assert_eq!(days("0.00001").as_ms(), 864);
        for bad in ["", ".", "1.", ".5", "-1", "1e3", "NaN", "1,5", "99999999999"] {
            assert_eq!(Days::read(bad), None, "{bad:?}");
        }
    }
}
