//! Passwords in the clear: their rules, and a type that hides them.

use std::fmt;

/// The commonest passwords that are long enough: the first that anybody tries.
const COMMON: &str = include_str!("passwords.txt");

/// A password as somebody typed it. `Debug` hides it, and there is no `Display`.
#[derive(Clone)]
pub struct PlainPassword(String);

/// Why a text can't become a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("Use at least {} characters.", PlainPassword::SHORTEST)]
    TooShort,
    #[error("Use at most {} characters.", PlainPassword::LONGEST)]
    TooLong,
    #[error("This password is one of the first that anybody tries. Choose another one.")]
    Common,
    #[error("Choose a password that is not your e-mail address.")]
    Address,
}

impl PlainPassword {
    pub const SHORTEST: usize = 8;
    pub const LONGEST: usize = 200;

    /// A new password for the owner of `email`. Characters are free; length and commonness count.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn choose(text: &str, email: &str) -> Result<Self, PasswordError> {
        let lower = text.to_lowercase();
        match text.chars().count() {
            ..Self::SHORTEST => Err(PasswordError::TooShort),
            count if count > Self::LONGEST => Err(PasswordError::TooLong),
            _ if COMMON.lines().any(|common| common == lower) || is_one_character(&lower) => Err(PasswordError::Common),
            _ if lower == email.trim().to_lowercase() => Err(PasswordError::Address),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// A password to be compared with the kept one. A text that could never have been chosen is given as `None`.
    pub fn given(text: &str) -> Option<Self> {
        (!text.is_empty() && text.chars().count() <= Self::LONGEST).then(|| Self(text.to_owned()))
    }

    /// For the hash function alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PlainPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainPassword(…)")
    }
}

fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<(), PasswordError> {
        PlainPassword::choose(text, "Ada@example.com").map(drop)
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(choose("sju två"), Err(PasswordError::TooShort));
        assert_eq!(choose("åtta två"), Ok(()));
        assert_eq!(choose(&"xy".repeat(100)), Ok(()));
        assert_eq!(choose(&"xy".repeat(101)), Err(PasswordError::TooLong));
    }

    #[test]
    fn the_first_guesses_are_refused_in_any_case() {
        for bad in ["password", "PassWord1", "12345678", "qwertyuiop", "aaaaaaaaaaaa"] {
            assert_eq!(choose(bad), Err(PasswordError::Common), "{bad}");
        }
        assert_eq!(choose("ada@EXAMPLE.com"), Err(PasswordError::Address));
        assert!(COMMON.lines().all(|line| line.chars().count() >= PlainPassword::SHORTEST && line == line.to_lowercase()));
    }

    #[test]
    fn a_password_is_never_shown() {
        let password = PlainPassword::given("correct horse").unwrap();
        assert_eq!(format!("{password:?}"), "PlainPassword(…)");
        assert!(PlainPassword::given("").is_none() && PlainPassword::given(&"x".repeat(201)).is_none());
    }
}
