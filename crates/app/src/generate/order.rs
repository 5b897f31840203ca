//! From a draft to an order: ids become documents and kits, input data becomes values, limits are held against sizes.

use std::collections::BTreeSet;

use assets::check_url_text;
use domain::{AssetId, TeamId, TemplateId};
use serde_json::{Map, Value};
use template::{FieldType, Inputs, PictureInput, PictureSource, Warning};

use crate::catalog::{Group, OpenKit};
use crate::draw::pixels;
use crate::generate::faults::Faults;
use crate::generate::output::Output;
use crate::generate::request::{BrandChoice, Draft, MAX_IMAGES};
use crate::{App, Detail, Error, Missing, Principal, Result};

/// Longest edge in pixels.
const MAX_EDGE: u32 = 8_192;
/// Pixels of one image, and of all images of a call times their encodings.
const MAX_IMAGE_PIXELS: u64 = 40_000_000;
const MAX_CALL_PIXELS: u64 = 200_000_000;
/// Different remote pictures of a call.
const MAX_REMOTE: usize = 10;

/// A call whose ids are resolved. Its faults may still forbid it.
#[derive(Debug)]
pub(crate) struct Order {
    pub group: Group,
    pub kit: Option<OpenKit>,
    /// Places in the document's list of sizes, in its order.
    pub sizes: Vec<usize>,
    /// `inputData`, with required fields that stand in every override; what `inputs` was read from.
    pub input: Value,
    pub inputs: Inputs,
    /// By place in the document's list of sizes.
    pub overrides: Vec<(usize, Inputs)>,
    /// About unknown inputs, with the size whose override holds them.
    pub warnings: Vec<(Option<usize>, Warning)>,
    pub locale: Option<String>,
    pub output: Output,
}

impl Order {
    /// What a size is drawn from.
    pub fn inputs(&self, size: usize) -> Inputs {
        match self.overrides.iter().find(|(place, _)| *place == size) {
            Some((_, over)) => self.inputs.merged(over),
            None => self.inputs.clone(),
        }
    }
}

/// The outcome of resolving: an order, and everything that is wrong with the call.
pub(crate) struct Resolved {
    pub order: Option<Order>,
    pub faults: Vec<Detail>,
}

impl App {
    /// # Errors
    /// 404 of an id in a well-formed field, whatever else is wrong; the store's.
    pub(crate) async fn resolve(&self, who: &Principal, draft: &Draft) -> Result<Resolved> {
        let mut faults = Faults(draft.faults.clone());
        let Some(name) = &draft.group else {
            self.chosen_kit(who.team, &draft.brand).await?;
            return Ok(Resolved { order: None, faults: faults.0 });
        };
        let group = self.group(who.team, name, draft.version).await.map_err(|error| match error {
            Error::NotFound { what: Missing::TemplateVersion, .. } => at(Missing::TemplateVersion, "templateGroupVersion"),
            Error::NotFound { what, .. } => at(what, "templateGroupId"),
            other => other,
        })?;
        let kit = self.chosen_kit(who.team, &draft.brand).await?;
        let sizes = chosen_sizes(&group, draft, &mut faults)?;
        let overrides = overridden_sizes(&group, draft, &mut faults)?;
        let empty = Value::Object(Map::new());
        let input = draft.input.as_ref().unwrap_or(&empty);
        self.check_assets(who, &group, "inputData", input).await?;
        for (_, path, over) in &overrides {
            self.check_assets(who, &group, path, over).await?;
        }
        check_pixels(&group, &sizes, &draft.output, &mut faults);
        let mut order = Order {
            group,
            kit,
            sizes,
            input: Value::Null,
            inputs: Inputs::default(),
            overrides: Vec::new(),
            warnings: Vec::new(),
            locale: draft.locale.clone(),
            output: draft.output.clone(),
        };
        if draft.input.is_some() {
            let lent = check_inputs(&mut order, input, &overrides, &mut faults);
            self.check_pictures(&order, &mut faults);
            blame_the_lender(&lent, &mut faults);
        }
        Ok(Resolved { order: Some(order), faults: faults.0 })
    }

    pub(crate) async fn chosen_kit(&self, team: TeamId, choice: &BrandChoice) -> Result<Option<OpenKit>> {
        match choice {
            BrandChoice::OwnLook => Ok(None),
            BrandChoice::TeamDefault => self.store.default_brand_kit(team).await?.map(|kit| self.open_kit(&kit)).transpose(),
            BrandChoice::Kit(id) => self.kit(team, id, None).await.map(Some).map_err(|error| match error {
                Error::NotFound { what, .. } => at(what, "brandKitId"),
                other => other,
            }),
        }
    }

