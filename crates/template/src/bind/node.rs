//! Evaluating layers: which are there, where they stand, and what they show.

use super::{data, paint};
use crate::Document;
use crate::bound::{Barcode, Image, Kind, Node, Place, Qr, Shape, Source, Stack};
use crate::brand::LogoTheme;
use crate::eval::Eval;
use crate::expr::{Ref, TextExpr};
use crate::field::{Field, Items};
use crate::inputs::Value;
use crate::layer::{BarcodeData, BarcodeLayer, Duotone, ImageLayer, KindExpr, Layer, PlaceExpr, QrLayer, SourceExpr, StackLayer};

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
            KindExpr::Barcode(code) => Kind::Barcode(self.barcode(code, &eval, list)?),
            KindExpr::Rating(rating) => Kind::Rating(data::rating(rating, &eval)?),
            KindExpr::Progress(progress) => Kind::Progress(data::progress(progress, &eval)?),
            KindExpr::Chart(chart) => Kind::Chart(data::chart(chart, &eval)?),
            KindExpr::Pattern(pattern) => Kind::Pattern(data::pattern(pattern, &eval)?),
            KindExpr::Table(table) => Kind::Stack(self.table(table, &eval, &layer.id)?),
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

    pub(super) fn field_name(&self, text: &TextExpr, list: Option<usize>) -> Option<String> {
        Some(self.field(text.field()?, list)?.name.clone())
    }

    pub(super) fn image(&self, image: &ImageLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Image> {
        let duotone = image.duotone.as_ref().map(|duotone| match duotone {
            Duotone::Colors(colors) => [&colors[0], &colors[1], &colors[2]].map(|color| color.color(eval)),
            Duotone::Brand { background, text, accent } => {
                let (dark, light) = if eval.dark() { (background, text) } else { (text, background) };
                [dark, accent, light].map(|color| color.color(eval))
            }
        });
        let tint = image.tint.as_ref().map(|tint| tint.color(eval));
        let plain = |source| Image { field: None, source, fallback: None, fit: image.fit, focus: image.focus, duotone, tint };
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
                    focus: picture.focus.or(image.focus),
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

    fn barcode(&self, code: &BarcodeLayer, eval: &Eval<'_>, list: Option<usize>) -> Option<Barcode> {
        let (encoded, field) = match &code.data {
            BarcodeData::Fixed(encoded) => (encoded.clone(), None),
            BarcodeData::Field(value) => {
                let given = eval.value(*value);
                let Some(Value::Text(text)) = given.as_deref() else { return None };
                (code.symbology.encode(text).ok()?, self.field(*value, list).map(|field| field.name.clone()))
            }
        };
        Some(Barcode {
            field,
            symbology: code.symbology,
            modules: encoded.modules,
            digits: code.digits.then_some(encoded.text),
            color: code.color.color(eval),
            background: code.background.color(eval),
            quiet: code.quiet,
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
        bleed: place.bleed,
    }
}
