//! Colours: their text form, and mixing in Oklab.

use crate::bound::Color;
use crate::contrast;

pub(crate) const WHITE: Color = Color { r: 255, g: 255, b: 255, a: 255 };
pub(crate) const BLACK: Color = Color { r: 0, g: 0, b: 0, a: 255 };

impl Color {
    /// `#rgb`, `#rrggbb` or `#rrggbbaa`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?.as_bytes();
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let nibble = |i: usize| char::from(digits[i]).to_digit(16).unwrap_or(0) as u8;
        let byte = |i: usize| nibble(2 * i) * 16 + nibble(2 * i + 1);
        match digits.len() {
            3 => Some(Self { r: nibble(0) * 17, g: nibble(1) * 17, b: nibble(2) * 17, a: 255 }),
            6 => Some(Self { r: byte(0), g: byte(1), b: byte(2), a: 255 }),
            8 => Some(Self { r: byte(0), g: byte(1), b: byte(2), a: byte(3) }),
            _ => None,
        }
    }

    /// `#rrggbb`, or `#rrggbbaa` where it is not opaque.
    pub fn hex(self) -> String {
        let Self { r, g, b, a } = self;
        if a == 255 { format!("#{r:02x}{g:02x}{b:02x}") } else { format!("#{r:02x}{g:02x}{b:02x}{a:02x}") }
    }

    /// Lightness (0 to 1), and the two axes green to red and blue to yellow (about -0.4 to 0.4); alpha is not looked at.
    pub fn oklab(self) -> [f32; 3] {
        oklab(self)
    }

    /// The nearest opaque colour that a screen has, channel by channel.
    pub fn from_oklab(lab: [f32; 3]) -> Self {
        let [r, g, b] = srgb(lab);
        Self { r, g, b, a: 255 }
    }

    /// Whether white reads better on it than black.
    pub fn is_dark(self) -> bool {
        let y = contrast::luminance(self);
        contrast::ratio(1.0, y) > contrast::ratio(0.0, y)
    }
}

/// The same colour with its alpha multiplied.
pub(crate) fn faded(color: Color, alpha: f32) -> Color {
    Color { a: byte(f32::from(color.a) / 255.0 * alpha), ..color }
}

/// From `a` (t = 0) to `b` (t = 1) in a straight line through Oklab.
pub(crate) fn mix(a: Color, b: Color, t: f32) -> Color {
    let (from, to) = (oklab(a), oklab(b));
    let at = |i: usize| from[i] + (to[i] - from[i]) * t;
    let alpha = f32::from(a.a) + (f32::from(b.a) - f32::from(a.a)) * t;
    let [r, g, b] = srgb([at(0), at(1), at(2)]);
    Color { r, g, b, a: byte(alpha / 255.0) }
}

/// What reads best on a ground: white, the kit's background or its text colour.
pub(crate) fn best_on(ground: Color, candidates: [Color; 3]) -> Color {
    let y = contrast::luminance(ground);
    let ratio = |color: Color| contrast::ratio(contrast::luminance(color), y);
    candidates.into_iter().reduce(|best, next| if ratio(next) > ratio(best) { next } else { best }).unwrap_or(WHITE)
}

fn byte(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

fn oklab(color: Color) -> [f32; 3] {
    fn linear(channel: u8) -> f32 {
        let c = f32::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { libm::powf((c + 0.055) / 1.055, 2.4) }
    }
    let (r, g, b) = (linear(color.r), linear(color.g), linear(color.b));
    let l = libm::cbrtf(0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b);
    let m = libm::cbrtf(0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b);
    let s = libm::cbrtf(0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b);
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn srgb([l, a, b]: [f32; 3]) -> [u8; 3] {
    fn encoded(c: f32) -> u8 {
        byte(if c <= 0.003_130_8 { 12.92 * c } else { 1.055 * libm::powf(c, 1.0 / 2.4) - 0.055 })
    }
    let cube = |x: f32| x * x * x;
    let x = cube(l + 0.396_337_78 * a + 0.215_803_76 * b);
    let y = cube(l - 0.105_561_346 * a - 0.063_854_17 * b);
    let z = cube(l - 0.089_484_18 * a - 1.291_485_5 * b);
    [
        encoded(4.076_741_7 * x - 3.307_711_6 * y + 0.230_969_94 * z),
        encoded(-1.268_438 * x + 2.609_757_4 * y - 0.341_319_4 * z),
        encoded(-0.004_196_086_3 * x - 0.703_418_6 * y + 1.707_614_7 * z),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_three_forms_only() {
        let red = Color { r: 255, g: 0, b: 0x33, a: 255 };
        assert_eq!(Color::parse("#f03"), Some(red));
        assert_eq!(Color::parse("#FF0033"), Some(red));
        assert_eq!(Color::parse("#ff003380"), Some(Color { a: 128, ..red }));
        for text in ["", "#", "f03", "#f0", "#f033", "#ff00333", "#gg0033", "#ff0033 ", "red", "#ｆ03"] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
        assert_eq!(red.hex(), "#ff0033");
    }

    #[test]
    fn mixing_ends_at_both_colours_and_passes_through_even_lightness() {
        let (blue, yellow) = (Color::parse("#0000ff").unwrap(), Color::parse("#ffff00").unwrap());
        assert_eq!(mix(blue, yellow, 0.0), blue);
        assert_eq!(mix(blue, yellow, 1.0), yellow);
        let grey = mix(BLACK, WHITE, 0.5);
        assert_eq!((grey.r, grey.g, grey.b), (99, 99, 99));
        let half = mix(Color { a: 0, ..BLACK }, BLACK, 0.5);
        assert_eq!(half.a, 128);
    }

    #[test]
    fn dark_grounds_take_white() {
        assert!(Color::parse("#0b0f1a").unwrap().is_dark());
        assert!(!Color::parse("#fbf6ec").unwrap().is_dark());
        let text = Color::parse("#2b2116").unwrap();
        assert_eq!(best_on(Color::parse("#3b5b39").unwrap(), [WHITE, text, text]), WHITE);
        assert_eq!(best_on(Color::parse("#e5aa64").unwrap(), [WHITE, WHITE, text]), text);
    }
}
