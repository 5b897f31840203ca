//! Evaluating layers: which are there, where they stand, and what they show.

use super::{data, paint};
use crate::Document;
use crate::bound::{Accent, Fit, Font, Highlight, Image, Kind, Node, Place, Qr, Shape, Source, Stack, Text};
use crate::brand::LogoTheme;
use crate::eval::{Eval, Face};
use crate::expr::{Ref, TextExpr};
use crate::field::{Field, Items};
use crate::inputs::Value;
use crate::layer::{Duotone, FontExpr, HighlightExpr, ImageLayer, KindExpr, Layer, PlaceExpr, QrLayer, SourceExpr, StackLayer, TextLayer};

/// A face where a layer names a family of its own and nothing else.
const LINE_HEIGHT: f32 = 1.2;

pub(super) struct Binder<'a> {
    pub document: &'a Document,
}

impl Binder<'_> {
    pub fn layers(&self, layers: &[Layer], eval: Eval<'_>) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(layers.len());
        self.collect(layers, eval, None, "", &mut nodes);
        nodes
    }

    /// `list` is the field that a repeat around these layers goes through.
    fn collect(&self, layers: &[Layer], eval: Eval<'_>, list: Option<usize>, suffix: &str, out: &mut Vec<Node>) {
        for layer in layers {
            let Some(repeat) = layer.repeat else {
                out.extend(self.layer(layer, eval, list, suffix));
                continue;
            };
            let Some(Some(Value::List(items))) = eval.values.get(repeat.list) else { continue };
            for (i, item) in items.iter().enumerate().take(repeat.max) {
                let inner = Eval { item: Some((item, i)), ..eval };
                out.extend(self.layer(layer, inner, Some(repeat.list), &format!("{suffix}.{i}")));
            }
        }
    }

    fn layer(&self, layer: &Layer, eval: Eval<'_>, list: Option<usize>, suffix: &str) -> Option<Node> {
        if layer.when.as_ref().is_some_and(|when| !when.holds(&eval)) {
            return None;
        }
        let variant = layer.variants.iter().find(|(when, _)| when.holds(&eval));
        let layer = variant.map_or(layer, |(_, variant)| variant);
        let kind = match &layer.kind {
            KindExpr::Text(text) => Kind::Text(Box::new(self.text(text, &eval, list)?)),
            KindExpr::Image(image) => Kind::Image(self.image(image, &eval, list)?),
            KindExpr::Shape(shape) => {
                Kind::Shape(Shape { form: shape.form.clone(), stroke: shape.stroke.as_ref().map(|stroke| paint::border(stroke, &eval)) })
            }
            KindExpr::Qr(qr) => Kind::Qr(self.qr(qr, &eval, list)?),
            KindExpr::Rating(rating) => Kind::Rating(data::rating(rating, &eval)?),
            KindExpr::Progress(progress) => Kind::Progress(data::progress(progress, &eval)?),
            KindExpr::Chart(chart) => Kind::Chart(data::chart(chart, &eval)?),
            KindExpr::Pattern(pattern) => Kind::Pattern(data::pattern(pattern, &eval)?),
            KindExpr::Group(children) => Kind::Group(self.children(children, eval, list, suffix)),
            KindExpr::Stack(stack) => Kind::Stack(self.stack(stack, eval, list, suffix)),
        };
        let id = if suffix.is_empty() { layer.id.clone() } else { format!("{}{suffix}", layer.id) };
        Some(Node { id, place: place(&layer.place, &eval), look: paint::look(&layer.look, &eval, suffix), kind })
    }

    fn children(&self, layers: &[Layer], eval: Eval<'_>, list: Option<usize>, suffix: &str) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(layers.len());
        self.collect(layers, eval, list, suffix, &mut nodes);
        nodes
    }

    /// The input field that a value belongs to.
    fn field(&self, value: Ref, list: Option<usize>) -> Option<&Field> {
        match value {
            Ref::Field(index) => self.document.fields.get(index),
            Ref::Item | Ref::Member(_) => self.document.fields.get(list?),
            Ref::Index => None,
        }
    }

    fn field_name(&self, text: &TextExpr, list: Option<usize>) -> Option<String> {
        Some(self.field(text.field()?, list)?.name.clone())
    }

    fn text(&self, text: &TextLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Text> {
        let mut spans = text.text.spans(eval)?;
        if let Some(case) = text.case {
            for span in &mut spans {
                span.text = eval.formats.cased(&span.text, case);
            }
        }
        if spans.is_empty() {
            return None;
        }
        let (font, face) = self::font(&text.font, None, eval);
        let accent = &text.accent;
        let corner = eval.roles.corner;
        let max = text.size.px(corner).max(1.0);
        Some(Text {
            field: self.field_name(&text.text, list),
            spans,
            fit: Fit { max, min: text.min_size.px(corner).clamp(1.0, max), max_lines: text.max_lines, grow: text.short_grow },
            color: paint::paint(&text.color, eval),
            stroke: text.stroke.as_ref().map(|stroke| paint::border(stroke, eval)),
            highlight: text.highlight.as_ref().map(|highlight| self::highlight(highlight, eval)),
            accent: Accent {
                color: accent.color.as_ref().map(|color| color.color(eval)),
                font: accent.font.as_ref().map(|accent| self::font(accent, Some(&font), eval).0),
                underline: accent.underline,
                highlight: accent.highlight.as_ref().map(|highlight| self::highlight(highlight, eval)),
            },
            font,
            align: text.align,
            vertical_align: text.vertical_align,
            line_height: text.line_height.or_else(|| face?.line_height).unwrap_or(LINE_HEIGHT),
            tracking: text.tracking.or_else(|| face?.tracking).unwrap_or(0.0),
            ellipsis: text.ellipsis,
            balance: text.balance,
            hang: text.hang,
            script_adjust: text.script_adjust,
            tabular: text.tabular,
            strike: text.strike,
            underline: text.underline,
        })
    }

    fn image(&self, image: &ImageLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Image> {
        let duotone = image.duotone.as_ref().map(|duotone| match duotone {
            Duotone::Colors(colors) => [&colors[0], &colors[1], &colors[2]].map(|color| color.color(eval)),
            Duotone::Brand { background, text, accent } => {
                let (dark, light) = if eval.dark() { (background, text) } else { (text, background) };
                [dark, accent, light].map(|color| color.color(eval))
            }
        });
        let plain = |source| Image { field: None, source, fallback: None, fit: image.fit, focus: image.focus, duotone };
        match &image.source {
            SourceExpr::Asset(id) => Some(plain(Source::Picture(id.clone()))),
            SourceExpr::Logo(role) => {
                let logos = eval.logos(*role);
                let of = |theme: LogoTheme| logos.iter().find(|logo| logo.theme == theme).map(|logo| logo.picture.clone());
                let role = &logos.first()?.role;
                Some(plain(Source::Logo {
                    role: role.clone(),
                    light: of(LogoTheme::Light),
                    dark: of(LogoTheme::Dark),
                    any: of(LogoTheme::Any),
                }))
            }
            SourceExpr::Field(value) => {
                let given = eval.value(*value);
                let Some(Value::Picture(picture)) = given.as_deref() else { return None };
                let field = self.field(*value, list);
                let fallback = match value {
                    Ref::Field(_) => field.and_then(|field| field.fallback.as_ref()),
                    Ref::Member(member) => match field.and_then(|field| field.items.as_ref()) {
                        Some(Items::Object(fields)) => fields.get(*member).and_then(|field| field.fallback.as_ref()),
                        _ => None,
                    },
                    Ref::Item | Ref::Index => None,
                };
                Some(Image {
                    field: field.map(|field| field.name.clone()),
                    fallback: fallback.map(|fallback| fallback.source.key()),
                    fit: picture.fit.unwrap_or(image.fit),
                    focus: picture.focus.unwrap_or(image.focus),
                    ..plain(Source::Picture(picture.source.key()))
                })
            }
        }
    }

    fn qr(&self, qr: &QrLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Qr> {
        let data = qr.data.plain(eval)?;
        Some(Qr {
            field: self.field_name(&qr.data, list),
            data,
            color: qr.color.color(eval),
            background: qr.background.color(eval),
            quiet: qr.quiet,
        })
    }

    fn stack(&self, stack: &StackLayer, eval: Eval<'_>, list: Option<usize>, suffix: &str) -> Stack {
        let corner = eval.roles.corner;
        Stack {
            row: stack.row,
            gap: stack.gap.px(corner).max(0.0),
            padding: stack.padding.map(|padding| padding.px(corner).max(0.0)),
            align: stack.align,
            justify: stack.justify,
            wrap: stack.wrap,
            children: self.children(&stack.children, eval, list, suffix),
        }
    }
}

/// The face, and the role that gives its spacing. An accent without a face of its own starts from the text's.
fn font<'a>(expr: &FontExpr, base: Option<&Font>, eval: &Eval<'a>) -> (Font, Option<&'a Face>) {
    let face = expr.role.and_then(|role| eval.face(role));
    let mut font = match (face, &expr.family, base) {
        (Some(face), ..) => face.font.clone(),
        (None, Some(family), _) => Font { family: family.clone(), weight: 400.0, italic: false, width: 100.0, variations: Vec::new() },
        (None, None, Some(base)) => base.clone(),
        (None, None, None) => Font { family: String::new(), weight: 400.0, italic: false, width: 100.0, variations: Vec::new() },
    };
    font.weight = expr.weight.unwrap_or(font.weight);
    font.italic = expr.italic.unwrap_or(font.italic);
    font.width = expr.width.unwrap_or(font.width);
    for (tag, value) in &expr.variations {
        match font.variations.iter_mut().find(|(known, _)| known == tag) {
            Some(axis) => axis.1 = *value,
            None => font.variations.push((tag.clone(), *value)),
        }
    }
    (font, face)
}

fn highlight(highlight: &HighlightExpr, eval: &Eval<'_>) -> Highlight {
    Highlight {
        paint: paint::paint(&highlight.paint, eval),
        padding: highlight.padding,
        radius: highlight.radius.px(eval.roles.corner).max(0.0),
    }
}

fn place(place: &PlaceExpr, eval: &Eval<'_>) -> Place {
    let corner = eval.roles.corner;
    let length = |length: Option<crate::expr::Len>| length.map(|length| length.length(corner));
    Place {
        left: length(place.left),
        right: length(place.right),
        top: length(place.top),
        bottom: length(place.bottom),
        center_x: length(place.center_x),
        center_y: length(place.center_y),
        width: length(place.width),
        height: length(place.height),
        min_width: length(place.min_width),
        max_width: length(place.max_width),
        min_height: length(place.min_height),
        max_height: length(place.max_height),
        aspect: place.aspect,
        grow: place.grow,
        shrink: place.shrink,
        align_self: place.align_self,
        margin: place.margin.map(|margin| margin.px(corner)),
        absolute: place.absolute,
        mirror: place.mirror,
    }
}
