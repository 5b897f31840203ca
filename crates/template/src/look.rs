//! A template's own look: what stands in without a kit, and for roles that a kit lacks.

use crate::bound::{Color, Font};
use crate::brand::{Brand, BrandLogo};
use crate::color::{BLACK, WHITE};
use crate::document::RoleNames;
use crate::eval::{Face, Resolved, Roles, Tone};
use crate::read::{Node, is_name};

/// Roles that the contract names; the built-in values stand in where neither kit nor template has one.
const COLORS: [(&str, &str); 7] = [
    ("primary", "#1f4fd8"),
    ("secondary", "#dbe4ff"),
    ("accent", "#b3261e"),
    ("background", "#ffffff"),
    ("surface", "#f3f4f6"),
    ("text", "#16181d"),
    ("muted", "#5c6370"),
];
const FONTS: [(&str, f32); 3] = [("heading", 700.0), ("body", 400.0), ("accent", 500.0)];
const FAMILY: &str = "Inter";
const CORNER: f32 = 0.02;

#[derive(Clone, Debug)]
pub(crate) struct Look {
    colors: Vec<(String, Tone)>,
    fonts: Vec<(String, Face)>,
    corner: f32,
}

impl Look {
    /// The group's `look`, the built-in one beneath it.
    pub fn read(root: &Node<'_>) -> Self {
        let mut look = Self::default();
        let Some(node) = root.get("look") else { return look };
        node.only(["colors", "fonts", "corner", "note"], "a look");
        if let Some(corner) = node.get("corner").and_then(|corner| corner.number(0.0, 0.5)) {
            look.corner = corner as f32;
        }
        for (role, node) in node.get("colors").map_or_else(Vec::new, |colors| colors.entries()) {
            if let Some(tone) = role_name(&role, &node).and_then(|()| tone(&node)) {
                set(&mut look.colors, role, tone);
            }
        }
        for (role, node) in node.get("fonts").map_or_else(Vec::new, |fonts| fonts.entries()) {
            if !FONTS.iter().any(|(known, _)| *known == role) {
                let hint = "roles are heading, body and accent; another face stands at its layer, or in vars, as {\"family\": …}";
                node.fault(format!("\"{role}\" is no font role"), hint.to_owned());
            } else if let Some(face) = face(&node) {
                set(&mut look.fonts, role, face);
            }
        }
        look
    }

    pub fn color_roles(&self) -> Vec<String> {
        self.colors.iter().map(|(role, _)| role.clone()).collect()
    }

    pub fn font_roles(&self) -> Vec<String> {
        self.fonts.iter().map(|(role, _)| role.clone()).collect()
    }

    /// Every role that the document names, from the kit where it has one.
    pub fn roles<'a>(&self, names: &RoleNames, brand: Option<&'a Brand>, short: f32) -> Roles<'a> {
        let color = |role: &str| match brand.and_then(|brand| brand.colors.iter().find(|color| color.role == role)) {
            Some(found) => (Tone { color: found.color, on: Some(found.on) }, false),
            None => (find(&self.colors, role).copied().unwrap_or(Tone::of(BLACK)), brand.is_some()),
        };
        let font = |role: &str| match brand.and_then(|brand| brand.fonts.iter().find(|font| font.role == role)) {
            Some(found) => {
                let face = Face { font: found.font.clone(), tracking: Some(found.tracking), line_height: found.line_height };
                (face, false)
            }
            None => (find(&self.fonts, role).cloned().unwrap_or_else(|| plain_face(400.0)), brand.is_some()),
        };
        let logos = |role: &str| -> Vec<&'a BrandLogo> {
            brand.map_or_else(Vec::new, |brand| brand.logos.iter().filter(|logo| logo.role == role).collect())
        };
        let resolved_logos = |role: &String| {
            let found = logos(role);
            let missing = brand.is_some() && found.is_empty();
            Resolved::new(found, missing)
        };
        Roles {
            colors: names.colors.iter().map(|role| color(role)).map(|(tone, missing)| Resolved::new(tone, missing)).collect(),
            fonts: names.fonts.iter().map(|role| font(role)).map(|(face, missing)| Resolved::new(face, missing)).collect(),
            logos: names.logos.iter().map(resolved_logos).collect(),
            background: color("background").0.color,
            text: color("text").0.color,
            corner: brand.map_or(self.corner, |brand| brand.corner) * short,
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        let color = |(role, hex): (&str, &str)| (role.to_owned(), Tone::of(Color::parse(hex).unwrap_or(WHITE)));
        Self {
            colors: COLORS.into_iter().map(color).collect(),
            fonts: FONTS.into_iter().map(|(role, weight)| (role.to_owned(), plain_face(weight))).collect(),
            corner: CORNER,
        }
    }
}

fn plain_face(weight: f32) -> Face {
    let font = Font { family: FAMILY.to_owned(), weight, italic: false, width: 100.0, variations: Vec::new() };
    Face { font, tracking: None, line_height: None }
}

fn find<'a, T>(list: &'a [(String, T)], role: &str) -> Option<&'a T> {
    list.iter().find(|(name, _)| name == role).map(|(_, value)| value)
}

fn set<T>(list: &mut Vec<(String, T)>, role: String, value: T) {
    match list.iter_mut().find(|(name, _)| *name == role) {
        Some(entry) => entry.1 = value,
        None => list.push((role, value)),
    }
}

pub(crate) fn role_name(role: &str, node: &Node<'_>) -> Option<()> {
    if is_name(role) && role.len() <= 40 && role != "on" {
        return Some(());
    }
    node.fault(format!("\"{role}\" is no name for a role"), "a letter, then letters, digits and _".to_owned());
    None
}

/// `"#hex"` or `{"hex", "on"}`.
fn tone(node: &Node<'_>) -> Option<Tone> {
    if node.value.is_string() {
        return hex(node).map(Tone::of);
    }
    node.only(["hex", "on"], "a colour").then_some(())?;
    let Some(color) = node.get("hex") else {
        node.fault("\"hex\" is missing", None);
        return None;
    };
    Some(Tone { color: hex(&color)?, on: node.get("on").and_then(|on| hex(&on)) })
}

pub(crate) fn hex(node: &Node<'_>) -> Option<Color> {
    let text = node.string()?;
    let color = Color::parse(text);
    if color.is_none() {
        node.fault(format!("\"{text}\" is no colour"), "#rgb, #rrggbb or #rrggbbaa".to_owned());
    }
    color
}

fn face(node: &Node<'_>) -> Option<Face> {
    node.only(["family", "weight", "italic", "width", "variations", "tracking", "lineHeight"], "a font").then_some(())?;
    let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
    Some(Face {
        font: Font {
            family: node.text_of("family", 80)?,
            weight: number("weight", 1.0, 1000.0).unwrap_or(400.0),
            italic: node.get("italic").and_then(|italic| italic.bool()).unwrap_or(false),
            width: number("width", 50.0, 200.0).unwrap_or(100.0),
            variations: node.get("variations").map_or_else(Vec::new, |axes| crate::layer::variations(&axes)),
        },
        tracking: number("tracking", -0.5, 2.0),
        line_height: number("lineHeight", 0.5, 4.0),
    })
}
