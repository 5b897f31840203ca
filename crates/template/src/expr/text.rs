//! Text values: `{{price | currency('EUR')}} a night`, compiled into parts.

use serde_json::Value as Json;

use super::lex::{Token, Tokens};
use super::names::{Names, Ref};
use crate::bound::Span;
use crate::eval::Eval;
use crate::field::FieldType;
use crate::inputs::{Item, Value};
use crate::locale::date::Skeleton;
use crate::locale::{self, Case};
use crate::read::Wrong;
use crate::suggest;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TextExpr {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(String),
    Value {
        value: Ref,
        kind: FieldType,
        filters: Vec<Filter>,
    },
    /// `brand.name`
    BrandName(Vec<Filter>),
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
    Repeat(usize, String),
    Join(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Code {
    Fixed(String),
    Value(Ref),
}

pub(crate) const FORMATTERS: [&str; 14] = [
    "number", "currency", "percent", "date", "upper", "lower", "title", "truncate", "default", "prefix", "suffix", "quote", "repeat",
    "join",
];

pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<TextExpr, Wrong> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        if let Some(before) = rest[..at].strip_suffix('\\') {
            literal.push_str(before);
            literal.push_str("{{");
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(&rest[..at]);
        let inside = &rest[at + 2..];
        let end = closing(inside).ok_or_else(|| Wrong::with("\"}}\" is missing", "a literal {{ is written \\{{".to_owned()))?;
        let mut tokens = Tokens::of(&inside[..end])?;
        if let Some(Token::Variable(name)) = tokens.peek().cloned() {
            tokens.next();
            tokens.end()?;
            literal.push_str(&variable(name, names)?);
        } else {
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(value(&mut tokens, names)?);
        }
        rest = &inside[end + 2..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(TextExpr { parts })
}

/// Where `}}` stands outside of quotes.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    for (i, byte) in bytes.iter().enumerate() {
        match quote {
            Some(open) if *byte == open => quote = None,
            Some(_) => {}
            None if matches!(byte, b'\'' | b'"') => quote = Some(*byte),
            None if bytes[i..].starts_with(b"}}") => return Some(i),
            None => {}
        }
    }
    None
}

fn variable(name: &str, names: &Names<'_>) -> Result<String, Wrong> {
    match names.var(name)? {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        _ => Err(Wrong::new(format!("${name} is no text"))),
    }
}

fn value(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<Part, Wrong> {
    let wrong = tokens.unexpected("a field");
    let Some(Token::Name(name)) = tokens.next() else { return Err(wrong) };
    if name == "brand.name" {
        return Ok(Part::BrandName(filters(tokens, names, FieldType::Text)?));
    }
    let value = names.find(name)?;
    let kind = names.kind(value);
    if matches!(kind, FieldType::Image | FieldType::Boolean | FieldType::Color) {
        return Err(Wrong::new(format!("\"{name}\" has no text: it is of type {}", kind.name())));
    }
    if kind == FieldType::List && names.field(value).is_some_and(|field| matches!(field.items, Some(crate::field::Items::Object(_)))) {
        return Err(Wrong::with(format!("\"{name}\" is a list of objects"), "repeat a layer over it".to_owned()));
    }
    Ok(Part::Value { value, kind, filters: filters(tokens, names, kind)? })
}

fn filters(tokens: &mut Tokens<'_>, names: &Names<'_>, mut kind: FieldType) -> Result<Vec<Filter>, Wrong> {
    let mut list = Vec::new();
    while tokens.eat("|") {
        let wrong = tokens.unexpected("a formatter");
        let Some(Token::Name(name)) = tokens.next() else { return Err(wrong) };
        if !FORMATTERS.contains(&name) {
            return Err(Wrong::with(format!("unknown formatter \"{name}\""), suggest::hint(name, FORMATTERS)));
        }
        let mut arguments = Arguments::read(tokens, name)?;
        let takes = match name {
            "number" | "currency" | "percent" => Some((matches!(kind, FieldType::Number | FieldType::Rating), "a number")),
            "date" => Some((kind == FieldType::Date, "a date")),
            "join" => Some((kind == FieldType::List, "a list")),
            _ => None,
        };
        if let Some((false, wanted)) = takes {
            return Err(Wrong::with(format!("{name} takes {wanted}"), format!("what comes here is of type {}", kind.name())));
        }
        list.push(filter(name, &mut arguments, names)?);
        arguments.end()?;
        if name != "default" {
            kind = FieldType::Text;
        }
    }
    tokens.end()?;
    Ok(list)
}

fn filter(name: &str, arguments: &mut Arguments<'_>, names: &Names<'_>) -> Result<Filter, Wrong> {
    Ok(match name {
        "number" => match (arguments.whole(20)?, arguments.whole(20)?) {
            (None, _) => Filter::Number(0, 3),
            (Some(exact), None) => Filter::Number(exact as u8, exact as u8),
            (Some(min), Some(max)) if min <= max => Filter::Number(min as u8, max as u8),
            _ => return Err(Wrong::new("number(min, max) takes the smaller figure first")),
        },
        "currency" => {
            let code = match arguments.next() {
                Some(Token::Text(code)) => {
                    Code::Fixed(locale::currency::code(code).ok_or_else(|| Wrong::new(format!("'{code}' is no currency code")))?)
                }
                Some(Token::Name(name)) => {
                    let value = names.find(name)?;
                    if !names.kind(value).is_text() {
                        return Err(Wrong::new(format!("\"{name}\" holds no currency code")));
                    }
                    Code::Value(value)
                }
                _ => return Err(Wrong::with("currency takes a code or a field", "currency('EUR') or currency(currency)".to_owned())),
            };
            let short = match arguments.next() {
                None => false,
                Some(Token::Text("short")) => true,
                Some(_) => return Err(Wrong::new("currency's second argument is 'short' (whole amounts without decimals)")),
            };
            Filter::Currency { code, short }
        }
        "percent" => Filter::Percent,
        "date" => match arguments.text()? {
            None => Filter::Date(Skeleton::default()),
            Some(pattern) => Filter::Date(Skeleton::parse(pattern)?),
        },
        "upper" => Filter::Case(Case::Upper),
        "lower" => Filter::Case(Case::Lower),
        "title" => Filter::Case(Case::Title),
        "truncate" => {
            Filter::Truncate(arguments.whole(5000)?.filter(|n| *n > 0).ok_or_else(|| Wrong::new("truncate takes a number of characters"))?)
        }
        "default" => Filter::Default(arguments.needed("default")?),
        "prefix" => Filter::Prefix(arguments.needed("prefix")?),
        "suffix" => Filter::Suffix(arguments.needed("suffix")?),
        "quote" => Filter::Quote,
        "repeat" => {
            let times = arguments.whole(100)?.filter(|n| *n > 0).ok_or_else(|| Wrong::new("repeat takes how often, 1 to 100"))?;
            Filter::Repeat(times, arguments.text()?.unwrap_or_default().to_owned())
        }
        _ => Filter::Join(arguments.text()?.unwrap_or(", ").to_owned()),
    })
}

/// What stands in a formatter's brackets.
struct Arguments<'a> {
    list: std::vec::IntoIter<Token<'a>>,
    name: &'a str,
}

impl<'a> Arguments<'a> {
    fn read(tokens: &mut Tokens<'a>, name: &'a str) -> Result<Self, Wrong> {
        let mut list = Vec::new();
        if tokens.eat("(") && !tokens.eat(")") {
            loop {
                let wrong = tokens.unexpected("an argument");
                match tokens.next() {
                    Some(token @ (Token::Number(_) | Token::Text(_) | Token::Name(_))) => list.push(token),
                    _ => return Err(wrong),
                }
                if !tokens.eat(",") {
                    break;
                }
            }
            tokens.expect(")")?;
        }
        Ok(Self { list: list.into_iter(), name })
    }

    fn next(&mut self) -> Option<Token<'a>> {
        self.list.next()
    }

    fn whole(&mut self, max: usize) -> Result<Option<usize>, Wrong> {
        match self.next() {
            None => Ok(None),
            Some(Token::Number(number)) if number.fract() == 0.0 && (0.0..=max as f64).contains(&number) => Ok(Some(number as usize)),
            Some(_) => Err(Wrong::new(format!("{} takes a whole number up to {max}", self.name))),
        }
    }

    fn text(&mut self) -> Result<Option<&'a str>, Wrong> {
        match self.next() {
            None => Ok(None),
            Some(Token::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Wrong::new(format!("{} takes a text in quotes", self.name))),
        }
    }

    fn needed(&mut self, name: &str) -> Result<String, Wrong> {
        Ok(self.text()?.ok_or_else(|| Wrong::new(format!("{name} takes a text in quotes")))?.to_owned())
    }

    fn end(&mut self) -> Result<(), Wrong> {
        if self.list.next().is_none() { Ok(()) } else { Err(Wrong::new(format!("{} has too many arguments", self.name))) }
    }
}

