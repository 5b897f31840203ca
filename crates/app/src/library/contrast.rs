//! How readable a kit's colours are on each other, by both measures, and what to do where a template needs a pair that is not.

use serde_json::{Map, Value};
use template::bound::Color;
use template::brand::BrandColor;
use template::contrast::{apca, wcag};

/// What a pair can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Less than 3 : 1 or Lc 45.
    Avoid,
    /// Headlines and other large text.
    Large,
    /// At least 4.5 : 1 and Lc 60.
    Text,
}

/// One colour on another.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Role of the text; `on` is the ground's own on-colour.
    pub text: String,
    pub ground: String,
    pub text_hex: String,
    pub ground_hex: String,
    /// WCAG 2, 1 to 21.
    pub ratio: f32,
    /// APCA without its sign, 0 to 108.
    pub lc: f32,
    pub reading: Reading,
}

/// Every role on every ground.
#[derive(Clone, Debug, PartialEq)]
pub struct ContrastMatrix {
    /// Roles that stand behind text, in order.
    pub grounds: Vec<String>,
    /// One row for each role of text, one cell for each ground; a role on itself is `None`.
    pub rows: Vec<(String, Vec<Option<Cell>>)>,
    /// Pairs that templates use and that are hard to read, the worst first.
    pub failing: Vec<Failing>,
}

/// A pair that some template uses and that does not carry text.
#[derive(Clone, Debug, PartialEq)]
pub struct Failing {
    pub cell: Cell,
    /// Names of the groups that use it.
    pub used_by: Vec<String>,
    pub suggestion: Option<Suggestion>,
}

/// The nearest colour that carries text on the same ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub hex: String,
    pub ratio: f32,
}

/// The on-colour of whatever is the ground.
const ON: &str = "on";
const GROUNDS: [&str; 5] = ["background", "surface", "primary", "secondary", "accent"];
const TEXTS: [&str; 7] = [ON, "text", "muted", "primary", "secondary", "accent", "background"];

/// The matrix of a kit's colours. `groups` are the names and documents of the groups that the kit is for.
#[must_use]
pub fn contrast_matrix(colors: &[BrandColor], groups: &[(String, Value)]) -> ContrastMatrix {
    let has = |role: &str| colors.iter().any(|color| color.role == role);
    let own = colors.iter().map(|color| color.role.as_str()).filter(|role| !TEXTS.contains(role) && !GROUNDS.contains(role));
    let texts: Vec<&str> = TEXTS.into_iter().filter(|role| *role == ON || has(role)).chain(own.clone()).collect();
    let grounds: Vec<&str> = GROUNDS.into_iter().filter(|role| has(role)).chain(own).collect();
    let row = |text: &&str| ((*text).to_owned(), grounds.iter().map(|ground| cell(colors, text, ground)).collect());
    let mut failing: Vec<Failing> = Vec::new();
    for (name, document) in groups {
        for (text, ground) in pairs(colors, document) {
            if let Some(known) = failing.iter_mut().find(|known| known.cell.text == text && known.cell.ground == ground) {
                if !known.used_by.contains(name) {
                    known.used_by.push(name.clone());
                }
            } else if let Some(cell) = cell(colors, &text, &ground).filter(|cell| cell.reading < Reading::Text) {
                let suggestion = nearest(&cell);
                failing.push(Failing { cell, used_by: vec![name.clone()], suggestion });
            }
        }
    }
    failing.sort_by(|a, b| a.cell.ratio.total_cmp(&b.cell.ratio));
    ContrastMatrix { rows: texts.iter().map(row).collect(), grounds: grounds.iter().map(|role| (*role).to_owned()).collect(), failing }
}

fn cell(colors: &[BrandColor], text: &str, ground: &str) -> Option<Cell> {
    let find = |role: &str| colors.iter().find(|color| color.role == role);
    let behind = find(ground)?;
    let color = if text == ON { behind.on } else { find(text).filter(|_| text != ground)?.color };
    let (ratio, lc) = (wcag(color, behind.color), apca(color, behind.color).abs());
    Some(Cell {
        text: text.to_owned(),
        ground: ground.to_owned(),
        text_hex: color.hex(),
        ground_hex: behind.color.hex(),
        ratio,
        lc,
        reading: reading(ratio, lc),
    })
}

fn reading(ratio: f32, lc: f32) -> Reading {
    if ratio >= 4.5 && lc >= 60.0 {
        Reading::Text
    } else if ratio >= 3.0 && lc >= 45.0 {
        Reading::Large
    } else {
        Reading::Avoid
    }
}

/// The colour of the same hue, as little lighter or darker as it takes.
pub(super) fn readable(color: Color, ground: Color) -> Option<Color> {
    let [lightness, a, b] = color.oklab();
    let steps = (0..=100u8).flat_map(|step| [f32::from(step) * 0.01, f32::from(step) * -0.01]);
    let shifted = steps.map(|by| lightness + by).filter(|lightness| (0.0..=1.0).contains(lightness));
    shifted.map(|lightness| Color::from_oklab([lightness, a, b])).find(|color| {
        let (ratio, lc) = (wcag(*color, ground), apca(*color, ground).abs());
        reading(ratio, lc) == Reading::Text
    })
}

fn nearest(cell: &Cell) -> Option<Suggestion> {
    let (color, ground) = (Color::parse(&cell.text_hex)?, Color::parse(&cell.ground_hex)?);
    let found = readable(color, ground)?;
    Some(Suggestion { hex: found.hex(), ratio: wcag(found, ground) })
}

