//! Drawing without server or database: fonts, guarded fetching and a sandbox of this process, and the same steps as a call.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use app::draw::{self, Drawn, Style};
use assets::{AllowList, Assets, BlobStore, Fetcher, Origin, Prepared, Wanted, Worker, sandbox::Sandbox};
use bytes::Bytes;
use render::{Engine, Options, Scratch, Writing};
use serde_json::Value;
use template::{Bound, Brand, BrandFile, Document, Inputs, PictureSource, Warning};

use super::{Context, Failure, brandkit, node, template as documents};
use crate::output;

/// Fetching and decoding of all pictures together.
const PICTURES: Duration = Duration::from_secs(9);
/// Start of the engine's key of a logo; its file, relative to the kit's, follows.
const LOGO: &str = "file:";

/// What pictures are drawn with. One for a process.
pub struct Easel {
    pub allow: AllowList,
    engine: Engine,
    assets: Assets,
    /// Those that nobody draws with now.
    scratches: Mutex<Vec<Scratch>>,
    _folder: TempDir,
}

/// What stays the same from one row of data to the next.
#[derive(Clone)]
pub struct Subject {
    pub document: Arc<Document>,
    /// The document's id, which is that of the built-in group of such a file.
    pub group: String,
    /// Keys in the document's order.
    pub sizes: Vec<String>,
    pub kit: Option<Arc<Kit>>,
    /// BCP 47; default: the document's.
    pub locale: Option<String>,
    pub style: Style,
    /// `None` writes files as the style says alone, without words in them.
    pub files: Option<Files>,
}

/// What is asked of files besides what the document says.
#[derive(Clone, Copy)]
pub struct Files {
    pub max_bytes: Option<u64>,
    pub dpi: Option<u16>,
    pub small: bool,
    pub metadata: bool,
}

/// A kit's file and what it says.
pub struct Kit {
    path: PathBuf,
    brand: Brand,
}

/// A size's key and how it came out.
pub type DrawnSize = (String, Result<Drawn, String>);

impl Easel {
    /// # Errors
    /// A sandbox or a folder that can't be had.
    pub fn open(context: &Context) -> Result<Arc<Self>, Failure> {
        let folder = TempDir::new()?;
        let allow = node::allow_list(&context.settings)?;
        let sandbox = Sandbox::start(1, &Worker::this_binary()?)?;
        let assets = Assets::new(BlobStore::folder(&folder.0)?, Fetcher::system(allow.clone())?, sandbox, 256 << 20);
        let fonts = assets::fonts::load()?;
        for absent in &fonts.absent {
            output::complain(&format!("note: {absent}"));
        }
        Ok(Arc::new(Self { allow, engine: Engine::new(fonts.fonts), assets, scratches: Mutex::default(), _folder: folder }))
    }

