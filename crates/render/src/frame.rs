//! What a render hands back.

use template::Warning;

/// A finished picture with everything that was noticed while it was made.
#[derive(Clone, Debug)]
pub struct Frame {
    /// In pixels, `Options::scale` included.
    pub width: u32,
    pub height: u32,
    /// RGBA, premultiplied, 8 bits each, rows without padding.
    pub pixels: Vec<u8>,
    /// No pixel has alpha below 255.
    pub opaque: bool,
    pub warnings: Vec<Warning>,
    pub texts: Vec<TextFit>,
}

/// How a text layer came out. Sizes are canvas pixels, before `Options::scale`.
#[derive(Clone, Debug, PartialEq)]
pub struct TextFit {
    /// The layer's id.
    pub id: String,
    /// The input field whose text it is.
    pub field: Option<String>,
    pub font_size: f32,
    pub lines: u32,
    /// The text was cut, or doesn't fit its box even at the smallest size.
    pub overflow: bool,
    /// How many more characters would fit, about; negative is how many are too many.
    pub characters_left: i32,
}
