//! One face: what it is called inside the collection, what it can vary, and which characters it has.

use fontique::{Blob, Collection, FontInfoOverride, FontStyle};
use parley::FontVariation;
use skrifa::{
    FontRef, MetadataProvider, Tag,
    charmap::Charmap,
    instance::{LocationRef, Size},
};

use super::{FontBytes, FontKind};

/// A face as registered. Faces are told apart by `alias`, never by the order in which a collection lists them.
#[derive(Clone)]
pub struct Face {
    pub family: String,
    pub kind: FontKind,
    /// Name in the collection, unique together with weight and style.
    pub alias: String,
    pub italic: bool,
    /// Of the file; variable faces have their default here.
    pub weight: f32,
    pub width: f32,
    pub axes: Vec<Axis>,
    /// Share of the em.
    pub ascent: f32,
    pub descent: f32,
    pub cap_height: f32,
    data: FontBytes,
    index: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub tag: [u8; 4],
    pub min: f32,
    pub default: f32,
    pub max: f32,
}

/// Registers a file with one face under a name of our own.
pub fn register(collection: &mut Collection, alias: &str, data: &FontBytes) {
    let name = FontInfoOverride { family_name: Some(alias), width: None, style: None, weight: None, axes: None };
    collection.register_fonts(Blob::new(data.clone()), Some(name));
}

/// Registers a collection's faces under their own names; which name has which index, in order of the index.
pub fn register_collection(collection: &mut Collection, data: &FontBytes) -> Vec<(String, u32)> {
    let families = collection.register_fonts(Blob::new(data.clone()), None);
    let mut names: Vec<(String, u32)> = Vec::new();
    for (family, fonts) in families {
        let name = collection.family_name(family).unwrap_or_default().to_owned();
        names.extend(fonts.iter().map(|font| (name.clone(), font.index())));
    }
    names.sort_by_key(|(_, index)| *index);
    names
}

impl Face {
    pub fn read(collection: &mut Collection, family: &str, kind: FontKind, alias: String, data: FontBytes, index: u32) -> Option<Self> {
        let font = FontRef::from_index((*data).as_ref(), index).ok()?;
        let weight = font.attributes().weight.value();
        let axes: Vec<Axis> = font
            .axes()
            .iter()
            .map(|a| Axis { tag: a.tag().to_be_bytes(), min: a.min_value(), default: a.default_value(), max: a.max_value() })
            .collect();
        let metrics = font.metrics(Size::new(1.0), LocationRef::default());
        let info = collection.family_by_name(&alias)?;
        // In a collection one name may hold several weights, each from a file of its own.
        let near = |w: f32| (w - weight).abs();
        let info = info.fonts().iter().filter(|f| f.index() == index || info.fonts().len() == 1);
        let info = info.min_by(|a, b| near(a.weight().value()).total_cmp(&near(b.weight().value())))?;
        Some(Self {
            family: family.to_owned(),
            kind,
            italic: !matches!(info.style(), FontStyle::Normal),
            weight: info.weight().value(),
            width: info.width().percentage(),
            alias,
            axes,
            ascent: metrics.ascent,
            descent: -metrics.descent,
            cap_height: metrics.cap_height.unwrap_or(0.7),
            data: data.clone(),
            index,
        })
    }

    /// The face's characters; made anew for each text, which costs little.
    pub fn charmap(&self) -> Option<Charmap<'_>> {
        Some(FontRef::from_index((*self.data).as_ref(), self.index).ok()?.charmap())
    }

    /// Width of a no-break space as a share of the em.
    pub fn space(&self, variations: &[FontVariation]) -> f32 {
        let Ok(font) = FontRef::from_index((*self.data).as_ref(), self.index) else { return 0.0 };
        let location = font.axes().location(variations.iter().map(|axis| (Tag::from_be_bytes(axis.tag.to_bytes()), axis.value)));
        let glyph = font.charmap().map('\u{a0}').or_else(|| font.charmap().map(' '));
        glyph.and_then(|glyph| font.glyph_metrics(Size::new(1.0), &location).advance_width(glyph)).unwrap_or(0.0)
    }

    pub fn axis(&self, tag: &[u8; 4]) -> Option<Axis> {
        self.axes.iter().copied().find(|axis| axis.tag == *tag)
    }

    /// How far this face is from what is asked: style first, then width, then weight.
    pub fn distance(&self, weight: f32, italic: bool, width: f32) -> (bool, u32, u32) {
        let off = |tag: &[u8; 4], fixed: f32, asked: f32| match self.axis(tag) {
            Some(axis) => (axis.min - asked).max(asked - axis.max).max(0.0),
            None => (fixed - asked).abs(),
        };
        let (w, h) = (off(b"wdth", self.width, width), off(b"wght", self.weight, weight));
        (self.italic != italic, (w * 10.0) as u32, (h * 10.0) as u32)
    }
}
