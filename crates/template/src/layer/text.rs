//! Compiling text layers: faces, accents, marks, and boxes in the line.

use super::look::numbers;
use super::read::Compiler;
use super::{AccentExpr, ArcExpr, DropCapExpr, FontExpr, HighlightExpr, InlineExpr, MarkExpr, PaintExpr, TextLayer};
use crate::bound::{TextAlign, VerticalAlign};
use crate::expr::rich::{MAX_TAGS, Tags};
use crate::expr::{Len, length};
use crate::field::{MARK_NAME, is_mark};
use crate::locale::Case;
use crate::read::Node;

/// Em, of a box that is as round as it can be.
const ROUND: f32 = 20.0;
/// Of a text.
const MAX_FEATURES: usize = 32;

impl Compiler<'_> {
    /// A text layer's size in pixels.
    pub(super) fn em(&self, node: &Node<'_>) -> f64 {
        let fallback = self.metrics.short() * 0.05;
        let Some(size) = node.raw("size") else { return fallback };
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em: None };
        length::parse(size.value, context).map_or(fallback, |length| f64::from(length.px))
    }

    pub(super) fn text_layer(&self, node: &Node<'_>, em: Option<f64>) -> Option<TextLayer> {
        let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        let flag = |key: &str, default: bool| node.get(key).and_then(|node| node.bool()).unwrap_or(default);
        let font_size = |key: &str| {
            let length = self.pixels(node, key, None)?;
            if length.corner == 0.0 && !(1.0..=8192.0).contains(&length.px) {
                node.get(key)?.fault(format!("{} px is no font size", length.px), "from 1 to 8192 px".to_owned());
            }
            Some(length)
        };
        let size = font_size("size").unwrap_or(Len { px: em.unwrap_or_default() as f32, ..Len::default() });
        let min_size = font_size("minSize").unwrap_or(size);
        let marks = self.marks(node);
        let (boxes, inline) = self.inline(node);
        let bits = marks.iter().enumerate().map(|(i, mark)| (mark.name.clone(), 1 << i));
        let text = self.tagged(node, "text", &Tags { marks: bits.collect(), boxes });
        let cases = [
            ("none", (None, false)),
            ("upper", (Some(Case::Upper), false)),
            ("lower", (Some(Case::Lower), false)),
            ("title", (Some(Case::Title), false)),
            ("small", (None, true)),
        ];
        let (case, small_caps) = node.get("case").and_then(|case| case.choice(&cases)).unwrap_or_default();
        let layer = TextLayer {
            font: self.font(node),
            size,
            min_size,
            max_lines: node.get("maxLines").and_then(|lines| lines.whole(1, 200)).map_or(u32::MAX, |lines| lines as u32),
            short_grow: number("shortGrow", 1.0, 4.0).unwrap_or(1.0),
            color: self.paint(node, "color").unwrap_or_else(|| PaintExpr::Solid(self.role("text"))),
            picture: node.get("picture").and_then(|picture| {
                if let Some(stroke) = node.get("stroke") {
                    stroke.fault("letters with a picture have no stroke", None);
                }
                picture.only(["source", "fit", "focus", "duotone", "tint"], "a picture in letters").then(|| self.image(&picture))?
            }),
            stroke: self.border(node, "stroke", em).inspect(|stroke| {
                if let (Some(_), Some(written)) = (stroke.dash, node.get("stroke")) {
                    written.fault("letters have no dashes", None);
                }
            }),
            highlight: self.highlight(node, em),
            accent: self.accent(node, em),
            marks,
            inline,
            align: node
                .get("align")
                .and_then(|align| {
                    align.choice(&[
                        ("start", TextAlign::Start),
                        ("center", TextAlign::Center),
                        ("end", TextAlign::End),
                        ("left", TextAlign::Left),
                        ("right", TextAlign::Right),
                    ])
                })
                .unwrap_or(TextAlign::Start),
            vertical_align: node
                .get("verticalAlign")
                .and_then(|align| {
                    align.choice(&[("top", VerticalAlign::Top), ("middle", VerticalAlign::Middle), ("bottom", VerticalAlign::Bottom)])
                })
                .unwrap_or(VerticalAlign::Top),
            line_height: number("lineHeight", 0.5, 4.0),
            tracking: number("tracking", -0.5, 2.0),
            case,
            small_caps,
            fractions: flag("fractions", false),
            features: node.get("features").map_or_else(Vec::new, |features| self::features(&features)),
            ellipsis: flag("ellipsis", true),
            balance: flag("balance", false),
            hang: flag("hang", false),
            script_adjust: flag("scriptAdjust", true),
            tabular: flag("tabular", false),
            strike: flag("strike", false),
            underline: flag("underline", false),
            arc: self.arc(node, em),
            drop_cap: self.drop_cap(node),
            text: text?,
        };
        Some(layer)
    }

    /// `font`, and the flat properties that change it.
    fn font(&self, node: &Node<'_>) -> FontExpr {
        let mut font = node.get("font").and_then(|font| self.face(&font)).unwrap_or_default();
        if font.role.is_none() && font.family.is_none() {
            font.role = Some(self.names.fonts.index("body"));
        }
        self.refine(node, &mut font, "fontWidth");
        font
    }

    /// `brand.fonts.role`, or an object with a family.
    fn face(&self, node: &Node<'_>) -> Option<FontExpr> {
        if let Some(text) = node.value.as_str() {
            let Some(role) = text.strip_prefix("brand.fonts.") else {
                node.fault(format!("\"{text}\" is no font"), "brand.fonts.heading, or {\"family\": …}".to_owned());
                return None;
            };
            return node.take(self.names.font_role(role)).map(|role| FontExpr { role: Some(role), ..FontExpr::default() });
        }
        if !node.only(["family", "weight", "italic", "width", "variations"], "a font") {
            return None;
        }
        let mut font = FontExpr { family: Some(node.text_of("family", 80)?), ..FontExpr::default() };
        self.refine(node, &mut font, "width");
        Some(font)
    }

    /// Weight, italic, width and axes, where they are given.
    fn refine(&self, node: &Node<'_>, font: &mut FontExpr, width: &str) {
        if let Some(weight) = node.get("weight").and_then(|weight| weight.number(1.0, 1000.0)) {
            font.weight = Some(weight as f32);
        }
        if let Some(italic) = node.get("italic").and_then(|italic| italic.bool()) {
            font.italic = Some(italic);
        }
        if let Some(width) = node.get(width).and_then(|width| width.number(50.0, 200.0)) {
            font.width = Some(width as f32);
        }
        if let Some(axes) = node.get("variations") {
            font.variations = variations(&axes);
        }
    }

    fn highlight(&self, node: &Node<'_>, em: Option<f64>) -> Option<HighlightExpr> {
        let highlight = node.get("highlight")?;
        if !highlight.only(["color", "padding", "radius"], "a highlight") {
            return None;
        }
        let Some(paint) = self.paint(&highlight, "color") else {
            if highlight.get("color").is_none() {
                highlight.fault("\"color\" is missing", None);
            }
            return None;
        };
        let padding = match highlight.get("padding") {
            None => Some([0.02, 0.22, 0.06, 0.22]),
            Some(padding) => numbers(&padding, -1.0, 4.0),
        };
        Some(HighlightExpr { paint, padding: padding?, radius: self.pixels(&highlight, "radius", em).unwrap_or_default() })
    }

    fn accent(&self, node: &Node<'_>, em: Option<f64>) -> AccentExpr {
        let Some(accent) = node.get("accent") else { return AccentExpr::default() };
        if !accent.only(["color", "font", "weight", "italic", "underline", "highlight"], "an accent") {
            return AccentExpr::default();
        }
        let mut font = accent.get("font").and_then(|font| self.face(&font)).unwrap_or_default();
        self.refine(&accent, &mut font, "");
        AccentExpr {
            color: self.color(&accent, "color"),
            font: (font != FontExpr::default()).then_some(font),
            underline: accent.get("underline").and_then(|underline| underline.bool()).unwrap_or(false),
            highlight: self.highlight(&accent, em),
        }
    }

    fn arc(&self, node: &Node<'_>, em: Option<f64>) -> Option<ArcExpr> {
        let arc = node.get("arc")?;
        if !arc.only(["radius", "at", "sweep", "inside"], "an arc") {
            return None;
        }
        if arc.get("radius").is_none() {
            arc.fault("\"radius\" is missing", None);
        }
        for key in ["highlight", "underline", "strike", "inline", "picture"] {
            if let Some(property) = node.get(key).filter(|property| property.value.as_bool() != Some(false)) {
                property.fault(format!("a text along an arc has no {key}"), None);
            }
        }
        if let Some(color) = node.get("color").filter(|color| color.value.is_object()) {
            color.fault("a text along an arc has one colour", None);
        }
        let number = |key: &str, min: f64, max: f64| arc.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        Some(ArcExpr {
            radius: self.pixels(&arc, "radius", em)?,
            at: number("at", -360.0, 360.0).unwrap_or(0.0),
            sweep: number("sweep", 1.0, 360.0).unwrap_or(180.0),
            inside: arc.get("inside").and_then(|inside| inside.bool()).unwrap_or(false),
        })
    }

    fn drop_cap(&self, node: &Node<'_>) -> Option<DropCapExpr> {
        let drop = node.get("dropCap")?;
        if !drop.only(["lines", "gap", "color", "font", "weight", "italic", "fontWidth"], "a drop cap") {
            return None;
        }
        if node.get("arc").is_some() {
            drop.fault("a text along an arc has no drop cap", None);
        }
        Some(DropCapExpr {
            lines: drop.get("lines").and_then(|lines| lines.whole(2, 10)).unwrap_or(3) as u32,
            gap: drop.get("gap").and_then(|gap| gap.number(0.0, 5.0)).map_or(0.3, |gap| gap as f32),
            mark: self.mark(String::new(), &drop),
        })
    }

    /// What a mark changes.
    fn mark(&self, name: String, mark: &Node<'_>) -> MarkExpr {
        let number = |key: &str, min: f64, max: f64| mark.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        let flag = |key: &str| mark.get(key).and_then(|node| node.bool()).unwrap_or(false);
        let mut font = mark.get("font").and_then(|font| self.face(&font)).unwrap_or_default();
        self.refine(mark, &mut font, "fontWidth");
        MarkExpr {
            name,
            color: self.color(mark, "color"),
            font: (font != FontExpr::default()).then_some(font),
            size: number("size", 0.2, 5.0).unwrap_or(1.0),
            raise: number("raise", -2.0, 2.0).unwrap_or(0.0),
            underline: flag("underline"),
            strike: flag("strike"),
        }
    }

    fn marks(&self, node: &Node<'_>) -> Vec<MarkExpr> {
        let Some(marks) = node.get("marks") else { return Vec::new() };
        let mut list = Vec::new();
        for (name, mark) in named(&marks, "marks") {
            if !mark.only(["color", "font", "weight", "italic", "fontWidth", "size", "raise", "underline", "strike"], "a mark") {
                continue;
            }
            list.push(self.mark(name, &mark));
        }
        list
    }

    /// Boxes by name.
    fn inline(&self, node: &Node<'_>) -> (Vec<String>, Vec<InlineExpr>) {
        let Some(boxes) = node.get("inline") else { return Default::default() };
        named(&boxes, "boxes").into_iter().filter_map(|(name, node)| Some((name, self.inline_box(&node)?))).unzip()
    }

    fn inline_box(&self, node: &Node<'_>) -> Option<InlineExpr> {
        let own = ["width", "height", "radius", "shift", "fill", "source", "fit", "focus", "duotone", "tint", "icon", "color", "padding"];
        if !node.only(own, "an inline box") {
            return None;
        }
        let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        let (picture, icon) = (node.get("source").is_some(), node.get("icon").is_some());
        let useless: &[&str] = match (picture, icon) {
            (true, false) => &["color", "padding"],
            (false, true) => &["fit", "focus", "duotone", "tint"],
            (true, true) => {
                node.fault("a box has a picture or an icon", None);
                return None;
            }
            (false, false) => &["fit", "focus", "duotone", "tint", "color", "padding"],
        };
        for key in useless {
            if let Some(property) = node.raw(key) {
                property.fault(format!("\"{key}\" means nothing here"), "it goes with \"source\" or \"icon\"".to_owned());
            }
        }
        let fill = self.paint(node, "fill");
        if !picture && !icon && node.get("fill").is_none() {
            node.fault("the box has nothing to show", "\"source\", \"icon\" or \"fill\"".to_owned());
        }
        let full = node.get("radius").is_some_and(|radius| radius.value.as_str() == Some("full"));
        Some(InlineExpr {
            width: number("width", 0.05, 20.0).unwrap_or(1.0),
            height: number("height", 0.05, 20.0).unwrap_or(1.0),
            radius: if full { ROUND } else { number("radius", 0.0, 20.0).unwrap_or(0.0) },
            shift: number("shift", -10.0, 10.0).unwrap_or(0.0),
            fill,
            image: if picture { Some(self.image(node)?) } else { None },
            icon: if icon { Some(self.icon(node)?) } else { None },
            color: self.paint(node, "color"),
            padding: number("padding", 0.0, 10.0).unwrap_or(0.0),
        })
    }
}

