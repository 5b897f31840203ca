//! Binding: a size of a document, input data and a brand kit become a [`Bound`].

mod data;
mod letters;
mod node;
mod paint;
mod table;
mod text;

use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::bound::Direction;
use crate::eval::{Eval, Resolved, Roles};
use crate::expr::TextExpr;
use crate::inputs::Value;
use crate::locale::{self, Formats};
use crate::warning::{Severity, WarningCode};
use crate::{Bound, Brand, Document, Inputs, Size, Warning, platform};

/// Evaluates every expression of one size. `brand: None` is the template's own look, `locale: None` the template's own.
///
/// Never fails: what cannot be shown is left out, and the warnings say what that was (`brand_role_missing`).
pub fn bind(document: &Document, size: &Size, inputs: &Inputs, brand: Option<&Brand>, locale: Option<&str>) -> (Bound, Vec<Warning>) {
    let tag = locale.unwrap_or(&document.locale);
    let formats = locale::formats(tag);
    let roles = document.look.roles(&document.roles, brand, size.width.min(size.height) as f32);
    let eval = eval(document, inputs, brand, &roles, &formats, locale);
    let binder = node::Binder { document };
    let nodes = binder.layers(&size.layers, eval);
    let background = size.background.as_ref().map(|background| paint::paint(background, &eval));
    let bound = Bound {
        key: size.key.clone(),
        width: size.width,
        height: size.height,
        locale: if eval.language == formats.language() { tag } else { eval.language }.to_owned(),
        direction: if eval.rtl { Direction::Rtl } else { Direction::Ltr },
        safe_zone: platform::preset(&size.platform).map(|platform| platform.safe_zone(size.width, size.height)),
        background,
        nodes,
    };
    (bound, missing(document, &roles))
}

/// A text pattern without accents, outside of any size.
pub(crate) fn plain(document: &Document, pattern: &TextExpr, inputs: &Inputs, locale: Option<&str>) -> Option<String> {
    let formats: Rc<Formats> = locale::formats(locale.unwrap_or(&document.locale));
    let roles = document.look.roles(&document.roles, None, 0.0);
    pattern.plain(&eval(document, inputs, None, &roles, &formats, locale))
}

fn eval<'a>(
    document: &Document,
    inputs: &'a Inputs,
    brand: Option<&'a Brand>,
    roles: &'a Roles<'a>,
    formats: &'a Formats,
    locale: Option<&str>,
) -> Eval<'a> {
    // Without a locale of the call's own, the text decides on direction and language; numbers and dates stay the template's.
    let title = document.title().filter(|title| locale.is_none() && document.fields[*title].required);
    let text = title.and_then(|title| match inputs.values.get(title)?.as_ref()? {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let language = text.and_then(|text| locale::guessed(text, formats.language())).unwrap_or(formats.language());
    let rtl = text.and_then(locale::first_strong).unwrap_or(formats.rtl);
    Eval { values: &inputs.values, item: None, roles, brand, formats, rtl, language }
}

/// One warning per role that was asked for and that the kit lacks.
fn missing(document: &Document, roles: &Roles<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut collect = |kind: &str, names: &[String], states: Vec<bool>, instead: &str| {
        for (name, _) in names.iter().zip(states).filter(|(_, missing)| *missing) {
            warnings.push(Warning {
                code: WarningCode::BrandRoleMissing,
                severity: Severity::Info,
                field: None,
                message: format!("The brand kit has no {kind} \"{name}\"; {instead}."),
                measured: Map::new(),
                limit: Map::from_iter([("role".to_owned(), Json::from(format!("brand.{kind}s.{name}")))]),
            });
        }
    };
    collect("color", &document.roles.colors, states(&roles.colors), "the template's own stands in");
    collect("font", &document.roles.fonts, states(&roles.fonts), "the template's own stands in");
    collect("logo", &document.roles.logos, states(&roles.logos), "it is left out");
    warnings
}

fn states<T>(roles: &[Resolved<T>]) -> Vec<bool> {
    roles.iter().map(|role| role.missing && role.used.get()).collect()
}
