//! Codes that stand inside answers: details of a 422, errors of images, and the engine's warnings. Each says what it means; the schemas
//! list them, and the documentation's tables are made from them.

use serde_json::{Value, json};
use template::WarningCode;

use crate::problems::PROBLEMS;

/// One code, its meaning and what to do.
pub(super) struct Code(pub &'static str, &'static str, &'static str);

/// `error.details[].code`.
pub(super) const DETAILS: &[Code] = &[
    Code("missing_input", "A value that is required is missing.", "Send it."),
    Code("invalid_type", "The value has another type. Nothing is converted.", "Send text as a string, a number as a number."),
    Code("too_long", "The text has more characters than limit says.", "Shorten it by the difference to received."),
    Code("too_short", "The text has fewer characters than limit says.", "Lengthen it."),
    Code("too_many", "The list has more entries than limit says, or the call names more than 10 remote pictures.", "Send fewer."),
    Code("too_few", "The list has fewer entries than limit says.", "Send more."),
    Code("duplicate", "An entry stands twice.", "Send it once."),
    Code("out_of_range", "The number or the count is outside of what limit says.", "Send a value inside."),
    Code("not_allowed", "The value is not one of those in limit.", "Send one of them."),
    Code("unknown_field", "The body has a member that the contract doesn't know.", "Compare its spelling; remove it."),
    Code("conflicting_fields", "Two members exclude each other, such as format and formats.", "Send one of the two."),
    Code("unsupported_format", "The file or the encoding is not one of those in limit.", "Convert it."),
    Code("output_too_large", "An edge, an image or the whole call has too many pixels.", "Lower scale, or choose fewer sizes or formats."),
    Code(
        "invalid_url",
        "The address can't be used: its scheme, port, user info or host is not a public one.",
        "Send an http or https address that anybody can open.",
    ),
    Code("invalid_color", "The colour is not #rgb, #rrggbb or #rrggbbaa.", "Write it in hex."),
    Code("invalid_date", "The date is neither YYYY-MM-DD nor RFC 3339.", "Write it as 2026-11-24."),
    Code("invalid_characters", "The text has control characters other than a line break.", "Remove them."),
];

/// `images[].error.code`: the picture is not charged.
pub(super) const FAILURES: &[Code] = &[
    Code(
        "image_fetch_failed",
        "A picture could not be had: blocked, absent and slow are one answer.",
        "Check that its address opens without signing in, or upload it.",
    ),
    Code("image_decode_failed", "A picture came, but could not be read.", "Send PNG, JPEG, WebP, GIF or SVG that other programs open."),
    Code("image_too_large", "A picture is over 20 MB, or all of the call's over 40 MB.", "Send smaller ones."),
    Code("fail_on_warning", "A warning that failOn names came up.", "Change the input, or take the code out of failOn."),
    Code("render_timeout", "The image took more than 20 seconds.", "Lower scale, or send it again."),
    Code("storage_failed", "The image could not be stored.", "Send the call again, with a new Idempotency-Key."),
];

/// The codes alone.
pub(super) fn names(codes: &[Code]) -> Vec<&'static str> {
    codes.iter().map(|code| code.0).collect()
}

/// All tables, as the document's extension `x-codes`.
pub(super) fn tables() -> Value {
    let plain = |codes: &[Code]| -> Vec<Value> {
        codes.iter().map(|Code(code, meaning, remedy)| json!({ "code": code, "meaning": meaning, "remedy": remedy })).collect()
    };
    let errors: Vec<Value> = PROBLEMS
        .iter()
        .map(|problem| {
            let (meaning, remedy) = (problem.meaning, problem.remedy);
            json!({ "code": problem.code, "status": problem.status, "type": problem.kind(), "meaning": meaning, "remedy": remedy })
        })
        .collect();
    let warnings: Vec<Value> = WarningCode::ALL
        .iter()
        .map(|code| {
            let severities: Vec<&str> = code.severities().iter().map(|severity| severity.as_str()).collect();
            json!({ "code": code, "severity": severities.join(" or "), "meaning": code.meaning(), "remedy": code.remedy() })
        })
        .collect();
    json!({ "errors": errors, "details": plain(DETAILS), "failures": plain(FAILURES), "warnings": warnings })
}
