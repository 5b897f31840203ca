//! Compiling what a layer is: text, image, shape, QR code, group, stack.

use super::look::numbers;
use super::read::{ALIGNS, Compiler};
use super::tree::Draft;
use super::{
    AccentExpr, Duotone, FontExpr, HighlightExpr, ImageLayer, KindExpr, PaintExpr, QrLayer, ShapeLayer, SourceExpr, StackLayer, TextLayer,
};
use crate::bound::{Align, Color, Form, ImageFit, Justify, TextAlign, VerticalAlign};
use crate::color::{BLACK, WHITE};
use crate::expr::{ColorExpr, Len, length};
use crate::field::FieldType;
use crate::locale::Case;
use crate::read::Node;
use crate::{icons, suggest};

pub(crate) const FITS: [(&str, ImageFit); 3] = [("cover", ImageFit::Cover), ("contain", ImageFit::Contain), ("fill", ImageFit::Fill)];
const MAX_PATH: usize = 20_000;

impl Compiler<'_> {
    pub(super) fn kind(&self, node: &Node<'_>, kind: &str, em: Option<f64>, children: &[Draft<'_>], suffix: &str) -> Option<KindExpr> {
        match kind {
            "text" => self.text_layer(node, em).map(|text| KindExpr::Text(Box::new(text))),
            "image" => self.image(node).map(KindExpr::Image),
            "shape" => self.shape(node).map(KindExpr::Shape),
            "qr" => self.qr(node).map(KindExpr::Qr),
            "rating" => self.rating(node).map(KindExpr::Rating),
            "progress" => self.progress(node).map(KindExpr::Progress),
            "chart" => self.chart(node).map(|chart| KindExpr::Chart(Box::new(chart))),
            "pattern" => self.pattern(node).map(KindExpr::Pattern),
            "stack" => Some(KindExpr::Stack(self.stack(node, children, suffix))),
            _ => Some(KindExpr::Group(self.layers(children, suffix))),
        }
    }

    /// A text layer's size in pixels.
    pub(super) fn em(&self, node: &Node<'_>) -> f64 {
        let fallback = self.metrics.short() * 0.05;
        let Some(size) = node.raw("size") else { return fallback };
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em: None };
        length::parse(size.value, context).map_or(fallback, |length| f64::from(length.px))
    }

    fn text_layer(&self, node: &Node<'_>, em: Option<f64>) -> Option<TextLayer> {
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
        let text = self.text(node, "text");
        let layer = TextLayer {
            font: self.font(node),
            size,
            min_size,
            max_lines: node.get("maxLines").and_then(|lines| lines.whole(1, 200)).map_or(u32::MAX, |lines| lines as u32),
            short_grow: number("shortGrow", 1.0, 4.0).unwrap_or(1.0),
            color: self.paint(node, "color").unwrap_or_else(|| PaintExpr::Solid(self.role("text"))),
            stroke: self.border(node, "stroke", em).inspect(|stroke| {
                if let (Some(_), Some(written)) = (stroke.dash, node.get("stroke")) {
                    written.fault("letters have no dashes", None);
                }
            }),
            highlight: self.highlight(node, em),
            accent: self.accent(node, em),
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
            case: node
                .get("case")
                .and_then(|case| {
                    case.choice(&[("none", None), ("upper", Some(Case::Upper)), ("lower", Some(Case::Lower)), ("title", Some(Case::Title))])
                })
                .flatten(),
            ellipsis: flag("ellipsis", true),
            balance: flag("balance", false),
            hang: flag("hang", false),
            script_adjust: flag("scriptAdjust", true),
            tabular: flag("tabular", false),
            strike: flag("strike", false),
            underline: flag("underline", false),
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

    fn image(&self, node: &Node<'_>) -> Option<ImageLayer> {
        let Some(written) = node.get("source") else {
            node.fault("\"source\" is missing", None);
            return None;
        };
        let text = written.string()?;
        let source = if let Some(role) = text.strip_prefix("brand.logos.") {
            SourceExpr::Logo(written.take(self.names.logo_role(role))?)
        } else if text.starts_with("asset_") {
            SourceExpr::Asset(text.to_owned())
        } else if let Some(name) = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")) {
            let value = written.take(self.names.find(name.trim()))?;
            if self.names.kind(value) != FieldType::Image {
                written.fault(format!("\"{}\" is no image field", name.trim()), None);
                return None;
            }
            SourceExpr::Field(value)
        } else {
            written.fault(format!("\"{text}\" is no picture"), "{{an image field}}, brand.logos.primary or asset_…".to_owned());
            return None;
        };
        let usual = if matches!(source, SourceExpr::Logo(_)) { ImageFit::Contain } else { ImageFit::Cover };
        Some(ImageLayer {
            source,
            fit: node.get("fit").and_then(|fit| fit.choice(&FITS)).unwrap_or(usual),
            focus: node.get("focus").and_then(|focus| numbers(&focus, 0.0, 1.0)).unwrap_or([0.5; 2]),
            duotone: node.get("duotone").and_then(|duotone| self.duotone(&duotone)),
        })
    }

    fn duotone(&self, node: &Node<'_>) -> Option<Duotone> {
        if node.value.as_str() == Some("brand") {
            let [background, text, accent] = ["background", "text", "accent"].map(|role| self.role(role));
            return Some(Duotone::Brand { background, text, accent });
        }
        if !node.value.is_array() {
            return node.mistyped("\"brand\" or three colours");
        }
        let colors: Vec<ColorExpr> = node.items().iter().filter_map(|item| self.color_of(item)).collect();
        match <[ColorExpr; 3]>::try_from(colors) {
            Ok(colors) => Some(Duotone::Colors(Box::new(colors))),
            Err(_) => {
                node.fault("a duotone has three colours: for dark, middle and light", None);
                None
            }
        }
    }

    fn shape(&self, node: &Node<'_>) -> Option<ShapeLayer> {
        const FORMS: [&str; 7] = ["rect", "ellipse", "line", "polygon", "star", "path", "icon"];
        let name = node.get("shape").map_or(Some("rect"), |shape| shape.choice(&FORMS.map(|name| (name, name))))?;
        let takes: &[&str] = match name {
            "path" => &["path", "viewBox", "evenOdd", "fit"],
            "icon" => &["icon", "fit"],
            "polygon" => &["sides"],
            "star" => &["sides", "inner"],
            _ => &[],
        };
        for key in ["path", "viewBox", "evenOdd", "icon", "sides", "inner"].iter().filter(|key| !takes.contains(key)) {
            if let Some(property) = node.raw(key) {
                property.fault(format!("\"{key}\" means nothing to the shape \"{name}\""), None);
            }
        }
        let fit = || node.get("fit").and_then(|fit| fit.choice(&FITS)).unwrap_or(ImageFit::Contain);
        let sides = |usual: u64| node.get("sides").and_then(|sides| sides.whole(3, 60)).unwrap_or(usual) as u32;
        let form = match name {
            "path" => {
                let view_box =
                    node.get("viewBox").and_then(|view| numbers(&view, -100_000.0, 100_000.0)).unwrap_or([0.0, 0.0, 100.0, 100.0]);
                if view_box[2] <= 0.0 || view_box[3] <= 0.0 {
                    node.fault("the view box has no area", None);
                }
                let even_odd = node.get("evenOdd").and_then(|rule| rule.bool()).unwrap_or(false);
                Form::Path { data: self.path(node)?, view_box, fit: fit(), even_odd }
            }
            "icon" => match self.icon(node)? {
                Form::Path { data, view_box, even_odd, .. } => Form::Path { data, view_box, even_odd, fit: fit() },
                form => form,
            },
            "polygon" => Form::Polygon { sides: sides(6), inner: 1.0 },
            "star" => {
                let inner = node.get("inner").and_then(|inner| inner.number(0.05, 1.0)).unwrap_or(0.42) as f32;
                Form::Polygon { sides: sides(5), inner }
            }
            "line" => Form::Line,
            "ellipse" => Form::Ellipse,
            _ => Form::Rect,
        };
        Some(ShapeLayer { form, stroke: self.border(node, "stroke", None) })
    }

    /// One of the bundled icons.
    pub(super) fn icon(&self, node: &Node<'_>) -> Option<Form> {
        let Some(icon) = node.get("icon") else {
            node.fault("\"icon\" is missing", "a name from the list of icons, such as star".to_owned());
            return None;
        };
        let name = icon.string()?;
        let Some(data) = icons::path(name) else {
            icon.fault(format!("there is no icon \"{name}\""), suggest::hint(name, icons::names()));
            return None;
        };
        Some(Form::Path { data: data.to_owned(), view_box: icons::VIEW_BOX, fit: ImageFit::Contain, even_odd: false })
    }

    fn path(&self, node: &Node<'_>) -> Option<String> {
        let Some(path) = node.get("path") else {
            node.fault("\"path\" is missing", None);
            return None;
        };
        let data = path.string()?;
        let known = |c: char| c.is_ascii_digit() || c.is_ascii_whitespace() || "MmLlHhVvCcSsQqTtAaZz.,+-eE".contains(c);
        if data.len() > MAX_PATH || !data.trim_start().starts_with(['M', 'm']) || !data.chars().all(known) {
            path.fault("this is no SVG path data", format!("it starts with M and has at most {MAX_PATH} characters"));
            return None;
        }
        Some(data.to_owned())
    }

    fn qr(&self, node: &Node<'_>) -> Option<QrLayer> {
        let fixed = |color: Color| ColorExpr::Fixed(color);
        Some(QrLayer {
            data: self.text(node, "data")?,
            color: self.color(node, "color").unwrap_or(fixed(BLACK)),
            background: self.color(node, "background").unwrap_or(fixed(WHITE)),
            quiet: node.get("quiet").and_then(|quiet| quiet.whole(0, 16)).unwrap_or(4) as u32,
        })
    }

    fn stack(&self, node: &Node<'_>, children: &[Draft<'_>], suffix: &str) -> StackLayer {
        let justify = [
            ("start", Justify::Start),
            ("center", Justify::Center),
            ("end", Justify::End),
            ("between", Justify::Between),
            ("around", Justify::Around),
            ("evenly", Justify::Evenly),
        ];
        StackLayer {
            row: node.get("direction").and_then(|direction| direction.choice(&[("row", true), ("column", false)])).unwrap_or(false),
            gap: self.pixels(node, "gap", None).unwrap_or_default(),
            padding: self.four(node, "padding", None),
            align: node.get("align").and_then(|align| align.choice(&ALIGNS)).unwrap_or(Align::Start),
            justify: node.get("justify").and_then(|node| node.choice(&justify)).unwrap_or(Justify::Start),
            wrap: node.get("wrap").and_then(|wrap| wrap.bool()).unwrap_or(false),
            children: self.layers(children, suffix),
        }
    }
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
