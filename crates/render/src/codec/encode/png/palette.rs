//! Palettes: pictures of at most 256 colours.

use std::cmp::Ordering;

const SLOTS: usize = 1024;

/// The colours of a picture and where each stands.
pub struct Palette {
    /// Transparent ones first, so that the list of alphas is short.
    colors: Vec<[u8; 4]>,
    /// Open addressing: colour and index + 1; 0 is free.
    slots: Vec<([u8; 4], u16)>,
}

impl Palette {
    /// `None` as soon as a 257th colour is met, which in most pictures is soon.
    pub fn of(pixels: &[[u8; 4]]) -> Option<Self> {
        let mut palette = Self { colors: Vec::new(), slots: vec![([0; 4], 0); SLOTS] };
        let mut before = None;
        for pixel in pixels {
            if before == Some(*pixel) {
                continue;
            }
            before = Some(*pixel);
            let slot = palette.slot(*pixel);
            if palette.slots[slot].1 == 0 {
                if palette.colors.len() == 256 {
                    return None;
                }
                palette.colors.push(*pixel);
                palette.slots[slot] = (*pixel, 1);
            }
        }
        // Stable, so the order is that of appearance otherwise.
        palette.colors.sort_by(|a, b| match (a[3], b[3]) {
            (255, 255) => Ordering::Equal,
            (a, b) => a.cmp(&b),
        });
        for index in 0..palette.colors.len() {
            let slot = palette.slot(palette.colors[index]);
            palette.slots[slot].1 = index as u16 + 1;
        }
        Some(palette)
    }

    pub fn len(&self) -> usize {
        self.colors.len()
    }

    pub fn into_colors(self) -> Vec<[u8; 4]> {
        self.colors
    }

    /// Red, green, blue of each colour.
    pub fn colors(&self) -> impl Iterator<Item = u8> {
        self.colors.iter().flat_map(|c| [c[0], c[1], c[2]])
    }

    /// Alpha of each colour up to the last that is not opaque.
    pub fn alphas(&self) -> impl Iterator<Item = u8> {
        self.colors.iter().map(|c| c[3]).take_while(|a| *a < 255)
    }

    /// Appends the index of each pixel.
    pub fn indices(&self, pixels: &[[u8; 4]], out: &mut Vec<u8>) {
        let mut before = ([0; 4], 0);
        out.extend(pixels.iter().enumerate().map(|(i, pixel)| {
            if i == 0 || *pixel != before.0 {
                before = (*pixel, (self.slots[self.slot(*pixel)].1 - 1) as u8);
            }
            before.1
        }));
    }

    /// The colour's slot, or the free one where it belongs.
    fn slot(&self, color: [u8; 4]) -> usize {
        let mut at = (u32::from_le_bytes(color).wrapping_mul(0x9e37_79b1) >> 22) as usize;
        while self.slots[at].1 != 0 && self.slots[at].0 != color {
            at = (at + 1) % SLOTS;
        }
        at
    }
}
