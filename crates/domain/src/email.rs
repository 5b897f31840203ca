//! E-mail addresses: as typed for sending, and in lower case for comparing.

use std::fmt;
use std::str::FromStr;

/// An address that mail can be sent to: one `@`, a host with a dot or `localhost`, at most 254 bytes, no spaces.
///
/// Whether it exists is for a confirmation to show; odd forms that nobody uses (quotes, comments) are refused.
#[derive(Clone, Debug)]
pub struct Email(String);

/// A text that is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address of the form name@example.com")]
pub struct EmailError;

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is compared: no two people have addresses that differ in capitals alone.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = EmailError;

    /// White space around it is left out.
    fn from_str(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(EmailError)?;
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        let good_local = (1..=LONGEST_LOCAL).contains(&local.len())
            && local.split('.').all(|part| !part.is_empty())
            && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
        let good_host = (host.contains('.') || host.eq_ignore_ascii_case("localhost")) && host.split('.').all(label);
        if text.len() <= LONGEST && good_local && good_host { Ok(Self(text.to_owned())) } else { Err(EmailError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_capitals_and_is_compared_without_them() {
        let address: Email = " Ada.Lovelace@Example.COM ".parse().unwrap();
        assert_eq!(address.as_str(), "Ada.Lovelace@Example.COM");
        assert_eq!(address.key(), "ada.lovelace@example.com");
        assert_eq!(address, "ada.lovelace@example.com".parse().unwrap());
    }

    #[test]
    fn what_mail_can_not_be_sent_to_is_refused() {
        for good in ["a@b.co", "a+b@mail.example.com", "jürgen@bücher.example", "root@localhost"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        let long = format!("a@{}.com", "x.".repeat(130));
        for bad in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a b@c.de",
            "a@b@c.de",
            "a..b@c.de",
            "a@-b.de",
            "a@b..de",
            "a@b.de\r\nBcc: x@y.z",
            "<a@b.de>",
            &long,
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad}");
        }
    }
}
