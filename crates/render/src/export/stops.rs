//! Gradients as files know them: stops in order, mixed straight.

use template::bound::Color;

/// Steps between two stops of different alpha: files mix colours straight, we mix them premultiplied.
const STEPS: u16 = 12;

/// In order, from 0 to 1; empty for no stops.
pub fn straight(list: &[(f32, Color)]) -> Vec<(f32, Color)> {
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return Vec::new() };
    let mut all = vec![(0.0, first.1)];
    for (offset, color) in list {
        let (start, before) = all[all.len() - 1];
        let offset = offset.clamp(start, 1.0);
        if before.a != color.a && offset > start {
            all.extend((1..STEPS).map(|step| {
                let share = f32::from(step) / f32::from(STEPS);
                (start + (offset - start) * share, mixed(before, *color, share))
            }));
        }
        all.push((offset, *color));
    }
    all.push((1.0, last.1));
    all.dedup();
    all
}

/// Between two colours, premultiplied.
fn mixed(a: Color, b: Color, share: f32) -> Color {
    let between = |a: f32, b: f32| a + (b - a) * share;
    let alpha = between(a.a.into(), b.a.into());
    let channel = |x: u8, y: u8| {
        let premultiplied = between(f32::from(x) * f32::from(a.a), f32::from(y) * f32::from(b.a));
        if alpha > 0.0 { (premultiplied / alpha + 0.5) as u8 } else { x }
    };
    Color { r: channel(a.r, b.r), g: channel(a.g, b.g), b: channel(a.b, b.b), a: (alpha + 0.5) as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_that_fade_out_keep_their_hue_on_the_way() {
        let red = Color { r: 255, g: 0, b: 0, a: 255 };
        let clear = Color { r: 0, g: 0, b: 0, a: 0 };
        assert_eq!(mixed(red, clear, 0.5), Color { a: 128, ..red });
        let stops = straight(&[(0.2, red), (1.0, clear)]);
        assert_eq!((stops[0], stops[1], stops.len()), ((0.0, red), (0.2, red), usize::from(STEPS) + 2));
    }
}
