//! What the engine measured, in a sentence beside the field that caused it: size, figure, remedy.

use app::PreviewPicture;
use serde_json::Value;
use template::{Severity, Warning, WarningCode};

/// One sentence about one field, or about the pictures as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The field's name; `None`: of no field.
    pub field: Option<String>,
    pub severity: Severity,
    pub text: String,
}

/// A warning and the names of the sizes that have it, the worst first.
struct Told<'a> {
    warning: &'a Warning,
    sizes: Vec<&'a str>,
}

/// The notes of a preview: one for each field and kind, about the size where it is worst, naming the others.
pub(crate) fn notes(pictures: &[PreviewPicture], label: impl Fn(&str) -> String) -> Vec<Note> {
    let all = pictures.iter().flat_map(|picture| picture.warnings.iter().map(move |warning| (picture.name.as_str(), warning)));
    told(all, label)
}

/// The same for finished pictures, whose warnings were kept as JSON: size name and warning.
pub(crate) fn told<'a>(all: impl Iterator<Item = (&'a str, &'a Warning)>, label: impl Fn(&str) -> String) -> Vec<Note> {
    let mut kinds: Vec<Told<'a>> = Vec::new();
    for (size, warning) in all {
        match kinds.iter_mut().find(|kind| kind.warning.code == warning.code && kind.warning.field == warning.field) {
            Some(kind) if is_worse(warning, kind.warning) => {
                kind.warning = warning;
                kind.sizes.insert(0, size);
            }
            Some(kind) if !kind.sizes.contains(&size) => kind.sizes.push(size),
            Some(_) => {}
            None => kinds.push(Told { warning, sizes: vec![size] }),
        }
    }
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.warning.severity));
    let note = |kind: Told<'_>| {
        let Told { warning, mut sizes } = kind;
        sizes.dedup();
        let text = sentence(warning, &sizes, &label);
        Note { field: warning.field.clone(), severity: warning.severity, text }
    };
    kinds.into_iter().map(note).collect()
}

fn is_worse(warning: &Warning, other: &Warning) -> bool {
    let size = |warning: &Warning| figure(&warning.measured, "fontSize").or_else(|| figure(&warning.measured, "wcag")).unwrap_or(0.0);
    (warning.severity, -size(warning)) > (other.severity, -size(other))
}

fn sentence(warning: &Warning, sizes: &[&str], label: &impl Fn(&str) -> String) -> String {
    let first = sizes.first().copied().unwrap_or_default();
    let also = also(sizes);
    let name = warning.field.as_deref().map_or_else(|| "The text".to_owned(), label);
    let (measured, limit) = (&warning.measured, &warning.limit);
    let count = |map, key| figure(map, key).unwrap_or(0.0).round();
    let px = |map| format!("{}\u{a0}px", count(map, "fontSize"));
    match warning.code {
        WarningCode::TextShrunk => {
            let lines = count(measured, "lines");
            let on = if lines > 1.0 { format!(" on {lines} lines") } else { String::new() };
            format!("{first}: text reduced from {} to {}{on}.{also}", count(limit, "fontSize"), px(measured))
        }
        WarningCode::TextTruncated => {
            let (all, kept) = (count(measured, "characters"), count(limit, "characters"));
            format!("{first}: {name} has {all} characters; {kept} fit. Shorten it by {}.{also}", (all - kept).max(1.0))
        }
        WarningCode::TextOverflow => format!("{first}: {name} doesn't fit even at {}. Shorten it.{also}", px(measured)),
        WarningCode::MissingGlyphs => {
            let characters = measured.get("characters").and_then(Value::as_str).unwrap_or_default();
            format!("{first}: no font has {characters}; left out. Write it another way.{also}")
        }
        WarningCode::LowContrast => {
            let colour = |key: &str| measured.get(key).and_then(Value::as_str).unwrap_or("this colour").to_owned();
            let (color, behind) = (colour("color"), colour("behind"));
            let (is, needs) = (figure(measured, "wcag").unwrap_or(0.0), figure(limit, "wcag").unwrap_or(0.0));
            if warning.severity == Severity::Info {
                format!("{first}: {color} on {behind} reads less well than it could ({is:.1}\u{a0}:\u{a0}1).{also}")
            } else {
                format!("{first}: {color} on {behind} is {is:.1}\u{a0}:\u{a0}1. Text needs {needs}.{also}")
            }
        }
        WarningCode::ImageLowResolution | WarningCode::ImageUpscaled => {
            let soft = if warning.code == WarningCode::ImageLowResolution { " It will look soft." } else { "" };
            let (is, shown) = (count(measured, "width"), count(limit, "width"));
            format!("This photo is {is}\u{a0}px wide; {first} shows it at {shown}.{soft}{also}")
        }
        WarningCode::ImageUnavailable => {
            "We couldn't load this picture. Check that the link opens without signing in, or upload the file.".to_owned()
        }
        WarningCode::SafeZoneViolation => format!("{first}: {name} reaches under what the platform shows there.{also}"),
        WarningCode::LogoVariantFallback => format!("{first}: the brand kit has no logo for this ground; another one was drawn.{also}"),
        WarningCode::FileTooLarge => format!("{first}: {}{also}", warning.message),
        WarningCode::BrandRoleMissing
        | WarningCode::FontFallback
        | WarningCode::UnknownInput
        | WarningCode::DataOmitted
        | WarningCode::TestWatermark => warning.message.clone(),
    }
}

