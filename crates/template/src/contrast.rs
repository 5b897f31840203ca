//! Contrast by the two measures that templates and the engine use: WCAG 2 and APCA.

use crate::bound::Color;

/// WCAG 2 relative luminance of an opaque colour, 0 to 1.
pub fn luminance(color: Color) -> f32 {
    fn linear(channel: u8) -> f32 {
        let c = f32::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { libm::powf((c + 0.055) / 1.055, 2.4) }
    }
    0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
}

/// WCAG 2 contrast ratio, 1 to 21.
pub fn wcag(a: Color, b: Color) -> f32 {
    ratio(luminance(a), luminance(b))
}

/// WCAG 2 contrast ratio of two relative luminances.
pub fn ratio(a: f32, b: f32) -> f32 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// APCA lightness contrast (0.0.98G-4g, "APCA 0.1.9"): about -108 to 106, positive for dark text on light ground.
pub fn apca(text: Color, ground: Color) -> f32 {
    apca_luminance(apca_y(text), apca_y(ground))
}

/// APCA's screen luminance of an opaque colour.
pub fn apca_y(color: Color) -> f32 {
    fn channel(value: u8) -> f32 {
        libm::powf(f32::from(value) / 255.0, 2.4)
    }
    0.212_672_9 * channel(color.r) + 0.715_152_2 * channel(color.g) + 0.072_175 * channel(color.b)
}

/// APCA of two screen luminances.
pub fn apca_luminance(text: f32, ground: f32) -> f32 {
    /// Very dark colours are lifted: flare makes them brighter than their figures.
    fn lifted(y: f32) -> f32 {
        if y > 0.022 { y } else { y + libm::powf(0.022 - y, 1.414) }
    }
    let (text, ground) = (lifted(text.max(0.0)), lifted(ground.max(0.0)));
    if (ground - text).abs() < 0.0005 {
        return 0.0;
    }
    let contrast = if ground > text {
        let contrast = (libm::powf(ground, 0.56) - libm::powf(text, 0.57)) * 1.14;
        if contrast < 0.1 { 0.0 } else { contrast - 0.027 }
    } else {
        let contrast = (libm::powf(ground, 0.65) - libm::powf(text, 0.62)) * 1.14;
        if contrast > -0.1 { 0.0 } else { contrast + 0.027 }
    };
    contrast * 100.0
}
