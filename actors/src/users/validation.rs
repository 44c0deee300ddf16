//! What an account's fields may hold.

use super::{Error, Password};
use crate::text::{self, Fields};

/// The fields of a new account, checked and brought into the form that is stored.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) email: Option<String>,
}

/// The form in which names are stored and compared.
pub(super) fn fold_name(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Could this be somebody's password? A longer one is not worth hashing.
pub(super) fn is_password_length(password: &Password) -> bool {
    (10..=256).contains(&password.as_str().chars().count())
}

pub(super) fn profile(
    name: &str,
    display_name: &str,
    email: Option<&str>,
    password: &Password,
) -> Result<Profile, Error> {
    let mut fields = Fields::default();
    let name = fold_name(name);
    let name_character =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
    if !(3..=32).contains(&name.len()) || !name.chars().all(name_character) {
        fields.refuse("name", "must be 3 to 32 of the letters a to z, digits, and . _ -");
    }
    let display_name = display_name.trim();
    fields.check("display_name", text::line(display_name, 1, 80));
    let email = email.map(str::trim).filter(|email| !email.is_empty());
    if email.is_some_and(|email| !is_email(email)) {
        fields.refuse("email", "must be an e-mail address, or absent");
    }
    if !is_password_length(password) {
        fields.refuse("password", "must have 10 to 256 characters");
    } else if fold_name(password.as_str()) == name {
        fields.refuse("password", "must not be the name");
    }
    fields.finish().map_err(Error::Validation)?;
    Ok(Profile {
        name,
        display_name: display_name.to_owned(),
        email: email.map(str::to_owned),
    })
}

/// Catches slips of the hand; only a message that arrives proves an address.
fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| {
        !c.is_whitespace() && !c.is_control() && !text::is_invisible(c) && !"<>(),;:\\\"[]@".contains(c)
    };
    let labels: Vec<&str> = domain.split('.').collect();
    email.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && labels.len() >= 2
        && labels.iter().all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "correct horse";

    fn refused(name: &str, display_name: &str, email: Option<&str>, password: &str) -> Vec<String> {
        match profile(name, display_name, email, &Password::new(password)) {
            Ok(_) => Vec::new(),
            Err(error) => error.fields().iter().map(|field| field.field.clone()).collect(),
        }
    }

    #[test]
    fn takes_what_people_are_called() {
        let profile = profile(
            "Jane.Doe",
            "  Жанна Д’Арк ",
            Some(" j+x@éxample.co.uk "),
            &Password::new(GOOD),
        );
        let expected = Profile {
            name: "jane.doe".to_owned(),
            display_name: "Жанна Д’Арк".to_owned(),
            email: Some("j+x@éxample.co.uk".to_owned()),
        };
        assert_eq!(profile.unwrap(), expected);
        assert_eq!(
            refused("a-1", "J", Some(""), &"x".repeat(256)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn refuses_names() {
        for name in [
            "",
            "ab",
            &"a".repeat(33),
            "jane doe",
            "jäne",
            "jane@",
            "jane\n",
            "жанна",
            "Ｊane",
        ] {
            assert_eq!(refused(name, "J", None, GOOD), ["name"], "{name:?}");
        }
    }

    #[test]
    fn refuses_display_names() {
        let spoofed = "Staff\u{202e}nimda";
        for display_name in ["", "  ", &"x".repeat(81), "a\nb", "a\0b", spoofed, "a\u{200b}"] {
            assert_eq!(
                refused("jane", display_name, None, GOOD),
                ["display_name"],
                "{display_name:?}"
            );
        }
    }

    #[test]
    fn refuses_addresses() {
        let long_local = format!("{}@example.org", "x".repeat(65));
        let long = format!("x@{}.org", "x.".repeat(130));
        for email in [
            "jane",
            "@example.org",
            "jane@",
            "jane@host",
            "a b@example.org",
            "a@b@example.org",
            "a@-b.org",
            "a@b..org",
            "<a@b.org>",
            "a@b.org\r\nBcc: c@d.org",
            &long_local,
            &long,
        ] {
            assert_eq!(refused("jane", "J", Some(email), GOOD), ["email"], "{email:?}");
        }
    }

    #[test]
    fn refuses_passwords() {
        for password in ["", "ninechars", &"x".repeat(257), "Jane.Doe.1"] {
            assert_eq!(
                refused("jane.doe.1", "J", None, password),
                ["password"],
                "{password:?}"
            );
        }
        assert_eq!(
            refused("jane", "J", None, &"я".repeat(10)),
            Vec::<String>::new(),
            "characters, not bytes"
        );
    }

    #[test]
    fn names_every_field_at_once() {
        assert_eq!(
            refused("", "", Some("x"), ""),
            ["name", "display_name", "email", "password"]
        );
    }
}
