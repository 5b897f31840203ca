//! Compiling layers: what each is, when it is there, and where it stands.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::tree::Draft;
use super::{Layer, PlaceExpr, Repeat};
use crate::bound::Align;
use crate::expr::length::{self, Metrics};
use crate::expr::rich::Tags;
use crate::expr::{ColorExpr, Condition, Len, Names, TextExpr, color, condition, text};
use crate::field::FieldType;
use crate::property::{self, COMMON, LOOK, PLACE, Property};
use crate::read::{Faults, Node, Source, Vars, Wrong, is_name, merge_patch};
use crate::suggest;

/// Layers that one size compiles to, variants and counted repeats included.
const MAX_COMPILED: usize = 4_000;
/// Each takes a canvas of its own while it is drawn.
const MAX_EFFECTS: usize = 4;
/// Copies of a counted repeat.
pub(crate) const MAX_COPIES: u64 = 100;

/// What the layers of one size are compiled with.
pub(crate) struct Compiler<'a> {
    pub faults: &'a Faults,
    pub names: &'a Names<'a>,
    pub metrics: Metrics,
    /// Named text styles, and the pointer they stand at.
    pub styles: Option<&'a Map<String, Value>>,
    /// The variables with `$index` 0, 1, … added.
    pub index_vars: &'a [Vars],
    pub compiled: Cell<usize>,
    /// Layers around this one that are drawn apart and laid over the rest as a whole.
    pub effects: Cell<usize>,
}

pub(crate) const ALIGNS: [(&str, Align); 5] =
    [("start", Align::Start), ("center", Align::Center), ("end", Align::End), ("stretch", Align::Stretch), ("baseline", Align::Baseline)];

/// Properties that a variant can't change.
const FIXED: [&str; 9] = ["id", "type", "note", "when", "hidden", "variants", "repeat", "max", "children"];

