//! Lot numbers as catalogues have them: 12, 12A, 13.

use std::{fmt, str::FromStr};

/// A lot's number in its sale: 1 to 99999, then at most two capital letters. Sorts as a catalogue
/// does: 12, 12A, 12B, 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotNumber {
    number: u32,
    /// 0 for none, 1–26 for A–Z, 27–702 for AA–ZZ.
    suffix: u16,
}

/// A text is not a lot number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a lot number is 1 to 99999, then at most two letters")]
pub struct ParseLotNumberError;

impl LotNumber {
    /// An integer that sorts as the number does.
    pub(super) fn sort_key(self) -> i64 {
        i64::from(self.number) * 1000 + i64::from(self.suffix)
    }
}

impl FromStr for LotNumber {
    type Err = ParseLotNumberError;

    /// Small letters are taken as capitals, so that `12a` cannot stand beside `12A`.
    fn from_str(text: &str) -> Result<Self, ParseLotNumberError> {
        let letters_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, letters) = text.split_at(letters_at);
        let well_formed = (1..=5).contains(&digits.len())
            && !digits.starts_with('0')
            && letters.len() <= 2
            && letters.bytes().all(|letter| letter.is_ascii_alphabetic());
        if !well_formed {
            return Err(ParseLotNumberError);
        }
        let number = digits.parse().map_err(|_| ParseLotNumberError)?;
        let suffix = letters.bytes().fold(0, |suffix, letter| {
            suffix * 26 + u16::from(letter.to_ascii_uppercase() - b'A') + 1
        });
        Ok(Self { number, suffix })
    }
}

impl fmt::Display for LotNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |ordinal: u16| char::from(b'A' + u8::try_from(ordinal % 26).unwrap_or(0));
        write!(f, "{}", self.number)?;
        match self.suffix {
            0 => Ok(()),
            single @ 1..=26 => write!(f, "{}", letter(single - 1)),
            double => write!(f, "{}{}", letter((double - 1) / 26 - 1), letter(double - 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> LotNumber {
        text.parse().unwrap()
    }

    #[test]
    fn sorts_as_a_catalogue() {
        let order = [
            "2", "9Z", "9AA", "12", "12A", "12B", "12Z", "12AA", "12AZ", "12ZZ", "13", "99999ZZ",
        ];
        for pair in order.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
            assert!(
                number(pair[0]).sort_key() < number(pair[1]).sort_key(),
                "{pair:?}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for bad in [
            "", "0", "012", "A", "A1", "1AAA", "100000", "1-A", "1 A", "1А", "-1", "１",
        ] {
            assert_eq!(bad.parse::<LotNumber>(), Err(ParseLotNumberError), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn shown_and_read_is_the_same(text in "[1-9][0-9]{0,4}[A-Z]{0,2}") {
            prop_assert_eq!(number(&text).to_string(), text.clone());
            prop_assert_eq!(number(&text.to_lowercase()), number(&text));
        }
    }
}
