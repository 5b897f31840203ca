//! From a cell's text to a field's value, by the field's type. Strict: what can be read in two ways is asked for.

use serde_json::{Map, Number, Value, json};
use template::date::Date;
use template::field::Items;
use template::{Field, FieldType};

/// What a cell should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// What mends this and others like it: `Use digits, for example 12.50.`
    pub general: &'static str,
    /// What mends this one.
    pub remedy: String,
}

impl Unread {
    fn new(general: &'static str) -> Self {
        Self { general, remedy: general.to_owned() }
    }
}

/// What separates a list's items in a cell, beside line breaks; and a value from its label.
const ITEMS: char = '|';
const MEMBERS: char = '=';

/// `None` where the cell is empty.
///
/// # Errors
/// Where the text is not what the field's type wants.
pub(super) fn value(field: &Field, cell: &str) -> Result<Option<Value>, Unread> {
    let text = cell.trim();
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(match field.kind {
        FieldType::Number | FieldType::Rating => Value::Number(number(text)?),
        FieldType::Boolean => boolean(text)?.into(),
        FieldType::Date => date(text)?.into(),
        FieldType::Enum => choice(field, text).into(),
        FieldType::Image if text.starts_with("asset_") => json!({"assetId": text}),
        FieldType::List => list(field, text)?,
        _ => text.into(),
    }))
}

fn number(text: &str) -> Result<Number, Unread> {
    let digits = || Unread::new("Use digits, for example 12.50.");
    // A minus and spaces as typesetters write them.
    let compact: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\''))
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    let (sign, rest) = compact.strip_prefix('-').map_or(("", compact.as_str()), |rest| ("-", rest));
    if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')) {
        return Err(digits());
    }
    let (points, commas) = (rest.matches('.').count(), rest.matches(',').count());
    let after = |mark: char| rest.rsplit(mark).next().map_or(0, str::len);
    let plain = match (points, commas) {
        (0 | 1, 0) => rest.to_owned(),
        (0, 1) if after(',') == 3 => {
            let whole = rest.replace(',', "");
            let remedy = format!("Write {sign}{whole} or {sign}{}, whichever it is.", rest.replace(',', "."));
            return Err(Unread { general: "Write numbers without a mark for thousands.", remedy });
        }
        (0, 1) => rest.replace(',', "."),
        (0 | 1, _) if grouped(rest, ',', '.') => rest.replace(',', ""),
        (_, 0 | 1) if grouped(rest, '.', ',') => rest.replace('.', "").replace(',', "."),
        _ => return Err(digits()),
    };
    let whole = format!("{sign}{plain}").parse::<i64>().ok().map(Number::from);
    let is_figure = plain.starts_with(|c: char| c.is_ascii_digit()) && plain.ends_with(|c: char| c.is_ascii_digit());
    let exact = || format!("{sign}{plain}").parse().ok().filter(|_| is_figure).and_then(Number::from_f64);
    whole.or_else(exact).ok_or_else(digits)
}

/// `1,284,000.5` with its marks: groups of three, then perhaps a fraction.
fn grouped(text: &str, group: char, point: char) -> bool {
    let whole = text.split(point).next().unwrap_or_default();
    let mut groups = whole.split(group);
    let first = groups.next().map_or(0, str::len);
    // Of two marks, the last one is the fraction's.
    let in_order = text.find(point).is_none_or(|at| !text[at..].contains(group));
    in_order && (1..=3).contains(&first) && whole.contains(group) && groups.all(|part| part.len() == 3)
}

fn boolean(text: &str) -> Result<bool, Unread> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "on" | "x" => Ok(true),
        "no" | "n" | "false" | "0" | "off" => Ok(false),
        _ => Err(Unread::new("Write yes or no.")),
    }
}