    /// Every asset that the raw input names is there. Looked at before the input's other faults, as the contract orders.
    async fn check_assets(&self, who: &Principal, group: &Group, path: &str, input: &Value) -> Result<()> {
        let mut named = Vec::new();
        for field in group.document.fields().iter().filter(|field| matches!(field.kind, FieldType::Image | FieldType::List)) {
            if let Some(value) = input.get(&field.name) {
                collect_assets(value, &format!("{path}.{}", field.name), &mut named);
            }
        }
        for (param, text) in named {
            let found = match text.parse::<AssetId>() {
                Err(_) => false,
                Ok(_) if assets::builtin::picture(&text).is_some() => true,
                Ok(id) => self.store.asset(who.team, &id).await?.is_some(),
            };
            if !found {
                return Err(at(Missing::Asset, &param));
            }
        }
        Ok(())
    }

    /// What the text of a URL forbids, and how many remote pictures there are.
    fn check_pictures(&self, order: &Order, faults: &mut Faults) {
        let document = &order.group.document;
        let mut remote = BTreeSet::new();
        let all = std::iter::once(&order.inputs).chain(order.overrides.iter().map(|(_, inputs)| inputs));
        let pictures: Vec<&PictureInput> = all.flat_map(|inputs| inputs.pictures(document)).map(|(_, picture)| picture).collect();
        for picture in pictures {
            let PictureSource::Url(url) = &picture.source else { continue };
            if self.own_path(url).is_some() {
                continue;
            }
            if let Err(fault) = check_url_text(url, &self.allow) {
                faults.push(&picture.path, "invalid_url", format!("The URL {fault}."), None, None);
            } else if remote.insert(url.clone()) && remote.len() == MAX_REMOTE + 1 {
                faults.push(
                    &picture.path,
                    "too_many",
                    format!("A call names at most {MAX_REMOTE} different remote pictures."),
                    Some(MAX_REMOTE.into()),
                    None,
                );
            }
        }
    }

    /// The path of a URL that stands under `public_url`: it is read from the store, and never fetched.
    pub(crate) fn own_path<'a>(&self, url: &'a str) -> Option<&'a str> {
        let rest = url.strip_prefix(self.config.public_url.as_str())?;
        let path = rest.split(['?', '#']).next().unwrap_or(rest);
        // `http://host:80…` and `http://host@…` are not under `http://host`.
        (path.is_empty() || path.starts_with('/')).then_some(path)
    }
}

fn at(what: Missing, param: &str) -> Error {
    Error::NotFound { what, param: Some(param.to_owned()) }
}

/// The place of a size by key or id.
fn place_of(group: &Group, name: &str) -> Option<usize> {
    group.document.sizes().iter().position(|size| size.key == name || TemplateId::of(&group.id, &size.key).as_str() == name)
}

fn chosen_sizes(group: &Group, draft: &Draft, faults: &mut Faults) -> Result<Vec<usize>> {
    let Some(names) = &draft.templates else {
        let count = group.document.sizes().len();
        if count > MAX_IMAGES {
            too_many_images(count, faults);
        }
        return Ok((0..count).collect());
    };
    let mut places = BTreeSet::new();
    for (index, name) in names {
        let param = format!("templates[{index}]");
        let place = place_of(group, name).ok_or_else(|| at(Missing::Template, &param))?;
        if !places.insert(place) {
            faults.push(&param, "duplicate", format!("{name} is named twice, by key and by id."), None, Some(name.as_str().into()));
        }
    }
    if places.len() > MAX_IMAGES {
        too_many_images(places.len(), faults);
    }
    Ok(places.into_iter().collect())
}

fn too_many_images(count: usize, faults: &mut Faults) {
    faults.push("templates", "too_many", format!("A call makes at most {MAX_IMAGES} images."), Some(MAX_IMAGES.into()), Some(count.into()));
}

/// Place, path of its input, and input of every overridden size.
fn overridden_sizes<'a>(group: &Group, draft: &'a Draft, faults: &mut Faults) -> Result<Vec<(usize, String, &'a Value)>> {
    let mut found: Vec<(usize, String, &Value)> = Vec::new();
    for (name, input) in &draft.overrides {
        let param = format!("overrides.{}", name.chars().take(64).collect::<String>());
        let place = place_of(group, name).ok_or_else(|| at(Missing::Template, &param))?;
        if found.iter().any(|(other, ..)| *other == place) {
            faults.push(&param, "duplicate", format!("{name} is overridden twice, by key and by id."), None, None);
        } else {
            found.push((place, format!("{param}.inputData"), input));
        }
    }
    Ok(found)
}

