//! Dates by skeleton: which parts are shown; the locale says in which order and form.

use std::cell::RefCell;

use icu_calendar::{Gregorian, Iso};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::builder::{DateFields, FieldSetBuilder};
use icu_datetime::fieldsets::enums::CompositeDateTimeFieldSet;
use icu_datetime::input::{Date as IcuDate, DateTime, Time};
use icu_datetime::options::{Length, TimePrecision, YearStyle};

use super::Formats;
use crate::date::Date;
use crate::read::Wrong;

/// Parts of a date: `d`, `MMMM`, `EEE d MMM`, `y`, `jm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Skeleton {
    year: bool,
    /// Letters M: 1 or 2 a figure, 3 short, 4 in full.
    month: u8,
    day: u8,
    /// Letters E: up to 3 short, 4 in full.
    weekday: u8,
    time: bool,
}

impl Default for Skeleton {
    /// `d MMM y`
    fn default() -> Self {
        Self { year: true, month: 3, day: 1, weekday: 0, time: false }
    }
}

impl Skeleton {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let count = |letter: char| text.chars().filter(|c| *c == letter).count() as u8;
        for c in text.chars() {
            if c.is_alphabetic() && !"yMdEjHhm".contains(c) {
                let hint = "letters are y, M (MMM short, MMMM in full), d, E (EEEE in full) and jm for the time".to_owned();
                return Err(Wrong::with(format!("\"{c}\" is no part of a date"), hint));
            }
        }
        let skeleton = Self {
            year: text.contains('y'),
            month: count('M').min(4),
            day: count('d').min(2),
            weekday: count('E').min(4),
            time: text.contains(['j', 'H', 'h', 'm']),
        };
        let time_alone = skeleton.time && !skeleton.has_date();
        if skeleton.fields().is_none() && !time_alone {
            let hint = "for instance \"d\", \"MMMM\", \"EEEE\", \"d MMM\", \"MMM y\", \"EEE d MMM\", \"d MMM y\", \"jm\"".to_owned();
            return Err(Wrong::with(format!("\"{text}\" is no combination that locales know"), hint));
        }
        Ok(skeleton)
    }

    fn has_date(&self) -> bool {
        self.year || self.month > 0 || self.day > 0 || self.weekday > 0
    }

    fn fields(&self) -> Option<DateFields> {
        Some(match (self.year, self.month > 0, self.day > 0, self.weekday > 0) {
            (false, false, true, false) => DateFields::D,
            (false, true, true, false) => DateFields::MD,
            (true, true, true, false) => DateFields::YMD,
            (false, false, true, true) => DateFields::DE,
            (false, true, true, true) => DateFields::MDE,
            (true, true, true, true) => DateFields::YMDE,
            (false, false, false, true) => DateFields::E,
            (false, true, false, false) => DateFields::M,
            (true, true, false, false) => DateFields::YM,
            (true, false, false, false) => DateFields::Y,
            _ => return None,
        })
    }

    fn field_set(&self) -> Option<CompositeDateTimeFieldSet> {
        let mut builder = FieldSetBuilder::new();
        builder.date_fields = self.fields();
        builder.time_precision = self.time.then_some(TimePrecision::Minute);
        let letters = if self.month > 0 { self.month } else { self.weekday };
        builder.length = Some(match letters {
            4 => Length::Long,
            1 | 2 if self.month > 0 => Length::Short,
            _ => Length::Medium,
        });
        builder.year_style = self.year.then_some(YearStyle::Full);
        builder.build_composite_datetime().ok()
    }

    /// The day alone: a big figure needs no more than its digits.
    fn only_day(&self) -> bool {
        self.fields() == Some(DateFields::D) && !self.time
    }
}

/// Skeletons kept per locale.
const KEPT: usize = 32;

#[derive(Default)]
pub(crate) struct Dates {
    kept: RefCell<Vec<(Skeleton, Formatter)>>,
}

type Formatter = FixedCalendarDateTimeFormatter<Gregorian, CompositeDateTimeFieldSet>;

impl Dates {
    /// Empty for a time that the date does not have.
    pub fn format(&self, formats: &Formats, date: Date, skeleton: &Skeleton) -> String {
        if skeleton.only_day() {
            return formats.padded(u32::from(date.day), i16::from(skeleton.day));
        }
        if skeleton.time && date.time.is_none() {
            let day = Skeleton { time: false, ..*skeleton };
            return if day.has_date() { self.format(formats, date, &day) } else { String::new() };
        }
        self.shown(formats, date, skeleton).unwrap_or_else(|| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
    }

    fn shown(&self, formats: &Formats, date: Date, skeleton: &Skeleton) -> Option<String> {
        let (hour, minute, second) = date.time.unwrap_or_default();
        let day = IcuDate::<Iso>::try_new_iso(date.year, date.month, date.day).ok()?.to_calendar(Gregorian);
        let input = DateTime { date: day, time: Time::try_new(hour, minute, second.min(59), 0).ok()? };
        let mut kept = self.kept.borrow_mut();
        if let Some((_, formatter)) = kept.iter().find(|(known, _)| known == skeleton) {
            return Some(formatter.format(&input).to_string());
        }
        let formatter = Formatter::try_new((&formats.locale).into(), skeleton.field_set()?).ok()?;
        let shown = formatter.format(&input).to_string();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((*skeleton, formatter));
        Some(shown)
    }
}