/// Members of an object of things that tags name.
fn named<'a>(node: &Node<'a>, what: &str) -> Vec<(String, Node<'a>)> {
    let mut entries = node.entries();
    if entries.len() > MAX_TAGS {
        node.fault(format!("a text has at most {MAX_TAGS} {what}"), None);
        entries.truncate(MAX_TAGS);
    }
    for (name, entry) in &entries {
        if !is_mark(name) {
            entry.fault(format!("\"{name}\" can't be written in brackets"), MARK_NAME.to_owned());
        }
    }
    entries
}

/// `{"ss01": 1, "liga": false}`: four letters, and on, off or a number.
fn features(node: &Node<'_>) -> Vec<([u8; 4], u16)> {
    let mut entries = node.entries();
    if entries.len() > MAX_FEATURES {
        node.fault(format!("a text has at most {MAX_FEATURES} features"), None);
        entries.truncate(MAX_FEATURES);
    }
    let read = |(tag, value): (String, Node<'_>)| {
        let bytes = <[u8; 4]>::try_from(tag.as_bytes()).ok().filter(|tag| tag.iter().all(u8::is_ascii_alphanumeric));
        let Some(bytes) = bytes else {
            value.fault(format!("\"{tag}\" is no feature"), "a feature has four letters or digits, such as ss01 or smcp".to_owned());
            return None;
        };
        match value.value.is_boolean() {
            true => Some((bytes, u16::from(value.bool()?))),
            false => Some((bytes, value.whole(0, 99)? as u16)),
        }
    };
    entries.into_iter().filter_map(read).collect()
}

/// `{"SOFT": 60}`: four letters and a figure each.
pub(crate) fn variations(node: &Node<'_>) -> Vec<(String, f32)> {
    let read = |(tag, value): (String, Node<'_>)| {
        if tag.len() != 4 || !tag.bytes().all(|b| b.is_ascii_alphanumeric()) {
            value.fault(format!("\"{tag}\" is no axis"), "an axis has four letters, such as SOFT".to_owned());
            return None;
        }
        Some((tag, value.number(-100_000.0, 100_000.0)? as f32))
    };
    node.entries().into_iter().filter_map(read).collect()
}
