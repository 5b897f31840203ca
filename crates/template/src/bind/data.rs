//! Evaluating layers that show figures, and patterns.

use sha2::{Digest, Sha256};

use super::paint;
use crate::bound::{Chart, ChartForm, Dot, Pattern, PatternForm, Progress, Rating};
use crate::eval::Eval;
use crate::expr::Len;
use crate::inputs::{Item, Value};
use crate::layer::{Amount, ChartExpr, ChartLayer, PatternExpr, PatternLayer, ProgressLayer, RatingLayer, Series};

/// Space between the values of a line and the ends of its own scale, as a share of their range.
const HEADROOM: f32 = 0.08;

fn amount(amount: Amount, eval: &Eval<'_>) -> Option<f32> {
    match amount {
        Amount::Fixed(number) => Some(number as f32),
        Amount::Field(value) => match eval.value(value).as_deref() {
            Some(Value::Number(number)) => Some(*number as f32),
            _ => None,
        },
    }
}

pub(super) fn rating(rating: &RatingLayer, eval: &Eval<'_>) -> Option<Rating> {
    let value = amount(rating.value, eval)?.clamp(0.0, rating.count as f32);
    Some(Rating {
        form: rating.form.clone(),
        count: rating.count,
        value: (value / rating.step + 0.5).floor() * rating.step,
        color: paint::paint(&rating.color, eval),
        empty: paint::paint(&rating.empty, eval),
        gap: rating.gap.px(eval.roles.corner).max(0.0),
    })
}

pub(super) fn progress(progress: &ProgressLayer, eval: &Eval<'_>) -> Option<Progress> {
    Some(Progress {
        share: (amount(progress.value, eval)? / progress.to).clamp(0.0, 1.0),
        color: paint::paint(&progress.color, eval),
        track: progress.track.as_ref().map(|track| paint::paint(track, eval)),
        ring: progress.ring.map(|width| width.px(eval.roles.corner).max(0.0)),
    })
}

pub(super) fn chart(chart: &ChartLayer, eval: &Eval<'_>) -> Option<Chart> {
    let values: Vec<f32> = match &chart.values {
        Series::Fixed(values) => values.iter().map(|value| *value as f32).collect(),
        Series::List { list, member } => {
            let Some(Some(Value::List(items))) = eval.values.get(*list) else { return None };
            let number = |item: &Item| match (item, member) {
                (Item::Plain(Value::Number(number)), None) => Some(*number as f32),
                (Item::Object(members), Some(member)) => match members.get(*member)? {
                    Some(Value::Number(number)) => Some(*number as f32),
                    _ => None,
                },
                _ => None,
            };
            items.iter().filter_map(number).collect()
        }
    };
    let least = values.iter().copied().reduce(f32::min)?;
    let most = values.iter().copied().reduce(f32::max)?;
    let px = |length: Len| length.px(eval.roles.corner).max(0.0);
    let (form, (from, to)) = match &chart.form {
        ChartExpr::Line { width, smooth, under } => {
            let room = (most - least) * HEADROOM;
            let under = under.as_ref().map(|under| paint::paint(under, eval));
            (ChartForm::Line { width: px(*width), smooth: *smooth, under }, (least - room, most + room))
        }
        ChartExpr::Bar { radius } => (ChartForm::Bar { radius: px(*radius) }, (least.min(0.0), most.max(0.0))),
        ChartExpr::Donut { hole } => (ChartForm::Donut { hole: *hole }, (0.0, values.iter().map(|value| value.max(0.0)).sum())),
    };
    let last = values.len() as i64 - 1;
    Some(Chart {
        form,
        from: chart.from.unwrap_or(from),
        to: chart.to.unwrap_or(to),
        colors: chart.colors.iter().map(|color| paint::paint(color, eval)).collect(),
        gap: px(chart.gap),
        dot: chart.dot.as_ref().map(|dot| Dot {
            point: if dot.at < 0 { last + 1 + dot.at } else { dot.at }.clamp(0, last) as usize,
            size: px(dot.size),
            color: dot.color.color(eval),
            stroke: dot.stroke.as_ref().map(|stroke| paint::border(stroke, eval)),
        }),
        values,
    })
}

/// Patterns of a text that is not given are those of an empty one.
pub(super) fn pattern(pattern: &PatternLayer, eval: &Eval<'_>) -> Option<Pattern> {
    let px = |length: Len| length.px(eval.roles.corner).max(0.5);
    let form = match pattern.form {
        PatternExpr::Dots { pitch, size } => PatternForm::Dots { pitch: px(pitch), size: px(size) },
        PatternExpr::Grid { pitch, width } => PatternForm::Grid { pitch: px(pitch), width: px(width) },
        PatternExpr::Lines { pitch, width, angle } => PatternForm::Lines { pitch: px(pitch), width: px(width), angle },
        PatternExpr::Checks { pitch } => PatternForm::Checks { pitch: px(pitch) },
        PatternExpr::Truchet { pitch } => PatternForm::Truchet { pitch: px(pitch) },
        PatternExpr::Facade { pitch } => PatternForm::Facade { pitch: px(pitch) },
        PatternExpr::Wave { count, gap, value } => {
            PatternForm::Wave { count, gap: px(gap), share: amount(value, eval).unwrap_or(1.0).clamp(0.0, 1.0) }
        }
        PatternExpr::Grain { size } => PatternForm::Grain { size: px(size) },
    };
    let seed = pattern.seed.as_ref().and_then(|seed| seed.plain(eval)).unwrap_or_default();
    let digest = Sha256::digest(seed.as_bytes());
    Some(Pattern {
        form,
        colors: pattern.colors.iter().map(|color| color.color(eval)).collect(),
        seed: digest.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes)),
    })
}
