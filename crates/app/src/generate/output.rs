//! `output` of a call: encodings, quality, scale, and how the files are delivered.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::faults::{Faults, given, short};
use crate::encoding::{self, Encoding};

const MAX_FORMATS: usize = 5;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Output {
    /// Never empty.
    pub formats: Vec<Encoding>,
    pub quality: u8,
    pub scale: f64,
    pub base64: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self { formats: vec![Encoding::Png], quality: 90, scale: 1.0, base64: false }
    }
}

/// Reads `output` of the body; what is left out or wrong has its default.
pub(super) fn output(object: &Map<String, Value>, faults: &mut Faults) -> Output {
    let mut output = Output::default();
    let Some(inner) = faults.object(object, "", "output") else { return output };
    let one = faults.text(inner, "output", "format");
    let many = faults.array(inner, "output", "formats");
    if given(inner, "format").is_some() && given(inner, "formats").is_some() {
        faults.push("output.formats", "conflicting_fields", "Give format or formats, not both.", None, None);
    }
    if let Some(text) = one {
        output.formats = encoding("output.format", &text, faults).into_iter().collect();
    } else if let Some(items) = many {
        output.formats = encodings(items, faults);
    }
    if output.formats.is_empty() {
        output.formats = Output::default().formats;
    }
    if let Some(quality) = faults.integer(inner, "output", "quality", 1, 100) {
        output.quality = u8::try_from(quality).unwrap_or(output.quality);
    }
    if let Some(scale) = faults.number(inner, "output", "scale", 0.1, 4.0) {
        output.scale = scale;
    }
    match faults.text(inner, "output", "delivery").as_deref() {
        None | Some("url") => {}
        Some("base64") => output.base64 = true,
        Some(other) => faults.push(
            "output.delivery",
            "not_allowed",
            "delivery must be url or base64.",
            Some(serde_json::json!(["url", "base64"])),
            Some(short(other)),
        ),
    }
    faults.unknown(inner, "output", &["format", "formats", "quality", "scale", "delivery"]);
    output
}

fn encodings(items: &[Value], faults: &mut Faults) -> Vec<Encoding> {
    let count = items.len();
    if count == 0 {
        faults.push("output.formats", "too_few", "formats must name at least one encoding.", Some(1.into()), Some(0.into()));
    }
    if count > MAX_FORMATS {
        faults.push(
            "output.formats",
            "too_many",
            format!("formats has at most {MAX_FORMATS} encodings."),
            Some(MAX_FORMATS.into()),
            Some(count.into()),
        );
    }
    let mut found = Vec::new();
    for (index, item) in items.iter().take(MAX_FORMATS).enumerate() {
        let path = format!("output.formats[{index}]");
        let Value::String(text) = item else {
            faults.wrong_type(&path, "text", item);
            continue;
        };
        match encoding(&path, text, faults) {
            Some(format) if found.contains(&format) => {
                faults.push(&path, "duplicate", format!("{text} is named twice."), None, Some(item.clone()))
            }
            Some(format) => found.push(format),
            None => {}
        }
    }
    found
}

fn encoding(path: &str, text: &str, faults: &mut Faults) -> Option<Encoding> {
    let found = Encoding::parse(text);
    if found.is_none() {
        let message = format!("The format must be {}.", encoding::in_words());
        faults.push(path, "unsupported_format", message, Some(serde_json::json!(Encoding::ALL)), Some(short(text)));
    }
    found
}
