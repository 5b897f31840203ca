//! Shaping by parley, with one named family per run, so that it has nothing to choose.

use parley::{
    FontFamily, FontFamilyName, FontFeature, FontFeatures, FontStyle, FontVariation, FontVariations, FontWeight, FontWidth, Language,
    Layout, LineHeight, TextStyle, setting::Tag,
};
use template::bound::{Font, Text};

use super::{Contexts, Ink, Prepared, script::Script};
use crate::fonts::{Face, Fonts};

/// Shapes the whole text at `size`; lines are broken later, as often as needed.
pub fn shape(contexts: &mut Contexts, fonts: &Fonts, prepared: &Prepared, size: f32, locale: &str) -> Layout<Ink> {
    let spec = prepared.spec;
    let language = Language::parse(locale).ok();
    let features = features(spec);
    let mut in_fractions = Vec::new();
    if prepared.runs.iter().any(|run| run.style.fraction) {
        in_fractions.extend(features.iter().copied().chain([FontFeature::new(Tag::new(b"frac"), 1)]));
    }
    let mut layout = Layout::new();
    let mut builder = contexts.layout.style_run_builder(&mut contexts.fonts, &prepared.text, 1.0, false);
    let mut start = 0;
    for run in &prepared.runs {
        let face = &fonts.faces()[run.face];
        let em = size;
        let size = size * if spec.script_adjust { run.script.scale() } else { 1.0 } * run.size(spec);
        let variations = variations(face, run.font, size);
        let inline = run.style.inline.and_then(|at| spec.inline.get(usize::from(at)));
        let spacing = match inline {
            // The space itself and what follows it are together as wide as the box.
            Some(inline) => inline.width * em - face.space(&variations) * size,
            None if cursive(run.script) || run.emoji => 0.0,
            None => spec.tracking * size,
        };
        let slanted = run.font.italic && !face.italic && !run.emoji && run.script == Script::Other;
        let style = builder.push_style(TextStyle {
            font_family: FontFamily::Single(FontFamilyName::named(&face.alias)),
            font_size: size,
            // The face's own values, so that nothing is synthesised; what varies stands in the variations.
            font_weight: FontWeight::new(face.weight),
            font_width: FontWidth::from_percentage(face.width),
            font_style: if face.italic { FontStyle::Italic } else { FontStyle::Normal },
            font_variations: FontVariations::List(variations.as_slice().into()),
            font_features: FontFeatures::List(if run.style.fraction { &in_fractions } else { &features }.as_slice().into()),
            locale: language,
            brush: Ink { style: run.style, slanted },
            line_height: LineHeight::Absolute(size),
            letter_spacing: spacing,
            ..TextStyle::default()
        });
        builder.push_style_run(style, start..run.end);
        start = run.end;
    }
    builder.build_into(&mut layout, &prepared.text);
    layout
}

/// Of the whole text; a later one wins.
fn features(spec: &Text) -> Vec<FontFeature> {
    let tabular: &[&[u8; 4]] = if spec.tabular { &[b"tnum", b"lnum"] } else { &[] };
    let own = spec.features.iter().map(|(tag, value)| FontFeature::new(Tag::new(tag), *value));
    tabular.iter().map(|tag| FontFeature::new(Tag::new(tag), 1)).chain(own).collect()
}

/// Letters that touch are never spaced.
fn cursive(script: Script) -> bool {
    matches!(script, Script::Arabic | Script::Devanagari)
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
