//! The body of `POST /v1/generate`: form, types and limits of everything but `inputData`, every fault at once.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use template::WarningCode;

use super::faults::{Faults, given, short};
use super::output::{Output, output};
use crate::error::Detail;

/// Longest wait that a call may ask for, and what it gets unasked.
pub(crate) const MAX_WAIT_MS: i64 = 30_000;
const DEFAULT_WAIT_MS: i64 = 10_000;
pub(crate) const MAX_IMAGES: usize = 12;
const MAX_METADATA_KEYS: usize = 50;
const MAX_METADATA_BYTES: usize = 4_096;
const MAX_EXTERNAL_ID: usize = 255;
const MAX_LOCALE: usize = 35;

/// What the body says, as far as it could be read; `faults` has the rest.
#[derive(Debug)]
pub(crate) struct Draft {
    pub group: Option<String>,
    pub version: Option<u32>,
    /// An object.
    pub input: Option<Value>,
    pub brand: BrandChoice,
    /// Keys or ids with their place in the list.
    pub templates: Option<Vec<(usize, String)>>,
    /// By key or id; each value is an object.
    pub overrides: Vec<(String, Value)>,
    pub locale: Option<String>,
    pub output: Output,
    pub wait: Option<Duration>,
    pub fail_on: Vec<String>,
    pub external_id: Option<String>,
    pub metadata: Map<String, Value>,
    pub faults: Vec<Detail>,
}

/// Which look a call's pictures have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BrandChoice {
    /// The team's default kit.
    #[default]
    TeamDefault,
    /// The template's own.
    OwnLook,
    /// A kit by its id.
    Kit(String),
}

/// Reads a body; never fails, because faults of the body and of what it names are reported together.
pub(crate) fn read(body: &Value, prefer_async: bool) -> Draft {
    let mut faults = Faults::default();
    let empty = Map::new();
    let object = match body {
        Value::Object(object) => object,
        other => {
            faults.wrong_type("", "an object", other);
            &empty
        }
    };
    let known = [
        "templateGroupId",
        "templateGroupVersion",
        "inputData",
        "brandKitId",
        "templates",
        "overrides",
        "locale",
        "output",
        "waitMs",
        "failOn",
        "dryRun",
        "externalId",
        "metadata",
    ];
    let group = faults.text(object, "", "templateGroupId");
    if group.is_none() && given(object, "templateGroupId").is_none() && body.is_object() {
        faults.missing("templateGroupId");
    }
    let version = faults.integer(object, "", "templateGroupVersion", 1, i64::from(u32::MAX)).and_then(|v| u32::try_from(v).ok());
    let input = match given(object, "inputData") {
        Some(value @ Value::Object(_)) => Some(value.clone()),
        Some(other) => {
            faults.wrong_type("inputData", "an object", other);
            None
        }
        None if body.is_object() => {
            faults.missing("inputData");
            None
        }
        None => None,
    };
    let brand = match object.get("brandKitId") {
        Some(Value::Null) => BrandChoice::OwnLook,
        Some(_) => faults.text(object, "", "brandKitId").map_or(BrandChoice::TeamDefault, BrandChoice::Kit),
        None => BrandChoice::TeamDefault,
    };
    let templates = templates(object, &mut faults);
    let overrides = overrides(object, &mut faults);
    let locale = locale(object, &mut faults);
    let output = output(object, &mut faults);
    let wait = faults.integer(object, "", "waitMs", 0, MAX_WAIT_MS);
    let wait = wait.unwrap_or(if prefer_async { 0 } else { DEFAULT_WAIT_MS });
    let fail_on = fail_on(object, &mut faults);
    faults.boolean(object, "dryRun");
    let external_id = external_id(object, &mut faults);
    let metadata = metadata(object, &mut faults);
    faults.unknown(object, "", &known);
    Draft {
        group,
        version,
        input,
        brand,
        templates,
        overrides,
        locale,
        output,
        wait: u64::try_from(wait).ok().filter(|ms| *ms > 0).map(Duration::from_millis),
        fail_on,
        external_id,
        metadata,
        faults: faults.0,
    }
}

/// Whether the body itself asks for a dry run; asked before anything else is looked at.
pub(crate) fn is_dry_run(body: &Value) -> bool {
    body.get("dryRun") == Some(&Value::Bool(true))
}

fn templates(object: &Map<String, Value>, faults: &mut Faults) -> Option<Vec<(usize, String)>> {
    let items = faults.array(object, "", "templates")?;
    if items.is_empty() {
        faults.push("templates", "too_few", "templates must name at least one size; leave it out for all.", Some(1.into()), Some(0.into()));
        return None;
    }
    let mut names: Vec<(usize, String)> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::String(name) if names.iter().any(|(_, other)| other == name) => {
                let message = format!("templates[{index}] names a size that was named before.");
                faults.push(&format!("templates[{index}]"), "duplicate", message, None, Some(short(name)));
            }
            Value::String(name) => names.push((index, name.clone())),
            other => faults.wrong_type(&format!("templates[{index}]"), "text", other),
        }
    }
    Some(names)
}

