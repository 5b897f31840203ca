//! Broken lines: balance, widths, and glyphs where they will stand.

use std::ops::Range;

use parley::{FontData, Layout, PositionedLayoutItem};
use template::bound::{Direction, TextAlign};
use vello_cpu::Glyph;

use super::{Ink, Prepared, clusters::clusters, widow::LEAST};

/// A line of glyphs; `baseline` is measured from the top of the text's first line.
#[derive(Clone, Debug)]
pub struct Line {
    pub baseline: f32,
    /// Left edge and width of what is seen, within the text's box.
    pub x: f32,
    pub width: f32,
    /// How far an opening quotation mark hangs beyond the edge: to the left, or below 0 to the right.
    pub hang: f32,
    pub runs: Vec<GlyphRun>,
    pub inline: Vec<Inline>,
}

/// A box in the line, by its place in the text's list.
#[derive(Clone, Copy, Debug)]
pub struct Inline {
    pub at: u16,
    pub x: f32,
    pub width: f32,
    /// How far above the baseline the middle of the capitals lies.
    pub middle: f32,
}

#[derive(Clone, Debug)]
pub struct GlyphRun {
    pub font: FontData,
    pub size: f32,
    pub coords: Vec<i16>,
    /// `x` within the text's box, `y` relative to the baseline.
    pub glyphs: Vec<Glyph>,
    /// What the glyphs say, and which bytes of it each one stands for.
    pub text: String,
    pub clusters: Vec<Range<usize>>,
    pub ink: Ink,
    pub x: f32,
    pub advance: f32,
    /// Of the run's baseline above the line's.
    pub raise: f32,
    /// Of each glyph, where the text follows an arc; empty elsewhere.
    pub advances: Vec<f32>,
}

/// Width of what is seen of a line: no trailing space, no tracking after the last letter.
fn seen(line: &parley::Line<Ink>, tracking: f32) -> f32 {
    let metrics = line.metrics();
    (metrics.advance - metrics.hanging_advance - tracking.max(0.0)).max(0.0)
}

/// Breaks at `width` and returns the number of lines and the widest.
pub fn break_at(layout: &mut Layout<Ink>, width: f32, tracking: f32) -> (usize, f32) {
    layout.break_all_lines((width < f32::MAX / 2.0).then_some(width));
    (layout.len(), layout.lines().map(|line| seen(&line, tracking)).fold(0.0, f32::max))
}

/// Widths of the lines, as they are seen.
pub fn widths(layout: &Layout<Ink>, tracking: f32) -> Vec<f32> {
    layout.lines().map(|line| seen(&line, tracking)).collect()
}

/// Breaks into one line for each width, each just wide enough for it, so that no further word finds room. False where the
/// text takes another number of lines.
pub fn break_to(layout: &mut Layout<Ink>, widths: &[f32], tracking: f32) -> bool {
    let mut breaker = layout.break_lines();
    breaker.state_mut().set_layout_max_advance(f32::INFINITY);
    for width in widths {
        breaker.state_mut().set_line_max_advance(width + tracking.abs() + 0.5);
        if breaker.break_next().is_none() {
            break;
        }
    }
    let done = breaker.is_done();
    breaker.finish();
    done && layout.len() == widths.len()
}

/// Re-breaks lines that are already known to fit `width`: about equal lengths if `balance`, else only so that the last
/// line is no widow. Returns the width that was broken at.
pub fn even_out(layout: &mut Layout<Ink>, width: f32, tracking: f32, balance: bool) -> f32 {
    let (count, widest) = break_at(layout, width, tracking);
    if count < 2 || width >= f32::MAX / 2.0 {
        return width;
    }
    let last_share = |layout: &Layout<Ink>| {
        let widths = widths(layout, tracking);
        widths.last().copied().unwrap_or(0.0) / widths.iter().copied().fold(1.0, f32::max)
    };
    if !balance && last_share(layout) >= LEAST {
        return width;
    }
    let (mut low, mut high) = (widest * 0.4, widest);
    for _ in 0..8 {
        let middle = (low + high) / 2.0;
        let (lines, longest) = break_at(layout, middle, tracking);
        if lines == count && longest <= middle * 1.0005 {
            high = middle;
        } else {
            low = middle;
        }
        if !balance && lines == count && last_share(layout) >= LEAST {
            break;
        }
    }
    let chosen = high * 1.0005;
    break_at(layout, chosen, tracking);
    chosen
}