/// A day as the contract writes it, from that and from two ways that can't be mistaken: `14.5.2026`, `14 May 2026`.
fn date(text: &str) -> Result<String, Unread> {
    if Date::parse(text).is_some() {
        return Ok(text.to_owned());
    }
    let unread = || Unread::new("Write it as year-month-day, for example 2026-05-14.");
    let dotted: Vec<&str> = text.split('.').map(str::trim).collect();
    let spoken: Vec<&str> = text.split_whitespace().collect();
    let (day, month, year) = match (dotted.as_slice(), spoken.as_slice()) {
        ([day, month, year], _) => (*day, month.parse().ok(), *year),
        (_, [day, month, year]) => (*day, month_of(month), *year),
        _ => return Err(unread()),
    };
    let day: u8 = day.parse().map_err(|_| unread())?;
    let written = month.filter(|_| year.len() == 4).map(|month: u8| format!("{year}-{month:02}-{day:02}"));
    written.filter(|written| Date::parse(written).is_some()).ok_or_else(unread)
}

fn month_of(word: &str) -> Option<u8> {
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let word = word.trim_end_matches([',', '.']).to_lowercase();
    let place = MONTHS.iter().position(|month| *month == word || (word.len() == 3 && month.starts_with(&word)))?;
    u8::try_from(place + 1).ok()
}

/// The choice as the template writes it, whatever the case of its letters.
fn choice(field: &Field, text: &str) -> String {
    let same = |value: &&String| value.to_lowercase() == text.to_lowercase();
    field.constraints.values.iter().find(same).map_or_else(|| text.to_owned(), Clone::clone)
}

fn list(field: &Field, text: &str) -> Result<Value, Unread> {
    let texts = text.split([ITEMS, '\n']).map(str::trim).filter(|item| !item.is_empty());
    let mut items = Vec::new();
    for text in texts {
        match &field.items {
            Some(Items::Object(members)) => {
                let mut item = Map::new();
                let mut rest = text;
                for (place, member) in members.iter().enumerate() {
                    // The last member takes what is left, marks included.
                    let (part, after) =
                        if place + 1 == members.len() { (rest, "") } else { rest.split_once(MEMBERS).unwrap_or((rest, "")) };
                    if let Some(value) = value(member, part)? {
                        item.insert(member.name.clone(), value);
                    }
                    rest = after;
                }
                items.push(Value::Object(item));
            }
            Some(Items::Plain(plain)) => items.extend(value(plain, text)?),
            None => items.push(text.into()),
        }
    }
    Ok(Value::Array(items))
}