impl TextExpr {
    /// The first field that it shows.
    pub fn field(&self) -> Option<Ref> {
        self.parts.iter().find_map(|part| match part {
            Part::Value { value, .. } => Some(*value),
            _ => None,
        })
    }

    /// The text with its accent asterisks; `None` where it names values and none of them is given.
    pub fn text(&self, eval: &Eval<'_>) -> Option<String> {
        let mut text = String::new();
        let (mut values, mut given) = (0, 0);
        for part in &self.parts {
            let shown = match part {
                Part::Literal(literal) => {
                    text.push_str(literal);
                    continue;
                }
                Part::Value { value, kind, filters } => run(filters, eval.value(*value).as_deref(), *kind, eval),
                Part::BrandName(filters) => {
                    let name = eval.brand_name().map(|name| Value::Text(escaped(name)));
                    run(filters, name.as_ref(), FieldType::Text, eval)
                }
            };
            values += 1;
            if let Some(shown) = shown.filter(|shown| !shown.is_empty()) {
                given += 1;
                text.push_str(&shown);
            }
        }
        ((values == 0 || given > 0) && !text.trim().is_empty()).then_some(text)
    }
}

/// One value through its formatters; `None` is a value that is not given.
fn run(filters: &[Filter], value: Option<&Value>, kind: FieldType, eval: &Eval<'_>) -> Option<String> {
    let formats = eval.formats;
    let filters = filters.iter();
    // A default may stand before the formatter that takes the raw value.
    let mut shown = None;
    if let Some(value) = value {
        let typed = filters.clone().find(|filter| !matches!(filter, Filter::Default(_)));
        shown = match (value, typed) {
            (Value::Number(number), Some(Filter::Number(min, max))) => Some(formats.number(*number, *min, *max)),
            (Value::Number(number), Some(Filter::Percent)) => Some(formats.percent(*number)),
            (Value::Number(number), Some(Filter::Currency { code, short })) => Some(match code {
                Code::Fixed(code) => formats.currency(*number, code, *short),
                Code::Value(code) => match eval.value(*code).as_deref() {
                    Some(Value::Text(code)) => formats.currency(*number, code, *short),
                    _ => formats.number(*number, 0, 2),
                },
            }),
            (Value::Date(date), Some(Filter::Date(skeleton))) => Some(formats.date(*date, skeleton)),
            (Value::List(items), Some(Filter::Join(between))) => Some(joined(items, between, eval)),
            _ => plain(value, kind, eval),
        };
        // A time that a date does not have counts as not given.
        shown = shown.filter(|shown: &String| !shown.is_empty());
    }
    for filter in filters {
        shown = match (filter, shown) {
            (Filter::Default(text), None) => Some(text.clone()),
            (_, None) => None,
            (Filter::Case(case), Some(shown)) => Some(formats.cased(&shown, *case)),
            (Filter::Truncate(length), Some(shown)) => Some(truncated(shown, *length)),
            (Filter::Prefix(prefix), Some(shown)) => Some(format!("{prefix}{shown}")),
            (Filter::Suffix(suffix), Some(shown)) => Some(format!("{shown}{suffix}")),
            (Filter::Quote, Some(shown)) => Some(formats.quoted(&shown)),
            (Filter::Repeat(times, between), Some(shown)) => Some(vec![shown; *times].join(between)),
            (_, shown) => shown,
        };
    }
    shown
}

