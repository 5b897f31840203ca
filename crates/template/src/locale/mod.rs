//! Numbers, dates, case and direction by locale.

pub(crate) mod currency;
pub(crate) mod date;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use fixed_decimal::{Decimal, SignedRoundingMode, UnsignedRoundingMode};
use icu_casemap::{CaseMapper, TitlecaseMapper};
use icu_decimal::DecimalFormatter;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_locale::{Locale, LocaleDirectionality};

use crate::date::Date;
use currency::Currencies;
use date::{Dates, Skeleton};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Upper,
    Lower,
    Title,
}

/// The formatters of one locale, made when first used.
pub(crate) struct Formats {
    pub locale: Locale,
    pub rtl: bool,
    decimal: OnceCell<Option<DecimalFormatter>>,
    percent: OnceCell<Option<PercentFormatter<DecimalFormatter>>>,
    currencies: Currencies,
    dates: Dates,
}

/// Locales kept per thread; formatters cost tens of microseconds to make.
const KEPT: usize = 32;

thread_local! {
    static FORMATS: RefCell<Vec<(String, Rc<Formats>)>> = const { RefCell::new(Vec::new()) };
}

/// Formatters of a BCP 47 tag; an unreadable one counts as `en`.
pub(crate) fn formats(tag: &str) -> Rc<Formats> {
    FORMATS.with_borrow_mut(|kept| {
        if let Some((_, formats)) = kept.iter().find(|(known, _)| known == tag) {
            return formats.clone();
        }
        let formats = Rc::new(Formats::new(tag));
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((tag.to_owned(), formats.clone()));
        formats
    })
}

/// Whether a text is a BCP 47 tag.
pub(crate) fn is_tag(tag: &str) -> bool {
    tag.len() <= 100 && tag.parse::<Locale>().is_ok()
}

impl Formats {
    fn new(tag: &str) -> Self {
        let locale: Locale = tag.parse().unwrap_or(icu_locale::locale!("en"));
        let rtl = LocaleDirectionality::new_extended().is_right_to_left(&locale.id);
        Self { locale, rtl, decimal: OnceCell::new(), percent: OnceCell::new(), currencies: Currencies::default(), dates: Dates::default() }
    }

    pub fn language(&self) -> &str {
        self.locale.id.language.as_str()
    }

    fn decimal(&self, number: &Decimal) -> String {
        let formatter = self.decimal.get_or_init(|| DecimalFormatter::try_new((&self.locale).into(), Default::default()).ok());
        match formatter {
            Some(formatter) => formatter.format(number).to_string(),
            None => number.to_string(),
        }
    }

    /// With at least `min` and at most `max` digits after the decimal sign.
    pub fn number(&self, number: f64, min: u8, max: u8) -> String {
        self.decimal(&rounded(number, min, max))
    }

    /// A whole number with leading zeros and without grouping, in the locale's digits.
    pub fn padded(&self, number: u32, digits: i16) -> String {
        let mut decimal = Decimal::from(number);
        decimal.absolute.pad_start(digits);
        self.decimal(&decimal)
    }

    /// 20 is 20 %.
    pub fn percent(&self, number: f64) -> String {
        let formatter = self.percent.get_or_init(|| PercentFormatter::try_new((&self.locale).into(), Default::default()).ok());
        let decimal = rounded(number, 0, 2);
        match formatter {
            Some(formatter) => formatter.format(&decimal).to_string(),
            None => format!("{decimal}%"),
        }
    }

    /// `code` is an ISO 4217 code; one that is none is written beside the number. `short` leaves out decimals of whole amounts.
    pub fn currency(&self, amount: f64, code: &str, short: bool) -> String {
        let decimal = rounded(amount, 0, 10);
        let Some(text) = self.currencies.format(&self.locale, &decimal, code) else {
            return format!("{}\u{a0}{code}", self.number(amount, 0, 2));
        };
        if short && amount.fract() == 0.0 {
            for digits in [2, 3] {
                let zeros = self.number(0.0, digits, digits);
                let fraction: String = zeros.chars().skip(1).collect();
                if text.contains(&fraction) {
                    return text.replacen(&fraction, "", 1);
                }
            }
        }
        text
    }

    pub fn date(&self, date: Date, skeleton: &Skeleton) -> String {
        self.dates.format(self, date, skeleton)
    }

    pub fn cased(&self, text: &str, case: Case) -> String {
        match case {
            Case::Upper => CaseMapper::new().uppercase_to_string(text, &self.locale.id).into_owned(),
            Case::Lower => CaseMapper::new().lowercase_to_string(text, &self.locale.id).into_owned(),
            Case::Title => {
                let mapper = TitlecaseMapper::new();
                let words = text.split_inclusive(char::is_whitespace);
                words.map(|word| mapper.titlecase_segment_to_string(word, &self.locale.id, Default::default()).into_owned()).collect()
            }
        }
    }

    /// The quotation marks of the text's script, or else of the locale.
    pub fn quotes(&self, text: &str) -> (&'static str, &'static str) {
        let kana = text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}'));
        match (first_strong(text), kana) {
            (Some(true), _) if text.chars().any(|c| matches!(c, '\u{590}'..='\u{5ff}')) => ("”", "”"),
            (Some(true), _) => ("«", "»"),
            (_, true) => ("「", "」"),
            _ => match self.language() {
                "de" | "cs" | "sk" | "sl" | "bg" | "lt" | "is" | "et" => ("„", "“"),
                "pl" | "hu" | "ro" | "hr" => ("„", "”"),
                "fr" => ("«\u{202f}", "\u{202f}»"),
                "es" | "it" | "ru" | "uk" | "no" | "nb" | "nn" | "el" | "fa" | "ar" => ("«", "»"),
                "sv" | "fi" => ("”", "”"),
                "da" => ("»", "«"),
                "ja" => ("「", "」"),
                _ => ("“", "”"),
            },
        }
    }
}

/// Whether the first letter runs from right to left; `None` without a letter.
pub(crate) fn first_strong(text: &str) -> Option<bool> {
    let letter = text.chars().find(|c| c.is_alphabetic())?;
    Some(matches!(letter,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'))
}

/// The language that a text's script suggests, where it is not one of `language`'s own.
pub(crate) fn guessed(text: &str, language: &str) -> Option<&'static str> {
    let has = |from: char, to: char| text.chars().any(|c| (from..=to).contains(&c));
    let (guess, same): (&str, &[&str]) = if has('\u{3041}', '\u{30ff}') {
        ("ja", &[])
    } else {
        match text.chars().find(|c| c.is_alphabetic())? {
            '\u{590}'..='\u{5ff}' => ("he", &["yi"]),
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{fb50}'..='\u{fdff}' => ("ar", &["fa", "ur", "ps", "sd", "ug", "ckb", "ks"]),
            '\u{900}'..='\u{97f}' => ("hi", &["mr", "ne", "sa", "mai", "kok"]),
            '\u{e00}'..='\u{e7f}' => ("th", &[]),
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7af}' => ("ko", &[]),
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => ("zh", &["ja", "ko", "yue"]),
            _ => return None,
        }
    };
    (guess != language && !same.contains(&language)).then_some(guess)
}

fn rounded(number: f64, min: u8, max: u8) -> Decimal {
    // Rust prints the shortest digits that read back as the same number, and never an exponent.
    let mut decimal: Decimal = format!("{number}").parse().unwrap_or_default();
    decimal.round_with_mode(-i16::from(max), SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.trim_end();
    decimal.absolute.pad_end(-i16::from(min));
    decimal
}
