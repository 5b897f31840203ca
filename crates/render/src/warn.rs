//! Warnings: what was measured, in the contract's codes and severities.

use serde_json::{Map, Value, json};
use template::{
    Bound, Severity, Warning, WarningCode,
    bound::{Color, Kind, Text},
};

use crate::{
    TextFit,
    fonts::Fonts,
    layout::Placed,
    paint::{Contrast, DrawnPicture, Lacking, Notes},
    safe,
    text::Fitted,
};

/// Below this many source pixels per drawn pixel a picture looks soft.
const SOFT: f32 = 0.75;

fn figures<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Two decimals, so that answers stay readable.
fn rounded(value: f32) -> Value {
    json!((f64::from(value) * 100.0).round() / 100.0)
}

fn every<'p, 'a>(placed: &'p [Placed<'a>], visit: &mut impl FnMut(&'p Placed<'a>, &'p Text, &'p Fitted)) {
    for node in placed {
        if let (Kind::Text(text), Some(fitted)) = (&node.node.kind, &node.text) {
            visit(node, text, fitted);
        }
        every(&node.children, visit);
    }
}

/// How every text came out, in the document's order.
pub fn texts(placed: &[Placed]) -> Vec<TextFit> {
    let mut fits = Vec::new();
    every(placed, &mut |node, text, fitted| {
        fits.push(TextFit {
            id: node.node.id.clone(),
            field: text.field.clone(),
            font_size: fitted.size,
            lines: fitted.lines.len() as u32,
            overflow: fitted.overflow || fitted.truncated,
            characters_left: fitted.characters_left,
        });
    });
    fits
}

/// What is known after layout.
pub fn layout(fonts: &Fonts, bound: &Bound, placed: &[Placed]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    every(placed, &mut |_, text, fitted| text_warnings(fonts, text, fitted, &mut warnings));
    warnings.extend(safe::warnings(bound, placed));
    warnings
}

fn text_warnings(fonts: &Fonts, text: &Text, fitted: &Fitted, warnings: &mut Vec<Warning>) {
    let field = text.field.clone();
    let name = field.clone().unwrap_or_else(|| "Text".to_owned());
    let lines = fitted.lines.len();
    let fit = text.fit;
    let limits = |size: f32| {
        let mut limits = figures([("fontSize", rounded(size))]);
        // A text without a limit has this one.
        if fit.max_lines != u32::MAX {
            limits.insert("maxLines".to_owned(), json!(fit.max_lines));
        }
        limits
    };
    let (limit, least) = (limits(fit.max), limits(fit.min));
    let mut warn = |code, severity, message, measured, limit| {
        warnings.push(Warning { code, severity, field: field.clone(), message, measured, limit });
    };
    if fitted.overflow {
        let message = format!("{name} doesn't fit its box even at {:.0} px on {lines} lines.", fitted.size);
        let measured = figures([("fontSize", rounded(fitted.size)), ("lines", json!(lines)), ("characters", json!(fitted.characters))]);
        warn(WarningCode::TextOverflow, Severity::Critical, message, measured, least.clone());
    } else if fitted.truncated {
        let (all, kept) = (fitted.characters, fitted.kept);
        let message = format!("{name} has {all} characters; {kept} fit. Shorten it by {}.", all.saturating_sub(kept));
        let measured = figures([("fontSize", rounded(fitted.size)), ("lines", json!(lines)), ("characters", json!(all))]);
        let mut limit = least.clone();
        limit.insert("characters".to_owned(), json!(kept));
        warn(WarningCode::TextTruncated, Severity::Warning, message, measured, limit);
    } else if fitted.size < fit.max - 0.01 {
        let message = format!("{name} was reduced from {:.0} to {:.0} px on {lines} lines.", fit.max, fitted.size);
        let measured = figures([("fontSize", rounded(fitted.size)), ("lines", json!(lines))]);
        warn(WarningCode::TextShrunk, Severity::Info, message, measured, limit);
    }
    if !fitted.missing.is_empty() {
        let list: String = fitted.missing.iter().take(10).collect();
        let count = fitted.missing.len();
        let message = format!("No font has {list} ({count} in {name}); left out.");
        let measured = figures([("characters", json!(list)), ("count", json!(count))]);
        warn(WarningCode::MissingGlyphs, Severity::Critical, message, measured, Map::new());
    }
    if !fonts.has_family(&text.font.family) && !fonts.faces().iter().any(|f| f.family == text.font.family) {
        let message = format!("{name} is set in another font: {} is not there.", text.font.family);
        let measured = figures([("font", json!(fonts.faces().first().map(|f| f.family.as_str())))]);
        warn(WarningCode::FontFallback, Severity::Info, message, measured, figures([("font", json!(text.font.family))]));
    } else if !fitted.fallbacks.is_empty() {
        let fallbacks: Vec<&str> = fitted.fallbacks.iter().map(|(family, _)| family.as_str()).collect();
        let count: usize = fitted.fallbacks.iter().map(|(_, count)| count).sum();
        let message = format!("{} lacks {count} characters of {name}; drawn in {}.", text.font.family, fallbacks.join(", "));
        let measured = figures([("font", json!(fallbacks.join(", "))), ("characters", json!(count))]);
        warn(WarningCode::FontFallback, Severity::Info, message, measured, figures([("font", json!(text.font.family))]));
    }
}