/// The cell that is read as this value, for sheets that show how it is done.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => if *value { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" | "),
        Value::Object(map) => match map.get("assetId").or_else(|| map.get("url")) {
            Some(source) => cell(source),
            None => map.values().map(cell).collect::<Vec<_>>().join(" = "),
        },
        Value::Null => String::new(),
        number => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, more: Value) -> Field {
        let mut field = json!({"name": "f", "type": kind, "label": "Field"});
        if let (Value::Object(field), Value::Object(more)) = (&mut field, more) {
            field.extend(more);
        }
        let size = json!({"key": "square", "name": "Square", "width": 100, "height": 100});
        let text = json!({"format": 1, "name": "Test", "fields": [field], "layers": [], "templates": [size]});
        let document = template::Document::parse(&text.to_string()).unwrap_or_else(|faults| panic!("{faults:?}"));
        document.fields()[0].clone()
    }

    fn read(kind: &str, text: &str) -> Value {
        value(&field(kind, json!({})), text).unwrap_or_else(|error| panic!("{text}: {error:?}")).unwrap_or_default()
    }

    fn remedy(kind: &str, text: &str) -> String {
        value(&field(kind, json!({})), text).expect_err(text).remedy
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, number) in [("12", 12.0), ("12.50", 12.5), ("12,5", 12.5), ("-3", -3.0), ("−3,25", -3.25), ("1 284 000", 1_284_000.0)]
        {
            assert_eq!(read("number", text).as_f64(), Some(number), "{text}");
        }
        for (text, number) in [("1,284,000", 1_284_000.0), ("1,284.50", 1284.5), ("1.284,50", 1284.5), ("1'284.5", 1284.5)] {
            assert_eq!(read("number", text).as_f64(), Some(number), "{text}");
        }
        assert_eq!(read("number", "3"), json!(3), "whole numbers stay whole");
    }

    #[test]
    fn what_is_no_number_or_could_be_two_is_asked_for() {
        for text in ["12,5O", "€12", "1e5", "1.2.3", ".", "-", "12.", ".5", "1,28,000", "1.284,500,3", "½", "١٢"] {
            assert_eq!(remedy("number", text), "Use digits, for example 12.50.", "{text}");
        }
        assert_eq!(remedy("number", "1,284"), "Write 1284 or 1.284, whichever it is.");
    }

    #[test]
    fn days_are_read_where_they_can_be_one_day_only() {
        for text in ["2026-05-14", "14.5.2026", "14.05.2026", "14 May 2026", "14 may, 2026"] {
            assert_eq!(read("date", text), "2026-05-14", "{text}");
        }
        assert_eq!(read("date", "2026-05-14T19:30:00Z"), "2026-05-14T19:30:00Z");
        for text in ["5/6/2026", "14.5.26", "31.2.2026", "14 Mai 2026", "tomorrow", "1.2", "99999.1.2026"] {
            assert_eq!(remedy("date", text), "Write it as year-month-day, for example 2026-05-14.", "{text}");
        }
    }

    #[test]
    fn every_example_of_our_templates_is_read_back_from_its_cell() {
        let mut seen = 0;
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/templates")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let Ok(document) = template::Document::parse(&text) else { continue };
            for field in document.fields() {
                let Some(example) = &field.example else { continue };
                let mut read = value(field, &cell(example)).unwrap_or_else(|error| panic!("{path:?} {}: {error:?}", field.name));
                // A picture's focus has no place in a cell.
                if field.kind == FieldType::Image {
                    read = read.map(|value| cell(&value).into());
                    assert_eq!(read, Some(cell(example).into()), "{path:?} {}", field.name);
                } else {
                    assert_eq!(read.as_ref(), Some(example), "{path:?} {}", field.name);
                }
                seen += 1;
            }
        }
        assert!(seen > 20, "only {seen} examples were found");
    }

    #[test]
    fn yes_and_no_and_nothing() {
        assert_eq!([read("boolean", "Yes"), read("boolean", "0"), read("boolean", "  ")], [json!(true), json!(false), Value::Null]);
        assert_eq!(remedy("boolean", "maybe"), "Write yes or no.");
    }

    #[test]
    fn choices_lists_and_pictures() {
        let choice = field("enum", json!({"constraints": {"values": ["Dark", "Light"]}}));
        assert_eq!(value(&choice, "dark"), Ok(Some(json!("Dark"))));
        assert_eq!(value(&choice, "grey"), Ok(Some(json!("grey"))), "the call says what may be chosen");
        let plain = field("list", json!({"items": {"type": "text"}}));
        assert_eq!(value(&plain, "500 ml | No sugar ||\nRefill"), Ok(Some(json!(["500 ml", "No sugar", "Refill"]))));
        let members = json!([{"name": "value", "label": "Figure", "type": "text"}, {"name": "label", "label": "Label", "type": "text"}]);
        let facts = field("list", json!({"items": {"fields": members}}));
        assert_eq!(value(&facts, "+38 % = a = b | 214"), Ok(Some(json!([{"value": "+38 %", "label": "a = b"}, {"value": "214"}]))));
        assert_eq!(read("image", "asset_demo_hills"), json!({"assetId": "asset_demo_hills"}));
        assert_eq!(read("image", "https://a.test/x.png"), "https://a.test/x.png");
    }
}
