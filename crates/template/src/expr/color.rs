//! Colours: `#hex`, `brand.colors.primary.on`, `alpha(c, .13)`, `pick(behind, a, b)`.

use serde_json::Value as Json;

use super::condition::{self, Condition};
use super::lex::{Token, Tokens};
use super::names::{Names, Ref};
use crate::bound::Color;
use crate::color::{BLACK, WHITE, faded, mix};
use crate::contrast;
use crate::eval::{Eval, Tone};
use crate::field::FieldType;
use crate::inputs::Value;
use crate::read::Wrong;
use crate::suggest;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColorExpr {
    Fixed(Color),
    /// By the document's table of roles.
    Role(usize),
    /// What reads on a colour.
    On(Box<ColorExpr>),
    Alpha(Box<ColorExpr>, f32),
    Mix(Box<ColorExpr>, Box<ColorExpr>, f32),
    /// The first candidate that reads on what lies behind, else what reads on it at any rate.
    Pick {
        rule: Rule,
        behind: Box<ColorExpr>,
        candidates: Vec<ColorExpr>,
    },
    If(Box<Condition>, Box<ColorExpr>, Box<ColorExpr>),
    /// A colour field, and what stands in where it is not given.
    Field(Ref, Box<ColorExpr>),
}

/// How much contrast a candidate needs: WCAG ratio, and APCA |Lc|.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rule {
    pub wcag: f32,
    pub apca: f32,
    /// Nothing passes: the last candidate in place of the on-colour.
    pub last: bool,
}

/// `pick()`: large text, icons.
pub(crate) const LARGE: Rule = Rule { wcag: 3.0, apca: 45.0, last: false };
/// `pickText()`: body text.
pub(crate) const TEXT: Rule = Rule { wcag: 4.5, apca: 60.0, last: false };
/// `pickDisplay()`: type from a fifth of the short edge.
pub(crate) const DISPLAY: Rule = Rule { wcag: 3.0, apca: 0.0, last: false };

const FUNCTIONS: [&str; 10] = ["on", "alpha", "mix", "tint", "shade", "pick", "pickText", "pickDisplay", "pickRatio", "if"];

pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    let mut tokens = Tokens::of(text)?;
    let color = expression(&mut tokens, names)?;
    tokens.end()?;
    Ok(color)
}

pub(super) fn expression(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    tokens.nested(|tokens| single(tokens, names))
}

fn single(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    let wrong = tokens.unexpected("a colour");
    match tokens.next() {
        Some(Token::Hex(hex)) => Color::parse(&format!("#{hex}"))
            .map(ColorExpr::Fixed)
            .ok_or_else(|| Wrong::with(format!("#{hex} is no colour"), "#rgb, #rrggbb or #rrggbbaa".to_owned())),
        Some(Token::Variable(name)) => variable(tokens, name, names),
        Some(Token::Sign("{{")) => field(tokens, names),
        Some(Token::Name("transparent")) => Ok(ColorExpr::Fixed(Color { a: 0, ..BLACK })),
        Some(Token::Name(name)) => match name.strip_prefix("brand.colors.") {
            Some(role) => match role.strip_suffix(".on") {
                Some(role) => Ok(ColorExpr::On(Box::new(ColorExpr::Role(names.color_role(role)?)))),
                None => Ok(ColorExpr::Role(names.color_role(role)?)),
            },
            None => call(tokens, name, names),
        },
        _ => Err(wrong),
    }
}

fn variable(tokens: &mut Tokens<'_>, name: &str, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    match names.var(name)? {
        Json::String(text) => tokens.nested(|tokens| {
            // The nested text has tokens of its own; this level counts it, so that a circle ends.
            let mut inner = Tokens::of(text)?.at_level(tokens);
            let color = expression(&mut inner, names)?;
            inner.end()?;
            Ok(color)
        }),
        _ => Err(Wrong::new(format!("${name} is no colour"))),
    }
}

/// After `{{`: a colour field, and perhaps `| default(colour)`.
fn field(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    let Some(Token::Name(name)) = tokens.next() else { return Err(Wrong::new("{{ takes a colour field's name")) };
    let value = names.find(name)?;
    if names.kind(value) != FieldType::Color {
        return Err(Wrong::new(format!("\"{name}\" is no colour field")));
    }
    let absent = if tokens.eat("|") {
        if !matches!(tokens.next(), Some(Token::Name("default"))) {
            return Err(Wrong::new("a colour takes no formatter but default(colour)"));
        }
        tokens.expect("(")?;
        let absent = expression(tokens, names)?;
        tokens.expect(")")?;
        absent
    } else {
        ColorExpr::Role(names.color_role("accent")?)
    };
    tokens.expect("}}")?;
    Ok(ColorExpr::Field(value, Box::new(absent)))
}

