//! The contract's rules for input values. Nothing is coerced; every fault is reported.

use serde_json::{Map, Value as Json, json};

use super::{Item, Value};
use crate::bound::{Color, ImageFit};
use crate::date::Date;
use crate::fault::InputFault;
use crate::field::{Field, FieldType, Items};
use crate::picture::{PictureInput, PictureSource};
use crate::suggest;
use crate::warning::{Severity, Warning, WarningCode};

/// Characters of any text, whatever the template says.
pub(crate) const MAX_CHARACTERS: u64 = 5_000;
/// Items of any list.
pub(crate) const MAX_ITEMS: u64 = 100;
/// Bytes of a link or a code: what the largest QR code holds at the error correction that the engine uses.
pub(crate) const MAX_CODE_BYTES: u64 = 1_600;
/// Numbers beyond it have no exact figures to show.
const MAX_NUMBER: f64 = 1e15;

#[derive(Default)]
pub(crate) struct Check {
    pub faults: Vec<InputFault>,
    pub warnings: Vec<Warning>,
}

impl Check {
    /// An object's values by field.
    pub fn all(&mut self, fields: &[Field], data: &Json, path: &str, required: bool) -> Vec<Option<Value>> {
        let Json::Object(map) = data else {
            self.mistyped::<()>(path, data, "an object");
            return Vec::new();
        };
        let values = fields
            .iter()
            .map(|field| {
                let path = format!("{path}.{}", field.name);
                let value = match map.get(&field.name) {
                    None => None,
                    Some(value) if is_left_out(value) => None,
                    Some(value) => {
                        let faults = self.faults.len();
                        let value = self.value(field, value, &path);
                        if self.faults.len() > faults {
                            return None;
                        }
                        value
                    }
                };
                match value {
                    None if required => self.absent(field, path),
                    value => value,
                }
            })
            .collect();
        self.unknown(fields, map, path);
        values
    }

    /// A field that is not given: its default, or a fault.
    fn absent(&mut self, field: &Field, path: String) -> Option<Value> {
        match &field.given {
            Some(Value::Picture(picture)) => Some(Value::Picture(PictureInput { path, ..picture.clone() })),
            Some(value) => Some(value.clone()),
            None => {
                if field.required {
                    let message = format!("{} is required.", field.label);
                    self.fault(path, "missing_input", message, None, None);
                }
                None
            }
        }
    }

    fn unknown(&mut self, fields: &[Field], map: &Map<String, Json>, path: &str) {
        for key in map.keys().filter(|key| !fields.iter().any(|field| field.name == **key)) {
            let hint = suggest::hint(key, fields.iter().map(|field| field.name.as_str())).filter(|hint| hint.starts_with("did"));
            let shown: String = key.chars().take(60).collect();
            let message = match hint {
                Some(hint) => format!("The template has no field \"{shown}\"; {hint}"),
                None => format!("The template has no field \"{shown}\"."),
            };
            let measured = Map::from_iter([("param".to_owned(), json!(format!("{path}.{shown}")))]);
            let (code, severity) = (WarningCode::UnknownInput, Severity::Info);
            self.warnings.push(Warning { code, severity, field: Some(shown), message, measured, limit: Map::new() });
        }
    }

