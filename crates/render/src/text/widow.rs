//! A last line that is not left alone: words of the line before it come down.

use parley::Layout;

use super::{Ink, lines};

/// Share of the longest line that a last line has at least.
pub const LEAST: f32 = 0.34;
const STEPS: u8 = 12;

/// Re-breaks the last two lines where the last is shorter than `LEAST`, and their number and `width` allow it; else lines
/// stay as they are. Evening out alone can't do this: it has one width for all lines.
pub fn keep_company(layout: &mut Layout<Ink>, text: &str, width: f32, tracking: f32) {
    let before = lines::widths(layout, tracking);
    let [.., above, last] = before[..] else { return };
    let longest = before.iter().copied().fold(0.0, f32::max);
    if last >= longest * LEAST || width >= f32::MAX / 2.0 {
        return;
    }
    for step in 1..STEPS {
        let mut tried = before.clone();
        tried[before.len() - 2] = above * (1.0 - f32::from(step) / f32::from(STEPS));
        tried[before.len() - 1] = width;
        if !lines::break_to(layout, &tried, tracking) {
            continue;
        }
        let after = lines::widths(layout, tracking);
        let [.., above, last] = after[..] else { continue };
        if layout.lines().nth_back(1).is_some_and(|line| text[line.text_range()].ends_with(['-', '\u{2010}'])) {
            // Before the compound, lines would be so narrow that the text's own box had no room to keep it whole.
            break;
        }
        if last >= longest * LEAST && above >= longest * LEAST && last <= width {
            return;
        }
    }
    lines::break_to(layout, &before, tracking);
}
