//! The place where a page of a list ended, as an opaque, URL-safe text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::time::Timestamp;

/// The last row of a page: lists are ordered by time, then id. It holds nothing secret and gives no access by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    pub id: String,
}

/// A cursor that we did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave")]
pub struct CursorError;

/// Longer texts are refused unread.
const MAX_BYTES: usize = 200;

impl Cursor {
    /// `list` names the list (`gen`, `tg`, …), so that a cursor works in its own only.
    pub fn encode(&self, list: &str) -> String {
        URL_SAFE_NO_PAD.encode(format!("1.{list}.{}.{}", self.at.as_micros(), self.id))
    }

    /// # Errors
    /// [`CursorError`] for everything that [`Cursor::encode`] did not write for the same list.
    pub fn decode(list: &str, text: &str) -> Result<Self, CursorError> {
        if text.len() > MAX_BYTES {
            return Err(CursorError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError)?;
        let plain = String::from_utf8(bytes).map_err(|_| CursorError)?;
        let mut parts = plain.splitn(4, '.');
        let (Some("1"), Some(name), Some(at), Some(id)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(CursorError);
        };
        let clean = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if name != list || !clean {
            return Err(CursorError);
        }
        let at = at.parse().map_err(|_| CursorError)?;
        Ok(Self { at: Timestamp::from_micros(at), id: id.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_in_its_own_list_only() {
        let cursor = Cursor { at: Timestamp::from_micros(12_345), id: "gen_01".into() };
        let text = cursor.encode("gen");
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        assert_eq!(Cursor::decode("gen", &text), Ok(cursor));
        assert_eq!(Cursor::decode("tg", &text), Err(CursorError));
    }

    #[test]
    fn odd_texts_are_refused() {
        let long = "A".repeat(300);
        let quote = URL_SAFE_NO_PAD.encode("1.gen.5.gen_' or 1=1");
        for text in ["", "!", "AAAA", "MS5nZW4", long.as_str(), quote.as_str(), "1.gen.5.x"] {
            assert_eq!(Cursor::decode("gen", text), Err(CursorError), "{text}");
        }
    }
}
