//! Lengths: `W - 2m`, `0.05s`, `$top + 50%`.

use super::lex::{Token, Tokens};
use crate::bound::Length;
use crate::read::{Vars, Wrong, variable};
use crate::suggest;
use serde_json::Value;

/// What the units of one size mean, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Metrics {
    pub width: f64,
    pub height: f64,
    pub margin: f64,
}

impl Metrics {
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (f64::from(width), f64::from(height));
        let share = if width / height >= 1.5 { 0.089 } else { 0.074 };
        Self { width, height, margin: share * width.min(height) }
    }

    pub fn short(&self) -> f64 {
        self.width.min(self.height)
    }
}

/// A compiled length: pixels, a multiple of the kit's corner radius, and a share of the parent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Len {
    pub px: f32,
    pub corner: f32,
    pub percent: f32,
}

impl Len {
    pub const FULL: Self = Self { px: 1e6, corner: 0.0, percent: 0.0 };

    /// In pixels, for a corner radius in pixels.
    pub fn px(self, corner: f32) -> f32 {
        self.px + self.corner * corner
    }

    pub fn length(self, corner: f32) -> Length {
        Length { px: self.px(corner), percent: self.percent }
    }
}

/// Where a length is read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub metrics: &'a Metrics,
    pub vars: &'a Vars,
    /// Font size in pixels, on text layers.
    pub em: Option<f64>,
}

/// A number (pixels) or an expression.
pub(crate) fn parse(value: &Value, context: Context<'_>) -> Result<Len, Wrong> {
    let sum = match value {
        Value::Number(number) => Sum { px: number.as_f64().unwrap_or(0.0), ..Sum::default() },
        Value::String(text) => expression(text, context, 0)?,
        _ => return Err(Wrong::new("a length is a number of pixels or an expression such as \"W - 2m\"")),
    };
    let limit = 1e6;
    if ![sum.px, sum.corner, sum.percent].iter().all(|part| part.abs() <= limit) {
        return Err(Wrong::new("the length is out of range"));
    }
    Ok(Len { px: sum.px as f32, corner: sum.corner as f32, percent: sum.percent as f32 })
}

#[derive(Clone, Copy, Default)]
struct Sum {
    px: f64,
    corner: f64,
    percent: f64,
    /// Has a unit: two such can't be multiplied.
    unit: bool,
}

impl Sum {
    fn plus(self, other: Self, sign: f64) -> Self {
        Self {
            px: self.px + sign * other.px,
            corner: self.corner + sign * other.corner,
            percent: self.percent + sign * other.percent,
            unit: self.unit || other.unit,
        }
    }

    fn times(self, factor: f64) -> Self {
        Self { px: self.px * factor, corner: self.corner * factor, percent: self.percent * factor, unit: self.unit }
    }
}

fn expression(text: &str, context: Context<'_>, level: usize) -> Result<Sum, Wrong> {
    if level > 16 {
        return Err(Wrong::new("variables name each other in a circle"));
    }
    let mut tokens = Tokens::of(text)?;
    let result = sum(&mut tokens, context, level)?;
    tokens.end()?;
    Ok(result)
}

fn sum(tokens: &mut Tokens<'_>, context: Context<'_>, level: usize) -> Result<Sum, Wrong> {
    let mut total = product(tokens, context, level)?;
    loop {
        if tokens.eat("+") {
            total = total.plus(product(tokens, context, level)?, 1.0);
        } else if tokens.eat("-") {
            total = total.plus(product(tokens, context, level)?, -1.0);
        } else {
            return Ok(total);
        }
    }
}

fn product(tokens: &mut Tokens<'_>, context: Context<'_>, level: usize) -> Result<Sum, Wrong> {
    let mut total = term(tokens, context, level)?;
    loop {
        if tokens.eat("*") {
            let factor = term(tokens, context, level)?;
            total = match (total.unit, factor.unit) {
                (_, false) => total.times(factor.px),
                (false, true) => factor.times(total.px),
                (true, true) => return Err(Wrong::new("two lengths can't be multiplied")),
            };
        } else if tokens.eat("/") {
            let divisor = term(tokens, context, level)?;
            if divisor.unit || divisor.px == 0.0 {
                return Err(Wrong::new("a length is divided by a plain number other than 0"));
            }
            total = total.times(1.0 / divisor.px);
        } else {
            return Ok(total);
        }
    }
}