    /// Draws every size of the subject with these inputs; `said` is what checking them said.
    ///
    /// # Errors
    /// A picture's address that can't be one, before anything is drawn.
    pub async fn draw(self: &Arc<Self>, subject: &Subject, inputs: &Inputs, said: &[Warning]) -> Result<Vec<DrawnSize>, String> {
        let (bound, prepared) = self.prepare(subject, inputs).await?;
        let writings: Vec<Writing> = bound.iter().map(|(bound, _)| subject.writing(bound, inputs)).collect();
        let (easel, style, said) = (self.clone(), subject.style.clone(), said.to_vec());
        let work = move || {
            let mut scratch = easel.scratch();
            let one = |((bound, mut warnings), writing): ((Bound, Vec<Warning>), Writing)| {
                warnings.extend(said.iter().cloned());
                let style = Style { writing, ..style.clone() };
                let drawn = draw::draw(&easel.engine, &mut scratch, &bound, warnings, &prepared, &style);
                (bound.key.clone(), drawn.map_err(|error| describe(&error)))
            };
            let drawn: Vec<DrawnSize> = bound.into_iter().zip(writings).map(one).collect();
            easel.give_back(scratch);
            drawn
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
    }

    /// One PDF with a page for each size of the subject, and how many they are.
    ///
    /// # Errors
    /// A picture that can't be had, or a file that can't be written.
    pub async fn pages(self: &Arc<Self>, subject: &Subject, inputs: &Inputs) -> Result<(Vec<u8>, usize), String> {
        let (bound, prepared) = self.prepare(subject, inputs).await?;
        let mut first = bound.first().map(|(bound, _)| subject.writing(bound, inputs)).unwrap_or_default();
        if let Some(about) = &mut first.about {
            about.size = subject.sizes.join(", ");
        }
        // A template's most is that of one size.
        let writing = Writing { max_bytes: subject.files.and_then(|files| files.max_bytes), ..first };
        let (easel, scale) = (self.clone(), subject.style.scale);
        let work = move || {
            let mut scratch = easel.scratch();
            let pages: Vec<&Bound> = bound.iter().map(|(bound, _)| bound).collect();
            let options = Options { scale, ..Options::default() };
            let file = render::pdf(&easel.engine, &mut scratch, &pages, &prepared, &options, &writing);
            easel.give_back(scratch);
            Ok((file.map_err(|error| error.to_string())?, pages.len()))
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())?
    }

    fn scratch(&self) -> Scratch {
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn give_back(&self, scratch: Scratch) {
        self.scratches.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }

    /// The subject's sizes, bound, and every picture that they ask for.
    async fn prepare(&self, subject: &Subject, inputs: &Inputs) -> Result<(Vec<(Bound, Vec<Warning>)>, Prepared), String> {
        let Subject { document, kit, style, .. } = subject;
        let brand = kit.as_ref().map(|kit| &kit.brand);
        let sizes = document.sizes().iter().filter(|size| subject.sizes.contains(&size.key));
        let bound: Vec<_> = sizes.map(|size| template::bind(document, size, inputs, brand, subject.locale.as_deref())).collect();
        let mut wanted = Vec::new();
        for (key, logo) in bound.iter().flat_map(|(bound, _)| draw::wanted(bound)) {
            let origin = self.origin(&key, inputs, subject)?;
            wanted.push(Wanted { key, origin, need: draw::need(document, f64::from(style.scale), logo) });
        }
        let prepared = self.assets.prepare(wanted, tokio::time::Instant::now() + PICTURES).await;
        Ok((bound, prepared))
    }

    fn origin(&self, key: &str, inputs: &Inputs, subject: &Subject) -> Result<Origin, String> {
        if let (Some(name), Some(kit)) = (key.strip_prefix(LOGO), &subject.kit) {
            let bytes = brandkit::beside(kit.path.parent().unwrap_or(Path::new(".")), name).map_err(|e| format!("{name}: {e}"))?;
            return Ok(Origin::Bytes(Bytes::from(bytes)));
        }
        if key.starts_with("asset_") {
            return Ok(Origin::Builtin(key.to_owned()));
        }
        let pictures = inputs.pictures(&subject.document);
        if let Some((_, picture)) = pictures.into_iter().find(|(_, picture)| picture.source.key() == key)
            && let PictureSource::DataUrl(text) = &picture.source
        {
            return Ok(Origin::Bytes(app::data_bytes(text)));
        }
        assets::check_url_text(key, &self.allow).map(Origin::Url).map_err(|e| format!("{key}: {e}"))
    }
}

impl Subject {
    /// # Errors
    /// Files that can't be read or have faults, sizes that the group hasn't.
    pub fn read(group: &Path, sizes: &[String], kit: Option<&Path>, locale: Option<&str>, style: Style) -> Result<Self, String> {
        let document = Document::parse(&documents::read(group)?)
            .map_err(|faults| format!("{}:\n{}", group.display(), app::operate::in_words(&faults)))?;
        let known: Vec<&str> = document.sizes().iter().map(|size| size.key.as_str()).collect();
        if let Some(key) = sizes.iter().find(|key| !known.contains(&key.as_str())) {
            return Err(format!("the group has no size {key:?}; it has {}", known.join(", ")));
        }
        let chosen = known.into_iter().filter(|key| sizes.is_empty() || sizes.iter().any(|size| size == key)).map(str::to_owned).collect();
        let kit = kit.map(Kit::read).transpose()?.map(Arc::new);
        let stem = group.file_stem().unwrap_or_default().to_string_lossy();
        let group = format!("tg_{}", stem.trim_start_matches("tg_"));
        Ok(Self { document: Arc::new(document), group, sizes: chosen, kit, locale: locale.map(str::to_owned), style, files: None })
    }

    /// How a size's files are written: what the command says, else the document.
    fn writing(&self, bound: &Bound, inputs: &Inputs) -> Writing {
        let own = &self.style.writing;
        let (Some(files), Some(size)) = (self.files, self.document.size(&bound.key)) else { return own.clone() };
        let (alt_text, brand) = (self.document.alt_text(inputs, self.locale.as_deref()), self.kit.as_ref().map(|kit| &kit.brand));
        let writing = draw::writing((&self.group, &self.document), size, own.quality, alt_text, &bound.locale, brand);
        Writing {
            small: files.small || writing.small,
            dpi: files.dpi.or(writing.dpi),
            max_bytes: files.max_bytes.or(writing.max_bytes),
            about: writing.about.filter(|_| files.metadata),
            ..writing
        }
    }

    /// The inputs of `data` (JSON, or `@FILE`), without it the document's example, and what is to be said of them.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn inputs(&self, data: Option<&str>) -> Result<(Inputs, Vec<Warning>), String> {
        let text = match data {
            None => return self.check(&self.document.example_inputs()),
            Some(named) => match named.strip_prefix('@') {
                Some(file) => documents::read(Path::new(file))?,
                None => named.to_owned(),
            },
        };
        self.check(&serde_json::from_str(&text).map_err(|e| format!("--data is no JSON: {e}"))?)
    }

    /// # Errors
    /// Everything that is wrong with the data.
    pub fn check(&self, data: &Value) -> Result<(Inputs, Vec<Warning>), String> {
        let in_words = |faults: Vec<template::InputFault>| {
            faults.iter().map(|fault| format!("{}: {}", fault.param, fault.message)).collect::<Vec<_>>().join("\n")
        };
        Inputs::check(&self.document, data, "inputData", true).map_err(in_words)
    }
}

impl Kit {
    fn read(path: &Path) -> Result<Self, String> {
        let file = BrandFile::parse(&documents::read(path)?)
            .map_err(|faults| format!("{}:\n{}", path.display(), app::operate::in_words(&faults)))?;
        Ok(Self { path: path.to_owned(), brand: file.brand(|logo| format!("{LOGO}{}", logo.file)) })
    }
}

fn describe(error: &draw::DrawError) -> String {
    match error {
        draw::DrawError::Picture { error, field } => match field {
            Some(field) => format!("{field}: {error}"),
            None => error.to_string(),
        },
        draw::DrawError::Warned { warning, .. } => warning.message.clone(),
        draw::DrawError::Timeout => "it took longer than 20 s".to_owned(),
        draw::DrawError::Engine(message) => message.clone(),
    }
}

/// A folder that goes with its value.
struct TempDir(PathBuf);

impl TempDir {
    fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("repeatposts-render-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // Left behind, it is an empty folder among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
