//! Conditions: `photo`, `!photo`, `style == 'tick' && count(items) > 2`, `brand.dark`.

use super::color::{self, ColorExpr};
use super::lex::{Token, Tokens};
use super::names::{Names, Ref};
use crate::eval::Eval;
use crate::field::FieldType;
use crate::inputs::Value;
use crate::read::Wrong;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Always(bool),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// Given; for a boolean: true; for a list: not empty.
    Set(Ref),
    Compare(Operand, Order, Operand),
    /// The kit's background is dark.
    BrandDark,
    /// White reads better on this colour than black.
    Dark(Box<ColorExpr>),
    /// The kit has a logo of this role.
    HasLogo(usize),
    /// The picture is laid out from right to left.
    Rtl,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Value(Ref),
    Text(String),
    Number(f64),
    Boolean(bool),
    /// Items of a list.
    Count(Ref),
    /// Characters of a text.
    Length(Ref),
    /// The locale's language, such as `en`.
    Language,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Differs,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<Condition, Wrong> {
    let mut tokens = Tokens::of(text)?;
    let condition = any(&mut tokens, names)?;
    tokens.end()?;
    Ok(condition)
}

pub(super) fn any(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<Condition, Wrong> {
    let first = all(tokens, names)?;
    if !matches!(tokens.peek(), Some(Token::Sign("||"))) {
        return Ok(first);
    }
    let mut list = vec![first];
    while tokens.eat("||") {
        list.push(all(tokens, names)?);
    }
    Ok(Condition::Any(list))
}

fn all(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<Condition, Wrong> {
    let first = single(tokens, names)?;
    if !matches!(tokens.peek(), Some(Token::Sign("&&"))) {
        return Ok(first);
    }
    let mut list = vec![first];
    while tokens.eat("&&") {
        list.push(single(tokens, names)?);
    }
    Ok(Condition::All(list))
}

fn single(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<Condition, Wrong> {
    if tokens.eat("!") {
        return Ok(Condition::Not(Box::new(tokens.nested(|tokens| single(tokens, names))?)));
    }
    if tokens.eat("(") {
        let inner = tokens.nested(|tokens| any(tokens, names))?;
        tokens.expect(")")?;
        return Ok(inner);
    }
    match tokens.peek() {
        Some(Token::Name("brand.dark")) => {
            tokens.next();
            return Ok(Condition::BrandDark);
        }
        Some(Token::Name("rtl")) if names.find("rtl").is_err() => {
            tokens.next();
            return Ok(Condition::Rtl);
        }
        Some(Token::Name("dark")) if names.find("dark").is_err() => {
            tokens.next();
            tokens.expect("(")?;
            let color = tokens.nested(|tokens| color::expression(tokens, names))?;
            tokens.expect(")")?;
            return Ok(Condition::Dark(Box::new(color)));
        }
        Some(Token::Name(name)) => {
            if let Some(role) = name.strip_prefix("brand.logos.") {
                let role = names.logo_role(role)?;
                tokens.next();
                return Ok(Condition::HasLogo(role));
            }
        }
        _ => {}
    }
    let left = operand(tokens, names)?;
    let Some(order) = order(tokens) else {
        return match left {
            Operand::Value(value) => Ok(Condition::Set(value)),
            Operand::Boolean(value) => Ok(Condition::Always(value)),
            _ => Err(tokens.unexpected("a comparison such as == or >")),
        };
    };
    let right = operand(tokens, names)?;
    check(&left, order, &right, names)?;
    Ok(Condition::Compare(left, order, right))
}

fn order(tokens: &mut Tokens<'_>) -> Option<Order> {
    let all = [
        ("==", Order::Equal),
        ("!=", Order::Differs),
        ("<=", Order::LessOrEqual),
        (">=", Order::GreaterOrEqual),
        ("<", Order::Less),
        (">", Order::Greater),
    ];
    all.into_iter().find(|(sign, _)| tokens.eat(sign)).map(|(_, order)| order)
}

fn operand(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<Operand, Wrong> {
    let wrong = tokens.unexpected("a field, a text in quotes or a number");
    match tokens.peek().cloned() {
        Some(Token::Number(_) | Token::Sign("-")) => Ok(Operand::Number(tokens.number()?)),
        Some(Token::Text(text)) => {
            tokens.next();
            Ok(Operand::Text(text.to_owned()))
        }
        Some(Token::Name(name)) => {
            tokens.next();
            match name {
                "true" | "false" => Ok(Operand::Boolean(name == "true")),
                "locale.language" => Ok(Operand::Language),
                "count" | "length" if tokens.eat("(") => {
                    let Some(Token::Name(inner)) = tokens.next() else {
                        return Err(Wrong::new(format!("{name}() takes a field")));
                    };
                    let value = names.find(inner)?;
                    tokens.expect(")")?;
                    match (name, names.kind(value)) {
                        ("count", FieldType::List) => Ok(Operand::Count(value)),
                        ("length", kind) if kind.is_text() => Ok(Operand::Length(value)),
                        ("count", _) => Err(Wrong::new(format!("count() takes a list; \"{inner}\" is none"))),
                        _ => Err(Wrong::new(format!("length() takes a text; \"{inner}\" is none"))),
                    }
                }
                _ => Ok(Operand::Value(names.find(name)?)),
            }
        }
        _ => Err(wrong),
    }
}

/// Text with text, number with number, boolean with boolean; an enum only with one of its values.
fn check(left: &Operand, order: Order, right: &Operand, names: &Names<'_>) -> Result<(), Wrong> {
    #[derive(PartialEq)]
    enum Sort {
        Text,
        Number,
        Boolean,
        Other,
    }
    let sort = |operand: &Operand| match operand {
        Operand::Text(_) | Operand::Language => Sort::Text,
        Operand::Number(_) | Operand::Count(_) | Operand::Length(_) => Sort::Number,
        Operand::Boolean(_) => Sort::Boolean,
        Operand::Value(value) => match names.kind(*value) {
            FieldType::Number | FieldType::Rating => Sort::Number,
            FieldType::Boolean => Sort::Boolean,
            kind if kind.is_text() => Sort::Text,
            _ => Sort::Other,
        },
    };
    let (a, b) = (sort(left), sort(right));
    if a == Sort::Other || b == Sort::Other || a != b {
        return Err(Wrong::with("these two can't be compared", "text with text in quotes, numbers with numbers".to_owned()));
    }
    if a != Sort::Number && !matches!(order, Order::Equal | Order::Differs) {
        return Err(Wrong::new("only numbers are less or greater; use == or !="));
    }
    for pair in [(left, right), (right, left)] {
        if let (Operand::Value(value), Operand::Text(text)) = pair
            && let Some(field) = names.field(*value)
            && field.kind == FieldType::Enum
            && !field.constraints.values.contains(text)
        {
            let hint = crate::suggest::hint(text, field.constraints.values.iter().map(String::as_str));
            return Err(Wrong::with(format!("\"{}\" never is '{text}'", field.name), hint));
        }
    }
    Ok(())
}

impl Condition {
    pub fn holds(&self, eval: &Eval<'_>) -> bool {
        match self {
            Self::Always(value) => *value,
            Self::All(list) => list.iter().all(|condition| condition.holds(eval)),
            Self::Any(list) => list.iter().any(|condition| condition.holds(eval)),
            Self::Not(condition) => !condition.holds(eval),
            Self::Set(value) => eval.is_set(*value),
            Self::Compare(left, order, right) => compare(left, *order, right, eval),
            Self::BrandDark => eval.dark(),
            Self::Dark(color) => color.tone(eval).color.is_dark(),
            Self::HasLogo(role) => eval.has_logo(*role),
            Self::Rtl => eval.rtl,
        }
    }
}

/// A value that is not given differs from everything and is neither less nor greater.
fn compare(left: &Operand, order: Order, right: &Operand, eval: &Eval<'_>) -> bool {
    let number = |operand: &Operand| match operand {
        Operand::Number(number) => Some(*number),
        Operand::Count(value) => Some(match eval.value(*value).as_deref() {
            Some(Value::List(items)) => items.len() as f64,
            _ => 0.0,
        }),
        Operand::Length(value) => Some(match eval.value(*value).as_deref() {
            Some(Value::Text(text)) => text.chars().count() as f64,
            _ => 0.0,
        }),
        Operand::Value(value) => match eval.value(*value).as_deref() {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        },
        _ => None,
    };
    if let (Some(a), Some(b)) = (number(left), number(right)) {
        return match order {
            Order::Equal => a == b,
            Order::Differs => a != b,
            Order::Less => a < b,
            Order::LessOrEqual => a <= b,
            Order::Greater => a > b,
            Order::GreaterOrEqual => a >= b,
        };
    }
    let same = match (left, right) {
        (Operand::Value(value), Operand::Boolean(wanted)) | (Operand::Boolean(wanted), Operand::Value(value)) => {
            eval.is_set(*value) == *wanted
        }
        _ => {
            let text = |operand: &Operand| match operand {
                Operand::Text(text) => Some(text.clone()),
                Operand::Language => Some(eval.language.to_owned()),
                Operand::Value(value) => match eval.value(*value).as_deref() {
                    Some(Value::Text(text)) => Some(text.clone()),
                    Some(Value::Boolean(value)) => Some(value.to_string()),
                    _ => None,
                },
                Operand::Boolean(value) => Some(value.to_string()),
                _ => None,
            };
            matches!((text(left), text(right)), (Some(a), Some(b)) if a == b)
        }
    };
    match order {
        Order::Equal => same,
        Order::Differs => !same,
        _ => false,
    }
}
