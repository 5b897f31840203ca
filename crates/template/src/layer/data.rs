//! Compiling layers that show figures, and patterns: rating, progress, chart, pattern.

use super::read::Compiler;
use super::{Amount, ChartExpr, ChartLayer, DotExpr, PaintExpr, PatternExpr, PatternLayer, ProgressLayer, RatingLayer, Series};
use crate::bound::Form;
use crate::expr::{ColorExpr, Len, Ref};
use crate::field::{FieldType, Items};
use crate::read::Node;

const MAX_VALUES: usize = 100;
const MAX_COLORS: usize = 12;
/// Of the wave.
const MAX_BARS: u64 = 400;

impl Compiler<'_> {
    pub(super) fn rating(&self, node: &Node<'_>) -> Option<RatingLayer> {
        let count = node.get("count").and_then(|count| count.whole(1, 20)).unwrap_or(5) as u32;
        let form =
            match node.get("shape").map_or(Some("star"), |shape| shape.choice(&["star", "ellipse", "icon"].map(|name| (name, name))))? {
                "ellipse" => Form::Ellipse,
                "icon" => self.icon(node)?,
                _ => Form::Polygon { sides: 5, inner: 0.42 },
            };
        Some(RatingLayer {
            value: self.amount(node, "value")?,
            count,
            step: node.get("step").and_then(|step| step.number(0.01, 1.0)).map_or(0.5, |step| step as f32),
            form,
            color: self.paint(node, "color").unwrap_or_else(|| PaintExpr::Solid(self.role("accent"))),
            empty: self.paint(node, "empty").unwrap_or_else(|| PaintExpr::Solid(ColorExpr::Alpha(Box::new(self.role("text")), 0.16))),
            gap: self.pixels(node, "gap", None).unwrap_or_default(),
        })
    }

    pub(super) fn progress(&self, node: &Node<'_>) -> Option<ProgressLayer> {
        let ring = node.get("shape").map_or(Some(false), |shape| shape.choice(&[("bar", false), ("ring", true)]))?;
        if let (false, Some(thickness)) = (ring, node.raw("thickness")) {
            thickness.fault("\"thickness\" goes with \"shape\": \"ring\"", None);
        }
        Some(ProgressLayer {
            value: self.amount(node, "value")?,
            to: node.get("to").and_then(|to| to.number(0.000_001, 1e9)).map_or(1.0, |to| to as f32),
            color: self.paint(node, "color").unwrap_or_else(|| PaintExpr::Solid(self.role("accent"))),
            track: self.paint(node, "track"),
            ring: ring.then(|| self.pixels(node, "thickness", None).unwrap_or_else(|| self.short(0.02))),
        })
    }

    pub(super) fn chart(&self, node: &Node<'_>) -> Option<ChartLayer> {
        const FORMS: [&str; 4] = ["bar", "line", "area", "donut"];
        let Some(form) = node.get("chart") else {
            node.fault("\"chart\" is missing", FORMS.join(", "));
            return None;
        };
        let form = form.choice(&FORMS.map(|name| (name, name)))?;
        let wrong: &[&str] = match form {
            "bar" => &["thickness", "smooth", "under", "dot", "hole"],
            "donut" => &["thickness", "smooth", "under", "dot", "barRadius", "from", "to"],
            _ => &["barRadius", "hole", "gap"],
        };
        for key in wrong {
            if let Some(property) = node.raw(key) {
                property.fault(format!("\"{key}\" means nothing to this chart"), None);
            }
        }
        let number = |key: &str| node.get(key).and_then(|node| node.number(-1e12, 1e12)).map(|number| number as f32);
        let colors = self.paints(node, "colors").unwrap_or_else(|| vec![PaintExpr::Solid(self.role("primary"))]);
        let form = match form {
            "bar" => ChartExpr::Bar { radius: self.pixels(node, "barRadius", None).unwrap_or_default() },
            "donut" => ChartExpr::Donut { hole: node.get("hole").and_then(|hole| hole.number(0.0, 0.98)).map_or(0.62, |hole| hole as f32) },
            form => ChartExpr::Line {
                width: self.pixels(node, "thickness", None).unwrap_or_else(|| self.short(0.008)),
                smooth: node.get("smooth").and_then(|smooth| smooth.bool()).unwrap_or(false),
                under: match self.paint(node, "under") {
                    None if form == "area" => Some(PaintExpr::Solid(ColorExpr::Alpha(Box::new(self.role("primary")), 0.25))),
                    under => under,
                },
            },
        };
        Some(ChartLayer {
            values: self.series(node)?,
            form,
            from: number("from"),
            to: number("to"),
            colors,
            gap: self.pixels(node, "gap", None).unwrap_or_else(|| self.short(0.012)),
            dot: node.get("dot").and_then(|dot| self.dot(&dot)),
        })
    }

    fn dot(&self, node: &Node<'_>) -> Option<DotExpr> {
        if !node.only(["at", "size", "color", "stroke"], "a dot") {
            return None;
        }
        let at = match node.get("at") {
            None => -1,
            Some(at) => at.value.as_i64().or_else(|| at.mistyped("a whole number"))?,
        };
        Some(DotExpr {
            at,
            size: self.pixels(node, "size", None).unwrap_or_else(|| self.short(0.025)),
            color: self.color(node, "color").unwrap_or_else(|| self.role("background")),
            stroke: self.border(node, "stroke", None),
        })
    }

    pub(super) fn pattern(&self, node: &Node<'_>) -> Option<PatternLayer> {
        const FORMS: [&str; 8] = ["dots", "grid", "lines", "checks", "truchet", "facade", "wave", "grain"];
        let Some(pattern) = node.get("pattern") else {
            node.fault("\"pattern\" is missing", FORMS.join(", "));
            return None;
        };
        let form = pattern.choice(&FORMS.map(|name| (name, name)))?;
        let takes: &[&str] = match form {
            "dots" | "grid" => &["pitch", "thickness"],
            "lines" => &["pitch", "thickness", "angle"],
            "wave" => &["count", "gap", "value", "seed"],
            "truchet" | "facade" => &["pitch", "seed"],
            "grain" => &["thickness", "seed"],
            _ => &["pitch"],
        };
        for key in ["pitch", "thickness", "angle", "count", "gap", "value", "seed"].iter().filter(|key| !takes.contains(key)) {
            if let Some(property) = node.raw(key) {
                property.fault(format!("\"{key}\" means nothing to {form}"), takes.join(", "));
            }
        }
        let length = |key: &str, usual: Len| {
            let length = self.pixels(node, key, None).unwrap_or(usual);
            if length.corner == 0.0 && length.px <= 0.0 {
                node.fault(format!("\"{key}\" is more than 0"), None);
            }
            length
        };
        let pitch = |usual: f32| length("pitch", self.short(usual));
        let thickness = |usual: f32| length("thickness", self.short(usual));
        let count = |key: &str, usual: u64, max: u64| node.get(key).and_then(|count| count.whole(1, max)).unwrap_or(usual) as u32;
        let form = match form {
            "dots" => PatternExpr::Dots { pitch: pitch(0.037), size: thickness(0.0044) },
            "grid" => PatternExpr::Grid { pitch: pitch(0.06), width: thickness(0.0022) },
            "lines" => {
                let angle = node.get("angle").and_then(|angle| angle.number(-360.0, 360.0)).unwrap_or(45.0) as f32;
                PatternExpr::Lines { pitch: pitch(0.03), width: thickness(0.006), angle }
            }
            "checks" => PatternExpr::Checks { pitch: pitch(0.06) },
            "truchet" => PatternExpr::Truchet { pitch: pitch(0.166) },
            "facade" => PatternExpr::Facade { pitch: pitch(0.12) },
            "grain" => PatternExpr::Grain { size: length("thickness", Len { px: 1.0, ..Len::default() }) },
            _ => PatternExpr::Wave {
                count: count("count", 64, MAX_BARS),
                gap: length("gap", self.short(0.004)),
                value: if node.raw("value").is_some() { self.amount(node, "value")? } else { Amount::Fixed(1.0) },
            },
        };
        let colors: Option<Vec<ColorExpr>> = node.get("colors").map(|list| {
            self.count_colors(&list);
            list.items().iter().filter_map(|color| self.color_of(color)).collect()
        });
        let seed = if node.raw("seed").is_some() { Some(self.text(node, "seed")?) } else { None };
        let usual = || ["primary", "secondary", "accent", "surface"].map(|role| self.role(role)).to_vec();
        Some(PatternLayer { form, colors: colors.filter(|colors| !colors.is_empty()).unwrap_or_else(usual), seed })
    }

    fn paints(&self, node: &Node<'_>, key: &str) -> Option<Vec<PaintExpr>> {
        let list = node.get(key)?;
        self.count_colors(&list);
        let paints: Vec<PaintExpr> = list.items().iter().filter_map(|item| self.paint_of(item)).collect();
        (!paints.is_empty()).then_some(paints)
    }

    fn count_colors(&self, list: &Node<'_>) {
        if !(1..=MAX_COLORS).contains(&list.items().len()) {
            list.fault(format!("there are 1 to {MAX_COLORS} colours"), None);
        }
    }

    fn short(&self, share: f32) -> Len {
        Len { px: self.metrics.short() as f32 * share, ..Len::default() }
    }

    /// A number, or `{{field}}`.
    fn amount(&self, node: &Node<'_>, key: &str) -> Option<Amount> {
        let Some(node) = node.get(key) else {
            node.fault(format!("\"{key}\" is missing"), "a number, or {{a number field}}".to_owned());
            return None;
        };
        if node.value.is_number() {
            return node.number(-1e9, 1e9).map(Amount::Fixed);
        }
        let name = self.named(&node, "a number")?;
        let value = node.take(self.names.find(name))?;
        if !matches!(self.names.kind(value), FieldType::Number | FieldType::Rating) {
            node.fault(format!("\"{name}\" is no number"), None);
            return None;
        }
        Some(Amount::Field(value))
    }

    /// Numbers, `{{list}}`, or `{{list.member}}`.
    fn series(&self, node: &Node<'_>) -> Option<Series> {
        let Some(node) = node.get("values") else {
            node.fault("\"values\" is missing", "{{a list of numbers}}, or {{list.member}}".to_owned());
            return None;
        };
        if node.value.is_array() {
            let items = node.items();
            if !(1..=MAX_VALUES).contains(&items.len()) {
                node.fault(format!("there are 1 to {MAX_VALUES} values"), None);
            }
            return Some(Series::Fixed(items.iter().filter_map(|item| item.number(-1e12, 1e12)).collect()));
        }
        let name = self.named(&node, "a list")?;
        let (list, member) = name.split_once('.').map_or((name, None), |(list, member)| (list, Some(member)));
        let Ref::Field(index) = node.take(self.names.find(list))? else {
            node.fault(format!("\"{list}\" is no list"), None);
            return None;
        };
        let numeric = |kind: FieldType| matches!(kind, FieldType::Number | FieldType::Rating);
        match (self.names.fields.get(index).and_then(|field| field.items.as_ref()), member) {
            (Some(Items::Plain(item)), None) if numeric(item.kind) => Some(Series::List { list: index, member: None }),
            (Some(Items::Object(fields)), Some(member)) => {
                match fields.iter().position(|field| field.name == member && numeric(field.kind)) {
                    Some(member) => Some(Series::List { list: index, member: Some(member) }),
                    None => {
                        let numbers = fields.iter().filter(|field| numeric(field.kind)).map(|field| field.name.as_str());
                        node.fault(format!("an item of \"{list}\" has no number \"{member}\""), crate::suggest::hint(member, numbers));
                        None
                    }
                }
            }
            _ => {
                node.fault(
                    format!("\"{name}\" is no list of numbers"),
                    "a list of numbers, or list.member for a list of objects".to_owned(),
                );
                None
            }
        }
    }

    /// `name` of `"{{name}}"`.
    pub(super) fn named<'n>(&self, node: &Node<'n>, wanted: &str) -> Option<&'n str> {
        let text = node.string()?;
        let name = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")).map(str::trim);
        if name.is_none() {
            node.fault(format!("\"{text}\" is not {wanted}"), "a field in braces, such as {{rating}}".to_owned());
        }
        name
    }
}
