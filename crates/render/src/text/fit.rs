//! Fitting: the largest size at which a text fits its box, and what to do when none does.

use parley::Layout;
use template::bound::{Direction, Span, SpanStyle, Text};

use super::{Contexts, Ink, Line, Prepared, drop, hyphen, lines, phrases, prepare, shape::shape, widow};
use crate::fonts::Fonts;

/// Texts of at most this many characters may grow.
const SHORT: usize = 14;
const STEPS: usize = 8;

/// A text as it will be drawn.
#[derive(Clone, Debug)]
pub struct Fitted {
    pub size: f32,
    pub lines: Vec<Line>,
    /// Widest line, and line height times lines.
    pub width: f32,
    pub height: f32,
    /// Ended by an ellipsis.
    pub truncated: bool,
    /// Doesn't fit, and is drawn beyond its box.
    pub overflow: bool,
    pub characters: usize,
    /// Characters that are drawn, without the ellipsis.
    pub kept: usize,
    pub characters_left: i32,
    pub missing: Vec<char>,
    pub fallbacks: Vec<(String, usize)>,
}

/// Everything that stays the same while a text is fitted.
pub struct Task<'a, 'c> {
    pub contexts: &'c mut Contexts,
    pub fonts: &'a Fonts,
    pub spec: &'a Text,
    pub locale: &'a str,
    pub direction: Direction,
}

/// A shaped text that can be tried at sizes and widths.
pub(super) struct Trial<'a> {
    pub prepared: Prepared<'a>,
    pub layout: Layout<Ink>,
    /// Size that the layout was shaped at.
    pub shaped: f32,
}

/// Fits a text into `width` × `height` pixels; `None` is as high as it gets.
pub fn fit(
    contexts: &mut Contexts,
    fonts: &Fonts,
    spec: &Text,
    (locale, direction): (&str, Direction),
    width: f32,
    height: Option<f32>,
) -> Fitted {
    let mut task = Task { contexts, fonts, spec, locale, direction };
    let (max, min) = limits(spec);
    let mut trial = task.trial(&spec.spans, max);
    let room = Room { width: width.max(1.0), height: height.unwrap_or(f32::MAX), lines: spec.fit.max_lines.max(1) as usize };
    let characters = trial.prepared.characters;
    if let Some(fitted) = spec.drop_cap.and_then(|drop| drop::fit(&mut task, drop, &room)) {
        return fitted;
    }
    let grown = max * spec.fit.grow.clamp(1.0, 4.0);

    let size = if characters <= SHORT && grown > max && task.fits(&mut trial, max, &room.one_line()) {
        task.largest(&mut trial, max, grown, &room.one_line())
    } else if task.fits(&mut trial, max, &room) {
        max
    } else {
        task.largest(&mut trial, min, max, &room)
    };
    if task.fits(&mut trial, size, &room) {
        return task.finish(trial, size, &room, Outcome { characters, kept: characters, truncated: false, overflow: false });
    }
    // Nothing fits even at the smallest size: first break words that are wider than a line.
    let broken = if spec.arc.is_some() { None } else { hyphen::break_words(&mut task, &spec.spans, min, room.width) };
    let spans = match broken {
        Some(broken) => {
            let mut trial = task.trial(&broken, min);
            if task.fits(&mut trial, min, &room) {
                return task.finish(trial, min, &room, Outcome { characters, kept: characters, truncated: false, overflow: false });
            }
            broken
        }
        None => spec.spans.clone(),
    };
    if spec.ellipsis
        && let Some((trial, kept)) = task.shorten(&spans, min, &room)
    {
        return task.finish(trial, min, &room, Outcome { characters, kept, truncated: true, overflow: false });
    }
    let trial = task.trial(&spans, min);
    task.finish(trial, min, &room, Outcome { characters, kept: characters, truncated: false, overflow: true })
}

/// Largest and smallest size, sane whatever a document says.
pub(super) fn limits(spec: &Text) -> (f32, f32) {
    let sane = |size: f32| if size.is_finite() { size.clamp(1.0, 4096.0) } else { 16.0 };
    let max = sane(spec.fit.max);
    (max, sane(spec.fit.min).min(max))
}

#[derive(Clone, Copy)]
pub(super) struct Room {
    pub width: f32,
    pub height: f32,
    pub lines: usize,
}

pub(super) struct Outcome {
    pub characters: usize,
    pub kept: usize,
    pub truncated: bool,
    pub overflow: bool,
}

impl Room {
    fn one_line(self) -> Self {
        Self { lines: 1, ..self }
    }
}

