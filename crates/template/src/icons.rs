//! The icons that ship inside, by name: `assets/icons` has their origin and licence.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All icons are drawn in this box.
pub(crate) const VIEW_BOX: [f32; 4] = [0.0, 0.0, 256.0, 256.0];

static ICONS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/icons/icons.json")).unwrap_or_default());

/// SVG path data of an icon.
pub(crate) fn path(name: &str) -> Option<&'static str> {
    ICONS.get(name).map(String::as_str)
}

/// Every icon's name, sorted. A name that ends in `-fill` is the filled form.
pub fn names() -> impl Iterator<Item = &'static str> {
    ICONS.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_one_path_that_starts_by_moving() {
        assert!(names().count() > 200);
        for name in names() {
            let data = path(name).unwrap();
            assert!(data.starts_with('M') && data.len() < 20_000, "{name}");
            assert!(data.chars().all(|c| c.is_ascii_digit() || "MmLlHhVvCcSsQqTtAaZz.,- ".contains(c)), "{name}");
        }
    }
}