/// ` Also in Portrait and Story.`
fn also(sizes: &[&str]) -> String {
    match sizes.get(1..).unwrap_or_default() {
        [] => String::new(),
        [one] => format!(" Also in {one}."),
        [some @ .., last] => format!(" Also in {} and {last}.", some.join(", ")),
    }
}

fn figure(map: &serde_json::Map<String, Value>, key: &str) -> Option<f64> {
    map.get(key)?.as_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn warning(code: WarningCode, severity: Severity, measured: Value, limit: Value) -> Warning {
        let map = |value: Value| if let Value::Object(map) = value { map } else { Map::new() };
        Warning { code, severity, field: Some("title".into()), message: String::new(), measured: map(measured), limit: map(limit) }
    }

    fn texts(all: &[(&str, &Warning)]) -> Vec<String> {
        told(all.iter().copied(), |_| "Headline".to_owned()).into_iter().map(|note| note.text).collect()
    }

    #[test]
    fn the_worst_size_speaks_and_names_the_others() {
        let shrunk =
            |size: f64| warning(WarningCode::TextShrunk, Severity::Info, json!({"fontSize": size, "lines": 7}), json!({"fontSize": 110.0}));
        let (a, b, c) = (shrunk(90.2), shrunk(79.0), shrunk(85.0));
        assert_eq!(
            texts(&[("Square", &a), ("Story", &b), ("Wide", &c)]),
            ["Story: text reduced from 110 to 79\u{a0}px on 7 lines. Also in Square and Wide."]
        );
    }

    #[test]
    fn what_is_critical_comes_first_and_says_what_to_do() {
        let cut = warning(WarningCode::TextTruncated, Severity::Warning, json!({"characters": 134}), json!({"characters": 120}));
        let soft = warning(WarningCode::ImageLowResolution, Severity::Warning, json!({"width": 640}), json!({"width": 1200}));
        let over = warning(WarningCode::TextOverflow, Severity::Critical, json!({"fontSize": 30.4}), json!({}));
        let pale = warning(
            WarningCode::LowContrast,
            Severity::Warning,
            json!({"wcag": 1.52, "color": "#FFF", "behind": "#EEE"}),
            json!({"wcag": 4.5}),
        );
        assert_eq!(
            texts(&[("Square", &cut), ("Landscape", &soft), ("Story", &over), ("Square", &pale)]),
            [
                "Story: Headline doesn't fit even at 30\u{a0}px. Shorten it.",
                "Square: Headline has 134 characters; 120 fit. Shorten it by 14.",
                "This photo is 640\u{a0}px wide; Landscape shows it at 1200. It will look soft.",
                "Square: #FFF on #EEE is 1.5\u{a0}:\u{a0}1. Text needs 4.5.",
            ]
        );
    }
}