    /// One value; `None` where it counts as not given, or is at fault.
    pub fn value(&mut self, field: &Field, value: &Json, path: &str) -> Option<Value> {
        match field.kind {
            FieldType::Text | FieldType::RichText | FieldType::Qr => {
                let text = self.text(value, path)?;
                self.length(field, text, path).map(Value::Text)
            }
            FieldType::Barcode => {
                let text = self.text(value, path)?;
                let text = self.length(field, text, path)?;
                match field.constraints.symbology.unwrap_or_default().encode(&text) {
                    Ok(_) => Some(Value::Text(text)),
                    Err(flaw) => {
                        let message = format!("{} {}", field.label, flaw.message);
                        let [limit, received] = [flaw.limit, flaw.received].map(|count| count.map(|count| json!(count)));
                        self.fault(path.to_owned(), flaw.code, message, limit, received);
                        None
                    }
                }
            }
            FieldType::Enum => {
                let text = self.text(value, path)?;
                if field.constraints.values.contains(&text) {
                    return Some(Value::Text(text));
                }
                let message = format!("{} is one of {}.", field.label, field.constraints.values.join(", "));
                self.fault(path.to_owned(), "not_allowed", message, Some(json!(field.constraints.values)), Some(json!(text)));
                None
            }
            FieldType::Url => {
                let text = self.text(value, path)?;
                if !is_url(&text) {
                    self.bad_url(path, "A link starts with http:// or https:// and has no spaces.");
                    return None;
                }
                self.length(field, text, path).map(Value::Text)
            }
            FieldType::Number | FieldType::Rating => self.number(field, value, path),
            FieldType::Boolean => match value {
                Json::Bool(value) => Some(Value::Boolean(*value)),
                _ => self.mistyped(path, value, "true or false"),
            },
            FieldType::Color => {
                let text = self.text(value, path)?;
                let color = Color::parse(&text);
                if color.is_none() {
                    let message = "A colour is #rgb, #rrggbb or #rrggbbaa.".to_owned();
                    self.fault(path.to_owned(), "invalid_color", message, None, Some(json!(excerpt(&text))));
                }
                color.map(Value::Color)
            }
            FieldType::Date => {
                let text = self.text(value, path)?;
                let date = Date::parse(&text);
                if date.is_none() {
                    let message = "A date is YYYY-MM-DD or RFC 3339, such as 2026-05-14T19:30:00Z.".to_owned();
                    self.fault(path.to_owned(), "invalid_date", message, None, Some(json!(excerpt(&text))));
                }
                date.map(Value::Date)
            }
            FieldType::Image => self.picture(value, path).map(Value::Picture),
            FieldType::List => self.list(field, value, path),
        }
    }

    /// A string with `\n` line ends; `None` for the empty one.
    fn text(&mut self, value: &Json, path: &str) -> Option<String> {
        let Json::String(text) = value else { return self.mistyped(path, value, "a string") };
        if text.is_empty() {
            return None;
        }
        let text = text.replace("\r\n", "\n");
        if let Some(control) = text.chars().find(|c| c.is_control() && *c != '\n') {
            let message = "Of the control characters, text takes only line feeds.".to_owned();
            self.fault(path.to_owned(), "invalid_characters", message, None, Some(json!(format!("U+{:04X}", u32::from(control)))));
            return None;
        }
        let count = text.chars().count() as u64;
        if count > MAX_CHARACTERS {
            self.too_long(path, count, MAX_CHARACTERS, "Text");
            return None;
        }
        Some(text)
    }

    fn too_long(&mut self, path: &str, count: u64, limit: u64, label: &str) {
        let message = format!("{label} has {count} characters; this template takes {limit}. Shorten it by {}.", count - limit);
        self.fault(path.to_owned(), "too_long", message, Some(json!(limit)), Some(json!(count)));
    }

    fn length(&mut self, field: &Field, text: String, path: &str) -> Option<String> {
        let limits = &field.constraints;
        if matches!(field.kind, FieldType::Url | FieldType::Qr) && text.len() as u64 > MAX_CODE_BYTES {
            let message = format!("{} has {} bytes; a QR code holds {MAX_CODE_BYTES}.", field.label, text.len());
            self.fault(path.to_owned(), "too_long", message, Some(json!(MAX_CODE_BYTES)), Some(json!(text.len())));
            return None;
        }
        let count = text.chars().count() as u64;
        if let Some(limit) = limits.max_length.filter(|limit| count > *limit) {
            self.too_long(path, count, limit, &field.label);
            return None;
        }
        if let Some(limit) = limits.min_length.filter(|limit| count < *limit) {
            let message = format!("{} has {count} characters; it needs {limit}.", field.label);
            self.fault(path.to_owned(), "too_short", message, Some(json!(limit)), Some(json!(count)));
            return None;
        }
        Some(text)
    }

    fn number(&mut self, field: &Field, value: &Json, path: &str) -> Option<Value> {
        let Some(number) = value.as_f64() else { return self.mistyped(path, value, "a number") };
        let (low, high) = match field.kind {
            FieldType::Rating => (0.0, 5.0),
            _ => (-MAX_NUMBER, MAX_NUMBER),
        };
        let (low, high) = (field.constraints.min.unwrap_or(low), field.constraints.max.unwrap_or(high));
        if number < low || number > high || !number.is_finite() {
            let limit = if number < low { low } else { high };
            let message = format!("{} goes from {low} to {high}.", field.label);
            self.fault(path.to_owned(), "out_of_range", message, Some(json!(limit)), Some(value.clone()));
            return None;
        }
        Some(Value::Number(number))
    }