/// Re-breaks evened lines that end inside a hyphenated word ("Slow-" and "Brew" apart) at the least width that keeps their
/// number and needs no such break; where there is none, they stay as they are.
pub fn keep_compounds(layout: &mut Layout<Ink>, text: &str, width: f32, tracking: f32) {
    const STEPS: u8 = 12;
    let splits = |layout: &Layout<Ink>| {
        let all_but_last = layout.len().saturating_sub(1);
        layout.lines().take(all_but_last).any(|line| text[line.text_range()].ends_with(['-', '\u{2010}']))
    };
    if width >= f32::MAX / 2.0 || !splits(layout) {
        return;
    }
    let count = layout.len();
    let evened = layout.lines().map(|line| seen(&line, tracking)).fold(0.0, f32::max) * 1.0005;
    for step in 1..=STEPS {
        let tried = evened + (width - evened) * f32::from(step) / f32::from(STEPS);
        if break_at(layout, tried, tracking).0 == count && !splits(layout) {
            return;
        }
    }
    break_at(layout, evened, tracking);
}

/// Quotation marks that may hang outside the edge.
pub fn opens(c: char) -> bool {
    matches!(c, '“' | '„' | '«' | '»' | '‘' | '‚' | '‹' | '"' | '「' | '『' | '‟')
}

/// Places the glyphs of a broken layout. `scale` turns the layout's lengths into canvas pixels; `width` is the box's.
pub fn place(layout: &Layout<Ink>, prepared: &Prepared, size: f32, scale: f32, width: f32, direction: Direction) -> Vec<Line> {
    let spec = prepared.spec;
    let rtl = layout.is_rtl();
    let align = match (spec.align, direction == Direction::Rtl || rtl) {
        (TextAlign::Start, false) | (TextAlign::End, true) | (TextAlign::Left, _) => 0.0,
        (TextAlign::Center, _) => 0.5,
        (TextAlign::End, false) | (TextAlign::Start, true) | (TextAlign::Right, _) => 1.0,
    };
    let line_height = prepared.line_height * size;
    let above = (line_height - (prepared.ascent + prepared.descent) * size) / 2.0 + prepared.ascent * size;
    let tracking = spec.tracking * size / scale;
    let mut lines = Vec::with_capacity(layout.len());
    for (index, line) in layout.lines().enumerate() {
        let seen = seen(&line, tracking) * scale;
        let room = if width.is_finite() && width < f32::MAX / 2.0 { width - seen } else { 0.0 };
        let mut x = room * align;
        let mut hang = 0.0;
        let mut runs = Vec::new();
        let mut inline = Vec::new();
        let mut before = (usize::MAX, 0);
        for item in line.items() {
            let PositionedLayoutItem::GlyphRun(run) = item else { continue };
            let skip = if before.0 == run.run().index() { before.1 } else { 0 };
            before = (run.run().index(), skip + run.glyphs().count());
            runs.push((run.offset(), skip, run));
        }
        // Trailing space of right-to-left lines stands at their left.
        let metrics = line.metrics();
        let shift = if rtl { -metrics.hanging_advance * scale } else { 0.0 } - metrics.offset * scale;
        if spec.hang && index == 0 && align != 0.5 {
            let first = prepared.text[line.text_range()].chars().next();
            if first.is_some_and(opens) {
                // A short text that has grown hangs no farther than at its usual size, or it would leave the margin.
                hang = first_advance(&line).map_or(0.0, |a| (a * scale).min(0.42 * size.min(spec.fit.max)));
                hang = if align == 0.0 { hang } else { -hang };
                x -= hang;
            }
        }
        let runs = runs
            .into_iter()
            .filter_map(|(offset, skip, run)| {
                let baseline = run.baseline();
                let ink = run.style().brush;
                if let Some(at) = ink.style.inline {
                    let middle = prepared.cap_height * size / 2.0;
                    let glyphs = run.positioned_glyphs();
                    inline.extend(glyphs.map(|g| Inline { at, x: x + shift + g.x * scale, width: g.advance * scale, middle }));
                    return None;
                }
                let raise = spec.mark(ink.style).map_or(0.0, |mark| mark.raise * size);
                let glyphs =
                    run.positioned_glyphs().map(|g| Glyph { id: g.id, x: x + shift + g.x * scale, y: (g.y - baseline) * scale - raise });
                let (text, clusters) = clusters(&run, skip, &prepared.text);
                Some(GlyphRun {
                    font: run.run().font().clone(),
                    size: run.run().font_size() * scale,
                    coords: run.run().normalized_coords().iter().map(|c| c.to_bits()).collect(),
                    glyphs: glyphs.collect(),
                    text,
                    clusters,
                    ink,
                    x: x + shift + offset * scale,
                    advance: run.advance() * scale,
                    raise,
                    advances: if spec.arc.is_some() { run.glyphs().map(|g| g.advance * scale).collect() } else { Vec::new() },
                })
            })
            .collect();
        lines.push(Line { baseline: above + line_height * index as f32, x, width: seen, hang, runs, inline });
    }
    lines
}

fn first_advance(line: &parley::Line<Ink>) -> Option<f32> {
    let start = line.text_range().start;
    line.runs().flat_map(|run| run.clusters()).find(|c| c.text_range().start == start).map(|c| c.advance())
}
