//! The front page's previews: built-in groups in a demo kit, with one text of the visitor's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use assets::builtin;
use bytes::Bytes;
use domain::{BucketKey, TemplateGroupId};
use serde_json::Value;
use template::{Brand, BrandFile};

use super::{Preview, Sketch, sizes};
use crate::{App, Error, Missing, Result};

/// What a visitor typed.
#[derive(Clone, Debug)]
pub struct VisitorCall {
    /// A built-in group.
    pub group: String,
    /// Keys of sizes; empty: all of them.
    pub sizes: Vec<String>,
    /// A demo kit's folder, such as `halvmark`.
    pub kit: String,
    /// For the group's first field of text; empty: the example.
    pub text: String,
    pub bounds: (u32, u32),
}

/// A kit that ships inside, with its logos' files.
struct DemoKit {
    folder: String,
    name: String,
    brand: Brand,
    logos: HashMap<String, Bytes>,
}

static KITS: LazyLock<Vec<DemoKit>> = LazyLock::new(|| {
    let files = builtin::kits();
    let kit = |file: &builtin::Builtin| {
        let folder = file.path.strip_suffix("/kit.json")?;
        let parsed = BrandFile::parse(std::str::from_utf8(&file.bytes).ok()?).ok()?;
        let key = |name: &str| format!("demo:{folder}/{name}");
        let brand = parsed.brand(|logo| key(&logo.file));
        let logos = parsed.logos.iter().filter_map(|logo| {
            let path = format!("{folder}/{}", logo.file);
            let file = files.iter().find(|file| file.path == path)?;
            Some((key(&logo.file), Bytes::copy_from_slice(&file.bytes)))
        });
        Some(DemoKit { folder: folder.to_owned(), name: parsed.name.clone(), logos: logos.collect(), brand })
    };
    files.iter().filter_map(kit).collect()
});

impl App {
    /// Folder and name of every demo kit.
    #[must_use]
    pub fn demo_kits() -> Vec<(&'static str, &'static str)> {
        KITS.iter().map(|kit| (kit.folder.as_str(), kit.name.as_str())).collect()
    }

    /// Draws a built-in group with its example and one text of a visitor's. Nothing that they wrote is fetched or kept.
    ///
    /// # Errors
    /// [`Error::RateLimited`] by address, [`Error::Overloaded`], 404 of the group, size or kit.
    pub async fn visitor_preview(&self, address: IpAddr, call: &VisitorCall) -> Result<Preview> {
        self.limit(BucketKey::visitor(address), self.config.visitor_rate_limit).await?;
        let _place = self.previews.enter()?;
        let missing = || Error::missing(Missing::TemplateGroup);
        let id: TemplateGroupId = call.group.parse().map_err(|_| missing())?;
        if !id.is_built_in() {
            return Err(missing());
        }
        let kit = KITS.iter().find(|kit| kit.folder == call.kit).ok_or_else(|| Error::missing(Missing::BrandKit))?;
        let group = self.store.built_in_revision(&id).await?.ok_or_else(missing)?;
        let document = self.document(&group)?;
        let mut input = document.example_inputs();
        let field = document.fields().iter().find(|field| field.required && field.kind == template::FieldType::Text);
        if let (Some(field), Value::Object(map), false) = (field, &mut input, call.text.is_empty()) {
            map.insert(field.name.clone(), call.text.clone().into());
        }
        let sketch = Sketch {
            team: None,
            sizes: sizes(&document, &call.sizes)?,
            document,
            brand: Some(&kit.brand),
            engine: Arc::clone(&self.engine),
            pictures: kit.logos.clone(),
            input: &input,
            locale: None,
            bounds: call.bounds,
        };
        self.sketch(sketch).await
    }
}