impl<'a> Compiler<'a> {
    /// Compiles a list of layers; `suffix` makes the ids of copies their own.
    pub fn layers(&self, drafts: &[Draft<'_>], suffix: &str) -> Vec<Layer> {
        let mut layers = Vec::new();
        for draft in drafts {
            self.draft(draft, suffix, &mut layers);
        }
        layers
    }

    fn draft(&self, draft: &Draft<'_>, suffix: &str, out: &mut Vec<Layer>) {
        let node = Node::new(&draft.value, &draft.sources, self.faults).with_vars(self.names.vars.get());
        let hidden = node.get("hidden").and_then(|hidden| hidden.bool()).unwrap_or(false);
        if hidden {
            return;
        }
        match node.get("repeat") {
            Some(repeat) if repeat.value.is_number() => {
                let Some(count) = repeat.whole(1, MAX_COPIES) else { return };
                if self.names.vars.get().contains_key("index") {
                    repeat.fault("a counted repeat can't stand inside another one", None);
                    return;
                }
                let outer = self.names.vars.get();
                for (i, vars) in self.index_vars.iter().enumerate().take(count as usize) {
                    self.names.vars.set(vars);
                    out.extend(self.layer(draft, &format!("{suffix}.{i}"), None));
                }
                self.names.vars.set(outer);
            }
            Some(repeat) => {
                let Some(list) = self.list(&repeat) else { return };
                if self.names.list.get().is_some() {
                    repeat.fault("a repeat can't stand inside another one", None);
                    return;
                }
                let max = node.get("max").and_then(|max| max.whole(0, 100)).unwrap_or(100) as usize;
                self.names.list.set(Some(list));
                out.extend(self.layer(draft, suffix, Some(Repeat { list, max })));
                self.names.list.set(None);
            }
            None => {
                if let Some(max) = node.get("max") {
                    max.fault("\"max\" goes with \"repeat\"", None);
                }
                out.extend(self.layer(draft, suffix, None));
            }
        }
    }

    /// The list field that a repeat names.
    fn list(&self, node: &Node<'_>) -> Option<usize> {
        let name = node.string()?;
        match node.take(self.names.find(name))? {
            crate::expr::Ref::Field(list) if self.names.kind(crate::expr::Ref::Field(list)) == FieldType::List => Some(list),
            _ => {
                node.fault(format!("\"{name}\" is no list"), None);
                None
            }
        }
    }

    fn layer(&self, draft: &Draft<'_>, suffix: &str, repeat: Option<Repeat>) -> Option<Layer> {
        let node = Node::new(&draft.value, &draft.sources, self.faults).with_vars(self.names.vars.get());
        let mut layer = self.compile(&draft.value, &draft.sources, &draft.children, suffix, repeat)?;
        layer.when = self.condition(&node, "when");
        let Some(variants) = node.get("variants") else { return Some(layer) };
        for variant in variants.items() {
            let (Some(_), Some(condition)) = (variant.object(), self.condition(&variant, "when")) else {
                if variant.value.is_object() && variant.get("when").is_none() {
                    variant.fault("a variant needs \"when\"", None);
                }
                continue;
            };
            for fixed in FIXED.into_iter().filter(|fixed| *fixed != "when") {
                if let Some(fixed_node) = variant.raw(fixed) {
                    fixed_node.fault(format!("a variant can't change \"{fixed}\""), None);
                }
            }
            let pointer = variant.pointer();
            let mut value = draft.value.clone();
            if let Some(map) = value.as_object_mut() {
                map.shift_remove("when");
                map.shift_remove("variants");
            }
            let mut patch = variant.value.clone();
            if let Some(map) = patch.as_object_mut() {
                map.retain(|key, _| !FIXED.contains(&key.as_str()));
            }
            merge_patch(&mut value, &patch);
            let mut sources = vec![Source { pointer, value: variant.value }];
            sources.extend(draft.sources.iter().cloned());
            if let Some(other) = self.compile(&value, &sources, &draft.children, suffix, repeat) {
                layer.variants.push((condition, other));
            }
        }
        Some(layer)
    }

    fn compile(
        &self,
        value: &Value,
        sources: &[Source<'_>],
        children: &[Draft<'_>],
        suffix: &str,
        repeat: Option<Repeat>,
    ) -> Option<Layer> {
        self.compiled.set(self.compiled.get() + 1);
        if self.compiled.get() > MAX_COMPILED {
            let pointer = sources.last().map_or_else(String::new, |source| source.pointer.clone());
            if self.compiled.get() == MAX_COMPILED + 1 {
                self.faults.add(pointer, format!("variants and repeats make more than {MAX_COMPILED} layers"), None);
            }
            return None;
        }
        // A style lies beneath the layer's own properties.
        let mut styled = value.clone();
        let mut sources = sources.to_vec();
        let plain = Node::new(value, &sources, self.faults).with_vars(self.names.vars.get());
        if let Some(name) = plain.get("style").and_then(|style| style.string()) {
            match self.styles.and_then(|styles| styles.get(name)) {
                Some(style) if style.is_object() => {
                    styled = style.clone();
                    merge_patch(&mut styled, value);
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    sources.push(Source { pointer: format!("/styles/{escaped}"), value: style });
                }
                _ => {
                    let known = self.styles.into_iter().flat_map(Map::keys).map(String::as_str);
                    if let Some(style) = plain.get("style") {
                        style.fault(format!("unknown style \"{name}\""), suggest::hint(name, known));
                    }
                }
            }
        }
        let node = Node::new(&styled, &sources, self.faults).with_vars(self.names.vars.get());
        let kind = match node.raw("type") {
            None => {
                node.fault("\"type\" is missing", property::KINDS.map(|(name, ..)| name).join(", "));
                return None;
            }
            Some(kind) => kind.choice(&property::KINDS.map(|(name, ..)| (name, name)))?,
        };
        let own = property::of_kind(kind).unwrap_or_default();
        let known = [COMMON, PLACE, LOOK, own].into_iter().flatten().map(|property: &Property| property.name);
        let article = if kind == "image" { "an" } else { "a" };
        node.only(known, &format!("{article} {kind} layer"));
        let id = match node.raw("id") {
            None => {
                node.fault("\"id\" is missing", None);
                String::new()
            }
            Some(id) => {
                let text = id.string()?;
                if text.len() > 60 || !text.split('-').all(|part| is_name(part) || part.bytes().all(|b| b.is_ascii_digit())) {
                    id.fault("an id has letters, digits, - and _, and at most 60 of them", None);
                }
                text.to_owned()
            }
        };
        // The size first: other lengths of a text layer may be in em.
        let em = (kind == "text").then(|| self.em(&node));
        let look = self.look(&node, em);
        let depth = self.effects.get();
        if look.composed() {
            self.effects.set(depth + 1);
            if depth == MAX_EFFECTS {
                node.fault(format!("layers with a blend, filter or mask nest at most {MAX_EFFECTS} deep"), None);
            }
        }
        let kind_expr = self.kind(&node, kind, em, children, suffix);
        self.effects.set(depth);
        Some(Layer {
            id: format!("{id}{suffix}"),
            when: None,
            variants: Vec::new(),
            repeat,
            place: self.place(&node, kind, em),
            look,
            kind: kind_expr?,
        })
    }

    fn place(&self, node: &Node<'_>, kind: &str, em: Option<f64>) -> PlaceExpr {
        let length = |key: &str| self.length(node, key, em);
        let size = |key: &str| {
            let length = self.length(node, key, em)?;
            if length.px < 0.0 && length.corner <= 0.0 && length.percent <= 0.0 {
                node.get(key)?.fault(format!("\"{key}\" is less than 0"), None);
            }
            Some(length)
        };
        let number = |key: &str, min: f64, max: f64| node.get(key).and_then(|node| node.number(min, max)).map(|number| number as f32);
        let flag = |key: &str, default: bool| node.get(key).and_then(|node| node.bool()).unwrap_or(default);
        PlaceExpr {
            left: length("left"),
            right: length("right"),
            top: length("top"),
            bottom: length("bottom"),
            center_x: length("centerX"),
            center_y: length("centerY"),
            width: size("width"),
            height: size("height"),
            min_width: size("minWidth"),
            max_width: size("maxWidth"),
            min_height: size("minHeight"),
            max_height: size("maxHeight"),
            aspect: number("aspect", 0.001, 1000.0),
            grow: number("grow", 0.0, 1000.0).unwrap_or(0.0),
            shrink: number("shrink", 0.0, 1000.0).unwrap_or(if kind == "text" { 1.0 } else { 0.0 }),
            align_self: node.get("alignSelf").and_then(|node| node.choice(&ALIGNS)),
            margin: self.four(node, "margin", em),
            absolute: flag("absolute", false),
            mirror: flag("mirror", true),
            bleed: flag("bleed", false),
        }
    }

    /// A length that may have a share of the parent.
    pub fn length(&self, node: &Node<'_>, key: &str, em: Option<f64>) -> Option<Len> {
        let node = node.raw(key)?;
        // `$name` is resolved by the length's own parser.
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em };
        node.take(length::parse(node.value, context))
    }

    /// A length without a share of the parent.
    pub fn pixels(&self, node: &Node<'_>, key: &str, em: Option<f64>) -> Option<Len> {
        let length = self.length(node, key, em)?;
        if length.percent != 0.0 {
            node.get(key)?.fault(format!("\"{key}\" takes no %"), None);
        }
        Some(length)
    }

    /// One, two or four lengths: top, right, bottom, left.
    pub fn four(&self, node: &Node<'_>, key: &str, em: Option<f64>) -> [Len; 4] {
        let Some(list) = node.get(key).filter(|list| list.value.is_array()) else {
            return [self.pixels(node, key, em).unwrap_or_default(); 4];
        };
        let context = length::Context { metrics: &self.metrics, vars: self.names.vars.get(), em };
        let parsed: Vec<Len> = list
            .raw_items()
            .iter()
            .map(|item| {
                let length = item.take(length::parse(item.value, context)).unwrap_or_default();
                if length.percent != 0.0 {
                    item.fault(format!("\"{key}\" takes no %"), None);
                }
                length
            })
            .collect();
        match parsed[..] {
            [vertical, horizontal] => [vertical, horizontal, vertical, horizontal],
            [top, right, bottom, left] => [top, right, bottom, left],
            _ => {
                list.fault(format!("\"{key}\" takes one, two or four lengths"), None);
                [Len::default(); 4]
            }
        }
    }

    pub fn condition(&self, node: &Node<'_>, key: &str) -> Option<Condition> {
        let node = node.get(key)?;
        match node.value {
            Value::Bool(value) => Some(Condition::Always(*value)),
            _ => node.take(condition::parse(node.string()?, self.names)),
        }
    }

    pub fn color(&self, node: &Node<'_>, key: &str) -> Option<ColorExpr> {
        self.color_of(&node.get(key)?)
    }

    pub fn color_of(&self, node: &Node<'_>) -> Option<ColorExpr> {
        node.take(color::parse(node.string()?, self.names))
    }

    /// A colour role that is always known.
    pub fn role(&self, role: &str) -> ColorExpr {
        ColorExpr::Role(self.names.colors.index(role))
    }

    /// A text with values; `$name` has no meaning in it.
    pub fn text(&self, node: &Node<'_>, key: &str) -> Option<TextExpr> {
        self.tagged(node, key, &Tags::default())
    }

    /// A text that may hold tags of its layer's.
    pub fn tagged(&self, node: &Node<'_>, key: &str, tags: &Tags) -> Option<TextExpr> {
        let Some(node) = node.raw(key) else {
            node.fault(format!("\"{key}\" is missing"), None);
            return None;
        };
        let written = node.string()?;
        if written.chars().count() > 5_000 {
            node.wrong(Wrong::new("a text has at most 5,000 characters"));
            return None;
        }
        node.take(text::parse(written, self.names, tags))
    }
}
