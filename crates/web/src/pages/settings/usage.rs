//! `/t/{team}/settings/usage`: credits and pictures by day, split, with what is left and for how long.

use std::collections::BTreeMap;

use app::{Timestamp, UsageBy, UsageView};
use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::Credits;
use serde::Deserialize;

use crate::Web;
use crate::chart::{Bar, Chart};
use crate::csv::Csv;
use crate::error::PageError;
use crate::page::{Page, show};
use crate::text;
use crate::who::InTeam;

/// Microseconds.
const DAY: i64 = 86_400_000_000;
/// Parts that have a colour of their own; the sixth is everything else.
const PARTS: usize = 5;

pub(super) fn routes() -> Router<Web> {
    Router::new().route("/t/{team}/settings/usage", get(page)).route("/t/{team}/settings/usage.csv", get(file))
}

#[derive(Template)]
#[template(path = "settings/usage.html")]
struct Usage {
    page: Page,
    csv: String,
    /// Address, name, chosen.
    ranges: Vec<(String, &'static str, bool)>,
    splits: Vec<(String, &'static str, bool)>,
    /// Figure and what it counts.
    stats: Vec<(String, String)>,
    forecast: String,
    chart: Option<Chart>,
}

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    range: String,
    #[serde(default)]
    by: String,
}

const RANGES: [(&str, &str); 3] = [("period", "This period"), ("30", "30 days"), ("90", "90 days")];
const SPLITS: [(&str, &str, UsageBy); 3] =
    [("template", "Template", UsageBy::Template), ("key", "Key", UsageBy::Key), ("member", "Member", UsageBy::Member)];

impl Asked {
    fn range(&self) -> &'static str {
        RANGES.iter().find(|(word, _)| *word == self.range).map_or("period", |(word, _)| word)
    }

    fn split(&self) -> (&'static str, UsageBy) {
        SPLITS.iter().find(|(word, ..)| *word == self.by).map_or(("template", UsageBy::Template), |(word, _, by)| (*word, *by))
    }

    /// From midnight to midnight, in UTC.
    fn days(&self, credits: &Credits, now: Timestamp) -> (Timestamp, Timestamp) {
        let tomorrow = now.as_micros().div_euclid(DAY) + 1;
        let first = match self.range() {
            "30" => tomorrow - 30,
            "90" => tomorrow - 90,
            _ => return (credits.period.start, credits.period.end),
        };
        (Timestamp::from_micros(first * DAY), Timestamp::from_micros(tomorrow * DAY))
    }
}

async fn look(who: &InTeam, web: &Web, asked: &Asked) -> Result<(UsageView, Timestamp, Timestamp), PageError> {
    let credits = web.app().team_credits(&who.member).await?;
    let (from, to) = asked.days(&credits, web.app().now());
    Ok((web.app().usage(&who.member, from, to, asked.split().1).await?, from, to))
}

async fn page(who: InTeam, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (view, from, to) = look(&who, &web, &asked).await?;
    let page = who.page("Usage", "usage");
    show(&Usage::new(page, &who.path(""), &asked, &view, (from, to), web.app().now()))
}

async fn file(who: InTeam, State(web): State<Web>, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let (view, ..) = look(&who, &web, &asked).await?;
    let mut csv = Csv::new(&["day", asked.split().0, "credits", "pictures", "failed"]);
    for row in &view.days {
        let day = row.day.to_string();
        let figures = [row.credits, row.pictures, row.failed].map(|figure| figure.to_string());
        csv.row(&[day.get(..10).unwrap_or_default(), &row.part, &figures[0], &figures[1], &figures[2]]);
    }
    Ok(csv.answer("usage.csv"))
}

impl Usage {
    fn new(page: Page, base: &str, asked: &Asked, view: &UsageView, (from, to): (Timestamp, Timestamp), now: Timestamp) -> Self {
        let (range, split) = (asked.range(), asked.split().0);
        let path = format!("{base}/settings/usage");
        let credits = &view.credits;
        let sum = |figure: fn(&app::UsageOf) -> i64| view.days.iter().map(figure).sum::<i64>();
        let (pictures, failed) = (sum(|row| row.pictures), sum(|row| row.failed));
        let left = if credits.unlimited { "Unlimited".to_owned() } else { text::number(credits.remaining()) };
        Self {
            csv: format!("{path}.csv?range={range}&by={split}"),
            ranges: RANGES.iter().map(|(word, name)| (format!("{path}?range={word}&by={split}"), *name, *word == range)).collect(),
            splits: SPLITS.iter().map(|(word, name, _)| (format!("{path}?range={range}&by={word}"), *name, *word == split)).collect(),
            stats: vec![
                (text::number(credits.used), "credits used this period".to_owned()),
                (left, "credits left".to_owned()),
                (text::number(pictures), "pictures shown here".to_owned()),
                (text::number(failed), "failed, not charged".to_owned()),
            ],
            forecast: forecast(credits, now),
            chart: (!view.days.is_empty()).then(|| chart(view, from, to, now)),
            page,
        }
    }
}

