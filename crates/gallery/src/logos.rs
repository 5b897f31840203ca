//! The demo kits' logos: a drawn mark, and the name turned to paths from the kit's heading face.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};
use vello_cpu::kurbo::{Affine, BezPath, Cap, Circle, Join, PathEl, Rect, Shape, Stroke, StrokeOpts, stroke};

struct Logo {
    kit: &'static str,
    name: &'static str,
    font: &'static str,
    axes: &'static [(&'static str, f32)],
    tracking: f64,
    /// Extra space in em after the letter at an index, where two letters need it (outlines know no kerning).
    kerning: &'static [(usize, f64)],
    mark: fn() -> [BezPath; 2],
    /// Colours of the two parts on light and on dark ground; the name takes the first.
    light: [&'static str; 2],
    dark: [&'static str; 2],
}

const LOGOS: [Logo; 4] = [
    Logo {
        kit: "halvmark",
        name: "Halvmark",
        font: "sora/sora-latin-wght-normal.woff2",
        axes: &[("wght", 600.0)],
        tracking: -0.03,
        kerning: &[],
        mark: || [path("M8 8h20v84H8z M36 40h28a28 28 0 0 1 28 28v24H72V68a8 8 0 0 0-8-8H36z"), path("M36 8h56a28 28 0 0 1-28 24H36z")],
        light: ["#0B0F1A", "#4F5EF7"],
        dark: ["#FFFFFF", "#3EE6AE"],
    },
    Logo {
        kit: "sorrelwick",
        name: "Sorrelwick",
        font: "fraunces/fraunces-latin-full-normal.woff2",
        axes: &[("wght", 560.0), ("opsz", 144.0), ("SOFT", 60.0), ("WONK", 0.0)],
        tracking: -0.012,
        kerning: &[],
        mark: || {
            let mut main = stroked("M50 96C50 62 50 44 50 30", 7.0);
            main.extend(path("M50 58C22 58 10 40 10 16c24 0 40 14 40 42z"));
            [main, path("M50 72c0-26 14-40 40-40 0 26-14 40-40 40z")]
        },
        light: ["#3B5B39", "#AE3C25"],
        dark: ["#FBF6EC", "#E5AA64"],
    },
    Logo {
        kit: "orthaven",
        name: "Orthaven",
        font: "archivo/archivo-latin-standard-normal.woff2",
        axes: &[("wght", 620.0), ("wdth", 112.0)],
        tracking: -0.015,
        kerning: &[(4, -0.012), (5, -0.012)],
        mark: || [path("M6 94V6h88v88H72V28H28v66z"), path("M42 62h16v32H42z")],
        light: ["#141414", "#C93509"],
        dark: ["#F5F4F1", "#F5F4F1"],
    },
    Logo {
        kit: "pomblo",
        name: "Pomblo",
        font: "baloo-2/baloo-2-latin-wght-normal.woff2",
        axes: &[("wght", 750.0)],
        tracking: -0.015,
        kerning: &[(0, -0.025)],
        mark: || {
            // The face is cut out, so that it has the colour of whatever lies behind.
            let mut main = path("M12 48a36 36 0 1 1 36 36h-8v4a14 14 0 0 1-28 0z");
            main.extend(Circle::new((38.0, 42.0), 6.0).to_path(0.01));
            main.extend(Circle::new((60.0, 42.0), 6.0).to_path(0.01));
            main.extend(stroked("M37 57a13 13 0 0 0 24 0", 6.0));
            [main, Circle::new((84.0, 86.0), 12.0).to_path(0.01)]
        },
        light: ["#5B2EE0", "#FFC93C"],
        dark: ["#FFFFFF", "#FFC93C"],
    },
];

/// Height of the name's capitals and its distance from the mark, in hundredths of the mark's box.
const CAPITALS: f64 = 52.0;
const GAP: f64 = 28.0;

/// Writes `<kits>/<kit>/logos/{primary,mark}-{light,dark,any}.svg`.
pub fn draw_all(fonts: &Path, kits: &Path) -> Result<(), Box<dyn Error>> {
    for logo in &LOGOS {
        let folder = kits.join(logo.kit).join("logos");
        fs::create_dir_all(&folder)?;
        let [main, second] = (logo.mark)();
        let mark = main.bounding_box().union(second.bounding_box());
        let name = wordmark(logo, &fonts.join(logo.font), mark.x1 + GAP)?;
        let one = [logo.light[0]; 2];
        for (theme, colors) in [("light", logo.light), ("dark", logo.dark), ("any", one)] {
            let parts = [(&main, colors[0]), (&second, colors[1])];
            let title = logo.name;
            fs::write(folder.join(format!("mark-{theme}.svg")), svg(title, &parts))?;
            let parts = [parts[0], parts[1], (&name, colors[0])];
            fs::write(folder.join(format!("primary-{theme}.svg")), svg(title, &parts))?;
        }
    }
    Ok(())
}

fn path(data: &str) -> BezPath {
    BezPath::from_svg(data).unwrap_or_default()
}

fn stroked(data: &str, width: f64) -> BezPath {
    let style = Stroke::new(width).with_caps(Cap::Round).with_join(Join::Round);
    stroke(path(data), &style, &StrokeOpts::default(), 0.01)
}

fn wordmark(logo: &Logo, file: &Path, left: f64) -> Result<BezPath, Box<dyn Error>> {
    let bytes = wuff::decompress_woff2(&fs::read(file)?).map_err(|error| format!("{}: {error:?}", file.display()))?;
    let font = FontRef::new(&bytes)?;
    let location = font.axes().location(logo.axes.iter().copied());
    let location = LocationRef::from(&location);
    let units = f64::from(font.metrics(Size::unscaled(), location).units_per_em);
    let (glyphs, advances, charmap) = (font.outline_glyphs(), font.glyph_metrics(Size::unscaled(), location), font.charmap());
    let outline = |letter: char| -> Result<(BezPath, f64), Box<dyn Error>> {
        let id = charmap.map(letter).ok_or("letter is not in the font")?;
        let mut pen = Pen::default();
        let glyph = glyphs.get(id).ok_or("glyph has no outline")?;
        glyph.draw(DrawSettings::unhinted(Size::unscaled(), location), &mut pen)?;
        Ok((pen.0, f64::from(advances.advance_width(id).unwrap_or(0.0))))
    };
    let scale = CAPITALS / outline('H')?.0.bounding_box().height();
    let (mut whole, mut x) = (BezPath::new(), 0.0);
    for (i, letter) in logo.name.chars().enumerate() {
        let (glyph, advance) = outline(letter)?;
        whole.extend(Affine::translate((x, 0.0)) * glyph);
        let extra = logo.kerning.iter().find(|(at, _)| *at == i).map_or(0.0, |(_, extra)| *extra);
        x += advance + (logo.tracking + extra) * units;
    }
    // Glyphs stand on y = 0 and grow upwards; capitals are centred on the mark.
    let start = left - whole.bounding_box().x0 * scale;
    let place = Affine::new([scale, 0.0, 0.0, -scale, start, 50.0 + CAPITALS / 2.0]);
    Ok(place * whole)
}

/// A tight box around the drawing: logos align by what is seen.
fn svg(title: &str, parts: &[(&BezPath, &str)]) -> String {
    let bounds = parts.iter().map(|(path, _)| path.bounding_box()).reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO);
    let (width, height) = (bounds.width().ceil(), bounds.height().ceil());
    let move_to_origin = Affine::translate((-bounds.x0, -bounds.y0));
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n  <title>{title}</title>\n"
    );
    for (i, (path, color)) in parts.iter().enumerate() {
        let data = path_data(&(move_to_origin * (*path).clone()));
        // Pomblo's face is a hole; everywhere else parts may overlap.
        let rule = if i == 0 && title == "Pomblo" { " fill-rule=\"evenodd\"" } else { "" };
        let _ = writeln!(text, "  <path fill=\"{color}\"{rule} d=\"{data}\"/>");
    }
    text.push_str("</svg>\n");
    text
}

