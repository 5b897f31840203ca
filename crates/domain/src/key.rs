//! API keys: `rp_live_` or `rp_test_`, 32 random base62 characters, and 6 that are the CRC32 of all before.
//!
//! The checksum is for scanners and for cheap refusal of typing errors; the security is in the 190 random bits.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// Whether a key, and what is made with it, counts (`live`) or only tries things out (`test`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    Live,
    Test,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Live => "rp_live_",
            Self::Test => "rp_test_",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        match text {
            "live" => Ok(Self::Live),
            "test" => Ok(Self::Test),
            _ => Err(UnknownMode),
        }
    }
}

/// A mode that is neither `live` nor `test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mode is live or test")]
pub struct UnknownMode;

/// A text that is no key: wrong length, prefix, character or checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct KeyFormError;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX: usize = 8;
const RANDOM: usize = 32;
const CHECK: usize = 6;
const LENGTH: usize = PREFIX + RANDOM + CHECK;

/// A key in the clear. It is shown once, at creation, and never kept.
///
/// There is no `Display`, and `Debug` hides it; [`PlainKey::reveal`] is the only way out.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainKey {
    text: Box<str>,
    mode: Mode,
}

impl PlainKey {
    /// A new key from the system's random generator.
    ///
    /// # Errors
    /// Where the system has no random bytes to give.
    pub fn generate(mode: Mode) -> Result<Self, getrandom::Error> {
        let mut text = String::with_capacity(LENGTH);
        text.push_str(mode.prefix());
        let mut bytes = [0_u8; 64];
        while text.len() < PREFIX + RANDOM {
            getrandom::fill(&mut bytes)?;
            // 248 is the largest multiple of 62 in a byte: above it, some characters would come up more often.
            let even = bytes.iter().filter(|byte| **byte < 248).take(PREFIX + RANDOM - text.len());
            text.extend(even.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])));
        }
        text.push_str(&checksum(&text));
        Ok(Self { text: text.into(), mode })
    }

    /// Checks size, form and checksum; asks nobody.
    ///
    /// # Errors
    /// [`KeyFormError`], the same for every fault.
    pub fn parse(text: &str) -> Result<Self, KeyFormError> {
        if text.len() != LENGTH || !text.is_ascii() {
            return Err(KeyFormError);
        }
        let (prefix, rest) = text.split_at(PREFIX);
        let mode = match prefix {
            "rp_live_" => Mode::Live,
            "rp_test_" => Mode::Test,
            _ => return Err(KeyFormError),
        };
        if !rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeyFormError);
        }
        let (body, check) = text.split_at(PREFIX + RANDOM);
        if checksum(body) != check {
            return Err(KeyFormError);
        }
        Ok(Self { text: text.into(), mode })
    }

    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The key itself, to be printed once for its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What may be kept and shown: the prefix with the first and last 4 characters (`rp_live_Ab3d…x9Zk`).
    pub fn hint(&self) -> String {
        let rest = &self.text[PREFIX..];
        format!("{}{}…{}", self.mode.prefix(), &rest[..4], &rest[rest.len() - 4..])
    }
}

impl fmt::Debug for PlainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainKey({}…)", self.mode.prefix())
    }
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes()) as usize;
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[rest % 62];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The secret under which keys are kept as digests. It lives outside the database; `Debug` hides it.
#[derive(Clone)]
pub struct Pepper {
    version: u32,
    mac: Hmac<Sha256>,
}

/// A secret that is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret needs at least {} bytes", Pepper::MIN_BYTES)]
pub struct PepperError;

impl Pepper {
    pub const MIN_BYTES: usize = 32;

    /// `version` is kept in each digest, so that a later secret can be told from this one.
    ///
    /// # Errors
    /// Where `secret` is shorter than [`Pepper::MIN_BYTES`].
    pub fn new(version: u32, secret: &[u8]) -> Result<Self, PepperError> {
        if secret.len() < Self::MIN_BYTES {
            return Err(PepperError);
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| PepperError)?;
        Ok(Self { version, mac })
    }

    /// Fresh secret bytes for a new installation, from the system's random generator.
    ///
    /// # Errors
    /// Where the system has no random bytes to give.
    pub fn generate_secret() -> Result<[u8; Self::MIN_BYTES], getrandom::Error> {
        let mut secret = [0; Self::MIN_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(secret)
    }

    pub fn version(&self) -> u32 {
        self.version
    }

    /// A text that proves to us, and only to us, that we gave it out for `subject`; `purpose` keeps uses apart.
    pub fn tag(&self, purpose: &str, subject: &str) -> String {
        let text = [purpose, subject].join("\0");
        hex::encode(self.mac.clone().chain_update(text.as_bytes()).finalize().into_bytes())
    }

    pub fn digest(&self, key: &PlainKey) -> KeyDigest {
        let tag = self.mac.clone().chain_update(key.text.as_bytes()).finalize().into_bytes();
        KeyDigest(format!("{}:{}", self.version, hex::encode(tag)))
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper(v{})", self.version)
    }
}

/// What is kept of a key: `<pepper version>:<HMAC-SHA256 in hex>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyDigest(String);

impl KeyDigest {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pepper(secret: u8) -> Pepper {
        Pepper::new(1, &[secret; 32]).unwrap()
    }

    #[test]
    fn a_generated_key_has_the_form_and_is_read_back() {
        for mode in [Mode::Live, Mode::Test] {
            let key = PlainKey::generate(mode).unwrap();
            assert_eq!(key.reveal().len(), 46);
            assert!(key.reveal().starts_with(&format!("rp_{mode}_")));
            assert_eq!(PlainKey::parse(key.reveal()).unwrap(), key);
            assert_eq!(key.mode(), mode);
        }
    }

    #[test]
    fn every_single_typing_error_is_seen() {
        let key = PlainKey::generate(Mode::Live).unwrap();
        for place in 0..key.reveal().len() {
            let mut bytes = key.reveal().as_bytes().to_vec();
            bytes[place] = if bytes[place] == b'a' { b'b' } else { b'a' };
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(PlainKey::parse(&text), Err(KeyFormError), "{place}");
        }
        let other_mode = key.reveal().replace("rp_live_", "rp_test_");
        assert_eq!(PlainKey::parse(&other_mode), Err(KeyFormError));
    }

    #[test]
    fn odd_texts_are_refused() {
        let accents = "ä".repeat(23);
        for text in ["", "rp_live_", "rp_live_éééééééééééééééééééé", accents.as_str()] {
            assert_eq!(PlainKey::parse(text), Err(KeyFormError));
        }
    }

    #[test]
    fn debug_shows_nothing_of_the_secret() {
        let key = PlainKey::generate(Mode::Live).unwrap();
        assert_eq!(format!("{key:?}"), "PlainKey(rp_live_…)");
        assert_eq!(format!("{:?}", pepper(7)), "Pepper(v1)");
        assert_eq!(key.hint().chars().count(), 8 + 4 + 1 + 4);
    }

    #[test]
    fn the_digest_depends_on_key_and_pepper() {
        let key = PlainKey::generate(Mode::Live).unwrap();
        assert_eq!(pepper(1).digest(&key), pepper(1).digest(&key));
        assert_ne!(pepper(1).digest(&key), pepper(2).digest(&key));
        assert_ne!(pepper(1).digest(&key), pepper(1).digest(&PlainKey::generate(Mode::Live).unwrap()));
        assert_eq!(pepper(1).digest(&key).as_str().len(), 2 + 64);
        assert!(Pepper::new(1, b"short").is_err());
    }
}
