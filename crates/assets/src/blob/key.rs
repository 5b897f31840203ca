//! What a blob is called.

use std::{fmt, str::FromStr};

use super::BlobError;
use crate::Digest;

/// 128 random bits that make a picture's address unguessable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// From the system's generator.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn random() -> Result<Self, BlobError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|error| BlobError::new(error.to_string()))?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Token {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| BadKey)?;
        // One spelling per token, or one picture would have many addresses.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(BadKey);
        }
        Ok(Self(bytes))
    }
}

/// What a blob is, and so where it stands. `Display` and `FromStr` are the form that the database keeps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BlobKey {
    /// A finished picture and its file extension.
    Picture(Token, Name),
    /// An uploaded asset by its id.
    Asset(Name),
    /// A brand kit's logo, as it was given, by the kit's id and the file's digest.
    Logo(Name, Digest),
    /// A template group's preview, by group and size.
    Preview(Name, Name),
    /// A team's font as the sandbox wrote it, by team and digest.
    Font(Name, Digest),
}

impl BlobKey {
    pub fn picture(token: Token, extension: &str) -> Result<Self, BadKey> {
        Ok(Self::Picture(token, extension.parse()?))
    }

    pub fn asset(id: &str) -> Result<Self, BadKey> {
        Ok(Self::Asset(id.parse()?))
    }

    pub fn logo(kit: &str, digest: Digest) -> Result<Self, BadKey> {
        Ok(Self::Logo(kit.parse()?, digest))
    }

    pub fn preview(group: &str, size: &str) -> Result<Self, BadKey> {
        Ok(Self::Preview(group.parse()?, size.parse()?))
    }

    pub fn font(team: &str, digest: Digest) -> Result<Self, BadKey> {
        Ok(Self::Font(team.parse()?, digest))
    }

    /// What its bytes are, as far as the key tells; uploads, logos and fonts are served by nobody.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Picture(_, extension) => match extension.0.as_str() {
                "png" => "image/png",
                "jpg" => "image/jpeg",
                "webp" => "image/webp",
                "avif" => "image/avif",
                "pdf" => "application/pdf",
                _ => "application/octet-stream",
            },
            Self::Preview(..) => "image/png",
            Self::Asset(_) | Self::Logo(..) | Self::Font(..) => "application/octet-stream",
        }
    }

    /// Pictures never change under their key; nothing else is anybody's to keep.
    pub(super) fn caching(&self) -> &'static str {
        match self {
            Self::Picture(..) => "public, max-age=31536000, immutable",
            _ => "private, no-store",
        }
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture(token, extension) => write!(f, "pictures/{:02x}/{token}.{extension}", token.0[0]),
            Self::Asset(id) => write!(f, "assets/{id}"),
            Self::Logo(kit, digest) => write!(f, "logos/{kit}/{digest}"),
            Self::Preview(group, size) => write!(f, "previews/{group}/{size}"),
            Self::Font(team, digest) => write!(f, "fonts/{team}/{digest}"),
        }
    }
}

impl FromStr for BlobKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let parts: Vec<&str> = text.split('/').collect();
        let key = match parts.as_slice() {
            ["pictures", _, file] => {
                let (token, extension) = file.split_once('.').ok_or(BadKey)?;
                Self::picture(token.parse()?, extension)?
            }
            ["assets", id] => Self::asset(id)?,
            ["logos", kit, digest] => Self::logo(kit, digest.parse().map_err(|_| BadKey)?)?,
            ["previews", group, size] => Self::preview(group, size)?,
            ["fonts", team, digest] => Self::font(team, digest.parse().map_err(|_| BadKey)?)?,
            _ => return Err(BadKey),
        };
        // The two characters of the folder must be the token's own.
        if key.to_string() == text { Ok(key) } else { Err(BadKey) }
    }
}

/// One part of a key: 1 to 80 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name(String);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Name {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=80).contains(&text.len()) && text.bytes().all(fine) { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }
}

/// The text is no key of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a blob key")]
pub struct BadKey;

#[cfg(test)]
mod tests {
    use super::*;

    fn picture() -> BlobKey {
        BlobKey::picture(Token([0xab; 16]), "png").expect("a key")
    }

    #[test]
    fn keys_read_back_what_they_print_and_nothing_else() {
        let keys = [
            picture(),
            BlobKey::asset("asset_01J").expect("a key"),
            BlobKey::logo("bk_1", Digest::of(b"x")).expect("a key"),
            BlobKey::preview("tg_quote", "square").expect("a key"),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        let token = "ab".repeat(16);
        for wrong in [
            "assets/../x",
            "assets/",
            "assets/a/b",
            "/assets/a",
            "assets/a.b",
            "logos/a/b",
            "",
            "x",
            "assets/%2e%2e",
            &format!("pictures/ff/{token}.png"),
            &format!("pictures/ab/{}.png", token.to_uppercase()),
            &format!("pictures/ab/{token}"),
        ] {
            assert_eq!(wrong.parse::<BlobKey>(), Err(BadKey), "{wrong}");
        }
    }
}
