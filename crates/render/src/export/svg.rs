//! SVG: vectors, letters as outlines, and pictures inside the file. It needs no font and no network where it is opened.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use template::{
    Bound,
    bound::{Blend, Cap, Color},
};
use vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Rect};

use super::{Group, Sheet, Walk, outlines::outlines, raster::Bitmap, raster::Raster, settle, settled, stops::straight};
use crate::{
    Engine, Format, Options, RenderError, Scratch, World, Writing,
    codec::{xml as escaped, xmp},
    scene::{Ink, Pen, TextOp},
};

/// Draws a size as a drawing of its own. `writing.quality` is that of the photos in it.
///
/// # Errors
/// Those of [`render`](crate::render()).
pub fn svg(
    engine: &Engine,
    scratch: &mut Scratch,
    bound: &Bound,
    world: &dyn World,
    options: &Options,
    writing: &Writing,
) -> Result<String, RenderError> {
    scratch.staged(engine, bound, options, |scene, tools, buffers| {
        let (deadline, quality, keeps_photos) = (options.deadline, writing.quality, writing.keeps_photos());
        let mut raster = Raster { tools, buffers, world, deadline, quality, keeps_photos };
        let settled = settled(scene, &mut raster)?;
        let mut scene = scene.clone();
        settle(&mut scene, &settled);
        let mut drawing = Drawing { out: String::new(), count: 0, canvas: scene.canvas(), ends: Vec::new() };
        Walk { raster }.scene(&mut drawing, &scene)?;
        let (width, height) = (scene.width, scene.height);
        let about = writing.about.clone().unwrap_or_default();
        let language = if about.language.is_empty() { String::new() } else { format!(" xml:lang=\"{}\"", escaped(&about.language)) };
        let words = |tag: &str, text: &str| {
            if text.is_empty() { String::new() } else { format!("<{tag} id=\"{tag}\">{}</{tag}>\n", escaped(text)) }
        };
        let origin = writing.about.as_ref().map(|about| format!("<metadata>{}</metadata>\n", xmp(about))).unwrap_or_default();
        Ok(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"title desc\"{language}>\n{}{}{origin}{}</svg>\n",
            words("title", &about.title),
            words("desc", &about.description),
            drawing.out
        ))
    })
}

/// A drawing in the making, or a mask in it.
struct Drawing {
    out: String,
    /// Of ids so far.
    count: u32,
    /// Of the whole picture; masks reach over it.
    canvas: Rect,
    /// What closes the groups that are open.
    ends: Vec<&'static str>,
}

impl Drawing {
    fn id(&mut self, kind: char) -> String {
        self.count += 1;
        format!("{kind}{}", self.count)
    }

    /// Writes; a string takes everything.
    fn write(&mut self, text: std::fmt::Arguments) {
        let _ = self.out.write_fmt(text);
    }

    /// A value of `fill` or `stroke`, with its opacity; gradients are put before. `None` for what SVG doesn't know.
    fn ink(&mut self, ink: &Ink) -> Option<(String, f64)> {
        let (tag, place, list) = match ink {
            Ink::Solid(color) => return Some((hex(*color), f64::from(color.a) / 255.0)),
            Ink::Linear { from, to, stops } => {
                let [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y].map(number);
                ("linearGradient", format!("x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\""), stops)
            }
            Ink::Radial { centre, radii, stops } => {
                let [x, y, w, h] = [centre.x, centre.y, radii.0, radii.1].map(number);
                ("radialGradient", format!("cx=\"0\" cy=\"0\" r=\"1\" gradientTransform=\"matrix({w} 0 0 {h} {x} {y})\""), stops)
            }
            Ink::Conic { .. } => return None,
        };
        let id = self.id('g');
        self.write(format_args!("<{tag} id=\"{id}\" gradientUnits=\"userSpaceOnUse\" {place}>"));
        for (offset, color) in straight(list) {
            let alpha = if color.a < 255 { format!(" stop-opacity=\"{}\"", number(f64::from(color.a) / 255.0)) } else { String::new() };
            self.write(format_args!("<stop offset=\"{}\" stop-color=\"{}\"{alpha}/>", number(offset.into()), hex(color)));
        }
        self.write(format_args!("</{tag}>\n"));
        Some((format!("url(#{id})"), 1.0))
    }
}

impl Sheet for Drawing {
    fn fill(&mut self, path: &BezPath, even_odd: bool, turn: Option<Affine>, ink: &Ink) -> bool {
        let Some((fill, opacity)) = self.ink(ink) else { return false };
        let rule = if even_odd { " fill-rule=\"evenodd\"" } else { "" };
        self.write(format_args!("<path fill=\"{fill}\"{}{rule}{} d=\"{}\"/>\n", part("fill", opacity), turned(turn), data(path)));
        true
    }

    fn stroke(&mut self, path: &BezPath, turn: Option<Affine>, pen: &Pen, ink: &Ink) -> bool {
        let Some((stroke, opacity)) = self.ink(ink) else { return false };
        let cap = match pen.cap {
            Cap::Butt => "butt",
            Cap::Round => "round",
            Cap::Square => "square",
        };
        let dash = pen.dash.map(|[on, off]| format!(" stroke-dasharray=\"{} {}\"", number(on), number(off))).unwrap_or_default();
        self.write(format_args!(
            "<path fill=\"none\" stroke=\"{stroke}\"{} stroke-width=\"{}\" stroke-linecap=\"{cap}\" stroke-linejoin=\"round\"{dash}{} d=\"{}\"/>\n",
            part("stroke", opacity),
            number(pen.width),
            turned(turn),
            data(path)
        ));
        true
    }

