//! Reading text values: parts, formatters and their arguments.

use serde_json::Value as Json;

use super::{Code, Filter, Part, TextExpr};
use crate::expr::lex::{Token, Tokens};
use crate::expr::names::{Names, Ref};
use crate::expr::rich::{self, Tags};
use crate::field::{FieldType, Items};
use crate::locale::date::Skeleton;
use crate::locale::{self, Case};
use crate::read::Wrong;
use crate::suggest;

pub(crate) const FORMATTERS: [&str; 15] = [
    "number", "currency", "percent", "date", "upper", "lower", "title", "truncate", "default", "prefix", "suffix", "quote", "repeat",
    "join", "accent",
];

/// `own` are the marks and boxes of the text's layer.
pub(crate) fn parse(text: &str, names: &Names<'_>, own: &Tags) -> Result<TextExpr, Wrong> {
    let mut parts = Vec::new();
    let mut marks = 0;
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
                parts.push(Part::Literal(rich::written(&std::mem::take(&mut literal), own, &mut marks)?));
            }
            parts.push(value(&mut tokens, names, own, marks)?);
        }
        rest = &inside[end + 2..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(rich::written(&literal, own, &mut marks)?));
    }
    if let Some((name, _)) = own.marks.iter().find(|(_, bit)| marks & bit != 0) {
        return Err(Wrong::with(format!("[{name}] is not closed"), format!("[/{name}] ends it; a literal one is written \\[{name}]")));
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

fn value(tokens: &mut Tokens<'_>, names: &Names<'_>, own: &Tags, marks: u32) -> Result<Part, Wrong> {
    let wrong = tokens.unexpected("a field");
    let Some(Token::Name(name)) = tokens.next() else { return Err(wrong) };
    if name == "brand.name" {
        return Ok(Part::BrandName(filters(tokens, names, FieldType::Text)?, marks));
    }
    let value = names.find(name)?;
    let kind = names.kind(value);
    if matches!(kind, FieldType::Image | FieldType::Boolean | FieldType::Color) {
        return Err(Wrong::new(format!("\"{name}\" has no text: it is of type {}", kind.name())));
    }
    if kind == FieldType::List && names.field(value).is_some_and(|field| matches!(field.items, Some(Items::Object(_)))) {
        return Err(Wrong::with(format!("\"{name}\" is a list of objects"), "repeat a layer over it".to_owned()));
    }
    Ok(Part::Value { value, kind, filters: filters(tokens, names, kind)?, tags: allowed(value, names, own), marks })
}

/// The marks that a field lets people write. Where the layer has no look for one, its brackets are left out all the same.
fn allowed(value: Ref, names: &Names<'_>, own: &Tags) -> Tags {
    let Some(field) = names.field(value) else { return Tags::default() };
    let field = match &field.items {
        Some(Items::Plain(item)) => item,
        _ => field,
    };
    let bit = |name: &String| own.marks.iter().find(|(known, _)| known == name).map_or(0, |(_, bit)| *bit);
    Tags { marks: field.constraints.marks.iter().map(|name| (name.clone(), bit(name))).collect(), boxes: Vec::new() }
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
        "accent" => Filter::Accent,
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
