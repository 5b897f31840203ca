//! From bound spans to one string whose every character has a face.

use template::bound::{Font, Span, SpanStyle, Text};

use super::script::{self, Script};
use crate::fonts::{Chooser, FontKind, Fonts};

/// A text ready for shaping at any size.
pub struct Prepared<'a> {
    pub spec: &'a Text,
    pub text: String,
    /// Contiguous, in order, covering all of `text`.
    pub runs: Vec<Run<'a>>,
    pub script: Script,
    /// Multiple of the font size.
    pub line_height: f32,
    /// Share of the em, of the text's own face.
    pub ascent: f32,
    pub descent: f32,
    pub cap_height: f32,
    /// Some face's shapes depend on the size.
    pub optical: bool,
    /// Visible characters that no face has; they are left out.
    pub missing: Vec<char>,
    /// Families that helped out, with how many characters each drew.
    pub fallbacks: Vec<(String, usize)>,
    /// Characters of the text as given.
    pub characters: usize,
}

pub struct Run<'a> {
    pub end: usize,
    pub face: usize,
    pub font: &'a Font,
    pub style: SpanStyle,
    pub script: Script,
    pub emoji: bool,
}

/// Small capitals are about as high as small letters, and as heavy as their neighbours.
const SMALL: f32 = 0.8;

impl Run<'_> {
    /// Multiple of the text's size.
    pub fn size(&self, spec: &Text) -> f32 {
        spec.mark(self.style).map_or(1.0, |mark| mark.size) * if self.style.small { SMALL } else { 1.0 }
    }
}

/// Chooses faces for `spans`: the spec's own, or a part of them.
pub fn prepare<'a>(fonts: &Fonts, spec: &'a Text, spans: &[Span], locale: &str) -> Prepared<'a> {
    let whole: String = spans.iter().map(|span| span.text.as_str()).collect();
    let mut chooser = Chooser::new(fonts, script::han(&whole, locale));
    let mut prepared = Prepared {
        spec,
        text: String::with_capacity(whole.len()),
        runs: Vec::new(),
        script: if spec.script_adjust { Script::dominant(&whole) } else { Script::Other },
        line_height: spec.line_height,
        ascent: 0.9,
        descent: 0.25,
        cap_height: 0.7,
        optical: false,
        missing: Vec::new(),
        fallbacks: Vec::new(),
        characters: whole.chars().count(),
    };
    prepared.line_height = prepared.script.line_height(spec.line_height);
    if let Some(primary) = chooser.primary(&spec.font) {
        let face = &fonts.faces()[primary];
        (prepared.ascent, prepared.descent, prepared.cap_height) = (face.ascent, face.descent, face.cap_height);
    }
    for Span { text, style } in spans {
        if style.inline.is_some() {
            prepared.append_box(&mut chooser, *style);
            continue;
        }
        let accent = spec.accent.font.as_ref().filter(|_| style.accent);
        let font = spec.mark(*style).and_then(|mark| mark.font.as_ref()).or(accent).unwrap_or(&spec.font);
        prepared.append(fonts, &mut chooser, text, *style, font);
    }
    prepared.optical = prepared
        .runs
        .iter()
        .any(|run| fonts.faces()[run.face].axis(b"opsz").is_some() && !run.font.variations.iter().any(|(tag, _)| tag == "opsz"));
    prepared
}

impl<'a> Prepared<'a> {
    /// A box is one no-break space: lines break before and after it where they break around a letter.
    fn append_box(&mut self, chooser: &mut Chooser, style: SpanStyle) {
        let font = &self.spec.font;
        let Some(face) = chooser.primary(font) else { return };
        self.text.push('\u{a0}');
        self.runs.push(Run { end: self.text.len(), face, font, style, script: Script::Other, emoji: false });
    }

    fn append(&mut self, fonts: &Fonts, chooser: &mut Chooser, text: &str, style: SpanStyle, font: &'a Font) {
        let faces = fonts.faces();
        let (mut previous, mut joined) = (None::<(usize, bool)>, false);
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let c = match c {
                '\r' if characters.peek() == Some(&'\n') => continue,
                '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' | '\u{85}' => '\n',
                '\t' => ' ',
                c if c.is_control() && c != '\n' => continue,
                c => c,
            };
            let next = characters.peek().copied();
            let held = match previous {
                Some((face, emoji)) if script::continues(c) || joined || c == '\n' => {
                    // A mark that the letter's own face lacks is drawn by another one, where there is one.
                    (script::invisible(c) || emoji || chooser.has(face, c)).then_some((face, emoji))
                }
                _ => None,
            };
            let (face, emoji) = match held {
                Some(held) => held,
                None => {
                    let emoji = match next {
                        Some('\u{fe0f}') => true,
                        Some('\u{fe0e}') => false,
                        _ => script::emoji(c),
                    };
                    match chooser.face(font, c, emoji, previous.map(|(face, _)| face)) {
                        Ok(face) => (face, faces[face].kind == FontKind::Emoji),
                        Err(_) if script::invisible(c) || c.is_whitespace() => {
                            match previous.map(|(face, _)| face).or_else(|| chooser.primary(font)) {
                                Some(face) => (face, false),
                                None => continue,
                            }
                        }
                        Err(_) => {
                            if !self.missing.contains(&c) {
                                self.missing.push(c);
                            }
                            continue;
                        }
                    }
                }
            };
            joined = c == '\u{200d}';
            previous = Some((face, emoji));
            if faces[face].kind == FontKind::Fallback && faces[face].family != font.family && !c.is_whitespace() {
                match self.fallbacks.iter_mut().find(|(family, _)| *family == faces[face].family) {
                    Some((_, count)) => *count += 1,
                    None => self.fallbacks.push((faces[face].family.clone(), 1)),
                }
            }
            self.text.push(c);
            let end = self.text.len();
            let script = Script::of(c);
            match self.runs.last_mut() {
                Some(run) if run.face == face && run.style == style && std::ptr::eq(run.font, font) => {
                    run.end = end;
                    if run.script == Script::Other {
                        run.script = script;
                    }
                }
                _ => self.runs.push(Run { end, face, font, style, script, emoji }),
            }
        }
    }
}
