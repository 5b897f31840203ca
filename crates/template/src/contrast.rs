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

#[cfg(test)]
mod tests {
    use super::*;

    fn color(hex: &str) -> Color {
        Color::parse(hex).unwrap()
    }

    #[test]
    fn both_measures_agree_with_published_figures() {
        // APCA's own reference values, and WCAG's extremes.
        for (text, ground, lc) in [
            ("#888888", "#ffffff", 63.056),
            ("#ffffff", "#888888", -68.541),
            ("#000000", "#aaaaaa", 58.146),
            ("#aaaaaa", "#000000", -56.241),
            ("#112233", "#ddeeff", 91.668),
            ("#ddeeff", "#112233", -93.068),
            ("#112233", "#444444", 8.323),
            ("#444444", "#112233", -7.527),
        ] {
            let found = apca(color(text), color(ground));
            assert!((found - lc).abs() < 0.05, "{text} on {ground}: {found}, not {lc}");
        }
        assert!((wcag(color("#000"), color("#fff")) - 21.0).abs() < 0.001);
        assert!((wcag(color("#777777"), color("#ffffff")) - 4.478).abs() < 0.001);
    }

    #[test]
    fn the_demo_kits_have_the_contrasts_that_their_design_names() {
        for (text, ground, ratio, lc) in [
            ("#f3f5fa", "#0b0f1a", 17.5, 101.0),
            ("#3ee6ae", "#0b0f1a", 12.0, 76.0),
            ("#ae3c25", "#fbf6ec", 5.6, 74.0),
            ("#63615c", "#f5f4f1", 5.6, 74.0),
            ("#2a1b5a", "#fff9ea", 14.2, 98.0),
            ("#ffffff", "#4f5ef7", 4.9, 79.0),
        ] {
            let (text, ground) = (color(text), color(ground));
            assert!((wcag(text, ground) - ratio).abs() < 0.06, "{}", wcag(text, ground));
            assert!((apca(text, ground).abs() - lc).abs() < 0.6, "{}", apca(text, ground));
        }
    }
}