    fn list(&mut self, field: &Field, value: &Json, path: &str) -> Option<Value> {
        let Json::Array(items) = value else { return self.mistyped(path, value, "an array") };
        let limit = field.constraints.max_items.unwrap_or(MAX_ITEMS);
        // Items that count as not given don't count, but a flood of them is not looked through.
        if items.len() as u64 > MAX_ITEMS {
            return self.too_many(field, items.len() as u64, limit, path);
        }
        let mut given = Vec::new();
        for (i, item) in items.iter().enumerate().filter(|(_, item)| !is_left_out(item)) {
            let path = format!("{path}[{i}]");
            match field.items.as_ref()? {
                Items::Plain(field) => given.extend(self.value(field, item, &path).map(Item::Plain)),
                Items::Object(fields) => {
                    let members = self.all(fields, item, &path, true);
                    if members.iter().any(Option::is_some) {
                        given.push(Item::Object(members));
                    }
                }
            }
        }
        let count = given.len() as u64;
        if count > limit {
            return self.too_many(field, count, limit, path);
        }
        if let Some(limit) = field.constraints.min_items.filter(|limit| count < *limit && count > 0) {
            let message = format!("{} has {count} items; it needs {limit}.", field.label);
            self.fault(path.to_owned(), "too_few", message, Some(json!(limit)), Some(json!(count)));
            return None;
        }
        (!given.is_empty()).then_some(Value::List(given))
    }

    fn too_many<T>(&mut self, field: &Field, count: u64, limit: u64, path: &str) -> Option<T> {
        let message = format!("{} has {count} items; this template takes {limit}.", field.label);
        self.fault(path.to_owned(), "too_many", message, Some(json!(limit)), Some(json!(count)));
        None
    }

    fn picture(&mut self, value: &Json, path: &str) -> Option<PictureInput> {
        let picture = |source| PictureInput { path: path.to_owned(), source, focus: None, fit: None };
        match value {
            Json::String(_) => self.url(value, path).map(picture),
            Json::Object(map) => {
                for key in map.keys().filter(|key| !["url", "assetId", "focus", "fit"].contains(&key.as_str())) {
                    let message = "A picture has url or assetId, focus and fit.".to_owned();
                    self.fault(format!("{path}.{}", excerpt(key)), "unknown_field", message, None, None);
                }
                let member = |key: &str| map.get(key).filter(|value| !is_left_out(value));
                let focus = member("focus").map(|focus| self.focus(focus, &format!("{path}.focus")));
                let fit = member("fit").map(|fit| self.fit(fit, &format!("{path}.fit")));
                let source = match (member("url"), member("assetId")) {
                    (Some(_), Some(_)) => {
                        let message = "A picture has a url or an assetId, not both.".to_owned();
                        self.fault(path.to_owned(), "conflicting_fields", message, None, None);
                        None
                    }
                    (Some(url), None) => self.url(url, &format!("{path}.url")),
                    (None, Some(asset)) => self.asset(asset, &format!("{path}.assetId")),
                    (None, None) => {
                        self.fault(format!("{path}.url"), "missing_input", "A picture needs a url or an assetId.".to_owned(), None, None);
                        None
                    }
                };
                Some(PictureInput { focus: focus.flatten(), fit: fit.flatten(), ..picture(source?) })
            }
            _ => self.mistyped(path, value, "a URL or an object"),
        }
    }

