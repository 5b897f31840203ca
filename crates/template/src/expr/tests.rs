//! Colours, conditions and texts: what they evaluate to, and that no text makes their parsers panic.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::names::RoleTable;
use super::rich::Tags;
use super::*;
use crate::bound::Color;
use crate::document::RoleNames;
use crate::field::Field;
use crate::inputs::check::Check;
use crate::look::Look;
use crate::read::{Faults, Node, Source, Vars, Wrong};

/// Fields, roles and values to evaluate expressions with.
struct Bench {
    fields: Vec<Field>,
    look: Look,
    vars: Vars,
}

impl Bench {
    fn new() -> Self {
        let value = json!({
            "fields": [
                {"name": "title", "type": "text"},
                {"name": "price", "type": "number"},
                {"name": "photo", "type": "image"},
                {"name": "until", "type": "date"},
                {"name": "tone", "type": "color"},
                {"name": "code", "type": "text"},
                {"name": "list", "type": "list", "items": {"type": "text"}},
                {"name": "on", "type": "boolean"},
                {"name": "style", "type": "enum", "constraints": {"values": ["tick", "cross"]}}
            ],
            "look": {"colors": {
                "background": "#fbf6ec", "surface": "#f0e5d0", "text": "#2b2116", "muted": "#6b5d49",
                "primary": {"hex": "#3b5b39", "on": "#fbf6ec"}, "secondary": "#e5aa64", "accent": "#ae3c25"
            }}
        });
        let faults = Faults::default();
        let sources = [Source { pointer: String::new(), value: &value }];
        let root = Node::new(&value, &sources, &faults);
        let (fields, look) = (crate::field::read(&root), Look::read(&root));
        faults.into_result(Some(())).unwrap();
        let vars = json!({"ink": "brand.colors.text", "half": ".5s", "word": "yes"});
        Self { fields, look, vars: vars.as_object().unwrap().clone() }
    }