fn plain(value: &Value, kind: FieldType, eval: &Eval<'_>) -> Option<String> {
    match value {
        // Only texts have accents: in a link or a code an asterisk is an asterisk.
        Value::Text(text) if matches!(kind, FieldType::Text | FieldType::RichText) => Some(text.clone()),
        Value::Text(text) => Some(escaped(text)),
        Value::Number(number) => Some(eval.formats.number(*number, 0, 3)),
        Value::Date(date) => Some(eval.formats.date(*date, &Skeleton::default())),
        Value::List(items) => Some(joined(items, ", ", eval)),
        Value::Boolean(_) | Value::Color(_) | Value::Picture(_) => None,
    }
}

fn joined(items: &[Item], between: &str, eval: &Eval<'_>) -> String {
    let texts = items.iter().filter_map(|item| match item {
        Item::Plain(value) => plain(value, FieldType::Text, eval),
        Item::Object(_) => None,
    });
    texts.collect::<Vec<_>>().join(between)
}

fn truncated(text: String, length: usize) -> String {
    match text.char_indices().nth(length) {
        None => text,
        Some(_) => {
            let end = text.char_indices().nth(length.saturating_sub(1)).map_or(0, |(at, _)| at);
            format!("{}…", text[..end].trim_end())
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('*', "\\*")
}

/// `*accent*` spans of a text; `\*` and an asterisk without a partner are literal.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |text: &str, accent: bool| match spans.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.accent == accent => last.text.push_str(text),
        _ => spans.push(Span { text: text.to_owned(), accent }),
    };
    let bytes = text.as_bytes();
    // Byte positions of asterisks that are not escaped.
    let stars: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'*' && (*i == 0 || bytes[i - 1] != b'\\')).collect();
    let mut at = 0;
    let mut next = 0;
    while next < stars.len() {
        let open = stars[next];
        // `**` is no empty accent: the first asterisk is literal.
        match stars.get(next + 1) {
            Some(close) if *close > open + 1 => {
                push(&plain_text(&text[at..open]), false);
                push(&plain_text(&text[open + 1..*close]), true);
                at = close + 1;
                next += 2;
            }
            _ => next += 1,
        }
    }
    push(&plain_text(&text[at..]), false);
    spans
}

