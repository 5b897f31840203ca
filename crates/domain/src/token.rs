//! Secrets of 256 bits that we hand out and keep as digests only: session tokens and one-time links.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A secret in the clear, 43 URL-safe characters as text. `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretToken(Box<str>);

/// A text that no token is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct TokenFormError;

const BYTES: usize = 32;

impl SecretToken {
    /// A new one from the system's random generator.
    ///
    /// # Errors
    /// Where the system has no random bytes to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    /// # Errors
    /// Where the text has another length or other characters.
    pub fn parse(text: &str) -> Result<Self, TokenFormError> {
        // 44 characters with padding: longer texts are refused unread.
        let bytes = if text.len() < 44 { URL_SAFE_NO_PAD.decode(text).ok() } else { None };
        bytes.filter(|bytes| bytes.len() == BYTES).map(|_| Self(text.into())).ok_or(TokenFormError)
    }

    /// The secret itself, for a cookie or a link.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn digest(&self) -> TokenDigest {
        TokenDigest(hex::encode(Sha256::digest(self.0.as_bytes())))
    }
}

impl fmt::Debug for SecretToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretToken(…)")
    }
}

/// What is kept of a token: its SHA-256 in hex. So many random bits need no slower function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenDigest(String);

impl TokenDigest {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_hides_itself() {
        let token = SecretToken::generate().unwrap();
        assert_eq!(token.reveal().len(), 43);
        assert_eq!(SecretToken::parse(token.reveal()).unwrap(), token);
        assert_ne!(token, SecretToken::generate().unwrap());
        assert_eq!(format!("{token:?}"), "SecretToken(…)");
        assert_eq!(token.digest().as_str().len(), 64);
        assert!(!token.digest().as_str().contains(token.reveal()));
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = SecretToken::generate().unwrap();
        for bad in ["", "abc", &good.reveal()[1..], &format!("{}=", good.reveal()), &"a".repeat(1000), &"ä".repeat(21)] {
            assert!(SecretToken::parse(bad).is_err(), "{bad}");
        }
    }
}
