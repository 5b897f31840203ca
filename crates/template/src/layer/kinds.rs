//! Compiling what a layer is: image, shape, stack; texts, codes and figures have files of their own.

use super::look::numbers;
use super::read::{ALIGNS, Compiler};
use super::tree::Draft;
use super::{Duotone, ImageLayer, KindExpr, ShapeLayer, SourceExpr, StackLayer};
use crate::bound::{Align, Form, ImageFit, Justify};
use crate::expr::ColorExpr;
use crate::field::FieldType;
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
            "barcode" => self.barcode(node).map(KindExpr::Barcode),
            "rating" => self.rating(node).map(KindExpr::Rating),
            "progress" => self.progress(node).map(KindExpr::Progress),
            "chart" => self.chart(node).map(|chart| KindExpr::Chart(Box::new(chart))),
            "pattern" => self.pattern(node).map(KindExpr::Pattern),
            "table" => self.table(node).map(|table| KindExpr::Table(Box::new(table))),
            "stack" => Some(KindExpr::Stack(self.stack(node, children, suffix))),
            _ => Some(KindExpr::Group(self.layers(children, suffix))),
        }
    }

    pub(super) fn image(&self, node: &Node<'_>) -> Option<ImageLayer> {
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
            focus: node.get("focus").filter(|focus| focus.value.as_str() != Some("auto")).and_then(|focus| numbers(&focus, 0.0, 1.0)),
            duotone: node.get("duotone").and_then(|duotone| self.duotone(&duotone)),
            tint: self.color(node, "tint"),
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
