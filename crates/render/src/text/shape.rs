//! Shaping by parley, with one named family per run, so that it has nothing to choose.

use parley::{
    FontFamily, FontFamilyName, FontFeature, FontFeatures, FontStyle, FontVariation, FontVariations, FontWeight, FontWidth, Language,
    Layout, LineHeight, TextStyle, setting::Tag,
};
use template::bound::Font;

use super::{Contexts, Ink, Prepared, script::Script};
use crate::fonts::{Face, Fonts};

/// Shapes the whole text at `size`; lines are broken later, as often as needed.
pub fn shape(contexts: &mut Contexts, fonts: &Fonts, prepared: &Prepared, size: f32, locale: &str) -> Layout<Ink> {
    let spec = prepared.spec;
    let language = Language::parse(locale).ok();
    let tabular = [FontFeature::new(Tag::new(b"tnum"), 1), FontFeature::new(Tag::new(b"lnum"), 1)];
    let features: &[FontFeature] = if spec.tabular { &tabular } else { &[] };
    let mut layout = Layout::new();
    let mut builder = contexts.layout.style_run_builder(&mut contexts.fonts, &prepared.text, 1.0, false);
    let mut start = 0;
    for run in &prepared.runs {
        let face = &fonts.faces()[run.face];
        let size = size * if spec.script_adjust { run.script.scale() } else { 1.0 };
        let variations = variations(face, run.font, size);
        let slanted = run.font.italic && !face.italic && !run.emoji && run.script == Script::Other;
        let cursive = matches!(run.script, Script::Arabic | Script::Devanagari);
        let style = builder.push_style(TextStyle {
            font_family: FontFamily::Single(FontFamilyName::named(&face.alias)),
            font_size: size,
            // The face's own values, so that nothing is synthesised; what varies stands in the variations.
            font_weight: FontWeight::new(face.weight),
            font_width: FontWidth::from_percentage(face.width),
            font_style: if face.italic { FontStyle::Italic } else { FontStyle::Normal },
            font_variations: FontVariations::List(variations.as_slice().into()),
            font_features: FontFeatures::List(features.into()),
            locale: language,
            brush: Ink { accent: run.accent, slanted },
            line_height: LineHeight::Absolute(size),
            letter_spacing: if cursive || run.emoji { 0.0 } else { spec.tracking * size },
            ..TextStyle::default()
        });
        builder.push_style_run(style, start..run.end);
        start = run.end;
    }
    builder.build_into(&mut layout, &prepared.text);
    layout
}

/// Every axis of the face, spelled out.
fn variations(face: &Face, font: &Font, size: f32) -> Vec<FontVariation> {
    let set = |tag: &[u8; 4]| font.variations.iter().find(|(t, _)| t.as_bytes() == tag).map(|(_, value)| *value);
    face.axes
        .iter()
        .map(|axis| {
            let wanted = set(&axis.tag).unwrap_or(match &axis.tag {
                b"wght" => font.weight,
                b"wdth" => font.width,
                b"opsz" => size,
                b"ital" => f32::from(u8::from(font.italic)),
                b"slnt" if font.italic => -10.0,
                // A design's own axes are off unless a template turns them on.
                _ if axis.min <= 0.0 && axis.max >= 0.0 => 0.0,
                _ => axis.default,
            });
            let wanted = if wanted.is_finite() { wanted } else { axis.default };
            FontVariation::new(Tag::new(&axis.tag), wanted.clamp(axis.min, axis.max.max(axis.min)))
        })
        .collect()
}
