//! Tokens of the small expression languages: lengths, colours, conditions and text values share them.

use crate::read::Wrong;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Number(f64),
    /// A name, with dots: `brand.colors.primary`, `title`, `W`.
    Name(&'a str),
    /// `$name`
    Variable(&'a str),
    /// `#` and what follows it.
    Hex(&'a str),
    /// Between single or double quotes; there is no escape.
    Text(&'a str),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 24] =
    ["{{", "}}", "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", ",", "+", "-", "*", "/", "%", "|", "?", ":", "[", "]"];

/// Longest expression, in bytes; deeper nesting than this has no use.
const MAX_LENGTH: usize = 2_000;
pub(crate) const MAX_DEPTH: usize = 32;

/// A position in a list of tokens.
#[derive(Clone, Debug)]
pub(crate) struct Tokens<'a> {
    list: Vec<Token<'a>>,
    at: usize,
    /// Levels of brackets entered.
    depth: usize,
}

impl<'a> Tokens<'a> {
    pub fn of(text: &'a str) -> Result<Self, Wrong> {
        if text.len() > MAX_LENGTH {
            return Err(Wrong::new(format!("an expression has at most {MAX_LENGTH} bytes")));
        }
        let mut list = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let (token, length) = token(rest, first)?;
            list.push(token);
            rest = rest[length..].trim_start();
        }
        Ok(Self { list, at: 0, depth: 0 })
    }

    /// Counts levels on from where another list of tokens stands.
    pub fn at_level(self, outer: &Tokens<'_>) -> Self {
        Self { depth: outer.depth, ..self }
    }

    pub fn peek(&self) -> Option<&Token<'a>> {
        self.list.get(self.at)
    }

    pub fn next(&mut self) -> Option<Token<'a>> {
        let token = self.list.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Steps over a sign if it is the next token.
    pub fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.at += usize::from(found);
        found
    }

    pub fn expect(&mut self, sign: &str) -> Result<(), Wrong> {
        if self.eat(sign) { Ok(()) } else { Err(self.unexpected(&format!("\"{sign}\""))) }
    }

    /// What stands here in place of something else.
    pub fn unexpected(&self, wanted: &str) -> Wrong {
        let found = match self.peek() {
            None => return Wrong::new(format!("the expression ends where {wanted} is needed")),
            Some(Token::Number(number)) => number.to_string(),
            Some(Token::Name(name)) => (*name).to_owned(),
            Some(Token::Variable(name)) => format!("${name}"),
            Some(Token::Hex(hex)) => format!("#{hex}"),
            Some(Token::Text(text)) => format!("'{text}'"),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
        };
        Wrong::new(format!("found {found} where {wanted} is needed"))
    }

    pub fn end(&self) -> Result<(), Wrong> {
        if self.peek().is_none() { Ok(()) } else { Err(self.unexpected("the end")) }
    }

    /// Runs a parser one level down, within the limit that keeps the stack small.
    pub fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Wrong>) -> Result<T, Wrong> {
        if self.depth >= MAX_DEPTH {
            return Err(Wrong::new(format!("an expression nests at most {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// A plain number, with its sign.
    pub fn number(&mut self) -> Result<f64, Wrong> {
        let sign = if self.eat("-") { -1.0 } else { 1.0 };
        match self.peek() {
            Some(Token::Number(number)) => {
                let number = sign * number;
                self.at += 1;
                Ok(if self.eat("%") { number / 100.0 } else { number })
            }
            _ => Err(self.unexpected("a number")),
        }
    }
}

fn token(rest: &str, first: char) -> Result<(Token<'_>, usize), Wrong> {
    let run = |from: usize, keep: fn(u8) -> bool| from + rest.as_bytes()[from..].iter().take_while(|b| keep(**b)).count();
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
        let end = run(0, |b| b.is_ascii_digit() || b == b'.');
        let number = rest[..end].parse().map_err(|_| Wrong::new(format!("\"{}\" is not a number", &rest[..end])))?;
        return Ok((Token::Number(number), end));
    }
    if first.is_ascii_alphabetic() {
        let end = run(0, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        return Ok((Token::Name(&rest[..end]), end));
    }
    match first {
        '$' => {
            let end = run(1, word);
            if end == 1 {
                return Err(Wrong::new("a variable's name is missing after $"));
            }
            Ok((Token::Variable(&rest[1..end]), end))
        }
        '#' => {
            let end = run(1, word);
            Ok((Token::Hex(&rest[1..end]), end))
        }
        '\'' | '"' => {
            let end = rest[1..].find(first).ok_or_else(|| Wrong::new(format!("a closing {first} is missing")))?;
            Ok((Token::Text(&rest[1..=end]), end + 2))
        }
        _ => {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| Wrong::new(format!("\"{first}\" has no meaning here")))?;
            Ok((Token::Sign(sign), sign.len()))
        }
    }
}