    fn text(&mut self, text: &TextOp) -> bool {
        // An outline that letters let through would be seen inside of them.
        let cut = text.stroke.is_some() && text.runs.iter().any(|run| !run.ink.opaque());
        let conic = |ink: &Ink| matches!(ink, Ink::Conic { .. });
        let inks = text.runs.iter().map(|run| &run.ink).chain(text.stroke.iter().map(|(_, ink)| ink));
        let paths: Option<Vec<BezPath>> = text.runs.iter().map(outlines).collect();
        let Some(paths) = paths.filter(|_| !cut && !inks.into_iter().any(conic)) else { return false };
        if let Some((width, ink)) = &text.stroke {
            let pen = Pen { width: width * 2.0, dash: None, cap: Cap::Round };
            for path in &paths {
                self.stroke(path, text.turn, &pen, ink);
            }
        }
        for (run, path) in text.runs.iter().zip(&paths).filter(|(run, _)| !run.ink.invisible()) {
            self.fill(path, false, text.turn, &run.ink);
        }
        true
    }

    /// The file's description has the words.
    fn unseen(&mut self, _: &TextOp) {}

    fn picture(&mut self, bitmap: &Bitmap, place: Rect, turn: Option<Affine>) {
        let kind = if bitmap.format == Format::Jpeg { "jpeg" } else { "png" };
        let [x, y, width, height] = [place.x0, place.y0, place.width(), place.height()].map(number);
        self.write(format_args!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\"{} href=\"data:image/{kind};base64,{}\"/>\n",
            turned(turn),
            BASE64_STANDARD.encode(&bitmap.file)
        ));
    }

    fn open(&mut self, group: Group) {
        match group {
            Group::Clip(shape, turn) => {
                let id = self.id('c');
                let rule = if shape.even_odd() { " clip-rule=\"evenodd\"" } else { "" };
                let (path, turn) = (data(&shape.path()), turned(turn));
                self.write(format_args!(
                    "<clipPath id=\"{id}\"><path{rule}{turn} d=\"{path}\"/></clipPath>\n<g clip-path=\"url(#{id})\">\n"
                ));
            }
            Group::Apart { at, opacity, blend } => {
                let place =
                    if at == Point::ZERO { String::new() } else { format!(" transform=\"translate({} {})\"", number(at.x), number(at.y)) };
                let opacity = if opacity < 1.0 { format!(" opacity=\"{}\"", number(opacity.into())) } else { String::new() };
                let blend = match blend {
                    Blend::Normal => String::new(),
                    blend => format!(" style=\"mix-blend-mode:{};isolation:isolate\"", mode(blend)),
                };
                self.write(format_args!("<g{place}{opacity}{blend}>\n"));
            }
        }
        self.ends.push("</g>\n");
    }

    fn open_masked(&mut self, draw: &mut dyn FnMut(&mut dyn Sheet)) {
        let id = self.id('m');
        let mut mask = Drawing { out: String::new(), count: self.count, canvas: self.canvas, ends: Vec::new() };
        draw(&mut mask);
        self.count = mask.count;
        let [x, y] = [-self.canvas.x1, -self.canvas.y1].map(number);
        let [width, height] = [self.canvas.x1 * 3.0, self.canvas.y1 * 3.0].map(number);
        self.write(format_args!(
            "<mask id=\"{id}\" style=\"mask-type:alpha\" maskUnits=\"userSpaceOnUse\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\">\n{}</mask>\n\
             <g mask=\"url(#{id})\">\n",
            mask.out
        ));
        self.ends.push("</g>\n");
    }

    fn close(&mut self) {
        self.out.push_str(self.ends.pop().unwrap_or_default());
    }
}

/// To thousandths, without needless digits.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn data(path: &BezPath) -> String {
    let mut out = String::new();
    let mut points = |letter: char, points: &[Point]| {
        out.push(letter);
        let each: Vec<String> = points.iter().map(|p| format!("{} {}", number(p.x), number(p.y))).collect();
        out.push_str(&each.join(" "));
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => points('M', &[p]),
            PathEl::LineTo(p) => points('L', &[p]),
            PathEl::QuadTo(a, p) => points('Q', &[a, p]),
            PathEl::CurveTo(a, b, p) => points('C', &[a, b, p]),
            PathEl::ClosePath => points('Z', &[]),
        }
    }
    out
}

fn turned(turn: Option<Affine>) -> String {
    let values = |turn: Affine| {
        let [a, b, c, d, e, f] = turn.as_coeffs();
        // Rotations need more digits than places.
        format!(" transform=\"matrix({a:.6} {b:.6} {c:.6} {d:.6} {} {})\"", number(e), number(f))
    };
    turn.map(values).unwrap_or_default()
}

fn part(of: &str, opacity: f64) -> String {
    if opacity < 1.0 { format!(" {of}-opacity=\"{}\"", number(opacity)) } else { String::new() }
}

fn hex(color: Color) -> String {
    format!("#{:02x}{:02x}{:02x}", color.r, color.g, color.b)
}

fn mode(blend: Blend) -> &'static str {
    match blend {
        Blend::Normal => "normal",
        Blend::Multiply => "multiply",
        Blend::Screen => "screen",
        Blend::Overlay => "overlay",
        Blend::Darken => "darken",
        Blend::Lighten => "lighten",
        Blend::ColorDodge => "color-dodge",
        Blend::ColorBurn => "color-burn",
        Blend::HardLight => "hard-light",
        Blend::SoftLight => "soft-light",
        Blend::Difference => "difference",
        Blend::Exclusion => "exclusion",
        Blend::Hue => "hue",
        Blend::Saturation => "saturation",
        Blend::Color => "color",
        Blend::Luminosity => "luminosity",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_needless_digits() {
        assert_eq!([1.0, 0.5, -0.0001, 12.3456, 100.0].map(number), ["1", "0.5", "0", "12.346", "100"]);
    }
}
