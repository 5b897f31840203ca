//! Reading a group: the document's own properties, then each size with the shared layers merged in.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Document, RoleNames, Size, output};
use crate::expr::length::{self, Metrics};
use crate::expr::names::RoleTable;
use crate::expr::rich::Tags;
use crate::expr::{Names, text};
use crate::fault::DocumentFault;
use crate::field::{self, Field};
use crate::layer::PaintExpr;
use crate::layer::read::{Compiler, MAX_COPIES};
use crate::layer::tree::Builder;
use crate::look::Look;
use crate::property::{self, COMMON, LOOK, PLACE};
use crate::read::{Faults, Node, Source, Vars, is_name, merge_patch};
use crate::{json, locale, platform, suggest};

const MAX_SIZES: usize = 12;
const MAX_EDGE: u64 = 8_192;
const MAX_PIXELS: u64 = 40_000_000;
const MAX_VARS: usize = 200;

pub(crate) const GROUP: [&str; 15] = [
    "format",
    "name",
    "description",
    "tags",
    "locale",
    "note",
    "look",
    "fields",
    "vars",
    "styles",
    "background",
    "layers",
    "templates",
    "altText",
    "output",
];
pub(crate) const SIZE: [&str; 13] =
    ["key", "name", "platform", "width", "height", "maxBytes", "margin", "vars", "background", "overrides", "order", "layers", "note"];

pub(super) fn document(text: &str) -> Result<Document, Vec<DocumentFault>> {
    let faults = Faults::default();
    let document = json::parse(text, &faults).and_then(|value| group(&value, &faults));
    faults.into_result(document)
}

fn group(value: &Value, faults: &Faults) -> Option<Document> {
    let sources = [Source { pointer: String::new(), value }];
    let root = Node::new(value, &sources, faults);
    root.object()?;
    match value.get("format") {
        Some(format) if *format == json!(1) => {}
        Some(format) => {
            let hint = "this version reads format 1".to_owned();
            faults.add("/format".to_owned(), format!("format {format} is not known"), Some(hint));
            return None;
        }
        None => root.fault("\"format\" is missing", "write \"format\": 1".to_owned()),
    }
    root.only(GROUP.into_iter().chain(["$schema"]), "a template group");
    let name = root.text_of("name", 100);
    let description = optional(&root, "description", 1_000);
    let locale = root.get("locale").and_then(|node| {
        let tag = node.string()?;
        if !locale::is_tag(tag) {
            node.fault(format!("\"{tag}\" is no locale"), "a BCP 47 tag, such as en, pt-BR or ar".to_owned());
        }
        Some(tag.to_owned())
    });
    let look = Look::read(&root);
    let fields = field::read(&root);
    let tables = [RoleTable::default(), RoleTable::default(), RoleTable::default()];
    let group = Group {
        faults,
        value,
        fields: &fields,
        color_roles: &look.color_roles(),
        font_roles: &look.font_roles(),
        tables: &tables,
        vars: vars(&root),
    };
    group.styles(&root);
    let sizes = group.sizes(&root);
    let alt_text = root.raw("altText").and_then(|node| {
        let names = group.names(&group.vars);
        node.take(text::parse(node.string()?, &names, &Tags::default()))
    });
    let tags = tags(&root);
    let [colors, fonts, logos] = tables.map(RoleTable::into_names);
    let roles = RoleNames { colors, fonts, logos };
    let locale = locale.unwrap_or_else(|| "en".to_owned());
    Some(Document { name: name?, description, tags, locale, fields, sizes, look, roles, alt_text, output: output::read(&root) })
}

/// What all sizes share.
struct Group<'a> {
    faults: &'a Faults,
    value: &'a Value,
    fields: &'a [Field],
    color_roles: &'a [String],
    font_roles: &'a [String],
    tables: &'a [RoleTable; 3],
    vars: Vars,
}

