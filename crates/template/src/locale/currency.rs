//! Amounts of money. The one place that touches ICU's currency formatter, whose interface is not stable yet.

use std::cell::RefCell;

use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_experimental::dimension::currency::CurrencyType;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_locale::Locale;

/// Currencies kept per locale.
const KEPT: usize = 16;

#[derive(Default)]
pub(crate) struct Currencies {
    kept: RefCell<Vec<(String, CurrencyFormatter<DecimalFormatter>)>>,
}

impl Currencies {
    /// `None` for what is no currency code.
    pub fn format(&self, locale: &Locale, amount: &Decimal, text: &str) -> Option<String> {
        let code = code(text)?;
        let mut kept = self.kept.borrow_mut();
        if let Some((_, formatter)) = kept.iter().find(|(known, _)| *known == code) {
            return Some(formatter.format_fixed_decimal(amount).to_string());
        }
        let currency: CurrencyType = code.to_lowercase().parse::<icu_locale::extensions::unicode::Value>().ok()?.try_into().ok()?;
        let formatter = CurrencyFormatter::try_new_symbol(locale.into(), currency, Default::default()).ok()?;
        let shown = formatter.format_fixed_decimal(amount).to_string();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((code, formatter));
        Some(shown)
    }
}

/// A code of three letters, in capitals.
pub(crate) fn code(text: &str) -> Option<String> {
    (text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}
