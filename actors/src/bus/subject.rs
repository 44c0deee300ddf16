//! What messages are about: words with dots between them.

use std::{fmt, str::FromStr};

const BYTES_MAX: usize = 255;

/// Not a subject or pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no subject: words of letters, digits, - and _ with dots between them, at most {BYTES_MAX} bytes; patterns \
     may have * for any word, and > at the end for any words"
)]
pub struct InvalidSubject(String);

fn is_word(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !word.is_empty() && word.bytes().all(fits)
}

/// What one message is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(String);

impl Subject {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        if text.len() <= BYTES_MAX && text.split('.').all(is_word) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSubject(text.to_owned()))
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which subjects are meant: `*` is any word, `>` at the end is one or more of any words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

impl Pattern {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it means this subject.
    pub fn matches(&self, subject: &Subject) -> bool {
        let mut words = subject.0.split('.');
        for wanted in self.0.split('.') {
            match (wanted, words.next()) {
                (">", Some(_)) => return true,
                ("*", Some(_)) => {}
                (wanted, Some(word)) if wanted == word => {}
                _ => return false,
            }
        }
        words.next().is_none()
    }
}

impl FromStr for Pattern {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let words: Vec<_> = text.split('.').collect();
        let fits = |(index, word): (usize, &&str)| {
            is_word(word) || *word == "*" || (*word == ">" && index + 1 == words.len())
        };
        if text.len() <= BYTES_MAX && words.iter().enumerate().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSubject(text.to_owned()))
        }
    }
}

impl From<Subject> for Pattern {
    fn from(subject: Subject) -> Self {
        Self(subject.0)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_words_with_dots() {
        for good in ["gavel", "gavel.v1.sale.0197-a_b.bid"] {
            assert_eq!(good.parse::<Subject>().unwrap().as_str(), good);
        }
        let long = "a".repeat(256);
        for bad in [
            "", ".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "ä", "a\r\nb", &long,
        ] {
            bad.parse::<Subject>().unwrap_err();
        }
    }

    #[test]
    fn patterns_mean_what_they_say() {
        for bad in ["", ">.a", "a.>.b", "a.b*", "a.>>"] {
            bad.parse::<Pattern>().unwrap_err();
        }
        let cases = [
            ("a.b", "a.b", true),
            ("a.b", "a.b.c", false),
            ("a.b", "a", false),
            ("a.*", "a.b", true),
            ("a.*", "a.b.c", false),
            ("*.b", "a.b", true),
            ("*", "a.b", false),
            (">", "a.b.c", true),
            ("a.>", "a", false),
            ("a.>", "a.b", true),
            ("a.>", "a.b.c", true),
            ("a.*.c", "a.b.c", true),
            ("a.*.c", "a.b.d", false),
        ];
        for (pattern, subject, wanted) in cases {
            let pattern: Pattern = pattern.parse().unwrap();
            assert_eq!(
                pattern.matches(&subject.parse().unwrap()),
                wanted,
                "{pattern} {subject}"
            );
        }
    }
}
