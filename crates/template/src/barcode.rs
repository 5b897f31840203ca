//! Linear codes: what each takes, its check digit, and its bars.

use barcoders::sym::{code128::Code128, ean8::EAN8, ean13::EAN13};
use serde::Serialize;

/// How a text or a number becomes bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Symbology {
    /// Letters, digits and signs of ASCII, up to 80 of them.
    #[default]
    Code128,
    /// 12 digits, or 13 with the check digit.
    Ean13,
    /// 7 digits, or 8 with the check digit.
    Ean8,
    /// 11 digits, or 12 with the check digit.
    UpcA,
}

/// Names as written in documents.
pub(crate) const SYMBOLOGIES: [(&str, Symbology); 4] =
    [("code128", Symbology::Code128), ("ean13", Symbology::Ean13), ("ean8", Symbology::Ean8), ("upca", Symbology::UpcA)];

const MAX_TEXT: usize = 80;
/// The marks by which `barcoders` changes to sets B and C, and begins in one.
const SET_B: char = '\u{181}';
const SET_C: char = '\u{106}';

/// A code without its quiet zones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Encoded {
    /// Dark and light, from left to right.
    pub modules: Vec<bool>,
    /// With the check digit, where there is one.
    pub text: String,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flaw {
    /// One of the contract's detail codes.
    pub code: &'static str,
    /// Goes on after the name of what is at fault.
    pub message: String,
    pub limit: Option<u64>,
    pub received: Option<u64>,
}

impl Symbology {
    /// Empty modules that the standards ask for at either side.
    pub(crate) fn quiet(self) -> u32 {
        match self {
            Self::Code128 => 10,
            Self::Ean13 => 11,
            Self::Ean8 => 7,
            Self::UpcA => 9,
        }
    }

    /// As people say it.
    fn title(self) -> &'static str {
        match self {
            Self::Code128 => "a Code 128",
            Self::Ean13 => "an EAN-13",
            Self::Ean8 => "an EAN-8",
            Self::UpcA => "a UPC-A",
        }
    }

    pub(crate) fn encode(self, data: &str) -> Result<Encoded, Flaw> {
        let (bars, text) = match self {
            Self::Code128 => {
                self.ascii(data)?;
                (Code128::new(in_sets(data)).map(|code| code.encode()), data.to_owned())
            }
            Self::Ean13 => {
                let digits = self.digits(data, 13)?;
                (EAN13::new(&digits).map(|code| code.encode()), digits)
            }
            Self::Ean8 => {
                let digits = self.digits(data, 8)?;
                (EAN8::new(&digits).map(|code| code.encode()), digits)
            }
            // The same bars as those of the EAN-13 with a 0 before it.
            Self::UpcA => {
                let digits = self.digits(data, 12)?;
                (EAN13::new(format!("0{digits}")).map(|code| code.encode()), digits)
            }
        };
        let bars = bars.map_err(|_| self.flaw("not_allowed", format!("can't be written as {}.", self.title())))?;
        Ok(Encoded { modules: bars.into_iter().map(|bar| bar == 1).collect(), text })
    }

    fn flaw(self, code: &'static str, message: String) -> Flaw {
        Flaw { code, message, limit: None, received: None }
    }

    fn ascii(self, data: &str) -> Result<(), Flaw> {
        if let Some(c) = data.chars().find(|c| !(' '..='~').contains(c)) {
            return Err(self.flaw("invalid_characters", format!("has \"{c}\"; {} takes letters, digits and signs of ASCII.", self.title())));
        }
        let count = data.len();
        if count > MAX_TEXT || count == 0 {
            let message = format!("has {count} characters; {} takes 1 to {MAX_TEXT}.", self.title());
            let code = if count == 0 { "too_short" } else { "too_long" };
            return Err(Flaw { limit: Some(MAX_TEXT as u64), received: Some(count as u64), ..self.flaw(code, message) });
        }
        Ok(())
    }

    /// All `count` digits. Spaces and hyphens, as people write them between groups, are left out.
    fn digits(self, data: &str, count: usize) -> Result<String, Flaw> {
        let mut digits: Vec<u8> = Vec::new();
        for c in data.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')) {
            match c.to_digit(10) {
                Some(digit) => digits.push(digit as u8),
                None => return Err(self.flaw("invalid_characters", format!("has \"{c}\"; {} has digits only.", self.title()))),
            }
        }
        let found = digits.len();
        if found == count - 1 {
            digits.push(check_digit(&digits));
        }
        if digits.len() != count {
            let message = format!("has {found} digits; {} has {count}, or {} without the check digit.", self.title(), count - 1);
            let code = if found < count { "too_short" } else { "too_long" };
            return Err(Flaw { limit: Some(count as u64), received: Some(found as u64), ..self.flaw(code, message) });
        }
        let wanted = check_digit(&digits[..count - 1]);
        if digits[count - 1] != wanted {
            let message = format!("ends in {}; the check digit of these digits is {wanted}.", digits[count - 1]);
            return Err(self.flaw("not_allowed", message));
        }
        Ok(digits.into_iter().map(|digit| char::from(b'0' + digit)).collect())
    }
}

