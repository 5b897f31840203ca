//! A font that somebody gave us: looked at whole, and written anew with the tables that text needs and nothing else.
//!
//! What is thrown away are pictures inside fonts (bitmaps, SVG, colour layers), hinting programs, and whatever a file may
//! carry beside its glyphs. Untrusted bytes: run it where a decoder may die.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::types::NameId;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

/// Bytes of a font's file.
pub const MAX_FONT: usize = 10 * 1024 * 1024;
/// Bytes of a font once unpacked.
pub const MAX_UNPACKED: usize = 32 * 1024 * 1024;
/// Most lines and curves of one glyph; the busiest of real fonts have a few thousand.
const MAX_STEPS: usize = 50_000;
/// Longest family name, in characters.
const MAX_FAMILY: usize = 80;

const KEPT: [&[u8; 4]; 24] = [
    b"BASE", b"CFF ", b"CFF2", b"GDEF", b"GPOS", b"GSUB", b"HVAR", b"MVAR", b"OS/2", b"STAT", b"VORG", b"avar", b"cmap", b"fvar", b"glyf",
    b"gvar", b"head", b"hhea", b"hmtx", b"kern", b"loca", b"maxp", b"name", b"post",
];
const NEEDED: [&[u8; 4]; 6] = [b"cmap", b"head", b"hhea", b"hmtx", b"maxp", b"name"];

/// What a font says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FontFacts {
    pub family: String,
    /// Of the file; of a variable font, its default.
    pub weight: u16,
    pub italic: bool,
    /// Weights that a variable font reaches.
    pub weights: Option<(u16, u16)>,
    pub glyphs: u32,
}

/// Reads a TTF, OTF or WOFF2, draws each glyph once, and gives the font as sfnt. `None` where anything of it is not as it must be.
pub fn clean_font(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() > MAX_FONT {
        return None;
    }
    let unpacked;
    let sfnt = match bytes.get(..4)? {
        b"\0\x01\0\0" | b"OTTO" | b"true" => bytes,
        b"wOF2" => {
            let said = u32::from_be_bytes(bytes.get(16..20)?.try_into().ok()?);
            if said as usize > MAX_UNPACKED {
                return None;
            }
            unpacked = wuff::decompress_woff2(bytes).ok()?;
            unpacked.as_slice()
        }
        _ => return None,
    };
    let clean = rewritten(sfnt)?;
    draw_all(&FontRef::new(&clean).ok()?)?;
    font_facts(&clean).map(|_| clean)
}

/// What a font of [`clean_font`] says of itself.
pub fn font_facts(sfnt: &[u8]) -> Option<FontFacts> {
    let font = FontRef::new(sfnt).ok()?;
    let name = |id| font.localized_strings(id).english_or_first().map(|text| text.to_string().trim().to_owned());
    let family = name(NameId::TYPOGRAPHIC_FAMILY_NAME).or_else(|| name(NameId::FAMILY_NAME))?;
    if family.is_empty() || family.chars().count() > MAX_FAMILY || family.chars().any(char::is_control) {
        return None;
    }
    let attributes = font.attributes();
    let whole = |weight: f32| weight.clamp(1.0, 1000.0).round() as u16;
    let weights = font.axes().iter().find(|axis| axis.tag() == Tag::new(b"wght"));
    Some(FontFacts {
        family,
        weight: whole(attributes.weight.value()),
        italic: attributes.style != skrifa::attribute::Style::Normal,
        weights: weights.map(|axis| (whole(axis.min_value()), whole(axis.max_value()))),
        glyphs: font.outline_glyphs().iter().count() as u32,
    })
}

