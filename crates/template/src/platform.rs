//! Where pictures are shown: a preset's canvas, what the platform lays over it or cuts off, and what files it takes.
//!
//! The figures are data (`platforms.json`) with their sources and the day when they were looked up; where sources disagree,
//! the stricter one counts.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::bound::SafeZone;

/// One place on one platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Platform {
    /// What a size's `platform` names, such as `ig-story`.
    pub key: String,
    pub name: String,
    /// Canvas in pixels.
    pub width: u32,
    pub height: u32,
    /// Pixels at top, right, bottom and left that stay free of text and logos.
    pub free: [u32; 4],
    /// Further boxes that stay free: left, top, width and height in pixels.
    #[serde(default)]
    pub covers: Vec<[u32; 4]>,
    /// `png`, `jpeg`, `webp`, `gif`: what the platform takes.
    pub formats: Vec<String>,
    /// Largest file that it takes, where that is known.
    pub max_bytes: Option<u32>,
    /// What a file should stay within.
    pub target_bytes: u32,
    /// For people.
    #[serde(default)]
    pub note: String,
    pub sources: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    checked_at: String,
    presets: Vec<Platform>,
}

static FILE: LazyLock<File> = LazyLock::new(|| serde_json::from_str(include_str!("platforms.json")).unwrap_or_default());

/// Every preset.
pub fn all() -> &'static [Platform] {
    &FILE.presets
}

/// The day when the figures were looked up, as `2026-11-23`.
pub fn checked_at() -> &'static str {
    &FILE.checked_at
}

/// The preset of a size's `platform`.
pub fn preset(key: &str) -> Option<&'static Platform> {
    all().iter().find(|platform| platform.key == key)
}

impl Platform {
    /// What stays free on a canvas of this size, in its pixels.
    pub(crate) fn safe_zone(&self, width: u32, height: u32) -> SafeZone {
        let (across, down) = (f64::from(width) / f64::from(self.width), f64::from(height) / f64::from(self.height));
        let scaled = |[x, y, w, h]: [u32; 4]| {
            [f64::from(x) * across, f64::from(y) * down, f64::from(w) * across, f64::from(h) * down].map(|length| length as f32)
        };
        let [top, right, bottom, left] = self.free;
        let [left, top, right, bottom] = scaled([left, top, right, bottom]);
        SafeZone {
            platform: self.name.clone(),
            edges: [top, right, bottom, left],
            covers: self.covers.iter().map(|covers| scaled(*covers)).collect(),
        }
    }

    /// The free edges as shares of height and width: top, right, bottom, left.
    pub fn free_edges(&self) -> [f64; 4] {
        let [top, right, bottom, left] = self.free.map(f64::from);
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        [top / height, right / width, bottom / height, left / width]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::date::Date;

    #[test]
    fn every_preset_can_be_met() {
        assert!(all().len() > 30 && Date::parse(checked_at()).is_some());
        let keys: BTreeSet<&str> = all().iter().map(|platform| platform.key.as_str()).collect();
        assert_eq!(keys.len(), all().len(), "a key stands twice");
        for platform in all() {
            let Platform { key, width, height, free: [top, right, bottom, left], .. } = platform;
            assert!(top + bottom < *height && left + right < *width, "{key}: nothing is left");
            assert!(platform.covers.iter().all(|[x, y, w, h]| x + w <= *width && y + h <= *height), "{key}: a box beyond the canvas");
            assert!(0 < platform.target_bytes && platform.max_bytes.is_none_or(|most| platform.target_bytes <= most), "{key}");
            assert!(!platform.sources.is_empty() && !platform.formats.is_empty(), "{key}");
            assert!(platform.formats.iter().all(|format| ["png", "jpeg", "webp", "gif"].contains(&format.as_str())), "{key}");
        }
    }

    #[test]
    fn edges_are_shares_of_the_canvas() {
        let edges = preset("ig-story").unwrap().free_edges();
        assert_eq!(edges.map(|share| (share * 1000.0).round()), [141.0, 60.0, 200.0, 60.0]);
        assert_eq!(preset("pinboard"), None);
    }
}
