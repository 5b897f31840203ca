//! Answers as the contract writes them: plain structures that serialise to the public JSON.

use domain::{GenerationStatus, Maker, Mode, Source, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One page of a list. `next_cursor` is there exactly when `has_more` is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub data: Vec<T>,
    pub has_more: bool,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    pub(crate) fn new(data: Vec<T>, next: Option<String>) -> Self {
        Self { data, has_more: next.is_some(), next_cursor: next }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Status {
    Queued,
    Processing,
    Completed,
    Partial,
    Failed,
}

impl From<GenerationStatus> for Status {
    fn from(status: GenerationStatus) -> Self {
        match status {
            GenerationStatus::Queued => Self::Queued,
            GenerationStatus::Processing => Self::Processing,
            GenerationStatus::Completed => Self::Completed,
            GenerationStatus::Partial => Self::Partial,
            GenerationStatus::Failed => Self::Failed,
        }
    }
}

impl Status {
    /// As it stands in `status` and in `X-Generation-Status`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }

    /// Nothing more will happen to it.
    #[must_use]
    pub fn finished(self) -> bool {
        matches!(self, Self::Completed | Self::Partial | Self::Failed)
    }
}

/// The generation object (POST, GET, lists).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Generation {
    pub id: String,
    pub object: &'static str,
    /// `live` or `test`.
    #[schema(value_type = String)]
    pub mode: Mode,
    pub status: Status,
    pub template_group_id: String,
    pub template_group_version: i64,
    pub brand_kit_id: Option<String>,
    pub brand_kit_version: Option<i64>,
    pub locale: Option<String>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_data: Option<Value>,
    pub external_id: Option<String>,
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    pub credits: GenerationCredits,
    pub images: Vec<Image>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Value>>,
    pub error: Option<Failure>,
    pub engine: EngineInfo,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expired_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GenerationCredits {
    pub reserved: i64,
    pub charged: i64,
}

/// One size of the group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub id: String,
    pub template_id: String,
    pub key: String,
    pub name: String,
    pub status: ImageStatus,
    pub width: u32,
    pub height: u32,
    /// This and the next three are the first encoding's.
    pub format: String,
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
    pub url: Option<String>,
    pub files: Vec<File>,
    pub alt_text: Option<String>,
    pub render_ms: Option<f64>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Value>>,
    pub error: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImageStatus {
    Queued,
    Completed,
    Failed,
}

/// One encoding of an image.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct File {
    pub format: String,
    /// `null` once the generation expired.
    pub url: Option<String>,
    pub bytes: u64,
    pub sha256: String,
    /// Base64, where POST asked for `delivery: base64`; `Some(None)` is `null` (see the warning `data_omitted`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Option<String>>,
}

/// Why an image, or all of a generation, failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Failure {
    pub code: String,
    pub message: String,
    pub field: Option<String>,
}

/// What drew it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct EngineInfo {
    pub version: String,
    pub target: String,
    /// Digest of the font set.
    pub fonts: String,
}

/// `X-Credits-*` of a live POST that is no dry run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditFigures {
    pub charged: i64,
    pub reserved: i64,
    /// `None` is `unlimited`.
    pub remaining: Option<i64>,
}

/// Wall time of each stage in milliseconds, for `Server-Timing`; stages not reached are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    pub fetch: f64,
    pub queue: f64,
    pub render: f64,
    pub store: f64,
    pub commit: f64,
    pub total: f64,
}

/// The answer to a dry run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DryRun {
    pub valid: bool,
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<crate::Detail>,
    /// Warnings with a further member `template` (the size's key, or `null`).
    pub warnings: Vec<Value>,
    pub estimate: Estimate,
    /// By field, then by size.
    #[schema(value_type = Object)]
    pub fit: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Estimate {
    pub credits: i64,
    pub images: i64,
}

/// A template group, in lists and alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateGroup {
    pub id: String,
    pub object: &'static str,
    pub name: String,
    pub description: String,
    pub version: i64,
    pub tags: Vec<String>,
    pub preview_url: String,
    pub credit_cost: i64,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    pub templates: Vec<TemplateSize>,
    pub fields: Vec<TemplateField>,
    pub example_input_data: Value,
    pub input_schema_url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSize {
    pub id: String,
    pub key: String,
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub preview_url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateField {
    pub name: String,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: template::FieldType,
    pub label: String,
    pub description: String,
    pub required: bool,
    pub default: Option<Value>,
    pub example: Option<Value>,
    #[schema(value_type = Object)]
    pub constraints: Map<String, Value>,
    pub used_in: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrandKit {
    pub id: String,
    pub object: &'static str,
    pub name: String,
    pub is_default: bool,
    pub version: i64,
    pub colors: Vec<KitColor>,
    pub fonts: Vec<KitFont>,
    pub logos: Vec<KitLogo>,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KitColor {
    pub role: String,
    pub name: String,
    pub hex: String,
    pub on_hex: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KitFont {
    pub role: String,
    pub family: String,
    pub weight: i64,
    pub style: &'static str,
    pub source: &'static str,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KitLogo {
    pub role: String,
    pub theme: &'static str,
    pub url: String,
    pub width: u32,
    pub height: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Credits {
    pub object: &'static str,
    /// `live` or `test`.
    #[schema(value_type = String)]
    pub mode: Mode,
    pub plan: String,
    pub unlimited: bool,
    pub period: Period,
    pub included: Option<i64>,
    pub purchased: i64,
    pub adjusted: i64,
    pub used: i64,
    pub reserved: i64,
    pub remaining: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Period {
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
}

/// An upload in the web app's list.
#[derive(Clone, Debug)]
pub struct Upload {
    pub asset: Asset,
    /// The file's name; empty where it had none.
    pub name: String,
    pub created_at: Timestamp,
}

/// A generation in the web app's history.
#[derive(Clone, Debug)]
pub struct Record {
    pub generation: Generation,
    pub source: Source,
    pub maker: Maker,
    /// What the key or the person is called.
    pub maker_name: Option<String>,
    pub group_name: String,
    /// The answer's `X-Request-Id`.
    pub request_id: Option<String>,
    /// Of each image, in their order: the thumbnail's path under `public_url`, once there is one.
    pub thumbnails: Vec<Option<String>>,
    /// The name that each image's first file is downloaded by, extension included.
    pub file_names: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Asset {
    pub id: String,
    pub sha256: String,
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}
