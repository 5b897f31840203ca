//! Which face draws which character: the text's family first, then an explicit stack, never what a library would pick.

use skrifa::charmap::Charmap;
use template::bound::Font;

use super::{FontKind, Fonts};
use crate::text::script::{self, Han};

/// A face (by its place in the set) that no character was found in.
pub struct Missing;

/// Picks faces for one text. Charmaps are opened when first needed.
pub struct Chooser<'f> {
    fonts: &'f Fonts,
    han: Option<Han>,
    stacks: Vec<(Font, Vec<usize>)>,
    maps: Vec<Option<Option<Charmap<'f>>>>,
}

impl<'f> Chooser<'f> {
    /// `han` is what the text's Chinese characters are to look like.
    pub fn new(fonts: &'f Fonts, han: Option<Han>) -> Self {
        Self { fonts, han, stacks: Vec::new(), maps: vec![None; fonts.faces().len()] }
    }

    /// The face for `character` in `font`; one that has it. `previous` is kept where it will do as well.
    pub fn face(&mut self, font: &Font, character: char, emoji: bool, previous: Option<usize>) -> Result<usize, Missing> {
        let stack = self.stack(font);
        let faces = self.fonts.faces();
        if emoji {
            let found = (0..faces.len()).find(|&i| faces[i].kind == FontKind::Emoji && self.has(i, character));
            if let Some(found) = found {
                return Ok(found);
            }
        }
        // Spaces stay with their neighbour, so that words are not cut into runs.
        if character.is_whitespace()
            && let Some(previous) = previous
            && faces[previous].kind != FontKind::Emoji
            && self.has(previous, character)
        {
            return Ok(previous);
        }
        let texts = self.stacks[stack].1.clone();
        if let Some(found) = texts.into_iter().find(|&i| self.has(i, character)) {
            return Ok(found);
        }
        // What has no text form anywhere may still be an emoji.
        let last = (0..faces.len()).find(|&i| faces[i].kind == FontKind::Emoji && self.has(i, character));
        last.ok_or(Missing)
    }

    /// The first face of a font's own family, or of the stack if there is none.
    pub fn primary(&mut self, font: &Font) -> Option<usize> {
        let stack = self.stack(font);
        self.stacks[stack].1.first().copied()
    }

    pub fn has(&mut self, face: usize, character: char) -> bool {
        let faces = self.fonts.faces();
        let map = self.maps[face].get_or_insert_with(|| faces[face].charmap());
        map.as_ref().is_some_and(|map| map.map(character).is_some_and(|glyph| glyph.to_u32() != 0))
    }

    fn stack(&mut self, font: &Font) -> usize {
        if let Some(at) = self.stacks.iter().position(|(known, _)| known == font) {
            return at;
        }
        let faces = self.fonts.faces();
        let mut stack = Vec::new();
        let mut push = |family: &str, kind: Option<FontKind>| {
            let of = |i: &usize| faces[*i].family == family && kind.is_none_or(|k| faces[*i].kind == k);
            let best = (0..faces.len()).filter(of).map(|i| faces[i].distance(font.weight, font.italic, font.width)).min();
            // All the files that match equally well are slices of one face.
            let alike = |i: &usize| Some(faces[*i].distance(font.weight, font.italic, font.width)) == best;
            stack.extend((0..faces.len()).filter(of).filter(alike));
        };
        push(&font.family, None);
        let mut families: Vec<&str> = Vec::new();
        for face in faces.iter().filter(|face| face.kind == FontKind::Fallback) {
            if !families.contains(&face.family.as_str()) && face.family != font.family {
                families.push(&face.family);
            }
        }
        families.sort_by_key(|family| script::han_rank(family, self.han));
        for family in families {
            push(family, Some(FontKind::Fallback));
        }
        self.stacks.push((font.clone(), stack));
        self.stacks.len() - 1
    }
}
