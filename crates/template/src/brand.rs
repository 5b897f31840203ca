//! The brand kit as templates see it: values by role.

use crate::bound::{Color, Font};

/// Plain values; where they are stored, and how they are edited, is not this crate's matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brand {
    pub name: String,
    /// Corner radius as a share of the canvas' short edge.
    pub corner: f32,
    pub colors: Vec<BrandColor>,
    pub fonts: Vec<BrandFont>,
    pub logos: Vec<BrandLogo>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BrandColor {
    pub role: String,
    pub color: Color,
    /// What is readable on it.
    pub on: Color,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BrandFont {
    /// `heading`, `body` or `accent`.
    pub role: String,
    pub font: Font,
    /// Em.
    pub tracking: f32,
    /// Multiple of the font size; `None` leaves it to the template.
    pub line_height: Option<f32>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BrandLogo {
    /// `primary` or `mark`.
    pub role: String,
    /// The ground that it is made for.
    pub theme: LogoTheme,
    /// A key that the engine's world answers with the picture.
    pub picture: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoTheme {
    Light,
    Dark,
    Any,
}