fn term(tokens: &mut Tokens<'_>, context: Context<'_>, level: usize) -> Result<Sum, Wrong> {
    if tokens.eat("-") {
        return Ok(tokens.nested(|tokens| term(tokens, context, level))?.times(-1.0));
    }
    if tokens.eat("(") {
        let inner = tokens.nested(|tokens| sum(tokens, context, level))?;
        tokens.expect(")")?;
        return Ok(inner);
    }
    let wrong = tokens.unexpected("a length");
    match tokens.next() {
        Some(Token::Number(number)) => {
            if tokens.eat("%") {
                return Ok(Sum { percent: number, unit: true, ..Sum::default() });
            }
            if let Some(Token::Name(name)) = tokens.peek() {
                let unit = unit(name, context)?;
                tokens.next();
                return Ok(unit.times(number));
            }
            Ok(Sum { px: number, ..Sum::default() })
        }
        Some(Token::Name(name @ ("min" | "max"))) if tokens.eat("(") => {
            let first = tokens.nested(|tokens| sum(tokens, context, level))?;
            let mut list = vec![first];
            while tokens.eat(",") {
                list.push(tokens.nested(|tokens| sum(tokens, context, level))?);
            }
            tokens.expect(")")?;
            if list.iter().any(|item| item.corner != 0.0 || item.percent != 0.0) {
                return Err(Wrong::new(format!("{name}() takes no r and no %, which are not known before the picture is made")));
            }
            let pick = if name == "min" { f64::min } else { f64::max };
            let px = list.iter().map(|item| item.px).reduce(pick).unwrap_or(0.0);
            Ok(Sum { px, unit: list.iter().any(|item| item.unit), ..Sum::default() })
        }
        Some(Token::Name(name)) => unit(name, context),
        Some(Token::Variable(name)) => match context.vars.get(name) {
            Some(Value::Number(number)) => Ok(Sum { px: number.as_f64().unwrap_or(0.0), ..Sum::default() }),
            Some(Value::String(text)) => expression(text, context, level + 1).map_err(|wrong| {
                if variable(text).is_some() { wrong } else { Wrong::with(format!("in ${name}: {}", wrong.message), wrong.hint) }
            }),
            Some(_) => Err(Wrong::new(format!("${name} is no length"))),
            None => Err(Wrong::with(format!("unknown variable \"${name}\""), suggest::hint(name, context.vars.keys().map(String::as_str)))),
        },
        _ => Err(wrong),
    }
}

/// One of a unit.
fn unit(name: &str, context: Context<'_>) -> Result<Sum, Wrong> {
    let Metrics { width, height, margin } = *context.metrics;
    let px = match name {
        "px" => 1.0,
        "s" => width.min(height),
        "W" => width,
        "H" => height,
        "m" => margin,
        "r" => return Ok(Sum { corner: 1.0, unit: true, ..Sum::default() }),
        "em" => context.em.ok_or_else(|| Wrong::new("em is a text layer's size; this layer has none"))?,
        _ => {
            let hint = suggest::hint(name, ["px", "s", "W", "H", "m", "r", "em"]);
            return Err(Wrong::with(format!("unknown unit \"{name}\""), hint));
        }
    };
    Ok(Sum { px, unit: true, ..Sum::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Len, Wrong> {
        let vars = json!({"top": "0.1s", "gap": 12, "twice": "$top + $top", "loop": "$pool", "pool": "$loop"});
        let metrics = Metrics::new(1000, 2000);
        parse(&value, Context { metrics: &metrics, vars: vars.as_object().unwrap(), em: Some(40.0) })
    }

    #[test]
    fn lengths_are_sums_of_terms_with_units() {
        let len = |px, corner, percent| Ok(Len { px, corner, percent });
        for (text, expected) in [
            (json!(80), len(80.0, 0.0, 0.0)),
            (json!("12"), len(12.0, 0.0, 0.0)),
            (json!("12px + .5s"), len(512.0, 0.0, 0.0)),
            (json!("W - 2m"), len(852.0, 0.0, 0.0)),
            (json!("-0.05s"), len(-50.0, 0.0, 0.0)),
            (json!("H/2 - 100"), len(900.0, 0.0, 0.0)),
            (json!("2 * (W + 10) * .5"), len(1010.0, 0.0, 0.0)),
            (json!("1.1r"), len(0.0, 1.1, 0.0)),
            (json!("50% - 0.5m + r"), len(-37.0, 1.0, 50.0)),
            (json!("0.5em"), len(20.0, 0.0, 0.0)),
            (json!("$top + $gap"), len(112.0, 0.0, 0.0)),
            (json!("2$twice"), Err(Wrong::new("found $twice where the end is needed"))),
            (json!("2 * $twice"), len(400.0, 0.0, 0.0)),
            (json!("min(W, H, 30px) + max(1, 2)"), len(32.0, 0.0, 0.0)),
        ] {
            assert_eq!(read(text.clone()), expected, "{text}");
        }
    }

    #[test]
    fn bad_lengths_say_what_is_wrong() {
        for (text, message) in [
            ("", "the expression ends where a length is needed"),
            ("12 foo", "unknown unit \"foo\""),
            ("W * H", "two lengths can't be multiplied"),
            ("10px / 0", "a length is divided by a plain number other than 0"),
            ("$tpo", "unknown variable \"$tpo\""),
            ("$loop", "variables name each other in a circle"),
            ("(W", "the expression ends where \")\" is needed"),
            ("W H", "found H where the end is needed"),
            ("1..2", "\"1..2\" is not a number"),
            ("min(r, 3)", "min() takes no r and no %, which are not known before the picture is made"),
            ("9999999W", "the length is out of range"),
            ("3 € 4", "\"€\" has no meaning here"),
        ] {
            assert_eq!(read(json!(text)).unwrap_err().message, message, "{text}");
        }
    }

    #[test]
    fn wide_canvases_have_the_wider_margin() {
        assert!((Metrics::new(1200, 630).margin - 56.07).abs() < 1e-9);
        assert!((Metrics::new(1080, 1080).margin - 79.92).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
            let _ = read(json!(text));
        }

        #[test]
        fn no_likely_text_makes_the_parser_panic(text in "[0-9.sWHmrpxem%$()+*/, -]{0,60}") {
            let _ = read(json!(text));
        }
    }
}
