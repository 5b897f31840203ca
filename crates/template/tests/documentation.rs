//! The format's documentation is true: its tables are the reader's own, and its example is a valid document.
//!
//! `UPDATE_DOCS=1 cargo test -p template --test documentation` writes the tables anew.

use std::path::PathBuf;

use serde_json::Value;
use template::property::{self, Property};
use template::{BrandFile, Document, platform};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

/// Rows of a table; a picture line that another program adds below it stays out of the comparison.
fn table(properties: &[Property]) -> String {
    let mut text = "| property | takes | default | what it does |\n|---|---|---|---|\n".to_owned();
    for property in properties {
        let cell = |text: &str| text.replace('|', "\\|");
        let Property { name, takes, default, about } = property;
        text.push_str(&format!("| `{name}` | {} | {} | {} |\n", cell(takes), cell(default), cell(about)));
    }
    text
}

/// The text between two markers, markers left out.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let from = text.find(start).unwrap_or_else(|| panic!("{start} is missing")) + start.len();
    let to = from + text[from..].find(end).unwrap_or_else(|| panic!("{end} is missing"));
    &text[from..to]
}

fn sections() -> Vec<(String, String)> {
    let mut sections: Vec<(String, String)> = [("common", property::COMMON), ("place", property::PLACE), ("look", property::LOOK)]
        .into_iter()
        .map(|(name, properties)| (name.to_owned(), table(properties)))
        .collect();
    for (name, about, properties) in property::KINDS {
        sections.push((name.to_owned(), format!("{about}\n\n{}", table(properties))));
    }
    sections
}

#[test]
fn every_property_is_documented_as_the_reader_knows_it() {
    let mut text = read("template-format.md");
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    for (name, wanted) in sections() {
        let (start, end) = (format!("<!-- table:{name} -->\n"), format!("<!-- /table:{name} -->"));
        let found = between(&text, &start, &end).to_owned();
        if update {
            text = text.replacen(&format!("{start}{found}{end}"), &format!("{start}{wanted}{end}"), 1);
        } else {
            assert_eq!(found, wanted, "{name}: run with UPDATE_DOCS=1");
        }
    }
    if update {
        std::fs::write(path("template-format.md"), text).unwrap();
    }
}

fn bytes(bytes: u32) -> String {
    if bytes >= 1_000_000 { format!("{} MB", f64::from(bytes) / 1e6) } else { format!("{} kB", bytes / 1000) }
}

fn presets() -> String {
    let checked = platform::checked_at();
    let mut text = format!(
        "# Platforms\n\n\
        Made from `crates/template/src/platforms.json` by a test. A size names one as its `platform`. Text and logos stay out of the edges that are \
        to be free (top, right, bottom, left) and of further boxes (left, top, width, height); where they don't, the picture comes with \
        `safe_zone_violation` and the figures. Edges are scaled to the size's own canvas. Decoration says `\"bleed\": true`.\n\n\
        Figures were looked up by {checked}; where sources disagree, the stricter one counts. \"Target\" is what a file should stay within.\n\n\
        | key | for | px | free edges | further boxes | takes | at most | target | note | source |\n|---|---|---|---|---|---|---|---|---|---|\n"
    );
    for preset in platform::all() {
        let edges = match preset.free {
            [top, right, bottom, left] if [right, bottom, left] == [top; 3] => format!("{top} all"),
            edges => edges.map(|edge| edge.to_string()).join(" / "),
        };
        let covers = preset.covers.iter().map(|covers| covers.map(|length| length.to_string()).join(", ")).collect::<Vec<_>>().join("; ");
        let formats = preset.formats.join(", ");
        let most = preset.max_bytes.map(bytes).unwrap_or_default();
        let (key, name, note, target) = (&preset.key, &preset.name, &preset.note, bytes(preset.target_bytes));
        let (width, height, sources) = (preset.width, preset.height, preset.sources.join(", "));
        text.push_str(&format!(
            "| `{key}` | {name} | {width} × {height} | {edges} | {covers} | {formats} | {most} | {target} | {note} | {sources} |\n"
        ));
    }
    text
}

#[test]
fn every_platform_preset_is_documented() {
    if std::env::var_os("BLESS").is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(path("platforms.md"), presets()).unwrap();
    }
    assert_eq!(read("platforms.md"), presets(), "run with BLESS=1");
}

#[test]
fn every_formatter_and_field_type_is_documented() {
    let text = read("template-format.md");
    for name in [
        "number", "currency", "percent", "date", "upper", "lower", "title", "quote", "truncate", "default", "prefix", "suffix", "repeat",
        "join", "accent",
    ] {
        assert!(text.contains(&format!("`{name}")), "{name}");
    }
    for kind in template::FieldType::ALL {
        assert!(text.contains(&format!("`{}`", kind.name())), "{kind:?}");
    }
}

#[test]
fn the_whole_document_of_the_documentation_is_valid() {
    let text = read("template-format.md");
    let example = between(&text, "```json\n", "```");
    let document = Document::parse(example).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(document.sizes().len(), 3);
}

#[test]
fn the_kit_of_the_documentation_is_valid_and_shows_every_property() {
    let text = read("brand-kit-format.md");
    let example = between(&text, "```json\n", "```");
    let kit = BrandFile::parse(example).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert!(!kit.colors.is_empty() && !kit.fonts.is_empty() && !kit.logos.is_empty());
    let value: Value = serde_json::from_str(example).unwrap();
    let mut names = Vec::new();
    collect(&value, &mut names);
    for name in names {
        assert!(text.contains(&format!("| `{name}` |")), "{name} stands in no table");
    }
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                names.push(key.clone());
                // An axis is a name of the face's own.
                if key != "variations" {
                    collect(value, names);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}
