//! What glyphs say: for files that keep text as text.

use std::ops::Range;

use super::Ink;

/// A run's characters, and for each of its glyphs the bytes of them that it stands for. `skip` glyphs of the same shaped
/// run stand before it on the line.
pub fn clusters(run: &parley::GlyphRun<Ink>, skip: usize, text: &str) -> (String, Vec<Range<usize>>) {
    let shaped = run.run();
    let mut parts: Vec<(Range<usize>, usize)> = Vec::new();
    for cluster in shaped.clusters() {
        match parts.last_mut() {
            // A ligature's glyphs belong to its first letter; the others have none.
            Some((whole, _)) if cluster.is_ligature_continuation() => whole.end = cluster.text_range().end,
            _ => parts.push((cluster.text_range(), cluster.glyphs().count())),
        }
    }
    if shaped.is_rtl() {
        parts.reverse();
    }
    let each = parts.into_iter().flat_map(|(range, glyphs)| std::iter::repeat_n(range, glyphs));
    let mut ranges: Vec<Range<usize>> = each.skip(skip).take(run.glyphs().count()).collect();
    let start = ranges.iter().map(|range| range.start).min().unwrap_or(0);
    let end = ranges.iter().map(|range| range.end).max().unwrap_or(start);
    ranges.iter_mut().for_each(|range| *range = range.start - start..range.end - start);
    (text.get(start..end).unwrap_or_default().to_owned(), ranges)
}
