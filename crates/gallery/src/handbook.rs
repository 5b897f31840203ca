//! Pictures for the documentation: one for each property of the format, and the grid of the README.

use std::error::Error;
use std::fs;
use std::path::Path;

use render::{Format, Frame, Scratch, encode};
use serde_json::{Map, Value, json};
use template::Document;

use crate::sheet::paste;
use crate::studio::Studio;

const PANEL: (u32, u32) = (160, 110);
const GAP: u32 = 10;
const CAPTION: u32 = 22;
/// The README's grid: rows of group, kit, size. `GRID_WIDTH` holds each row exactly.
const GRID: [&[(&str, &str, &str)]; 3] = [
    &[
        ("testimonial", "pomblo", "portrait"),
        ("quote", "sorrelwick", "portrait"),
        ("hiring", "halvmark", "portrait"),
        ("event", "orthaven", "portrait"),
    ],
    &[("property", "sorrelwick", "landscape"), ("blog", "halvmark", "landscape"), ("product", "orthaven", "landscape")],
    &[
        ("sale", "pomblo", "square"),
        ("podcast", "sorrelwick", "square"),
        ("numbers", "halvmark", "square"),
        ("tip", "pomblo", "square"),
        ("announce", "halvmark", "square"),
    ],
];
/// The property that only a right-to-left language shows.
const RIGHT_TO_LEFT: &str = "mirror";
const GRID_WIDTH: u32 = 1280;
const GRID_GAP: u32 = 12;

/// Draws all of them into `out`.
pub fn draw_all(studio: &Studio, out: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(out)?;
    let sections = sections()?;
    let mut scratch = Scratch::default();
    for (name, document) in examples(&sections)? {
        // Some examples show what a warning is for.
        let (frame, _) = draw(studio, &mut scratch, &document, &json!({}), None, 0, 2.0)?;
        fs::write(out.join(format!("{name}.webp")), encode(&mut scratch, &frame, Format::Webp, 90)?)?;
    }
    let page = out.join("../template-format.md");
    fs::write(&page, with_pictures(&fs::read_to_string(&page)?, &sections))?;
    let grid = grid(studio, &mut scratch)?;
    fs::write(out.join("grid.webp"), encode(&mut scratch, &grid, Format::Webp, 86)?)?;
    Ok(())
}

/// Properties by section of the page, each with its panels: a caption and the layers that show it.
pub fn sections() -> Result<Map<String, Value>, Box<dyn Error>> {
    Ok(serde_json::from_str(include_str!("../properties.json"))?)
}

/// One document for each property.
pub fn examples(sections: &Map<String, Value>) -> Result<Vec<(&String, Document)>, Box<dyn Error>> {
    let properties = sections.values().filter_map(Value::as_object).flatten();
    properties.map(|(name, panels)| Ok((name, example(name, panels.as_array().ok_or("panels are a list")?)?))).collect()
}

/// The page with each section's pictures between its marks, `<!-- pictures:text -->` and `<!-- /pictures:text -->`.
fn with_pictures(page: &str, sections: &Map<String, Value>) -> String {
    let mut page = page.to_owned();
    for (section, properties) in sections {
        let (open, close) = (format!("<!-- pictures:{section} -->\n"), format!("<!-- /pictures:{section} -->"));
        let Some((before, rest)) = page.split_once(&open) else { continue };
        let Some((_, after)) = rest.split_once(&close) else { continue };
        let names = properties.as_object().into_iter().flat_map(Map::keys);
        let list: String = names.map(|name| format!("![{name}](pictures/{name}.webp)\n")).collect();
        page = format!("{before}{open}\n{list}\n{close}{after}");
    }
    page
}

fn draw(
    studio: &Studio,
    scratch: &mut Scratch,
    document: &Document,
    data: &Value,
    kit: Option<&str>,
    size: usize,
    scale: f32,
) -> Result<(Frame, Vec<template::Warning>), Box<dyn Error>> {
    let size = document.sizes().get(size).ok_or("no such size")?;
    studio.draw(scratch, document, size, (data, None), kit, scale)
}