impl<'a> Task<'a, '_> {
    pub(super) fn trial(&mut self, spans: &[Span], size: f32) -> Trial<'a> {
        let prepared = prepare(self.fonts, self.spec, spans, self.locale);
        let layout = shape(self.contexts, self.fonts, &prepared, size, self.locale);
        Trial { prepared, layout, shaped: size }
    }

    /// Width of a text on one line.
    pub fn width(&mut self, text: &str, style: SpanStyle, size: f32) -> f32 {
        let mut trial = self.trial(&[Span { text: text.to_owned(), style }], size);
        lines::break_at(&mut trial.layout, f32::MAX, 0.0).1
    }

    /// Pixels of `size` per pixel of the layout, which is shaped anew only where shapes depend on the size.
    pub(super) fn scale(&mut self, trial: &mut Trial, size: f32) -> f32 {
        if trial.prepared.optical && trial.shaped != size {
            trial.layout = shape(self.contexts, self.fonts, &trial.prepared, size, self.locale);
            trial.shaped = size;
        }
        size / trial.shaped
    }

    fn fits(&mut self, trial: &mut Trial, size: f32, room: &Room) -> bool {
        let scale = self.scale(trial, size);
        let (count, widest) = lines::break_at(&mut trial.layout, room.width / scale, self.spec.tracking * trial.shaped);
        count <= room.lines && widest * scale <= room.width + 0.05 && trial.prepared.line_height * size * count as f32 <= room.height + 0.5
    }

    /// The largest size between `low`, which is taken for granted, and `high` that fits, in quarters of a pixel.
    fn largest(&mut self, trial: &mut Trial, mut low: f32, mut high: f32, room: &Room) -> f32 {
        if self.fits(trial, high, room) {
            return high;
        }
        let least = low;
        for _ in 0..STEPS {
            let middle = (low + high) / 2.0;
            if self.fits(trial, middle, room) {
                low = middle;
            } else {
                high = middle;
            }
        }
        let rounded = (low * 4.0).floor() / 4.0;
        if rounded >= least && self.fits(trial, rounded, room) { rounded } else { low }
    }

    /// The longest beginning that fits with an ellipsis, and how many characters it has.
    fn shorten(&mut self, spans: &[Span], size: f32, room: &Room) -> Option<(Trial<'a>, usize)> {
        let all: usize = spans.iter().map(|span| span.text.chars().count()).sum();
        let (mut low, mut high) = (0, all);
        let mut best = None;
        while low < high {
            let middle = (low + high).div_ceil(2);
            let (cut, kept) = beginning(spans, middle);
            let mut trial = self.trial(&cut, size);
            if self.fits(&mut trial, size, room) {
                best = Some((trial, kept));
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        best
    }

    fn finish(&mut self, mut trial: Trial, size: f32, room: &Room, outcome: Outcome) -> Fitted {
        let scale = self.scale(&mut trial, size);
        let tracking = self.spec.tracking * trial.shaped;
        let (count, _) = lines::break_at(&mut trial.layout, room.width / scale, tracking);
        lines::even_out(&mut trial.layout, room.width / scale, tracking, self.spec.balance);
        lines::keep_compounds(&mut trial.layout, &trial.prepared.text, room.width / scale, tracking);
        widow::keep_company(&mut trial.layout, &trial.prepared.text, room.width / scale, tracking);
        phrases::keep_phrases(&mut trial.layout, &trial.prepared.text, room.width / scale, tracking);
        let lines = lines::place(&trial.layout, &trial.prepared, size, scale, room.width, self.direction);
        let width = lines.iter().map(|line| line.width).fold(0.0, f32::max);
        let height = trial.prepared.line_height * size * count as f32;
        let characters_left = self.characters_left(&mut trial, &lines, room, &outcome);
        Fitted {
            size,
            lines,
            width,
            height,
            truncated: outcome.truncated,
            overflow: outcome.overflow,
            characters: outcome.characters,
            kept: outcome.kept,
            characters_left,
            missing: trial.prepared.missing,
            fallbacks: trial.prepared.fallbacks,
        }
    }

    /// About how many more characters of the same kind would fit at the smallest size.
    pub(super) fn characters_left(&mut self, trial: &mut Trial, lines: &[Line], room: &Room, outcome: &Outcome) -> i32 {
        let (_, min) = limits(self.spec);
        if outcome.truncated || outcome.overflow {
            return outcome.kept.min(outcome.characters) as i32 - outcome.characters as i32 - i32::from(outcome.overflow);
        }
        let drawn: f32 = lines.iter().map(|line| line.width).sum();
        let size = lines.first().and_then(|line| line.runs.first()).map_or(min, |run| run.size).max(1.0);
        let each = drawn / outcome.characters.max(1) as f32 * min / size;
        let line_height = (trial.prepared.line_height * min).max(1.0);
        let most = ((room.height / line_height).floor() as usize).clamp(1, room.lines);
        if each <= 0.0 || room.width >= f32::MAX / 2.0 {
            return 0;
        }
        // A broken line leaves about half a word free.
        let share = if most == 1 { 1.0 } else { 0.9 };
        let capacity = (room.width * share / each).floor() as i32 * most as i32;
        (capacity - outcome.characters as i32).max(0)
    }
}

/// The first `count` characters with an ellipsis, cut back to a word's end where one is near.
fn beginning(spans: &[Span], count: usize) -> (Vec<Span>, usize) {
    let mut cut: Vec<Span> = Vec::new();
    let mut left = count;
    for Span { text, style } in spans {
        if left == 0 {
            break;
        }
        let part: String = text.chars().take(left).collect();
        left -= part.chars().count();
        cut.push(Span { text: part, style: *style });
    }
    let mut kept = count;
    if cut.last().is_some_and(|last| last.style.inline.is_some()) {
        cut.push(Span::plain("…"));
    } else if let Some(Span { text: last, .. }) = cut.last_mut() {
        let before = last.chars().count();
        if let Some(space) = last.rfind(char::is_whitespace)
            && last[space..].chars().count() <= 10
            && space > 0
        {
            last.truncate(space);
        }
        let trimmed = last.trim_end_matches(|c: char| c.is_whitespace() || ",;:.-–—".contains(c)).len();
        last.truncate(trimmed);
        kept -= before - last.chars().count();
        last.push('…');
    }
    (cut, kept)
}