    fn url(&mut self, value: &Json, path: &str) -> Option<PictureSource> {
        let Json::String(text) = value else { return self.mistyped(path, value, "a string") };
        if text.is_empty() {
            return None;
        }
        if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            if is_data_url(text) {
                return Some(PictureSource::DataUrl(text.clone()));
            }
            self.bad_url(path, "A data: URL of a picture is data:image/…;base64, and then base64.");
            return None;
        }
        let text = self.text(value, path)?;
        if !is_url(&text) {
            self.bad_url(path, "A picture's URL starts with http://, https:// or data:image/ and has no spaces.");
            return None;
        }
        Some(PictureSource::Url(text))
    }

    fn asset(&mut self, value: &Json, path: &str) -> Option<PictureSource> {
        let text = self.text(value, path)?;
        let tail = text.strip_prefix("asset_").unwrap_or_default();
        if tail.is_empty() || tail.len() > 80 || !tail.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            self.fault(path.to_owned(), "not_allowed", "An asset's id starts with asset_.".to_owned(), None, Some(json!(excerpt(&text))));
            return None;
        }
        Some(PictureSource::Asset(text))
    }

    fn focus(&mut self, value: &Json, path: &str) -> Option<[f32; 2]> {
        let Json::Object(map) = value else { return self.mistyped(path, value, "an object with x and y") };
        for key in map.keys().filter(|key| !["x", "y"].contains(&key.as_str())) {
            self.fault(format!("{path}.{}", excerpt(key)), "unknown_field", "A focus has x and y.".to_owned(), None, None);
        }
        let mut share = |key: &str| {
            let path = format!("{path}.{key}");
            match map.get(key) {
                None => Some(0.5),
                Some(value) if is_left_out(value) => Some(0.5),
                Some(value) => match value.as_f64() {
                    Some(share) if (0.0..=1.0).contains(&share) => Some(share as f32),
                    Some(_) => {
                        self.fault(path, "out_of_range", "A focus goes from 0 to 1.".to_owned(), Some(json!(1)), Some(value.clone()));
                        None
                    }
                    None => self.mistyped(&path, value, "a number"),
                },
            }
        };
        let (x, y) = (share("x"), share("y"));
        Some([x?, y?])
    }

    fn fit(&mut self, value: &Json, path: &str) -> Option<ImageFit> {
        let text = self.text(value, path)?;
        let fit = match text.as_str() {
            "cover" => ImageFit::Cover,
            "contain" => ImageFit::Contain,
            "fill" => ImageFit::Fill,
            _ => {
                let message = "fit is cover, contain or fill.".to_owned();
                self.fault(path.to_owned(), "not_allowed", message, Some(json!(["cover", "contain", "fill"])), Some(json!(excerpt(&text))));
                return None;
            }
        };
        Some(fit)
    }

    fn bad_url(&mut self, path: &str, message: &str) {
        self.fault(path.to_owned(), "invalid_url", message.to_owned(), None, None);
    }

    fn mistyped<T>(&mut self, path: &str, value: &Json, wanted: &str) -> Option<T> {
        let received = match value {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        };
        let message = format!("This takes {wanted}, not {received}.");
        self.fault(path.to_owned(), "invalid_type", message, None, Some(json!(received)));
        None
    }

    fn fault(&mut self, param: String, code: &'static str, message: String, limit: Option<Json>, received: Option<Json>) {
        self.faults.push(InputFault { param, code, message, limit, received });
    }
}

/// `null` and `""` count as not given, whatever the field's type.
fn is_left_out(value: &Json) -> bool {
    value.is_null() || value.as_str() == Some("")
}

/// What a message shows of a text that may be long.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `http:` or `https:`, a host, and nothing that never stands in a URL. Whether it may be fetched is not said here.
fn is_url(text: &str) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':', '@']))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\' | '`'))
}

/// `data:image/…` with base64 or percent-encoded bytes.
fn is_data_url(text: &str) -> bool {
    let Some((head, data)) = text.get(5..).and_then(|rest| rest.split_once(',')) else { return false };
    let mut parts = head.split(';');
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let subtype = media.strip_prefix("image/").unwrap_or_default();
    if subtype.is_empty() || !subtype.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) || data.is_empty() {
        return false;
    }
    let base64 = parts.next_back().is_some_and(|last| last.eq_ignore_ascii_case("base64"));
    if base64 {
        let body = data.trim_end_matches('=');
        let padding = data.len() - body.len();
        let standard = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        return padding <= 2
            && (padding == 0 || data.len() % 4 == 0)
            && body.len() % 4 != 1
            && !body.is_empty()
            && body.bytes().all(standard);
    }
    data.bytes().all(|b| b.is_ascii_graphic())
}