fn overrides(object: &Map<String, Value>, faults: &mut Faults) -> Vec<(String, Value)> {
    let Some(by_size) = faults.object(object, "", "overrides") else { return Vec::new() };
    let mut found = Vec::new();
    for (size, value) in by_size {
        let path = format!("overrides.{}", size.chars().take(64).collect::<String>());
        match value {
            Value::Null => {}
            Value::Object(inner) => {
                if let Some(input) = faults.object(inner, &path, "inputData") {
                    found.push((size.clone(), Value::Object(input.clone())));
                } else if given(inner, "inputData").is_none() {
                    found.push((size.clone(), Value::Object(Map::new())));
                }
                faults.unknown(inner, &path, &["inputData"]);
            }
            other => faults.wrong_type(&path, "an object", other),
        }
    }
    found
}

/// Whether a text has the form of a language tag, at most [`MAX_LOCALE`] bytes long.
pub(crate) fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    text.len() <= MAX_LOCALE
        && (2..=8).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn locale(object: &Map<String, Value>, faults: &mut Faults) -> Option<String> {
    let text = faults.text(object, "", "locale")?;
    if text.len() > MAX_LOCALE {
        faults.push(
            "locale",
            "too_long",
            format!("locale has at most {MAX_LOCALE} characters."),
            Some(MAX_LOCALE.into()),
            Some(text.chars().count().into()),
        );
        return None;
    }
    if !is_locale(&text) {
        faults.push("locale", "not_allowed", "locale must be a BCP 47 language tag such as en or de-CH.", None, Some(short(&text)));
        return None;
    }
    Some(text)
}

fn fail_on(object: &Map<String, Value>, faults: &mut Faults) -> Vec<String> {
    let known: Vec<&str> = WarningCode::ALL.iter().map(|code| code.as_str()).collect();
    let mut codes: Vec<String> = Vec::new();
    for (index, item) in faults.array(object, "", "failOn").map(Vec::as_slice).unwrap_or_default().iter().enumerate() {
        let path = format!("failOn[{index}]");
        match item {
            Value::String(code) if codes.contains(code) => {
                faults.push(&path, "duplicate", format!("{code} is named twice."), None, Some(item.clone()))
            }
            Value::String(code) if known.contains(&code.as_str()) => codes.push(code.clone()),
            Value::String(code) => {
                faults.push(&path, "not_allowed", "There is no such warning code.", Some(serde_json::json!(known)), Some(short(code)))
            }
            other => faults.wrong_type(&path, "text", other),
        }
    }
    codes
}

fn external_id(object: &Map<String, Value>, faults: &mut Faults) -> Option<String> {
    let text = faults.text(object, "", "externalId")?;
    let count = text.chars().count();
    if count > MAX_EXTERNAL_ID {
        faults.push(
            "externalId",
            "too_long",
            format!("externalId has at most {MAX_EXTERNAL_ID} characters."),
            Some(MAX_EXTERNAL_ID.into()),
            Some(count.into()),
        );
        return None;
    }
    if text.chars().any(char::is_control) {
        faults.push("externalId", "invalid_characters", "externalId must not hold control characters.", None, None);
        return None;
    }
    Some(text)
}

