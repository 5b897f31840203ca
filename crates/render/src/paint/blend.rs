//! W3C's Compositing and Blending, level 1: a layer over what is there.

use template::bound::Blend;

use super::direct::{Area, mul, over};

/// Pixels of an area from which a table for its opacity pays.
const SHORTCUT: usize = 65_536;

/// Mixed channels by backdrop and source, one table for each mode that was used.
#[derive(Default)]
pub struct Tables {
    known: Vec<(Blend, Vec<u8>)>,
}

/// A layer's pixels: premultiplied RGBA, `width` of them a row, the first one at `corner` of the canvas.
pub struct Source<'s> {
    pub pixels: &'s [u8],
    pub width: usize,
    pub corner: (i64, i64),
}

impl Tables {
    /// Lays a layer over the pixels of `area`, which lies inside the layer.
    pub fn compose(&mut self, pixels: &mut [u8], area: Area, source: Source, blend: Blend, opacity: f32) {
        let opacity = (opacity.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let table = match blend {
            Blend::Normal => None,
            mode if separable(mode).is_some() => Some(self.table(mode)),
            _ => None,
        };
        let large = area.x1.saturating_sub(area.x0) * area.y1.saturating_sub(area.y0) >= SHORTCUT;
        // What `blended` gives where both are opaque, which then depends on two bytes alone.
        let opaque: Vec<u8> = match table {
            Some(table) if large => {
                (0..65_536).map(|at| mul(table[at], opacity).saturating_add(mul((at / 256) as u8, 255 - opacity))).collect()
            }
            _ => Vec::new(),
        };
        for y in area.y0..area.y1 {
            let start = (y as i64 - source.corner.1) * source.width as i64 + area.x0 as i64 - source.corner.0;
            let from = usize::try_from(start).unwrap_or(usize::MAX / 8) * 4;
            let Some(line) = source.pixels.get(from..from + (area.x1.max(area.x0) - area.x0) * 4) else { continue };
            let line = line.as_chunks::<4>().0;
            let row = area.row(pixels, y).as_chunks_mut::<4>().0;
            match (blend, table) {
                (Blend::Normal, _) if opacity == 255 => row.iter_mut().zip(line).for_each(|(d, s)| over(d, *s)),
                (Blend::Normal, _) => row.iter_mut().zip(line).for_each(|(d, s)| over(d, s.map(|c| mul(c, opacity)))),
                (_, Some(table)) => {
                    let at = |b: u8, s: u8| usize::from(b) * 256 + usize::from(s);
                    let mix = |b: [u8; 3], s: [u8; 3]| [table[at(b[0], s[0])], table[at(b[1], s[1])], table[at(b[2], s[2])]];
                    for (d, s) in row.iter_mut().zip(line) {
                        match (*d, *s) {
                            ([b0, b1, b2, 255], [s0, s1, s2, 255]) if large => {
                                *d = [opaque[at(b0, s0)], opaque[at(b1, s1)], opaque[at(b2, s2)], 255];
                            }
                            _ => blended(d, *s, opacity, mix),
                        }
                    }
                }
                (mode, None) => row.iter_mut().zip(line).for_each(|(d, s)| blended(d, *s, opacity, |b, s| whole(mode, b, s))),
            }
        }
    }

    fn table(&mut self, mode: Blend) -> &[u8] {
        let at = self.known.iter().position(|(known, _)| *known == mode).unwrap_or_else(|| {
            let mix = separable(mode).unwrap_or(|_, s| s);
            let unit = |c: usize| c as f32 / 255.0;
            let byte = |i: usize| (mix(unit(i / 256), unit(i % 256)).clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            self.known.push((mode, (0..65_536).map(byte).collect()));
            self.known.len() - 1
        });
        &self.known[at].1
    }
}

/// `mix` takes straight colours of the backdrop and the source.
fn blended(d: &mut [u8; 4], s: [u8; 4], opacity: u8, mix: impl Fn([u8; 3], [u8; 3]) -> [u8; 3]) {
    let (sa, da) = (mul(s[3], opacity), d[3]);
    if sa == 0 {
        return;
    }
    let mixed = mix(straight(*d), straight(s));
    for (i, mixed) in mixed.into_iter().enumerate() {
        let alone = mul(mul(s[i], opacity), 255 - da);
        let both = mul(mixed, mul(sa, da));
        d[i] = alone.saturating_add(both).saturating_add(mul(d[i], 255 - sa));
    }
    d[3] = sa.saturating_add(mul(da, 255 - sa));
}

fn straight([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    match a {
        255 => [r, g, b],
        0 => [0; 3],
        a => [r, g, b].map(|c| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a)).min(255) as u8),
    }
}

/// B(cb, cs) of the modes that mix channel by channel.
fn separable(mode: Blend) -> Option<fn(f32, f32) -> f32> {
    fn multiply(b: f32, s: f32) -> f32 {
        b * s
    }
    fn screen(b: f32, s: f32) -> f32 {
        b + s - b * s
    }
    fn hard_light(b: f32, s: f32) -> f32 {
        if s <= 0.5 { multiply(b, 2.0 * s) } else { screen(b, 2.0 * s - 1.0) }
    }
    fn soft_light(b: f32, s: f32) -> f32 {
        if s <= 0.5 {
            return b - (1.0 - 2.0 * s) * b * (1.0 - b);
        }
        let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
        b + (2.0 * s - 1.0) * (d - b)
    }
    fn dodge(b: f32, s: f32) -> f32 {
        if b == 0.0 {
            0.0
        } else if s >= 1.0 {
            1.0
        } else {
            (b / (1.0 - s)).min(1.0)
        }
    }
    fn burn(b: f32, s: f32) -> f32 {
        if b >= 1.0 {
            1.0
        } else if s <= 0.0 {
            0.0
        } else {
            1.0 - ((1.0 - b) / s).min(1.0)
        }
    }
    Some(match mode {
        Blend::Multiply => multiply,
        Blend::Screen => screen,
        Blend::Overlay => |b, s| hard_light(s, b),
        Blend::Darken => f32::min,
        Blend::Lighten => f32::max,
        Blend::ColorDodge => dodge,
        Blend::ColorBurn => burn,
        Blend::HardLight => hard_light,
        Blend::SoftLight => soft_light,
        Blend::Difference => |b, s| (b - s).abs(),
        Blend::Exclusion => |b, s| b + s - 2.0 * b * s,
        Blend::Normal | Blend::Hue | Blend::Saturation | Blend::Color | Blend::Luminosity => return None,
    })
}

/// The modes that look at a colour as a whole.
fn whole(mode: Blend, b: [u8; 3], s: [u8; 3]) -> [u8; 3] {
    let [b, s] = [b, s].map(|color| color.map(|c| f32::from(c) / 255.0));
    let mixed = match mode {
        Blend::Hue => with_light(with_saturation(s, saturation(b)), light(b)),
        Blend::Saturation => with_light(with_saturation(b, saturation(s)), light(b)),
        Blend::Color => with_light(s, light(b)),
        Blend::Luminosity => with_light(b, light(s)),
        _ => s,
    };
    mixed.map(|c| (c.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
}

fn light([r, g, b]: [f32; 3]) -> f32 {
    0.3 * r + 0.59 * g + 0.11 * b
}

fn saturation(color: [f32; 3]) -> f32 {
    color.into_iter().fold(0.0, f32::max) - color.into_iter().fold(1.0, f32::min)
}

fn with_light(color: [f32; 3], wanted: f32) -> [f32; 3] {
    let by = wanted - light(color);
    let moved = color.map(|c| c + by);
    let l = light(moved);
    let (least, most) = (moved.into_iter().fold(f32::MAX, f32::min), moved.into_iter().fold(f32::MIN, f32::max));
    let mut clipped = moved;
    if least < 0.0 {
        clipped = clipped.map(|c| l + (c - l) * l / (l - least));
    }
    if most > 1.0 {
        clipped = clipped.map(|c| l + (c - l) * (1.0 - l) / (most - l));
    }
    clipped
}

fn with_saturation(color: [f32; 3], wanted: f32) -> [f32; 3] {
    let (least, most) = (color.into_iter().fold(1.0, f32::min), color.into_iter().fold(0.0, f32::max));
    if most > least { color.map(|c| (c - least) * wanted / (most - least)) } else { [0.0; 3] }
}

#[cfg(test)]
mod tests {
    use vello_cpu::kurbo::Rect;

    use super::*;

    fn one(blend: Blend, behind: [u8; 4], layer: [u8; 4], opacity: f32) -> [u8; 4] {
        let mut pixels = behind;
        let area = Area::new(Rect::new(0.0, 0.0, 1.0, 1.0), 1);
        let source = Source { pixels: &layer, width: 1, corner: (0, 0) };
        Tables::default().compose(&mut pixels, area, source, blend, opacity);
        pixels
    }

    /// Worked out from the specification's formulas apart from this program, in double precision.
    #[test]
    fn modes_mix_by_the_formulas_of_the_specification() {
        for (mode, wanted) in WANTED {
            let found = one(mode, [200, 100, 50, 255], [60, 180, 220, 255], 1.0);
            for (found, wanted) in found.into_iter().zip([wanted[0], wanted[1], wanted[2], 255]) {
                assert!(found.abs_diff(wanted) <= 1, "{mode:?}: {found} {wanted}");
            }
        }
    }

    const WANTED: [(Blend, [u8; 3]); 16] = [
        (Blend::Normal, [60, 180, 220]),
        (Blend::Multiply, [47, 71, 43]),
        (Blend::Screen, [213, 209, 227]),
        (Blend::Overlay, [171, 141, 86]),
        (Blend::Darken, [60, 100, 50]),
        (Blend::Lighten, [200, 180, 220]),
        (Blend::ColorDodge, [255, 255, 255]),
        (Blend::ColorBurn, [21, 35, 17]),
        (Blend::HardLight, [94, 164, 199]),
        (Blend::SoftLight, [177, 125, 96]),
        (Blend::Difference, [140, 80, 170]),
        (Blend::Exclusion, [166, 139, 184]),
        (Blend::Hue, [42, 154, 192]),
        (Blend::Saturation, [205, 98, 45]),
        (Blend::Color, [36, 156, 196]),
        (Blend::Luminosity, [224, 124, 74]),
    ];

    #[test]
    fn a_layer_over_nothing_is_itself_in_every_mode() {
        for (mode, _) in WANTED {
            assert_eq!(one(mode, [0; 4], [30, 90, 110, 128], 1.0), [30, 90, 110, 128], "{mode:?}");
            assert_eq!(one(mode, [10, 20, 30, 255], [0; 4], 1.0), [10, 20, 30, 255], "{mode:?}");
        }
    }

    #[test]
    fn a_large_layer_mixes_as_a_pixel_does() {
        let (width, behind, layer) = (300usize, [200, 100, 50, 255], [60, 180, 220, 255]);
        for opacity in [0.0, 0.14, 0.5, 1.0] {
            let mut pixels = behind.repeat(width * width);
            let area = Area::new(Rect::new(0.0, 0.0, width as f64, width as f64), width as u16);
            let source = layer.repeat(width * width);
            Tables::default().compose(&mut pixels, area, Source { pixels: &source, width, corner: (0, 0) }, Blend::SoftLight, opacity);
            assert_eq!(pixels, one(Blend::SoftLight, behind, layer, opacity).repeat(width * width), "{opacity}");
        }
    }

    #[test]
    fn half_of_a_multiplied_layer_lies_halfway() {
        // 200 · 60 / 255 = 47; halfway between 200 and 47 is 123.5.
        let [r, ..] = one(Blend::Multiply, [200, 100, 50, 255], [60, 180, 220, 255], 0.5);
        assert!(r.abs_diff(123) <= 1, "{r}");
    }
}