/// The pairs of role and ground that a document binds text to, but for choices (`pick…`) that find a colour which serves.
/// Of colours that name no ground, those count that are made for the background.
fn pairs(colors: &[BrandColor], document: &Value) -> Vec<(String, String)> {
    let empty = Map::new();
    let names = document.get("vars").and_then(Value::as_object).unwrap_or(&empty);
    let mut found = Vec::new();
    for key in ["layers", "templates"] {
        collect(document.get(key).unwrap_or(&Value::Null), &|color| pair(colors, color, names), &mut found);
    }
    found
}

fn collect(value: &Value, pair: &impl Fn(&str) -> Option<(String, String)>, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, pair, found)),
        Value::Object(map) => {
            if map.get("type").and_then(Value::as_str) == Some("text")
                && let Some(pair) = map.get("color").and_then(Value::as_str).and_then(pair)
                && !found.contains(&pair)
            {
                found.push(pair);
            }
            map.values().for_each(|item| collect(item, pair, found));
        }
        _ => {}
    }
}

fn pair(colors: &[BrandColor], color: &str, names: &Map<String, Value>) -> Option<(String, String)> {
    let color = color.trim();
    let color = color.strip_prefix('$').and_then(|name| names.get(name)?.as_str()).unwrap_or(color).trim();
    let role = |text: &str| text.trim().strip_prefix("brand.colors.").map(str::to_owned);
    if let Some(ground) = inside(color, "on").and_then(role) {
        return Some((ON.to_owned(), ground));
    }
    for name in ["pickText", "pickDisplay", "pick"] {
        if let Some(choices) = inside(color, name) {
            // A colour that is no role, or a choice within a choice, is the template's own matter.
            let roles: Vec<String> = choices.split(',').map(role).collect::<Option<_>>()?;
            let (ground, texts) = roles.split_first()?;
            let serves = |cell: Cell| match name {
                "pickText" => cell.reading == Reading::Text,
                "pickDisplay" => cell.ratio >= 3.0,
                _ => cell.reading >= Reading::Large,
            };
            let found = texts.iter().any(|text| cell(colors, text, ground).is_some_and(serves));
            return Some((texts.last()?.clone(), ground.clone())).filter(|_| !found);
        }
    }
    Some((role(color).filter(|role| matches!(role.as_str(), "text" | "muted"))?, "background".to_owned()))
}

/// What stands in the parentheses of a call of `name`.
fn inside<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.trim_start().strip_prefix('(')?.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use template::BrandFile;

    use super::*;

    fn kit(accent: &str) -> Vec<BrandColor> {
        let text = json!({"format": 1, "name": "K", "colors": [
            {"role": "primary", "hex": "#1f3a5f"}, {"role": "accent", "hex": accent}, {"role": "background", "hex": "#ffffff"},
            {"role": "text", "hex": "#111111"}, {"role": "sand", "hex": "#d9c7a0"},
        ]});
        BrandFile::parse(&text.to_string()).unwrap().colors.into_iter().map(|color| color.color).collect()
    }

    fn group(color: &str) -> (String, Value) {
        let document = json!({"vars": {"loud": "pickText(brand.colors.background, brand.colors.accent)"}, "layers": [{"type": "stack", "children": [{"type": "text", "color": color}]}]});
        (color.to_owned(), document)
    }

    #[test]
    fn each_role_is_read_on_each_ground_and_own_roles_are_both() {
        let matrix = contrast_matrix(&kit("#ffcc00"), &[]);
        assert_eq!(matrix.grounds, ["background", "primary", "accent", "sand"]);
        assert_eq!(
            matrix.rows.iter().map(|(role, _)| role.as_str()).collect::<Vec<_>>(),
            ["on", "text", "primary", "accent", "background", "sand"]
        );
        let text = matrix.rows[1].1[0].as_ref().unwrap();
        assert_eq!((text.reading, text.ratio.round(), text.lc.round()), (Reading::Text, 19.0, 105.0));
        let yellow = matrix.rows[3].1[0].as_ref().unwrap();
        assert_eq!(yellow.reading, Reading::Avoid);
        assert!(matrix.rows[4].1[0].is_none(), "background on background");
    }

    #[test]
    fn pairs_that_templates_use_and_that_fail_come_with_the_nearest_colour_that_passes() {
        let groups = [
            group("$loud"),
            group("pickText(brand.colors.background, brand.colors.sand, brand.colors.accent)"),
            group("brand.colors.accent"),
            group("on(brand.colors.primary)"),
            group("pickText(brand.colors.primary, brand.colors.sand, brand.colors.accent)"),
            group("pick($x, pick(brand.colors.primary, brand.colors.text), brand.colors.text)"),
            group("#ff0000"),
        ];
        let failing = contrast_matrix(&kit("#ffcc00"), &groups).failing;
        assert_eq!(failing.len(), 1, "{failing:?}");
        assert_eq!((failing[0].cell.text.as_str(), failing[0].cell.ground.as_str()), ("accent", "background"));
        assert_eq!(failing[0].used_by, ["$loud", groups[1].0.as_str()]);
        let suggestion = failing[0].suggestion.as_ref().unwrap();
        assert!((4.5..5.5).contains(&suggestion.ratio), "{suggestion:?}");
        assert!(contrast_matrix(&kit(&suggestion.hex), &groups[..2]).failing.is_empty());
    }
}
