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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    TextShrunk,
    TextTruncated,
    TextOverflow,
    MissingGlyphs,
    FontFallback,
    LowContrast,
    ImageUnavailable,
    ImageLowResolution,
    ImageUpscaled,
    UnknownInput,
    LogoVariantFallback,
    BrandRoleMissing,
    SafeZoneViolation,
    DataOmitted,
    TestWatermark,
}
