//! Typed ids: a prefix that names the kind, and a ULID, or for what ships inside a readable word (`tg_quote`).
//!
//! Two shapes: [`GenerationId`] and the others that we alone make are 128 bits and `Copy`; [`TemplateGroupId`] and the
//! others that may be readable are shared text. Both parse strictly: a text that would print differently is refused.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// A text that is no id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct IdError {
    /// The prefix that was wanted, without the underscore.
    pub prefix: &'static str,
}

/// The longest readable part of an id, in bytes.
const MAX_WORD: usize = 64;

macro_rules! text_and_serde {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Ulid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the system's clock and random generator.
            #[expect(clippy::new_without_default, reason = "every call gives another value")]
            pub fn new() -> Self {
                Self(Ulid::new())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(strict_ulid)
                    .map(Self)
                    .ok_or(IdError { prefix: $prefix })
            }
        }

        text_and_serde!($name);
    };
}

macro_rules! word_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// A new id from the system's clock and random generator.
            #[expect(clippy::new_without_default, reason = "every call gives another value")]
            pub fn new() -> Self {
                Self(format!(concat!($prefix, "_{}"), Ulid::new()).into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// What follows the prefix.
            pub fn word(&self) -> &str {
                &self.0[$prefix.len() + 1..]
            }

            /// Whether this is a readable id of something that ships inside, not a ULID.
            pub fn is_built_in(&self) -> bool {
                strict_ulid(self.word()).is_none()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text.strip_prefix(concat!($prefix, "_")) {
                    Some(word) if is_word(word) => Ok(Self(text.into())),
                    _ => Err(IdError { prefix: $prefix }),
                }
            }
        }

        text_and_serde!($name);
    };
}

ulid_id! {
    /// One generation: one accepted call.
    GenerationId, "gen"
}
ulid_id! {
    /// One image of a generation.
    ImageId, "img"
}
ulid_id! {
    /// One API key (not the secret).
    KeyId, "key"
}
ulid_id! {
    /// One team.
    TeamId, "team"
}
ulid_id! {
    /// One request, for the answer's header and the log.
    RequestId, "req"
}
ulid_id! {
    /// One person with an account.
    UserId, "usr"
}
ulid_id! {
    /// One browser that a person is signed in with (not its token).
    SessionId, "ses"
}
ulid_id! {
    /// One invitation to a team.
    InviteId, "inv"
}
ulid_id! {
    /// One font that a team uploaded.
    FontId, "font"
}
ulid_id! {
    /// One bulk run of a team.
    BulkRunId, "bulk"
}
word_id! {
    /// A picture of a team, or one that ships inside (`asset_demo_hills`).
    AssetId, "asset"
}
word_id! {
    /// A template group: one design in several sizes. Built-in: `tg_quote`.
    TemplateGroupId, "tg"
}
word_id! {
    /// One size of a group. It follows from the group and the size's key: see [`TemplateId::of`].
    TemplateId, "tpl"
}
word_id! {
    /// A brand kit.
    BrandKitId, "bk"
}

impl TemplateId {
    /// The id of the size `key` in `group`: the same for ever, kept nowhere.
    ///
    /// A built-in group gives readable ids (`tpl_quote_square`); another one a ULID of the group's time and 80 bits of a digest.
    pub fn of(group: &TemplateGroupId, key: &str) -> Self {
        let word = match strict_ulid(group.word()) {
            None => {
                let readable = format!("{}_{key}", group.word());
                if is_word(&readable) { readable } else { derived(0, group, key).to_string() }
            }
            Some(ulid) => derived(ulid.timestamp_ms(), group, key).to_string(),
        };
        Self(format!("tpl_{word}").into())
    }
}

impl KeyId {
    /// The one key that a person can have for the console of a team's documentation.
    pub fn of_console(team: TeamId, user: UserId) -> Self {
        let digest = Sha256::new().chain_update("console").chain_update(team.0.to_bytes()).chain_update(user.0.to_bytes()).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(Ulid::from_bytes(bytes))
    }
}

fn derived(time: u64, group: &TemplateGroupId, key: &str) -> Ulid {
    let digest = Sha256::new().chain_update(group.as_str()).chain_update([0]).chain_update(key).finalize();
    let random = digest[..10].iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    Ulid::from_parts(time, random)
}

/// Upper case, 26 characters, nothing that would print differently.
fn strict_ulid(text: &str) -> Option<Ulid> {
    let ulid = Ulid::from_string(text).ok()?;
    let mut buffer = [0; ulid::ULID_LEN];
    (ulid.array_to_str(&mut buffer) == text).then_some(ulid)
}

fn is_word(word: &str) -> bool {
    (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_one_console_key_in_each_team() {
        let (team, user) = (TeamId::new(), UserId::new());
        let id = KeyId::of_console(team, user);
        assert_eq!(id, KeyId::of_console(team, user));
        assert_eq!(id.to_string().parse::<KeyId>().unwrap(), id);
        assert_ne!(id, KeyId::of_console(TeamId::new(), user));
        assert_ne!(id, KeyId::of_console(team, UserId::new()));
    }

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let id = GenerationId::new();
        assert_eq!(id.to_string().parse::<GenerationId>(), Ok(id));
        assert!(id.to_string().starts_with("gen_"));
        assert_eq!(serde_json::from_str::<GenerationId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn another_kind_another_case_and_a_longer_text_are_refused() {
        let id = GenerationId::new().to_string();
        assert!(id.replace("gen_", "img_").parse::<GenerationId>().is_err());
        assert!(id.to_lowercase().parse::<GenerationId>().is_err());
        assert!(format!("{id}0").parse::<GenerationId>().is_err());
        assert!("gen_".parse::<GenerationId>().is_err());
        assert!("gen_8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<GenerationId>().is_err());
    }

    #[test]
    fn built_in_ids_are_readable() {
        let id: TemplateGroupId = "tg_quote".parse().unwrap();
        assert!(id.is_built_in());
        assert!(!TemplateGroupId::new().is_built_in());
        for bad in ["tg_", "tg_a b", "tg_ä", "quote", "TG_quote", "tg_a/../b"] {
            assert!(bad.parse::<TemplateGroupId>().is_err(), "{bad}");
        }
        assert!(format!("tg_{}", "x".repeat(65)).parse::<TemplateGroupId>().is_err());
    }

    #[test]
    fn a_size_has_one_id_for_ever() {
        let quote: TemplateGroupId = "tg_quote".parse().unwrap();
        assert_eq!(TemplateId::of(&quote, "square").as_str(), "tpl_quote_square");
        let group = TemplateGroupId::new();
        assert_eq!(TemplateId::of(&group, "square"), TemplateId::of(&group, "square"));
        assert_ne!(TemplateId::of(&group, "square"), TemplateId::of(&group, "story"));
        assert_ne!(TemplateId::of(&group, "square"), TemplateId::of(&TemplateGroupId::new(), "square"));
        assert!(!TemplateId::of(&group, "square").is_built_in());
    }
}
