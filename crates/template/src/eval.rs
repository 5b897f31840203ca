//! What expressions see while one size is bound.

use std::borrow::Cow;
use std::cell::Cell;

use crate::bound::{Color, Font};
use crate::brand::{Brand, BrandLogo};
use crate::color::{WHITE, best_on};
use crate::expr::Ref;
use crate::inputs::{Item, Value};
use crate::locale::Formats;

/// A colour, and what reads on it where a kit says so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tone {
    pub color: Color,
    pub on: Option<Color>,
}

impl Tone {
    pub fn of(color: Color) -> Self {
        Self { color, on: None }
    }
}

/// A role's value for this kit.
#[derive(Clone, Debug)]
pub(crate) struct Resolved<T> {
    pub value: T,
    /// The kit has no such role, and the template's own value stands in.
    pub missing: bool,
    /// An expression asked for it.
    pub used: Cell<bool>,
}

impl<T> Resolved<T> {
    pub fn new(value: T, missing: bool) -> Self {
        Self { value, missing, used: Cell::new(false) }
    }

    fn get(&self) -> &T {
        self.used.set(true);
        &self.value
    }
}

/// A font role's face with the kit's own spacing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Face {
    pub font: Font,
    pub tracking: Option<f32>,
    pub line_height: Option<f32>,
}

/// Every role that the document names, resolved for one kit.
pub(crate) struct Roles<'a> {
    pub colors: Vec<Resolved<Tone>>,
    pub fonts: Vec<Resolved<Face>>,
    pub logos: Vec<Resolved<Vec<&'a BrandLogo>>>,
    pub background: Color,
    pub text: Color,
    /// Corner radius in pixels.
    pub corner: f32,
}

#[derive(Clone, Copy)]
pub(crate) struct Eval<'a> {
    pub values: &'a [Option<Value>],
    pub item: Option<(&'a Item, usize)>,
    pub roles: &'a Roles<'a>,
    pub brand: Option<&'a Brand>,
    pub formats: &'a Formats,
    pub rtl: bool,
    /// The language of the locale, or of the text where the call names no locale.
    pub language: &'a str,
}

impl<'a> Eval<'a> {
    pub fn value(&self, value: Ref) -> Option<Cow<'a, Value>> {
        let given = match value {
            Ref::Field(index) => self.values.get(index)?.as_ref(),
            Ref::Item => match self.item?.0 {
                Item::Plain(value) => Some(value),
                Item::Object(_) => None,
            },
            Ref::Member(index) => match self.item?.0 {
                Item::Object(members) => members.get(index)?.as_ref(),
                Item::Plain(_) => None,
            },
            Ref::Index => return Some(Cow::Owned(Value::Number((self.item?.1 + 1) as f64))),
        };
        given.map(Cow::Borrowed)
    }

    pub fn is_set(&self, value: Ref) -> bool {
        match self.value(value).as_deref() {
            None => false,
            Some(Value::Boolean(value)) => *value,
            Some(Value::List(items)) => !items.is_empty(),
            Some(_) => true,
        }
    }

    pub fn role(&self, role: usize) -> Tone {
        self.roles.colors.get(role).map_or(Tone::of(WHITE), |role| *role.get())
    }

    pub fn on(&self, ground: Tone) -> Color {
        ground.on.unwrap_or_else(|| best_on(ground.color, [WHITE, self.roles.background, self.roles.text]))
    }

    pub fn face(&self, role: usize) -> Option<&'a Face> {
        self.roles.fonts.get(role).map(Resolved::get)
    }

    pub fn logos(&self, role: usize) -> &'a [&'a BrandLogo] {
        self.roles.logos.get(role).map_or(&[], |role| role.get())
    }

    /// Asking whether a logo is there is not asking for it.
    pub fn has_logo(&self, role: usize) -> bool {
        self.roles.logos.get(role).is_some_and(|role| !role.value.is_empty())
    }

    pub fn dark(&self) -> bool {
        self.roles.background.is_dark()
    }

    pub fn brand_name(&self) -> Option<&'a str> {
        self.brand.map(|brand| brand.name.as_str())
    }
}
