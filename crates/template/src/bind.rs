//! Binding: a size of a document, input data and a brand kit become a [`Bound`].

use crate::{Bound, Brand, Document, Inputs, Size, Warning};

/// Evaluates every expression of one size. `brand: None` is the template's own look, `locale: None` the template's own.
///
/// Never fails: what cannot be shown is left out, and the warnings say what that was (`brand_role_missing`).
pub fn bind(document: &Document, size: &Size, inputs: &Inputs, brand: Option<&Brand>, locale: Option<&str>) -> (Bound, Vec<Warning>) {
    let _ = (document, size, inputs, brand, locale);
    unimplemented!()
}
