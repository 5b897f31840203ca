//! Text values: `{{price | currency('EUR')}} a night`, compiled into parts.

mod parse;

use super::names::Ref;
use super::rich::{self, Run, Style, Tags};
use crate::eval::Eval;
use crate::field::FieldType;
use crate::inputs::{Item, Value};
use crate::locale::Case;
use crate::locale::date::Skeleton;

pub(crate) use parse::parse;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TextExpr {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(Vec<Run>),
    Value {
        value: Ref,
        kind: FieldType,
        filters: Vec<Filter>,
        /// What the field lets people write in it.
        tags: Tags,
        /// Around it.
        marks: u32,
    },
    /// `brand.name`, and the marks around it.
    BrandName(Vec<Filter>, u32),
}

#[derive(Clone, Debug, PartialEq)]
enum Filter {
    /// Fewest and most digits after the decimal sign.
    Number(u8, u8),
    Currency {
        code: Code,
        short: bool,
    },
    Percent,
    Date(Skeleton),
    Case(Case),
    Truncate(usize),
    Default(String),
    Prefix(String),
    Suffix(String),
    Quote,
    Accent,
    Repeat(usize, String),
    Join(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Code {
    Fixed(String),
    Value(Ref),
}

impl TextExpr {
    /// The first field that it shows.
    pub fn field(&self) -> Option<Ref> {
        self.parts.iter().find_map(|part| match part {
            Part::Value { value, .. } => Some(*value),
            _ => None,
        })
    }

    /// The text in runs; `None` where it names values and none of them is given, and for white space alone.
    pub fn runs(&self, eval: &Eval<'_>) -> Option<Vec<Run>> {
        let mut runs = Vec::new();
        let (mut values, mut given) = (0, 0);
        for part in &self.parts {
            let (shown, marks) = match part {
                Part::Literal(literal) => {
                    rich::append(&mut runs, literal.clone());
                    continue;
                }
                Part::Value { value, kind, filters, tags, marks } => {
                    (run(filters, eval.value(*value).as_deref(), (*kind, tags), eval), *marks)
                }
                Part::BrandName(filters, marks) => {
                    let name = eval.brand_name().map(|name| Value::Text(name.to_owned()));
                    (run(filters, name.as_ref(), (FieldType::Enum, &Tags::default()), eval), *marks)
                }
            };
            values += 1;
            if let Some(mut shown) = shown.filter(|shown| !shown.is_empty()) {
                given += 1;
                shown.iter_mut().for_each(|run| run.style.marks |= marks);
                rich::append(&mut runs, shown);
            }
        }
        let blank = runs.iter().all(|run| run.style.inline.is_none() && run.text.trim().is_empty());
        ((values == 0 || given > 0) && !blank).then_some(runs)
    }

    /// The same without looks.
    pub fn plain(&self, eval: &Eval<'_>) -> Option<String> {
        self.runs(eval).map(rich::plain).filter(|text| !text.is_empty())
    }
}

/// One value through its formatters; `None` is a value that is not given.
fn run(filters: &[Filter], value: Option<&Value>, kind: (FieldType, &Tags), eval: &Eval<'_>) -> Option<Vec<Run>> {
    // A default may stand before the formatter that takes the raw value.
    let typed = filters.iter().find(|filter| !matches!(filter, Filter::Default(_)));
    // A time that a date does not have is empty, and counts as not given.
    let mut shown = value.and_then(|value| first(value, kind, typed, eval)).filter(|shown| !shown.is_empty());
    for filter in filters {
        shown = match (filter, shown) {
            (Filter::Default(text), None) => Some(rich::of(text)),
            (_, None) => None,
            (filter, Some(shown)) => Some(formatted(filter, shown, eval)),
        };
    }
    shown
}

/// The value as text: by the formatter that takes its type, else in its usual form.
fn first(value: &Value, (kind, tags): (FieldType, &Tags), typed: Option<&Filter>, eval: &Eval<'_>) -> Option<Vec<Run>> {
    let formats = eval.formats;
    let text = match (value, typed) {
        (Value::Number(number), Some(Filter::Number(min, max))) => formats.number(*number, *min, *max),
        (Value::Number(number), Some(Filter::Percent)) => formats.percent(*number),
        (Value::Number(number), Some(Filter::Currency { code, short })) => match code {
            Code::Fixed(code) => formats.currency(*number, code, *short),
            Code::Value(code) => match eval.value(*code).as_deref() {
                Some(Value::Text(code)) => formats.currency(*number, code, *short),
                _ => formats.number(*number, 0, 2),
            },
        },
        (Value::Number(number), _) => formats.number(*number, 0, 3),
        (Value::Date(date), Some(Filter::Date(skeleton))) => formats.date(*date, skeleton),
        (Value::Date(date), _) => formats.date(*date, &Skeleton::default()),
        (Value::List(items), Some(Filter::Join(between))) => return Some(joined(items, between, tags, eval)),
        (Value::List(items), _) => return Some(joined(items, ", ", tags, eval)),
        // Only texts have accents: in a link or a code an asterisk is an asterisk.
        (Value::Text(text), _) if matches!(kind, FieldType::Text | FieldType::RichText) => return Some(rich::typed(text, tags)),
        (Value::Text(text), _) => text.clone(),
        (Value::Boolean(_) | Value::Color(_) | Value::Picture(_), _) => return None,
    };
    Some(rich::of(&text))
}

fn joined(items: &[Item], between: &str, tags: &Tags, eval: &Eval<'_>) -> Vec<Run> {
    let mut runs = Vec::new();
    for item in items {
        let Item::Plain(value) = item else { continue };
        let Some(shown) = first(value, (FieldType::Text, tags), None, eval) else { continue };
        if !runs.is_empty() {
            rich::append(&mut runs, rich::of(between));
        }
        rich::append(&mut runs, shown);
    }
    runs
}

fn formatted(filter: &Filter, mut shown: Vec<Run>, eval: &Eval<'_>) -> Vec<Run> {
    match filter {
        Filter::Case(case) => rich::map(&mut shown, |text| eval.formats.cased(text, *case)),
        Filter::Truncate(length) => rich::truncate(&mut shown, *length),
        Filter::Prefix(prefix) => shown = rich::around(prefix, shown, ""),
        Filter::Suffix(suffix) => shown = rich::around("", shown, suffix),
        Filter::Accent => {
            let text = rich::plain(std::mem::take(&mut shown));
            shown.push(Run { text, style: Style { accent: true, ..Style::default() } });
        }
        Filter::Quote => {
            let (open, close) = eval.formats.quotes(&rich::plain(shown.clone()));
            shown = rich::around(open, shown, close);
        }
        Filter::Repeat(times, between) => {
            let one = std::mem::take(&mut shown);
            for i in 0..*times {
                if i > 0 {
                    rich::append(&mut shown, rich::of(between));
                }
                rich::append(&mut shown, one.clone());
            }
        }
        // What takes a raw value has done its work; a default is not needed any more.
        Filter::Number(..) | Filter::Currency { .. } | Filter::Percent | Filter::Date(_) | Filter::Join(_) | Filter::Default(_) => {}
    }
    shown
}