/// Path data with two decimals.
fn path_data(path: &BezPath) -> String {
    let mut data = String::new();
    let mut put = |letter: char, points: &[vello_cpu::kurbo::Point]| {
        data.push(letter);
        for (i, point) in points.iter().enumerate() {
            let gap = if i > 0 { " " } else { "" };
            let _ = write!(data, "{gap}{} {}", round(point.x), round(point.y));
        }
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(a) => put('M', &[a]),
            PathEl::LineTo(a) => put('L', &[a]),
            PathEl::QuadTo(a, b) => put('Q', &[a, b]),
            PathEl::CurveTo(a, b, c) => put('C', &[a, b, c]),
            PathEl::ClosePath => put('Z', &[]),
        }
    }
    data
}

fn round(value: f64) -> f64 {
    // Adding zero turns −0 into 0.
    (value * 100.0).round() / 100.0 + 0.0
}

#[derive(Default)]
struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((f64::from(x), f64::from(y)));
    }
    fn quad_to(&mut self, a: f32, b: f32, x: f32, y: f32) {
        self.0.quad_to((f64::from(a), f64::from(b)), (f64::from(x), f64::from(y)));
    }
    fn curve_to(&mut self, a: f32, b: f32, c: f32, d: f32, x: f32, y: f32) {
        self.0.curve_to((f64::from(a), f64::from(b)), (f64::from(c), f64::from(d)), (f64::from(x), f64::from(y)));
    }
    fn close(&mut self) {
        self.0.close_path();
    }
}