/// How long the credits last at the period's pace so far.
fn forecast(credits: &Credits, now: Timestamp) -> String {
    let renewal = text::date(credits.period.end);
    if credits.unlimited || credits.used == 0 || credits.remaining() == 0 {
        return format!("The period ends on {renewal}.");
    }
    let elapsed = (now.as_micros() - credits.period.start.as_micros()).max(DAY);
    let rest = i128::from(credits.remaining()) * i128::from(elapsed) / i128::from(credits.used);
    let end = i128::from(now.as_micros()) + rest;
    if end >= i128::from(credits.period.end.as_micros()) {
        return format!("At this pace the credits last until the period ends on {renewal}.");
    }
    let end = Timestamp::from_micros(i64::try_from(end).unwrap_or(i64::MAX));
    format!("At this pace the credits last until {}. The period ends on {renewal}.", text::date(end))
}

/// A bar for each day, the largest parts first.
fn chart(view: &UsageView, from: Timestamp, to: Timestamp, now: Timestamp) -> Chart {
    let mut totals: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &view.days {
        *totals.entry(&row.part).or_default() += row.credits;
    }
    let mut parts: Vec<(&str, i64)> = totals.into_iter().collect();
    parts.sort_by_key(|(_, credits)| std::cmp::Reverse(*credits));
    let mut series: Vec<String> = parts.iter().take(PARTS).map(|(name, _)| (*name).to_owned()).collect();
    let has_rest = parts.len() > PARTS;
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for row in &view.days {
        let place = series.iter().position(|name| *name == row.part).unwrap_or(PARTS);
        let values = days.entry(row.day.as_micros().div_euclid(DAY)).or_insert_with(|| vec![0; series.len() + usize::from(has_rest)]);
        if let Some(value) = values.get_mut(place) {
            *value += row.credits;
        }
    }
    if has_rest {
        series.push("Everything else".to_owned());
    }
    let today = now.as_micros().div_euclid(DAY);
    let (first, end) = (from.as_micros().div_euclid(DAY), to.as_micros().div_euclid(DAY));
    let bar = |day: i64| Bar {
        label: text::day(Timestamp::from_micros(day * DAY)),
        values: days.remove(&day).unwrap_or_else(|| vec![0; series.len()]),
        is_open: day == today,
    };
    let bars = (first..end).map(bar).collect();
    Chart { id: "usage".to_owned(), title: "Credits used by day".to_owned(), series, bars }
}

pub(super) fn samples() -> Vec<(&'static str, askama::Result<String>)> {
    let now = super::sample_now();
    let usage = |parts: usize, used: i64| {
        let period = domain::Period::containing(now, now);
        let credits = Credits { period, unlimited: false, included: 100, purchased: 0, adjusted: 0, used, reserved: 0 };
        let row = |part: usize| app::UsageOf { day: period.start, part: format!("<Part> {part}"), credits: 3, pictures: 4, failed: 1 };
        let view = UsageView { credits, days: (0..parts).map(row).collect() };
        Usage::new(Page::team_sample("Usage", "usage"), "/t/northbank", &Asked::default(), &view, (period.start, period.end), now).render()
    };
    vec![("usage, none", usage(0, 0)), ("usage", usage(2, 85)), ("usage at its end", usage(9, 100))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credits(used: i64) -> Credits {
        let start: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let period = domain::Period::containing(start, start);
        Credits { period, unlimited: false, included: 100, purchased: 0, adjusted: 0, used, reserved: 0 }
    }

    #[test]
    fn the_pace_so_far_says_how_long_the_credits_last() {
        let now = "2026-03-11T00:00:00Z".parse().unwrap();
        assert!(forecast(&credits(50), now).starts_with("At this pace the credits last until 21\u{a0}Mar\u{a0}2026."));
        assert!(forecast(&credits(10), now).contains("until the period ends on 1\u{a0}Apr\u{a0}2026"));
        assert_eq!(forecast(&credits(0), now), "The period ends on 1\u{a0}Apr\u{a0}2026.");
    }

    #[test]
    fn every_day_has_a_bar_and_the_sixth_part_is_the_rest() {
        let credits = credits(0);
        let row = |part: i64| app::UsageOf { day: credits.period.start, part: part.to_string(), credits: part + 1, pictures: 0, failed: 0 };
        let view = UsageView { credits, days: (0..8).map(row).collect() };
        let chart = chart(&view, credits.period.start, credits.period.end, credits.period.start);
        assert_eq!(chart.bars.len(), 31);
        assert_eq!(chart.series, ["7", "6", "5", "4", "3", "Everything else"]);
        assert_eq!(chart.bars[0].values, [8, 7, 6, 5, 4, 1 + 2 + 3]);
        assert!(chart.bars[0].is_open && chart.bars[1].values.iter().all(|value| *value == 0));
    }
}