/// The kept tables behind a directory of our own.
fn rewritten(sfnt: &[u8]) -> Option<Vec<u8>> {
    let font = FontRef::new(sfnt).ok()?;
    let mut tables: Vec<(Tag, &[u8])> = Vec::new();
    for record in font.table_directory.table_records() {
        let start = record.offset() as usize;
        let data = sfnt.get(start..start.checked_add(record.length() as usize)?)?;
        if KEPT.contains(&&record.tag().to_be_bytes()) && !tables.iter().any(|(tag, _)| *tag == record.tag()) {
            tables.push((record.tag(), data));
        }
    }
    let has = |wanted: &[u8; 4]| tables.iter().any(|(tag, _)| tag.to_be_bytes() == *wanted);
    let outlines = (has(b"glyf") && has(b"loca")) || has(b"CFF ") || has(b"CFF2");
    if !outlines || !NEEDED.iter().all(|wanted| has(wanted)) {
        return None;
    }
    let flavour = if has(b"glyf") { *b"\0\x01\0\0" } else { *b"OTTO" };
    tables.sort_by_key(|(tag, _)| *tag);
    let count = tables.len() as u16;
    let power = 15 - count.leading_zeros() as u16;
    let range = 16u16 << power;
    let mut out = Vec::with_capacity(sfnt.len());
    out.extend(flavour);
    [count, range, power, count * 16 - range].iter().for_each(|number| out.extend(number.to_be_bytes()));
    let mut offset = 12 + 16 * tables.len();
    for (tag, data) in &tables {
        out.extend(tag.to_be_bytes());
        [checksum(data), offset as u32, data.len() as u32].iter().for_each(|number| out.extend(number.to_be_bytes()));
        offset += data.len().next_multiple_of(4);
    }
    for (_, data) in &tables {
        out.extend(*data);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    (out.len() <= MAX_UNPACKED).then_some(out)
}

fn checksum(data: &[u8]) -> u32 {
    let word = |chunk: &[u8]| chunk.iter().chain(&[0; 4]).take(4).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    data.chunks(4).fold(0u32, |sum, chunk| sum.wrapping_add(word(chunk)))
}

/// Every glyph, and of a variable font every glyph at the far end of its axes too.
fn draw_all(font: &FontRef<'_>) -> Option<()> {
    let axes = font.axes();
    let far = axes.location(axes.iter().map(|axis| (axis.tag(), axis.max_value())));
    let places = if axes.is_empty() { vec![LocationRef::default()] } else { vec![LocationRef::default(), LocationRef::from(&far)] };
    let outlines = font.outline_glyphs();
    let count = font.glyph_metrics(Size::new(1.0), LocationRef::default()).glyph_count();
    for location in places {
        for glyph in 0..count {
            let mut pen = Counter(0);
            if let Some(outline) = outlines.get(GlyphId::new(glyph)) {
                outline.draw(DrawSettings::unhinted(Size::new(100.0), location), &mut pen).ok()?;
            }
            if pen.0 > MAX_STEPS {
                return None;
            }
        }
    }
    (count > 0).then_some(())
}

/// Counts instead of drawing.
struct Counter(usize);

impl OutlinePen for Counter {
    fn move_to(&mut self, _: f32, _: f32) {
        self.0 += 1;
    }

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 += 1;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn close(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/../../assets/fonts/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn a_font_comes_out_with_its_glyphs_and_says_what_it_is() {
        let sora = clean_font(&file("sora/sora-latin-wght-normal.woff2")).unwrap();
        let facts = font_facts(&sora).unwrap();
        assert_eq!((facts.family.as_str(), facts.italic, facts.weights), ("Sora", false, Some((100, 800))));
        assert!(facts.glyphs > 100, "{facts:?}");
        assert_eq!(clean_font(&sora).unwrap(), sora, "a clean font is clean");
    }

    #[test]
    fn pictures_inside_a_font_are_thrown_away() {
        let emoji = clean_font(&file("noto-color-emoji/noto-color-emoji-colrv1.woff2")).unwrap();
        let tables = |sfnt: &[u8]| {
            FontRef::new(sfnt).unwrap().table_directory.table_records().iter().map(|record| record.tag().to_string()).collect::<Vec<_>>()
        };
        assert!(tables(&emoji).iter().all(|tag| !matches!(tag.as_str(), "COLR" | "CPAL" | "SVG " | "sbix" | "CBDT")));
        let sora = clean_font(&file("sora/sora-latin-wght-normal.woff2")).unwrap();
        assert!(tables(&sora).contains(&"gvar".to_owned()));
    }

    #[test]
    fn what_is_cut_or_bent_is_refused_or_still_a_font() {
        let sora = clean_font(&file("sora/sora-latin-wght-normal.woff2")).unwrap();
        for end in (0..sora.len()).step_by(sora.len() / 60) {
            assert_eq!(clean_font(&sora[..end]), None, "{end}");
        }
        for at in (0..sora.len()).step_by(sora.len() / 200) {
            let mut bent = sora.clone();
            bent[at] ^= 0xff;
            // Whatever comes out is read again by the engine.
            if let Some(clean) = clean_font(&bent) {
                assert!(font_facts(&clean).is_some(), "{at}");
            }
        }
        for bytes in [&b""[..], b"wOF2", b"OTTO", b"ttcf\0\0\0\0", b"wOFF\0\0\0\0", b"\0\x01\0\0\0\0\0\0\0\0\0\0"] {
            assert_eq!(clean_font(bytes), None, "{bytes:?}");
        }
    }
}
