//! What must never be written anywhere, and the search for it.

use std::fmt::Write as _;

/// Secrets by name, each in every form that it may be written in.
#[derive(Debug, Default)]
pub struct Secrets(Vec<(String, Vec<String>)>);

impl Secrets {
    /// Adds a secret that is a text.
    pub fn text(&mut self, name: &str, text: &str) {
        assert!(text.len() >= 8, "{name} would be found by chance");
        let mut forms = forms_of_bytes(text.as_bytes());
        forms.push(text.to_owned());
        self.0.push((name.to_owned(), forms));
    }

    /// Adds one that is bytes.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        assert!(bytes.len() >= 8, "{name} would be found by chance");
        self.0.push((name.to_owned(), forms_of_bytes(bytes)));
    }

    /// Adds an amount, as it may be written.
    pub fn amount(&mut self, name: &str, written: &[&str]) {
        let forms = written.iter().map(|form| (*form).to_owned());
        self.0.push((name.to_owned(), forms.collect()));
    }

    /// The name of one that a text tells.
    pub fn told_by(&self, text: &str) -> Option<&str> {
        let told = |(_, forms): &&(String, Vec<String>)| forms.iter().any(|form| text.contains(form));
        self.0.iter().find(told).map(|(name, _)| name.as_str())
    }

    /// Every form of every one with its name.
    pub fn forms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(name, forms)| forms.iter().map(move |form| (name.as_str(), form.as_str())))
    }
}

/// In hexadecimal, and as a list of numbers.
fn forms_of_bytes(bytes: &[u8]) -> Vec<String> {
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let list = format!("{bytes:?}");
    vec![hex, list.trim_matches(['[', ']']).to_owned()]
}
