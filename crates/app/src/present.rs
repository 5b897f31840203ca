//! From the store's rows to the contract's generation object.

use domain::{GenerationStatus, ImageStatus as StoredStatus};
use serde_json::{Map, Value};
use store::{File as StoredFile, Generation as Row, Image as ImageRow};

use crate::App;
use crate::view::{EngineInfo, Failure, File, Generation, GenerationCredits, Image, ImageStatus};

impl App {
    /// The object; `whole` is false in lists, which leave out inputs and warnings.
    pub(crate) fn present(&self, row: Row, whole: bool) -> Generation {
        let expired = row.expired_at.is_some();
        let (brand_kit_id, brand_kit_version) =
            row.brand_kit.map_or((None, None), |(id, version)| (Some(id.to_string()), Some(i64::from(version))));
        let engine = serde_json::from_str::<EngineInfo>(&row.engine).unwrap_or_else(|_| self.engine_info.clone());
        Generation {
            id: row.id.to_string(),
            object: "generation",
            mode: row.mode,
            status: row.status.into(),
            template_group_id: row.template_group.to_string(),
            template_group_version: i64::from(row.template_version),
            brand_kit_id,
            brand_kit_version,
            locale: Some(row.locale).filter(|locale| !locale.is_empty()),
            input_data: whole.then(|| serde_json::from_str(&row.input_data).unwrap_or(Value::Object(Map::new()))),
            external_id: row.external_id,
            metadata: serde_json::from_str(&row.metadata).unwrap_or_default(),
            credits: GenerationCredits { reserved: row.reserved, charged: row.charged },
            images: row.images.into_iter().map(|image| self.present_image(image, expired, whole)).collect(),
            warnings: whole.then(|| list(&row.warnings)),
            error: row.error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            engine,
            created_at: row.created_at,
            completed_at: row.completed_at,
            expired_at: row.expired_at,
        }
    }

    fn present_image(&self, row: ImageRow, expired: bool, whole: bool) -> Image {
        let status = match row.status {
            StoredStatus::Queued => ImageStatus::Queued,
            StoredStatus::Completed => ImageStatus::Completed,
            StoredStatus::Failed => ImageStatus::Failed,
        };
        let format = row.files.first().map_or_else(String::new, |file| file.format.clone());
        let done = status == ImageStatus::Completed;
        let files: Vec<File> = row.files.iter().filter(|_| done).filter_map(|file| self.present_file(file, expired)).collect();
        let first = files.first();
        Image {
            id: row.id.to_string(),
            template_id: row.template.to_string(),
            key: row.key,
            name: row.name,
            status,
            width: row.width,
            height: row.height,
            format,
            bytes: first.map(|file| file.bytes),
            sha256: first.map(|file| file.sha256.clone()),
            url: first.and_then(|file| file.url.clone()),
            alt_text: row.alt_text.filter(|_| done),
            render_ms: row.render_ms.filter(|_| done),
            warnings: whole.then(|| list(&row.warnings)),
            error: row.error.map(|error| Failure { code: error.code.as_str().to_owned(), message: error.message, field: error.field }),
            files,
        }
    }

    fn present_file(&self, file: &StoredFile, expired: bool) -> Option<File> {
        let url = (!expired).then(|| self.picture_url(&file.blob_key));
        Some(File { format: file.format.clone(), url, bytes: file.bytes?, sha256: file.sha256.clone()?, data: None })
    }
}

/// What the list's filter calls a state.
pub(crate) fn status(text: &str) -> Option<GenerationStatus> {
    text.parse().ok()
}

fn list(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_default()
}
