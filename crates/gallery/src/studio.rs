//! The engine with our fonts, kits, groups and pictures, as the service would set it up.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use render::{Engine, Frame, Options, Picture, PictureError, Scratch, World, codec};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::Tree;
use serde_json::{Map, Value};
use template::{Brand, BrandFile, Document, Inputs, Size, Warning, bind};

pub const GROUPS: &[&str] =
    &["quote", "product", "sale", "event", "testimonial", "blog", "hiring", "property", "podcast", "numbers", "tip", "announce"];
pub const KITS: [&str; 4] = ["halvmark", "sorrelwick", "orthaven", "pomblo"];
pub const CASES: [&str; 7] = ["short", "usual", "long", "arabic", "japanese", "emoji", "no photo"];

pub struct Studio {
    engine: Engine,
    kits: HashMap<&'static str, Brand>,
    samples: Value,
    shelf: Shelf,
    assets: PathBuf,
}

impl Studio {
    pub fn open(assets: &Path) -> Result<Self, Box<dyn Error>> {
        let engine = Engine::new(assets::fonts::load()?.fonts);
        let mut kits = HashMap::new();
        for name in KITS {
            let folder = assets.join("kits").join(name);
            let file = BrandFile::parse(&fs::read_to_string(folder.join("kit.json"))?).map_err(|faults| format!("{name}: {faults:#?}"))?;
            kits.insert(name, file.brand(|logo| folder.join(&logo.file).display().to_string()));
        }
        let samples = serde_json::from_str(include_str!("../samples.json"))?;
        let shelf = Shelf { pictures: assets.join("pictures"), kept: Mutex::default() };
        Ok(Self { engine, kits, samples, shelf, assets: assets.to_owned() })
    }

    /// What the engine's compiled code aims at; other targets may differ by a rounding.
    #[cfg(test)]
    pub fn target(&self) -> &'static str {
        self.engine.info().target
    }

    pub fn group(&self, name: &str) -> Result<Document, Box<dyn Error>> {
        self.document(&self.assets.join("templates").join(format!("{name}.json")))
    }

    /// A group as it is written.
    pub fn raw(&self, name: &str) -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_str(&fs::read_to_string(self.assets.join("templates").join(format!("{name}.json")))?)?)
    }

    pub fn document(&self, path: &Path) -> Result<Document, Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Document::parse(&text).map_err(|faults| format!("{}: {faults:#?}", path.display()))?)
    }

    /// A group's example with a case's values over it, and the case's locale.
    pub fn sample(&self, document: &Document, group: &str, case: &str) -> (Value, Option<String>) {
        let sample = &self.samples[group][case];
        let mut data = document.example_inputs();
        if let (Some(data), Some(over)) = (data.as_object_mut(), sample["inputData"].as_object()) {
            merge(data, over);
        }
        (data, sample["locale"].as_str().map(str::to_owned))
    }

    /// Draws one size; `kit` none is the group's own look.
    pub fn draw(
        &self,
        scratch: &mut Scratch,
        document: &Document,
        size: &Size,
        (data, locale): (&Value, Option<&str>),
        kit: Option<&str>,
        scale: f32,
    ) -> Result<(Frame, Vec<Warning>), Box<dyn Error>> {
        let (inputs, mut warnings) = Inputs::check(document, data, "inputData", true).map_err(|faults| format!("{faults:#?}"))?;
        let brand = kit.and_then(|name| self.kits.get(name));
        let (bound, more) = bind(document, size, &inputs, brand, locale);
        warnings.extend(more);
        let frame = render::render(&self.engine, scratch, &bound, &self.shelf, &Options { scale, ..Options::default() })?;
        warnings.extend(frame.warnings.iter().cloned());
        Ok((frame, warnings))
    }
}

/// Puts `over` over `data`; null takes a value away.
pub fn merge(data: &mut Map<String, Value>, over: &Map<String, Value>) {
    for (key, value) in over {
        if value.is_null() {
            data.remove(key);
        } else {
            data.insert(key.clone(), value.clone());
        }
    }
}

/// Demo pictures by asset id and logos by path, each decoded once.
struct Shelf {
    pictures: PathBuf,
    kept: Mutex<HashMap<String, Picture>>,
}

impl World for Shelf {
    fn picture(&self, key: &str) -> Result<Picture, PictureError> {
        let mut kept = self.kept.lock().map_err(|_| PictureError::DecodeFailed)?;
        if let Some(picture) = kept.get(key) {
            return Ok(picture.clone());
        }
        let picture = match key.strip_prefix("asset_demo_") {
            Some(name) => {
                let file = ["jpg", "png"].map(|ending| self.pictures.join(format!("{name}.{ending}")));
                let bytes = file.iter().find_map(|path| fs::read(path).ok()).ok_or(PictureError::FetchFailed)?;
                codec::decode(&bytes, (1600, 2000))?
            }
            None => logo(&fs::read(key).map_err(|_| PictureError::FetchFailed)?)?,
        };
        kept.insert(key.to_owned(), picture.clone());
        Ok(picture)
    }
}

/// Our own logos hold nothing but paths, so they need no sandbox.
fn logo(bytes: &[u8]) -> Result<Picture, PictureError> {
    let tree = Tree::from_data(bytes, &resvg::usvg::Options::default()).map_err(|_| PictureError::DecodeFailed)?;
    let (size, width) = (tree.size(), 900.0);
    let scale = width / size.width();
    let mut pixmap = Pixmap::new(width as u32, (size.height() * scale).ceil() as u32).ok_or(PictureError::TooLarge)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let (width, height) = (pixmap.width(), pixmap.height());
    Ok(Picture { width, height, source_width: 0, source_height: 0, opaque: false, pixels: Arc::new(pixmap.take()), file: None })
}

#[cfg(test)]
mod tests {
    use template::Severity;

    use super::*;

    /// Every text of the contact sheets, not only the example, in every kit and in the groups' own look.
    #[test]
    fn built_in_groups_draw_their_samples_without_a_warning_above_info() -> Result<(), Box<dyn Error>> {
        let studio = Studio::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets"))?;
        let mut scratch = Scratch::default();
        let kits = KITS.map(Some).into_iter().chain([None]).collect::<Vec<_>>();
        let mut faults = Vec::new();
        for (turn, group) in GROUPS.iter().enumerate() {
            let document = studio.group(group)?;
            for (nth, case) in CASES.into_iter().enumerate() {
                let (data, locale) = studio.sample(&document, group, case);
                // The example in every kit, the other texts in two kits each, which take turns: the sheets show them in all.
                let kits = (0..if case == "usual" { kits.len() } else { 2 }).map(|more| kits[(turn + nth + more) % kits.len()]);
                for (kit, size) in kits.flat_map(|kit| document.sizes().iter().map(move |size| (kit, size))) {
                    let (frame, warnings) = studio.draw(&mut scratch, &document, size, (&data, locale.as_deref()), kit, 1.0)?;
                    assert_eq!((frame.width, frame.height), (size.width, size.height));
                    let loud = warnings.into_iter().filter(|warning| warning.severity > Severity::Info);
                    faults.extend(loud.map(|warning| format!("{group} {case} {kit:?} {}: {}", size.key, warning.message)));
                    scratch.recycle(frame);
                }
            }
        }
        assert!(faults.is_empty(), "{faults:#?}");
        Ok(())
    }
}
