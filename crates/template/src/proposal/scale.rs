//! Lengths in pixels, made for one canvas, carried over to another. What is written in shares of the canvas needs nothing.

use serde_json::Value;

use super::{Layer, adjust::number, layers, patch};
use crate::property::{self, Property};

/// How much larger the new canvas is.
#[derive(Clone, Copy)]
pub(super) struct Ratios {
    pub across: f64,
    pub down: f64,
    pub short: f64,
}

impl Ratios {
    fn of(self, property: &str) -> f64 {
        match property {
            "left" | "right" | "centerX" | "width" | "minWidth" | "maxWidth" => self.across,
            "top" | "bottom" | "centerY" | "height" | "minHeight" | "maxHeight" => self.down,
            _ => self.short,
        }
    }
}

/// Scales every length in pixels that this size uses: of its overrides, of shared layers, of variables.
pub(super) fn pixels(document: &Value, size: &mut Value, ratios: Ratios) {
    let layers = layers(document, size);
    for layer in &layers {
        for (name, value) in layer.value.as_object().into_iter().flatten() {
            if is_length(&layer.value, name)
                && let Some(scaled) = scaled(value, ratios.of(name))
            {
                patch(size, layer.id(), name, scaled);
            }
        }
    }
    let mut vars = document["vars"].as_object().cloned().unwrap_or_default();
    vars.extend(size["vars"].as_object().cloned().unwrap_or_default());
    for (name, value) in vars {
        if let Some(property) = used_as(&layers, &name)
            && let Some(scaled) = scaled(&value, ratios.of(&property))
        {
            size["vars"][name] = scaled;
        }
    }
}

/// `None` where nothing of it is a number of pixels.
fn scaled(value: &Value, ratio: f64) -> Option<Value> {
    let pixels = |length: f64| number((length * ratio * 10.0).round() / 10.0);
    if (ratio - 1.0).abs() < 1e-9 {
        return None;
    }
    match value {
        Value::Number(number) => number.as_f64().filter(|length| *length != 0.0).map(pixels),
        Value::String(text) => text.trim().strip_suffix("px")?.trim().parse().ok().map(pixels),
        Value::Array(items) => {
            let new: Vec<Option<Value>> = items.iter().map(|item| scaled(item, ratio)).collect();
            new.iter().any(Option::is_some).then(|| items.iter().zip(new).map(|(old, new)| new.unwrap_or_else(|| old.clone())).collect())
        }
        _ => None,
    }
}

fn is_length(layer: &Value, name: &str) -> bool {
    let kind = layer["type"].as_str().and_then(property::of_kind).unwrap_or_default();
    let tables = [property::PLACE, property::LOOK, kind];
    tables.into_iter().flatten().any(|Property { name: known, takes, .. }| *known == name && takes.starts_with("length"))
}

/// The property of a layer that takes this variable as a length.
fn used_as(layers: &[Layer], name: &str) -> Option<String> {
    let term = format!("${name}");
    let used = |value: &Value| value.as_str().is_some_and(|text| names(text, &term));
    layers.iter().find_map(|layer| {
        let found = layer.value.as_object()?.iter().find(|(property, value)| {
            is_length(&layer.value, property) && (used(value) || value.as_array().is_some_and(|items| items.iter().any(used)))
        });
        found.map(|(property, _)| property.clone())
    })
}

/// Whether an expression names a variable, and not one whose name only begins alike.
fn names(text: &str, term: &str) -> bool {
    text.match_indices(term).any(|(at, _)| !text[at + term.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}