    fn with<T>(&self, read: impl FnOnce(&Names<'_>) -> Result<T, Wrong>) -> (Result<T, Wrong>, RoleNames) {
        let tables = [RoleTable::default(), RoleTable::default(), RoleTable::default()];
        let (color_roles, font_roles) = (self.look.color_roles(), self.look.font_roles());
        let result = read(&Names {
            fields: &self.fields,
            vars: Cell::new(&self.vars),
            color_roles: &color_roles,
            font_roles: &font_roles,
            colors: &tables[0],
            fonts: &tables[1],
            logos: &tables[2],
            list: Cell::new(None),
            used: RefCell::new(BTreeSet::new()),
        });
        let [colors, fonts, logos] = tables.map(RoleTable::into_names);
        (result, RoleNames { colors, fonts, logos })
    }

    fn eval<T>(&self, names: &RoleNames, data: serde_json::Value, locale: &str, run: impl FnOnce(&crate::eval::Eval<'_>) -> T) -> T {
        let mut check = Check::default();
        let values = check.all(&self.fields, &data, "inputData", false);
        assert_eq!(check.faults, []);
        let roles = self.look.roles(names, None, 1000.0);
        let formats = crate::locale::formats(locale);
        run(&crate::eval::Eval {
            values: &values,
            item: None,
            roles: &roles,
            brand: None,
            formats: &formats,
            rtl: formats.rtl,
            language: formats.language(),
        })
    }

    fn color(&self, text: &str, data: serde_json::Value) -> String {
        let (expr, names) = self.with(|names| color::parse(text, names));
        let expr = expr.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
        self.eval(&names, data, "en", |eval| expr.color(eval).hex())
    }

    fn holds(&self, text: &str, data: serde_json::Value) -> bool {
        let (expr, names) = self.with(|names| condition::parse(text, names));
        let expr = expr.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
        self.eval(&names, data, "en", |eval| expr.holds(eval))
    }

    fn text(&self, text: &str, data: serde_json::Value, locale: &str) -> Option<String> {
        let (expr, names) = self.with(|names| text::parse(text, names, &Tags::default()));
        let expr = expr.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
        self.eval(&names, data, locale, |eval| {
            let shown = |run: rich::Run| if run.style.accent { format!("[{}]", run.text) } else { run.text };
            expr.runs(eval).map(|runs| runs.into_iter().map(shown).collect())
        })
    }
}

#[test]
fn colours_are_computed() {
    let bench = Bench::new();
    for (text, expected) in [
        ("#FFF", "#ffffff"),
        ("transparent", "#00000000"),
        ("brand.colors.primary", "#3b5b39"),
        ("brand.colors.primary.on", "#fbf6ec"),
        ("on(brand.colors.primary)", "#fbf6ec"),
        ("on(brand.colors.secondary)", "#2b2116"),
        ("on(#000)", "#ffffff"),
        ("$ink", "#2b2116"),
        ("alpha($ink, 50%)", "#2b211680"),
        ("alpha(#00000080, .5)", "#00000040"),
        ("mix(#000, #fff, .5)", "#636363"),
        ("tint(#000, 1)", "#ffffff"),
        ("shade(brand.colors.accent, 0)", "#ae3c25"),
        ("if(brand.dark, #000, #fff)", "#ffffff"),
        ("if(!photo && price > 2, #111, #222)", "#111111"),
        ("{{tone}}", "#ae3c25"),
        ("{{tone | default(#123)}}", "#112233"),
        // Accent on primary is 1.3 : 1, secondary on it 3.7 : 1.
        ("pick(brand.colors.primary, brand.colors.accent, brand.colors.secondary)", "#e5aa64"),
        ("pickText(brand.colors.primary, brand.colors.accent, brand.colors.secondary)", "#fbf6ec"),
        ("pick(brand.colors.background, brand.colors.accent)", "#ae3c25"),
        // 3.2 : 1, but Lc 50: large text, not body.
        ("pickDisplay(brand.colors.background, #8f8f80)", "#8f8f80"),
        ("pickText(brand.colors.background, #8f8f80)", "#2b2116"),
        ("pickRatio(brand.colors.background, 1.08, brand.colors.background, brand.colors.surface)", "#f0e5d0"),
        ("pickRatio(brand.colors.background, 20, brand.colors.background, brand.colors.surface)", "#f0e5d0"),
    ] {
        assert_eq!(bench.color(text, json!({"price": 3})), expected, "{text}");
    }
    assert_eq!(bench.color("{{tone}}", json!({"tone": "#abc"})), "#aabbcc");
}

#[test]
fn conditions_are_decided() {
    let bench = Bench::new();
    let data = json!({"title": "Hello", "price": 0, "list": ["a", "b"], "on": false, "style": "tick"});
    for (text, expected) in [
        ("title", true),
        ("photo", false),
        ("!photo", true),
        ("price", true),
        ("on", false),
        ("!on", true),
        ("on == false", true),
        ("on != true", true),
        ("list", true),
        ("count(list) > 1 && count(list) <= 2", true),
        ("length(title) == 5", true),
        ("length(code) == 0", true),
        ("style == 'tick'", true),
        ("style != \"tick\"", false),
        ("'cross' == style", false),
        ("code == 'EUR'", false),
        ("code != 'EUR'", true),
        ("title == code", false),
        ("price < 1", true),
        ("price >= -1", true),
        ("photo || title && on", false),
        ("(photo || title) && !on", true),
        ("true", true),
        ("!!title", true),
        ("brand.dark", false),
        ("dark(brand.colors.primary)", true),
        ("brand.logos.primary", false),
        ("rtl", false),
        ("locale.language == 'en'", true),
    ] {
        assert_eq!(bench.holds(text, data.clone()), expected, "{text}");
    }
}

#[test]
fn texts_are_put_together() {
    let bench = Bench::new();
    let data = json!({"title": "hello *world*", "price": 1234.5, "until": "2026-05-14T19:30:00Z", "code": "jpy", "list": ["a", "b*"]});
    for (text, locale, expected) in [
        ("plain", "en", Some("plain")),
        ("{{title}}", "en", Some("hello [world]")),
        ("{{ title | upper }}!", "en", Some("HELLO [WORLD]!")),
        ("{{title | title}}", "en", Some("Hello [World]")),
        ("{{title | truncate(6)}}", "en", Some("hello…")),
        ("\\{{title}}", "en", Some("{{title}}")),
        ("{{$word}}, {{title}}", "en", Some("yes, hello [world]")),
        ("{{price}}", "en", Some("1,234.5")),
        ("{{price | number(2)}}", "de", Some("1.234,50")),
        ("{{price | number(0)}}", "en", Some("1,235")),
        ("{{price | number}}", "hi", Some("1,234.5")),
        ("{{price | percent}}", "en", Some("1,234.5%")),
        ("{{price | currency('USD')}}", "en", Some("$1,234.50")),
        ("{{price | currency(code)}}", "en", Some("¥1,235")),
        ("{{price | currency('EUR', 'short')}}", "fr", Some("1\u{202f}234,50\u{a0}€")),
        ("{{price | currency('CHF')}}", "de-CH", Some("CHF\u{a0}1'234.50")),
        ("{{until | date('d')}}", "ja", Some("14")),
        ("{{until | date('MMMM')}}", "de", Some("Mai")),
        ("{{until | date('MMM y')}}", "en", Some("May 2026")),
        ("{{until | date('EEEE')}}", "fr", Some("jeudi")),
        ("{{until | date('EEE d MMM')}}", "en", Some("Thu, May 14")),
        ("{{until | date('d MMMM y')}}", "es", Some("14 de mayo de 2026")),
        ("{{until | date('jm')}}", "de", Some("19:30")),
        ("{{until}}", "en", Some("May 14, 2026")),
        ("{{title | truncate(9)}}{{code}}", "en", Some("hello [wo…]jpy")),
        ("5* {{title}}", "en", Some("5* hello [world]")),
        ("*{{code}}* only", "en", Some("*jpy* only")),
        ("{{code | accent}} only", "en", Some("[jpy] only")),
        ("*now* {{code}}", "en", Some("[now] jpy")),
        ("{{list}}", "en", Some("a, b*")),
        ("{{list | join(' · ')}}", "en", Some("a · b*")),
        ("{{title | quote}}", "en", Some("“hello [world]”")),
        ("{{title | quote}}", "de", Some("„hello [world]“")),
        ("{{code | upper | repeat(3, ' ✦ ')}}", "en", Some("JPY ✦ JPY ✦ JPY")),
        ("{{title | prefix('- ')}}{{price | number | suffix(' kr')}}", "en", Some("- hello [world]1,234.5 kr")),
        ("{{code | default('none') | upper}}", "en", Some("JPY")),
    ] {
        assert_eq!(bench.text(text, data.clone(), locale).as_deref(), expected, "{text} in {locale}");
    }
}

#[test]
fn a_text_without_any_of_its_values_is_nothing() {
    let bench = Bench::new();
    for (text, expected) in [
        ("From {{price | currency('EUR')}}", None),
        ("{{title}}{{code | prefix(', ')}}", None),
        ("{{price | default('free')}}", Some("free")),
        ("{{price | currency('EUR') | default('free')}}", Some("free")),
        ("static", Some("static")),
        ("  ", None),
        ("", None),
    ] {
        assert_eq!(bench.text(text, json!({}), "en").as_deref(), expected, "{text}");
    }
    assert_eq!(bench.text("{{title}}{{code | prefix(', ')}}", json!({"title": "a"}), "en").as_deref(), Some("a"));
    assert_eq!(
        bench.text("{{until | date('d MMM')}}{{until | date('jm') | prefix(', ')}}", json!({"until": "2026-05-14"}), "en").as_deref(),
        Some("May 14")
    );
}

#[test]
fn marks_follow_the_text_that_they_quote() {
    let formats = crate::locale::formats("en");
    for (text, expected) in [("كل مقاس", "«كل مقاس»"), ("よいデザイン", "「よいデザイン」"), ("שלום", "”שלום”"), ("a", "“a”")]
    {
        let (open, close) = formats.quotes(text);
        assert_eq!(format!("{open}{text}{close}"), expected);
    }
}

#[test]
fn a_colour_that_fades_is_a_share_of_its_alpha() {
    assert_eq!(crate::color::faded(Color { r: 1, g: 2, b: 3, a: 200 }, 0.5), Color { r: 1, g: 2, b: 3, a: 100 });
}

const PIECES: &str = "(brand\\.colors\\.|primary|\\.on|on\\(|alpha\\(|mix\\(|pick\\(|if\\(|\\{\\{|\\}\\}|title|price|list|count\\(|[$]ink|[$]|#fff|#|'|\"|[(),|&!=<>*. 0-9%-]|é|date\\('d|\\\\){0,24}";

proptest! {
    #[test]
    fn no_text_makes_a_parser_panic(text in PIECES) {
        let bench = Bench::new();
        let data = json!({"title": "a*b", "price": 2, "list": ["x"]});
        let (color, names) = bench.with(|names| color::parse(&text, names));
        if let Ok(color) = color {
            bench.eval(&names, data.clone(), "en", |eval| color.color(eval));
        }
        let (condition, names) = bench.with(|names| condition::parse(&text, names));
        if let Ok(condition) = condition {
            bench.eval(&names, data.clone(), "en", |eval| condition.holds(eval));
        }
        let (parts, names) = bench.with(|names| text::parse(&text, names, &Tags::default()));
        if let Ok(parts) = parts {
            bench.eval(&names, data, "en", |eval| parts.runs(eval));
        }
    }

    #[test]
    fn no_unicode_makes_a_parser_panic(text in "\\PC{0,40}") {
        let bench = Bench::new();
        let _ = bench.with(|names| color::parse(&text, names)).0;
        let _ = bench.with(|names| condition::parse(&text, names)).0;
        let _ = bench.with(|names| text::parse(&text, names, &Tags::default())).0;
        let _ = crate::locale::date::Skeleton::parse(&text);
        let _ = crate::date::Date::parse(&text);
        let _ = Color::parse(&text);
    }
}
