//! Drop caps: a first letter several lines high, and lines that begin beside it.

use parley::Layout;
use template::bound::{Direction, DropCap, Span, SpanStyle, TextAlign};

use super::{
    Ink,
    fit::{Fitted, Outcome, Room, Task, Trial, limits},
    lines::{self, Line, opens},
};

/// Size that the letter is shaped at to be measured.
const SAMPLE: f32 = 100.0;
const STEPS: usize = 8;

/// The letter's own measures as shares of its size.
struct Letter<'a> {
    trial: Trial<'a>,
    width: f32,
    cap_height: f32,
}

/// Fits a text with its drop cap; `None` where it has no letter to begin with, or does not fit with one.
pub fn fit(task: &mut Task<'_, '_>, drop: DropCap, room: &Room) -> Option<Fitted> {
    let (first, spans) = split(&task.spec.spans)?;
    if task.direction == Direction::Rtl {
        return None;
    }
    let (max, min) = limits(task.spec);
    let letter = letter(task, first, drop)?;
    let mut trial = task.trial(&spans, max);
    if trial.layout.is_rtl() {
        return None;
    }
    // All lengths are multiples of the size: so is what the letter takes of the lines.
    let prepared = &trial.prepared;
    let high = (drop.lines - 1) as f32 * prepared.line_height + prepared.cap_height;
    let indent = high / letter.cap_height * letter.width + drop.gap;
    let mut fits = |trial: &mut Trial<'_>, size: f32| {
        let scale = task.scale(trial, size);
        let (count, widest) = break_beside(&mut trial.layout, room.width / scale, indent * trial.shaped, drop.lines as usize);
        let high = trial.prepared.line_height * size * count as f32;
        (count <= room.lines && widest * scale <= room.width + 0.05 && high <= room.height + 0.5).then_some(count)
    };
    let mut size = max;
    if fits(&mut trial, max).is_none() {
        let (mut low, mut high) = (min, max);
        fits(&mut trial, min)?;
        for _ in 0..STEPS {
            let middle = (low + high) / 2.0;
            if fits(&mut trial, middle).is_some() { low = middle } else { high = middle }
        }
        size = low;
    }
    let count = fits(&mut trial, size).filter(|count| *count >= drop.lines as usize)?;
    let scale = task.scale(&mut trial, size);
    let mut placed = lines::place(&trial.layout, &trial.prepared, size, scale, room.width, task.direction);
    let align = match task.spec.align {
        TextAlign::Start | TextAlign::Left => 0.0,
        TextAlign::Center => 0.5,
        TextAlign::End | TextAlign::Right => 1.0,
    };
    for line in placed.iter_mut().take(drop.lines as usize) {
        shift(line, indent * size * (1.0 - align));
    }
    let down = trial.prepared.line_height * size * (drop.lines - 1) as f32;
    let large = high / letter.cap_height * size;
    let own = lines::place(&letter.trial.layout, &letter.trial.prepared, large, large / letter.trial.shaped, f32::MAX, task.direction);
    for mut run in own.into_iter().flat_map(|line| line.runs) {
        run.glyphs.iter_mut().for_each(|glyph| glyph.y += down);
        run.raise = -down;
        placed[0].runs.push(run);
    }
    let width = placed.iter().map(|line| line.x + line.width).fold(0.0, f32::max);
    let height = trial.prepared.line_height * size * count as f32;
    let characters = trial.prepared.characters + first.chars().count();
    let outcome = Outcome { characters, kept: characters, truncated: false, overflow: false };
    let characters_left = task.characters_left(&mut trial, &placed, room, &outcome);
    let mut missing = trial.prepared.missing;
    missing.extend(letter.trial.prepared.missing);
    Some(Fitted {
        size,
        lines: placed,
        width,
        height,
        truncated: false,
        overflow: false,
        characters,
        kept: characters,
        characters_left,
        missing,
        fallbacks: trial.prepared.fallbacks,
    })
}

/// The first letter with the quotation mark before it, and the rest.
fn split(spans: &[Span]) -> Option<(&str, Vec<Span>)> {
    let first = spans.first().filter(|first| first.style.inline.is_none())?;
    let mark = first.text.chars().next().filter(|c| opens(*c)).map_or(0, char::len_utf8);
    let letter = first.text[mark..].chars().next().filter(|c| c.is_alphanumeric())?;
    let (letter, rest) = first.text.split_at(mark + letter.len_utf8());
    let mut spans = spans.to_vec();
    spans[0].text = rest.trim_start().to_owned();
    spans.retain(|span| !span.text.is_empty());
    (!spans.is_empty()).then_some((letter, spans))
}

fn letter<'a>(task: &mut Task<'a, '_>, text: &str, drop: DropCap) -> Option<Letter<'a>> {
    let style = SpanStyle { mark: Some(drop.mark), ..SpanStyle::default() };
    let mut trial = task.trial(&[Span { text: text.to_owned(), style }], SAMPLE);
    let width = lines::break_at(&mut trial.layout, f32::MAX, task.spec.tracking * SAMPLE).1 / SAMPLE;
    let cap_height = task.fonts.faces()[trial.prepared.runs.last()?.face].cap_height;
    (cap_height > 0.0 && width > 0.0).then_some(Letter { trial, width, cap_height })
}

/// Breaks the first lines that much narrower; the number of lines and how far the widest reaches.
fn break_beside(layout: &mut Layout<Ink>, width: f32, indent: f32, beside: usize) -> (usize, f32) {
    let width = width.min(f32::MAX / 4.0);
    let mut breaker = layout.break_lines();
    breaker.state_mut().set_layout_max_advance(width);
    let mut at = 0;
    loop {
        let room = if at < beside { (width - indent).max(1.0) } else { width };
        breaker.state_mut().set_line_max_advance(room);
        if breaker.break_next().is_none() {
            break;
        }
        at += 1;
    }
    breaker.finish();
    let reach = layout.lines().enumerate().map(|(i, line)| {
        let metrics = line.metrics();
        metrics.advance - metrics.hanging_advance + if i < beside { indent } else { 0.0 }
    });
    (layout.len(), reach.fold(0.0, f32::max))
}

fn shift(line: &mut Line, by: f32) {
    line.x += by;
    for run in &mut line.runs {
        run.x += by;
        run.glyphs.iter_mut().for_each(|glyph| glyph.x += by);
    }
    line.inline.iter_mut().for_each(|inline| inline.x += by);
}