impl<'a> Group<'a> {
    fn names<'b>(&'b self, vars: &'b Vars) -> Names<'b> {
        let [colors, fonts, logos] = self.tables;
        Names {
            fields: self.fields,
            vars: Cell::new(vars),
            color_roles: self.color_roles,
            font_roles: self.font_roles,
            colors,
            fonts,
            logos,
            list: Cell::new(None),
            used: RefCell::new(BTreeSet::new()),
        }
    }

    /// Property names of the styles; their values are checked where a layer takes them.
    fn styles(&self, root: &Node<'_>) {
        let Some(styles) = root.get("styles") else { return };
        let own = property::of_kind("text").unwrap_or_default();
        let known = || [COMMON, PLACE, LOOK, own].into_iter().flatten().map(|property| property.name);
        for (name, style) in styles.entries() {
            style.only(
                known().filter(|name| !["id", "type", "style", "text", "when", "hidden", "variants", "repeat", "max"].contains(name)),
                "a style",
            );
            if !name.split('-').all(is_name) {
                style.fault(format!("\"{name}\" is no name for a style"), "letters, digits, - and _".to_owned());
            }
        }
    }

    fn sizes(&self, root: &Node<'_>) -> Vec<Size> {
        let Some(list) = root.get("templates") else {
            root.fault("\"templates\" is missing", "at least one size".to_owned());
            return Vec::new();
        };
        let items = list.items();
        if !(1..=MAX_SIZES).contains(&items.len()) {
            list.fault(format!("a group has 1 to {MAX_SIZES} sizes"), None);
            return Vec::new();
        }
        let mut keys = BTreeSet::new();
        let mut sizes = Vec::new();
        for node in &items {
            let Some(size) = self.size(node) else { continue };
            if !keys.insert(size.key.clone()) {
                node.fault(format!("the key \"{}\" stands twice", size.key), None);
            }
            sizes.push(size);
        }
        sizes
    }

    fn size(&self, node: &Node<'_>) -> Option<Size> {
        if !node.only(SIZE, "a size") {
            return None;
        }
        let key = node.text_of("key", 40);
        if let (Some(key), Some(node)) = (&key, node.get("key"))
            && !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        {
            node.fault(format!("\"{key}\" is no key"), "lower-case letters, digits, - and _".to_owned());
        }
        let name = node.text_of("name", 100);
        let edge = |key: &str| match node.get(key) {
            Some(node) => node.whole(1, MAX_EDGE),
            None => {
                node.fault(format!("\"{key}\" is missing"), None);
                None
            }
        };
        let (width, height) = (edge("width"), edge("height"));
        let (width, height) = (width?, height?);
        if width * height > MAX_PIXELS {
            node.fault(format!("{width} × {height} is more than 40 megapixels"), None);
        }
        let mut vars = Value::Object(self.vars.clone());
        if let Some(own) = node.get("vars") {
            own.object();
            merge_patch(&mut vars, own.value);
        }
        let Value::Object(vars) = vars else { return None };
        let (width, height) = (width as u32, height as u32);
        let mut metrics = Metrics::new(width, height);
        if let Some(margin) = node.raw("margin") {
            let context = length::Context { metrics: &metrics, vars: &vars, em: None };
            let length = margin.take(length::parse(margin.value, context)).unwrap_or_default();
            if length.corner != 0.0 || length.percent != 0.0 || length.px < 0.0 {
                margin.fault("a margin is 0 or more, without r and %", None);
            }
            metrics.margin = f64::from(length.px);
        }
        let (background, layers, used) = self.layers(node, metrics, &vars);
        let platform = optional(node, "platform", 60);
        if let Some(node) = node.get("platform").filter(|_| !platform.is_empty() && platform::preset(&platform).is_none()) {
            let hint = suggest::hint(&platform, platform::all().iter().map(|platform| platform.key.as_str()));
            node.fault(format!("\"{platform}\" is no platform's preset"), hint.or_else(|| Some("docs/platforms.md lists them".to_owned())));
        }
        let max_bytes = output::max_bytes(node);
        Some(Size { key: key?, name: name?, platform, width, height, max_bytes, background, layers, used })
    }