/// What is known after painting. `enlarged`: how much larger the picture is that the warnings speak of.
pub fn paint(bound: &Bound, notes: &Notes, enlarged: f32) -> Vec<Warning> {
    let contrasts = notes.contrasts.iter().filter_map(contrast);
    let pictures = notes.pictures.iter().flat_map(|p| picture(bound, p, enlarged));
    contrasts.chain(pictures).collect()
}

fn hex(color: Color) -> String {
    format!("#{:02X}{:02X}{:02X}", color.r, color.g, color.b)
}

fn contrast(found: &Contrast) -> Option<Warning> {
    let wcag = if found.large { 3.0 } else { 4.5 };
    let apca = match (found.large, found.paragraph) {
        (true, _) => 45.0,
        (false, true) => 75.0,
        (false, false) => 60.0,
    };
    let severity = if found.wcag + 0.005 < wcag {
        Severity::Warning
    } else if found.apca.abs() + 0.05 < apca {
        Severity::Info
    } else {
        return None;
    };
    let name = found.field.clone().unwrap_or_else(|| found.id.clone());
    let (color, behind) = (hex(found.color), hex(found.behind));
    let message = match severity {
        Severity::Info => format!("{name}: {color} on {behind} has an APCA contrast of {:.0}; {apca:.0} reads well.", found.apca.abs()),
        _ => format!("{name}: {color} on {behind} is {:.1} : 1; it needs {wcag} : 1.", found.wcag),
    };
    let figures_of = |wcag: f32, apca: f32| figures([("wcag", rounded(wcag)), ("apca", rounded(apca))]);
    let mut measured = figures_of(found.wcag, found.apca);
    measured.insert("color".to_owned(), json!(color));
    measured.insert("behind".to_owned(), json!(behind));
    Some(Warning { code: WarningCode::LowContrast, severity, field: found.field.clone(), message, measured, limit: figures_of(wcag, apca) })
}

fn picture(bound: &Bound, drawn: &DrawnPicture, enlarged: f32) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let field = drawn.field.clone();
    let name = field.clone().unwrap_or_else(|| "A picture".to_owned());
    match &drawn.lacking {
        Some(Lacking::Source(error)) => warnings.push(Warning {
            code: WarningCode::ImageUnavailable,
            severity: Severity::Critical,
            field: field.clone(),
            message: format!("{name}: {error}. Its fallback was drawn."),
            measured: Map::new(),
            limit: Map::new(),
        }),
        Some(Lacking::Variant { role, wanted }) => warnings.push(Warning {
            code: WarningCode::LogoVariantFallback,
            severity: Severity::Info,
            field: field.clone(),
            message: format!("The {role} logo has no variant for {wanted} grounds; another one was drawn."),
            measured: figures([("role", json!(role))]),
            limit: figures([("theme", json!(wanted))]),
        }),
        None => {}
    }
    let density = drawn.density / enlarged;
    if density < 1.0 {
        let soft = density < SOFT;
        let (sw, sh) = drawn.source;
        let edge = |drawn: u32| (drawn as f32 * enlarged).round() as u32;
        let (dw, dh) = (edge(drawn.drawn.0), edge(drawn.drawn.1));
        let message = format!("{name} is {sw} × {sh} px; {} shows it at {dw} × {dh}. It will look soft.", bound.key);
        warnings.push(Warning {
            code: if soft { WarningCode::ImageLowResolution } else { WarningCode::ImageUpscaled },
            severity: if soft { Severity::Warning } else { Severity::Info },
            field,
            message,
            measured: figures([("width", json!(sw)), ("height", json!(sh)), ("pixelsPerPixel", rounded(density))]),
            limit: figures([("width", json!(dw)), ("height", json!(dh)), ("pixelsPerPixel", json!(1.0))]),
        });
    }
    warnings
}

/// Said of every picture made with a test key.
pub fn watermark() -> Warning {
    Warning {
        code: WarningCode::TestWatermark,
        severity: Severity::Info,
        field: None,
        message: "Made with a test key: the picture is marked TEST.".to_owned(),
        measured: Map::new(),
        limit: Map::new(),
    }
}
