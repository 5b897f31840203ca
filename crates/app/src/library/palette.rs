//! Colours for a kit, proposed from a logo: its own colours by k-means in Oklab, and neutrals to go with them. The same
//! pixels give the same colours.

use template::bound::Color;
use template::contrast::wcag;

use super::contrast::readable;

/// A colour for a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedColor {
    pub role: &'static str,
    pub hex: String,
    /// What is readable on it.
    pub on: String,
}

/// Colours that a logo is parted into.
const CLUSTERS: usize = 6;
const ROUNDS: usize = 24;
/// Colours closer than this in Oklab are one.
const ALIKE: f32 = 0.06;
/// Less chroma than this is a grey.
const GREY: f32 = 0.035;
/// Pixels with less alpha say nothing about a colour.
const SEEN: u8 = 128;
/// Where a logo has no colour of its own.
const INK: [f32; 3] = [0.28, 0.0, -0.02];

type Lab = [f32; 3];

/// Roles with colours for a logo of `rgba` pixels, straight or premultiplied. A logo that is light all over is made for a
/// dark ground, and gets one.
#[must_use]
pub fn propose(rgba: &[u8]) -> Vec<ProposedColor> {
    let clusters = clusters(rgba);
    let seen: f32 = clusters.iter().map(|(_, share)| share).sum();
    let dark = seen > 0.0 && clusters.iter().map(|(lab, share)| lab[0] * share).sum::<f32>() / seen > 0.82;
    let mut colors: Vec<(Lab, f32)> = clusters.iter().copied().filter(|(lab, _)| chroma(*lab) >= GREY).collect();
    // What fills much and is colourful stands for the brand.
    colors.sort_by(|a, b| (b.1 * (0.1 + chroma(b.0))).total_cmp(&(a.1 * (0.1 + chroma(a.0)))));
    let darkest = clusters.iter().map(|(lab, _)| *lab).filter(|lab| lab[0] < 0.75).min_by(|a, b| a[0].total_cmp(&b[0]));
    let primary = colors.first().map(|(lab, _)| *lab).or(darkest).unwrap_or(INK);
    let next = |others: &[Lab]| {
        let apart = |lab: Lab| others.iter().map(|other| distance(lab, *other)).fold(f32::INFINITY, f32::min);
        colors.iter().map(|(lab, _)| *lab).filter(|lab| apart(*lab) > 2.0 * ALIKE).max_by(|a, b| apart(*a).total_cmp(&apart(*b)))
    };
    let accent = next(&[primary]).unwrap_or_else(|| opposite(primary));
    let secondary = next(&[primary, accent]).unwrap_or_else(|| deeper(primary));
    let tint = |lightness: f32, most: f32| {
        let factor = if chroma(primary) > 0.0 { most.min(chroma(primary)) / chroma(primary) } else { 0.0 };
        Color::from_oklab([lightness, primary[1] * factor, primary[2] * factor])
    };
    let (background, surface, text, muted) = if dark {
        (tint(0.17, 0.02), tint(0.24, 0.025), tint(0.96, 0.008), tint(0.78, 0.02))
    } else {
        (tint(0.985, 0.006), tint(0.945, 0.012), tint(0.22, 0.025), tint(0.5, 0.02))
    };
    // The stricter of the two grounds decides.
    let ground = if wcag(muted, surface) < wcag(muted, background) { surface } else { background };
    let muted = readable(muted, ground).unwrap_or(text);
    let on = |color: Color| {
        let white = Color { r: 255, g: 255, b: 255, a: 255 };
        let best = [white, background, text].into_iter().max_by(|a, b| wcag(*a, color).total_cmp(&wcag(*b, color)));
        best.unwrap_or(white).hex()
    };
    let color = |role, color: Color| ProposedColor { role, hex: color.hex(), on: on(color) };
    vec![
        color("primary", Color::from_oklab(primary)),
        color("secondary", Color::from_oklab(secondary)),
        color("accent", Color::from_oklab(accent)),
        color("background", background),
        color("surface", surface),
        color("text", text),
        color("muted", muted),
    ]
}