    fn layers(&self, node: &Node<'_>, metrics: Metrics, vars: &Vars) -> (Option<PaintExpr>, Vec<crate::layer::Layer>, Vec<usize>) {
        let names = self.names(vars);
        let index_vars: Vec<Vars> = (0..MAX_COPIES)
            .take(if has_counted_repeat(self.value) { MAX_COPIES as usize } else { 0 })
            .map(|i| {
                let mut with = vars.clone();
                with.insert("index".to_owned(), json!(i));
                with
            })
            .collect();
        let compiler = Compiler {
            faults: self.faults,
            names: &names,
            metrics,
            styles: self.value.get("styles").and_then(Value::as_object),
            index_vars: &index_vars,
            compiled: Cell::new(0),
            effects: Cell::new(0),
        };
        let sources = [Source { pointer: String::new(), value: self.value }];
        let root = Node::new(self.value, &sources, self.faults).with_vars(vars);
        let node = node.clone().with_vars(vars);
        let holder = if node.raw("background").is_some() { &node } else { &root };
        let background = match holder.get("background") {
            Some(paint) if paint.value.as_str() == Some("none") => None,
            Some(_) => compiler.paint(holder, "background"),
            None => Some(PaintExpr::Solid(compiler.role("background"))),
        };
        let overrides = node.get("overrides");
        let builder = Builder {
            faults: self.faults,
            shared: self.value.get("layers"),
            overrides: overrides.as_ref().and_then(|overrides| overrides.object()),
            pointer: overrides.as_ref().map_or_else(String::new, Node::pointer),
            ids: RefCell::new(BTreeSet::new()),
            count: Cell::new(0),
        };
        let order = node.get("order").map(|order| (order.value, order.pointer()));
        let drafts = match (node.raw("layers"), self.value.get("layers")) {
            (Some(own), _) => builder.list(own.value, &own.pointer(), order, 1),
            (None, Some(shared)) => builder.list(shared, "/layers", order, 1),
            (None, None) => Vec::new(),
        };
        builder.check_overrides();
        let layers = compiler.layers(&drafts, "");
        let used = names.used.borrow().iter().copied().collect();
        (background, layers, used)
    }
}

fn has_counted_repeat(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| {
            (key == "repeat" && (value.is_number() || value.as_str().is_some_and(|text| text.starts_with('$'))))
                || has_counted_repeat(value)
        }),
        Value::Array(list) => list.iter().any(has_counted_repeat),
        _ => false,
    }
}

fn optional(node: &Node<'_>, key: &str, max: usize) -> String {
    let Some(node) = node.get(key) else { return String::new() };
    let text = node.string().unwrap_or_default();
    if text.chars().count() > max {
        node.fault(format!("\"{key}\" has more than {max} characters"), None);
    }
    text.to_owned()
}

fn vars(root: &Node<'_>) -> Vars {
    let Some(node) = root.get("vars") else { return Map::new() };
    let Some(map) = node.object() else { return Map::new() };
    if map.len() > MAX_VARS {
        node.fault(format!("there are at most {MAX_VARS} variables"), None);
    }
    for (name, value) in node.entries() {
        if !is_name(&name) || name == "index" {
            value.fault(format!("\"{name}\" is no name for a variable"), "a letter, then letters, digits and _".to_owned());
        }
    }
    map.clone()
}

fn tags(root: &Node<'_>) -> Vec<String> {
    let Some(node) = root.get("tags") else { return Vec::new() };
    let items = node.items();
    if items.len() > 20 {
        node.fault("there are at most 20 tags", None);
    }
    let mut tags: Vec<String> = Vec::new();
    for item in &items {
        let Some(tag) = item.string() else { continue };
        if tag.is_empty() || tag.chars().count() > 40 || tags.iter().any(|known| known == tag) {
            item.fault("a tag has 1 to 40 characters and stands once", None);
        }
        tags.push(tag.to_owned());
    }
    tags
}
