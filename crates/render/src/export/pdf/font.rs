//! Faces as PDF embeds them: only the glyphs that are used, at one place of their axes.

use krilla::text::{Font, Tag};
use skrifa::{FontRef, MetadataProvider, instance::NormalizedCoord};

use crate::scene::TextRun;

/// Halvings of an axis, until its place is exact in what fonts count with.
const STEPS: usize = 32;

/// The faces of a document.
#[derive(Default)]
pub struct Fonts {
    known: Vec<(Key, Option<Font>)>,
}

/// Which data, which face of it, and where on its axes.
type Key = (u64, u32, Vec<i16>);

impl Fonts {
    /// A run's face; `None` if it can't be embedded.
    pub fn get(&mut self, run: &TextRun) -> Option<Font> {
        let key = (run.font.data.id(), run.font.index, run.coords.clone());
        if let Some((_, font)) = self.known.iter().find(|(known, _)| *known == key) {
            return font.clone();
        }
        let font = axes(run).and_then(|axes| {
            let (data, _) = run.font.data.clone().into_raw_parts();
            Font::new_variable(data.into(), run.font.index, &axes)
        });
        self.known.push((key, font.clone()));
        font
    }
}

/// Values of the face's axes that stand for the run's normalised coordinates.
fn axes(run: &TextRun) -> Option<Vec<(Tag, f32)>> {
    let font = FontRef::from_index(run.font.data.data(), run.font.index).ok()?;
    let all = font.axes();
    let value = |(at, axis): (usize, skrifa::Axis)| {
        let wanted = NormalizedCoord::from_bits(run.coords.get(at).copied().unwrap_or(0));
        let coord = |value: f32| all.location([(axis.tag(), value)]).coords().get(at).copied().unwrap_or_default();
        let (mut low, mut high) = (axis.min_value(), axis.max_value());
        let mut value = axis.default_value();
        for _ in 0..STEPS {
            match coord(value).cmp(&wanted) {
                std::cmp::Ordering::Equal => break,
                std::cmp::Ordering::Less => low = value,
                std::cmp::Ordering::Greater => high = value,
            }
            value = (low + high) / 2.0;
        }
        (Tag::new(&axis.tag().to_be_bytes()), value)
    };
    Some(all.iter().enumerate().map(value).collect())
}