fn metadata(object: &Map<String, Value>, faults: &mut Faults) -> Map<String, Value> {
    let Some(map) = faults.object(object, "", "metadata") else { return Map::new() };
    if map.len() > MAX_METADATA_KEYS {
        faults.push(
            "metadata",
            "too_many",
            format!("metadata has at most {MAX_METADATA_KEYS} keys."),
            Some(MAX_METADATA_KEYS.into()),
            Some(map.len().into()),
        );
    }
    let bytes = serde_json::to_string(map).map_or(0, |text| text.len());
    if bytes > MAX_METADATA_BYTES {
        faults.push(
            "metadata",
            "too_long",
            format!("metadata has at most {MAX_METADATA_BYTES} bytes as JSON."),
            Some(MAX_METADATA_BYTES.into()),
            Some(bytes.into()),
        );
    }
    map.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Encoding;

    fn faults(body: Value) -> Vec<(String, &'static str)> {
        read(&body, false).faults.into_iter().map(|f| (f.param, f.code)).collect()
    }

    #[test]
    fn defaults_are_the_contracts() {
        let draft = read(&json!({"templateGroupId": "tg_quote", "inputData": {}}), false);
        assert!(draft.faults.is_empty(), "{:?}", draft.faults);
        assert_eq!(draft.output, Output { formats: vec![Encoding::Png], quality: 90, scale: 1.0, base64: false });
        assert_eq!(draft.wait, Some(Duration::from_secs(10)));
        assert_eq!(draft.brand, BrandChoice::TeamDefault);
    }

    #[test]
    fn every_fault_comes_at_once_with_its_path() {
        let body = json!({
            "templateGroupId": 7, "templateGroupVersion": 0, "inputData": [], "brandKitId": 1, "templates": ["a", "a", 3],
            "overrides": {"a": {"inputdata": {}}, "b": 1}, "locale": "not a locale",
            "output": {"format": "png", "formats": ["jpg", "jpeg", "pdf"], "quality": 0, "scale": 9, "delivery": "ftp", "size": 1},
            "waitMs": 30001, "failOn": ["text_overflow", "nothing"], "dryRun": "yes", "externalId": "a\u{7}b", "metadata": [], "extra": 1
        });
        let found = faults(body);
        let expected = [
            ("templateGroupId", "invalid_type"),
            ("templateGroupVersion", "out_of_range"),
            ("inputData", "invalid_type"),
            ("brandKitId", "invalid_type"),
            ("templates[1]", "duplicate"),
            ("templates[2]", "invalid_type"),
            ("overrides.a.inputdata", "unknown_field"),
            ("overrides.b", "invalid_type"),
            ("locale", "not_allowed"),
            ("output.formats", "conflicting_fields"),
            ("output.quality", "out_of_range"),
            ("output.scale", "out_of_range"),
            ("output.delivery", "not_allowed"),
            ("output.size", "unknown_field"),
            ("waitMs", "out_of_range"),
            ("failOn[1]", "not_allowed"),
            ("dryRun", "invalid_type"),
            ("externalId", "invalid_characters"),
            ("metadata", "invalid_type"),
            ("extra", "unknown_field"),
        ];
        let found: Vec<_> = found.iter().map(|(p, c)| (p.as_str(), *c)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn formats_are_up_to_five_different_ones_that_we_write() {
        let body = |formats: Value| json!({"templateGroupId": "a", "inputData": {}, "output": {"formats": formats}});
        assert_eq!(read(&body(json!(["webp", "jpg"])), false).output.formats, [Encoding::Webp, Encoding::Jpeg]);
        assert_eq!(faults(body(json!(["jpg", "jpeg"]))), [("output.formats[1]".to_owned(), "duplicate")]);
        assert_eq!(read(&body(json!(["avif", "pdf"])), false).output.formats, [Encoding::Avif, Encoding::Pdf]);
        assert_eq!(faults(body(json!(["svg"]))), [("output.formats[0]".to_owned(), "unsupported_format")]);
        assert_eq!(faults(body(json!([]))), [("output.formats".to_owned(), "too_few")]);
        assert_eq!(faults(body(json!(["png", "png", "png", "png", "png", "png"])))[0], ("output.formats".to_owned(), "too_many"));
    }

    #[test]
    fn null_and_empty_text_count_as_not_given() {
        let draft =
            read(&json!({"templateGroupId": "a", "inputData": {}, "locale": "", "output": null, "waitMs": null, "externalId": ""}), false);
        assert!(draft.faults.is_empty());
        assert_eq!((draft.locale, draft.external_id), (None, None));
        assert_eq!(
            faults(json!({"templateGroupId": "", "inputData": null})),
            [("templateGroupId".to_owned(), "missing_input"), ("inputData".to_owned(), "missing_input")]
        );
        assert_eq!(read(&json!({"templateGroupId": "a", "inputData": {}, "brandKitId": null}), false).brand, BrandChoice::OwnLook);
    }

    #[test]
    fn an_explicit_wait_wins_over_the_preference() {
        let body = |wait: Value| json!({"templateGroupId": "a", "inputData": {}, "waitMs": wait});
        assert_eq!(read(&body(Value::Null), true).wait, None);
        assert_eq!(read(&body(json!(500)), true).wait, Some(Duration::from_millis(500)));
        assert_eq!(read(&body(json!(0)), false).wait, None);
        assert_eq!(faults(body(json!(1.5))), [("waitMs".to_owned(), "invalid_type")]);
        assert!(faults(body(json!(1e3))).is_empty());
    }

    #[test]
    fn metadata_has_at_most_fifty_keys_and_four_kibibytes() {
        let many: Map<String, Value> = (0..51).map(|i| (format!("k{i}"), json!("v"))).collect();
        assert_eq!(faults(json!({"templateGroupId": "a", "inputData": {}, "metadata": many})), [("metadata".to_owned(), "too_many")]);
        let long = json!({"k": "x".repeat(5_000)});
        assert_eq!(faults(json!({"templateGroupId": "a", "inputData": {}, "metadata": long})), [("metadata".to_owned(), "too_long")]);
    }

    #[test]
    fn a_body_that_is_no_object_is_one_fault() {
        assert_eq!(faults(json!([1])), [(String::new(), "invalid_type")]);
    }
}