/// Of the digits before it: from the right, weights of 3 and 1 by turns.
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, digit)| u32::from(*digit) * if i % 2 == 0 { 3 } else { 1 }).sum();
    ((10 - sum % 10) % 10) as u8
}

/// Set B for text, set C for runs of digits that are long enough to be worth the change.
fn in_sets(text: &str) -> String {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut pairs = run(0) >= 4 || (run(0) == 2 && bytes.len() == 2);
    let mut out = String::from(if pairs { SET_C } else { SET_B });
    let mut at = 0;
    while at < bytes.len() {
        let digits = run(at);
        if pairs && digits < 2 {
            out.push(SET_B);
            pairs = false;
        } else if !pairs && digits % 2 == 0 && (digits >= 6 || (digits >= 4 && at + digits == bytes.len())) {
            // An odd digit stays in set B, so that the rest pairs up.
            out.push(SET_C);
            pairs = true;
        } else {
            let next = at + if pairs { 2 } else { 1 };
            out.push_str(&text[at..next]);
            at = next;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(symbology: Symbology, data: &str) -> String {
        symbology.encode(data).unwrap().modules.into_iter().map(|dark| if dark { '1' } else { '0' }).collect()
    }

    /// Numbers from published examples of each standard.
    #[test]
    fn check_digits_are_added_and_are_those_of_known_products() {
        for (symbology, data, text) in [
            (Symbology::Ean13, "400638133393", "4006381333931"),
            (Symbology::Ean13, "978-0-14-300723-4", "9780143007234"),
            (Symbology::Ean8, "9638 507", "96385074"),
            (Symbology::UpcA, "0 36000 29145", "036000291452"),
            (Symbology::UpcA, "07192200001", "071922000010"),
        ] {
            assert_eq!(symbology.encode(data).unwrap().text, text);
        }
    }

    #[test]
    fn wrong_numbers_say_what_is_wrong() {
        for (symbology, data, code, message) in [
            (Symbology::Ean13, "4006381333932", "not_allowed", "ends in 2; the check digit of these digits is 1."),
            (Symbology::Ean8, "123", "too_short", "has 3 digits; an EAN-8 has 8, or 7 without the check digit."),
            (Symbology::UpcA, "0360002914521", "too_long", "has 13 digits; a UPC-A has 12, or 11 without the check digit."),
            (Symbology::UpcA, "03600029145x", "invalid_characters", "has \"x\"; a UPC-A has digits only."),
            (Symbology::Code128, "grün", "invalid_characters", "has \"ü\"; a Code 128 takes letters, digits and signs of ASCII."),
            (Symbology::Code128, "", "too_short", "has 0 characters; a Code 128 takes 1 to 80."),
        ] {
            let flaw = symbology.encode(data).unwrap_err();
            assert_eq!((flaw.code, flaw.message.as_str()), (code, message), "{data}");
        }
        assert_eq!(Symbology::Code128.encode(&"a".repeat(81)).unwrap_err().code, "too_long");
    }

    /// Bars by the standards' own tables.
    #[test]
    fn bars_are_those_of_the_standards() {
        for (symbology, data, wanted) in [
            (
                Symbology::Ean13,
                "4006381333931",
                "10100011010100111010111101111010001001011001101010100001010000101000010111010010000101100110101",
            ),
            (Symbology::Ean8, "96385074", "1010001011010111101111010110111010101001110111001010001001011100101"),
            (
                Symbology::UpcA,
                "036000291452",
                "10100011010111101010111100011010001101000110101010110110011101001100110101110010011101101100101",
            ),
            (
                Symbology::Code128,
                "PJJ123C",
                "1101001000011101110110101101110001011011100010011100110110011100101100101110010001000110111010001101100011101011",
            ),
            (
                Symbology::Code128,
                "2017 0815",
                "1101001110011001001110100111001101011110111011011001100101110111101000110010010111001100111101110101100011101011",
            ),
        ] {
            assert_eq!(shown(symbology, data), wanted, "{data}");
        }
    }

    #[test]
    fn runs_of_digits_are_written_in_pairs_where_that_is_shorter() {
        for (text, sets) in [
            ("AB12", "ƁAB12"),
            ("123456", "Ć123456"),
            ("12345", "Ć1234Ɓ5"),
            ("12", "Ć12"),
            ("A1234", "ƁAĆ1234"),
            ("A12345", "ƁA1Ć2345"),
            ("A1234B", "ƁA1234B"),
            ("A123456B", "ƁAĆ123456ƁB"),
        ] {
            assert_eq!(in_sets(text), sets);
        }
    }

    proptest::proptest! {
        #[test]
        fn every_ascii_text_has_a_code(text in "[ -~]{1,80}") {
            let code = Symbology::Code128.encode(&text).unwrap();
            // A start, a check and the stop beside what is said, 11 modules each but for the stop's 13.
            proptest::prop_assert!(code.modules.len() % 11 == 2 && code.modules.len() >= 46);
        }

        #[test]
        fn no_data_makes_the_encoder_panic(text in "\\PC{0,90}") {
            for (_, symbology) in SYMBOLOGIES {
                let _ = symbology.encode(&text);
            }
        }
    }
}
