//! What a key may do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One permission of an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    Generate,
    GenerationsRead,
    TemplatesRead,
    BrandKitsRead,
    CreditsRead,
    Assets,
}

impl Scope {
    pub const ALL: [Self; 6] =
        [Self::Generate, Self::GenerationsRead, Self::TemplatesRead, Self::BrandKitsRead, Self::CreditsRead, Self::Assets];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::GenerationsRead => "generations:read",
            Self::TemplatesRead => "templates:read",
            Self::BrandKitsRead => "brandkits:read",
            Self::CreditsRead => "credits:read",
            Self::Assets => "assets",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A scope that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such scope: {0}; there are generate, generations:read, templates:read, brandkits:read, credits:read, assets")]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// A set of scopes. "All" includes the scopes that later versions add.
///
/// As text: `all`, or the names with commas between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u32);

impl Scopes {
    pub const ALL: Self = Self(u32::MAX);

    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// The scopes of the set, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        for (index, scope) in self.iter().enumerate() {
            write!(f, "{}{scope}", if index > 0 { "," } else { "" })?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        if text == "all" {
            return Ok(Self::ALL);
        }
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse).collect()
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Scope::as_str))
    }
}

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().map(|name| name.parse()).collect::<Result<_, UnknownScope>>().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_back_from_its_text() {
        for text in ["all", "generate", "generate,credits:read", ""] {
            assert_eq!(text.parse::<Scopes>().unwrap().to_string(), text);
        }
        assert_eq!("assets, generate".parse::<Scopes>().unwrap().to_string(), "generate,assets");
        assert!("generate,fly".parse::<Scopes>().is_err());
    }

    #[test]
    fn a_set_has_what_it_lists_and_nothing_else() {
        let set: Scopes = "generate".parse().unwrap();
        assert!(set.has(Scope::Generate) && !set.has(Scope::Assets) && !set.is_all());
        assert!(Scope::ALL.into_iter().all(|scope| Scopes::ALL.has(scope)));
    }
}