fn collect_assets(value: &Value, path: &str, named: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let inner_path = format!("{path}.{key}");
                match inner {
                    Value::String(id) if key == "assetId" && !id.is_empty() => named.push((inner_path, id.clone())),
                    _ => collect_assets(inner, &inner_path, named),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_assets(item, &format!("{path}[{index}]"), named);
            }
        }
        _ => {}
    }
}

fn check_pixels(group: &Group, sizes: &[usize], output: &Output, faults: &mut Faults) {
    let mut total = 0_u64;
    for size in sizes.iter().filter_map(|place| group.document.sizes().get(*place)) {
        let (width, height) = pixels(size.width, size.height, output.scale);
        let area = u64::from(width) * u64::from(height);
        total += area * output.formats.len() as u64;
        let edge = width.max(height);
        if edge > MAX_EDGE {
            let message = format!("{} would have an edge of {edge} px; an edge has at most {MAX_EDGE}.", size.key);
            faults.push("output.scale", "output_too_large", message, Some(MAX_EDGE.into()), Some(edge.into()));
        } else if area > MAX_IMAGE_PIXELS {
            let message = format!("{} would have {area} pixels; an image has at most {MAX_IMAGE_PIXELS}.", size.key);
            faults.push("output.scale", "output_too_large", message, Some(MAX_IMAGE_PIXELS.into()), Some(area.into()));
        }
    }
    if total > MAX_CALL_PIXELS {
        let message = format!("The call would make {total} pixels over all images and encodings; it may make {MAX_CALL_PIXELS}.");
        faults.push("output", "output_too_large", message, Some(MAX_CALL_PIXELS.into()), Some(total.into()));
    }
}

/// Checks shared and overriding inputs; answers what the shared ones were lent by an override.
fn check_inputs(order: &mut Order, input: &Value, overrides: &[(usize, String, &Value)], faults: &mut Faults) -> Vec<Lent> {
    let document = order.group.document.clone();
    let (shared, lent) = with_overridden_everywhere(order, input, overrides);
    match Inputs::check(&document, &shared, "inputData", true) {
        Ok((inputs, warnings)) => {
            order.inputs = inputs;
            order.warnings.extend(warnings.into_iter().map(|warning| (None, warning)));
        }
        Err(found) => faults.0.extend(found),
    }
    order.input = shared;
    for (place, path, over) in overrides {
        match Inputs::check(&document, over, path, false) {
            Ok((inputs, warnings)) => {
                order.overrides.push((*place, inputs));
                order.warnings.extend(warnings.into_iter().map(|warning| (Some(*place), warning)));
            }
            Err(found) => faults.0.extend(found),
        }
    }
    lent
}

/// A value that stands in the call at `owner` and was put in at `place` too.
struct Lent {
    place: String,
    owner: String,
}

/// Faults of lent values are their owner's, once: the caller wrote nothing at the other place.
fn blame_the_lender(lent: &[Lent], faults: &mut Faults) {
    if lent.is_empty() {
        return;
    }
    let mut moved: Vec<(String, &'static str)> = Vec::new();
    faults.0.retain_mut(|fault| {
        let owned = lent.iter().find_map(|Lent { place, owner }| {
            let rest = fault.param.strip_prefix(place)?;
            (rest.is_empty() || rest.starts_with(['.', '['])).then(|| format!("{owner}{rest}"))
        });
        match owned {
            Some(param) => {
                fault.param = param;
                moved.push((fault.param.clone(), fault.code));
                true
            }
            None => !moved.iter().any(|(param, code)| *param == fault.param && *code == fault.code),
        }
    });
}

/// A required field that every size of the call overrides need not be given once more for all of them.
fn with_overridden_everywhere(order: &Order, input: &Value, overrides: &[(usize, String, &Value)]) -> (Value, Vec<Lent>) {
    let mut shared = input.clone();
    let mut lent = Vec::new();
    let Value::Object(map) = &mut shared else { return (shared, lent) };
    let is_given = |value: Option<&Value>| value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
    for field in order.group.document.fields().iter().filter(|field| field.required) {
        if is_given(map.get(&field.name)) {
            continue;
        }
        let of_size = |size: &usize| {
            let (_, path, over) = overrides.iter().find(|(place, ..)| place == size)?;
            Some((path, over.get(&field.name).filter(|value| is_given(Some(value)))?))
        };
        if order.sizes.iter().all(|size| of_size(size).is_some())
            && let Some((path, value)) = order.sizes.first().and_then(of_size)
        {
            lent.push(Lent { place: format!("inputData.{}", field.name), owner: format!("{path}.{}", field.name) });
            map.insert(field.name.clone(), value.clone());
        }
    }
    (shared, lent)
}