/// Colours with their share of what is seen, the largest first.
fn clusters(rgba: &[u8]) -> Vec<(Lab, f32)> {
    let seen = |pixel: &&[u8; 4]| pixel[3] >= SEEN;
    let points: Vec<Lab> = rgba
        .as_chunks::<4>()
        .0
        .iter()
        .filter(seen)
        .map(|&[r, g, b, a]| {
            let straight = |channel: u8| u8::try_from((u32::from(channel) * 255 / u32::from(a)).min(255)).unwrap_or(255);
            Color { r: straight(r), g: straight(g), b: straight(b), a: 255 }.oklab()
        })
        .collect();
    let Some(first) = points.first() else { return Vec::new() };
    // Seeds: each the point that is farthest from those before.
    let mut centres = vec![*first];
    while centres.len() < CLUSTERS {
        let apart = |lab: &Lab| centres.iter().map(|centre| distance(*lab, *centre)).fold(f32::INFINITY, f32::min);
        match points.iter().max_by(|a, b| apart(a).total_cmp(&apart(b))) {
            Some(farthest) if apart(farthest) > ALIKE => centres.push(*farthest),
            _ => break,
        }
    }
    let mut shares = vec![0.0; centres.len()];
    for _ in 0..ROUNDS {
        let mut sums = vec![([0.0f64; 3], 0u32); centres.len()];
        for point in &points {
            let near = (0..centres.len()).min_by(|a, b| distance(*point, centres[*a]).total_cmp(&distance(*point, centres[*b])));
            let (sum, count) = &mut sums[near.unwrap_or(0)];
            sum.iter_mut().zip(point).for_each(|(sum, value)| *sum += f64::from(*value));
            *count += 1;
        }
        for ((centre, share), (sum, count)) in centres.iter_mut().zip(&mut shares).zip(sums) {
            if count > 0 {
                *centre = sum.map(|sum| (sum / f64::from(count)) as f32);
            }
            *share = count as f32 / points.len() as f32;
        }
    }
    let mut list: Vec<(Lab, f32)> = centres.into_iter().zip(shares).filter(|(_, share)| *share >= 0.01).collect();
    list.sort_by(|a, b| b.1.total_cmp(&a.1));
    list
}

fn chroma(lab: Lab) -> f32 {
    (lab[1] * lab[1] + lab[2] * lab[2]).sqrt()
}

fn distance(a: Lab, b: Lab) -> f32 {
    ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt()
}

/// The other side of the hue circle, light enough to stand out.
fn opposite([lightness, a, b]: Lab) -> Lab {
    let factor = if chroma([lightness, a, b]) < GREY { 0.0 } else { (0.14 / chroma([lightness, a, b])).min(1.6) };
    if factor == 0.0 { [0.68, 0.12, 0.12] } else { [0.72, -a * factor, -b * factor] }
}

fn deeper([lightness, a, b]: Lab) -> Lab {
    [if lightness > 0.45 { lightness * 0.6 } else { lightness + 0.25 }, a * 0.7, b * 0.7]
}

#[cfg(test)]
mod tests {
    use super::*;
    use template::contrast::apca;

    fn logo(parts: &[(u32, [u8; 4])]) -> Vec<u8> {
        parts.iter().flat_map(|(count, pixel)| pixel.repeat(*count as usize)).collect()
    }

    fn of<'a>(colors: &'a [ProposedColor], role: &str) -> &'a ProposedColor {
        colors.iter().find(|color| color.role == role).unwrap()
    }

    fn parsed(hex: &str) -> Color {
        Color::parse(hex).unwrap()
    }

    #[test]
    fn a_logos_own_colours_become_primary_and_accent() {
        let rgba = logo(&[(600, [0, 0, 0, 0]), (300, [0x1f, 0x3a, 0x8a, 255]), (60, [0xf5, 0x9e, 0x0b, 255]), (200, [255, 255, 255, 255])]);
        let colors = propose(&rgba);
        assert_eq!(
            colors.iter().map(|color| color.role).collect::<Vec<_>>(),
            ["primary", "secondary", "accent", "background", "surface", "text", "muted"]
        );
        assert_eq!((of(&colors, "primary").hex.as_str(), of(&colors, "accent").hex.as_str()), ("#1f3a8a", "#f59e0b"));
        assert_eq!(of(&colors, "primary").on, "#ffffff");
        assert_eq!(propose(&rgba), colors, "the same pixels give the same colours");
    }

    #[test]
    fn text_and_muted_are_readable_on_both_grounds_whatever_the_logo() {
        let logos = [
            logo(&[(10, [255, 255, 255, 255])]),
            logo(&[(10, [0, 0, 0, 255])]),
            logo(&[(10, [255, 255, 0, 255]), (3, [254, 250, 10, 255])]),
            logo(&[(10, [255, 0, 255, 255]), (10, [0, 255, 0, 255]), (10, [0, 0, 255, 255]), (10, [255, 0, 0, 255])]),
            logo(&[(10, [128, 128, 128, 255])]),
            logo(&[(5, [9, 9, 9, 0])]),
            Vec::new(),
            vec![1, 2, 3],
        ];
        for rgba in logos {
            let colors = propose(&rgba);
            for (text, ground) in [("text", "background"), ("text", "surface"), ("muted", "background"), ("muted", "surface")] {
                let (text, ground) = (parsed(&of(&colors, text).hex), parsed(&of(&colors, ground).hex));
                assert!(wcag(text, ground) >= 4.5 && apca(text, ground).abs() >= 60.0, "{} on {}: {colors:?}", text.hex(), ground.hex());
            }
            for color in &colors {
                assert!(wcag(parsed(&color.hex), parsed(&color.on)) >= 3.0, "{color:?}");
            }
        }
    }

    #[test]
    fn a_light_logo_gets_a_dark_ground() {
        assert!(parsed(&of(&propose(&logo(&[(10, [250, 250, 250, 255])])), "background").hex).is_dark());
        assert!(!parsed(&of(&propose(&logo(&[(10, [20, 20, 20, 255])])), "background").hex).is_dark());
    }
}
