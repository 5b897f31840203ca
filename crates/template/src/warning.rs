//! Warnings: facts about a picture that is finished all the same, with the figures that were measured.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One fact, as it stands in the API's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    pub code: WarningCode,
    pub severity: Severity,
    /// The input field that it concerns.
    pub field: Option<String>,
    /// One sentence for a person; every figure in it stands in `measured` or `limit` too.
    pub message: String,
    pub measured: Map<String, Value>,
    pub limit: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Severity {
    /// As answers write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// One table of the codes: the variant, the word in answers, its severities from the gravest down, what happened, and what
/// to do about it.
macro_rules! codes {
    ($($variant:ident $word:literal [$($severity:ident),+] $meaning:literal $remedy:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum WarningCode {
            $(#[serde(rename = $word)] $variant,)*
        }

        impl WarningCode {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// As answers write it: `text_shrunk`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The severities that it comes with, the gravest first.
            pub fn severities(self) -> &'static [Severity] {
                match self { $(Self::$variant => &[$(Severity::$severity),+],)* }
            }

            /// What happened, for people.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What to do about it, for people.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    TextShrunk "text_shrunk" [Info]
        "The text was longer than fits at its full size, so it is drawn smaller, never below the template's smallest size."
        "Nothing has to be done. Shorten the text to get the full size back."
    TextTruncated "text_truncated" [Warning]
        "The text doesn't fit even at the template's smallest size. Its end was cut and replaced by an ellipsis."
        "Shorten it by the number of characters that the warning names, or write a shorter text for this size alone."
    TextOverflow "text_overflow" [Critical]
        "The text doesn't fit at its smallest size, and the template doesn't let it be cut: it reaches out of its box."
        "Shorten the text. The owner of the template can give the layer more lines, a smaller smallest size or an ellipsis."
    MissingGlyphs "missing_glyphs" [Critical]
        "No font has one of the characters. It was left out."
        "Write it another way, or upload a font that has it to the brand kit."
    FontFallback "font_fallback" [Info]
        "The wanted font is not there, or lacks some of the characters. Another font stands in for it."
        "Choose a family that has the script, or upload the missing font to the brand kit."
    LowContrast "low_contrast" [Warning, Info]
        "The text is hard to read on what lies behind it, measured on the painted pixels where it is worst."
        "Choose other colours in the brand kit, a calmer photo, or another place for the text. As information only, it passes WCAG and misses APCA."
    ImageUnavailable "image_unavailable" [Critical]
        "The picture could not be loaded or read, and the field's replacement picture was drawn."
        "Check that the link opens without signing in and leads to a PNG, JPEG, WebP, GIF or SVG, or upload the file."
    ImageLowResolution "image_low_resolution" [Warning]
        "The picture has far fewer pixels than it is drawn with, and looks soft."
        "Use a larger picture; the warning says how many pixels are there and how many are drawn."
    ImageUpscaled "image_upscaled" [Info]
        "The picture is drawn a little larger than it is. Few people will see it."
        "Nothing has to be done. A larger picture is sharper."
    UnknownInput "unknown_input" [Info]
        "The call sent an input that the template has no field for. It was ignored."
        "Take it out, or correct its name: names are case-sensitive."
    LogoVariantFallback "logo_variant_fallback" [Info]
        "The brand kit has no logo made for this ground, so another variant was drawn."
        "Add a logo for light or for dark grounds to the brand kit."
    BrandRoleMissing "brand_role_missing" [Info]
        "The template asks for a colour, font or logo that the brand kit doesn't have. The template's own was used, or the place left out."
        "Add the role to the brand kit."
    SafeZoneViolation "safe_zone_violation" [Warning]
        "Text or a logo reaches into a zone that the platform covers with its own buttons and names."
        "Shorten the text. The owner of the template can move the layer."
    DataOmitted "data_omitted" [Warning]
        "The files are too large to stand in the answer itself. Their addresses work."
        "Download the pictures from their addresses, or ask for fewer sizes or encodings."
    FileTooLarge "file_too_large" [Warning]
        "The file is larger than the template or the platform allows, at its lowest quality too."
        "Ask for another format (JPEG, WebP or AVIF in place of PNG) or a smaller scale, or allow more bytes in the template."
    TestWatermark "test_watermark" [Info]
        "The picture was made with a test key and carries a watermark."
        "Use a production key for pictures that go out."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_as_its_word_and_says_what_to_do() {
        for code in WarningCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert!(code.severities().is_sorted_by(|a, b| a > b), "{code:?}");
            assert!([code.meaning(), code.remedy()].iter().all(|text| text.ends_with('.')), "{code:?}");
        }
    }
}
