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
    /// `gen_…`.
    pub id: String,
    pub object: &'static str,
    /// `live` or `test`.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// Unfinished while `queued` or `processing`.
    pub status: Status,
    /// What it was made from.
    pub template_group_id: String,
    /// The version that it was made with.
    pub template_group_version: i64,
    /// The kit that it was drawn in; `null` is the template's own look.
    pub brand_kit_id: Option<String>,
    /// The version of the kit.
    pub brand_kit_version: Option<i64>,
    /// The language of numbers and dates.
    pub locale: Option<String>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_data: Option<Value>,
    /// As sent.
    pub external_id: Option<String>,
    /// As sent.
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    /// What it costs.
    pub credits: GenerationCredits,
    /// In the order of the group.
    pub images: Vec<Image>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Value>>,
    /// Where all images failed.
    pub error: Option<Failure>,
    /// What drew it.
    pub engine: EngineInfo,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the last image ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
    /// When its pictures were removed, by the plan's rule.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expired_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GenerationCredits {
    /// Still held.
    pub reserved: i64,
    /// Spent: one for each image that completed; 0 in test mode.
    pub charged: i64,
}

/// One size of the group.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// `img_…`.
    pub id: String,
    /// The size's id.
    pub template_id: String,
    /// The size's key: the stable handle.
    pub key: String,
    /// The size's name.
    pub name: String,
    /// `queued`, `completed` or `failed`.
    pub status: ImageStatus,
    /// In pixels, of the finished file.
    pub width: u32,
    /// In pixels, of the finished file.
    pub height: u32,
    /// This and the next three are the first encoding's.
    pub format: String,
    /// Length of the file.
    pub bytes: Option<u64>,
    /// Of the file, in hex.
    pub sha256: Option<String>,
    /// Needs no key; for good, unless it is deleted or expires.
    pub url: Option<String>,
    /// Every encoding that was asked for.
    pub files: Vec<File>,
    /// What the picture says, for people who don't see it.
    pub alt_text: Option<String>,
    /// Time of drawing, in milliseconds.
    pub render_ms: Option<f64>,
    /// Left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<Value>>,
    /// Why it failed; it is not charged.
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
    /// See the table of codes.
    pub code: String,
    /// For a person.
    pub message: String,
    /// The field at fault, if there is one.
    pub field: Option<String>,
}

/// What drew it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct EngineInfo {
    /// Of the engine.
    pub version: String,
    /// The processor family that it was built for.
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
    /// Whether the call would be accepted.
    pub valid: bool,
    /// Everything wrong with it.
    #[schema(value_type = Vec<Object>)]
    pub errors: Vec<crate::Detail>,
    /// Warnings with a further member `template` (the size's key, or `null`).
    pub warnings: Vec<Value>,
    /// What it would cost.
    pub estimate: Estimate,
    /// By field, then by size.
    #[schema(value_type = Object)]
    pub fit: Map<String, Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Estimate {
    /// Charged where all images complete.
    pub credits: i64,
    /// One for each size.
    pub images: i64,
}

/// A template group, in lists and alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateGroup {
    /// `tg_…`.
    pub id: String,
    pub object: &'static str,
    /// For people.
    pub name: String,
    /// For people.
    pub description: String,
    /// The published version.
    pub version: i64,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// A picture of the first size.
    pub preview_url: String,
    /// Credits of a call for all sizes.
    pub credit_cost: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its newest version was published.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Its sizes, in order.
    pub templates: Vec<TemplateSize>,
    /// What `inputData` takes.
    pub fields: Vec<TemplateField>,
    pub example_input_data: Value,
    /// The same as JSON Schema.
    pub input_schema_url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateSize {
    /// `tpl_…`.
    pub id: String,
    /// The stable handle.
    pub key: String,
    /// For people.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// A picture of this size.
    pub preview_url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TemplateField {
    /// Its member of `inputData`.
    pub name: String,
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    pub kind: template::FieldType,
    /// For people.
    pub label: String,
    /// For people.
    pub description: String,
    /// Whether a call must send it.
    pub required: bool,
    pub default: Option<Value>,
    pub example: Option<Value>,
    #[schema(value_type = Object)]
    pub constraints: Map<String, Value>,
    /// Keys of the sizes that draw it.
    pub used_in: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BrandKit {
    /// `bk_…`.
    pub id: String,
    pub object: &'static str,
    /// For people.
    pub name: String,
    /// Whether calls without `brandKitId` use it.
    pub is_default: bool,
    /// Grows with each change.
    pub version: i64,
    /// By role.
    pub colors: Vec<KitColor>,
    /// By role.
    pub fonts: Vec<KitFont>,
    /// By role and theme.
    pub logos: Vec<KitLogo>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KitColor {
    /// primary, secondary, accent, background, surface, text, muted, or the team's own.
    pub role: String,
    /// For people.
    pub name: String,
    /// `#rrggbb`.
    pub hex: String,
    /// A colour that can be read on it.
    pub on_hex: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KitFont {
    /// heading, body or accent.
    pub role: String,
    /// Its name.
    pub family: String,
    /// 100 to 900.
    pub weight: i64,
    /// normal or italic.
    pub style: &'static str,
    /// bundled or uploaded.
    pub source: &'static str,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KitLogo {
    /// primary or mark.
    pub role: String,
    pub theme: &'static str,
    /// A PNG of it.
    pub url: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Credits {
    pub object: &'static str,
    /// `live` or `test`.
    #[schema(value_type = String)]
    pub mode: Mode,
    /// Key of the plan.
    pub plan: String,
    /// Then `included` and `remaining` are `null`.
    pub unlimited: bool,
    /// What the figures are of.
    pub period: Period,
    /// By the plan.
    pub included: Option<i64>,
    /// Bought and given.
    pub purchased: i64,
    /// Corrections by the operator.
    pub adjusted: i64,
    /// Charged.
    pub used: i64,
    /// Held by unfinished generations.
    pub reserved: i64,
    /// included + purchased + adjusted − used − reserved.
    pub remaining: Option<i64>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Period {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// The first moment of the next one.
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
    /// `asset_…`.
    pub id: String,
    /// Of the bytes, in hex.
    pub sha256: String,
    /// Told by its bytes.
    pub format: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Length of the file.
    pub bytes: u64,
}