fn plain_text(text: &str) -> String {
    text.replace("\\*", "*")
}

#[cfg(test)]
mod tests {
    use super::spans;

    fn shown(text: &str) -> String {
        spans(text).iter().map(|span| if span.accent { format!("[{}]", span.text) } else { span.text.clone() }).collect()
    }

    #[test]
    fn asterisks_in_pairs_are_accents_and_others_are_literal() {
        for (text, expected) in [
            ("Hello *world*", "Hello [world]"),
            ("*a* b *c*", "[a] b [c]"),
            ("5 * 3", "5 * 3"),
            ("5 \\* 3 \\* 2", "5 * 3 * 2"),
            ("*a\\*b*", "[a*b]"),
            ("one * two *three*", "one [ two ]three*"),
            ("**", "**"),
            ("**bold**", "*[bold]*"),
            ("*", "*"),
            ("", ""),
            ("كل *مقاس*", "كل [مقاس]"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_spans_panic_or_lose_letters(text in "[a*\\\\ é\n]{0,40}") {
            let letters = |text: &str| text.chars().filter(|c| !matches!(c, '*' | '\\')).collect::<String>();
            let all: String = spans(&text).iter().map(|span| span.text.clone()).collect();
            proptest::prop_assert_eq!(letters(&all), letters(&text));
        }
    }
}
