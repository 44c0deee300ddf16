//! What the auctioneer says.

use super::LotNotes;
use crate::demo::wire::{Channel, Format, Leader, spoken};

/// After a person had the rostrum.
pub const BACK_AGAIN: &str = "Thank you. Your auctioneer is back at the rostrum.";

/// When a person takes the rostrum.
pub const HAND_OVER: &str = "A colleague takes the rostrum.";

/// When bidding stops below the reserve.
pub const NOT_YET: &str = "We are not quite there yet. One more, anywhere?";

/// Before the sale is ended; it stays on the page of the sale.
pub const FAREWELL: &str = "That was our last lot. Thank you all. The next session begins shortly: you will find it \
    among the sales.";

/// A lot comes up.
pub fn introduce(notes: &LotNotes) -> String {
    let start = spoken(notes.opening_minor);
    let terms = match (notes.format, notes.pieces) {
        (Format::Dutch, _) => "The price falls until one of you takes it.".to_owned(),
        (_, 1) if !notes.choice.is_empty() => {
            format!("The winner has the choice. {start} to start, for each that is taken.")
        }
        (_, 1) => format!("{start} to start."),
        (_, pieces) => format!("{start} to start, times {pieces}."),
    };
    let text = format!("Lot {}: {}, {}. {terms}", notes.number, notes.artist, notes.title);
    // The server's limit for a message; catalogue entries stay far below it.
    text.chars().take(280).collect()
}

/// A visitor leads for the first time.
pub fn greet(price_minor: i64) -> String {
    format!("{} online. A new face, welcome.", spoken(price_minor))
}

/// Where the bid is.
pub fn remark(leader: Leader, price_minor: i64, next_minor: i64, choice: u32) -> String {
    let (price, next) = (spoken(price_minor), spoken(next_minor));
    let lines: [String; 3] = match leader.channel {
        Channel::Floor => [
            format!("{price}, in the room. {next} to come in."),
            format!("It is here with me at {price}, against you all online."),
            format!("The room has it at {price}. I will take {next}."),
        ],
        Channel::Phone => [
            format!("On the telephone at {price}. {next}, anyone?"),
            format!("{price} on the telephone, against the room."),
            format!("The telephone has it. Looking for {next}."),
        ],
        Channel::Online => [
            format!("{price} online, against the room. {next}?"),
            format!("With you online at {price}. {next} in the room?"),
            format!("Online at {price}. {next} to come back in."),
        ],
        Channel::Absentee => [
            format!("{price} is with me, on the book."),
            format!("A written bid has it at {price}. {next} beats it, perhaps."),
            format!("The book is ahead of you all at {price}."),
        ],
    };
    let [first, second, third] = lines;
    match choice % 3 {
        0 => first,
        1 => second,
        _ => third,
    }
}