fn call(tokens: &mut Tokens<'_>, name: &str, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    if !FUNCTIONS.contains(&name) || !tokens.eat("(") {
        let hint = match names.find(name) {
            Ok(_) => Some(format!("a field stands in braces: {{{{{name}}}}}")),
            Err(_) => suggest::hint(name, FUNCTIONS),
        };
        return Err(Wrong::with(format!("\"{name}\" is no colour"), hint));
    }
    let result = match name {
        "if" => {
            let condition = tokens.nested(|tokens| condition::any(tokens, names))?;
            let then = argument(tokens, names)?;
            ColorExpr::If(Box::new(condition), Box::new(then), Box::new(argument(tokens, names)?))
        }
        "pick" | "pickText" | "pickDisplay" | "pickRatio" => {
            let behind = Box::new(expression(tokens, names)?);
            let rule = match name {
                "pick" => LARGE,
                "pickText" => TEXT,
                "pickDisplay" => DISPLAY,
                _ => {
                    tokens.expect(",")?;
                    Rule { wcag: share(tokens, 1.0, 21.0)?, apca: 0.0, last: true }
                }
            };
            let mut candidates = vec![argument(tokens, names)?];
            while tokens.eat(",") {
                candidates.push(expression(tokens, names)?);
            }
            ColorExpr::Pick { rule, behind, candidates }
        }
        _ => {
            let first = Box::new(expression(tokens, names)?);
            match name {
                "on" => ColorExpr::On(first),
                "mix" => {
                    let second = Box::new(argument(tokens, names)?);
                    tokens.expect(",")?;
                    ColorExpr::Mix(first, second, share(tokens, 0.0, 1.0)?)
                }
                _ => {
                    tokens.expect(",")?;
                    let amount = share(tokens, 0.0, 1.0)?;
                    match name {
                        "alpha" => ColorExpr::Alpha(first, amount),
                        "tint" => ColorExpr::Mix(first, Box::new(ColorExpr::Fixed(WHITE)), amount),
                        _ => ColorExpr::Mix(first, Box::new(ColorExpr::Fixed(BLACK)), amount),
                    }
                }
            }
        }
    };
    tokens.expect(")")?;
    Ok(result)
}

/// A comma and a colour.
fn argument(tokens: &mut Tokens<'_>, names: &Names<'_>) -> Result<ColorExpr, Wrong> {
    tokens.expect(",")?;
    expression(tokens, names)
}

fn share(tokens: &mut Tokens<'_>, min: f64, max: f64) -> Result<f32, Wrong> {
    let number = tokens.number()?;
    if (min..=max).contains(&number) { Ok(number as f32) } else { Err(Wrong::new(format!("{number} is not from {min} to {max}"))) }
}

impl ColorExpr {
    pub fn color(&self, eval: &Eval<'_>) -> Color {
        self.tone(eval).color
    }

    /// The colour, and its own on-colour where it has one.
    pub fn tone(&self, eval: &Eval<'_>) -> Tone {
        match self {
            Self::Fixed(color) => Tone::of(*color),
            Self::Role(role) => eval.role(*role),
            Self::On(ground) => Tone::of(eval.on(ground.tone(eval))),
            Self::Alpha(color, alpha) => Tone::of(faded(color.color(eval), *alpha)),
            Self::Mix(a, b, t) => Tone::of(mix(a.color(eval), b.color(eval), *t)),
            Self::If(condition, then, otherwise) => {
                if condition.holds(eval) {
                    then.tone(eval)
                } else {
                    otherwise.tone(eval)
                }
            }
            Self::Field(value, absent) => match eval.value(*value).as_deref() {
                Some(Value::Color(color)) => Tone::of(*color),
                _ => absent.tone(eval),
            },
            Self::Pick { rule, behind, candidates } => {
                let behind = behind.tone(eval);
                let (ground, screen) = (contrast::luminance(behind.color), contrast::apca_y(behind.color));
                let reads = |color: Color| {
                    contrast::ratio(contrast::luminance(color), ground) >= rule.wcag
                        && (rule.apca <= 0.0 || contrast::apca_luminance(contrast::apca_y(color), screen).abs() >= rule.apca)
                };
                let found = candidates.iter().map(|candidate| candidate.tone(eval)).find(|tone| reads(tone.color));
                found.unwrap_or_else(|| match candidates.last() {
                    Some(last) if rule.last => last.tone(eval),
                    _ => Tone::of(eval.on(behind)),
                })
            }
        }
    }
}