/// A document of panels side by side, each with its caption.
fn example(name: &str, panels: &[Value]) -> Result<Document, Box<dyn Error>> {
    let mut layers = Vec::new();
    for (i, panel) in panels.iter().enumerate() {
        let left = GAP + i as u32 * (PANEL.0 + GAP);
        let mut children = panel[1].clone();
        name_layers(&mut children, &format!("p{i}"));
        layers.push(json!({"id": format!("panel{i}"), "type": "group", "left": left, "top": GAP, "width": PANEL.0, "height": PANEL.1, "fill": "#ffffff", "radius": 4, "clip": true, "children": children}));
        layers.push(json!({"id": format!("caption{i}"), "type": "text", "text": panel[0], "font": {"family": "JetBrains Mono"}, "size": 10.5, "minSize": 7, "maxLines": 1, "left": left, "width": PANEL.0, "top": GAP + PANEL.1 + 6, "color": "#3b3b39"}));
    }
    // Tables need a list.
    let fields = match Value::from(panels).to_string().contains("{{menu}}") {
        true => {
            json!([{"name": "menu", "type": "list", "items": {"fields": [{"name": "dish", "type": "text"}, {"name": "price", "type": "number"}]},
            "default": [{"dish": "Rye loaf", "price": 5.8}, {"dish": "Seeded rolls", "price": 11}, {"dish": "Plum cake", "price": 4.25}]}])
        }
        false => json!([]),
    };
    let width = GAP + panels.len() as u32 * (PANEL.0 + GAP);
    let document = json!({
        "format": 1, "name": name, "background": "#ece9e2", "locale": if name == RIGHT_TO_LEFT { "ar" } else { "en" },
        "look": {
            "colors": {"background": "#efe9dd", "surface": "#ffffff", "text": "#1c2a24", "muted": "#565d54", "primary": "#1f4d3d", "secondary": "#d9c7a3", "accent": "#a63d17"},
            "fonts": {"heading": {"family": "Instrument Serif"}, "body": {"family": "DM Sans", "weight": 500}}
        },
        "fields": fields,
        "layers": layers,
        "templates": [{"key": "panels", "name": name, "width": width, "height": GAP + PANEL.1 + CAPTION + 4}]
    });
    Ok(Document::parse(&document.to_string()).map_err(|faults| format!("{name}: {faults:#?}"))?)
}

/// Examples leave the ids out; the format needs them.
fn name_layers(layers: &mut Value, prefix: &str) {
    for (i, layer) in layers.as_array_mut().into_iter().flatten().enumerate() {
        let id = format!("{prefix}_{i}");
        if let Some(layer) = layer.as_object_mut() {
            if let Some(children) = layer.get_mut("children") {
                name_layers(children, &id);
            }
            layer.entry("id").or_insert(Value::String(id));
        }
    }
}

fn grid(studio: &Studio, scratch: &mut Scratch) -> Result<Frame, Box<dyn Error>> {
    let mut rows = Vec::new();
    for row in GRID {
        // All pictures of a row have one height, which follows from the row's width.
        let mut chosen = Vec::new();
        for (group, kit, key) in row {
            let document = studio.group(group)?;
            let index = document.sizes().iter().position(|size| size.key == *key).ok_or("no such size")?;
            let ratio = document.sizes()[index].width as f32 / document.sizes()[index].height as f32;
            chosen.push((document, *kit, index, ratio));
        }
        let free = (GRID_WIDTH - GRID_GAP * (row.len() as u32 + 1)) as f32;
        let height = free / chosen.iter().map(|(_, _, _, ratio)| ratio).sum::<f32>();
        let mut frames = Vec::new();
        for (document, kit, index, _) in &chosen {
            let scale = height / document.sizes()[*index].height as f32;
            let (frame, _) = draw(studio, scratch, document, &document.example_inputs(), Some(kit), *index, scale)?;
            frames.push(frame);
        }
        rows.push(frames);
    }
    let row_height = |row: &Vec<Frame>| row.iter().map(|frame| frame.height).max().unwrap_or(0);
    let height = rows.iter().map(|row| row_height(row) + GRID_GAP).sum::<u32>() + GRID_GAP;
    let mut pixels = [0xE0, 0xDD, 0xD6, 0xFF].repeat((GRID_WIDTH * height) as usize);
    let mut top = GRID_GAP;
    for row in &rows {
        let mut left = GRID_GAP;
        for frame in row {
            paste(&mut pixels, GRID_WIDTH, frame, left.min(GRID_WIDTH - frame.width), top);
            left += frame.width + GRID_GAP;
        }
        top += row_height(row) + GRID_GAP;
    }
    Ok(Frame { width: GRID_WIDTH, height, pixels, opaque: true, warnings: Vec::new(), texts: Vec::new() })
}
