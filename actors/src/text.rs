//! What texts that people enter may hold, and collecting what they may not.

use gavel_engine::rules::FieldError;

/// The fields of a request that make no sense, collected so that all of them can be shown at once.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes that a field needs another value.
    pub(crate) fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// Notes the outcome of a check.
    pub(crate) fn check(&mut self, field: &str, outcome: Result<(), String>) {
        if let Err(message) = outcome {
            self.refuse(field, message);
        }
    }

    /// The value, or a note that the field needs another one.
    pub(crate) fn parse<T, E>(&mut self, field: &str, outcome: Result<T, E>, message: &str) -> Option<T> {
        if outcome.is_err() {
            self.refuse(field, message);
        }
        outcome.ok()
    }

    /// Notes the errors of a nested object.
    pub(crate) fn nest(&mut self, parent: &str, errors: Vec<FieldError>) {
        self.0.extend(errors.into_iter().map(|error| FieldError {
            field: format!("{parent}.{}", error.field),
            message: error.message,
        }));
    }

    /// Everything that was refused, if anything was.
    pub(crate) fn finish(self) -> Result<(), Vec<FieldError>> {
        self.finish_with(Some(()))
    }

    /// What [`Fields::parse`] gave, when nothing at all was refused.
    pub(crate) fn finish_with<T>(self, parsed: Option<T>) -> Result<T, Vec<FieldError>> {
        match parsed {
            Some(parsed) if self.0.is_empty() => Ok(parsed),
            _ => Err(self.0),
        }
    }
}

/// One line of visible text with so many characters.
pub(crate) fn line(text: &str, chars_min: usize, chars_max: usize) -> Result<(), String> {
    length(text, chars_min, chars_max)?;
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err("must be one line without control or invisible characters".to_owned());
    }
    Ok(())
}

/// Lines of visible text with so many characters in all.
pub(crate) fn lines(text: &str, chars_max: usize) -> Result<(), String> {
    length(text, 0, chars_max)?;
    if text
        .chars()
        .any(|c| (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c))
    {
        return Err("must hold no control or invisible characters but line ends and tabs".to_owned());
    }
    Ok(())
}

fn length(text: &str, chars_min: usize, chars_max: usize) -> Result<(), String> {
    let chars = text.chars().count();
    if chars < chars_min || (chars_min > 0 && text.trim().is_empty()) {
        return Err("must not be empty".to_owned());
    }
    if chars > chars_max {
        return Err(format!("must have at most {chars_max} characters"));
    }
    Ok(())
}

/// Characters that make a text look like another one: direction overrides, zero widths, line separators.
/// The joiners that scripts and emoji need are not among them.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        assert_eq!(line("Chaise longue, 1928 👩‍🎨", 1, 40), Ok(()));
        assert_eq!(line("", 0, 5), Ok(()));
        for bad in ["", "   ", "too long for it", "a\tb", "a\u{2028}b", "\u{202e}a"] {
            assert!(line(bad, 1, 10).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn several_lines() {
        assert_eq!(lines("Oil on canvas,\n\tsigned", 100), Ok(()));
        for bad in ["a\r\nb", "a\u{1b}[31m", "a\0", "four+"] {
            assert!(lines(bad, 4).is_err(), "{bad:?}");
        }
    }
}
