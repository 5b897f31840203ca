//! Stacked bars by day as SVG, with the same figures as a table beside it.

use askama::Template;

/// One bar of a chart.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    /// `24 Nov`.
    pub label: String,
    /// In the order of the series.
    pub values: Vec<i64>,
    /// Not over yet, such as today: hatched.
    pub is_open: bool,
}

impl Bar {
    fn figures(&self) -> impl Iterator<Item = String> {
        self.values.iter().map(|value| crate::text::number(*value))
    }
}

/// A chart; a template writes `{{ chart }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "ui/chart.html")]
pub(crate) struct Chart {
    /// Ends in element ids, so that several fit on a page.
    pub id: String,
    /// What the chart shows, for screen readers and as the table's caption.
    pub title: String,
    /// At most six.
    pub series: Vec<String>,
    pub bars: Vec<Bar>,
}

impl askama::filters::HtmlSafe for Chart {}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for the figures at the left, and for the days below.
const LEFT: f64 = 48.0;
const BOTTOM: f64 = 24.0;
const TOP: f64 = 8.0;
/// Half of what the longest name of a day takes, so that the last one stays inside.
const HALF: f64 = 24.0;

/// A piece of a bar in the picture's units.
struct Piece {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    series: usize,
    is_open: bool,
}

/// A line across, with its figure.
struct Rule {
    y: f64,
    label: String,
}

impl Chart {
    /// The greatest figure of the scale: the least of 1, 2 and 5 times a power of ten that holds every bar.
    fn top(&self) -> i64 {
        let greatest = self.bars.iter().map(|bar| bar.values.iter().sum::<i64>()).max().unwrap_or(0).max(4);
        let mut power = 1_i64;
        loop {
            if let Some(step) = [1, 2, 4, 5].into_iter().find(|step| step * power >= greatest) {
                return step * power;
            }
            power = power.saturating_mul(10);
        }
    }

    fn y(&self, value: i64) -> f64 {
        let room = HEIGHT - TOP - BOTTOM;
        TOP + room - room * value as f64 / self.top() as f64
    }

    fn rules(&self) -> Vec<Rule> {
        let top = self.top();
        let rule = |value: i64| Rule { y: self.y(value), label: crate::text::number(value) };
        [0, top / 2, top].into_iter().map(rule).collect()
    }

    fn slot(&self) -> f64 {
        (WIDTH - LEFT) / self.bars.len().max(1) as f64
    }

    fn pieces(&self) -> Vec<Piece> {
        let slot = self.slot();
        let width = (slot * 0.7).min(32.0);
        let mut pieces = Vec::new();
        for (index, bar) in self.bars.iter().enumerate() {
            let x = LEFT + slot * index as f64 + (slot - width) / 2.0;
            let mut below = 0;
            for (series, value) in bar.values.iter().enumerate().filter(|(_, value)| **value > 0) {
                let (low, high) = (self.y(below), self.y(below + value));
                pieces.push(Piece { x, y: high, width, height: low - high, series: series + 1, is_open: bar.is_open });
                below += value;
            }
        }
        pieces
    }

    /// Every so many days have their name below, so that names don't touch.
    fn names(&self) -> Vec<(f64, &str)> {
        let slot = self.slot();
        let each = (56.0 / slot).ceil().max(1.0) as usize;
        let bars = self.bars.iter().enumerate().step_by(each);
        bars.map(|(index, bar)| ((LEFT + slot * (index as f64 + 0.5)).min(WIDTH - HALF), bar.label.as_str())).collect()
    }

    pub(crate) fn sample(id: &str) -> Self {
        let figures = [12, 40, 0, 64, 80, 22, 9, 30, 44, 71, 18, 0, 0, 26];
        let bar = |(index, value): (usize, &i64)| Bar {
            label: format!("{} Nov", index + 11),
            values: vec![*value, value / 2, value / 4],
            is_open: index == figures.len() - 1,
        };
        Self {
            id: id.to_owned(),
            title: "Credits used by day".to_owned(),
            series: ["Quote", "Product", "Event"].map(str::to_owned).to_vec(),
            bars: figures.iter().enumerate().map(bar).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_the_ground_and_end_below_the_top() {
        let chart = Chart::sample("x");
        assert_eq!(chart.top(), 200);
        for piece in chart.pieces() {
            assert!(piece.y >= TOP - 0.01 && piece.y + piece.height <= HEIGHT - BOTTOM + 0.01);
            assert!(piece.x >= LEFT && piece.x + piece.width <= WIDTH);
        }
        let html = chart.to_string();
        assert_eq!(html.matches("<tr>").count(), 15, "a row for each day and the head");
    }

    #[test]
    fn an_empty_chart_has_a_scale() {
        let chart = Chart { bars: Vec::new(), ..Chart::sample("x") };
        assert_eq!(chart.rules().len(), 3);
        assert!(chart.to_string().contains("<svg"));
    }
}
